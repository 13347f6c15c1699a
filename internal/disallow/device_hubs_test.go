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
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// other is the short name of the hub to which the device was not assigned.
func (f fleet) other() string {
	if f.hub == "north" {
		return "south"
	}
	return "north"
}

// selfSigned is an identity that shows a thumbprint.
func selfSigned(thumbprint string) func(*aziothub.Device) {
	return func(d *aziothub.Device) {
		d.Authentication = &aziothub.Authentication{
			Type: aziothub.AuthenticationSelfSigned, X509Thumbprint: &aziothub.X509Thumbprint{PrimaryThumbprint: &thumbprint},
		}
	}
}

// deleteRecord has the operator delete the registration record.
func (f fleet) deleteRecord() {
	f.T.Helper()
	if err := f.DPS.DeleteRegistration(f.Context(), stolenID, nil); err != nil {
		f.T.Fatal(err)
	}
}

// Without a record the hubs are searched, and the entry's own certificate proves what is found.
func TestDeviceDisallow_hubIsFoundThoughThereIsNoRecord(t *testing.T) {
	t.Parallel()
	f := enrolledFleet(t, azdps.AttestationX509, nil)
	f.deleteRecord()
	o, config := f.bare()
	o.MustApply(config)
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
	if got := identityStatus(o.State, f.Hostname(f.hub)); got != "disabled" {
		t.Errorf("the identity should be found and disabled, not %s", got)
	}
	f.staysOut(o, config)
}

// A try that was refused before the block has overwritten the record that named the hub: the device may be in another
// one besides that which a search finds. Only who names the hub can settle that.
func TestDeviceDisallow_deviceThatWasRefusedBeforeTheBlockIsBlockedOnceItsHubIsNamed(t *testing.T) {
	t.Parallel()
	f := enrolledFleet(t, azdps.AttestationX509, nil)
	f.SetEntryStatus(stolenID, "disabled")
	f.device.MustBeRefused()
	o, config := f.bare()
	planned := o.MustApply(config)
	acctest.MustRead(t, planned.Planned, map[string]string{"access": "unknown"})
	acctest.MustSay(t, planned.Warnings(),
		"Whereabouts of the device are not known", "a try that was refused has overwritten it",
		"additional_iothub_hostnames")
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked"})
	f.staysOut(o, config)
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked"})
	named := o.Config(map[string]any{
		"registration_id": stolenID, "additional_iothub_hostnames": []string{f.Hostname(f.hub)},
	})
	o.MustApply(named)
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
	o.MustSettle(named)
}

// Of a device with a key, nothing proves an identity that only a search finds.
func TestDeviceDisallow_identityThatNothingProvesIsNamedAndThenBlocked(t *testing.T) {
	t.Parallel()
	f := enrolledFleet(t, azdps.AttestationSymmetricKey, nil)
	f.SetEntryStatus(stolenID, "disabled")
	f.device.MustBeRefused()
	o, config := f.bare()
	planned := o.MustApply(config)
	acctest.MustRead(t, planned.Planned, map[string]string{"hub_identities": "unknown", "access": "unknown"})
	acctest.MustSay(t, planned.Warnings(),
		"Device identity is not verified", f.Hostname(f.hub), "additional_iothub_hostnames")
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked"})
	if got := identityStatus(o.State, f.Hostname(f.hub)); got != "unverified" {
		t.Errorf("the identity should be unverified, not %s", got)
	}
	f.MustHaveIdentity(f.hub, stolenID, "enabled")
	o.MustSettle(config)

	named := map[string]any{
		"registration_id": stolenID, "additional_iothub_hostnames": []string{strings.ToUpper(f.Hostname(f.hub))},
	}
	planned = o.MustPlan(o.Config(named))
	acctest.MustRead(t, planned.Planned, map[string]string{"access": "unknown", "previous": "unknown"})
	acctest.MustHaveEffect(t, planned.Effects(), "unknown")
	f.Emulator.ClearJournal()
	o.Apply(planned).MustSucceed(t)
	f.wroteInOrder("/devices/" + stolenID)
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
	f.device.MustBeOut(f.hub)
	o.MustSettle(o.Config(named))
	// In another spelling the same hub is no difference, and what was done there is undone.
	named["additional_iothub_hostnames"] = []string{f.Hostname(f.hub)}
	o.MustSettle(o.Config(named))
	named["desired_access"] = "restored"
	o.MustApply(o.Config(named))
	f.MustHaveIdentity(f.hub, stolenID, "enabled")
}

func TestDeviceDisallow_sameIDInAnotherHubIsLeftAlone(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.AddIdentity(f.other(), stolenID, nil)
	o, config, planned := f.planned(nil)
	acctest.MustRead(t, planned.Planned, map[string]string{"access": "partially_blocked"})
	acctest.MustSay(t, planned.Warnings(), "it may be another customer's machine", f.Hostname(f.other()))
	f.Emulator.ClearJournal()
	o.Apply(planned).MustSucceed(t)
	for _, write := range f.Writes() {
		if write.Host == f.Hostname(f.other()) {
			t.Errorf("the other hub should not be written: %v", write)
		}
	}
	f.staysOut(o, config)
	o.MustApply(f.restoring(o))
	f.MustHaveIdentity(f.other(), stolenID, "enabled")
}

func TestDeviceDisallow_identitiesInTwoHubsThatTheCertificateProves(t *testing.T) {
	t.Parallel()
	for name, thumbprint := range map[string]func(f fleet) string{
		"SHA-256": func(f fleet) string { return strings.ToLower(f.device.Certificate.ThumbprintSHA256()) },
		"SHA-1":   func(f fleet) string { return f.device.Certificate.ThumbprintSHA1() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			f.AddIdentity(f.other(), stolenID, selfSigned(thumbprint(f)))
			o, config := f.object(nil)
			o.MustApply(config)
			acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
			for _, hub := range []string{f.hub, f.other()} {
				f.device.MustBeOut(hub)
				if got := identityStatus(o.State, f.Hostname(hub)); got != "disabled" {
					t.Errorf("the identity in %s should be disabled, not %s", hub, got)
				}
			}
			o.MustSettle(config)
			o.MustApply(f.restoring(o))
			for _, hub := range []string{f.hub, f.other()} {
				if got := f.IdentityStatus(hub, stolenID); got != "enabled" {
					t.Errorf("the identity in %s should be enabled again, not %s", hub, got)
				}
			}
		})
	}
}

// unreachable are the ways in which a hub cannot be read, with what is said about each.
func unreachable() map[string]struct {
	fault emulator.Fault
	says  string
} {
	return map[string]struct {
		fault emulator.Fault
		says  string
	}{
		"refused": {emulator.Fault{Status: http.StatusUnauthorized}, "IoT Hub Data Reader"},
		"quota":   {emulator.Fault{Status: http.StatusForbidden}, "quota is used up"},
		"cut":     {emulator.Fault{Cut: emulator.CutBefore}, "Check the host name, the network"},
	}
}

func TestDeviceDisallow_hubThatCannotBeReadAtRefreshIsAWarning(t *testing.T) {
	t.Parallel()
	for name, way := range unreachable() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			o, config := f.blocked(nil)
			way.fault.Host, way.fault.Path = f.Hostname(f.hub), regexp.MustCompile("^/(devices|twins)/")
			f.Emulator.AddFault(way.fault)
			said := o.MustRefresh().Warnings()
			acctest.MustSay(t, said, "Cannot read device identity", f.Hostname(f.hub), way.says, "is not known")
			acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked", "enrollment_status": "disabled"})
			if got := identityStatus(o.State, f.Hostname(f.hub)); got != "unreachable" {
				t.Errorf("the identity should be unreachable, not %s", got)
			}

			// Meanwhile somebody lets the device in: DPS shuts it out again all the same, then the apply names the hub.
			f.SetEntryStatus(stolenID, "enabled")
			o.MustRefresh()
			planned := o.MustPlan(config)
			acctest.MustRead(t, planned.Planned, map[string]string{"access": "unknown"})
			acctest.MustHaveEffect(t, planned.Effects(), "unknown")
			acctest.MustSay(t, planned.Warnings(), "Hubs are looked at again", "enabled -> disabled (disable)")
			acctest.MustSay(t, o.Apply(planned).Errors(), "Cannot read device identity", f.Hostname(f.hub), way.says,
				"The device stays blocked in DPS")
			f.device.MustBeRefused()
			f.Emulator.ClearFaults()
			o.MustRefresh()
			o.MustApply(config)
			f.staysOut(o, config)
			f.restores(o)
		})
	}
}

func TestDeviceDisallow_hubThatCannotBeReadAtCreate(t *testing.T) {
	t.Parallel()
	for name, way := range unreachable() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			o, config := f.object(nil)
			way.fault.Host, way.fault.Path = f.Hostname(f.hub), regexp.MustCompile("^/devices/")
			f.Emulator.AddFault(way.fault)
			planned := o.MustPlan(config)
			acctest.MustRead(t, planned.Planned, map[string]string{"hub_identities": "unknown"})
			acctest.MustHaveEffect(t, planned.Effects(), "unknown")
			acctest.MustSay(t, o.Apply(planned).Errors(), f.Hostname(f.hub), way.says, "The device stays blocked in DPS")
			f.device.MustBeRefused()
			f.Emulator.ClearFaults()
			f.replaced(o, config)
			// How the identity stood before is known from the first read that succeeded.
			f.restores(o)
		})
	}
}

// A hub that only a search looks at is read again just before it would be written: by then it may turn out to hold
// somebody else's machine.
func TestDeviceDisallow_hubThatAnswersLateIsStillVerified(t *testing.T) {
	t.Parallel()
	f := unregisteredFleet(t)
	f.AddIdentity("south", stolenID, nil)
	o, config := f.object(nil)
	f.Fail(f.Hostname("south"), "", "^/devices/", http.StatusUnauthorized, 0)
	planned := o.MustPlan(config)
	acctest.MustRead(t, planned.Planned, map[string]string{"hub_identities": "unknown", "access": "unknown"})
	f.Emulator.ClearFaults()
	f.Fail(f.Hostname("south"), "", "^/devices/", http.StatusUnauthorized, 2) // the apply's plan and its look-up
	f.Emulator.ClearJournal()
	o.Apply(planned).MustSucceed(t)
	for _, write := range f.Writes() {
		if write.Host != f.Emulator.DPSHostname() {
			t.Errorf("no hub should be written: %v", write)
		}
	}
	f.device.MustBeRefused()
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked"})
	if got := identityStatus(o.State, f.Hostname("south")); got != "unverified" {
		t.Errorf("the identity should be unverified, not %s", got)
	}
	o.MustSettle(config)
}

func TestDeviceDisallow_connectionStringsForSomeHubsOnly(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	all := f.Getenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS")
	f.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", f.Emulator.Hub(f.other()).ConnectionString())
	o, config, planned := f.planned(nil)
	acctest.MustRead(t, planned.Planned, map[string]string{"hub_identities": "unknown"})
	acctest.MustHaveEffect(t, planned.Effects(), "unknown")
	acctest.MustSay(t, planned.Warnings(), "No credential for the hub "+f.Hostname(f.hub), "iothub_connection_strings")
	acctest.MustSay(t, o.Apply(planned).Errors(),
		"No credential for the hub "+f.Hostname(f.hub), "The device stays blocked in DPS")
	f.device.MustBeRefused()
	f.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", all)
	f.replaced(o, config)

	// The assigned hub alone is enough; nobody said that the device is anywhere else.
	f.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", f.Emulator.Hub(f.hub).ConnectionString())
	o.Reconfigure()
	o.MustSettle(config)
	second := f.NewObject(resourceType)
	second.MustApply(config)
	acctest.MustRead(t, second.State, map[string]string{"access": "blocked"})
}

// A hub that a group names and that cannot be read may have the device: it is not said to be blocked until that hub is
// read. What it makes of its record by its refused tries is no sign of anything.
func TestDeviceDisallow_deviceThatNeverRegisteredIsBlockedOnceEveryHubIsRead(t *testing.T) {
	t.Parallel()
	f := unregisteredFleet(t)
	f.SetGroup("factory", func(g *azdps.EnrollmentGroup) {
		g.IoTHubs = []string{f.Hostname("north"), f.Hostname("south")}
	})
	all := f.Getenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS")
	f.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", f.Emulator.Hub("north").ConnectionString())
	o, config := f.blocked(nil)
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked"})
	if got := identityStatus(o.State, f.Hostname("south")); got != "unreachable" {
		t.Errorf("the hub without a credential should be unreachable, not %s", got)
	}
	f.Clock.Advance(time.Second)
	f.device.MustBeRefused()
	if status := f.registrationStatus(); status != "disabled" {
		t.Fatalf("the refused try should have made a record, not %q: this test proves nothing", status)
	}
	before := o.State
	o.Reconfigure()
	o.MustSettle(config)
	if !o.State.Equal(before) {
		t.Errorf("a retry should be no drift: %v", acctest.Differences(before, o.State))
	}
	f.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", all)
	o.Reconfigure()
	o.MustSettle(config)
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
}

// Where the hubs are left alone, one that cannot be read is no reason to fail.
func TestDeviceDisallow_keptIdentityNeedsNoHub(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.Fail(f.Hostname(f.hub), "", "^/devices/", http.StatusUnauthorized, 0)
	o, config := f.blocked(map[string]any{"hub_identity_action": "keep"})
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked", "enrollment_status": "disabled"})
	o.MustSettle(config)
	f.Emulator.ClearFaults()
	o.MustSettle(config)
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked"})
	if got := identityStatus(o.State, f.Hostname(f.hub)); got != "enabled" {
		t.Errorf("the identity should read enabled, not %s", got)
	}
	f.device.MustBeRefused()
	if !f.device.Connects(f.hub) {
		t.Error("the identity should be left alone")
	}
	o.MustApply(o.Config(f.settings(nil)))
	f.device.MustBeOut(f.hub)
}

func TestDeviceDisallow_keptIdentityIsPlannedAsItIs(t *testing.T) {
	t.Parallel()
	keeping := map[string]any{"hub_identity_action": "keep"}
	f := newFleet(t)
	o := f.NewObject(resourceType)
	planned := o.MustApply(o.Config(f.settings(keeping)))
	acctest.MustRead(t, planned.Planned, map[string]string{"access": "partially_blocked", "reversible": "true"})
	acctest.MustHaveEffects(t, planned.Effects(),
		"dps_individual_enrollment "+stolenID+" absent->disabled create_disabled",
		"iothub_device_identity "+f.identityObject()+" enabled->enabled none")
	o.MustSettle(o.Config(f.settings(keeping)))

	f = unregisteredFleet(t)
	o = f.NewObject(resourceType)
	planned = o.MustApply(o.Config(f.settings(keeping)))
	acctest.MustRead(t, planned.Planned, map[string]string{"access": "unknown", "hub_identities": "unknown"})
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
}

func TestDeviceDisallow_hubThatAppearsWhileTheApplyRuns(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, config, planned := f.planned(nil)
	hold := f.Emulator.Hold(f.Emulator.DPSHostname(), http.MethodPut, regexp.MustCompile("^/enrollments/"))
	done := o.StartApply(planned)
	<-hold.Reached()
	moved := f.move()
	hold.Release()
	applied := <-done
	acctest.MustSay(t, applied.Errors(), "The plan is stale", moved.Hostname(moved.hub))
	f.device.MustBeRefused()
	o.Replace(config, false).MustSucceed(t)
	moved.device.MustBeOut(moved.hub)
	o.MustSettle(config)
}
