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
		{"entry: a space in the registration ID", wrong(attributes{"registration_id": "dev 1"}),
			refused("registration_id", "does not allow the character ' '", `letters, digits, "-"`)},
		{"entry: no registration ID", wrong(attributes{"registration_id": ""}),
			refused("registration_id", "It is empty", "has 1 to 128 characters")},
		{"entry: a registration ID that is too long", wrong(attributes{"registration_id": strings.Repeat("x", 129)}),
			refused("registration_id", "too long, with 129 characters", "1 to 128")},
		{"entry: a connection string as the registration ID", wrong(attributes{"registration_id": connection}),
			refused("registration_id", "looks like a connection string", "letters, digits")},
		{"entry: an umlaut in the device ID", wrong(attributes{"device_id": "gerät"}),
			refused("device_id", "does not allow the character 'ä'", "ASCII letters, digits and characters of")},
		{"entry: a status in capitals", wrong(attributes{"provisioning_status": "Enabled"}),
			refused("provisioning_status", "Letter case counts", `give "enabled"`)},
		{"entry: a status that there is not", wrong(attributes{"provisioning_status": "active"}),
			refused("provisioning_status", "none of the values", `Give "enabled" or "disabled"`)},
		{"entry: no attestation", wrong(attributes{"attestation": attributes{}}),
			refused("attestation", "Missing x509, tpm or symmetric_key", "Give exactly one of x509, tpm and symmetric_key")},
		{"entry: two attestations",
			wrong(attributes{"attestation": attributes{
				"symmetric_key": attributes{}, "tpm": attributes{"endorsement_key": "AAAA"},
			}}),
			refused("attestation", "tpm and symmetric_key are given", "Give exactly one of")},
		{"entry: no certificate", certified(attributes{}),
			refused("attestation.x509.client_certificates", "Missing primary or secondary",
				"Terraform drops names that are misspelt")},
		{"entry: a path instead of a certificate", certified(attributes{"secondary": "x.pem"}),
			refused("attestation.x509.client_certificates.secondary", "no PEM block in the text",
				"Give the text itself, which file")},
		{"entry: a chain instead of a certificate",
			of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return certified(attributes{"primary": w.NewDevice("dev").Certificate.PEM() + w.Intermediate.PEM()})
			}),
			refused("attestation.x509.client_certificates.primary", "There are 2 certificates", "leave the others out")},
		{"entry: a thumbprint of a certificate that DPS does not have",
			certified(attributes{"primary": "sha256:" + strings.Repeat("AB", 32)}),
			refused("attestation.x509.client_certificates.primary", "holds no certificate",
				"Give the certificate itself, as PEM")},
		{"entry: the certificate of another device",
			of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return certified(attributes{"primary": w.NewDevice("other").Certificate.PEM()})
			}),
			refused("attestation.x509.client_certificates.primary", `common name is "other"`,
				"Give the certificate of this device")},
		{"entry: the same certificate twice",
			of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				pem := w.NewDevice("dev").Certificate.PEM()
				return certified(attributes{"primary": pem, "secondary": pem})
			}),
			warned("attestation.x509.client_certificates.secondary", "Both slots hold the certificate",
				"leave it out until there is one")},
		{"entry: a key that is no base64", keys(attributes{"primary_key_wo": "hush!", "keys_wo_version": "1"}),
			refused("attestation.symmetric_key.primary_key_wo", "It is not base64",
				"base64 (standard alphabet, with padding) of 16 to 64 bytes")},
		{"entry: a key that is too short", keys(attributes{"primary_key_wo": "aHVzaA==", "keys_wo_version": "1"}),
			refused("attestation.symmetric_key.primary_key_wo", "It has 4 bytes", "of 16 to 64 bytes")},
		{"entry: a key without a version", keys(attributes{"primary_key_wo": key}),
			refused("attestation.symmetric_key", "Keys need a version", "give keys_wo_version, such as 1")},
		{"entry: a version without a key", keys(attributes{"keys_wo_version": "1"}),
			refused("attestation.symmetric_key.keys_wo_version", "no key that it could be the version of",
				"leave keys_wo_version out")},
		{"entry: an empty version of keys", keys(attributes{"primary_key_wo": key, "keys_wo_version": ""}),
			refused("attestation.symmetric_key.keys_wo_version", "It is empty", "leave the attribute out")},
		{"entry: a text instead of a TPM's key",
			wrong(attributes{"attestation": attributes{"tpm": attributes{"endorsement_key": "no key"}}}),
			refused("attestation.tpm.endorsement_key", "It is not base64", "in one line")},
		{"entry: static allocation without a hub", wrong(attributes{"allocation_policy": "static"}),
			refused("iothub_hostnames", "which names 0", "Name one there")},
		{"entry: static allocation to two hubs",
			wrong(with(hubs("a.azure-devices.net", "b.azure-devices.net"), attributes{
				"allocation_policy": "static",
			})),
			refused("iothub_hostnames", "which names 2", "Name one there")},
		{"entry: an allocation that there is not", wrong(attributes{"allocation_policy": "hash"}),
			refused("allocation_policy", "none of the values", `"hashed"`)},
		{"entry: custom allocation without a webhook", wrong(attributes{"allocation_policy": "custom"}),
			refused("allocation_policy", "a webhook chooses the hub", "give custom_allocation")},
		{"entry: a webhook without custom allocation",
			wrong(attributes{
				"custom_allocation": attributes{"webhook_url": "https://f/a", "api_version": "2021-10-01"},
			}),
			refused("custom_allocation", "Webhook is never called", "leave custom_allocation out")},
		{"entry: a webhook over http", webhook("http://f/a?code=hush", "2021-10-01"),
			refused("custom_allocation.webhook_url", "Its scheme is not https", "the scheme https")},
		{"entry: a webhook without a host", webhook("choose", "2021-10-01"),
			refused("custom_allocation.webhook_url", "not an absolute URL", `such as "https://`)},
		{"entry: a version of the webhook that is none", webhook("https://f/a", "latest"),
			refused("custom_allocation.api_version", "no version of DPS with webhooks", `such as "2021-10-01"`)},
		{"entry: a hub with a scheme", wrong(hubs("https://a.azure-devices.net")),
			refused("iothub_hostnames", "It has a scheme", "give the host name alone")},
		{"entry: a connection string as a hub", wrong(hubs(connection)),
			refused("iothub_hostnames", "looks like a connection string", "give the host name alone")},
		{"entry: a DPS instance as a hub", wrong(hubs("a.azure-devices-provisioning.net")),
			refused("iothub_hostnames", "It is a DPS instance", "NAME.azure-devices.net")},
		{"entry: the ID scope as the DPS instance", wrong(attributes{"dps_hostname": "0ne00012345"}),
			refused("dps_hostname", "It is the ID scope", "shows it as the service endpoint")},
		{"entry: the endpoint of devices as the DPS instance",
			wrong(attributes{"dps_hostname": "global.azure-devices-provisioning.net"}),
			refused("dps_hostname", "It is the global endpoint", "shows it as the service endpoint")},
		{"entry: a hub as the DPS instance", wrong(attributes{"dps_hostname": "a.azure-devices.net"}),
			refused("dps_hostname", "It is an IoT hub", "NAME.azure-devices-provisioning.net")},
		{"entry: tags that are no JSON", wrong(attributes{"initial_twin": attributes{"tags": "plant=Thale"}}),
			refused("initial_twin.tags", "It is not valid JSON", "as jsonencode writes it")},
		{"entry: tags that are a list", wrong(attributes{"initial_twin": attributes{"tags": "[1]"}}),
			refused("initial_twin.tags", "not an object", "as jsonencode writes it")},
		{"entry: a tag with a dot", wrong(attributes{"initial_twin": attributes{"tags": `{"a.b":1}`}}),
			refused("initial_twin.tags", `The key "a.b" is not allowed`, `without "."`)},
		{"entry: a twin of which all names are misspelt", wrong(attributes{"initial_twin": attributes{}}),
			warned("initial_twin", "It has neither tags nor desired_properties", "Terraform drops names that are misspelt")},
		{"entry: a policy of which all names are misspelt", wrong(attributes{"reprovision_policy": attributes{}}),
			warned("reprovision_policy", "It has neither update_hub_assignment nor", "Terraform drops names that are misspelt")},
		{"entry: information that is no JSON", wrong(attributes{"optional_device_information": "installed"}),
			refused("optional_device_information", "It is not valid JSON", "Give a JSON object")},
		{"entry: a policy of destroying that there is not", wrong(attributes{"on_destroy": "remove"}),
			refused("on_destroy", "none of the values", `"delete", "disable", "keep" or "prevent"`)},
		{"entry: no DPS instance",
			in(func(w *acctest.World) { w.Setenv("AZUREIOT_DPS_CONNECTION_STRING", "") }, wrong(nil)),
			refused("dps_hostname", "No DPS instance is configured", "Set dps_hostname")},
		{"entry: one that exists already",
			in(keyedEntry("dev"), func(w *acctest.World) acctest.Step {
				o := w.NewObject(entry)
				return o.Apply(o.Plan(o.Config(attributes{"registration_id": "dev", "attestation": keyed()})))
			}),
			refused("", "exists already", "import it")},
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
		{"group: a slash in the ID", wrong(attributes{"enrollment_group_id": "a/b"}),
			refused("enrollment_group_id", "does not allow the character '/'", "letters, digits")},
		{"group: the certificate of a device instead of an authority",
			of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return certified(attributes{"primary": w.NewDevice("dev").Certificate.PEM()})
			}),
			warned("attestation.x509.signing_certificates.primary", "does not say that it is a certification authority",
				"Give the certificate of the authority")},
		{"group: the same certificate twice",
			of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return certified(attributes{"primary": w.Intermediate.PEM(), "secondary": w.Intermediate.PEM()})
			}),
			warned("attestation.x509.signing_certificates.secondary", "Both slots hold the certificate",
				"leave it out until there is one")},
		{"group: certificates and references",
			of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return wrong(attributes{"attestation": attributes{"x509": attributes{
					"signing_certificates": attributes{
						"primary": w.Intermediate.PEM(),
					}, "ca_references": attributes{"primary": "ca"},
				}}})
			}),
			refused("attestation.x509", "signing_certificates and ca_references are given", "Give exactly one of")},
		{"group: an empty reference",
			wrong(attributes{
				"attestation": attributes{"x509": attributes{"ca_references": attributes{"primary": ""}}},
			}),
			refused("attestation.x509.ca_references.primary", "It is empty", "leave the attribute out")},
		{"group: records of a group that stays",
			wrong(attributes{"delete_registrations_on_destroy": true, "on_destroy": "keep"}),
			refused("delete_registrations_on_destroy", `on_destroy is "keep"`, "Leave one of the two out")},
	}
}
