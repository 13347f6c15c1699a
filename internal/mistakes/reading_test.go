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
		{
			name: "read: an enrollment that is not there",
			made: read(entry, attributes{"registration_id": "nobody"}),
			at:   "registration_id", wrong: `no individual enrollment "nobody"`,
			remedy: "Check the ID and the DPS instance",
		},
		{
			name: "read: a group that is not there",
			made: read(group, attributes{"enrollment_group_id": "nobody"}),
			at:   "enrollment_group_id", wrong: `no enrollment group "nobody"`,
			remedy: "Check the ID and the DPS instance",
		},
		{
			name: "read: groups of an attestation that there is not",
			made: read("azureiot_dps_enrollment_groups", attributes{"attestation": "tpm"}),
			at:   "attestation", wrong: "none of the values",
			remedy: `Give "x509" or "symmetricKey"`,
		},
		{
			name: "read: an identity that is not there",
			made: read(identity, attributes{"device_id": "nobody"}),
			at:   "device_id", wrong: `no device identity "nobody"`,
			remedy: "Letter case counts in device IDs; check the ID and the hub",
		},
		{
			name: "read: a record that is not there",
			made: read("azureiot_dps_registration", attributes{"registration_id": "nobody"}),
			at:   "registration_id", wrong: "has not tried to register",
			remedy: "Check the ID",
		},
		{
			name: "read: records of a status that there is not",
			made: read("azureiot_dps_registrations", attributes{"enrollment_group_id": "g", "status": "ok"}),
			at:   "status", wrong: "none of the values",
			remedy: `"assigned"`,
		},
		{
			name: "read: fewer records than none",
			made: read("azureiot_dps_registrations", attributes{"enrollment_group_id": "g", "limit": -1}),
			at:   "limit", wrong: "got: -1",
			remedy: "at least 0",
		},
		{
			name: "read: access of nobody",
			made: read(access, nil),
			at:   "registration_id", wrong: "Device is not named",
			remedy: "Give registration_id, certificate_pem or device_id",
		},
		{
			name: "read: access by a thumbprint and an ID",
			made: read(access, attributes{"thumbprint": strings.Repeat("AB", 20), "registration_id": "a"}),
			at:   "thumbprint", wrong: "registration_id is given too",
			remedy: "Leave one of them out",
		},
		{
			name: "read: access by a chain alone",
			made: of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return read(access, attributes{"registration_id": "a", "certificate_chain_pem": w.Intermediate.PEM()})
			}),
			at: "certificate_chain_pem", wrong: "stands above certificate_pem",
			remedy: "give certificate_pem too",
		},
		{
			name: "read: access by a thumbprint that is none",
			made: read(access, attributes{"thumbprint": "xyz"}),
			at:   "thumbprint", wrong: "It is not hexadecimal",
			remedy: "SHA-1 (40 digits)",
		},
		{
			name: "read: identities by half a condition",
			made: read(identities, attributes{"condition": "status ="}),
			at:   "condition", wrong: "the hub does not understand condition",
			remedy: "what follows WHERE",
		},
		{
			name: "read: identities by a tag with a space",
			made: read(identities, attributes{"tags": attributes{"a b": "x"}}),
			at:   "tags", wrong: "The path of a tag",
			remedy: `such as "location.plant"`,
		},
		{
			name: "read: enrollments that end before now",
			made: read("azureiot_dps_individual_enrollments", attributes{"certificate_expires_within_days": -3}),
			at:   "certificate_expires_within_days", wrong: "got: -3",
			remedy: "at least 0",
		},
		{
			name: "open: keys of a group with certificates",
			made: in(registered, opened("azureiot_dps_enrollment_group_keys", attributes{
				"enrollment_group_id": "factory",
			})),
			at: "enrollment_group_id", wrong: "There are no keys",
			remedy: "name one whose attestation is symmetric_key",
		},
		{
			name: "open: keys of an enrollment that is not there",
			made: opened("azureiot_dps_individual_enrollment_keys", attributes{"registration_id": "nobody"}),
			at:   "registration_id", wrong: `no individual enrollment "nobody"`,
			remedy: "pass its ID through a terraform_data resource",
		},
		{
			name: "open: a key of a group that is not there",
			made: opened("azureiot_dps_derived_device_key", attributes{
				"enrollment_group_id": "nobody", "registration_id": "a",
			}),
			at: "enrollment_group_id", wrong: `no enrollment group "nobody"`,
			remedy: "terraform_data",
		},
		{
			name: "open: a lifetime in words",
			made: opened("azureiot_iothub_device_credentials", attributes{
				"device_id": "a", "sas_token_lifetime": "1 day",
			}),
			at: "sas_token_lifetime", wrong: "It is not a duration",
			remedy: `such as "30m"`,
		},
		{
			name: "open: credentials of an identity that is not there",
			made: opened("azureiot_iothub_device_credentials", attributes{"device_id": "nobody"}),
			at:   "device_id", wrong: `no device identity "nobody"`,
			remedy: "Letter case counts in device IDs; check the ID and the hub",
		},
		{
			name: "list: an attestation that there is not",
			made: listed(group, attributes{"attestation": "certificate"}),
			at:   "attestation", wrong: "none of the values",
			remedy: `Give "x509" or "symmetricKey"`,
		},
		{
			name: "list: enrollments whose certificates end before now",
			made: listed(entry, attributes{"certificate_expires_within_days": -3}),
			at:   "certificate_expires_within_days", wrong: "got: -3",
			remedy: "at least 0",
		},
		{
			name: "list: a status that there is not",
			made: listed(identity, attributes{"status": "off"}),
			at:   "status", wrong: "none of the values",
			remedy: `Give "enabled" or "disabled"`,
		},
	}
}

// ofFunctions are those with functions.
func ofFunctions() []mistake {
	const info = "certificate_info"
	return []mistake{
		{
			name: "function: a path instead of a certificate",
			made: called(info, "sensor-1.pem"),
			at:   "pem", wrong: "no PEM block in the text",
			remedy: "Give the text itself, which file",
		},
		{
			name: "function: a chain instead of a certificate",
			made: of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return called(info, w.NewDevice("dev").Certificate.PEM()+w.Intermediate.PEM())
			}),
			at: "pem", wrong: "there are 2 certificates",
			remedy: "leave the others out",
		},
		{
			name: "function: a private key",
			made: of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return called(info, w.NewDevice("dev").Certificate.KeyPEM())
			}),
			at: "pem", wrong: "private key",
			remedy: "never put it here",
		},
		{
			name: "function: nothing",
			made: called(info, ""),
			at:   "pem", wrong: "the text is empty",
			remedy: "a certificate in PEM form is needed",
		},
		{
			name: "function: a certificate that is cut off",
			made: of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				pem := w.NewDevice("dev").Certificate.PEM()
				return called(info, pem[:len(pem)/2])
			}),
			at: "pem", wrong: "cannot be decoded",
			remedy: "its END line is missing",
		},
	}
}

// ofActions are those with actions.
func ofActions() []mistake {
	const rotate = "azureiot_dps_rotate_keys"
	return []mistake{
		{
			name: "action: keys of nothing",
			made: invoked(rotate, attributes{"key": "primary"}),
			at:   "registration_id", wrong: "Keys of no entry",
			remedy: "Give registration_id",
		},
		{
			name: "action: keys of two entries",
			made: invoked(rotate, attributes{"key": "primary", "registration_id": "a", "enrollment_group_id": "b"}),
			at:   "enrollment_group_id", wrong: "Both registration_id and enrollment_group_id",
			remedy: "use one for each",
		},
		{
			name: "action: both keys at once",
			made: invoked(rotate, attributes{"key": "both", "registration_id": "a"}),
			at:   "key", wrong: "none of the values",
			remedy: `Give "primary" or "secondary"`,
		},
		{
			name: "action: a key of an enrollment that is not there",
			made: invoked(rotate, attributes{"key": "primary", "registration_id": "nobody"}),
			at:   "registration_id", wrong: `no individual enrollment "nobody"`,
			remedy: "Check the ID and the DPS instance",
		},
		{
			name: "action: a key of an identity that is not there",
			made: invoked("azureiot_iothub_rotate_device_keys", attributes{"key": "primary", "device_id": "nobody"}),
			at:   "device_id", wrong: `no device identity "nobody"`,
			remedy: "Letter case counts in device IDs; check the ID and the hub",
		},
		{
			name: "action: records of an enabled group",
			made: in(registered, invoked("azureiot_dps_purge_registrations", attributes{
				"enrollment_group_id": "factory",
			})),
			at: "while_enabled", wrong: "would come back at once",
			remedy: "Disable the group first",
		},
		{
			name: "action: a record that is evidence",
			made: in(registered, invoked("azureiot_dps_delete_registration", attributes{"registration_id": "dev"})),
			at:   "delete_evidence", wrong: "only trace of where it is",
			remedy: "set delete_evidence = true",
		},
	}
}
