// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

func drawIntent(t *rapid.T) deprovision.Intent {
	return deprovision.Intent{
		RegistrationID: "device",
		Restore:        rapid.Bool().Draw(t, "restore"),
		Enrollment:     rapid.SampledFrom([]deprovision.Disposal{"disable", "delete"}).Draw(t, "enrollment action"),
		Identities:     rapid.SampledFrom([]deprovision.Disposal{"disable", "delete", "keep"}).Draw(t, "identity action"),
		Unseen:         rapid.Bool().Draw(t, "unseen"),
	}
}

func drawPrior(t *rapid.T, e deprovision.Evidence) deprovision.Prior {
	flag := func(label string) bool { return rapid.Bool().Draw(t, label) }
	statuses := rapid.SampledFrom([]deprovision.Status{enabled, disabled, absent})
	previous := deprovision.State{Enrollment: statuses.Draw(t, "entry before")}.Clone()
	for _, id := range deprovision.SortedIDs(e.Identities) {
		previous.Identities[id] = statuses.Draw(t, "identity before")
	}
	return deprovision.Prior{
		Exists: flag("exists"), Restored: flag("restored"), Previous: previous, Created: flag("created"),
		Removable: flag("removable"), Reenable: flag("reenable"),
	}
}

// Whatever is asked of whatever is known: each effect starts where the object stands and ends at the goal, every object
// has at most one, and nothing that is not tied to the device is touched.
func TestDecide_isTotalAndSaysWhatItDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e, want := drawEvidence(t), drawIntent(t)
		d := deprovision.Decide(e, want, drawPrior(t, e))
		if len(d.State.Identities) != len(e.Identities) {
			t.Fatalf("an identity was lost: %v of %v", d.State.Identities, e.Identities)
		}
		objects := map[string]bool{}
		for _, effect := range d.Effects {
			key := string(effect.Target) + effect.Object
			if objects[key] {
				t.Fatalf("two effects on %s: %v", effect.Object, d.Effects)
			}
			objects[key] = true
			if effect.Target == deprovision.TargetIdentity {
				checkIdentityEffect(t, e, d, effect)
			}
		}
		if !d.Unknown.Identities && len(d.Effects) != len(e.Identities)+1 {
			t.Fatalf("a change should list every object: %v", d.Effects)
		}
	})
}

func checkIdentityEffect(t *rapid.T, e deprovision.Evidence, d deprovision.Decision, effect deprovision.Effect) {
	id := deprovision.ParseIdentityID(effect.Object)
	sighting := e.Identities[id]
	if effect.From != sighting.Said() || d.State.Identities[id] != effect.To {
		t.Fatalf("%v, but it stands %s and is to stand %s", effect, sighting.Said(), d.State.Identities[id])
	}
	if effect.Action != deprovision.None && (!sighting.Any() || !sighting.Stands()) {
		t.Fatalf("%v touches what nothing ties to the device", effect)
	}
}

// Blocking enables nothing, and a second decision about what a first one led to does nothing.
func TestDecide_blocksOnceAndEnablesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e, want := drawEvidence(t), drawIntent(t)
		want.Restore, want.Unseen = false, false
		first := deprovision.Decide(e, want, deprovision.Prior{Exists: true})
		for _, effect := range first.Effects {
			if effect.Action == deprovision.Enable || effect.To == enabled && effect.From != enabled {
				t.Fatalf("a block enables: %v", effect)
			}
		}
		for id, sighting := range e.Identities {
			if sighting.Any() {
				sighting.Status = first.State.Identities[id]
				e.Identities[id] = sighting
			}
		}
		e.Enrollment = first.State.Enrollment
		second := deprovision.Decide(e, want, deprovision.Prior{Exists: true, Previous: first.Previous})
		if changes := second.Effects.Changes(); len(changes) > 0 {
			t.Fatalf("a second block does %v", changes)
		}
	})
}

// Restoring enables only what was enabled before and was disabled here, and deletes only an entry that was made here.
func TestDecide_restoresNothingElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := drawEvidence(t)
		prior := drawPrior(t, e)
		d := deprovision.Decide(e, deprovision.Intent{RegistrationID: "device", Restore: true}, prior)
		for _, effect := range d.Effects.Changes() {
			id := deprovision.ParseIdentityID(effect.Object)
			allowed := effect.Target == deprovision.TargetIdentity && effect.Action == deprovision.Enable &&
				prior.Previous.Identities[id] == enabled && e.Identities[id].Ours
			if effect.Target == deprovision.TargetEnrollment {
				allowed = effect.Action == deprovision.Enable && prior.Previous.Enrollment == enabled && prior.Reenable ||
					effect.Action == deprovision.Delete && prior.Previous.Enrollment == absent && prior.Removable
			}
			if !allowed || prior.Restored {
				t.Fatalf("restoring %+v does %v", prior, effect)
			}
		}
		if !slices.IsSortedFunc(d.Effects, func(a, b deprovision.Effect) int {
			return slices.Compare([]string{string(a.Target), a.Object}, []string{string(b.Target), b.Object})
		}) {
			t.Fatalf("the effects should be sorted: %v", d.Effects)
		}
	})
}
