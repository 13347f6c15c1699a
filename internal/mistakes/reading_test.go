// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mistakes

import (
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// ofReading are those with data sources, ephemeral resources and lists.
func ofReading() []mistake {
	const (
		access     = "azureiot_dps_device_access"
		identities = "azureiot_iothub_device_identities"
	)
	return []mistake{
		{"read: an enrollment that is not there", read(entry, attributes{"registration_id": "nobody"}),
			refused("registration_id", `no individual enrollment "nobody"`, "Check the ID and the DPS instance")},
		{"read: a group that is not there", read(group, attributes{"enrollment_group_id": "nobody"}),
			refused("enrollment_group_id", `no enrollment group "nobody"`, "Check the ID and the DPS instance")},
		{"read: groups of an attestation that there is not",
			read("azureiot_dps_enrollment_groups", attributes{"attestation": "tpm"}),
			refused("attestation", "none of the values", `Give "x509" or "symmetricKey"`)},
		{"read: an identity that is not there", read(identity, attributes{"device_id": "nobody"}),
			refused("device_id", `no device identity "nobody"`, "Letter case counts in device IDs; check the ID and the hub")},
		{"read: a record that is not there", read("azureiot_dps_registration", attributes{"registration_id": "nobody"}),
			refused("registration_id", "has not tried to register", "Check the ID")},
		{"read: records of a status that there is not",
			read("azureiot_dps_registrations", attributes{"enrollment_group_id": "g", "status": "ok"}),
			refused("status", "none of the values", `"assigned"`)},
		{"read: fewer records than none",
			read("azureiot_dps_registrations", attributes{"enrollment_group_id": "g", "limit": -1}),
			refused("limit", "got: -1", "at least 0")},
		{"read: access of nobody", read(access, nil),
			refused("registration_id", "Device is not named", "Give registration_id, certificate_pem or device_id")},
		{"read: access by a thumbprint and an ID",
			read(access, attributes{"thumbprint": strings.Repeat("AB", 20), "registration_id": "a"}),
			refused("thumbprint", "registration_id is given too", "Leave one of them out")},
		{"read: access by a chain alone",
			of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return read(access, attributes{"registration_id": "a", "certificate_chain_pem": w.Intermediate.PEM()})
			}),
			refused("certificate_chain_pem", "stands above certificate_pem", "give certificate_pem too")},
		{"read: access by a thumbprint that is none", read(access, attributes{"thumbprint": "xyz"}),
			refused("thumbprint", "It is not hexadecimal", "SHA-1 (40 digits)")},
		{"read: identities by half a condition", read(identities, attributes{"condition": "status ="}),
			refused("condition", "the hub does not understand condition", "what follows WHERE")},
		{"read: identities by a tag with a space", read(identities, attributes{"tags": attributes{"a b": "x"}}),
			refused("tags", "The path of a tag", `such as "location.plant"`)},
		{"read: enrollments that end before now",
			read("azureiot_dps_individual_enrollments", attributes{"certificate_expires_within_days": -3}),
			refused("certificate_expires_within_days", "got: -3", "at least 0")},
		{"open: keys of a group with certificates",
			in(registered, opened("azureiot_dps_enrollment_group_keys", attributes{
				"enrollment_group_id": "factory",
			})),
			refused("enrollment_group_id", "There are no keys", "name one whose attestation is symmetric_key")},
		{"open: keys of an enrollment that is not there",
			opened("azureiot_dps_individual_enrollment_keys", attributes{"registration_id": "nobody"}),
			refused("registration_id", `no individual enrollment "nobody"`, "pass its ID through a terraform_data resource")},
		{"open: a key of a group that is not there",
			opened("azureiot_dps_derived_device_key", attributes{
				"enrollment_group_id": "nobody", "registration_id": "a",
			}),
			refused("enrollment_group_id", `no enrollment group "nobody"`, "terraform_data")},
		{"open: a lifetime in words",
			opened("azureiot_iothub_device_credentials", attributes{
				"device_id": "a", "sas_token_lifetime": "1 day",
			}),
			refused("sas_token_lifetime", "It is not a duration", `such as "30m"`)},
		{"open: credentials of an identity that is not there",
			opened("azureiot_iothub_device_credentials", attributes{"device_id": "nobody"}),
			refused("device_id", `no device identity "nobody"`, "Letter case counts in device IDs; check the ID and the hub")},
		{"list: an attestation that there is not", listed(group, attributes{"attestation": "certificate"}),
			refused("attestation", "none of the values", `Give "x509" or "symmetricKey"`)},
		{"list: enrollments whose certificates end before now",
			listed(entry, attributes{"certificate_expires_within_days": -3}),
			refused("certificate_expires_within_days", "got: -3", "at least 0")},
		{"list: a status that there is not", listed(identity, attributes{"status": "off"}),
			refused("status", "none of the values", `Give "enabled" or "disabled"`)},
	}
}

// ofFunctions are those with functions.
func ofFunctions() []mistake {
	const info = "certificate_info"
	return []mistake{
		{"function: a path instead of a certificate", called(info, "sensor-1.pem"),
			refused("pem", "no PEM block in the text", "Give the text itself, which file")},
		{"function: a chain instead of a certificate",
			of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return called(info, w.NewDevice("dev").Certificate.PEM()+w.Intermediate.PEM())
			}),
			refused("pem", "there are 2 certificates", "leave the others out")},
		{"function: a private key",
			of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return called(info, w.NewDevice("dev").Certificate.KeyPEM())
			}),
			refused("pem", "private key", "never put it here")},
		{"function: nothing", called(info, ""),
			refused("pem", "the text is empty", "a certificate in PEM form is needed")},
		{"function: a certificate that is cut off",
			of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				pem := w.NewDevice("dev").Certificate.PEM()
				return called(info, pem[:len(pem)/2])
			}),
			refused("pem", "cannot be decoded", "its END line is missing")},
	}
}

// ofActions are those with actions.
func ofActions() []mistake {
	const rotate = "azureiot_dps_rotate_keys"
	return []mistake{
		{"action: keys of nothing", invoked(rotate, attributes{"key": "primary"}),
			refused("registration_id", "Keys of no entry", "Give registration_id")},
		{"action: keys of two entries",
			invoked(rotate, attributes{"key": "primary", "registration_id": "a", "enrollment_group_id": "b"}),
			refused("enrollment_group_id", "Both registration_id and enrollment_group_id", "use one for each")},
		{"action: both keys at once", invoked(rotate, attributes{"key": "both", "registration_id": "a"}),
			refused("key", "none of the values", `Give "primary" or "secondary"`)},
		{"action: a key of an enrollment that is not there",
			invoked(rotate, attributes{"key": "primary", "registration_id": "nobody"}),
			refused("registration_id", `no individual enrollment "nobody"`, "Check the ID and the DPS instance")},
		{"action: a key of an identity that is not there",
			invoked("azureiot_iothub_rotate_device_keys", attributes{"key": "primary", "device_id": "nobody"}),
			refused("device_id", `no device identity "nobody"`, "Letter case counts in device IDs; check the ID and the hub")},
		{"action: records of an enabled group",
			in(registered, invoked("azureiot_dps_purge_registrations", attributes{
				"enrollment_group_id": "factory",
			})),
			refused("while_enabled", "would come back at once", "Disable the group first")},
		{"action: a record that is evidence",
			in(registered, invoked("azureiot_dps_delete_registration", attributes{"registration_id": "dev"})),
			refused("delete_evidence", "only trace of where it is", "set delete_evidence = true")},
	}
}
