// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance_test

import (
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// regenerate is a path of the version that brought it.
const regenerate = "/devices/keys/regenerate?api-version=2024-03-31"

func hubUnknowns() []unknown {
	const thumbprint = `,"authentication":{"type":"selfSigned","x509Thumbprint":{"primaryThumbprint":` +
		`"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}`
	return []unknown{
		{
			asks:   "how is the creation of a device identity answered",
			chosen: "200", other: "201",
			switched: "Hub.CreateIs201", on: func(c *emulator.Choices) { c.Hub.CreateIs201 = true },
			ask: func(i *instance) string { return i.putDevice("").code() },
		},
		{
			asks:   "may a device identity be deleted without If-Match",
			chosen: "412", other: "204",
			switched: "Hub.DeleteWithoutIfMatch", on: func(c *emulator.Choices) { c.Hub.DeleteWithoutIfMatch = true },
			ask: func(i *instance) string {
				i.putDevice("").want(200)
				return i.onHub("DELETE", "/devices/"+i.id, "").code()
			},
		},
		{
			asks:   "how is a delete without If-Match answered when there is no device identity",
			chosen: "412", other: "404",
			switched: "Hub.MissingBeforeETagMissing", on: func(c *emulator.Choices) { c.Hub.MissingBeforeETagMissing = true },
			ask: func(i *instance) string { return i.onHub("DELETE", "/devices/"+i.id, "").code() },
		},
		{
			asks:   "how is an update with an entity tag answered when there is no device identity",
			chosen: "404", other: "412",
			switched: "Hub.StaleETagOnMissingIs412", on: func(c *emulator.Choices) { c.Hub.StaleETagOnMissingIs412 = true },
			ask: func(i *instance) string {
				body := `{"deviceId":"` + i.id + `","status":"enabled"}`
				return i.onHub("PUT", "/devices/"+i.id, body, "If-Match", `"MTIzNDU2Nzg5"`).code()
			},
		},
		{
			asks:   "what may a shared access policy ask about modules of a device that does not exist",
			chosen: "401", other: "404",
			switched: "Hub.ModulesIgnoreDeviceState", on: func(c *emulator.Choices) { c.Hub.ModulesIgnoreDeviceState = true },
			ask: func(i *instance) string { return i.onHub("GET", "/devices/"+i.id+"/modules/m", "").code() },
		},
		{
			asks:   "is the fault of a missing twin nested in another",
			chosen: "nested", other: "plain",
			switched: "Hub.PlainTwinErrors", on: func(c *emulator.Choices) { c.Hub.PlainTwinErrors = true },
			ask: func(i *instance) string {
				if strings.HasPrefix(i.onHub("GET", "/twins/"+i.id, "").want(404).member("Message"), "ErrorCode:") {
					return "plain"
				}
				return "nested"
			},
		},
		{
			asks:   "is the code of a failed bulk item a number",
			chosen: "409001", other: "DeviceAlreadyExists",
			switched: "Hub.BulkErrorNames", on: func(c *emulator.Choices) { c.Hub.BulkErrorNames = true },
			ask: func(i *instance) string {
				i.putDevice("").want(200)
				r := i.onHub("POST", "/devices", `[{"id":"`+i.id+`","importMode":"create"}]`)
				return r.want(400).member("errors", 0, "errorCode")
			},
		},
		{
			asks:   "how are the set thumbprints of a twin spelled",
			chosen: "PrimaryThumbprint", other: "primaryThumbprint",
			switched: "Hub.LowerCaseTwinThumbprints", on: func(c *emulator.Choices) { c.Hub.LowerCaseTwinThumbprints = true },
			ask: func(i *instance) string {
				i.putDevice(thumbprint).want(200)
				twin := i.onHub("GET", "/twins/"+i.id, "").want(200)
				for _, name := range []string{"PrimaryThumbprint", "primaryThumbprint"} {
					if twin.member("x509Thumbprint", name) != "absent" {
						return name
					}
				}
				return "neither"
			},
		},
		{
			asks:   "has a twin a model ID",
			chosen: "absent", other: "",
			switched: "Hub.TwinModelID", on: func(c *emulator.Choices) { c.Hub.TwinModelID = true },
			ask: func(i *instance) string {
				i.putDevice("").want(200)
				return i.onHub("GET", "/twins/"+i.id, "").want(200).member("modelId")
			},
		},
		{
			asks:   "how is a disabled device turned away",
			chosen: "401", other: "403",
			switched: "Hub.DisabledDeviceIs403", on: func(c *emulator.Choices) { c.Hub.DisabledDeviceIs403 = true },
			ask: func(i *instance) string {
				key := i.putDevice(`,"status":"disabled"`).want(200).member("authentication", "symmetricKey", "primaryKey")
				token := i.signature(i.hub.host+"/devices/"+i.id, "", key)
				return i.call(i.hub.host, token, "POST", "/devices/"+i.id+"/messages/events?api-version=2021-04-12", "x").code()
			},
		},
		{
			asks:   "is a device without keys named when keys are regenerated",
			chosen: "absent", other: "named",
			switched: "Hub.RegenerateReportsNonSAS", on: func(c *emulator.Choices) { c.Hub.RegenerateReportsNonSAS = true },
			ask: func(i *instance) string {
				i.putDevice(thumbprint).want(200)
				r := i.onHub("POST", regenerate, `{"policyKey":"both","devices":[{"id":"`+i.id+`"}]}`)
				if r.member("errors", 0, "id") == i.id {
					return "named"
				}
				return r.member("errors", 0, "id")
			},
		},
	}
}
