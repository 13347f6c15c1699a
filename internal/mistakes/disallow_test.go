// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mistakes

import (
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// ofDisallows are those with blocks of devices and of groups.
func ofDisallows() []mistake {
	wrong := func(more attributes) func(*acctest.World) acctest.Step {
		return planned(disallow, with(attributes{"registration_id": "dev"}, more))
	}
	group := func(more attributes) func(*acctest.World) acctest.Step {
		return planned(groupDisallow, with(attributes{"enrollment_group_id": "factory"}, more))
	}
	return []mistake{
		{
			name: "block: restored before there was a block",
			made: wrong(attributes{"desired_access": "restored"}),
			at:   "desired_access", wrong: "has changed nothing yet",
			remedy: `Create it with desired_access = "blocked"`,
		},
		{
			name: "block: an access that there is not",
			made: wrong(attributes{"desired_access": "denied"}),
			at:   "desired_access", wrong: "none of the values",
			remedy: `Give "blocked" or "restored"`,
		},
		{
			name: "block: a chain without a certificate",
			made: of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return wrong(attributes{"certificate_chain_pem": w.Intermediate.PEM()})
			}),
			at: "certificate_chain_pem", wrong: "stands above certificate_pem",
			remedy: "give certificate_pem too",
		},
		{
			name: "block: the certificate of another device",
			made: of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return wrong(attributes{"certificate_pem": w.NewDevice("other").Certificate.PEM()})
			}),
			at: "certificate_pem", wrong: `common name is "other"`,
			remedy: "Give the certificate of this device",
		},
		{
			name: "block: a chain that begins at its end",
			made: of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return wrong(attributes{
					"certificate_pem":       w.NewDevice("dev").Certificate.PEM(),
					"certificate_chain_pem": w.Root.PEM() + w.Intermediate.PEM(),
				})
			}),
			at: "certificate_chain_pem", wrong: "did not issue the device's certificate",
			remedy: "begins with the issuer",
		},
		{
			name: "block: a private key as the certificate",
			made: of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return wrong(attributes{"certificate_pem": w.NewDevice("dev").Certificate.KeyPEM()})
			}),
			at: "certificate_pem", wrong: "private key",
			remedy: "never put it here",
		},
		{
			name: "block: an enrollment action that there is not",
			made: wrong(attributes{"enrollment_action": "remove"}),
			at:   "enrollment_action", wrong: "none of the values",
			remedy: `Give "disable" or "delete"`,
		},
		{
			name: "block: a hub action that there is not",
			made: wrong(attributes{"hub_identity_action": "block"}),
			at:   "hub_identity_action", wrong: "none of the values",
			remedy: `Give "disable", "delete" or "keep"`,
		},
		{
			name: "block: deleting an entry beside a group that lets the device in",
			made: in(registered, wrong(attributes{"enrollment_action": "delete"})),
			at:   "enrollment_action", wrong: "could be let in by: factory",
			remedy: `Use enrollment_action = "disable"`,
		},
		{
			name: "block: the name in the hub as the registration ID",
			made: in(keyedEntry("other"), wrong(attributes{"registration_id": "Device-other"})),
			at:   "registration_id", wrong: `the individual enrollment "other" has it as its device ID`,
			remedy: `Use registration_id = "other"`,
		},
		{
			name: "block: a device that nobody knows",
			made: wrong(attributes{"registration_id": "d0v"}),
			at:   "", wrong: "Device is not known",
			remedy: "Check the spelling", warned: true,
		},
		{
			name: "block: a path as a hub",
			made: wrong(attributes{"additional_iothub_hostnames": []string{"a.azure-devices.net/x"}}),
			at:   "additional_iothub_hostnames", wrong: "It has a path",
			remedy: "give the host name alone",
		},
		{
			name: "block of a group: a group that is not there",
			made: planned(groupDisallow, attributes{"enrollment_group_id": "nobody"}),
			at:   "", wrong: "no enrollment group",
			remedy: "Check the spelling", warned: true,
		},
		{
			name: "block of a group: a time in words",
			made: group(attributes{"timeouts": attributes{"create": "5 minutes"}}),
			at:   "timeouts.create", wrong: "It is not a duration",
			remedy: `such as "30m"`,
		},
		{
			name: "block of a group: a time that is too short",
			made: group(attributes{"timeouts": attributes{"update": "1s"}}),
			at:   "timeouts.update", wrong: "1s is too short",
			remedy: "from 1m0s to 24h0m0s",
		},
		{
			name: "block of a group: restored before there was a block",
			made: in(registered, group(attributes{"desired_access": "restored"})),
			at:   "desired_access", wrong: "has changed nothing yet",
			remedy: "Create it with",
		},
		{
			name: "block of a group: a reason that is too long",
			made: group(attributes{"reason": strings.Repeat("x", 128)}),
			at:   "reason", wrong: "It has 128 characters",
			remedy: "1 to 108 characters",
		},
	}
}
