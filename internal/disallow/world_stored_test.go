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
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// echoEntry answers writes of the entry with the entry in a status.
func (f fleet) echoEntry(status string) {
	f.T.Helper()
	entry := azdps.IndividualEnrollment{
		RegistrationID: stolenID,
		Enrollment: azdps.Enrollment{
			ETag:        `"echo"`,
			Attestation: azdps.Attestation{Type: azdps.AttestationX509, X509: &azdps.X509{}},
		},
	}
	if stored := f.Entry(stolenID); stored != nil {
		entry = *stored
	}
	entry.ProvisioningStatus = &status
	f.Emulator.AddFault(acctest.AnswerJSON(http.MethodPut, "^/enrollments/", acctest.JSON(f.T, entry),
		acctest.OnHost(f.Emulator.DPSHostname())))
}

// echoIdentity answers writes of the identity with the identity in a status.
func (f fleet) echoIdentity(status string, times int) {
	f.T.Helper()
	shown := *f.Identity(f.hub, stolenID)
	shown.Status = status
	f.Emulator.AddFault(acctest.AnswerJSON(http.MethodPut, "^/devices/", acctest.JSON(f.T, shown),
		acctest.OnHost(f.Hostname(f.hub)), acctest.Times(times)))
}

// The answer to a write of the entry may be an echo: what DPS stores is read before anything else is done.
func TestDeviceDisallow_entryThatDPSDidNotStoreIsAnError(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fleet func(t *testing.T) fleet
		reads string
	}{
		"made":     {func(t *testing.T) fleet { return newFleet(t) }, "reads absent"},
		"disabled": {fleetOf(azdps.AttestationX509), "reads enabled"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := test.fleet(t)
			o, _, planned := f.planned(nil)
			f.echoEntry(azdps.StatusDisabled)
			f.Emulator.ClearJournal()
			acctest.MustSay(t, o.Apply(planned).Errors(), "DPS did not store the change", test.reads)
			for _, write := range f.Writes() {
				if strings.HasPrefix(write.Path, "/devices/") {
					t.Errorf("no identity should be written before DPS refuses the device: %v", write)
				}
			}
			f.Emulator.ClearFaults()
			if got := o.Attribute("access"); got == "blocked" || got == "partially_blocked" {
				t.Errorf("a device that DPS lets in should not be called %s", got)
			}
			f.device.MustBeIn(f.hub)
		})
	}
}

// The same when it is let in again.
func TestDeviceDisallow_restoredEntryThatDPSDidNotStoreIsAnError(t *testing.T) {
	t.Parallel()
	f := enrolledFleet(t, azdps.AttestationX509, nil)
	o, _ := f.blocked(nil)
	planned := o.MustPlan(f.restoring(o))
	f.echoEntry(azdps.StatusEnabled)
	acctest.MustSay(t, o.Apply(planned).Errors(), "DPS did not store the change", "reads disabled")
	acctest.MustRead(t, o.State, map[string]string{"enrollment_status": "disabled", "access": "partially_blocked"})
	f.device.MustBeRefused()
}

// A hub's answer may be an echo as well: an identity that reads enabled afterwards is written again, and in the end
// not called disabled.
func TestDeviceDisallow_identityThatTheHubDidNotStoreIsNotCalledDisabled(t *testing.T) {
	t.Parallel()
	t.Run("once", func(t *testing.T) {
		t.Parallel()
		f := newFleet(t)
		f.echoIdentity(aziothub.StatusDisabled, 1)
		o, config := f.blocked(nil)
		acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
		f.staysOut(o, config)
	})
	t.Run("always", func(t *testing.T) {
		t.Parallel()
		f := newFleet(t)
		o, config, planned := f.planned(nil)
		f.echoIdentity(aziothub.StatusDisabled, 0)
		acctest.MustSay(t, o.Apply(planned).Errors(), "Device identity keeps changing", "The device stays blocked in DPS")
		f.enabledIsTold(o)
		f.Emulator.ClearFaults()
		f.replaced(o, config)
	})
}

// An identity that cannot be read after a write whose answer may be an echo is not known to be disabled.
func TestDeviceDisallow_identityThatCannotBeReadBackIsNotCalledDisabled(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, config, planned := f.planned(nil)
	f.echoIdentity(aziothub.StatusDisabled, 0)
	f.Emulator.AddFault(emulator.Fault{
		Host: f.Hostname(f.hub), Method: http.MethodGet, Path: regexp.MustCompile("^/devices/"),
		Status: http.StatusUnauthorized, Skip: 2, // that of the plan, and that of the apply
	})
	acctest.MustSay(t, o.Apply(planned).Errors(),
		"Cannot read device identity", f.Hostname(f.hub), "The device stays blocked in DPS")
	hasIdentities(t, o.State, map[string]string{f.identityObject(): "unreachable"})
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked", "enrollment_status": "disabled"})
	f.Emulator.ClearFaults()
	f.replaced(o, config)
	// That it was enabled before the block is not forgotten.
	f.restores(o)
}

// A try that is refused just after the block overwrites the record that named the hub: what was known of the
// whereabouts until then still holds, because nobody else has written the entry.
func TestDeviceDisallow_tryThatIsRefusedDuringTheApplyHidesNothing(t *testing.T) {
	t.Parallel()
	for name, arrange := range map[string]func(t *testing.T) fleet{
		"through a group":    func(t *testing.T) fleet { return newFleet(t) },
		"by its own key":     fleetOf(azdps.AttestationSymmetricKey),
		"by its certificate": fleetOf(azdps.AttestationX509),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := arrange(t)
			f.Clock.Advance(time.Minute)
			o, config, planned := f.planned(nil)
			applied := f.beforeTheBlock(o, planned, func() {
				f.When(f.Emulator.DPSHostname(), http.MethodGet, "^/registrations/", func() {
					if outcome := f.device.MustBeRefused(); outcome.Status != devicesim.Disabled {
						t.Errorf("the record should be overwritten: %s", outcome)
					}
				})
			})
			applied.MustSucceed(t)
			if status := f.registrationStatus(); status != "disabled" {
				t.Fatalf("the record should be overwritten, not %s: this test proves nothing", status)
			}
			acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
			f.staysOut(o, config)
		})
	}
}

// An assignment that never comes to its end is an error, and nothing is called blocked: it leaves the hub open in which
// the device ends up, and that is not known.
func TestDeviceDisallow_assignmentThatDoesNotEndIsAnError(t *testing.T) {
	t.Parallel()
	for name, passes := range map[string]time.Duration{"at once": 0, "a minute later": time.Minute} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := unregisteredFleet(t)
			o, config, planned := f.planned(nil)
			let := func() {}
			applied := f.beforeTheBlock(o, planned, func() {
				let = f.registerSlowly()
				f.Clock.Advance(passes)
			})
			acctest.MustSay(t, applied.Errors(), "An assignment is still in flight", "The device stays blocked in DPS")
			acctest.MustRead(t, o.State, map[string]string{"enrollment_status": "disabled", "access": "partially_blocked"})
			if !o.Tainted {
				t.Error("a create that failed should taint its object")
			}
			let()
			f.hub = f.hubOf(f.device)
			f.stillConnects(f.hub, stolenID)
			f.replaced(o, config)
		})
	}
}

// An object that changes during the apply, and that the plan leaves alone, is told as it is, with an error.
func TestDeviceDisallow_otherOutcomeThanPlannedIsAnError(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, config := f.blocked(nil)
	f.SetEntryStatus(stolenID, "enabled")
	o.MustRefresh()
	planned := o.MustPlan(config)
	hasIdentities(t, planned.Planned, map[string]string{f.identityObject(): "disabled"})
	applied := f.beforeTheBlock(o, planned, f.deleteIdentity)
	acctest.MustSay(t, applied.Errors(), "The device changed during the apply", f.identityObject()+": absent",
		"The device stays blocked in DPS")
	hasIdentities(t, o.State, map[string]string{f.identityObject(): "absent"})
	acctest.MustRead(t, o.State, map[string]string{"enrollment_status": "disabled"})
	f.staysOut(o, config)
}

// An identity that vanishes before it would be disabled is an error, and no other is made in its place.
func TestDeviceDisallow_identityThatVanishesDuringTheApplyIsAnError(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, config := f.object(nil)
	applied := f.beforeTheBlock(o, o.MustPlan(config), f.deleteIdentity)
	acctest.MustSay(t, applied.Errors(), "The plan is stale", "was deleted from "+f.Hostname(f.hub),
		"The device stays blocked in DPS")
	if got := f.IdentityStatus(f.hub, stolenID); got != "absent" {
		t.Errorf("no identity should be made, not one that is %s", got)
	}
	hasIdentities(t, o.State, map[string]string{f.identityObject(): "absent"})
	f.replaced(o, config)
}

// A device that changes between the plan that an apply makes once more and its own look is reported in words of our
// own, with nothing written. The apply looks for itself where what its plan was told is old.
func TestDeviceDisallow_createThatFindsAnotherDeviceThanPlannedWritesNothing(t *testing.T) {
	t.Parallel()
	for name, happens := range map[string]func(f fleet){
		"identity disabled": func(f fleet) { f.SetIdentityStatus(f.hub, stolenID, "disabled") },
		"identity deleted":  fleet.deleteIdentity,
		"device moved":      func(f fleet) { f.move() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			o, config := f.object(nil)
			applied := o.ApplyAfter(o.MustPlan(config), func() {
				happens(f)
				f.Clock.Advance(time.Minute + time.Second)
			})
			acctest.MustSay(t, applied.Errors(), "The plan is stale", "Necessary now", "Nothing was written")
			if !o.State.IsNull() || f.EntryStatus(stolenID) != "absent" {
				t.Errorf("nothing should be there: %s, and the entry is %s", o.State, f.EntryStatus(stolenID))
			}
			o.MustApply(config)
			acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
			o.MustSettle(config)
		})
	}
}
