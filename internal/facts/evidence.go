// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"errors"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// Evidence is what both services say about a device, and what could not be read.
type Evidence struct {
	// Entry is the individual enrollment, and Mark what it says of the block that made it; nil when there is none.
	Entry *azdps.IndividualEnrollment
	Mark  *Mark
	// Record is the registration record; nil when there is none.
	Record *azdps.Registration
	// Groups are all enrollment groups; Listed says that they were asked for.
	Groups []deprovision.Group
	Listed bool
	// Identities are the identities that were looked at, without those that only a search looked for in vain.
	Identities map[deprovision.IdentityID]Identity
	// Searched are the hubs that were searched, nil when none were, and SearchedAs the names that the device was looked
	// for by. Read are the hubs that could be read, Unread those that could not.
	Searched, SearchedAs []string
	Read                 []string
	Unread               map[string]error

	groupHubs []string // hubs that groups list
	heard     heard    // what the hubs answered to this look
}

// Identity is what a hub said about one identity.
type Identity struct {
	deprovision.Ties

	// Status is Enabled, Disabled, Absent or Unreachable.
	Status deprovision.Status
	// Findable says that it is looked at also when the registration record does not name it.
	Findable bool
	// Device is the identity as read; nil when it is absent or unreachable.
	Device *aziothub.Device
	// Err is why it could not be read.
	Err error
}

// Sighting is the identity as decisions see it; ours says that it was disabled here.
func (i Identity) Sighting(ours bool) deprovision.Sighting {
	return deprovision.Sighting{Ties: i.Ties, Status: i.Status, Findable: i.Findable, Ours: ours}
}

// Said is the status as it is told.
func (i Identity) Said() deprovision.Status { return i.Sighting(false).Said() }

// Unread is why it could not be read.
func (i Identity) Unread() error {
	if i.Err == nil {
		return errors.New("the hub could not be read")
	}
	return i.Err
}

// MadeAnew tells whether it is another one than that of a generation.
func (i Identity) MadeAnew(generation string) bool {
	return generation != "" && i.Device != nil && i.Device.GenerationID != generation
}

// provenAs tells whether what proved an identity holds although it is not to be seen any more, because the entry that
// held the certificate is gone: it is the same identity.
func (i Identity) provenAs(before Identity) bool {
	return before.Proven && before.Device != nil && i.Device != nil &&
		before.Device.GenerationID == i.Device.GenerationID
}

// stands tells whether any identity that something ties to the device was read and exists.
func (e Evidence) stands() bool {
	for _, identity := range e.Identities {
		if identity.Device != nil && identity.Any() {
			return true
		}
	}
	return false
}

// InOrder goes through the identities, each as it is when its turn comes, in the order of their IDs.
func (e Evidence) InOrder() iter.Seq2[deprovision.IdentityID, Identity] {
	return func(yield func(deprovision.IdentityID, Identity) bool) {
		for _, id := range deprovision.SortedIDs(e.Identities) {
			if !yield(id, e.Identities[id]) {
				return
			}
		}
	}
}

// DeviceIDs are the names that the device has or had in hubs, sorted: those that its entry and its record say, and
// those of identities that something ties to it and that exist.
func (e Evidence) DeviceIDs() []string {
	var ids []string
	if e.Entry != nil && e.Entry.DeviceID != nil {
		ids = append(ids, *e.Entry.DeviceID)
	}
	if e.Record != nil {
		ids = append(ids, e.Record.DeviceID)
	}
	for id, identity := range e.Identities {
		if identity.Device != nil && identity.Any() {
			ids = append(ids, id.DeviceID)
		}
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" })
}

// Unreachable tells whether a hub or an identity could not be read.
func (e Evidence) Unreachable() bool {
	for _, identity := range e.Identities {
		if identity.Status == deprovision.Unreachable {
			return true
		}
	}
	return len(e.Unread) > 0
}

// Assigning tells whether an assignment is in flight.
func (e Evidence) Assigning() bool { return Assigning(e.Record) }

// Enrollment is the status of the entry.
func (e Evidence) Enrollment() deprovision.Status { return EntryStatus(e.Entry) }

// Search is how far the hubs were searched.
func (e Evidence) Search() deprovision.Search {
	return deprovision.Search{Done: e.Searched != nil, Hubs: len(e.Read), Unread: len(e.Unread)}
}

// Refused tells whether the record tells of no assignment: it is unassigned, or of tries that were refused since the
// block. Those began after an entry was made that has been disabled ever since, whoever made it.
func (e Evidence) Refused() bool {
	return e.Record.Status == azdps.RegistrationUnassigned ||
		e.Entry != nil && Untouched(e.Entry) && e.Record.AssignedHub == "" && e.begunSince()
}

// begunSince tells whether the record began after the entry was last written. One of the same moment may be older.
func (e Evidence) begunSince() bool {
	if e.Entry == nil {
		return false
	}
	written, failure := time.Parse(time.RFC3339Nano, e.Entry.LastUpdatedDateTimeUTC)
	began, err := time.Parse(time.RFC3339Nano, e.Record.CreatedDateTimeUTC)
	return failure == nil && err == nil && began.After(written)
}

// SlippedAway tells whether the device has gone to a hub that nobody knows between a look and the write that shut it
// out, and a refused try has overwritten where. A device that had never registered has a record by now that began
// before the write; one that had, has moved, which DPS does by deleting its identity where the record told that it was.
func (e Evidence) SlippedAway(before Evidence) bool {
	if e.Record == nil || e.Record.AssignedHub != "" {
		return false
	}
	moved := false
	for id, identity := range e.Identities {
		stood := before.Identities[id]
		if identity.Device != nil && identity.Any() && stood.Device == nil {
			return false // This is where it went.
		}
		moved = moved || stood.Recorded && stood.Device != nil && identity.Status == deprovision.Absent
	}
	return moved || before.Record == nil && !e.begunSince()
}

// Reason is the reason for the block that the mark keeps, or else the one that the disabled identities agree on.
func (e Evidence) Reason() string {
	if e.Mark != nil && e.Mark.Reason != "" {
		return e.Mark.Reason
	}
	reason := ""
	for _, identity := range e.Identities {
		if identity.Status != deprovision.Disabled || !identity.Any() || identity.Device.StatusReason == nil {
			continue
		}
		if reason != "" && reason != *identity.Device.StatusReason {
			return ""
		}
		reason = *identity.Device.StatusReason
	}
	return reason
}

// Shows tells how the hubs know the device: by a key, by a certificate that is known to be its own, or by another one.
// Identities that nothing but a search connects with the device say nothing about it.
func (e Evidence) Shows() (key, own, other bool) {
	for _, identity := range e.Identities {
		if identity.Device == nil || identity.Device.Authentication == nil || !identity.Any() {
			continue
		}
		switch a := identity.Device.Authentication; {
		case a.Type == aziothub.AuthenticationSAS:
			key = true
		case identity.Proven:
			own = true
		case a.Type == aziothub.AuthenticationCertificateAuthority, len(thumbprintsOf(*identity.Device)) > 0:
			other = true
		}
	}
	return key, own, other
}

// thumbprintsOf are the thumbprints that an identity shows.
func thumbprintsOf(device aziothub.Device) []string {
	if device.Authentication == nil || device.Authentication.X509Thumbprint == nil {
		return nil
	}
	shown := device.Authentication.X509Thumbprint
	var thumbprints []string
	for _, thumbprint := range []*string{shown.PrimaryThumbprint, shown.SecondaryThumbprint} {
		if thumbprint != nil && *thumbprint != "" {
			thumbprints = append(thumbprints, *thumbprint)
		}
	}
	return thumbprints
}

// proves tells whether an identity shows a certificate of the device: one that is known to be, or one that its entry
// holds.
func (q Question) proves(entry *azdps.IndividualEnrollment, device aziothub.Device) bool {
	known := slices.Clone(q.Thumbprints)
	for _, info := range ClientCertificates(entry) {
		known = append(known, info.SHA1Thumbprint, info.SHA256Thumbprint)
	}
	return slices.ContainsFunc(thumbprintsOf(device), func(shown string) bool {
		return slices.ContainsFunc(known, func(t string) bool { return strings.EqualFold(t, shown) })
	})
}
