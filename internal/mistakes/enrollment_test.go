// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mistakes

import (
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// ofEntries are those with individual enrollments.
func ofEntries() []mistake {
	wrong := func(more attributes) func(*acctest.World) acctest.Step {
		return planned(entry, with(attributes{"registration_id": "dev", "attestation": keyed()}, more))
	}
	certified := func(slots attributes) func(*acctest.World) acctest.Step {
		return wrong(attributes{"attestation": attributes{"x509": attributes{"client_certificates": slots}}})
	}
	keys := func(keys attributes) func(*acctest.World) acctest.Step {
		return wrong(attributes{"attestation": attributes{"symmetric_key": keys}})
	}
	webhook := func(url, version string) func(*acctest.World) acctest.Step {
		return wrong(attributes{
			"allocation_policy": "custom", "custom_allocation": attributes{"webhook_url": url, "api_version": version},
		})
	}
	hubs := func(names ...string) attributes { return attributes{"iothub_hostnames": names} }
	return []mistake{
		{
			name: "entry: a space in the registration ID",
			made: wrong(attributes{"registration_id": "dev 1"}),
			at:   "registration_id", wrong: "does not allow the character ' '",
			remedy: `letters, digits, "-"`,
		},
		{
			name: "entry: no registration ID",
			made: wrong(attributes{"registration_id": ""}),
			at:   "registration_id", wrong: "It is empty",
			remedy: "has 1 to 128 characters",
		},
		{
			name: "entry: a registration ID that is too long",
			made: wrong(attributes{"registration_id": strings.Repeat("x", 129)}),
			at:   "registration_id", wrong: "too long, with 129 characters",
			remedy: "1 to 128",
		},
		{
			name: "entry: a connection string as the registration ID",
			made: wrong(attributes{"registration_id": connection}),
			at:   "registration_id", wrong: "looks like a connection string",
			remedy: "letters, digits",
		},
		{
			name: "entry: an umlaut in the device ID",
			made: wrong(attributes{"device_id": "gerät"}),
			at:   "device_id", wrong: "does not allow the character 'ä'",
			remedy: "ASCII letters, digits and characters of",
		},
		{
			name: "entry: a status in capitals",
			made: wrong(attributes{"provisioning_status": "Enabled"}),
			at:   "provisioning_status", wrong: "Letter case counts",
			remedy: `give "enabled"`,
		},
		{
			name: "entry: a status that there is not",
			made: wrong(attributes{"provisioning_status": "active"}),
			at:   "provisioning_status", wrong: "none of the values",
			remedy: `Give "enabled" or "disabled"`,
		},
		{
			name: "entry: no attestation",
			made: wrong(attributes{"attestation": attributes{}}),
			at:   "attestation", wrong: "Missing x509, tpm or symmetric_key",
			remedy: "Give exactly one of x509, tpm and symmetric_key",
		},
		{
			name: "entry: two attestations",
			made: wrong(attributes{"attestation": attributes{
				"symmetric_key": attributes{}, "tpm": attributes{"endorsement_key": "AAAA"},
			}}),
			at: "attestation", wrong: "tpm and symmetric_key are given",
			remedy: "Give exactly one of",
		},
		{
			name: "entry: no certificate",
			made: certified(attributes{}),
			at:   "attestation.x509.client_certificates", wrong: "Missing primary or secondary",
			remedy: "Terraform drops names that are misspelt",
		},
		{
			name: "entry: a path instead of a certificate",
			made: certified(attributes{"secondary": "x.pem"}),
			at:   "attestation.x509.client_certificates.secondary", wrong: "no PEM block in the text",
			remedy: "Give the text itself, which file",
		},
		{
			name: "entry: a chain instead of a certificate",
			made: of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return certified(attributes{"primary": w.NewDevice("dev").Certificate.PEM() + w.Intermediate.PEM()})
			}),
			at: "attestation.x509.client_certificates.primary", wrong: "There are 2 certificates",
			remedy: "leave the others out",
		},
		{
			name: "entry: a thumbprint of a certificate that DPS does not have",
			made: certified(attributes{"primary": "sha256:" + strings.Repeat("AB", 32)}),
			at:   "attestation.x509.client_certificates.primary", wrong: "holds no certificate",
			remedy: "Give the certificate itself, as PEM",
		},
		{
			name: "entry: the certificate of another device",
			made: of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return certified(attributes{"primary": w.NewDevice("other").Certificate.PEM()})
			}),
			at: "attestation.x509.client_certificates.primary", wrong: `common name is "other"`,
			remedy: "Give the certificate of this device",
		},
		{
			name: "entry: the same certificate twice",
			made: of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				pem := w.NewDevice("dev").Certificate.PEM()
				return certified(attributes{"primary": pem, "secondary": pem})
			}),
			at: "attestation.x509.client_certificates.secondary", wrong: "Both slots hold the certificate",
			remedy: "leave it out until there is one", warned: true,
		},
		{
			name: "entry: a key that is no base64",
			made: keys(attributes{"primary_key_wo": "hush!", "keys_wo_version": "1"}),
			at:   "attestation.symmetric_key.primary_key_wo", wrong: "It is not base64",
			remedy: "base64 (standard alphabet, with padding) of 16 to 64 bytes",
		},
		{
			name: "entry: a key that is too short",
			made: keys(attributes{"primary_key_wo": "aHVzaA==", "keys_wo_version": "1"}),
			at:   "attestation.symmetric_key.primary_key_wo", wrong: "It has 4 bytes",
			remedy: "of 16 to 64 bytes",
		},
		{
			name: "entry: a key without a version",
			made: keys(attributes{"primary_key_wo": key}),
			at:   "attestation.symmetric_key", wrong: "Keys need a version",
			remedy: "give keys_wo_version, such as 1",
		},
		{
			name: "entry: a version without a key",
			made: keys(attributes{"keys_wo_version": "1"}),
			at:   "attestation.symmetric_key.keys_wo_version", wrong: "no key that it could be the version of",
			remedy: "leave keys_wo_version out",
		},
		{
			name: "entry: an empty version of keys",
			made: keys(attributes{"primary_key_wo": key, "keys_wo_version": ""}),
			at:   "attestation.symmetric_key.keys_wo_version", wrong: "It is empty",
			remedy: "leave the attribute out",
		},
		{
			name: "entry: a text instead of a TPM's key",
			made: wrong(attributes{"attestation": attributes{"tpm": attributes{"endorsement_key": "no key"}}}),
			at:   "attestation.tpm.endorsement_key", wrong: "It is not base64",
			remedy: "in one line",
		},
		{
			name: "entry: static allocation without a hub",
			made: wrong(attributes{"allocation_policy": "static"}),
			at:   "iothub_hostnames", wrong: "which names 0",
			remedy: "Name one there",
		},
		{
			name: "entry: static allocation to two hubs",
			made: wrong(with(hubs("a.azure-devices.net", "b.azure-devices.net"), attributes{
				"allocation_policy": "static",
			})),
			at: "iothub_hostnames", wrong: "which names 2",
			remedy: "Name one there",
		},
		{
			name: "entry: an allocation that there is not",
			made: wrong(attributes{"allocation_policy": "hash"}),
			at:   "allocation_policy", wrong: "none of the values",
			remedy: `"hashed"`,
		},
		{
			name: "entry: custom allocation without a webhook",
			made: wrong(attributes{"allocation_policy": "custom"}),
			at:   "allocation_policy", wrong: "a webhook chooses the hub",
			remedy: "give custom_allocation",
		},
		{
			name: "entry: a webhook without custom allocation",
			made: wrong(attributes{
				"custom_allocation": attributes{"webhook_url": "https://f/a", "api_version": "2021-10-01"},
			}),
			at: "custom_allocation", wrong: "Webhook is never called",
			remedy: "leave custom_allocation out",
		},
		{
			name: "entry: a webhook over http",
			made: webhook("http://f/a?code=hush", "2021-10-01"),
			at:   "custom_allocation.webhook_url", wrong: "Its scheme is not https",
			remedy: "the scheme https",
		},
		{
			name: "entry: a webhook without a host",
			made: webhook("choose", "2021-10-01"),
			at:   "custom_allocation.webhook_url", wrong: "not an absolute URL",
			remedy: `such as "https://`,
		},
		{
			name: "entry: a version of the webhook that is none",
			made: webhook("https://f/a", "latest"),
			at:   "custom_allocation.api_version", wrong: "no version of DPS with webhooks",
			remedy: `such as "2021-10-01"`,
		},
		{
			name: "entry: a hub with a scheme",
			made: wrong(hubs("https://a.azure-devices.net")),
			at:   "iothub_hostnames", wrong: "It has a scheme",
			remedy: "give the host name alone",
		},
		{
			name: "entry: a connection string as a hub",
			made: wrong(hubs(connection)),
			at:   "iothub_hostnames", wrong: "looks like a connection string",
			remedy: "give the host name alone",
		},
		{
			name: "entry: a DPS instance as a hub",
			made: wrong(hubs("a.azure-devices-provisioning.net")),
			at:   "iothub_hostnames", wrong: "It is a DPS instance",
			remedy: "NAME.azure-devices.net",
		},
		{
			name: "entry: the ID scope as the DPS instance",
			made: wrong(attributes{"dps_hostname": "0ne00012345"}),
			at:   "dps_hostname", wrong: "It is the ID scope",
			remedy: "shows it as the service endpoint",
		},
		{
			name: "entry: the endpoint of devices as the DPS instance",
			made: wrong(attributes{"dps_hostname": "global.azure-devices-provisioning.net"}),
			at:   "dps_hostname", wrong: "It is the global endpoint",
			remedy: "shows it as the service endpoint",
		},
		{
			name: "entry: a hub as the DPS instance",
			made: wrong(attributes{"dps_hostname": "a.azure-devices.net"}),
			at:   "dps_hostname", wrong: "It is an IoT hub",
			remedy: "NAME.azure-devices-provisioning.net",
		},
		{
			name: "entry: tags that are no JSON",
			made: wrong(attributes{"initial_twin": attributes{"tags": "plant=Thale"}}),
			at:   "initial_twin.tags", wrong: "It is not valid JSON",
			remedy: "as jsonencode writes it",
		},
		{
			name: "entry: tags that are a list",
			made: wrong(attributes{"initial_twin": attributes{"tags": "[1]"}}),
			at:   "initial_twin.tags", wrong: "not an object",
			remedy: "as jsonencode writes it",
		},
		{
			name: "entry: a tag with a dot",
			made: wrong(attributes{"initial_twin": attributes{"tags": `{"a.b":1}`}}),
			at:   "initial_twin.tags", wrong: `The key "a.b" is not allowed`,
			remedy: `without "."`,
		},
		{
			name: "entry: a twin of which all names are misspelt",
			made: wrong(attributes{"initial_twin": attributes{}}),
			at:   "initial_twin", wrong: "It has neither tags nor desired_properties",
			remedy: "Terraform drops names that are misspelt", warned: true,
		},
		{
			name: "entry: a policy of which all names are misspelt",
			made: wrong(attributes{"reprovision_policy": attributes{}}),
			at:   "reprovision_policy", wrong: "It has neither update_hub_assignment nor",
			remedy: "Terraform drops names that are misspelt", warned: true,
		},
		{
			name: "entry: information that is no JSON",
			made: wrong(attributes{"optional_device_information": "installed"}),
			at:   "optional_device_information", wrong: "It is not valid JSON",
			remedy: "Give a JSON object",
		},
		{
			name: "entry: a policy of destroying that there is not",
			made: wrong(attributes{"on_destroy": "remove"}),
			at:   "on_destroy", wrong: "none of the values",
			remedy: `"delete", "disable", "keep" or "prevent"`,
		},
		{
			name: "entry: no DPS instance",
			made: in(func(w *acctest.World) { w.Setenv("AZUREIOT_DPS_CONNECTION_STRING", "") }, wrong(nil)),
			at:   "dps_hostname", wrong: "No DPS instance is configured",
			remedy: "Set dps_hostname",
		},
		{
			name: "entry: one that exists already",
			made: in(keyedEntry("dev"), func(w *acctest.World) acctest.Step {
				o := w.NewObject(entry)
				return o.Apply(o.Plan(o.Config(attributes{"registration_id": "dev", "attestation": keyed()})))
			}),
			at: "", wrong: "exists already",
			remedy: "import it",
		},
	}
}

// ofGroups are those with enrollment groups, besides those that both kinds have in common.
func ofGroups() []mistake {
	wrong := func(more attributes) func(*acctest.World) acctest.Step {
		return planned(group, with(attributes{"enrollment_group_id": "g", "attestation": keyed()}, more))
	}
	certified := func(slots attributes) func(*acctest.World) acctest.Step {
		return wrong(attributes{"attestation": attributes{"x509": attributes{"signing_certificates": slots}}})
	}
	return []mistake{
		{
			name: "group: a slash in the ID",
			made: wrong(attributes{"enrollment_group_id": "a/b"}),
			at:   "enrollment_group_id", wrong: "does not allow the character '/'",
			remedy: "letters, digits",
		},
		{
			name: "group: the certificate of a device instead of an authority",
			made: of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return certified(attributes{"primary": w.NewDevice("dev").Certificate.PEM()})
			}),
			at:     "attestation.x509.signing_certificates.primary",
			wrong:  "does not say that it is a certification authority",
			remedy: "Give the certificate of the authority", warned: true,
		},
		{
			name: "group: the same certificate twice",
			made: of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return certified(attributes{"primary": w.Intermediate.PEM(), "secondary": w.Intermediate.PEM()})
			}),
			at: "attestation.x509.signing_certificates.secondary", wrong: "Both slots hold the certificate",
			remedy: "leave it out until there is one", warned: true,
		},
		{
			name: "group: certificates and references",
			made: of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return wrong(attributes{"attestation": attributes{"x509": attributes{
					"signing_certificates": attributes{
						"primary": w.Intermediate.PEM(),
					}, "ca_references": attributes{"primary": "ca"},
				}}})
			}),
			at: "attestation.x509", wrong: "signing_certificates and ca_references are given",
			remedy: "Give exactly one of",
		},
		{
			name: "group: an empty reference",
			made: wrong(attributes{
				"attestation": attributes{"x509": attributes{"ca_references": attributes{"primary": ""}}},
			}),
			at: "attestation.x509.ca_references.primary", wrong: "It is empty",
			remedy: "leave the attribute out",
		},
		{
			name: "group: records of a group that stays",
			made: wrong(attributes{"delete_registrations_on_destroy": true, "on_destroy": "keep"}),
			at:   "delete_registrations_on_destroy", wrong: `on_destroy is "keep"`,
			remedy: "Leave one of the two out",
		},
	}
}
