// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

const whereaboutsUnknown = "Whereabouts of the device are not known"

// The runbook disables DPS first. A device that is refused once before the block leaves a record without a hub, and
// the provider knows a hub in which it is not: nothing found is not nowhere.
func TestDeviceDisallow_deviceInAHubThatNobodyKnowsIsNotCalledBlocked(t *testing.T) {
	t.Parallel()
	for name, arrange := range map[string]func(t *testing.T) fleet{
		"group disabled": func(t *testing.T) fleet {
			f := newFleet(t)
			f.disableGroup("factory")
			return f
		},
		"own certificate, entry disabled": disabledByOperator(azdps.AttestationX509),
		"own key, entry disabled":         disabledByOperator(azdps.AttestationSymmetricKey),
		"TPM, entry disabled":             disabledByOperator(azdps.AttestationTPM),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := arrange(t)
			f.device.MustBeRefused()
			f.Clock.Advance(time.Minute) // The record is older than the block.
			all := f.knowsOnly(f.other())
			o, config, planned := f.planned(nil)
			acctest.MustRead(t, planned.Planned, map[string]string{"access": "unknown", "enrollment_status": "disabled"})
			acctest.MustSay(t, planned.Warnings(), whereaboutsUnknown, stolenID, "a try that was refused has overwritten it",
				"additional_iothub_hostnames")
			o.Apply(planned).MustSucceed(t)
			acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked", "enrollment_status": "disabled"})
			hasIdentities(t, o.State, map[string]string{})
			f.device.MustBeRefused()
			f.stillConnects(f.hub, stolenID)
			o.Reconfigure()
			acctest.MustSay(t, o.Refresh().Warnings(), whereaboutsUnknown)
			o.MustSettle(config)
			acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked"})

			// Named without a credential it still cannot be read, and then it can.
			named := o.Config(f.settings(map[string]any{"additional_iothub_hostnames": []string{f.Hostname(f.hub)}}))
			planned = o.MustPlan(named)
			acctest.MustRead(t, planned.Planned, map[string]string{"access": "unknown", "hub_identities": "unknown"})
			acctest.MustHaveEffect(t, planned.Effects(), "unknown")
			acctest.MustSay(t, o.Apply(planned).Errors(), "Cannot read device identity", f.Hostname(f.hub))
			f.stillConnects(f.hub, stolenID)
			if got := o.Attribute("access"); got == "blocked" {
				t.Error("a device whose hub could not be read should not be called blocked")
			}
			all()
			o.Reconfigure()
			o.MustRefresh()
			o.MustApply(named)
			hasIdentities(t, o.State, map[string]string{f.identity(f.hub, stolenID): "disabled"})
			acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
			f.device.MustBeOut(f.hub)
			o.MustSettle(named)
		})
	}
}

// Where nothing names a hub, none was searched: a device that never registered may have been put into one by hand.
func TestDeviceDisallow_deviceIsNotCalledBlockedWhereNoHubIsKnown(t *testing.T) {
	t.Parallel()
	f := unregisteredFleet(t)
	f.AddIdentity("north", stolenID, selfSigned(f.device.Certificate.ThumbprintSHA256()))
	all := f.knowsOnly()
	o, config := f.object(nil)
	planned := o.MustApply(config)
	acctest.MustRead(t, planned.Planned, map[string]string{"access": "unknown", "hub_identities": "unknown"})
	acctest.MustSay(t, planned.Warnings(), whereaboutsUnknown, "no hub could be searched")
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked", "enrollment_status": "disabled"})
	f.Clock.Advance(time.Second) // A record of the moment of the block may be of an assignment before it.
	f.device.MustBeRefused()
	f.stillConnects("north", stolenID)
	o.Reconfigure()
	o.MustSettle(config)
	all()
	o.Reconfigure()
	o.MustRefresh()
	hasIdentities(t, o.State, map[string]string{f.identity("north", stolenID): "enabled"})
	o.MustApply(config)
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
	f.device.MustBeOut("north")
	o.MustSettle(config)
}

// An identity that nothing but a search has found leaves the state when it is gone; it was nobody's concern.
func TestDeviceDisallow_strangersIdentityThatIsGoneIsForgotten(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.AddIdentity(f.other(), stolenID, nil)
	o, config := f.blocked(nil)
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked"})
	f.DeleteIdentity(f.other(), stolenID)
	o.MustSettle(config)
	hasIdentities(t, o.State, map[string]string{f.identityObject(): "disabled"})
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
}

// lostFleet is a fleet whose device was refused before its block, which knows another hub than the device's only.
func lostFleet(t *testing.T, more map[string]any) (fleet, *acctest.Object) {
	t.Helper()
	f := newFleet(t)
	f.disableGroup("factory")
	f.device.MustBeRefused()
	f.Clock.Advance(time.Minute) // The record is older than the block.
	f.knowsOnly(f.other())
	o, config := f.blocked(more)
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked"})
	f.stillConnects(f.hub, stolenID)
	f.Clock.Advance(time.Minute)
	o.Reconfigure()
	o.MustSettle(config)
	return f, o
}

// That it is not known where the device is outlives whatever happens to the resource and to the record.
func TestDeviceDisallow_unknownWhereaboutsStayUnknown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		more    map[string]any
		happens func(f fleet, o *acctest.Object) *acctest.Object
	}{
		"after another apply": {nil, func(f fleet, o *acctest.Object) *acctest.Object {
			o.MustApply(o.Config(f.settings(map[string]any{"reason": "sold"})))
			return o
		}},
		"after the device has tried again": {nil, func(f fleet, o *acctest.Object) *acctest.Object {
			f.device.MustBeRefused()
			return o
		}},
		"when private state is lost": {nil, func(_ fleet, o *acctest.Object) *acctest.Object {
			o.Private = nil
			return o
		}},
		"when it is imported elsewhere": {nil, func(f fleet, _ *acctest.Object) *acctest.Object {
			return f.imported(stolenID)
		}},
		"when the block is made again": {nil, func(f fleet, o *acctest.Object) *acctest.Object {
			config := o.Config(f.settings(nil))
			o.Replace(config, false).MustSucceed(f.T)
			return o
		}},
		"when somebody has enabled and disabled the entry": {nil, func(f fleet, o *acctest.Object) *acctest.Object {
			f.SetEntryStatus(stolenID, "enabled")
			f.SetEntryStatus(stolenID, "disabled")
			f.device.MustBeRefused()
			return o
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, o := lostFleet(t, test.more)
			o = test.happens(f, o)
			for range 2 {
				o.MustRefresh()
				acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked", "enrollment_status": "disabled"})
			}
			f.stillConnects(f.hub, stolenID)
		})
	}
}

// movedFleet is a fleet that came in through an entry of its own, was blocked, was let in for a moment with the other
// hub as its target, went there, and was refused again. The record tells nothing of it.
func movedFleet(t *testing.T) (fleet, *acctest.Object, map[string]any) {
	t.Helper()
	f := enrolledFleet(t, azdps.AttestationX509, nil)
	o := f.NewObject(resourceType)
	settings := map[string]any{"registration_id": stolenID}
	o.MustApply(o.Config(settings))
	hasIdentities(t, o.State, map[string]string{f.identity(f.hub, stolenID): "disabled"})
	f.sendTo(f.other())
	f.SetEntryStatus(stolenID, "disabled")
	f.device.MustBeRefused()
	f.enableMigrated(f.other())
	f.stillConnects(f.other(), stolenID)
	return f, o, settings
}

// enableMigrated has the operator enable the identity that DPS has migrated with its status.
func (f fleet) enableMigrated(hub string) {
	f.T.Helper()
	if f.IdentityStatus(hub, stolenID) == "disabled" {
		f.SetIdentityStatus(hub, stolenID, "enabled")
	}
}

// A hub in which nothing stands any more stops no search: the certificate proves the identity in the other.
func TestDeviceDisallow_deviceThatMovedForAMomentIsFoundInItsNewHub(t *testing.T) {
	t.Parallel()
	f, o, settings := movedFleet(t)
	config := o.Config(settings)
	gone, here := f.identity(f.hub, stolenID), f.identity(f.other(), stolenID)
	o.MustRefresh()
	hasIdentities(t, o.State, map[string]string{gone: "absent", here: "enabled"})
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked", "enrollment_status": "disabled"})
	planned := o.MustPlan(config)
	acctest.MustHaveEffects(t, planned.Effects(), "iothub_device_identity "+here+" enabled->disabled disable")
	f.Emulator.ClearJournal()
	o.Apply(planned).MustSucceed(t)
	f.wroteInOrder("/devices/" + stolenID)
	hasIdentities(t, o.State, map[string]string{gone: "absent", here: "disabled"})
	f.device.MustBeOut(f.other())
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked"})
	acctest.MustSay(t, o.MustRefresh().Warnings(), whereaboutsUnknown, "a try that was refused has overwritten it")
	o.MustSettle(config)
	// It may have been in further hubs meanwhile, which no record tells any more: who knows says so.
	settings["additional_iothub_hostnames"] = []string{f.Hostname(f.other())}
	o.MustApply(o.Config(settings))
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
	o.MustSettle(o.Config(settings))
}

// The move is found by an update that was planned before it: it fails once, keeps what it found, and the next goes on.
func TestDeviceDisallow_updateThatFindsAMoveLeadsToThePlanThatShowsIt(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]map[string]any{
		"another reason":         {"reason": "sold"},
		"identities are deleted": {"hub_identity_action": "delete"},
		"a repair":               nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := enrolledFleet(t, azdps.AttestationX509, nil)
			o, _ := f.blocked(nil)
			config := o.Config(f.settings(more))
			if more == nil {
				f.SetEntryStatus(stolenID, "enabled")
				o.MustRefresh()
			}
			planned := o.MustPlan(config)
			if !o.Changes(planned) {
				t.Fatal("there should be something to apply")
			}
			f.sendTo(f.other())
			f.SetEntryStatus(stolenID, "disabled")
			f.device.MustBeRefused()
			f.enableMigrated(f.other())
			f.stillConnects(f.other(), stolenID)
			f.Emulator.ClearJournal()
			acctest.MustSay(t, o.Apply(planned).Errors(), "The plan is stale", "Nothing was written", "Plan again")
			f.wroteInOrder()
			here := f.identity(f.other(), stolenID)
			if got := acctest.Members(o.State, "hub_identities")[here]; got != "enabled" {
				t.Errorf("the state should keep that %s was found enabled, not %s", here, got)
			}
			if got := o.Attribute("access"); got == "blocked" {
				t.Error("the state should not say blocked")
			}
			next := o.MustPlan(config)
			if status := identityStatus(next.Planned, f.Hostname(f.other())); status == "none" || status == "enabled" {
				t.Errorf("the next plan should show what happens to %s, not %s", here, status)
			}
			o.Apply(next).MustSucceed(t)
			f.device.MustBeOut(f.other())
			o.MustSettle(config)
		})
	}
}

// A move into a hub that nothing names cannot be found; what is not known is not called blocked.
func TestDeviceDisallow_deviceThatMovedToAHubThatNobodyKnowsIsNotCalledBlocked(t *testing.T) {
	t.Parallel()
	f := enrolledFleet(t, azdps.AttestationX509, nil)
	all := f.knowsOnly(f.hub)
	o, config := f.bare()
	o.MustApply(config)
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
	f.sendTo(f.other())
	f.SetEntry(stolenID, func(e *azdps.IndividualEnrollment) {
		status := azdps.StatusDisabled
		e.ProvisioningStatus, e.IoTHubs = &status, nil
	})
	f.device.MustBeRefused()
	f.enableMigrated(f.other())
	f.stillConnects(f.other(), stolenID)

	o.Reconfigure()
	acctest.MustSay(t, o.Refresh().Warnings(), whereaboutsUnknown)
	hasIdentities(t, o.State, map[string]string{f.identity(f.hub, stolenID): "absent"})
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked", "enrollment_status": "disabled"})
	o.MustSettle(config)
	all()
	named := o.Config(map[string]any{
		"registration_id": stolenID, "additional_iothub_hostnames": []string{f.Hostname(f.other())},
	})
	o.Reconfigure()
	o.MustApply(named)
	f.device.MustBeOut(f.other())
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
	o.MustSettle(named)
}

// proxys are answers 404 that are not a hub's word.
func proxys() map[string]emulator.Fault {
	return map[string]emulator.Fault{
		"empty": {Status: http.StatusNotFound},
		"page":  {Status: http.StatusNotFound, Body: "<html>No such page</html>"},
		"JSON":  {Status: http.StatusNotFound, Body: `{"message":"no route"}`},
	}
}

// A hub that answers 404 without its own words may have the identity: it is not absent, and the device not blocked.
func TestDeviceDisallow_identityThatAProxyDeniesIsNotTakenForAbsent(t *testing.T) {
	t.Parallel()
	for name, fault := range proxys() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			o, config := f.object(nil)
			fault.Host, fault.Path = f.Hostname(f.hub), regexp.MustCompile("^/devices/[^/]*$")
			f.Emulator.AddFault(fault)
			planned := o.MustPlan(config)
			acctest.MustRead(t, planned.Planned, map[string]string{"hub_identities": "unknown"})
			acctest.MustHaveEffect(t, planned.Effects(), "unknown")
			acctest.MustSay(t, planned.Warnings(), "Cannot read device identity", f.Hostname(f.hub), "404")
			applied := o.Apply(planned)
			acctest.MustSay(t, applied.Errors(), "Cannot read device identity", "The device stays blocked in DPS")
			acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked", "enrollment_status": "disabled"})
			hasIdentities(t, o.State, map[string]string{f.identity(f.hub, stolenID): "unreachable"})
			f.device.MustBeRefused()
			f.stillConnects(f.hub, stolenID)
			f.Emulator.ClearFaults()
			f.replaced(o, config)

			// Nor does a refresh believe it of a device that somebody has let in again.
			f.letIn()
			f.Emulator.AddFault(fault)
			o.MustRefresh()
			hasIdentities(t, o.State, map[string]string{f.identity(f.hub, stolenID): "unreachable"})
			f.SetEntryStatus(stolenID, "disabled")
			o.MustRefresh()
			acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked"})
		})
	}
}

// The same of DPS: an entry, a record or groups that a proxy denies are not gone.
func TestDeviceDisallow_whatAProxyDeniesOfDPSIsAnError(t *testing.T) {
	t.Parallel()
	for name, fault := range proxys() {
		for _, path := range []string{"^/enrollments/" + stolenID + "$", "^/registrations/", "^/enrollmentGroups/query$"} {
			t.Run(name+" "+path, func(t *testing.T) {
				t.Parallel()
				f := newFleet(t)
				o, config := f.object(nil)
				fault.Host, fault.Path = f.Emulator.DPSHostname(), regexp.MustCompile(path)
				f.Emulator.AddFault(fault)
				if planned := o.Plan(config); !planned.Failed() {
					t.Errorf("the plan should fail: %s", planned.Planned)
				}
				f.Emulator.ClearFaults()
				o.MustApply(config)
				f.Emulator.AddFault(fault)
				before := o.State
				o.Reconfigure()
				refreshed := o.Refresh()
				if !refreshed.Failed() && !o.State.Equal(before) {
					t.Errorf("a refresh should believe nothing of it: %v", acctest.Differences(before, o.State))
				}
			})
		}
	}
}
