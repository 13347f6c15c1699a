// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance_test

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// block disables the device's way in through DPS as the composite does.
func (w *deviceWorld) block(registrationID string, a azdps.Attestation) azdps.IndividualEnrollment {
	w.Helper()
	return w.putEntry(azdps.IndividualEnrollment{
		RegistrationID: registrationID, Enrollment: azdps.Enrollment{Attestation: a, ProvisioningStatus: disabled()},
	})
}

func TestBlock_aDisabledEntryWinsOverAnEnabledGroup(t *testing.T) {
	t.Parallel()
	w := newDeviceWorld(t, emulator.Choices{})
	w.putGroup("factory", signedBy(w.intermediate))
	leaf := w.leaf(w.intermediate, "sensor-1")
	d := w.device("sensor-1", devicesim.X509(leaf))
	w.mustGetIn(d)

	entry := w.block("sensor-1", leaves(leaf))
	w.mustBe(d, devicesim.Disabled, 200, 0)
	record, err := w.dps.GetRegistration(t.Context(), "sensor-1")
	w.must(err)
	if record.Status != azdps.RegistrationDisabled || record.AssignedHub != "" {
		t.Errorf("the refused try left a record with status %q and hub %q", record.Status, record.AssignedHub)
	}

	w.must(w.dps.DeleteIndividualEnrollment(t.Context(), "sensor-1", &azdps.WriteOptions{OnlyIfUnchanged: &entry.ETag}))
	w.mustGetIn(d) // deleting the block lets the group apply again
}

func TestBlock_anEntryOfAnotherAttestationBlocksToo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		choices    emulator.Choices
		status     string
		http, code int
	}{
		"refused": {emulator.Choices{}, devicesim.Refused, 401, 401002},
		"disabled": {
			emulator.Choices{DPSChoices: emulator.DPSChoices{DisabledWithoutProof: true}}, devicesim.Disabled, 200, 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newDeviceWorld(t, c.choices)
			w.putGroup("factory", signedBy(w.intermediate))
			d := w.device("sensor-1", devicesim.X509(w.leaf(w.intermediate, "sensor-1")))
			w.mustGetIn(d)
			w.block("SENSOR-1", symmetricKeys()) // registration IDs have no case
			w.mustBe(d, c.status, c.http, c.code)
		})
	}
}

func TestBlock_aDisabledGroupKeepsItsDevicesOut(t *testing.T) {
	t.Parallel()
	w := newDeviceWorld(t, emulator.Choices{})
	w.putGroup("all", signedBy(w.root)) // further away, and still enabled
	g := w.putGroup("factory", signedBy(w.intermediate))
	d := w.device("sensor-1", devicesim.X509(w.leaf(w.intermediate, "sensor-1")))
	w.mustGetIn(d)
	g.ProvisioningStatus = disabled()
	_, err := w.dps.PutEnrollmentGroup(t.Context(), g, &azdps.WriteOptions{OnlyIfUnchanged: &g.ETag})
	w.must(err)
	w.mustBe(d, devicesim.Disabled, 200, 0)
}

func TestBlock_aDisabledIdentityIsTurnedAwayAlsoAfterDPSLetItIn(t *testing.T) {
	t.Parallel()
	w := newDeviceWorld(t, emulator.Choices{})
	key := w.putGroup("batch", symmetricKeys()).Attestation.SymmetricKey.PrimaryKey
	d := w.device("sensor-1", devicesim.DerivedKey(key, "sensor-1"))
	o := w.mustGetIn(d)
	hub := w.hub(o.AssignedHub)
	identity, err := hub.GetDevice(t.Context(), "sensor-1")
	w.must(err)
	identity.Status = "disabled"
	_, err = hub.PutDevice(t.Context(), identity, &aziothub.WriteOptions{OnlyIfUnchanged: &identity.ETag})
	w.must(err)
	if again := w.register(d); !again.Admitted() {
		t.Errorf("DPS: %s", again)
	}
	c, err := d.Connect(t.Context(), o.AssignedHub, o.DeviceID)
	w.must(err)
	if c.Accepted || c.Code != "IotHubUnauthorizedAccess" {
		t.Errorf("hub: %s", c)
	}
	anyway := azcore.ETagAny
	w.must(hub.DeleteDevice(t.Context(), "sensor-1", &aziothub.WriteOptions{OnlyIfUnchanged: &anyway}))
	if c, err = d.Connect(t.Context(), o.AssignedHub, o.DeviceID); err != nil || c.Accepted {
		t.Errorf("hub after the identity is deleted: %s, %v", c, err)
	}
}

func TestBlock_endsTheSessionOfADeviceThatStays(t *testing.T) {
	t.Parallel()
	w := newDeviceWorld(t, emulator.Choices{})
	leaf := w.leaf(w.intermediate, "shown")
	w.putGroup("factory", signedBy(w.intermediate))
	key := w.putGroup("batch", symmetricKeys()).Attestation.SymmetricKey.PrimaryKey
	for id, credential := range map[string]devicesim.Credential{
		"shown": devicesim.X509(leaf), "keyed": devicesim.DerivedKey(key, "keyed"),
	} {
		d := w.device(id, credential)
		o := w.mustGetIn(d)
		session, err := d.Stay(t.Context(), o.AssignedHub, o.DeviceID)
		w.must(err)
		t.Cleanup(session.Close)
		select {
		case <-session.Ended():
			t.Errorf("%s: nobody has ended the session", id)
		default:
		}
		hub := w.hub(o.AssignedHub)
		identity, err := hub.GetDevice(t.Context(), id)
		w.must(err)
		identity.Status = "disabled"
		_, err = hub.PutDevice(t.Context(), identity, &aziothub.WriteOptions{OnlyIfUnchanged: &identity.ETag})
		w.must(err)
		select {
		case <-session.Ended():
		case <-time.After(time.Minute):
			t.Errorf("%s stays", id)
		}
		if _, err := d.Stay(t.Context(), o.AssignedHub, o.DeviceID); !errors.Is(err, devicesim.ErrRefused) {
			t.Errorf("%s comes back: %v", id, err)
		}
	}
}

func TestBlock_aDeviceThatKeepsTryingNeverGetsInAgain(t *testing.T) {
	t.Parallel()
	w := newDeviceWorld(t, emulator.Choices{})
	w.putGroup("factory", signedBy(w.intermediate))
	leaf := w.leaf(w.intermediate, "sensor-1")
	d := w.device("sensor-1", devicesim.X509(leaf))
	d.MaxTries = 60
	var before, after int
	got := d.KeepTrying(t.Context(), func(o devicesim.Outcome) {
		switch before++; {
		case before == 20:
			w.block("sensor-1", leaves(leaf))
		case before > 20 && o.Status != devicesim.Disabled:
			after++
		}
	})
	if got != (devicesim.Attempts{Tries: 60, Admissions: 20}) || after != 0 {
		t.Errorf("counted %+v, and %d tries after the block that were not turned away", got, after)
	}
}

// An assignment captures its enrollment when it begins: it ends after the block, as if there were none.
func TestBlock_anAssignmentThatRunsIsNotStopped(t *testing.T) {
	t.Parallel()
	w := newDeviceWorld(t, emulator.Choices{})
	w.putGroup("factory", signedBy(w.intermediate))
	leaf := w.leaf(w.intermediate, "sensor-1")
	release := w.emulator.HoldAssignments()
	d := w.device("sensor-1", devicesim.X509(leaf))
	running := true
	d.Wait = func(ctx context.Context, _ time.Duration) error {
		if running {
			running = false
			w.block("sensor-1", leaves(leaf))
			release()
		}
		return ctx.Err()
	}
	w.mustGetIn(d)
	w.mustBe(d, devicesim.Disabled, 200, 0)
}

func TestDevice_outlastsThrottlesAndLostAnswers(t *testing.T) {
	t.Parallel()
	w := newDeviceWorld(t, emulator.Choices{})
	w.putGroup("factory", signedBy(w.intermediate))
	d := w.device("sensor-1", devicesim.X509(w.leaf(w.intermediate, "sensor-1")))
	for _, f := range []emulator.Fault{
		{Method: http.MethodPut, Path: regexp.MustCompile(`/register$`), Status: 429, Times: 2,
			Headers: map[string]string{"Retry-After": "7"}},
		{Method: http.MethodGet, Path: regexp.MustCompile(`/operations/`), Status: 503, Times: 2},
	} {
		w.emulator.AddFault(f)
	}
	w.mustGetIn(d)
	w.emulator.AddFault(emulator.Fault{Method: http.MethodPut, Path: regexp.MustCompile(`/register$`), Cut: "after",
		Times: 1})
	if o, err := d.Register(t.Context()); err == nil {
		t.Errorf("a cut connection ended as %s", o)
	}
	w.mustGetIn(d)
}
