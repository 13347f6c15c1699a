// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mistakes

import (
	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// ofBlocks are those with the provider block.
func ofBlocks() []mistake {
	return []mistake{
		{
			name: "provider: the ID scope",
			made: configured(attributes{"dps_hostname": "0ne00012345"}),
			at:   "dps_hostname", wrong: "It is the ID scope",
			remedy: "service endpoint",
		},
		{
			name: "provider: a host as a connection string",
			made: configured(attributes{"dps_connection_string": "a.azure-devices-provisioning.net"}),
			at:   "dps_connection_string", wrong: "not of the form NAME=VALUE",
			remedy: "HostName=…;SharedAccessKeyName=…;SharedAccessKey=…",
		},
		{
			name: "provider: a hub's connection string for DPS",
			made: configured(attributes{"dps_connection_string": hubConnection}),
			at:   "dps_connection_string", wrong: "It is an IoT hub",
			remedy: "NAME.azure-devices-provisioning.net",
		},
		{
			name: "provider: a device's connection string",
			made: configured(attributes{"iothub_connection_strings": []string{deviceConnection}}),
			at:   "iothub_connection_strings", wrong: "this is a device's connection string",
			remedy: "a service's is needed",
		},
		{
			name: "provider: a DPS connection string for a hub",
			made: configured(attributes{"iothub_connection_strings": []string{connection}}),
			at:   "iothub_connection_strings", wrong: "It is a DPS instance",
			remedy: "NAME.azure-devices.net",
		},
		{
			name: "provider: a cloud that there is not",
			made: configured(attributes{"environment": "azure"}),
			at:   "environment", wrong: "none of the values",
			remedy: `Give "public"`,
		},
		{
			name: "provider: a file of authorities that is not there",
			made: configured(attributes{"ca_certificate_file": "/nowhere.pem"}),
			at:   "ca_certificate_file", wrong: "There is no such file",
			remedy: "begins in the directory where Terraform was started",
		},
		{
			name: "provider: authorities instead of their file",
			made: of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return configured(attributes{"ca_certificate_file": w.Intermediate.PEM()})
			}),
			at: "ca_certificate_file", wrong: "a text in PEM form",
			remedy: "give the path of a file",
		},
		{
			name: "provider: a tenant with a space",
			made: configured(attributes{"tenant_id": "my tenant", "client_id": "a", "client_secret": "hush-hush"}),
			at:   "tenant_id", wrong: "Invalid tenant",
			remedy: "such as 72f988bf",
		},
		{
			name: "provider: a secret of nobody",
			made: configured(attributes{"client_secret": "hush-hush"}),
			at:   "client_id", wrong: "Missing client_id",
			remedy: "set client_id",
		},
		{
			name: "provider: a hub with a scheme",
			made: configured(attributes{"allowed_iothub_hostnames": []string{"https://x"}}),
			at:   "allowed_iothub_hostnames", wrong: "It has a scheme",
			remedy: "give the host name alone",
		},
		{
			name: "provider: no way to sign in",
			made: in(func(w *acctest.World) {
				w.Setenv("AZUREIOT_DPS_CONNECTION_STRING", "")
				w.SetProviderBlock(attributes{"use_cli": false, "dps_hostname": "a.azure-devices-provisioning.net"})
			}, planned(entry, attributes{"registration_id": "dev", "attestation": keyed()})),
			at: "dps_hostname", wrong: "use_cli is false, and nothing else is configured",
			remedy: "dps_connection_string",
		},
	}
}

// ofImports are those with imports.
func ofImports() []mistake {
	return []mistake{
		{
			name: "import: an enrollment that is not there",
			made: imported(entry, "nobody"),
			at:   "registration_id", wrong: "Cannot import: no individual enrollment",
			remedy: "Check the ID",
		},
		{
			name: "import: an enrollment by a slash",
			made: imported(entry, "/nobody"),
			at:   "", wrong: "It names no individual enrollment",
			remedy: "Give the ID alone",
		},
		{
			name: "import: an enrollment by its address",
			made: imported(entry, "https://a.azure-devices-provisioning.net/x"),
			at:   "", wrong: "It names no individual enrollment",
			remedy: "without a scheme",
		},
		{
			name: "import: an enrollment by its resource ID",
			made: imported(entry, "/subscriptions/0/resourceGroups/r/providers/Microsoft.Devices/provisioningServices/a"),
			at:   "", wrong: "It names no individual enrollment",
			remedy: "Give the ID alone",
		},
		{
			name: "import: a group that is not there",
			made: imported(group, "nobody"),
			at:   "enrollment_group_id", wrong: "Cannot import: no enrollment group",
			remedy: "Check the ID",
		},
		{
			name: "import: an identity that is not there",
			made: imported(identity, "nobody"),
			at:   "", wrong: `no device identity "nobody"`,
			remedy: "Letter case counts in device IDs; check the ID and the hub",
		},
		{
			name: "import: an identity with two slashes",
			made: imported(identity, "a/b/c"),
			at:   "device_id", wrong: "does not allow the character '/'",
			remedy: `"host/device-id"`,
		},
		{
			name: "import: a block that is not there",
			made: imported(disallow, "nobody"),
			at:   "registration_id", wrong: "Cannot import: no individual enrollment",
			remedy: "Create the resource instead",
		},
		{
			name: "import: a block by a slash",
			made: imported(disallow, "/x"),
			at:   "", wrong: "host name before the slash is missing",
			remedy: `"dps-host/registration-id"`,
		},
		{
			name: "import: a block of a group that is not there",
			made: imported(groupDisallow, "nobody"),
			at:   "", wrong: `no enrollment group "nobody"`,
			remedy: "Check the spelling",
		},
		{
			name: "import: a block by an empty identity",
			made: importedBy(disallow, attributes{"registration_id": ""}),
			at:   "", wrong: "It is empty",
			remedy: "1 to 128 characters",
		},
		{
			name: "import: an enrollment by the identity of none",
			made: importedBy(entry, attributes{"registration_id": "nobody"}),
			at:   "registration_id", wrong: "Cannot import: no individual enrollment",
			remedy: "Check the ID",
		},
	}
}
