// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mistakes

import (
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// ofIdentities are those with device identities.
func ofIdentities() []mistake {
	wrong := func(more attributes) func(*acctest.World) acctest.Step {
		return planned(identity, with(attributes{"device_id": "dev"}, more))
	}
	proven := func(how attributes) func(*acctest.World) acctest.Step {
		return wrong(attributes{"authentication": how})
	}
	return []mistake{
		{"identity: a slash in the device ID", wrong(attributes{"device_id": "a/b"}),
			refused("device_id", "does not allow the character '/'", "ASCII letters, digits")},
		{"identity: dots as the device ID", wrong(attributes{"device_id": ".."}),
			refused("device_id", "cannot be addressed", "a step in the path of a URL")},
		{"identity: an authentication that there is not", proven(attributes{"type": "x509"}),
			refused("authentication.type", "none of the values", `Give "sas", "selfSigned" or "certificateAuthority"`)},
		{"identity: no thumbprint", proven(attributes{"type": "selfSigned"}),
			refused("authentication.primary_thumbprint", "it can never connect", "Give primary_thumbprint")},
		{"identity: a thumbprint with colons", proven(attributes{"type": "selfSigned", "primary_thumbprint": "AB:CD"}),
			refused("authentication.primary_thumbprint", "It has separators", "in hexadecimal, without separators")},
		{"identity: a thumbprint that is cut off", proven(attributes{"type": "selfSigned", "secondary_thumbprint": "ABCD"}),
			refused("authentication.secondary_thumbprint", "It has 4 digits", "SHA-256 (64 digits)")},
		{"identity: a thumbprint for keys",
			proven(attributes{"type": "sas", "primary_thumbprint": strings.Repeat("AB", 20)}),
			refused("authentication.primary_thumbprint", `a device of the type "sas" has none`,
				"Leave it out, or give another type")},
		{"identity: one key", proven(attributes{"type": "sas", "primary_key_wo": key, "keys_wo_version": "1"}),
			refused("authentication", "takes both keys or makes both", "or neither")},
		{"identity: keys without a version",
			proven(attributes{"type": "sas", "primary_key_wo": key, "secondary_key_wo": key}),
			refused("authentication.keys_wo_version", "cannot see that they changed", "give keys_wo_version")},
		{"identity: a version without keys", proven(attributes{"type": "sas", "keys_wo_version": "1"}),
			refused("authentication.keys_wo_version", "is given without keys", "leave it out to have keys generated")},
		{"identity: a key for a certificate", proven(attributes{"type": "certificateAuthority", "primary_key_wo": key}),
			refused("authentication.primary_key_wo", "has none", "Leave it out, or give another type")},
		{"identity: a reason that is too long", wrong(attributes{"status_reason": strings.Repeat("x", 200)}),
			refused("status_reason", "It has 200 characters", "1 to 128 characters")},
		{"identity: an empty reason", wrong(attributes{"status_reason": ""}),
			refused("status_reason", "It is empty", "leave the attribute out")},
		{"identity: a status that there is not", wrong(attributes{"status": "active"}),
			refused("status", "none of the values", `Give "enabled" or "disabled"`)},
		{"identity: a device as the scope of the parent", wrong(attributes{"parent_scope": "gateway-1"}),
			refused("parent_scope", "no scope of an IoT Edge device", "Give device_scope")},
		{"identity: an empty scope", wrong(attributes{"parent_scope": ""}),
			refused("parent_scope", "It is empty", "leave the attribute out")},
		{"identity: a connection string as the hub", wrong(attributes{"iothub_hostname": connection}),
			refused("iothub_hostname", "looks like a connection string", "give the host name alone")},
		{"identity: a DPS instance as the hub", wrong(attributes{"iothub_hostname": "a.azure-devices-provisioning.net"}),
			refused("iothub_hostname", "It is a DPS instance", "NAME.azure-devices.net")},
		{"identity: no hub",
			in(func(w *acctest.World) {
				w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", "")
				w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", "")
			}, wrong(nil)),
			refused("iothub_hostname", "No IoT hub is configured", "Set iothub_hostname here or in the provider block")},
		{"identity: a hub without a credential",
			in(func(w *acctest.World) { w.SetProviderBlock(attributes{"use_cli": false}) },
				wrong(attributes{"iothub_hostname": "other.azure-devices.net"})),
			refused("iothub_hostname", "use_cli is false, and nothing else is configured", "iothub_connection_strings")},
	}
}
