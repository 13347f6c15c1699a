// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// imported is a block in a new object, as another working directory would import it.
func (f fleet) imported(id string) *acctest.Object {
	f.T.Helper()
	o := f.NewObject(resourceType)
	o.MustImport(id)
	return o
}

func TestDeviceDisallow_importThenTheSameConfigurationPlansNothing(t *testing.T) {
	t.Parallel()
	plain := map[string]any{"registration_id": stolenID}
	certificate := func(f fleet) map[string]any { return f.settings(map[string]any{"certificate_chain_pem": nil}) }
	for name, test := range map[string]struct {
		fleet    func(t *testing.T) fleet
		settings func(f fleet) map[string]any
		origin   string
	}{
		"created with a certificate": {func(t *testing.T) fleet { return newFleet(t) }, certificate, "created"},
		"created without": {
			func(t *testing.T) fleet { return newFleet(t) },
			func(fleet) map[string]any { return map[string]any{"registration_id": stolenID, "reason": "lost"} }, "created",
		},
		"created with a device ID": {
			func(t *testing.T) fleet { return unregisteredFleet(t) },
			func(fleet) map[string]any { return map[string]any{"registration_id": stolenID, "device_id": "Pump-7"} },
			"created",
		},
		"adopted X.509, certificate given": {
			func(t *testing.T) fleet { return enrolledFleet(t, azdps.AttestationX509, nil) }, certificate, "adopted",
		},
		"adopted X.509, certificate not given": {
			func(t *testing.T) fleet { return enrolledFleet(t, azdps.AttestationX509, nil) },
			func(fleet) map[string]any { return plain }, "adopted",
		},
		"adopted, symmetric key": {
			func(t *testing.T) fleet { return enrolledFleet(t, azdps.AttestationSymmetricKey, nil) },
			func(fleet) map[string]any { return plain }, "adopted",
		},
		"adopted, TPM": {
			func(t *testing.T) fleet { return enrolledFleet(t, azdps.AttestationTPM, nil) },
			func(fleet) map[string]any { return map[string]any{"registration_id": stolenID, "reason": "sold"} }, "adopted",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := test.fleet(t)
			settings := test.settings(f)
			first := f.NewObject(resourceType)
			first.MustApply(first.Config(settings))
			for _, id := range []string{
				stolenID, strings.ToUpper(stolenID), f.Emulator.DPSHostname() + "/" + stolenID,
			} {
				o := f.imported(id)
				acctest.MustRead(t, o.State, map[string]string{
					"enrollment_origin": test.origin, "access": "blocked", "reversible": "true",
					"dps_hostname": f.Emulator.DPSHostname(),
				})
				planned := o.MustPlan(o.Config(settings))
				if o.Changes(planned) || len(planned.Replaces) > 0 {
					t.Errorf("after the import of %s the plan should be empty:\nstate   %s\nplanned %s", id, o.State, planned.Planned)
				}
				o.MustSettle(o.Config(settings))
			}
		})
	}
}

func TestDeviceDisallow_importedBlockIsRestoredByWhatTheMarkRemembers(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.blocked(map[string]any{"certificate_pem": nil, "certificate_chain_pem": nil})
	f.device.MustBeOut(f.hub)
	o := f.imported(stolenID)
	o.MustApply(o.Config(map[string]any{
		"registration_id": stolenID, "reason": "stolen from plant Thale", "desired_access": "restored",
	}))
	f.device.MustBeIn(f.hub)
	if reason := f.Identity(f.hub, stolenID).StatusReason; reason != nil {
		t.Errorf("the reason of the block should be gone: %s", *reason)
	}
}

func TestDeviceDisallow_importedEntryThatSomebodyChangedIsNotDeleted(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.blocked(nil)
	f.SetEntry(stolenID, func(e *azdps.IndividualEnrollment) { e.IoTHubs = []string{f.Hostname(f.hub)} })
	o := f.imported(stolenID)
	planned := o.MustPlan(f.restoring(o))
	acctest.MustSay(t, planned.Warnings(), "Device stays blocked in DPS")
}

func TestDeviceDisallow_importOfAnEnabledEntryPlansToDisableIt(t *testing.T) {
	t.Parallel()
	f := enrolledFleet(t, azdps.AttestationSymmetricKey, nil)
	f.Emulator.ClearJournal()
	o := f.imported(stolenID)
	f.MustNotHaveWritten()
	acctest.MustRead(t, o.State, map[string]string{"enrollment_status": "enabled", "access": "allowed"})
	config := o.Config(map[string]any{"registration_id": stolenID})
	planned := o.MustPlan(config)
	acctest.MustHaveEffects(t, planned.Effects(), "dps_individual_enrollment "+stolenID+" enabled->disabled disable",
		"iothub_device_identity "+f.identityObject()+" enabled->disabled disable")
	o.Apply(planned).MustSucceed(t)
	f.staysOut(o, config)
	o.MustApply(o.Config(map[string]any{"registration_id": stolenID, "desired_access": "restored"}))
	f.device.MustBeIn(f.hub)
}

// What an import cannot read back is stored by one update that writes nothing.
func TestDeviceDisallow_settingsThatAnImportCannotReadAreStoredWithoutAWrite(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.blocked(nil)
	o := f.imported(stolenID)
	config := o.Config(f.settings(map[string]any{
		"delete_registration": false, "additional_iothub_hostnames": []string{f.Hostname(f.hub)}, "on_destroy": "prevent",
	}))
	planned := o.MustPlan(config)
	acctest.MustHaveEffects(t, planned.Effects())
	f.Emulator.ClearJournal()
	o.Apply(planned).MustSucceed(t)
	f.MustNotHaveWritten()
	o.MustSettle(config)
	if got := o.Attribute("reenroll_paths"); !strings.Contains(got, "thumbprint") {
		t.Errorf("the chain should make the groups exact: %s", got)
	}
}

// The state keeps a stand-in of the certificate; an entry that has to be made again gets the real one.
func TestDeviceDisallow_importedCertificateIsWrittenFromConfiguration(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.blocked(map[string]any{"certificate_chain_pem": nil})
	o := f.imported(stolenID)
	config := o.Config(f.settings(map[string]any{"certificate_chain_pem": nil}))
	if got := o.Attribute("certificate_pem"); !strings.HasPrefix(got, "sha256:") {
		t.Fatalf("the certificate should stand in state by its thumbprint: %s", got)
	}
	f.DeleteEntry(stolenID)
	o.MustRefresh()
	o.MustApply(config)
	entry := f.Entry(stolenID)
	if entry.Attestation.Type != azdps.AttestationX509 ||
		entry.Attestation.X509.ClientCertificates.Primary.Info.SHA256Thumbprint != f.device.Certificate.ThumbprintSHA256() {
		t.Errorf("the entry should hold the device's certificate: %+v", entry.Attestation)
	}
	f.staysOut(o, config)
}

func TestDeviceDisallow_importThatCannotBe(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	for id, said := range map[string]string{
		stolenID:                   "Cannot import: no individual enrollment",
		"":                         "Invalid import ID",
		"a/b/c":                    "Invalid import ID",
		"https://x.example/device": "Invalid import ID",
		"/" + stolenID:             "Invalid import ID",
	} {
		o := f.NewObject(resourceType)
		acctest.MustSay(t, o.Import(id).Errors(), said)
	}
	f.addEntry("enabled")
	f.Fail(f.Emulator.DPSHostname(), http.MethodGet, "^/enrollments/", http.StatusUnauthorized, 0)
	o := f.NewObject(resourceType)
	acctest.MustSay(t, o.Import(stolenID).Errors(), "Cannot read individual enrollment",
		"Device Provisioning Service Data Reader")
}

func TestAccDeviceDisallow_importBlock(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.blocked(nil)
	c := f.NewCLI(f.hclImport())
	c.Plan().Must(2).Says("Plan: 1 to import, 0 to add, 0 to change, 0 to destroy")
	c.Run("apply", "-no-color", "plan.out").Must(0)
	c.Plan().Must(0)
	c.Run("plan", "-no-color", "-refresh-only", "-detailed-exitcode").Must(0)
	f.device.MustBeOut(f.hub)
}

// hclImport imports the block by its full address.
func (f fleet) hclImport() string {
	return `import {
  to = azureiot_dps_device_disallow.stolen
  id = "` + f.Emulator.DPSHostname() + "/" + stolenID + `"
}

resource "azureiot_dps_device_disallow" "stolen" {
  registration_id = "` + stolenID + `"
  certificate_pem = ` + acctest.HCL(f.device.Certificate.PEM()) + `
  reason          = "stolen from plant Thale"
}
`
}
