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
		{"block: restored before there was a block", wrong(attributes{"desired_access": "restored"}),
			refused("desired_access", "has changed nothing yet", `Create it with desired_access = "blocked"`)},
		{"block: an access that there is not", wrong(attributes{"desired_access": "denied"}),
			refused("desired_access", "none of the values", `Give "blocked" or "restored"`)},
		{"block: a chain without a certificate",
			of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return wrong(attributes{"certificate_chain_pem": w.Intermediate.PEM()})
			}),
			refused("certificate_chain_pem", "stands above certificate_pem", "give certificate_pem too")},
		{"block: the certificate of another device",
			of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return wrong(attributes{"certificate_pem": w.NewDevice("other").Certificate.PEM()})
			}),
			refused("certificate_pem", `common name is "other"`, "Give the certificate of this device")},
		{"block: a chain that begins at its end",
			of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return wrong(attributes{
					"certificate_pem":       w.NewDevice("dev").Certificate.PEM(),
					"certificate_chain_pem": w.Root.PEM() + w.Intermediate.PEM(),
				})
			}),
			refused("certificate_chain_pem", "did not issue the device's certificate", "begins with the issuer")},
		{"block: a private key as the certificate",
			of(func(w *acctest.World) func(*acctest.World) acctest.Step {
				return wrong(attributes{"certificate_pem": w.NewDevice("dev").Certificate.KeyPEM()})
			}),
			refused("certificate_pem", "private key", "never put it here")},
		{"block: an enrollment action that there is not", wrong(attributes{"enrollment_action": "remove"}),
			refused("enrollment_action", "none of the values", `Give "disable" or "delete"`)},
		{"block: a hub action that there is not", wrong(attributes{"hub_identity_action": "block"}),
			refused("hub_identity_action", "none of the values", `Give "disable", "delete" or "keep"`)},
		{"block: deleting an entry beside a group that lets the device in",
			in(registered, wrong(attributes{"enrollment_action": "delete"})),
			refused("enrollment_action", "could be let in by: factory", `Use enrollment_action = "disable"`)},
		{"block: the name in the hub as the registration ID",
			in(keyedEntry("other"), wrong(attributes{"registration_id": "Device-other"})),
			refused("registration_id", `the individual enrollment "other" has it as its device ID`,
				`Use registration_id = "other"`)},
		{"block: a device that nobody knows", wrong(attributes{"registration_id": "d0v"}),
			warned("", "Device is not known", "Check the spelling")},
		{"block: a path as a hub", wrong(attributes{"additional_iothub_hostnames": []string{"a.azure-devices.net/x"}}),
			refused("additional_iothub_hostnames", "It has a path", "give the host name alone")},
		{"block of a group: a group that is not there", planned(groupDisallow, attributes{"enrollment_group_id": "nobody"}),
			warned("", "no enrollment group", "Check the spelling")},
		{"block of a group: a time in words", group(attributes{"timeouts": attributes{"create": "5 minutes"}}),
			refused("timeouts.create", "It is not a duration", `such as "30m"`)},
		{"block of a group: a time that is too short", group(attributes{"timeouts": attributes{"update": "1s"}}),
			refused("timeouts.update", "1s is too short", "from 1m0s to 24h0m0s")},
		{"block of a group: restored before there was a block",
			in(registered, group(attributes{"desired_access": "restored"})),
			refused("desired_access", "has changed nothing yet", "Create it with")},
		{"block of a group: a reason that is too long", group(attributes{"reason": strings.Repeat("x", 128)}),
			refused("reason", "It has 128 characters", "1 to 108 characters")},
	}
}
