// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance_test

import (
	"encoding/json"
	"path"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/wiretest"
)

// Bodies that the services accepted are accepted here, and come back with what was sent.
func TestEmulator_acceptsTheRequestsOfTheCorpus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		folder, path, id string
		on               func(*instance) func(method, path, body string, headers ...string) reply
	}{
		{"dps/individual_enrollment_requests", "/enrollments/", "registrationId", onDPS},
		{"dps/enrollment_group_requests", "/enrollmentGroups/", "enrollmentGroupId", onDPS},
		{"iothub/device_requests", "/devices/", "deviceId", onHub},
	} {
		documents, err := wiretest.Documents(c.folder)
		must(t, err)
		for _, document := range documents {
			t.Run(document.Name, func(t *testing.T) {
				t.Parallel()
				var sent map[string]any
				must(t, json.Unmarshal(document.Body, &sent))
				if hubs, named := sent["iotHubs"]; named {
					t.Logf("without the hubs %v, which this instance has not", hubs)
					delete(sent, "iotHubs")
				}
				body, err := json.Marshal(sent)
				must(t, err)
				id, _ := sent[c.id].(string)
				i := emulated(t, emulator.Choices{})
				made := c.on(i)("PUT", c.path+id, string(body)).want(200)
				if made.member(c.id) != id || made.member("etag") == "absent" {
					t.Errorf("%s is answered %s", path.Base(document.Name), made.body)
				}
			})
		}
	}
}

func onDPS(i *instance) func(method, path, body string, headers ...string) reply { return i.onDPS }
func onHub(i *instance) func(method, path, body string, headers ...string) reply { return i.onHub }

// step is one recorded request and the status that the real service answered, or, where no answer was recorded, must
// answer for the client to work.
type step struct {
	onHub              bool
	method, path, body string
	headers            []string
	status             int
}

// The Azure CLI 2.45 with its azure-iot extension 0.23.1: content types on calls without a body, If-Match always,
// entity tags without quotes, and a query that is the text of a Python object.
func TestEmulator_servesTheCallsOfTheAzureCLI(t *testing.T) {
	t.Parallel()
	i := emulated(t, emulator.Choices{})
	common := []string{
		"Accept", "application/json", "Accept-Encoding", "gzip, deflate", "accept-language", "en-US",
		"x-ms-client-request-id", "5c1c4a6e-8b0c-11ee-a7e4-0242ac120002",
	}
	with := func(headers ...string) []string { return append(headers, common...) }
	const (
		entry = `{"registrationId":"cli-1","attestation":{"type":"symmetricKey","symmetricKey":{}},` +
			`"capabilities":{"iotEdge":false},"initialTwin":{"tags":{},"properties":{"desired":{}}},` +
			`"optionalDeviceInformation":{},"provisioningStatus":"enabled","reprovisionPolicy":` +
			`{"migrateDeviceData":true,"updateHubAssignment":true}}`
		group  = `{"enrollmentGroupId":"cli-g","attestation":{"type":"symmetricKey","symmetricKey":{}}}`
		query  = `{"query":"{'additional_properties': {}, 'query': 'SELECT *'}"}`
		device = `{"deviceId":"cli-d","status":"enabled","authentication":{"type":"sas","symmetricKey":` +
			`{"primaryKey":null,"secondaryKey":null}},"capabilities":{"iotEdge":false}}`
	)
	made := i.onDPS("PUT", "/enrollments/cli-1", entry, common...).want(200)
	for _, s := range []step{
		{method: "GET", path: "/enrollments/cli-1", status: 200},
		{method: "POST", path: "/enrollments/cli-1/attestationmechanism", status: 200},
		{method: "PUT", path: "/enrollments/cli-1", body: entry, headers: with("If-Match", made.member("etag")), status: 200},
		{method: "PUT", path: "/enrollments/cli-1", body: entry, headers: with("If-Match", made.member("etag")), status: 412},
		{method: "PUT", path: "/enrollments/cli-1", body: entry, headers: with("If-Match", "*"), status: 200},
		{method: "PUT", path: "/enrollmentGroups/cli-g", body: group, status: 200},
		{method: "POST", path: "/enrollmentGroups/cli-g/attestationmechanism", status: 200},
		{method: "POST", path: "/enrollments/query", body: query, headers: with("x-ms-max-item-count", "100"), status: 200},
		{method: "POST", path: "/enrollmentGroups/query", body: query, status: 200},
		{method: "POST", path: "/registrations/cli-g/query", headers: with("x-ms-max-item-count", "1"), status: 200},
		{method: "GET", path: "/registrations/cli-1", status: 404},
		{method: "DELETE", path: "/registrations/cli-1", headers: with("If-Match", "*"), status: 404},
		{method: "DELETE", path: "/enrollments/cli-1", headers: with("If-Match", "*"), status: 204},
		{method: "DELETE", path: "/enrollmentGroups/cli-g", headers: with("If-Match", "*"), status: 204},
		{onHub: true, method: "PUT", path: "/devices/cli-d", body: device, status: 200},
		{onHub: true, method: "GET", path: "/devices/cli-d", status: 200},
		{onHub: true, method: "PUT", path: "/devices/cli-d", body: device, headers: with("If-Match", `"*"`), status: 200},
		{
			onHub: true, method: "POST", path: "/devices/query", body: `{"query":"select * from devices"}`,
			headers: with("x-ms-max-item-count", "1000"), status: 200,
		},
		{
			onHub: true, method: "PATCH", path: "/twins/cli-d", body: `{"tags":{"site":"a"}}`,
			headers: with("If-Match", `"*"`), status: 200,
		},
		{onHub: true, method: "DELETE", path: "/devices/cli-d", headers: with("If-Match", `"*"`), status: 204},
	} {
		if s.headers == nil {
			s.headers = common
		}
		i.replay(s)
	}
}

// A community client in Go (amenzhinsky/iothub): the query's member in capitals, modes in Pascal case, a bare star.
func TestEmulator_servesTheCallsOfTheGoClient(t *testing.T) {
	t.Parallel()
	i := emulated(t, emulator.Choices{})
	made := i.onHub("PUT", "/devices/go-d", `{"deviceId":"go-d"}`).want(200)
	item := `[{"id":"go-d","importMode":"UpdateIfMatchETag","eTag":"` + made.member("etag") + `","status":"disabled"}]`
	for _, s := range []step{
		{method: "PUT", path: "/devices/go-d", body: `{"deviceId":"go-d"}`, status: 409},
		{method: "POST", path: "/devices/query", body: `{"Query":"SELECT * FROM DEVICES"}`, status: 200},
		{method: "POST", path: "/devices", body: item, status: 200},
		{method: "POST", path: "/devices", body: item, status: 400},
		{method: "GET", path: "/devices", status: 200},
		{method: "GET", path: "/twins/go-d", status: 200},
		{
			method: "PATCH", path: "/twins/go-d", body: `{"tags":{"a":1}}`, headers: []string{"If-Match", `"AAAAAAAAAAE="`},
			status: 200,
		},
		{method: "GET", path: "/devices/go-d/modules", status: 401}, // disabled, and asked with a shared access policy
		{method: "GET", path: "/statistics/devices", status: 200},
		{method: "DELETE", path: "/devices/go-d", headers: []string{"If-Match", "*"}, status: 204},
	} {
		s.onHub = true
		i.replay(s)
	}
}

func (i *instance) replay(s step) {
	i.Helper()
	send := i.onDPS
	if s.onHub {
		send = i.onHub
	}
	if r := send(s.method, s.path, s.body, s.headers...); r.status != s.status {
		headers := strings.Join(s.headers, " ")
		i.Errorf("%s %s %s: status %d, want %d: %s", s.method, s.path, headers, r.status, s.status, r.body)
	}
}
