// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

func TestDevice_withEitherKeyOfItsEntryGetsIn(t *testing.T) {
	t.Parallel()
	w := newDeviceWorld(t, emulator.Choices{})
	keys := w.putEntry(azdps.IndividualEnrollment{
		RegistrationID: "thl:1.sensor_a-1", Enrollment: azdps.Enrollment{Attestation: symmetricKeys()},
	}).Attestation.SymmetricKey
	for _, key := range []string{keys.PrimaryKey, keys.SecondaryKey} {
		w.mustGetIn(w.device("thl:1.sensor_a-1", devicesim.SymmetricKey(key)))
	}
}

func TestDevice_withEitherDerivedKeyOfAGroupGetsIn(t *testing.T) {
	t.Parallel()
	w := newDeviceWorld(t, emulator.Choices{})
	keys := w.putGroup("batch", symmetricKeys()).Attestation.SymmetricKey
	for _, key := range []string{keys.PrimaryKey, keys.SecondaryKey} {
		w.mustGetIn(w.device("sensor-1", devicesim.DerivedKey(key, "sensor-1")))
	}
}

func TestDevice_withoutAFittingKeyIsRefused(t *testing.T) {
	t.Parallel()
	w := newDeviceWorld(t, emulator.Choices{})
	group := w.putGroup("batch", symmetricKeys()).Attestation.SymmetricKey.PrimaryKey
	own := w.putEntry(azdps.IndividualEnrollment{
		RegistrationID: "sensor-1", Enrollment: azdps.Enrollment{Attestation: symmetricKeys()},
	}).Attestation.SymmetricKey.PrimaryKey
	for name, d := range map[string]*devicesim.Device{
		"with the group's key itself":       w.device("sensor-2", devicesim.SymmetricKey(group)),
		"with another's derived key":        w.device("sensor-2", devicesim.DerivedKey(group, "sensor-1")),
		"with another's own key":            w.device("sensor-2", devicesim.SymmetricKey(own)),
		"that an entry takes off the group": w.device("sensor-1", devicesim.DerivedKey(group, "sensor-1")),
		"without any key":                   w.device("sensor-1", devicesim.NoCredential()),
	} {
		if o := w.register(d); o.Status != devicesim.Refused || o.HTTPStatus != 401 || o.ErrorCode != 401002 {
			t.Errorf("a device %s: %s", name, o)
		}
	}
}

func TestDevice_withATPMGetsIn(t *testing.T) {
	t.Parallel()
	w := newDeviceWorld(t, emulator.Choices{})
	tpm, err := devicesim.NewSoftwareTPM()
	w.must(err)
	w.putEntry(azdps.IndividualEnrollment{
		RegistrationID: "sensor-1",
		Enrollment: azdps.Enrollment{Attestation: azdps.Attestation{
			Type: azdps.AttestationTPM, TPM: &azdps.TPM{EndorsementKey: tpm.EndorsementKey()},
		}},
	})
	w.emulator.SetAssigningPolls(2)
	d := w.device("sensor-1", devicesim.TPM(tpm))
	w.mustGetIn(d)
	w.mustGetIn(d) // again, with a new challenge and a new hub key

	other, err := devicesim.NewSoftwareTPM()
	w.must(err)
	w.mustBe(w.device("sensor-1", devicesim.TPM(other)), devicesim.Refused, 401, 401002)
	w.mustBe(w.device("sensor-2", devicesim.TPM(tpm)), devicesim.Refused, 404, 404201)
}
