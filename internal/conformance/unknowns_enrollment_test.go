// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance_test

import "github.com/azureiot/terraform-provider-azureiot/internal/emulator"

// An entity tag of the service's kind that no record has.
const staleETag = "IjAwMDAwMDAwLTAwMDAtMDgwMC0wMDAwLTAwMDAwMDAwMDAwMCI="

func enrollmentUnknowns() []unknown {
	return []unknown{
		{
			asks:   "what is the status of an enrollment that was written without one",
			chosen: "enabled", other: "absent",
			switched: "OmittedStatusStaysAbsent", on: func(c *emulator.Choices) { c.OmittedStatusStaysAbsent = true },
			ask: func(i *instance) string {
				i.putEntry("").want(200)
				return i.onDPS("GET", "/enrollments/"+i.id, "").want(200).member("provisioningStatus")
			},
		},
		{
			asks:   "what becomes of symmetric keys when an update leaves them out",
			chosen: "kept", other: "new keys",
			switched: "NewKeysOnUpdate", on: func(c *emulator.Choices) { c.NewKeysOnUpdate = true },
			ask: func(i *instance) string {
				before := i.putEntry("").want(200).member("attestation", "symmetricKey", "primaryKey")
				after := i.onDPS("PUT", "/enrollments/"+i.id, i.entry(i.id, ""), "If-Match", "*").want(200)
				if after.member("attestation", "symmetricKey", "primaryKey") == before {
					return "kept"
				}
				return "new keys"
			},
		},
		{
			asks:   "how is an update with an entity tag answered when there is no entry",
			chosen: "412", other: "404",
			switched: "MissingEntryIs404", on: func(c *emulator.Choices) { c.MissingEntryIs404 = true },
			ask: func(i *instance) string {
				return i.onDPS("PUT", "/enrollments/"+i.id, i.entry(i.id, ""), "If-Match", staleETag).code()
			},
		},
		{
			asks: "how is an update of anything answered when there is no entry", chosen: "404",
			ask: func(i *instance) string {
				i.Cleanup(func() { i.onDPS("DELETE", "/enrollments/"+i.id, "") })
				return i.onDPS("PUT", "/enrollments/"+i.id, i.entry(i.id, ""), "If-Match", "*").code()
			},
		},
		{
			asks: "how is a delete with an entity tag answered when there is no entry", chosen: "404",
			ask: func(i *instance) string {
				return i.onDPS("DELETE", "/enrollments/"+i.id, "", "If-Match", staleETag).code()
			},
		},
		{
			asks:   "which defaults does the service fill in",
			chosen: "absent absent", other: "false true",
			switched: "FillDefaults", on: func(c *emulator.Choices) { c.FillDefaults = true },
			ask: func(i *instance) string {
				r := i.putEntry("").want(200)
				return r.member("capabilities", "iotEdge") + " " + r.member("reprovisionPolicy", "migrateDeviceData")
			},
		},
		{
			asks:   "may the attestation of an enrollment become another",
			chosen: "200", other: "400",
			switched: "RefuseAttestationChange", on: func(c *emulator.Choices) { c.RefuseAttestationChange = true },
			ask: func(i *instance) string {
				i.putEntry("").want(200)
				const tpm = `,"attestation":{"type":"tpm","tpm":{"endorsementKey":"AToAAQALAAMAsgAgg3GXZ0SEs/gakMyNRqXX"}}}`
				return i.onDPS("PUT", "/enrollments/"+i.id, `{"registrationId":"`+i.id+`"`+tpm, "If-Match", "*").code()
			},
		},
		{
			asks:   "what does a bulk update do without an entity tag",
			chosen: "409201", other: "absent",
			switched: "BulkUpdateOverwrites", on: func(c *emulator.Choices) { c.BulkUpdateOverwrites = true },
			ask: func(i *instance) string {
				i.putEntry("").want(200)
				r := i.onDPS("POST", "/enrollments", `{"mode":"update","enrollments":[`+i.entry(i.id, "")+`]}`)
				return r.want(200).member("errors", 0, "errorCode")
			},
		},
		{
			asks:   "what are the registrations of a group that does not exist",
			chosen: "200", other: "404",
			switched: "UnknownGroupIs404", on: func(c *emulator.Choices) { c.UnknownGroupIs404 = true },
			ask: func(i *instance) string {
				return i.onDPS("POST", "/registrations/"+i.id+"/query", `{"query":"*"}`).code()
			},
		},
		{
			asks:   "what becomes of a member that this version of the service does not know",
			chosen: "absent", other: "kept",
			switched: "KeepUnknownMembers", on: func(c *emulator.Choices) { c.KeepUnknownMembers = true },
			ask: func(i *instance) string {
				i.putEntry(`,"conformance":"kept"`).want(200)
				return i.onDPS("GET", "/enrollments/"+i.id, "").want(200).member("conformance")
			},
		},
		{
			asks: "how is an ID spelled that is asked for in another case", chosen: "as it was made",
			ask: func(i *instance) string {
				i.putEntry("").want(200)
				r := i.onDPS("GET", "/enrollments/c"+i.id[1:], "")
				if r.status != 200 {
					return r.code()
				}
				if r.member("registrationId") == i.id {
					return "as it was made"
				}
				return "otherwise"
			},
		},
	}
}
