// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"net/http"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

const (
	individualKeysType = "azureiot_dps_individual_enrollment_keys"
	groupKeysType      = "azureiot_dps_enrollment_group_keys"
	derivedKeyType     = "azureiot_dps_derived_device_key"
)

func TestEphemeralKeys_areThoseOfTheEntry(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	b.MustApply(b.Config(individualKey("sensor-1", given(someKey('a'), someKey('b'), 1))))
	opened := b.MustOpenEphemeral(individualKeysType, attributes{"registration_id": "sensor-1"})
	acctest.MustRead(t, opened, map[string]string{
		"registration_id": "sensor-1", "dps_hostname": b.Emulator.DPSHostname(),
		"primary_key": someKey('a'), "secondary_key": someKey('b'),
	})
	g := b.beside(groupType)
	g.MustApply(g.Config(groupKey("factory", given(someKey('c'), someKey('d'), 1))))
	opened = g.MustOpenEphemeral(groupKeysType, attributes{"enrollment_group_id": "factory"})
	acctest.MustRead(t, opened, map[string]string{
		"primary_key": someKey('c'), "secondary_key": someKey('d'),
	})
}

func TestDerivedKeys_letTheDeviceIn(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	b.MustApply(b.Config(groupKey("factory", attributes{})))
	keys := b.MustOpenEphemeral(derivedKeyType, attributes{
		"enrollment_group_id": "factory", "registration_id": "Sensor-1",
	})
	for _, slot := range []string{"primary_key", "secondary_key"} {
		b.DeviceBy("Sensor-1", devicesim.SymmetricKey(acctest.At(t, keys, slot))).MustRegister()
	}
	b.DeviceBy("Sensor-2", devicesim.SymmetricKey(acctest.At(t, keys, "primary_key"))).MustBeRefused()
}

// TestDerivedKeys_areWhatTheDocumentationComputes uses the example of "Symmetric key attestation".
func TestDerivedKeys_areWhatTheDocumentationComputes(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	const groupsKey = "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw=="
	b.MustApply(b.Config(groupKey("factory", given(groupsKey, nil, 1))))
	acctest.MustRead(t, b.MustOpenEphemeral(derivedKeyType, attributes{
		"enrollment_group_id": "factory", "registration_id": "sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6",
	}), map[string]string{"primary_key": "Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc="})
}

func TestEphemeralKeys_thatAreNotThereAreErrors(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	b.AddGroup("factory", b.Intermediate)
	for typeName, given := range map[string]attributes{
		groupKeysType:  {"enrollment_group_id": "factory"},
		derivedKeyType: {"enrollment_group_id": "factory", "registration_id": "sensor-1"},
	} {
		_, step := b.OpenEphemeral(typeName, given)
		step.MustFail(t, `"enrollment_group_id"`, "There are no keys",
			`The attestation of the enrollment group "factory" is "x509", which has no symmetric keys.`)
	}
	_, step := b.OpenEphemeral(individualKeysType, attributes{"registration_id": "nobody"})
	step.MustFail(t, "No such individual enrollment", "pass its ID through a terraform_data resource")
	b.Fail("", http.MethodPost, "", http.StatusUnauthorized, 0)
	_, step = b.OpenEphemeral(groupKeysType, attributes{"enrollment_group_id": "factory"})
	step.MustFail(t, "Cannot read the keys of enrollment group",
		"Microsoft.Devices/provisioningServices/attestationmechanism/details/action")
}

func TestAccEphemeralKeys_ofAnEntryOfTheSameApplyReachTheDeviceButNotTheState(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	cli := w.NewCLI(`resource "azureiot_dps_enrollment_group" "factory" {
  enrollment_group_id = "factory"
  attestation         = { symmetric_key = {} }
}

resource "terraform_data" "factory" {
  input = azureiot_dps_enrollment_group.factory.enrollment_group_id
}

ephemeral "azureiot_dps_derived_device_key" "sensor" {
  enrollment_group_id = terraform_data.factory.output
  registration_id     = "sensor-1"
}

# A store of secrets, played by an entry that takes its keys as write-only arguments.
resource "azureiot_dps_individual_enrollment" "store" {
  registration_id = "store"
  attestation = {
    symmetric_key = {
      primary_key_wo   = ephemeral.azureiot_dps_derived_device_key.sensor.primary_key
      secondary_key_wo = ephemeral.azureiot_dps_derived_device_key.sensor.secondary_key
      keys_wo_version  = 1
    }
  }
}
`)
	cli.Apply().Must(0)
	cli.Plan().Must(0)
	stored, err := w.DPS.GetIndividualEnrollmentAttestation(w.Context(), "store")
	must(t, err)
	acctest.MustNotSay(t, cli.State(), stored.SymmetricKey.PrimaryKey, stored.SymmetricKey.SecondaryKey)
	for _, key := range []string{stored.SymmetricKey.PrimaryKey, stored.SymmetricKey.SecondaryKey} {
		w.DeviceBy("sensor-1", devicesim.SymmetricKey(key)).MustRegister()
	}
}
