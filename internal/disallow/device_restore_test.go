// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
)

// restoring is the same configuration with desired_access = "restored".
func (f fleet) restoring(o *acctest.Object) tftypes.Value {
	return o.Config(f.settings(map[string]any{"desired_access": "restored"}))
}

func TestDeviceDisallow_restoringEnablesNothingThatWasNotEnabled(t *testing.T) {
	t.Parallel()
	t.Run("identity", func(t *testing.T) {
		t.Parallel()
		f := newFleet(t)
		f.SetIdentityStatus(f.hub, stolenID, "disabled")
		o, _ := f.blocked(nil)
		planned := o.MustPlan(f.restoring(o))
		acctest.MustHaveEffects(t, planned.Effects(), "dps_individual_enrollment "+stolenID+" disabled->absent delete")
		f.Emulator.ClearJournal()
		o.Apply(planned).MustSucceed(t)
		f.wroteInOrder("/enrollments/" + stolenID)
		f.device.MustRegister()
		f.MustHaveIdentity(f.hub, stolenID, "disabled")
		o.MustSettle(f.restoring(o))
	})
	t.Run("entry", func(t *testing.T) {
		t.Parallel()
		f := enrolledFleet(t, azdps.AttestationX509, nil)
		f.SetEntryStatus(stolenID, "disabled")
		o, _ := f.blocked(nil)
		planned := o.MustPlan(f.restoring(o))
		acctest.MustHaveEffects(t, planned.Effects(),
			"iothub_device_identity "+f.identityObject()+" disabled->enabled enable")
		acctest.MustSay(t, planned.Warnings(), "Device stays blocked in DPS", "it was disabled before the block")
		o.Apply(planned).MustSucceed(t)
		f.device.MustBeRefused()
		f.MustHaveIdentity(f.hub, stolenID, "enabled")
	})
}

func TestDeviceDisallow_restoringLeavesAnEntryThatSomebodyChanged(t *testing.T) {
	t.Parallel()
	change := func(e *azdps.IndividualEnrollment) {
		e.ReprovisionPolicy = &azdps.ReprovisionPolicy{UpdateHubAssignment: true, MigrateDeviceData: false}
	}
	t.Run("before the plan", func(t *testing.T) {
		t.Parallel()
		f := newFleet(t)
		o, config := f.blocked(nil)
		f.SetEntry(stolenID, change)
		o.MustSettle(config)
		planned := o.MustPlan(f.restoring(o))
		acctest.MustHaveEffects(t, planned.Effects(),
			"iothub_device_identity "+f.identityObject()+" disabled->enabled enable")
		acctest.MustSay(t, planned.Warnings(), "Device stays blocked in DPS", "changed since by somebody else")
		o.Apply(planned).MustSucceed(t)
		f.MustHaveEntry(stolenID, "disabled")
		o.MustSettle(f.restoring(o))
	})
	t.Run("after the plan", func(t *testing.T) {
		t.Parallel()
		f := newFleet(t)
		o, _ := f.blocked(nil)
		planned := o.MustPlan(f.restoring(o))
		f.SetEntry(stolenID, change)
		f.Emulator.ClearJournal()
		acctest.MustSay(t, o.Apply(planned).Errors(), "Individual enrollment was changed", "Nothing was written")
		f.MustNotHaveWritten()
		f.device.MustBeOut(f.hub)
	})
	t.Run("but not one that was only enabled for a while", func(t *testing.T) {
		t.Parallel()
		f := newFleet(t)
		o, config := f.blocked(nil)
		f.letIn()
		o.MustRefresh()
		o.MustApply(config)
		o.MustSettle(config)
		f.restores(o)
		f.MustHaveEntry(stolenID, "absent")
	})
}

func TestDeviceDisallow_restoringLeavesAnIdentityOfAnotherGeneration(t *testing.T) {
	t.Parallel()
	again := func(f fleet) {
		f.DeleteIdentity(f.hub, stolenID)
		f.AddIdentity(f.hub, stolenID, func(d *aziothub.Device) { d.Status = aziothub.StatusDisabled })
	}
	t.Run("before the plan", func(t *testing.T) {
		t.Parallel()
		f := newFleet(t)
		o, config := f.blocked(nil)
		again(f)
		o.MustSettle(config)
		planned := o.MustPlan(f.restoring(o))
		acctest.MustHaveEffects(t, planned.Effects(), "dps_individual_enrollment "+stolenID+" disabled->absent delete")
		o.Apply(planned).MustSucceed(t)
		f.MustHaveIdentity(f.hub, stolenID, "disabled")
	})
	t.Run("after the plan", func(t *testing.T) {
		t.Parallel()
		f := newFleet(t)
		o, _ := f.blocked(nil)
		planned := o.MustPlan(f.restoring(o))
		again(f)
		f.Emulator.ClearJournal()
		acctest.MustSay(t, o.Apply(planned).Errors(), "Device identity was made anew", "Nothing was written")
		f.MustNotHaveWritten()
	})
}

func TestDeviceDisallow_whatStoodBeforeSurvivesAFailedCreate(t *testing.T) {
	t.Parallel()
	for name, createFirst := range map[string]bool{"deleted first": false, "created first": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			o, config := f.failedCreate()
			o.Replace(config, createFirst).MustSucceed(t)
			acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
			f.staysOut(o, config)
			o.MustApply(o.Config(map[string]any{"registration_id": stolenID, "desired_access": "restored"}))
			f.MustHaveEntry(stolenID, "absent")
			f.device.MustBeIn(f.hub)
		})
	}
}

// failedCreate is a block that failed at the hub, of a device whose next try has overwritten the record of its hub.
func (f fleet) failedCreate() (*acctest.Object, tftypes.Value) {
	f.T.Helper()
	o, config := f.bare()
	planned := o.MustPlan(config)
	f.Fail(f.Hostname(f.hub), http.MethodPut, "^/devices/", http.StatusUnauthorized, 0)
	if failed := o.Apply(planned); !failed.Failed() || !o.Tainted {
		f.T.Fatal("the create should fail and taint the object")
	}
	f.Emulator.ClearFaults()
	f.device.MustBeRefused()
	return o, config
}

// An adopted entry has no mark, and of a replaced object Terraform keeps only the state. So what "untaint" keeps is
// lost: the new object finds the identities, and does not know any more who disabled the entry, or whether the device
// has been elsewhere.
func TestDeviceDisallow_replacementOfAFailedBlockOfAnAdoptedEntryClaimsLess(t *testing.T) {
	t.Parallel()
	for name, untaint := range map[string]bool{"replaced": false, "untainted": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := enrolledFleet(t, azdps.AttestationSymmetricKey, nil)
			o, config := f.failedCreate()
			access, back := "partially_blocked", "disabled"
			if untaint {
				access, back, o.Tainted = "blocked", "enabled", false
				if failure := refreshAndApply(o, config); failure != "" {
					t.Fatal(failure)
				}
			} else if replaced := o.Replace(config, false); replaced.Failed() {
				t.Fatal(replaced.Errors())
			}
			acctest.MustRead(t, o.State, map[string]string{"access": access})
			f.staysOut(o, config)
			restoring := o.MustApply(o.Config(map[string]any{"registration_id": stolenID, "desired_access": "restored"}))
			if got := f.EntryStatus(stolenID); got != back {
				t.Errorf("the entry should be %s, not %s", back, got)
			}
			if !untaint {
				acctest.MustSay(t, restoring.Warnings(), "Device stays blocked in DPS", "it is not known who disabled it")
			}
		})
	}
}

func TestDeviceDisallow_restoredDeviceIsBlockedAgain(t *testing.T) {
	t.Parallel()
	for name, adopt := range map[string]bool{"created": false, "adopted": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := unregisteredFleet(t)
			if adopt {
				f.enrol(azdps.AttestationX509, nil)
			}
			f = f.registered()
			o, config := f.blocked(nil)
			for range 2 {
				f.restores(o)
				o.MustSettle(f.restoring(o))
				planned := o.MustPlan(config)
				acctest.MustRead(t, planned.Planned, map[string]string{
					"access": "blocked", "enrollment_origin": name, "reversible": "true",
				})
				acctest.MustSay(t, planned.Warnings(), "Device is disallowed again")
				o.Apply(planned).MustSucceed(t)
				f.staysOut(o, config)
			}
		})
	}
}

// Once restored, a device is left alone: whatever somebody does to it afterwards is no drift to repair.
func TestDeviceDisallow_restoredDeviceIsLeftAsItIsFound(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, _ := f.blocked(nil)
	o.MustApply(f.restoring(o))
	f.SetIdentityStatus(f.hub, stolenID, "disabled")
	f.enrol(azdps.AttestationX509, nil)
	o.MustRefresh()
	if planned := o.MustPlan(f.restoring(o)); o.Changes(planned) {
		t.Errorf("there should be nothing to do: %s", planned.Planned)
	}
	acctest.MustRead(t, o.State, map[string]string{"enrollment_status": "enabled", "access": "allowed"})
	// What is not enabled now is not enabled when the next block is undone.
	o.MustApply(o.Config(f.settings(nil)))
	f.device.MustBeOut(f.hub)
	o.MustApply(f.restoring(o))
	f.MustHaveIdentity(f.hub, stolenID, "disabled")
	f.MustHaveEntry(stolenID, "enabled")
}

func TestDeviceDisallow_restoringThatFailsHalfwayIsFinishedByTheNextApply(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, _ := f.blocked(nil)
	planned := o.MustPlan(f.restoring(o))
	f.Fail(f.Emulator.DPSHostname(), http.MethodDelete, "^/enrollments/", http.StatusUnauthorized, 0)
	acctest.MustSay(t, o.Apply(planned).Errors(), "Cannot delete individual enrollment", "The device stays blocked in DPS")
	acctest.MustRead(t, o.State, map[string]string{
		"desired_access": "blocked", "access": "partially_blocked", "enrollment_status": "disabled",
	})
	f.device.MustBeRefused()
	f.Emulator.ClearFaults()
	o.MustRefresh()
	planned = o.MustPlan(f.restoring(o))
	acctest.MustHaveEffects(t, planned.Effects(), "dps_individual_enrollment "+stolenID+" disabled->absent delete")
	o.Apply(planned).MustSucceed(t)
	f.device.MustBeIn(f.hub)
}

func TestDeviceDisallow_blockingAgainThatFailsHalfwayForgetsNothing(t *testing.T) {
	t.Parallel()
	f := enrolledFleet(t, azdps.AttestationX509, nil)
	o, config := f.blocked(nil)
	o.MustApply(f.restoring(o))
	planned := o.MustPlan(config)
	f.Fail(f.Hostname(f.hub), http.MethodPut, "^/devices/", http.StatusUnauthorized, 0)
	acctest.MustSay(t, o.Apply(planned).Errors(), "Cannot disable device identity", "The device stays blocked in DPS")
	f.Emulator.ClearFaults()
	o.MustRefresh()
	o.MustApply(config)
	f.staysOut(o, config)
	f.restores(o)
}

func TestDeviceDisallow_restoringWaitsForAHubThatCannotBeRead(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, _ := f.blocked(nil)
	f.Fail(f.Hostname(f.hub), "", "^/(devices|twins)/", http.StatusUnauthorized, 0)
	o.MustRefresh()
	planned := o.MustPlan(f.restoring(o))
	acctest.MustRead(t, planned.Planned, map[string]string{"access": "unknown"})
	acctest.MustHaveEffect(t, planned.Effects(), "unknown")
	acctest.MustSay(t, planned.Warnings(), "Device is let in again", "more in hubs that could not be read")
	f.Emulator.ClearJournal()
	acctest.MustSay(t, o.Apply(planned).Errors(), "Cannot read device identity", "Nothing was written")
	f.MustNotHaveWritten()
	f.Emulator.ClearFaults()
	f.restores(o)
	o.MustSettle(f.restoring(o))
}

func TestDeviceDisallow_statusReasonOfBeforeComesBack(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.setReason("in the field")
	o, _ := f.blocked(nil)
	f.hasReason("stolen from plant Thale")
	o.MustApply(o.Config(f.settings(map[string]any{"reason": "sold"})))
	f.hasReason("sold")
	o.MustApply(o.Config(f.settings(map[string]any{"reason": nil})))
	f.hasReason("")
	o.MustApply(o.Config(f.settings(map[string]any{"reason": "lost"})))
	o.MustApply(o.Config(f.settings(map[string]any{"reason": "lost", "desired_access": "restored"})))
	f.hasReason("in the field")
	// A reason that somebody else wrote meanwhile is theirs.
	o.MustApply(o.Config(f.settings(map[string]any{"reason": "lost"})))
	f.setReason("seen in Ulm")
	o.MustRefresh()
	o.MustApply(o.Config(f.settings(map[string]any{"reason": "lost", "desired_access": "restored"})))
	f.hasReason("seen in Ulm")
}

func (f fleet) setReason(reason string) {
	f.T.Helper()
	f.SetIdentity(f.hub, stolenID, func(d *aziothub.Device) { d.StatusReason = &reason })
}

// hasReason fails the test unless the hub shows a status reason; empty is none.
func (f fleet) hasReason(reason string) {
	f.T.Helper()
	shown := ""
	if got := f.Identity(f.hub, stolenID).StatusReason; got != nil {
		shown = *got
	}
	if shown != reason {
		f.T.Errorf("the hub should show the reason %q, not %q", reason, shown)
	}
}

func TestDeviceDisallow_newBlockHasNothingToRestore(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o := f.NewObject(resourceType)
	refusedOn(t, o.Plan(f.restoring(o)), "desired_access", "Nothing to restore")
}
