// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision

// Access is whether a device may come in: be provisioned by DPS and connect to its hub.
type Access string

// The degrees of access.
const (
	// Blocked is a device that neither DPS nor any hub lets in; all of it has been read and says so.
	Blocked Access = "blocked"
	// PartiallyBlocked is a device that one side still lets in, or may: something could not be read or proven.
	PartiallyBlocked Access = "partially_blocked"
	// Allowed is a device that can be provisioned.
	Allowed Access = "allowed"
)

// AccessOf sums up a device: the status of its individual enrollment (Absent if there is none), its identities by hub,
// and its ReenrollPaths. Blocked is said only when every part was read and is shut.
//
//   - An enabled entry lets the device be provisioned again, whatever the hubs say: Allowed.
//   - Without an entry any path does the same, also a possible one: Allowed.
//   - An entry that cannot be read proves neither: PartiallyBlocked, even if every identity is disabled, since the next
//     provisioning may undo that.
func AccessOf(enrollment Status, identities map[string]Status, paths []ReenrollPath) Access {
	switch enrollment {
	case Enabled:
		return Allowed
	case Absent:
		if len(paths) > 0 {
			return Allowed
		}
	case Disabled:
	default:
		return PartiallyBlocked
	}
	for _, identity := range identities {
		if identity != Disabled && identity != Absent {
			return PartiallyBlocked
		}
	}
	return Blocked
}
