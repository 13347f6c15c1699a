// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance_test

import (
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// registerEntry makes an individual enrollment and registers its device with the entry's key.
func (i *instance) registerEntry() reply {
	i.Helper()
	key := i.putEntry("").want(200).member("attestation", "symmetricKey", "primaryKey")
	return i.register(i.id, key).want(200)
}

// derived is the key of a device of a group whose PUT answered r.
func (r reply) derived(registrationID string) string {
	r.Helper()
	key, err := sas.DeriveDeviceKey(r.want(200).member("attestation", "symmetricKey", "primaryKey"), registrationID)
	must(r.T, err)
	return key
}

func deviceUnknowns() []unknown {
	return []unknown{
		{
			asks:   "does a registration record go with its individual enrollment",
			chosen: "404", other: "200",
			switched: "DeleteKeepsRecord", on: func(c *emulator.Choices) { c.DeleteKeepsRecord = true },
			ask: func(i *instance) string {
				i.registerEntry()
				i.onDPS("DELETE", "/enrollments/"+i.id, "").want(204)
				return i.onDPS("GET", "/registrations/"+i.id, "").code()
			},
		},
		{
			asks:   "is a device told which group admitted it",
			chosen: "false", other: "true",
			switched: "DetailedResults", on: func(c *emulator.Choices) { c.DetailedResults = true },
			ask: func(i *instance) string {
				r := i.register(i.id, i.putGroup().derived(i.id)).want(200)
				if r.member("registrationState", "symmetricKey", "enrollmentGroupId") == i.id {
					return "true"
				}
				return "false"
			},
		},
		{
			asks:   "from which spelling of its ID is a device's key derived",
			chosen: "the device's", other: "lower case",
			switched: "LowerCaseDerivation", on: func(c *emulator.Choices) { c.LowerCaseDerivation = true },
			ask: func(i *instance) string {
				group := i.putGroup()
				if i.register(i.id, group.derived(i.id)).status == 200 {
					return "the device's"
				}
				i.register(i.id, group.derived(strings.ToLower(i.id))).want(200)
				return "lower case"
			},
		},
		{
			asks:   "what is a device told whose disabled enrollment has another key, when its group would admit it",
			chosen: "401", other: "disabled",
			switched: "DisabledWithoutProof", on: func(c *emulator.Choices) { c.DisabledWithoutProof = true },
			ask: func(i *instance) string {
				key := i.putGroup().derived(i.id)
				i.putEntry(`,"provisioningStatus":"disabled"`).want(200)
				r := i.register(i.id, key)
				if r.status != 200 {
					return r.code()
				}
				return r.member("status")
			},
		},
		{
			asks:   "does registering enable a disabled device identity again",
			chosen: "disabled", other: "enabled",
			switched: "Hub.ProvisioningEnables", on: func(c *emulator.Choices) { c.Hub.ProvisioningEnables = true },
			ask: func(i *instance) string {
				key := i.putEntry("").want(200).member("attestation", "symmetricKey", "primaryKey")
				i.register(i.id, key).want(200)
				i.onHub("PUT", "/devices/"+i.id, `{"deviceId":"`+i.id+`","status":"disabled"}`, "If-Match", "*").want(200)
				i.register(i.id, key).want(200)
				return i.onHub("GET", "/devices/"+i.id, "").want(200).member("status")
			},
		},
	}
}
