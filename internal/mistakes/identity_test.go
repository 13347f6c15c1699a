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
		{
			name: "identity: a slash in the device ID",
			made: wrong(attributes{"device_id": "a/b"}),
			at:   "device_id", wrong: "does not allow the character '/'",
			remedy: "ASCII letters, digits",
		},
		{
			name: "identity: dots as the device ID",
			made: wrong(attributes{"device_id": ".."}),
			at:   "device_id", wrong: "cannot be addressed",
			remedy: "a step in the path of a URL",
		},
		{
			name: "identity: an authentication that there is not",
			made: proven(attributes{"type": "x509"}),
			at:   "authentication.type", wrong: "none of the values",
			remedy: `Give "sas", "selfSigned" or "certificateAuthority"`,
		},
		{
			name: "identity: no thumbprint",
			made: proven(attributes{"type": "selfSigned"}),
			at:   "authentication.primary_thumbprint", wrong: "it can never connect",
			remedy: "Give primary_thumbprint",
		},
		{
			name: "identity: a thumbprint with colons",
			made: proven(attributes{"type": "selfSigned", "primary_thumbprint": "AB:CD"}),
			at:   "authentication.primary_thumbprint", wrong: "It has separators",
			remedy: "in hexadecimal, without separators",
		},
		{
			name: "identity: a thumbprint that is cut off",
			made: proven(attributes{"type": "selfSigned", "secondary_thumbprint": "ABCD"}),
			at:   "authentication.secondary_thumbprint", wrong: "It has 4 digits",
			remedy: "SHA-256 (64 digits)",
		},
		{
			name: "identity: a thumbprint for keys",
			made: proven(attributes{"type": "sas", "primary_thumbprint": strings.Repeat("AB", 20)}),
			at:   "authentication.primary_thumbprint", wrong: `a device of the type "sas" has none`,
			remedy: "Leave it out, or give another type",
		},
		{
			name: "identity: one key",
			made: proven(attributes{"type": "sas", "primary_key_wo": key, "keys_wo_version": "1"}),
			at:   "authentication", wrong: "takes both keys or makes both",
			remedy: "or neither",
		},
		{
			name: "identity: keys without a version",
			made: proven(attributes{"type": "sas", "primary_key_wo": key, "secondary_key_wo": key}),
			at:   "authentication.keys_wo_version", wrong: "cannot see that they changed",
			remedy: "give keys_wo_version",
		},
		{
			name: "identity: a version without keys",
			made: proven(attributes{"type": "sas", "keys_wo_version": "1"}),
			at:   "authentication.keys_wo_version", wrong: "is given without keys",
			remedy: "leave it out to have keys generated",
		},
		{
			name: "identity: a key for a certificate",
			made: proven(attributes{"type": "certificateAuthority", "primary_key_wo": key}),
			at:   "authentication.primary_key_wo", wrong: "has none",
			remedy: "Leave it out, or give another type",
		},
		{
			name: "identity: a reason that is too long",
			made: wrong(attributes{"status_reason": strings.Repeat("x", 200)}),
			at:   "status_reason", wrong: "It has 200 characters",
			remedy: "1 to 128 characters",
		},
		{
			name: "identity: an empty reason",
			made: wrong(attributes{"status_reason": ""}),
			at:   "status_reason", wrong: "It is empty",
			remedy: "leave the attribute out",
		},
		{
			name: "identity: a status that there is not",
			made: wrong(attributes{"status": "active"}),
			at:   "status", wrong: "none of the values",
			remedy: `Give "enabled" or "disabled"`,
		},
		{
			name: "identity: a device as the scope of the parent",
			made: wrong(attributes{"parent_scope": "gateway-1"}),
			at:   "parent_scope", wrong: "no scope of an IoT Edge device",
			remedy: "Give device_scope",
		},
		{
			name: "identity: an empty scope",
			made: wrong(attributes{"parent_scope": ""}),
			at:   "parent_scope", wrong: "It is empty",
			remedy: "leave the attribute out",
		},
		{
			name: "identity: a connection string as the hub",
			made: wrong(attributes{"iothub_hostname": connection}),
			at:   "iothub_hostname", wrong: "looks like a connection string",
			remedy: "give the host name alone",
		},
		{
			name: "identity: a DPS instance as the hub",
			made: wrong(attributes{"iothub_hostname": "a.azure-devices-provisioning.net"}),
			at:   "iothub_hostname", wrong: "It is a DPS instance",
			remedy: "NAME.azure-devices.net",
		},
		{
			name: "identity: no hub",
			made: in(func(w *acctest.World) {
				w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", "")
				w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", "")
			}, wrong(nil)),
			at: "iothub_hostname", wrong: "No IoT hub is configured",
			remedy: "Set iothub_hostname here or in the provider block",
		},
		{
			name: "identity: a hub without a credential",
			made: in(func(w *acctest.World) { w.SetProviderBlock(attributes{"use_cli": false}) },
				wrong(attributes{"iothub_hostname": "other.azure-devices.net"})),
			at: "iothub_hostname", wrong: "use_cli is false, and nothing else is configured",
			remedy: "iothub_connection_strings",
		},
	}
}
