// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

const doNotEnable = "do not enable"

// An adopted entry that somebody has deleted and made again disabled is theirs: restoring does not enable it.
func TestDeviceDisallow_restoringLeavesAnEntryThatWasMadeAnew(t *testing.T) {
	t.Parallel()
	again := func(f fleet) {
		f.DeleteEntry(stolenID)
		f.Clock.Advance(time.Minute)
		f.enrolBy(azdps.AttestationX509, "disabled")
	}
	t.Run("before the plan", func(t *testing.T) {
		t.Parallel()
		f := enrolledFleet(t, azdps.AttestationX509, nil)
		o, config := f.blocked(nil)
		again(f)
		o.MustRefresh()
		o.MustSettle(config)
		planned := o.MustPlan(f.restoring(o))
		acctest.MustHaveEffects(t, planned.Effects(),
			"iothub_device_identity "+f.identityObject()+" disabled->enabled enable")
		acctest.MustRead(t, planned.Planned, map[string]string{
			"enrollment_status": "disabled", "access": "partially_blocked",
		})
		acctest.MustSay(t, planned.Warnings(), "Device stays blocked in DPS")
		f.Emulator.ClearJournal()
		o.Apply(planned).MustSucceed(t)
		f.wroteInOrder("/devices/" + stolenID)
		f.device.MustBeRefused()
		o.MustSettle(f.restoring(o))
	})
	t.Run("after the plan", func(t *testing.T) {
		t.Parallel()
		f := enrolledFleet(t, azdps.AttestationX509, nil)
		o, _ := f.blocked(nil)
		planned := o.MustPlan(f.restoring(o))
		again(f)
		f.Emulator.ClearJournal()
		acctest.MustSay(t, o.Apply(planned).Errors(), "Individual enrollment was made anew", "Nothing was written")
		f.MustNotHaveWritten()
		f.device.MustBeOut(f.hub)
	})
	t.Run("made again when it was gone for a while", func(t *testing.T) {
		t.Parallel()
		f := enrolledFleet(t, azdps.AttestationX509, nil)
		o, _ := f.blocked(nil)
		f.DeleteEntry(stolenID)
		o.MustRefresh()
		acctest.MustRead(t, o.State, map[string]string{"enrollment_status": "absent"})
		f.Clock.Advance(time.Minute)
		f.enrolBy(azdps.AttestationX509, "disabled")
		o.MustRefresh()
		o.MustApply(f.restoring(o))
		f.device.MustBeRefused()
	})
}

// Operations disable the device themselves later, after it was let in: restoring enables neither half.
func TestDeviceDisallow_restoringLeavesWhatOperationsHaveDisabledSince(t *testing.T) {
	t.Parallel()
	for name, arrange := range map[string]func(t *testing.T) fleet{
		"created": func(t *testing.T) fleet { return newFleet(t) },
		"adopted": func(t *testing.T) fleet { return enrolledFleet(t, azdps.AttestationX509, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := arrange(t)
			o, config := f.blocked(nil)
			f.letIn()
			o.MustRefresh()
			acctest.MustRead(t, o.State, map[string]string{"access": "allowed"})
			f.disabledByOperations()
			f.SetEntryStatus(stolenID, "disabled")
			o.MustRefresh()
			if planned := o.MustPlan(config); o.Changes(planned) {
				t.Errorf("nothing should be left to do: %v", acctest.Differences(o.State, planned.Planned))
			}
			planned := o.MustPlan(f.restoring(o))
			identity := "iothub_device_identity " + f.identityObject() + " disabled->disabled none"
			acctest.MustHaveEffect(t, planned.Effects(), identity)
			if name == "adopted" {
				acctest.MustHaveEffects(t, planned.Effects(), "dps_individual_enrollment "+stolenID+" disabled->disabled none",
					identity)
			}
			o.Apply(planned).MustSucceed(t)
			if f.lets(f.hub, stolenID) {
				t.Error("the identity should stay disabled")
			}
			f.hasReason(doNotEnable)
			if name == "adopted" {
				f.device.MustBeRefused()
			}
			o.MustSettle(f.restoring(o))
		})
	}
}

// disabledByOperations has the operator disable the identity for a reason of their own.
func (f fleet) disabledByOperations() {
	f.T.Helper()
	f.SetIdentity(f.hub, stolenID, func(d *aziothub.Device) {
		reason := doNotEnable
		d.Status, d.StatusReason = aziothub.StatusDisabled, &reason
	})
}

// A reason of their own is enough, also where no refresh has seen the device let in between.
func TestDeviceDisallow_restoringLeavesAnIdentityWithSomebodyElsesReason(t *testing.T) {
	t.Parallel()
	for name, reason := range map[string]any{"a reason was given": "stolen from plant Thale", "no reason was given": nil} {
		t.Run(name+", before the plan", func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			settings := map[string]any{"reason": reason}
			o, config := f.blocked(settings)
			f.disabledByOperations()
			o.MustSettle(config)
			settings["desired_access"] = "restored"
			back := o.Config(f.settings(settings))
			planned := o.MustPlan(back)
			acctest.MustHaveEffects(t, planned.Effects(), "dps_individual_enrollment "+stolenID+" disabled->absent delete")
			o.Apply(planned).MustSucceed(t)
			f.device.MustRegister()
			f.hasReason(doNotEnable)
			if f.lets(f.hub, stolenID) {
				t.Error("the identity should stay disabled")
			}
			o.MustSettle(back)
		})
		t.Run(name+", after the plan", func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			o, _ := f.blocked(map[string]any{"reason": reason})
			planned := o.MustPlan(o.Config(f.settings(map[string]any{"reason": reason, "desired_access": "restored"})))
			f.disabledByOperations()
			f.Emulator.ClearJournal()
			acctest.MustSay(t, o.Apply(planned).Errors(),
				"Device identity was disabled elsewhere", doNotEnable, "Nothing was written")
			f.MustNotHaveWritten()
			f.device.MustBeOut(f.hub)
		})
	}
}

// A provider that is killed leaves no private state. The mark of the entry still tells what was made and disabled.
func TestDeviceDisallow_restoringAfterPrivateStateWasLost(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(f fleet, o *acctest.Object) tftypes.Value{
		"as it was": func(f fleet, o *acctest.Object) tftypes.Value {
			o.Private = nil
			return o.Config(f.settings(nil))
		},
		"before a refresh has seen it": func(f fleet, o *acctest.Object) tftypes.Value {
			config := o.Config(f.settings(map[string]any{"reason": "sold"}))
			o.MustApply(config)
			o.Private = nil
			return config
		},
		"during an update that had written nothing": func(f fleet, o *acctest.Object) tftypes.Value {
			return f.killed(o, f.Emulator.DPSHostname(), "^/enrollments/")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			o, _ := f.blocked(nil)
			config := lose(f, o)
			o.MustRefresh()
			o.MustApply(config)
			acctest.MustRead(t, o.State, map[string]string{"access": "blocked", "enrollment_origin": "created"})
			f.staysOut(o, config)
			back := f.withRestored(o)
			planned := o.MustPlan(back)
			acctest.MustHaveEffects(t, planned.Effects(), "dps_individual_enrollment "+stolenID+" disabled->absent delete",
				"iothub_device_identity "+f.identityObject()+" disabled->enabled enable")
			o.Apply(planned).MustSucceed(t)
			f.MustHaveEntry(stolenID, "absent")
			f.device.MustBeIn(f.hub)
			o.MustSettle(back)
		})
	}
}

// withRestored is what an object was last configured with, restored.
func (f fleet) withRestored(o *acctest.Object) tftypes.Value {
	f.T.Helper()
	return o.Config(f.settings(map[string]any{"reason": o.Attribute("reason"), "desired_access": "restored"}))
}

// killed is an update of the reason whose provider dies at a write: Terraform keeps the former state, and no private
// state.
func (f fleet) killed(o *acctest.Object, host, path string) tftypes.Value {
	f.T.Helper()
	config := o.Config(f.settings(map[string]any{"reason": "sold"}))
	planned := o.MustPlan(config)
	f.Emulator.AddFault(emulator.Fault{
		Host: host, Method: http.MethodPut, Path: regexp.MustCompile(path), Cut: emulator.CutBefore,
	})
	before := o.State
	if applied := o.Apply(planned); !applied.Failed() {
		f.T.Fatal("the update should end: this test proves nothing")
	}
	f.Emulator.ClearFaults()
	o.State, o.Private = before, nil
	return config
}

// Of an adopted entry nothing tells who disabled it when private state is lost: it is left, and the plan says so.
func TestDeviceDisallow_restoringAnAdoptedEntryAfterPrivateStateWasLost(t *testing.T) {
	t.Parallel()
	f := enrolledFleet(t, azdps.AttestationX509, nil)
	o, config := f.blocked(nil)
	o.Private = nil
	o.MustSettle(config)
	planned := o.MustPlan(f.restoring(o))
	acctest.MustRead(t, planned.Planned, map[string]string{"enrollment_status": "disabled"})
	acctest.MustSay(t, planned.Warnings(), "Device stays blocked in DPS", "it is not known who disabled it",
		"These identities stay disabled", f.identityObject())
	o.Apply(planned).MustSucceed(t)
	f.device.MustBeOut(f.hub)
	o.MustSettle(f.restoring(o))
}
