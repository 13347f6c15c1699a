// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// IdentityID names one identity: the hub's host name in lower case, and the device ID, in which letter case counts. A
// device may have several identities, also in one hub.
type IdentityID struct{ Host, DeviceID string }

// String is the form that plans and policies read: host/device. No host name and no device ID has a slash.
func (id IdentityID) String() string { return id.Host + "/" + id.DeviceID }

// ParseIdentityID reads what String writes.
func ParseIdentityID(text string) IdentityID {
	host, deviceID, _ := strings.Cut(text, "/")
	return IdentityID{Host: strings.ToLower(host), DeviceID: deviceID}
}

// Compare orders identities by host, then by device ID.
func (id IdentityID) Compare(other IdentityID) int {
	return cmp.Or(cmp.Compare(id.Host, other.Host), cmp.Compare(id.DeviceID, other.DeviceID))
}

// SortedIDs are the keys of m in order.
func SortedIDs[V any](m map[IdentityID]V) []IdentityID {
	return slices.SortedFunc(maps.Keys(m), IdentityID.Compare)
}

// Ties say why an identity is taken for the device's. None of them hides another. An identity without any was only
// found by a search: it may be another customer's machine of the same name.
type Ties struct {
	// Recorded is an identity that the registration record names now.
	Recorded bool
	// Remembered is one that the mark of the entry names, that an earlier read tied to the device, or that was acted on.
	Remembered bool
	// Named is one that the user names. HubNamed says that the user says of its hub that the device is there.
	Named, HubNamed bool
	// Proven is one that shows a certificate of the device.
	Proven bool
}

// Any tells whether something ties the identity to the device.
func (t Ties) Any() bool { return t.Recorded || t.Remembered || t.Named || t.Proven }

// Sighting is what is known of one identity at one moment.
type Sighting struct {
	Ties

	// Status is what the hub says: Enabled, Disabled, Absent, or Unreachable when it could not be read.
	Status Status
	// Findable says that the identity is looked at also when the registration record names it no more.
	Findable bool
	// Ours says that this resource disabled it, that it is still the same identity (its generation), and that nobody
	// else has given another reason since.
	Ours bool
}

// Stands tells whether the identity was read and exists.
func (s Sighting) Stands() bool { return s.Status == Enabled || s.Status == Disabled }

// Said is the status as it is told: an identity that stands and that nothing ties to the device is Unverified.
func (s Sighting) Said() Status {
	if s.Stands() && !s.Any() {
		return Unverified
	}
	return s.Status
}

// State is where a device stands, or is to stand: its individual enrollment and its identities.
type State struct {
	Enrollment Status
	Identities map[IdentityID]Status
}

// Clone is a copy that shares nothing with s; it has a map also when s has none.
func (s State) Clone() State {
	identities := make(map[IdentityID]Status, len(s.Identities))
	maps.Copy(identities, s.Identities)
	s.Identities = identities
	return s
}

func (s State) same(other State) bool {
	return s.Enrollment == other.Enrollment && maps.Equal(s.Identities, other.Identities)
}

// Has tells whether any identity has the status.
func (s State) Has(status Status) bool {
	for _, is := range s.Identities {
		if is == status {
			return true
		}
	}
	return false
}
