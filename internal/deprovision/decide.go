// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision

import "slices"

// Intent is what is asked for.
type Intent struct {
	RegistrationID string
	// Restore asks to undo the block, and nothing else.
	Restore bool
	// Enrollment and Identities say what blocking does to each.
	Enrollment, Identities Disposal
	// DeleteRegistration asks to delete the registration record with this change.
	DeleteRegistration bool
	// RewriteEnrollment and RewriteIdentities ask to write what was made or disabled here although it is at its goal: what
	// it says of the block has changed.
	RewriteEnrollment, RewriteIdentities bool
	// Unseen says that a change of a block names something at which only the apply can look.
	Unseen bool
}

// Prior is the block as it was left, of which a new one has nothing.
type Prior struct {
	// Exists says that there is a block; Restored that it was undone.
	Exists, Restored bool
	// Previous is where each object stood before it was first touched.
	Previous State
	// Irreversible says that something was deleted.
	Irreversible bool
	// Created says that the entry was made by the block.
	Created bool
	// Removable says that such an entry is unchanged since; Reenable that an adopted one was disabled here, and that
	// nobody has put another in its place.
	Removable, Reenable bool
}

// Decision is what a change leads to: the block afterwards, with every object of the device among its effects, also
// those that are left alone. Where Unknown.Identities is set they are those that are certain.
type Decision struct {
	Block

	// Unknown is what only the apply can tell.
	Unknown Unknowns
}

// Unknowns say which parts of a decision only the apply can tell.
type Unknowns struct{ Identities, Access, Paths bool }

// Changes tells whether the decision has anything carried out, or looked at.
func (d Decision) Changes() bool { return len(d.Effects.Changes()) > 0 || d.Unknown.Identities }

// Decide says what asking for want of a device leads to, that stands as the evidence says and that an earlier apply
// left as prior. It plans a create, an update and a restore, and says at apply what an identity needs that the plan
// could not see.
func Decide(e Evidence, want Intent, prior Prior) Decision {
	d := Decision{Block: Block{
		State: e.State(), Previous: prior.Previous.Clone(), Irreversible: prior.Irreversible, Created: prior.Created,
	}}
	switch {
	case want.Restore && prior.Restored:
		d.leave(e, want) // Undone once; what happens afterwards is left as it is found.
	case want.Restore:
		d.restore(e, want, prior)
	default:
		d.block(e, want, prior)
	}
	d.Effects.Sort()
	return d
}

func (d *Decision) take(id IdentityID, effect Effect) {
	d.State.Identities[id] = effect.To
	d.Effects = append(d.Effects, effect)
}

// leave touches nothing.
func (d *Decision) leave(e Evidence, want Intent) {
	d.Effects = append(d.Effects, untouched(TargetEnrollment, want.RegistrationID, e.Enrollment))
	for id, sighting := range e.Identities {
		d.take(id, untouched(TargetIdentity, id.String(), sighting.Said()))
	}
	d.Access = e.Access()
}

// block disables or deletes whatever is not at its goal.
func (d *Decision) block(e Evidence, want Intent, prior Prior) {
	switch {
	case prior.Restored:
		d.Previous, d.Irreversible = e.tied(), false
	case !prior.Exists:
		d.Previous = asFound(e.tied(), prior.Previous)
	}
	d.blockEnrollment(e, want)
	d.blockIdentities(e, want)
	if want.DeleteRegistration {
		d.Effects = append(d.Effects, DeleteRegistration(want.RegistrationID))
	}
	d.leaveBlockOpen(e, want, prior)
	d.Irreversible = d.Irreversible || d.Effects.Delete() || d.Unknown.Identities && want.Identities == Deleting ||
		!prior.Exists && (want.Enrollment == Deleting || want.Identities == Deleting)
}

func (d *Decision) blockIdentities(e Evidence, want Intent) {
	for id, sighting := range e.Identities {
		effect := want.Identities.OfIdentity(id, sighting.Said())
		shown := sighting.Ours && sighting.Status == Disabled && want.Identities == Disabling
		if want.RewriteIdentities && shown {
			effect.Action = Disable
		}
		if before := d.Previous.Identities[id]; effect.Action != None && before != Enabled && before != Disabled {
			d.Previous.Identities[id] = sighting.Said()
		}
		d.take(id, effect)
	}
}

// asFound is where the objects of a new block stand before it, unless an earlier one knows better: each try of a device
// and each half of a replacement loses what the first look found.
func asFound(found, earlier State) State {
	if earlier.Enrollment != "" {
		found.Enrollment = earlier.Enrollment
	}
	for id, status := range earlier.Identities {
		if _, read := found.Identities[id]; !read || status == Enabled || status == Disabled {
			found.Identities[id] = status
		}
	}
	return found
}

func (d *Decision) blockEnrollment(e Evidence, want Intent) {
	effect := want.Enrollment.ofEnrollment(want.RegistrationID, e.Enrollment)
	if want.RewriteEnrollment && effect.Action == None && effect.To == Disabled {
		effect.Action = Disable
	}
	if effect.Action == CreateDisabled {
		d.Previous.Enrollment, d.Created = Absent, true
	}
	d.State.Enrollment = effect.To
	d.Effects = append(d.Effects, effect)
}

// leaveBlockOpen says what only the apply can tell. A plan says blocked where nothing that is known speaks against it:
// the apply then ends so or fails.
func (d *Decision) leaveBlockOpen(e Evidence, want Intent, prior Prior) {
	after := e
	after.Record.CameBack = false // What came back is blocked by then.
	if prior.Exists && d.State.Enrollment == Absent && e.Enrollment != Absent {
		// Looked at again just before the call, and refused without proof.
		after.Proof, after.Paths, d.Unknown.Paths = ProofNoGroup, nil, true
	}
	d.Unknown.Identities = d.leavesIdentitiesOpen(e, want, prior)
	goal := d.State
	if d.Unknown.Identities {
		after.Identities, goal = e.readable(d.State) // The apply reads them, or fails; where it keeps them, nothing is said.
	}
	d.Access = after.accessIn(goal)
	switch {
	case prior.Exists: // Whatever is done, the hubs are searched again.
		d.Unknown.Access = d.Unknown.Identities || len(d.Effects.Changes()) > 0 && !e.Placed()
	case d.Unknown.Identities:
		d.Unknown.Access = d.Access != Blocked || want.Identities == Keeping || !e.lasting()
	default:
		d.Unknown.Access = d.Access == PartiallyBlocked && !e.Placed() || !e.lasting()
	}
	if d.Unknown.Identities {
		d.keepCertain(prior.Exists)
	}
}

// leavesIdentitiesOpen tells whether only the apply can tell what becomes of the identities.
func (d *Decision) leavesIdentitiesOpen(e Evidence, want Intent, prior Prior) bool {
	tied, untied := e.unreachable()
	open := want.Unseen || tied && want.Identities != Keeping
	if prior.Exists {
		return open || untied && len(d.Effects.Changes()) > 0
	}
	return open || untied || !e.located()
}

// lasting tells whether the whereabouts of a device that is not blocked yet stay known whatever it does before the
// apply: one that DPS refuses overwrites its record by the next try.
func (e Evidence) lasting() bool {
	if !e.Shut {
		return true
	}
	later := e
	later.Record, later.Identities = Record{Exists: true}, map[IdentityID]Sighting{}
	for id, sighting := range e.Identities {
		sighting.Recorded = false
		later.Identities[id] = sighting
	}
	return later.Placed()
}

// keepCertain drops the effects that only the apply can tell: of a new block all on identities, which change with what
// the device does before the apply, and of a block that exists those on what could not be read or verified.
func (d *Decision) keepCertain(exists bool) {
	d.Effects = slices.DeleteFunc(d.Effects, func(effect Effect) bool {
		uncertain := !exists || effect.From == Unreachable || effect.From == Unverified
		return effect.Target == TargetIdentity && uncertain
	})
}

// unreachable tells whether identities could not be read: such as are tied to the device, and such as stand only for a
// hub that could not be searched.
func (e Evidence) unreachable() (tied, untied bool) {
	for _, sighting := range e.Identities {
		if sighting.Status == Unreachable {
			tied = tied || sighting.Any()
			untied = untied || !sighting.Any()
		}
	}
	return tied, untied
}

// readable is the evidence and the goal once the identities that are tied to the device can be read, and are blocked.
func (e Evidence) readable(goal State) (map[IdentityID]Sighting, State) {
	goal, all := goal.Clone(), map[IdentityID]Sighting{}
	for id, sighting := range e.Identities {
		if sighting.Status == Unreachable && sighting.Any() {
			sighting.Status, goal.Identities[id] = Disabled, Disabled
		}
		all[id] = sighting
	}
	return all, goal
}

// located tells whether the identities of a device that is not blocked yet can be planned: none may be missed, and none
// may be another one, because the device tries again before the apply. What only the record names is lost by a refused
// try; and a device that DPS lets in makes the identity that is missing, or another one where its record names none.
func (e Evidence) located() bool {
	located := false
	for _, sighting := range e.Identities {
		otherwise := sighting.Remembered || sighting.Named || sighting.Proven
		lost := e.Shut && (!sighting.Findable || !otherwise)
		if sighting.Recorded && (!sighting.Stands() || lost) {
			return false
		}
		held := sighting.Recorded || sighting.Remembered || e.Shut && otherwise
		located = located || held && sighting.Stands()
	}
	return located
}

// restore undoes what the block did. It enables nothing that was not enabled before or that somebody else has disabled
// since, and deletes no entry that the block did not make.
func (d *Decision) restore(e Evidence, want Intent, prior Prior) {
	enrollment := untouched(TargetEnrollment, want.RegistrationID, e.Enrollment)
	switch {
	case e.Enrollment != Disabled:
	case prior.Previous.Enrollment == Absent && prior.Removable:
		enrollment.Action, enrollment.To = Delete, Absent
	case prior.Previous.Enrollment == Enabled && prior.Reenable:
		enrollment.Action, enrollment.To = Enable, Enabled
	}
	d.State.Enrollment = enrollment.To
	d.Effects = append(d.Effects, enrollment)
	for id, sighting := range e.Identities {
		effect := untouched(TargetIdentity, id.String(), sighting.Said())
		before := prior.Previous.Identities[id]
		switch {
		case sighting.Said() == Disabled && before == Enabled && sighting.Ours:
			effect.Action, effect.To = Enable, Enabled
		case sighting.Status == Unreachable && before == Enabled && sighting.Ours:
			d.Unknown.Identities = true
		}
		d.take(id, effect)
	}
	d.Access = e.accessIn(d.State)
	// Without an entry the groups decide, and those of a blocked device were last looked at some time ago.
	d.Unknown.Paths = enrollment.Action == Delete
	d.Unknown.Access = d.Unknown.Identities || d.Unknown.Paths
	if d.Unknown.Identities {
		d.keepCertain(true)
	}
}
