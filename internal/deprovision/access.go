// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision

// Access is whether a device may come in: be provisioned by DPS and connect to its hub.
type Access string

// The degrees of access.
const (
	// Blocked is a device that neither DPS nor any hub lets in: all of it was read and says so, and it is known where the
	// device can have an identity.
	Blocked Access = "blocked"
	// PartiallyBlocked is a device that DPS refuses, and that a hub lets in or may let in.
	PartiallyBlocked Access = "partially_blocked"
	// Allowed is a device that DPS lets in, or of which nothing known rules that out.
	Allowed Access = "allowed"
)

// Access sums the evidence up. Blocked is a promise, so that it is given only for what is known:
//
//   - An enabled entry lets the device be provisioned again, whatever the hubs say: Allowed.
//   - Without an entry a group that covers the device does the same, also one of which nothing rules that out; and a
//     device that was assigned after its entry was deleted has shown it: Allowed.
//   - Without an entry and without proof that no group can admit the device: PartiallyBlocked.
//   - An identity that is enabled, unverified or unreachable lets the device in or may: PartiallyBlocked.
//   - Where it is not known where the device can have an identity, an unseen one may let it in: PartiallyBlocked.
func (e Evidence) Access() Access { return e.accessIn(e.State()) }

// accessIn is the access once the device stands as state says and everything else is as it is.
func (e Evidence) accessIn(state State) Access {
	switch state.Enrollment {
	case Enabled:
		return Allowed
	case Absent:
		if len(e.Paths) > 0 || e.Record.CameBack {
			return Allowed
		}
		if e.Proof == ProofNone {
			return PartiallyBlocked
		}
	case Disabled:
	default:
		return PartiallyBlocked
	}
	for _, status := range state.Identities {
		if status != Disabled && status != Absent {
			return PartiallyBlocked
		}
	}
	if !e.Placed() {
		return PartiallyBlocked
	}
	return Blocked
}
