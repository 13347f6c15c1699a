// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// Whatever the services do where nobody knows, the provider reaches the same end.
func TestProvider_worksWhicheverWayTheServicesAre(t *testing.T) {
	t.Parallel()
	decisive := []string{
		"OmittedStatusStaysAbsent", "NewKeysOnUpdate", "MissingEntryIs404", "FillDefaults", "DeleteKeepsRecord",
		"Hub.StaleETagOnMissingIs412",
	}
	everything := emulator.Choices{DPSChoices: emulator.DPSChoices{RunningPollIs200: true, MissingRoleIs403: true}}
	everything.Hub.UpperCaseTracking = true
	worlds := map[string]emulator.Choices{"as chosen": {}}
	for _, u := range unknowns() {
		if u.on == nil {
			continue
		}
		u.on(&everything)
		for _, name := range decisive {
			if name == u.switched {
				var alone emulator.Choices
				u.on(&alone)
				worlds[name] = alone
			}
		}
	}
	worlds["everything the other way"] = everything
	if len(worlds) != len(decisive)+2 {
		t.Fatalf("%d worlds, because a switch is not asked about", len(worlds))
	}
	for name, choices := range worlds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			liveWith(t, acctest.NewWorld(t, acctest.Emulate(func(o *emulator.Options) { o.Choices = choices })))
		})
	}
}

// liveWith takes enrollments, an identity and a block through their lives, with drift, and asks the devices.
func liveWith(t *testing.T, w *acctest.World) {
	t.Helper()
	sensor := w.NewDevice("sensor-1")
	fleet := fmt.Sprintf(`
resource "azureiot_dps_enrollment_group" "plant" {
  enrollment_group_id = "plant"
  attestation = { x509 = { signing_certificates = { primary = %s } } }
}

resource "azureiot_dps_individual_enrollment" "keyed" {
  registration_id = "Keyed-1"
  attestation     = { symmetric_key = {} }
  initial_twin    = { tags = jsonencode({ floor = 1 }) }
}

resource "azureiot_iothub_device_identity" "manual" {
  iothub_hostname = %q
  device_id       = "manual-1"
  authentication  = { type = "sas" }
}
`, acctest.HCL(w.Intermediate.PEM()), w.Hostname("hub1"))
	block := fmt.Sprintf(`
resource "azureiot_dps_device_disallow" "stolen" {
  registration_id = "SENSOR-1"
  certificate_pem = %s
}
`, acctest.HCL(sensor.Certificate.PEM()))

	c := w.NewCLI(fleet)
	c.Apply().Must(0)
	c.Plan().Must(0)
	keys := keysOf(t, w, "keyed-1")
	sensor.MustBeIn("hub1")

	// A change of a twin leaves the keys, and the block keeps the device out; nothing is left to do afterwards.
	c.Write(strings.Replace(fleet, "floor = 1", "floor = 2", 1) + block)
	c.Apply().Must(0)
	c.Plan().Must(0)
	sensor.MustBeOut("hub1")
	if keysOf(t, w, "keyed-1") != keys {
		t.Error("an update changed the keys")
	}

	// Enabled again in the portal, and deleted there: one plan each, and it is as it was.
	w.SetEntryStatus("sensor-1", "enabled")
	c.Plan().Must(2)
	c.Apply().Must(0)
	sensor.MustBeOut("hub1")
	w.DeleteEntry("sensor-1")
	w.DeleteEntry("keyed-1")
	c.Plan().Must(2)
	c.Apply().Must(0)
	c.Plan().Must(0)
	sensor.MustBeOut("hub1")

	c.Destroy().Must(0)
	sensor.MustBeOut("hub1")
	if w.Entry("keyed-1") != nil || w.Identity("hub1", "manual-1") != nil {
		t.Error("something is left after the destroy")
	}
}

// keysOf are the keys of an individual enrollment, as one text to compare.
func keysOf(t *testing.T, w *acctest.World, registrationID string) string {
	t.Helper()
	attestation, err := w.DPS.GetIndividualEnrollmentAttestation(t.Context(), registrationID)
	must(t, err)
	if attestation.SymmetricKey == nil || attestation.Type != azdps.AttestationSymmetricKey {
		t.Fatal("there are no keys")
	}
	return attestation.SymmetricKey.PrimaryKey + " " + attestation.SymmetricKey.SecondaryKey
}
