// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

const individual = "azureiot_dps_individual_enrollment.sensor"

// individualConfig is one individual enrollment; body are the lines of its block.
func individualConfig(body string) string {
	return fmt.Sprintf(`resource "azureiot_dps_individual_enrollment" "sensor" {
  registration_id = "sensor-1"
  %s
}
`, body)
}

func TestAccIndividualEnrollment_eachAttestationLetsItsDeviceInThroughEachTransition(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	tpm, err := devicesim.NewSoftwareTPM()
	must(t, err)
	c, err := devicesim.SelfSigned("sensor-1")
	must(t, err)
	attestations := map[string]struct {
		hcl        string
		credential devicesim.Credential
	}{
		"x509": {fmt.Sprintf("{ x509 = { client_certificates = { primary = %s } } }", acctest.HCL(c.PEM())),
			devicesim.X509(c)},
		"tpm": {fmt.Sprintf("{ tpm = { endorsement_key = %q, storage_root_key = %q } }",
			tpm.EndorsementKey(), tpm.StorageRootKey()), devicesim.TPM(tpm)},
		"key": {fmt.Sprintf("{ symmetric_key = { primary_key_wo = %q, keys_wo_version = 1 } }", someKey('a')),
			devicesim.SymmetricKey(someKey('a'))},
	}
	cli := w.NewCLI("")
	for name, attestation := range attestations {
		device := w.DeviceBy("sensor-1", attestation.credential)
		device.MustBeRefused()
		apply := func(more string) {
			cli.Write(individualConfig("attestation = " + attestation.hcl + "\n  " + more))
			cli.Apply().Must(0)
			cli.Plan().Must(0)
		}
		apply("")
		device.MustBeIn("hub1")
		apply(`provisioning_status = "disabled"`)
		device.MustBeRefused()
		apply(`provisioning_status = "enabled"`)
		device.MustBeIn("hub1")
		cli.Destroy().Must(0)
		device.MustBeRefused()
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

func TestAccIndividualEnrollment_plansReadLikeSentences(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	w.AddGroup("factory", w.Intermediate)
	device := w.NewDevice("sensor-1")
	body := fmt.Sprintf("attestation = { x509 = { client_certificates = { primary = %s } } }\n  ",
		acctest.HCL(device.Certificate.PEM()))
	cli := w.NewCLI(individualConfig(body))
	cli.Apply().Must(0)

	cli.Write(individualConfig(body + `provisioning_status = "disabled"`))
	cli.Plan().Must(2).Says(`~ provisioning_status = "enabled" -> "disabled"`, "0 to add, 1 to change, 0 to destroy")
	cli.Apply().Must(0)
	device.MustBeRefused()

	cli.Write(individualConfig(body + `provisioning_status = "enabled"`))
	cli.Plan().Must(2).Says(`~ provisioning_status = "disabled" -> "enabled"`, "Individual enrollment is enabled again")

	cli.Plan("-destroy").Must(2).Says("Devices could come back",
		`the device "sensor-1" would be let in by the enabled enrollment groups "factory" (issuer)`)

	cli.Write(individualConfig(body + `provisioning_status = "disabled"` + "\n" + `on_destroy = "disable"`))
	cli.Apply().Must(0)
	cli.Plan("-destroy").Must(2).Says("is disabled, not deleted").DoesNotSay("Devices could come back")
	cli.Destroy().Must(0)
	device.MustBeRefused()
}

func TestAccIndividualEnrollment_disabledOneKeepsItsDeviceOutOfTheGroup(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	w.AddGroup("factory", w.Intermediate)
	device := w.NewDevice("sensor-1")
	device.MustRegister()
	cli := w.NewCLI(individualConfig(fmt.Sprintf(`provisioning_status = "disabled"
  attestation = { x509 = { client_certificates = { primary = %s } } }`, acctest.HCL(device.Certificate.PEM()))))
	cli.Apply().Must(0)
	device.MustBeRefused()
	w.NewDevice("sensor-2").MustRegister()
}

func TestAccIndividualEnrollment_secretsStayOut(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	const variables = "variable \"a\" {\n  ephemeral = true\n}\nvariable \"b\" {\n  ephemeral = true\n}\n"
	cli := w.NewCLI(variables + individualConfig(`
  attestation = { symmetric_key = { primary_key_wo = var.a, secondary_key_wo = var.b, keys_wo_version = 1 } }
  allocation_policy = "custom"
  custom_allocation = { webhook_url = "https://fn.example/api?code=hush", api_version = "2021-10-01" }
`))
	given := []string{"-var", "a=" + someKey('a'), "-var", "b=" + someKey('b')}
	planned := cli.Plan(given...).Must(2)
	shown := cli.Run("show", "-json", "plan.out").Must(0)
	applied := cli.Apply(given...).Must(0)
	cli.Plan(given...).Must(0)
	for where, text := range map[string]string{
		"plan": planned.Output, "plan file": shown.Output, "apply": applied.Output, "state": cli.State(),
	} {
		for _, key := range []string{someKey('a'), someKey('b')} {
			if strings.Contains(text, key) {
				t.Errorf("the %s should not have a key", where)
			}
		}
	}
	planned.DoesNotSay("code=hush")
	applied.DoesNotSay("code=hush")
}

func TestAccIndividualEnrollment_importBlockGeneratesItsConfiguration(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	device := w.NewDevice("sensor-1")
	status := azdps.StatusDisabled
	_, err := w.DPS.PutIndividualEnrollment(w.Context(), azdps.IndividualEnrollment{
		RegistrationID: "sensor-1",
		Enrollment: azdps.Enrollment{
			ProvisioningStatus: &status,
			Attestation: azdps.Attestation{Type: azdps.AttestationX509, X509: &azdps.X509{
				ClientCertificates: &azdps.CertificateSlots{
					Primary: &azdps.Certificate{Certificate: device.Certificate.PEM()},
				},
			}},
		},
	}, nil)
	must(t, err)
	cli := w.NewCLI("import {\n  to = " + individual + "\n  id = \"sensor-1\"\n}\n")
	generated := filepath.Join(cli.Dir(), "generated.tf")
	cli.Run("plan", "-no-color", "-input=false", "-generate-config-out="+generated).Must(0).
		Says("1 to import, 0 to add, 0 to change, 0 to destroy")
	written, err := os.ReadFile(generated)
	must(t, err)
	acctest.MustSay(t, string(written), `primary   = "sha256:`) // The status is there if the command is older than 1.14.
	cli.Apply().Must(0).Says("1 imported, 0 added, 0 changed, 0 destroyed")
	cli.Plan().Must(0)
}

func TestAccIndividualEnrollment_takesValuesThatAreKnownOnlyAtApply(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	device := w.NewDevice("sensor-1")
	cli := w.NewCLI(fmt.Sprintf(`resource "terraform_data" "later" {
  input = {
    id   = "sensor-1"
    pem  = %s
    host = %q
    hub  = %q
    tags = jsonencode({ site = "a" })
  }
}

locals {
  later = terraform_data.later.output
}

resource "azureiot_dps_individual_enrollment" "sensor" {
  registration_id  = local.later.id
  dps_hostname     = local.later.host
  device_id        = local.later.id
  iothub_hostnames = [local.later.hub]
  attestation      = { x509 = { client_certificates = { primary = local.later.pem } } }
  initial_twin     = { tags = local.later.tags }
}
`, acctest.HCL(device.Certificate.PEM()), w.Emulator.DPSHostname(), w.Hostname("hub1")))
	cli.Plan().Must(2).Says("+ primary = (known after apply)", `+ provisioning_status = "enabled"`)
	cli.Apply().Must(0)
	cli.Plan().Must(0)
	device.MustBeIn("hub1")
}

func TestAccCertificateInfo_worksInTheLanguage(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	device := w.NewDevice("sensor-1")
	cli := w.NewCLI(fmt.Sprintf(`output "name" {
  value = provider::azureiot::certificate_info(%s).subject_common_name
}
output "wrong" {
  value = can(provider::azureiot::certificate_info("hello"))
}
`, acctest.HCL(device.Certificate.PEM())))
	cli.Apply().Must(0).Says(`name = "sensor-1"`, `wrong = false`)
}
