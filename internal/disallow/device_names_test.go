// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// DPS takes registration IDs without regard to letter case; hubs tell device IDs apart.
func TestDeviceDisallow_registrationIDInAnotherLetterCase(t *testing.T) {
	t.Parallel()
	shouting := strings.ToUpper(stolenID)
	for name, test := range map[string]struct {
		arrange  func(t *testing.T) fleet
		settings func(f fleet) map[string]any
	}{
		"with a record and a certificate": {
			func(t *testing.T) fleet { return newFleet(t) },
			func(f fleet) map[string]any { return f.settings(map[string]any{"registration_id": shouting}) },
		},
		"with a record": {
			func(t *testing.T) fleet { return newFleet(t) },
			func(fleet) map[string]any { return map[string]any{"registration_id": shouting} },
		},
		"with neither": {
			func(t *testing.T) fleet {
				f := enrolledFleet(t, azdps.AttestationX509, nil)
				f.SetEntryStatus(stolenID, "disabled")
				f.deleteRecord()
				return f
			},
			func(fleet) map[string]any { return map[string]any{"registration_id": shouting} },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := test.arrange(t)
			o := f.NewObject(resourceType)
			config := o.Config(test.settings(f))
			planned := o.MustApply(config)
			if effect := planned.Effects()[0]; !strings.Contains(effect, " "+shouting+" ") {
				t.Errorf("the entry should be named as the user spells it: %s", effect)
			}
			acctest.MustRead(t, o.State, map[string]string{"access": "blocked", "registration_id": shouting})
			f.staysOut(o, config)
			// Another spelling of the same device is no difference, and nothing is replaced.
			respelled := test.settings(f)
			respelled["registration_id"] = "Sensor-THL-002"
			if planned := o.MustPlan(o.Config(respelled)); o.Changes(planned) || len(planned.Replaces) > 0 {
				t.Errorf("another letter case should plan nothing: %s", planned.Planned)
			}
			back := test.settings(f)
			back["desired_access"] = "restored"
			o.MustApply(o.Config(back))
			f.MustHaveIdentity(f.hub, stolenID, "enabled")
		})
	}
}

func TestDeviceDisallow_deviceIDThatDiffersIsTakenFromTheRecord(t *testing.T) {
	t.Parallel()
	pump := "Pump-7"
	f := enrolledFleet(t, azdps.AttestationX509, func(e *azdps.IndividualEnrollment) { e.DeviceID = &pump })
	o, config := f.blocked(nil)
	f.outOf(f.hub, pump)
	if object := f.Hostname(f.hub) + "/" + pump; !strings.Contains(strings.Join(acctest.Effects(o.State), "\n"), object) {
		t.Errorf("the effects should name %s: %v", object, acctest.Effects(o.State))
	}
	o.MustSettle(config)
}

func TestDeviceDisallow_deviceIDThatIsGivenWhereNoRecordTellsIt(t *testing.T) {
	t.Parallel()
	pump := "Pump-7"
	f := enrolledFleet(t, azdps.AttestationX509, func(e *azdps.IndividualEnrollment) { e.DeviceID = &pump })
	if err := f.DPS.DeleteRegistration(f.Context(), stolenID, nil); err != nil {
		t.Fatal(err)
	}
	f.DeleteEntry(stolenID)
	hub := []string{f.Hostname(f.hub)}
	o := f.NewObject(resourceType)
	// Under the wrong name there is nothing.
	wrong := o.Config(f.settings(map[string]any{"additional_iothub_hostnames": hub}))
	o.MustApply(wrong)
	if got := identityStatus(o.State, hub[0]); got != "absent" {
		t.Errorf("under its registration ID the device should not be found, but is %s", got)
	}
	o.MustSettle(wrong)
	// Under the right one there is; the entry carries it too.
	right := o.Config(f.settings(map[string]any{"additional_iothub_hostnames": hub, "device_id": pump}))
	planned := o.MustPlan(right)
	acctest.MustRead(t, planned.Planned, map[string]string{"access": "unknown"})
	acctest.MustHaveEffect(t, planned.Effects(), "unknown")
	o.Apply(planned).MustSucceed(t)
	f.outOf(f.hub, pump)
	if entry := f.Entry(stolenID); entry.DeviceID == nil || *entry.DeviceID != pump {
		t.Errorf("the entry should carry the device ID: %v", entry.DeviceID)
	}
	o.MustSettle(right)
	o.MustApply(o.Config(f.settings(map[string]any{
		"additional_iothub_hostnames": hub, "device_id": pump, "desired_access": "restored",
	})))
	f.MustHaveIdentity(f.hub, pump, "enabled")
}

func TestAccDeviceDisallow_deviceRegistersBetweenPlanAndApply(t *testing.T) {
	t.Parallel()
	f := unregisteredFleet(t)
	c := f.NewCLI(f.hcl(""))
	c.Plan().Must(2).Says("+ hub_identities = (known after apply)", `+ access = "blocked"`)
	trying := f.device.TryContinuously()
	trying.AwaitTries(3)
	if trying.AdmittedSince(0) == 0 {
		t.Fatal("the device should have come in before the apply: this test proves nothing")
	}
	c.Run("apply", "-no-color", "plan.out").Must(0).DoesNotSay("produced inconsistent")
	mark := trying.Mark()
	trying.AwaitTries(2)
	if admitted := trying.AdmittedSince(mark + 1); admitted > 0 { // One try may have begun before the apply ended.
		t.Errorf("the device got in %d times", admitted)
	}
	trying.Stop()
	f.device.MustBeOut(f.hubOf(f.device))
	c.Plan().Must(0)
}

// A device that retries and re-registers all the time changes no planned value.
func TestAccDeviceDisallow_deviceTriesContinuouslyBetweenPlanAndApply(t *testing.T) {
	t.Parallel()
	for name, arrange := range map[string]func(t *testing.T) fleet{
		"group":                     func(t *testing.T) fleet { return newFleet(t) },
		"own certificate":           func(t *testing.T) fleet { return enrolledFleet(t, azdps.AttestationX509, nil) },
		"own key":                   func(t *testing.T) fleet { return enrolledFleet(t, azdps.AttestationSymmetricKey, nil) },
		"TPM":                       func(t *testing.T) fleet { return enrolledFleet(t, azdps.AttestationTPM, nil) },
		"disabled, own key":         disabledByOperator(azdps.AttestationSymmetricKey),
		"disabled, own certificate": disabledByOperator(azdps.AttestationX509),
		"identity deleted": func(t *testing.T) fleet {
			f := newFleet(t)
			f.DeleteIdentity(f.hub, stolenID)
			return f
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := arrange(t)
			c := f.NewCLI(f.hclFor(stolenID, ""))
			c.Plan().Must(2)
			trying := f.device.TryContinuously()
			trying.AwaitTries(2)
			c.Run("apply", "-no-color", "plan.out").Must(0)
			trying.AwaitTries(2)
			c.Plan().Must(0)
			trying.Stop()
			f.device.MustBeRefused()
			f.MustHaveEntry(stolenID, "disabled")
		})
	}
}

// disabledByOperator is a fleet in which somebody has disabled the device's entry, and the device has not tried since.
func disabledByOperator(attestation string) func(t *testing.T) fleet {
	return func(t *testing.T) fleet {
		t.Helper()
		f := enrolledFleet(t, attestation, nil)
		f.SetEntryStatus(stolenID, "disabled")
		return f
	}
}

// The device registers for the first time after the apply has looked it up, and is refused before the apply looks at
// the record again: only a second search can find where it went.
func TestDeviceDisallow_deviceThatSlipsInJustBeforeTheBlockIsFound(t *testing.T) {
	t.Parallel()
	f := unregisteredFleet(t)
	o, config, planned := f.planned(nil)
	dps := f.Emulator.DPSHostname()
	write := f.Emulator.Hold(dps, http.MethodPut, regexp.MustCompile("^/enrollments/"))
	done := o.StartApply(planned)
	<-write.Reached()
	f = f.registered()
	look := f.Emulator.Hold(dps, http.MethodGet, regexp.MustCompile("^/registrations/"))
	write.Release()
	<-look.Reached()
	if outcome := f.device.MustBeRefused(); outcome.Status != devicesim.Disabled {
		t.Fatalf("the record should be overwritten: %s", outcome)
	}
	look.Release()
	(<-done).MustSucceed(t)
	f.device.MustBeOut(f.hub)
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
	o.MustSettle(config)
	f.restores(o)
}
