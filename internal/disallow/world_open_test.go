// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// A certificate that proved the identity which was looked up proves nothing of one that was made anew since.
func TestDeviceDisallow_identityMadeAnewIsLeftAloneThoughTheFormerOneWasProven(t *testing.T) {
	t.Parallel()
	for action, method := range map[string]string{"disable": http.MethodPut, "delete": http.MethodDelete} {
		settings := map[string]any{"hub_identity_action": action}
		for _, begin := range []string{"create", "repair"} {
			t.Run(begin+" "+action, func(t *testing.T) {
				t.Parallel()
				f := newFleet(t)
				o, config := f.object(settings)
				if begin == "repair" {
					o.MustApply(o.Config(f.settings(nil)))
					f.letIn()
					o.MustRefresh()
				}
				applied := f.beforeTheBlock(o, o.MustPlan(config), f.another)
				acctest.MustSay(t, applied.Errors(), "Device identity was made anew", "may be another machine's",
					"The device stays blocked in DPS")
				f.anothersIsLeft()
				acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked", "enrollment_status": "disabled"})
			})
		}
		t.Run(action+", just before the write", func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			o := f.NewObject(resourceType)
			planned := o.MustPlan(o.Config(f.settings(settings)))
			hold := f.Emulator.Hold(f.Hostname(f.hub), method, regexp.MustCompile("^/devices/"))
			done := o.StartApply(planned)
			<-hold.Reached()
			f.another()
			hold.Release()
			acctest.MustSay(t, (<-done).Errors(), "Device identity was made anew")
			f.anothersIsLeft()
		})
	}
}

// The record that was overwritten may be deleted: that makes no device of it that never registered.
func TestDeviceDisallow_unknownWhereaboutsStayUnknownWithoutTheRecord(t *testing.T) {
	t.Parallel()
	erase := map[string]any{"delete_registration": true}
	for name, test := range map[string]struct {
		more    map[string]any
		happens func(f fleet, o *acctest.Object)
	}{
		"deleted by the block": {erase, func(fleet, *acctest.Object) {}},
		"deleted by the block, and tried again": {erase, func(f fleet, _ *acctest.Object) {
			f.device.MustBeRefused()
		}},
		"deleted by a later apply": {nil, func(f fleet, o *acctest.Object) {
			o.MustApply(o.Config(f.settings(erase)))
		}},
		"deleted by somebody": {nil, func(f fleet, _ *acctest.Object) { f.deleteRecord() }},
		"deleted by somebody, and tried again": {nil, func(f fleet, _ *acctest.Object) {
			f.deleteRecord()
			f.device.MustBeRefused()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, o := lostFleet(t, test.more)
			test.happens(f, o)
			for range 2 {
				o.MustRefresh()
				acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked", "enrollment_status": "disabled"})
			}
			f.stillConnects(f.hub, stolenID)
		})
	}
}

// A device ID that names an identity which was found and not verified is acted on by the apply that gives it.
func TestDeviceDisallow_unverifiedIdentityIsBlockedByTheApplyThatNamesIt(t *testing.T) {
	t.Parallel()
	f, o, bare := renamedFleet(t, azdps.AttestationSymmetricKey)
	acctest.MustSay(t, o.MustRefresh().Warnings(), "Device identity is not verified", newName)
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked", "enrollment_status": "disabled"})
	hasIdentities(t, o.State, map[string]string{
		f.identity(f.hub, oldName): "disabled", f.identity(f.hub, newName): "unverified",
	})
	o.MustSettle(bare)
	config := o.Config(map[string]any{"registration_id": stolenID, "device_id": newName})
	o.MustApply(config)
	f.outUnderBothNames(o, config)
}

// A provider that is killed between the entry and the identity leaves a mark with the new reason and an identity with
// the old: both are this resource's.
func TestDeviceDisallow_restoringAfterAKilledUpdateThatHadWrittenTheEntry(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, _ := f.blocked(nil)
	config := f.killed(o, f.Hostname(f.hub), "^/devices/")
	o.MustRefresh()
	o.MustApply(config)
	f.device.MustBeOut(f.hub)
	f.hasReason("sold")
	o.MustSettle(config)
	o.MustApply(f.withRestored(o))
	f.device.MustBeIn(f.hub)
	o.MustSettle(f.withRestored(o))
}

// A restore without a refresh after private state was lost does not say that somebody else has changed the entry.
func TestDeviceDisallow_restoringWithoutPrivateStateNorRefresh(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, _ := f.blocked(nil)
	o.Private = nil
	applied := o.Apply(o.MustPlan(f.restoring(o)))
	if strings.Contains(applied.Errors(), "Somebody else has changed") {
		t.Errorf("nobody has changed it: %s", applied.Errors())
	}
	if !applied.Failed() {
		f.device.MustRegister()
	}
}

// A record of the same moment as the block is not known to be of a try that the block refused.
func TestDeviceDisallow_recordOfTheSameMomentIsNotTakenForOneSinceTheBlock(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.disableGroup("factory")
	f.device.MustBeRefused()
	f.knowsOnly(f.other())
	o, config := f.blocked(nil)
	f.stillConnects(f.hub, stolenID)
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked"})
	o.MustSettle(config)
}

// A device registers for the first time between the look-up and the write of the entry, in a hub that nobody knows, and
// is refused before the record is looked at again. That record began before the block: it tells that the device is
// somewhere.
func TestDeviceDisallow_deviceThatSlipsIntoAHubThatNobodyKnowsIsNotCalledBlocked(t *testing.T) {
	t.Parallel()
	f := unregisteredFleet(t)
	f.link("south")
	f.knowsOnly("north")
	o := f.NewObject(resourceType)
	planned := o.MustPlan(o.Config(f.settings(nil)))
	f.beforeTheBlock(o, planned, func() {
		f = f.registered()
		f.Clock.Advance(time.Minute)
		f.When(f.Emulator.DPSHostname(), http.MethodGet, "^/registrations/", func() {
			f.device.MustBeRefused()
		})
	})
	f.stillConnects(f.hub, stolenID)
	if got := o.Attribute("access"); got != "partially_blocked" {
		t.Errorf("the state should say partially_blocked, not %s", got)
	}
	o.MustRefresh()
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked"})
}

// The same of a device that had registered: DPS moves it by deleting its identity where the record told that it was.
func TestDeviceDisallow_deviceThatMovesToAHubThatNobodyKnowsJustBeforeTheBlockIsNotCalledBlocked(t *testing.T) {
	t.Parallel()
	f := unregisteredFleet(t)
	f.link("north")
	f = f.registered()
	f.knowsOnly("north")
	o := f.NewObject(resourceType)
	planned := o.MustPlan(o.Config(f.settings(nil)))
	f.beforeTheBlock(o, planned, func() {
		f.SetGroup("factory", func(g *azdps.EnrollmentGroup) {
			if err := f.Emulator.SetLinkedHubs("north", "south"); err != nil {
				t.Error(err)
			}
			g.IoTHubs = []string{f.Hostname("south")}
		})
		f = f.registered()
		f.SetGroup("factory", func(g *azdps.EnrollmentGroup) { g.IoTHubs = nil })
		f.When(f.Emulator.DPSHostname(), http.MethodGet, "^/registrations/", func() {
			f.device.MustBeRefused()
		})
	})
	f.stillConnects("south", stolenID)
	if got := o.Attribute("access"); got != "partially_blocked" {
		t.Errorf("the state should say partially_blocked, not %s", got)
	}
	o.MustRefresh()
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked"})
}
