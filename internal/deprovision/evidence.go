// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision

import "maps"

// Evidence is all that is known of one device at one moment: what was read just now, or what a state says.
type Evidence struct {
	// Enrollment is the status of the individual enrollment, Absent when there is none.
	Enrollment Status
	// Record is what the registration record says.
	Record Record
	// Identities are those that were looked at. Hubs that were searched in vain have none.
	Identities map[IdentityID]Sighting
	// Search is how far the hubs were searched.
	Search Search
	// Shut says that DPS refuses the device now: its governing enrollment is disabled.
	Shut bool
	// Paths are the enabled groups that could let the device in without an individual enrollment, Proof is why none can.
	Paths []ReenrollPath
	Proof Proof
	// Watch is what an earlier look found, as far as it still holds.
	Watch Watch
}

// Record is a registration record. Each try of the device overwrites it: a refused one leaves no hub in it.
type Record struct {
	// Exists says that there is one.
	Exists bool
	// Hub is the hub to which it says that the device is assigned; empty when it names none.
	Hub string
	// Harmless says that a record without a hub tells of no assignment: it is unassigned, or made by refused tries since
	// the block.
	Harmless bool
	// CameBack says that the device was assigned after its enrollment had been deleted.
	CameBack bool
}

// astray tells whether the device has been somewhere that its record does not name any more.
func (r Record) astray() bool { return r.Exists && r.Hub == "" && !r.Harmless }

// Search is how far the hubs that anything names were searched.
type Search struct {
	// Done says that all of them were tried.
	Done bool
	// Hubs is how many were read.
	Hubs int
	// Unread is how many could not be read.
	Unread int
}

// Watch says what may be taken from an earlier look. While a disabled entry is unchanged, DPS assigns its device to no
// hub, so that what was known of the whereabouts then still holds, whatever refused tries write into the record.
type Watch struct {
	// Unbroken says that the entry (or its absence) is as it was then.
	Unbroken bool
	// Placed says that the whereabouts were known then.
	Placed bool
}

// State is where the device stands, as it is told.
func (e Evidence) State() State {
	state := State{Enrollment: e.Enrollment, Identities: make(map[IdentityID]Status, len(e.Identities))}
	for id, sighting := range e.Identities {
		state.Identities[id] = sighting.Said()
	}
	return state
}

// tied is where the device stands, without what nothing ties to it.
func (e Evidence) tied() State {
	state := e.State()
	maps.DeleteFunc(state.Identities, func(id IdentityID, _ Status) bool { return !e.Identities[id].Any() })
	return state
}

// Astray tells whether the device has been somewhere that nothing names any more. Deleting its record does not bring
// that back, so that it is to be remembered.
func (e Evidence) Astray() bool { return e.Record.astray() && !e.Placed() }

// Placed tells whether it is known where the device can have an identity. It is
//
//   - while the entry is unchanged since it was known;
//   - when the record names the hub, or the user names the hub of an identity that is not absent;
//   - when an earlier look or a certificate ties an identity to the device that is not absent, and no record tells that
//     the device has been elsewhere since;
//   - when the device never registered, and every hub that anything names, at least one, was searched and read.
//
// What cannot be read there is another matter: Access tells it. A device of which every trace was erased before the
// first look (its record, its hub's name and its own name there) cannot be told from one that never registered.
func (e Evidence) Placed() bool {
	if e.Watch.Unbroken && e.Watch.Placed {
		return true
	}
	for _, sighting := range e.Identities {
		there := sighting.Status != Absent
		switch {
		case sighting.Recorded, sighting.HubNamed && there:
			return true
		case there && (sighting.Remembered || sighting.Proven) && !e.Record.astray():
			return true
		}
	}
	return !e.Record.astray() && e.Record.Hub == "" && e.Search.Done && e.Search.Hubs > 0 && e.Search.Unread == 0
}
