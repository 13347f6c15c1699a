// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
)

// A plan is made, something that matters changes, and the plan is applied: an update says so in our own words, and
// writes nothing.
func TestDeviceDisallow_updateStopsWhenWhatItWasPlannedFromChanged(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		drift  func(f fleet) // before the plan
		change func(f fleet) // after it
		says   []string
		// access is where the next run ends.
		access string
	}{
		"entry deleted": {
			func(f fleet) { f.SetEntryStatus(stolenID, "enabled") }, func(f fleet) { f.DeleteEntry(stolenID) },
			[]string{"The plan was to lead from enabled to disabled", "is absent now"}, "blocked",
		},
		"somebody makes the entry that was to be made": {
			func(f fleet) { f.DeleteEntry(stolenID) }, func(f fleet) { f.addEntry("disabled") },
			[]string{"appeared after the plan was made"}, "blocked",
		},
		"identity enabled that was disabled": {
			func(f fleet) { f.SetEntryStatus(stolenID, "enabled") },
			func(f fleet) { f.SetIdentityStatus(f.hub, stolenID, "enabled") },
			[]string{"iothub_device_identity", "is enabled now"}, "blocked",
		},
		"entry enabled that was disabled": {
			func(f fleet) { f.SetIdentityStatus(f.hub, stolenID, "enabled") },
			func(f fleet) { f.SetEntryStatus(stolenID, "enabled") },
			[]string{"dps_individual_enrollment", "is enabled now"}, "blocked",
		},
		"identity deleted": {
			func(f fleet) { f.letIn() }, func(f fleet) { f.DeleteIdentity(f.hub, stolenID) },
			[]string{"iothub_device_identity", "is absent now"}, "blocked",
		},
		"device moved to another hub": {
			func(f fleet) { f.SetEntryStatus(stolenID, "enabled") }, func(f fleet) { f.move() },
			[]string{"which the plan does not name"}, "blocked",
		},
		"another hub gets an identity of the same name": {
			func(f fleet) { f.letIn() }, func(f fleet) { f.AddIdentity(f.other(), stolenID, nil) },
			[]string{"which the plan does not name"}, "partially_blocked",
		},
		"a hub gets an identity of the same name before the entry is made again": {
			func(f fleet) { f.DeleteEntry(stolenID) }, func(f fleet) { f.AddIdentity(f.other(), stolenID, nil) },
			[]string{"which the plan does not name"}, "partially_blocked",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			o, config := f.blocked(nil)
			test.drift(f)
			o.MustRefresh()
			planned := o.MustPlan(config)
			if !o.Changes(planned) {
				t.Fatal("there should be drift to repair")
			}
			test.change(f)
			f.Emulator.ClearJournal()
			applied := o.Apply(planned)
			acctest.MustSay(t, applied.Errors(), append(test.says, "The plan is stale", "Nothing was written", "Plan again")...)
			f.wroteInOrder()
			// What was found out is kept, so that the next plan shows it without another look, and repairs it.
			found := o.MustPlan(config)
			o.MustRefresh()
			again := o.MustPlan(config)
			if len(acctest.Differences(found.Planned, again.Planned)) > 0 {
				t.Errorf("a refresh should find no more: %v", acctest.Differences(found.Planned, again.Planned))
			}
			if o.Changes(again) {
				o.MustApply(config)
			}
			f.device.MustBeRefused()
			acctest.MustRead(t, o.State, map[string]string{"access": test.access})
			o.MustSettle(config)
		})
	}
}

// What makes no difference to the plan does not stop it.
func TestDeviceDisallow_updateGoesOnWhenWhatChangedDoesNotMatter(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		drift  func(f fleet)
		change func(f fleet)
	}{
		"the device registers again in the same hub": {
			func(f fleet) { f.letIn() },
			func(f fleet) {
				for range 3 {
					f.device.MustBeIn(f.hub)
				}
			},
		},
		"the device is refused again and again": {
			func(f fleet) { f.SetIdentityStatus(f.hub, stolenID, "enabled") },
			func(f fleet) {
				for range 3 {
					f.device.MustBeRefused()
				}
			},
		},
		"somebody has repaired it already": {
			func(f fleet) { f.letIn() },
			func(f fleet) {
				f.SetEntryStatus(stolenID, "disabled")
				f.SetIdentityStatus(f.hub, stolenID, "disabled")
			},
		},
		"somebody changes something else of both objects": {
			func(f fleet) { f.letIn() },
			func(f fleet) {
				f.SetEntry(stolenID, func(e *azdps.IndividualEnrollment) {
					e.ReprovisionPolicy = &azdps.ReprovisionPolicy{MigrateDeviceData: true}
				})
				reason := "looked at"
				f.SetIdentity(f.hub, stolenID, func(d *aziothub.Device) { d.StatusReason = &reason })
			},
		},
		"a group is added": {
			func(f fleet) { f.letIn() }, func(f fleet) { f.AddGroup("everything", f.Root) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			o, config := f.blocked(nil)
			test.drift(f)
			o.MustRefresh()
			planned := o.MustPlan(config)
			test.change(f)
			if applied := o.Apply(planned); applied.Failed() {
				t.Fatalf("the apply should succeed: %s", applied.Errors())
			}
			f.staysOut(o, config)
		})
	}
}

// A saved plan of a new block: core compares it with what is true at apply, and says so in words that no provider can
// replace; nothing is written.
func TestDeviceDisallow_createStopsWhenTheDeviceChanged(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(f fleet){
		"entry made":        func(f fleet) { f.addEntry("enabled") },
		"identity disabled": func(f fleet) { f.SetIdentityStatus(f.hub, stolenID, "disabled") },
		"device moved":      func(f fleet) { f.move() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			o := f.NewObject(resourceType)
			planned := o.MustPlan(o.Config(f.settings(nil)))
			change(f)
			f.Emulator.ClearJournal()
			applied := o.Apply(planned)
			acctest.MustSay(t, applied.Errors(), "inconsistent final plan")
			acctest.MustSay(t, applied.Warnings(),
				"the device changed after this plan was made and nothing was written; plan again")
			f.MustNotHaveWritten()
			if !o.State.IsNull() {
				t.Errorf("there should be no state: %s", o.State)
			}
		})
	}
}

func TestAccDeviceDisallow_savedPlanOfARepairIsStale(t *testing.T) {
	t.Parallel()
	f, c := appliedFleet(t, "")
	f.SetEntryStatus(stolenID, "enabled")
	c.Plan().Must(2)
	f.SetIdentityStatus(f.hub, stolenID, "enabled")
	f.Emulator.ClearJournal()
	c.Run("apply", "-no-color", "plan.out").Must(1).Says("The plan is stale", "is enabled now", "Nothing was written").
		DoesNotSay("This is a bug in the provider")
	f.wroteInOrder()
	c.Apply().Must(0)
	f.staysOutOf(c)
}
