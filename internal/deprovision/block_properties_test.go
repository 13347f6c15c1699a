// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

func drawPicture(t *rapid.T, label string) deprovision.Picture {
	entry := rapid.SampledFrom([]deprovision.Status{enabled, disabled, absent})
	identity := rapid.SampledFrom([]deprovision.Status{enabled, disabled, absent, unverified, unreachable})
	picture := deprovision.Picture{
		Enrollment: entry.Draw(t, label+" entry"), Identities: map[string]deprovision.Identity{},
	}
	for _, host := range []string{north, south, "west.azure-devices.net"} {
		if rapid.Bool().Draw(t, label+" has "+host) {
			picture.Identities[host] = deprovision.Identity{
				DeviceID: rapid.SampledFrom([]string{"device", "Device"}).Draw(t, label+" device ID"),
				Status:   identity.Draw(t, label+" identity"),
			}
		}
	}
	return picture
}

func drawIntent(t *rapid.T) deprovision.Intent {
	return deprovision.Intent{
		RegistrationID: "device",
		Enrollment: rapid.SampledFrom([]deprovision.Disposal{
			deprovision.Disabling, deprovision.Deleting,
		}).Draw(t, "disposal of the entry"),
		Identities: rapid.SampledFrom([]deprovision.Disposal{
			deprovision.Disabling, deprovision.Deleting, deprovision.Keeping,
		}).Draw(t, "disposal of identities"),
	}
}

func samePicture(a, b deprovision.Picture) bool {
	return a.Enrollment == b.Enrollment && maps.Equal(a.Identities, b.Identities)
}

// carriedOut is where a device stands once effects are carried out, each from where it says it starts.
func carriedOut(t *rapid.T, now deprovision.Picture, effects []deprovision.Effect) deprovision.Picture {
	after := now.Clone()
	for _, effect := range effects {
		if (effect.Action == deprovision.None) != (effect.From == effect.To) {
			t.Fatalf("%+v changes something without an action, or acts without a change", effect)
		}
		if effect.Target == deprovision.TargetEnrollment {
			if effect.From != now.Enrollment {
				t.Fatalf("%+v, but the entry is %s", effect, now.Enrollment)
			}
			after.Enrollment = effect.To
			continue
		}
		for host, identity := range now.Identities {
			if deprovision.IdentityObject(host, identity.DeviceID) == effect.Object {
				if effect.From != identity.Status {
					t.Fatalf("%+v, but the identity is %s", effect, identity.Status)
				}
				after.Identities[host] = deprovision.Identity{DeviceID: identity.DeviceID, Status: effect.To}
			}
		}
	}
	return after
}

// everyObjectOnce fails unless there is exactly one effect for each object, in the order of effects.
func everyObjectOnce(t *rapid.T, now deprovision.Picture, effects []deprovision.Effect) {
	if len(effects) != 1+len(now.Identities) {
		t.Fatalf("%d effects for an entry and %d identities", len(effects), len(now.Identities))
	}
	sorted := slices.Clone(effects)
	deprovision.SortEffects(sorted)
	if !slices.Equal(sorted, effects) {
		t.Fatalf("not in order: %v", effects)
	}
}

func TestBlock_effectsLeadFromNowToTheGoalAndNoFurther(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		intent, now := drawIntent(t), drawPicture(t, "now")
		before := now.Clone()
		goal, effects := deprovision.Block(intent, now)
		everyObjectOnce(t, now, effects)
		if after := carriedOut(t, now, effects); !samePicture(after, goal) {
			t.Fatalf("the effects lead to %v, the goal is %v", after, goal)
		}
		if !samePicture(now, before) {
			t.Fatalf("what was given became %v", now)
		}
		again, more := deprovision.Block(intent, goal)
		if !samePicture(again, goal) || len(deprovision.Changes(more)) > 0 {
			t.Fatalf("blocking once more leads to %v by %v", again, more)
		}
	})
}

func TestBlock_shutsOutAndLetsNobodyIn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		intent, now := drawIntent(t), drawPicture(t, "now")
		goal, effects := deprovision.Block(intent, now)
		for _, effect := range effects {
			if effect.Action == deprovision.Enable || effect.To == enabled && effect.From != enabled {
				t.Fatalf("%+v lets the device in", effect)
			}
			doubtful := effect.From == unverified || effect.From == unreachable
			if doubtful && (effect.Action != deprovision.None || effect.To != effect.From) {
				t.Fatalf("%+v touches what nobody vouches for", effect)
			}
		}
		if goal.Enrollment == enabled {
			t.Fatal("the entry stays enabled")
		}
		open := false
		for _, identity := range goal.Identities {
			open = open || identity.Status != disabled && identity.Status != absent
		}
		access := deprovision.AccessOf(goal.Enrollment, goal.Statuses(), nil)
		if (access == deprovision.Blocked) == open {
			t.Fatalf("the device is %s at %v", access, goal)
		}
	})
}

// What a block does by disabling, restoring undoes: everything that could be read stands as before.
func TestRestore_leadsBackToWhereABlockBegan(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before, intent := drawPicture(t, "before"), drawIntent(t)
		blocked, done := deprovision.Block(intent, before)
		undoing := deprovision.Undoing{Previous: before, Removable: before.Enrollment == absent}
		goal, effects := deprovision.Restore("device", undoing, blocked)
		everyObjectOnce(t, blocked, effects)
		if after := carriedOut(t, blocked, effects); !samePicture(after, goal) {
			t.Fatalf("the effects lead to %v, the goal is %v", after, goal)
		}
		want := before.Clone()
		for _, effect := range done {
			if effect.Action != deprovision.Delete {
				continue
			}
			if effect.Target == deprovision.TargetEnrollment {
				want.Enrollment = absent
				continue
			}
			for host, identity := range before.Identities {
				if deprovision.IdentityObject(host, identity.DeviceID) == effect.Object {
					want.Identities[host] = deprovision.Identity{DeviceID: identity.DeviceID, Status: absent}
				}
			}
		}
		if !samePicture(goal, want) {
			t.Fatalf("from %v by way of %v back to %v", before, blocked, goal)
		}
	})
}

func TestRestore_enablesNothingThatWasNotEnabledAndDeletesOnlyItsOwn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before, now := drawPicture(t, "before"), drawPicture(t, "now")
		undoing := deprovision.Undoing{Previous: before, Removable: rapid.Bool().Draw(t, "removable")}
		goal, effects := deprovision.Restore("device", undoing, now)
		everyObjectOnce(t, now, effects)
		for _, effect := range effects {
			switch effect.Action {
			case deprovision.None:
			case deprovision.Delete:
				if effect.Target != deprovision.TargetEnrollment || before.Enrollment != absent || !undoing.Removable {
					t.Fatalf("%+v, but the entry was %s before", effect, before.Enrollment)
				}
			case deprovision.Enable:
				enabledBefore := effect.Target == deprovision.TargetEnrollment && before.Enrollment == enabled
				for host, identity := range before.Identities {
					object := deprovision.IdentityObject(host, identity.DeviceID)
					enabledBefore = enabledBefore || effect.Target == deprovision.TargetIdentity &&
						object == effect.Object && identity.Status == enabled
				}
				if !enabledBefore || effect.From != disabled {
					t.Fatalf("%+v, but before it was %v", effect, before)
				}
			default:
				t.Fatalf("%+v is no way to restore", effect)
			}
		}
		again, more := deprovision.Restore("device", undoing, goal)
		if !samePicture(again, goal) || len(deprovision.Changes(more)) > 0 {
			t.Fatalf("restoring once more leads to %v by %v", again, more)
		}
	})
}
