// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mistakes

import (
	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// ofBlocks are those with the provider block.
func ofBlocks() []mistake {
	return []mistake{
		{"provider: the ID scope", configured(attributes{"dps_hostname": "0ne00012345"}),
			refused("dps_hostname", "It is the ID scope", "service endpoint")},
		{"provider: a host as a connection string",
			configured(attributes{"dps_connection_string": "a.azure-devices-provisioning.net"}),
			refused("dps_connection_string", "not of the form NAME=VALUE",
				"HostName=…;SharedAccessKeyName=…;SharedAccessKey=…")},
		{"provider: a hub's connection string for DPS", configured(attributes{"dps_connection_string": hubConnection}),
			refused("dps_connection_string", "It is an IoT hub", "NAME.azure-devices-provisioning.net")},
		{"provider: a device's connection string",
			configured(attributes{"iothub_connection_strings": []string{deviceConnection}}),
			refused("iothub_connection_strings", "this is a device's connection string", "a service's is needed")},
		{"provider: a DPS connection string for a hub",
			configured(attributes{"iothub_connection_strings": []string{connection}}),
			refused("iothub_connection_strings", "It is a DPS instance", "NAME.azure-devices.net")},
		{"provider: a cloud that there is not", configured(attributes{"environment": "azure"}),
			refused("environment", "none of the values", `Give "public"`)},
		{"provider: a file of authorities that is not there", configured(attributes{"ca_certificate_file": "/nowhere.pem"}),
			refused("ca_certificate_file", "There is no such file", "begins in the directory where Terraform was started")},
		{"provider: authorities instead of their file",
			of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return configured(attributes{"ca_certificate_file": w.Intermediate.PEM()})
			}),
			refused("ca_certificate_file", "a text in PEM form", "give the path of a file")},
		{"provider: a tenant with a space",
			configured(attributes{"tenant_id": "my tenant", "client_id": "a", "client_secret": "hush-hush"}),
			refused("tenant_id", "Invalid tenant", "such as 72f988bf")},
		{"provider: a secret of nobody", configured(attributes{"client_secret": "hush-hush"}),
			refused("client_id", "Missing client_id", "set client_id")},
		{"provider: a hub with a scheme", configured(attributes{"allowed_iothub_hostnames": []string{"https://x"}}),
			refused("allowed_iothub_hostnames", "It has a scheme", "give the host name alone")},
		{"provider: no way to sign in",
			in(func(w *acctest.World) {
				w.Setenv("AZUREIOT_DPS_CONNECTION_STRING", "")
				w.SetProviderBlock(attributes{"use_cli": false, "dps_hostname": "a.azure-devices-provisioning.net"})
			}, planned(entry, attributes{"registration_id": "dev", "attestation": keyed()})),
			refused("dps_hostname", "use_cli is false, and nothing else is configured", "dps_connection_string")},
	}
}

// ofImports are those with imports.
func ofImports() []mistake {
	return []mistake{
		{"import: an enrollment that is not there", imported(entry, "nobody"),
			refused("registration_id", "Cannot import: no individual enrollment", "Check the ID")},
		{"import: an enrollment by a slash", imported(entry, "/nobody"),
			refused("", "It names no individual enrollment", "Give the ID alone")},
		{"import: an enrollment by its address", imported(entry, "https://a.azure-devices-provisioning.net/x"),
			refused("", "It names no individual enrollment", "without a scheme")},
		{"import: an enrollment by its resource ID",
			imported(entry, "/subscriptions/0/resourceGroups/r/providers/Microsoft.Devices/provisioningServices/a"),
			refused("", "It names no individual enrollment", "Give the ID alone")},
		{"import: a group that is not there", imported(group, "nobody"),
			refused("enrollment_group_id", "Cannot import: no enrollment group", "Check the ID")},
		{"import: an identity that is not there", imported(identity, "nobody"),
			refused("", `no device identity "nobody"`, "Letter case counts in device IDs; check the ID and the hub")},
		{"import: an identity with two slashes", imported(identity, "a/b/c"),
			refused("device_id", "does not allow the character '/'", `"host/device-id"`)},
		{"import: a block that is not there", imported(disallow, "nobody"),
			refused("registration_id", "Cannot import: no individual enrollment", "Create the resource instead")},
		{"import: a block by a slash", imported(disallow, "/x"),
			refused("", "host name before the slash is missing", `"dps-host/registration-id"`)},
		{"import: a block of a group that is not there", imported(groupDisallow, "nobody"),
			refused("", `no enrollment group "nobody"`, "Check the spelling")},
		{"import: a block by an empty identity", importedBy(disallow, attributes{"registration_id": ""}),
			refused("", "It is empty", "1 to 128 characters")},
		{"import: an enrollment by the identity of none", importedBy(entry, attributes{"registration_id": "nobody"}),
			refused("registration_id", "Cannot import: no individual enrollment", "Check the ID")},
	}
}
