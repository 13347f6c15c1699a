// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

func TestDevice_belowAGroupsCertificateGetsIn(t *testing.T) {
	t.Parallel()
	w := newDeviceWorld(t, emulator.Choices{})
	w.putGroup("factory", signedBy(w.intermediate))
	line := w.below(w.intermediate, "Line 4")
	for name, leaf := range map[string]devicesim.Certificate{
		"sensor-1": w.leaf(w.intermediate, "sensor-1"),
		"sensor-2": w.leaf(line, "sensor-2"),
		"sensor-3": w.leaf(w.intermediate, "sensor-3").WithoutIntermediates(), // DPS knows the one that is missing
	} {
		w.mustGetIn(w.device(name, devicesim.X509(leaf)))
	}
}

func TestDevice_belowAGroupsRootGetsIn(t *testing.T) {
	t.Parallel()
	w := newDeviceWorld(t, emulator.Choices{})
	w.putGroup("all", signedBy(w.root))
	w.mustGetIn(w.device("sensor-1", devicesim.X509(w.leaf(w.root, "sensor-1"))))
	w.mustGetIn(w.device("sensor-2", devicesim.X509(w.leaf(w.intermediate, "sensor-2"))))
}

func TestDevice_identityCarriesThePresentedCertificate(t *testing.T) {
	t.Parallel()
	w := newDeviceWorld(t, emulator.Choices{})
	first, second := w.selfSigned("sensor-1"), w.selfSigned("sensor-1")
	deviceID := "thl-1"
	w.putEntry(azdps.IndividualEnrollment{
		RegistrationID: "sensor-1", DeviceID: &deviceID,
		Enrollment: azdps.Enrollment{Attestation: leaves(first, second)},
	})
	for _, c := range []devicesim.Certificate{first, second} {
		o := w.mustGetIn(w.device("sensor-1", devicesim.X509(c)))
		identity, err := w.hub(o.AssignedHub).GetDevice(t.Context(), deviceID)
		w.must(err)
		if got := identity.Authentication.X509Thumbprint.PrimaryThumbprint; got == nil || *got != c.ThumbprintSHA256() {
			t.Errorf("the identity has thumbprint %v, want %s", got, c.ThumbprintSHA256())
		}
	}
}

func TestDevice_seesTheRecordThatTheServiceSees(t *testing.T) {
	t.Parallel()
	w := newDeviceWorld(t, emulator.Choices{DPSChoices: emulator.DPSChoices{DetailedResults: true}})
	w.putGroup("factory", signedBy(w.intermediate))
	d := w.device("sensor-1", devicesim.X509(w.leaf(w.intermediate, "sensor-1")))
	o := w.mustGetIn(d)
	record, err := w.dps.GetRegistration(t.Context(), "sensor-1")
	w.must(err)
	if string(record.ETag) != o.ETag || record.CreatedDateTimeUTC != o.CreatedUTC || o.ETag == "" ||
		record.LastUpdatedDateTimeUTC != o.LastUpdatedUTC || record.AssignedHub != o.AssignedHub ||
		record.Substatus != o.Substatus || o.EnrollmentGroupID != "factory" {
		t.Errorf("the device was told %+v, the service says %+v", o, record)
	}
	found, err := d.Lookup(t.Context())
	w.must(err)
	if found.ETag != o.ETag || !found.Admitted() {
		t.Errorf("the device finds %s, want %s", found, o)
	}
}

func TestDevice_withoutAFittingCertificateIsRefused(t *testing.T) {
	t.Parallel()
	w := newDeviceWorld(t, emulator.Choices{})
	w.putGroup("factory", signedBy(w.intermediate))
	w.putEntry(azdps.IndividualEnrollment{
		RegistrationID: "sensor-9", Enrollment: azdps.Enrollment{Attestation: leaves(w.selfSigned("sensor-9"))},
	})
	impostor, err := devicesim.NewAuthority("Factory", valid())
	w.must(err)
	line := w.below(w.intermediate, "Line 4")
	for name, d := range map[string]*devicesim.Device{
		"below another CA of the same name": w.device("sensor-1", devicesim.X509(w.leaf(impostor, "sensor-1"))),
		"directly below the root":           w.device("sensor-1", devicesim.X509(w.leaf(w.root, "sensor-1"))),
		"with a gap in its chain": w.device("sensor-1",
			devicesim.X509(w.leaf(line, "sensor-1").WithoutIntermediates())),
		"self-signed":              w.device("sensor-1", devicesim.X509(w.selfSigned("sensor-1"))),
		"under another's name":     w.device("sensor-2", devicesim.X509(w.leaf(w.intermediate, "sensor-1"))),
		"other than the enrolled":  w.device("sensor-9", devicesim.X509(w.selfSigned("sensor-9"))),
		"without any certificate":  w.device("sensor-1", devicesim.NoCredential()),
		"with the group's own key": w.device("Factory", devicesim.X509(w.intermediate.Certificate())),
	} {
		if o := w.register(d); o.Status != devicesim.Refused || o.HTTPStatus != 401 {
			t.Errorf("a device %s: %s", name, o)
		}
	}
	o, err := w.device("sensor-1", devicesim.X509(w.leaf(w.intermediate, "sensor-1"))).Lookup(t.Context())
	if err != nil || o.HTTPStatus != 404 {
		t.Errorf("a device that never registered finds %s, %v", o, err)
	}
}

// DPS does not look at validity periods as far as anybody has said; hubs do.
func TestDevice_withAnExpiredCertificateIsTurnedAwayByTheHub(t *testing.T) {
	t.Parallel()
	w := newDeviceWorld(t, emulator.Choices{})
	w.putGroup("factory", signedBy(w.intermediate))
	expired, err := w.intermediate.Device("sensor-1",
		devicesim.Valid(today().AddDate(-1, 0, 0), today().AddDate(0, 0, -1)))
	w.must(err)
	d := w.device("sensor-1", devicesim.X509(expired))
	o := w.register(d)
	c, err := d.Connect(t.Context(), o.AssignedHub, o.DeviceID)
	w.must(err)
	if !o.Admitted() || c.Accepted || c.HTTPStatus != 401 {
		t.Errorf("DPS: %s; hub: %s", o, c)
	}
}
