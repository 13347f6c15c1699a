// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// GroupEvidence is all that is known of an enrollment group and of the devices that registered through it.
type GroupEvidence struct {
	// Status is the group's, Absent when there is none.
	Status Status
	// Paths are the other groups that could let its devices in if it vanished, Proof is why none can.
	Paths []ReenrollPath
	Proof Proof
	// Members are its devices.
	Members []Member
}

// Member is one device of a group.
type Member struct {
	RegistrationID string
	// Own is the status of the device's own individual enrollment, which governs whatever the group's status is.
	Own Status
	// Evidence is what is known of the device besides; its Enrollment is left to the group and to Own.
	Evidence
}

// evidence is the member's, with the entry that governs it.
func (g GroupEvidence) evidence(m Member) Evidence {
	e := m.Evidence
	e.Enrollment, e.Paths, e.Proof = g.Status, g.Paths, g.Proof
	if m.Own == Enabled || m.Own == Disabled {
		e.Enrollment = m.Own
	}
	return e
}

// Access sums up what is known of all devices: the group as a whole is Allowed while it lets a new device in, and
// Blocked only if each of its devices is.
func (g GroupEvidence) Access() Access {
	newcomer := Evidence{Enrollment: g.Status, Paths: g.Paths, Proof: g.Proof, Watch: Watch{Unbroken: true, Placed: true}}
	if access := newcomer.Access(); access != Blocked {
		return access
	}
	if slices.ContainsFunc(g.Members, func(m Member) bool { return g.evidence(m).Access() != Blocked }) {
		return PartiallyBlocked
	}
	return Blocked
}

// Admitted are the devices, sorted, that their own individual enrollment lets in.
func (g GroupEvidence) Admitted() []string {
	return g.those(func(m Member) bool { return m.Own == Enabled })
}

// Unplaced are the devices, sorted, of which it is not known in which hub they can have an identity.
func (g GroupEvidence) Unplaced() []string {
	return g.those(func(m Member) bool { return !m.Placed() })
}

func (g GroupEvidence) those(are func(Member) bool) []string {
	ids := []string{}
	for _, m := range g.Members {
		if are(m) {
			ids = append(ids, m.RegistrationID)
		}
	}
	slices.Sort(ids)
	return ids
}

// HubTally counts the identities of a group's devices in one hub. Registered is all of them; those that nobody has
// asked for yet are in none of the others. Unreachable are also devices of which the hub could not be asked whether it
// has them.
type HubTally struct{ Registered, Enabled, Disabled, Absent, Unreachable int }

// Tally counts per hub what is tied to a device, and what cannot be told of one.
func (g GroupEvidence) Tally() map[string]HubTally {
	hubs := map[string]HubTally{}
	for _, m := range g.Members {
		for id, sighting := range m.Identities {
			tally := hubs[id.Host]
			switch {
			case sighting.Any():
				hubs[id.Host] = tally.with(sighting.Status)
			case sighting.Status == Unreachable:
				tally.Unreachable++
				hubs[id.Host] = tally
			}
		}
	}
	return hubs
}

func (t HubTally) with(status Status) HubTally {
	t.Registered++
	switch status {
	case Enabled:
		t.Enabled++
	case Disabled:
		t.Disabled++
	case Absent:
		t.Absent++
	case Unreachable:
		t.Unreachable++
	default:
	}
	return t
}

// Pends tells whether blocking has something to do, or to find out, about an identity.
func (d Disposal) Pends(s Sighting) bool {
	if d == Keeping || !s.Any() {
		return false
	}
	unsure := s.Status == Unread || s.Status == Unreachable
	return unsure || d.OfIdentity(IdentityID{}, s.Said()).Action != None
}

// Pending counts, by hub, the identities that are not known to be where blocking is to leave them.
func (g GroupEvidence) Pending(d Disposal) map[string]int {
	pending := map[string]int{}
	for _, m := range g.Members {
		for id, sighting := range m.Identities {
			if d.Pends(sighting) {
				pending[id.Host]++
			}
		}
	}
	return pending
}

// GroupIntent is what is asked for of a group.
type GroupIntent struct {
	EnrollmentGroupID string
	// Restore asks to undo the block, and nothing else; Reenable that the group was enabled before it, and is the same.
	Restore, Reenable bool
	// Identities says what blocking does to each.
	Identities Disposal
	// Registrations is how many registration records are to be deleted.
	Registrations int
}

// GroupEffect is what a change does to so many objects of one kind. The object of an identity is its hub.
type GroupEffect struct {
	Effect

	Count int
}

// String is the effect as people read it.
func (e GroupEffect) String() string {
	if stays(e.Action, e.From, e.To) {
		stay := "stay"
		if e.Count == 1 {
			stay = "stays"
		}
		return fmt.Sprintf("%s %s: %d %s %s", e.Target, e.Object, e.Count, stay, e.To)
	}
	return fmt.Sprintf("%s %s: %d %s -> %s (%s)", e.Target, e.Object, e.Count, e.From, e.To, e.Action)
}

// GroupDecision is what a change of a group leads to.
type GroupDecision struct {
	// Status is the group's afterwards, Access the sum of everything.
	Status  Status
	Access  Access
	Effects []GroupEffect
}

// Writes tells whether the decision has anything written that is known already.
func (d GroupDecision) Writes() bool {
	return slices.ContainsFunc(d.Effects, func(e GroupEffect) bool { return e.Action != None })
}

// DecideGroup says what asking for want of a group leads to that stands as g says.
func DecideGroup(g GroupEvidence, want GroupIntent) GroupDecision {
	door := want.ofGroup(g.Status)
	counts := map[Effect]int{door: 1}
	after := g
	after.Status, after.Members = door.To, make([]Member, 0, len(g.Members))
	for _, m := range g.Members {
		goal := maps.Clone(m.Identities)
		for id, sighting := range m.Identities {
			if !sighting.Any() {
				continue
			}
			effect := want.ofIdentity(m, id, sighting)
			sighting.Status = effect.To
			if effect.To == Unread && !want.Restore && want.Identities != Keeping {
				sighting.Status = Disabled // The apply reads it, and disables it, or fails.
			}
			goal[id] = sighting
			effect.Object = id.Host
			counts[effect]++
		}
		m.Identities = goal
		after.Members = append(after.Members, m)
	}
	if want.Registrations > 0 && !want.Restore {
		counts[DeleteRegistration(want.EnrollmentGroupID)] = want.Registrations
	}
	return GroupDecision{Status: door.To, Access: after.Access(), Effects: CountEffects(counts)}
}

// ofGroup is what a change does to the group itself. One that does not exist is not made.
func (want GroupIntent) ofGroup(status Status) Effect {
	effect := untouched(TargetGroup, want.EnrollmentGroupID, status)
	switch {
	case want.Restore && want.Reenable && status == Disabled:
		effect.Action, effect.To = Enable, Enabled
	case !want.Restore && status != Disabled && status != Absent:
		effect.Action, effect.To = Disable, Disabled
	}
	return effect
}

// ofIdentity is what a change does to one identity. Restoring enables what was disabled here, unless somebody has
// blocked the device by itself.
func (want GroupIntent) ofIdentity(m Member, id IdentityID, s Sighting) Effect {
	switch {
	case want.Restore && s.Status == Disabled && s.Ours && m.Own != Disabled:
		return Effect{Target: TargetIdentity, Object: id.String(), Action: Enable, From: Disabled, To: Enabled}
	case want.Restore && (s.Status == Unread || s.Status == Unreachable) && m.Own != Disabled:
		// At most: the apply reads it first. A hub that answers no queries would otherwise never be restored.
		return Effect{Target: TargetIdentity, Object: id.String(), Action: Enable, From: s.Status, To: Enabled}
	case want.Restore:
		return untouched(TargetIdentity, id.String(), s.Said())
	case want.Identities == Deleting && s.Status == Unread:
		return Effect{Target: TargetIdentity, Object: id.String(), Action: Delete, From: Unread, To: Absent}
	}
	return want.Identities.OfIdentity(id, s.Said())
}

// CountEffects lists effects with their counts, in order.
func CountEffects(counts map[Effect]int) []GroupEffect {
	all := make([]GroupEffect, 0, len(counts))
	for effect, count := range counts {
		all = append(all, GroupEffect{Effect: effect, Count: count})
	}
	slices.SortFunc(all, func(a, b GroupEffect) int {
		return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Object, b.Object), cmp.Compare(a.Action, b.Action),
			cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return all
}
