// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mistakes

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// A sample of the mistakes as the Terraform command shows them: the resource, the line and the whole text.
func TestMistakes_onTheCommandLine(t *testing.T) {
	t.Parallel()
	const device = "resource \"azureiot_dps_individual_enrollment\" \"dev\" {\n  registration_id = \"dev\"\n"
	for name, shown := range map[string]struct {
		config string
		says   []string
	}{
		"an attribute within objects": {
			device + "  attestation = { x509 = { client_certificates = { secondary = \"x.pem\" } } }\n}\n",
			[]string{
				"Error: Invalid certificate", "with azureiot_dps_individual_enrollment.dev",
				"There is no PEM block in the text", "Give the text itself, which file(",
				"Attribute: attestation.x509.client_certificates.secondary",
			},
		},
		"an element of a set": {
			device + "  attestation = { symmetric_key = {} }\n  iothub_hostnames = [\"https://a.azure-devices.net\"]\n}\n",
			[]string{"Error: Invalid host name", "give the host name alone", "Attribute: iothub_hostnames"},
		},
		"names that Terraform drops": {
			device + "  attestation = { symmetric_key = {} }\n  initial_twin = { tag = jsonencode({ a = 1 }) }\n}\n",
			[]string{"Warning: Nothing is set", "Terraform drops names that are misspelt", "Attribute: initial_twin"},
		},
		"a secret in the wrong place": {
			"variable \"mixed_up\" {\n  default = \"" + connection + "\"\n}\n" + device +
				"  attestation = { symmetric_key = {} }\n  provisioning_status = var.mixed_up\n}\n",
			[]string{"Error: Invalid value", `Give "enabled" or "disabled".`, "Attribute: provisioning_status"},
		},
		"a value of a module": {
			"resource \"azureiot_iothub_device_identity\" \"dev\" {\n  for_each = { a = \"AB:CD\" }\n  device_id = each.key\n" +
				"  authentication = { type = \"selfSigned\", primary_thumbprint = each.value }\n}\n",
			[]string{
				"Error: Invalid thumbprint", `with azureiot_iothub_device_identity.dev["a"]`, "It has separators",
				"Attribute: authentication.primary_thumbprint",
			},
		},
		"two blocks of one device": {
			"resource \"azureiot_dps_device_disallow\" \"dev\" {\n  for_each        = toset([\"DEV\", \"dev\"])\n" +
				"  registration_id = each.key\n}\n",
			[]string{
				"Warning: Two blocks of one object", "with azureiot_dps_device_disallow.dev[", "Keep one of them",
				"Attribute: registration_id",
			},
		},
		"a path for a function": {
			"output \"expires\" {\n  value = provider::azureiot::certificate_info(\"dev.pem\").not_after\n}\n",
			[]string{
				"Error: Invalid function argument", `Invalid value for "pem" parameter: there is no PEM block in the text`,
				"Give the text itself, which file(",
			},
		},
		"an import of nothing": {
			device + "  attestation = { symmetric_key = {} }\n}\nimport {\n" +
				"  to = azureiot_dps_individual_enrollment.dev\n  id = \"dev\"\n}\n",
			[]string{
				"Error: Cannot import: no individual enrollment", "Check the ID and the DPS instance",
				"Attribute: registration_id",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := newWorld(t).NewCLI(shown.config).Plan().Says(shown.says...)
			acctest.MustNotSay(t, run.Output, key)
		})
	}
}
