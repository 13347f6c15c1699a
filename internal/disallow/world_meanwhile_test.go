// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// An identity that was disabled already when the plan was made, and that somebody enables while the apply runs, is read
// again: the apply does not say blocked of a device that connects.
func TestDeviceDisallow_identityThatIsEnabledDuringTheApplyIsReported(t *testing.T) {
	t.Parallel()
	enable := func(f fleet) func() {
		return func() { f.SetIdentityStatus(f.hub, stolenID, "enabled") }
	}
	t.Run("create", func(t *testing.T) {
		t.Parallel()
		f := newFleet(t)
		f.SetIdentityStatus(f.hub, stolenID, "disabled")
		o, config, planned := f.planned(nil)
		acctest.MustHaveEffects(t, planned.Effects(),
			"dps_individual_enrollment "+stolenID+" absent->disabled create_disabled",
			"iothub_device_identity "+f.identityObject()+" disabled->disabled none")
		applied := f.beforeTheBlock(o, planned, enable(f))
		acctest.MustSay(t, applied.Errors(), "The plan is stale", f.identityObject(), "is enabled now",
			"The device stays blocked in DPS")
		f.enabledIsTold(o)
		if !o.Tainted {
			t.Error("a create that failed should taint its object")
		}
		f.replaced(o, config)
	})
	t.Run("repair", func(t *testing.T) {
		t.Parallel()
		f := newFleet(t)
		o, config := f.blocked(nil)
		f.SetEntryStatus(stolenID, "enabled")
		o.MustRefresh()
		planned := o.MustPlan(config)
		acctest.MustHaveEffects(t, planned.Effects(), "dps_individual_enrollment "+stolenID+" enabled->disabled disable",
			"iothub_device_identity "+f.identityObject()+" disabled->disabled none")
		applied := f.beforeTheBlock(o, planned, enable(f))
		acctest.MustSay(t, applied.Errors(), "The plan is stale", f.identityObject(), "is enabled now",
			"The device stays blocked in DPS")
		f.enabledIsTold(o)
		f.repairs(o, config)
	})
	t.Run("another reason", func(t *testing.T) {
		t.Parallel()
		f := newFleet(t)
		o, _ := f.blocked(nil)
		config := o.Config(f.settings(map[string]any{"reason": "sold"}))
		applied := f.beforeTheBlock(o, o.MustPlan(config), enable(f))
		// This update writes the identity anyway, disabled.
		applied.MustSucceed(t)
		f.device.MustBeOut(f.hub)
		f.hasReason("sold")
		o.MustSettle(config)
	})
	t.Run("adopted", func(t *testing.T) {
		t.Parallel()
		f := enrolledFleet(t, azdps.AttestationX509, nil)
		f.SetIdentityStatus(f.hub, stolenID, "disabled")
		o, config := f.object(nil)
		applied := f.beforeTheBlock(o, o.MustPlan(config), enable(f))
		acctest.MustSay(t, applied.Errors(), "The plan is stale", f.identityObject(), "is enabled now")
		f.enabledIsTold(o)
		// A refused try has overwritten the record, so that the new block cannot tell that it is everywhere out.
		o.Replace(config, false).MustSucceed(t)
		f.device.MustBeOut(f.hub)
		o.MustSettle(config)
	})
}

// enabledIsTold fails the test unless a state says that DPS refuses the device and that its hub does not.
func (f fleet) enabledIsTold(o *acctest.Object) {
	f.T.Helper()
	f.stillConnects(f.hub, stolenID)
	hasIdentities(f.T, o.State, map[string]string{f.identityObject(): "enabled"})
	acctest.MustRead(f.T, o.State, map[string]string{"enrollment_status": "disabled", "access": "partially_blocked"})
	f.device.MustBeRefused()
}

// repairs fails the test unless the next plan disables the identity, and its apply settles.
func (f fleet) repairs(o *acctest.Object, config tftypes.Value) {
	f.T.Helper()
	planned := o.MustPlan(config)
	acctest.MustRead(f.T, planned.Planned, map[string]string{"access": "blocked"})
	acctest.MustHaveEffect(f.T, planned.Effects(),
		"iothub_device_identity "+f.identityObject()+" enabled->disabled disable")
	o.Apply(planned).MustSucceed(f.T)
	f.device.MustBeOut(f.hub)
	acctest.MustRead(f.T, o.State, map[string]string{"access": "blocked"})
	o.MustSettle(config)
}

// registerSlowly has the device begin a registration that stays in flight until it is let go.
func (f fleet) registerSlowly() (let func()) {
	f.T.Helper()
	release, waiting, done := f.Emulator.HoldAssignments(), make(chan struct{}), make(chan struct{})
	f.device.Wait = func(ctx ctx, _ time.Duration) error {
		select {
		case <-waiting:
		case <-ctx.Done():
		}
		return ctx.Err()
	}
	go func() {
		defer close(done)
		if _, err := f.device.Register(f.Context()); err != nil {
			f.T.Error(err)
		}
	}()
	for f.registrationStatus() != "assigning" && f.Context().Err() == nil {
		continue
	}
	return sync.OnceFunc(func() {
		release()
		close(waiting)
		<-done
		f.device.Wait = devicesim.Yield
	})
}

// The same while the apply waits for an assignment that began before the block.
func TestDeviceDisallow_identityThatIsEnabledDuringTheWaitForAnAssignmentIsReported(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.SetIdentityStatus(f.hub, stolenID, "disabled")
	o, config, planned := f.planned(nil)
	let := func() {}
	f.Clock.OnSleep(func(total time.Duration) {
		if total >= 6*time.Second {
			if f.IdentityStatus(f.hub, stolenID) == "disabled" {
				f.SetIdentityStatus(f.hub, stolenID, "enabled")
			}
			let()
		}
	})
	applied := f.beforeTheBlock(o, planned, func() { let = f.registerSlowly() })
	acctest.MustSay(t, applied.Errors(), "The plan is stale", f.identityObject(), "is enabled now")
	if f.Clock.Slept() < 6*time.Second {
		t.Fatal("the apply should have waited: this test proves nothing")
	}
	f.Clock.OnSleep(nil)
	f.enabledIsTold(o)
	f.replaced(o, config)
}

// another has somebody delete the identity and make one of the same name for another machine.
func (f fleet) another() {
	f.T.Helper()
	f.DeleteIdentity(f.hub, stolenID)
	f.AddIdentity(f.hub, stolenID, nil)
}

// anothersIsLeft fails the test when the identity that was made anew was touched.
func (f fleet) anothersIsLeft() {
	f.T.Helper()
	switch now := f.Identity(f.hub, stolenID); {
	case now == nil:
		f.T.Error("another machine's identity should be left, and is gone")
	case now.Disabled(), now.StatusReason != nil:
		f.T.Errorf("another machine's identity should be left as it is, not %s", now.Status)
	}
}

// madeAnew are devices whose identity is made anew, with what is done to it.
func madeAnew() map[string]struct {
	fleet          func(t *testing.T) fleet
	action, method string
} {
	type world = struct {
		fleet          func(t *testing.T) fleet
		action, method string
	}
	withKey := func(t *testing.T) fleet { return enrolledFleet(t, azdps.AttestationSymmetricKey, nil) }
	return map[string]world{
		"disable, own key": {withKey, "disable", http.MethodPut},
		"delete, own key":  {withKey, "delete", http.MethodDelete},
	}
}

// An identity that was deleted and made anew after the look-up may be another machine's.
func TestDeviceDisallow_identityMadeAnewDuringTheApplyIsLeftAlone(t *testing.T) {
	t.Parallel()
	for name, test := range madeAnew() {
		for _, begin := range []string{"create", "repair"} {
			t.Run(begin+" "+name, func(t *testing.T) {
				t.Parallel()
				f, settings := test.fleet(t), map[string]any{"hub_identity_action": test.action}
				o, config := f.object(settings)
				if begin == "repair" {
					o.MustApply(o.Config(f.settings(nil)))
					f.letIn()
					o.MustRefresh()
				}
				planned := o.MustPlan(config)
				applied := f.beforeTheBlock(o, planned, f.another)
				acctest.MustSay(t, applied.Errors(), "Device identity was made anew", "may be another machine's",
					"The device stays blocked in DPS")
				f.anothersIsLeft()
				acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked", "enrollment_status": "disabled"})
				hasIdentities(t, o.State, map[string]string{f.identityObject(): "enabled"})
				f.device.MustBeRefused()
			})
		}
	}
}

// Between the last look and the write the ETag tells.
func TestDeviceDisallow_identityMadeAnewJustBeforeTheWriteIsLeftAlone(t *testing.T) {
	t.Parallel()
	for name, test := range madeAnew() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := test.fleet(t)
			o := f.NewObject(resourceType)
			planned := o.MustPlan(o.Config(f.settings(map[string]any{"hub_identity_action": test.action})))
			hold := f.Emulator.Hold(f.Hostname(f.hub), test.method, regexp.MustCompile("^/devices/"))
			done := o.StartApply(planned)
			<-hold.Reached()
			f.another()
			hold.Release()
			acctest.MustSay(t, (<-done).Errors(), "Device identity was made anew", "The device stays blocked in DPS")
			f.anothersIsLeft()
			acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked"})
		})
	}
}

// Made anew with the device's own certificate it is the device's.
func TestDeviceDisallow_identityMadeAnewThatTheCertificateProvesIsBlocked(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, config := f.object(nil)
	applied := f.beforeTheBlock(o, o.MustPlan(config), func() {
		f.DeleteIdentity(f.hub, stolenID)
		f.AddIdentity(f.hub, stolenID, selfSigned(f.device.Certificate.ThumbprintSHA256()))
		f.stillConnects(f.hub, stolenID)
	})
	applied.MustSucceed(t)
	f.device.MustBeOut(f.hub)
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
	o.MustSettle(config)
}

// Keys that a hub does not show cannot be sent along, and a write without them would make new ones: nothing is written
// at all, neither to block nor to restore.
func TestDeviceDisallow_identityWhoseKeysAreHiddenStopsTheApplyBeforeAnyWrite(t *testing.T) {
	t.Parallel()
	refuses := func(f fleet, o *acctest.Object, planned acctest.Step) {
		f.T.Helper()
		f.Emulator.ClearJournal()
		acctest.MustSay(f.T, o.Apply(planned).Errors(), f.Hostname(f.hub)+" does not show the keys", "Nothing was written")
		f.MustNotHaveWritten()
		f.Emulator.ClearFaults()
	}
	for name, attestation := range map[string]string{"adopted": azdps.AttestationSymmetricKey, "created": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := enrolledFleet(t, azdps.AttestationSymmetricKey, nil, recordsOutlive())
			if attestation == "" {
				f.DeleteEntry(stolenID)
			}
			keys := f.Identity(f.hub, stolenID).Authentication.SymmetricKey
			o, config := f.bare()
			planned := o.MustPlan(config)
			f.hideKeys()
			refuses(f, o, planned)
			if !o.State.IsNull() {
				t.Errorf("there should be no state: %s", o.State)
			}
			f.stillConnects(f.hub, stolenID)
			o.MustApply(config)
			f.device.MustBeOut(f.hub)

			f.letIn()
			o.MustRefresh()
			planned = o.MustPlan(config)
			f.hideKeys()
			refuses(f, o, planned)
			o.MustApply(config)
			back := o.Config(map[string]any{"registration_id": stolenID, "desired_access": "restored"})
			planned = o.MustPlan(back)
			f.hideKeys()
			refuses(f, o, planned)
			o.MustApply(back)
			f.stillConnects(f.hub, stolenID)
			if now := f.Identity(f.hub, stolenID).Authentication.SymmetricKey; *now.PrimaryKey != *keys.PrimaryKey {
				t.Error("the keys of the identity have changed")
			}
		})
	}
}

// hideKeys has the hub answer each read of the identity without its keys, as for a caller who may not see them.
func (f fleet) hideKeys() {
	f.T.Helper()
	shown := *f.Identity(f.hub, stolenID)
	authentication := *shown.Authentication
	authentication.SymmetricKey = &aziothub.SymmetricKey{}
	shown.Authentication = &authentication
	body, err := json.Marshal(shown)
	if err != nil {
		f.T.Fatal(err)
	}
	f.Emulator.AddFault(emulator.Fault{
		Host: f.Hostname(f.hub), Method: http.MethodGet, Path: regexp.MustCompile("^/devices/" + stolenID + "$"),
		Status: http.StatusOK, Body: string(body),
	})
}
