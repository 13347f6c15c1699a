// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// requests is one request per operation with the permission and the data actions it needs.
func requests() []struct {
	method, path, body, permission string
	actions                        []string
} {
	return []struct {
		method, path, body, permission string
		actions                        []string
	}{
		{"GET", "/devices", "", "RegistryRead", []string{"devices/read"}},
		{"GET", "/devices/dev1", "", "RegistryRead", []string{"devices/read"}},
		{"GET", "/devices/dev1/modules", "", "RegistryRead", []string{"devices/read"}},
		{"GET", "/devices/dev1/modules/mod1", "", "RegistryRead", []string{"devices/read"}},
		{"PUT", "/devices/dev1", `{"deviceId":"dev1"}`, "RegistryWrite", []string{"devices/write"}},
		{"PUT", "/devices/dev1/modules/mod1", moduleOne, "RegistryWrite", []string{"devices/write"}},
		{"DELETE", "/devices/dev1/modules/mod1", "", "RegistryWrite", []string{"devices/delete"}},
		{"DELETE", "/devices/dev1", "", "RegistryWrite", []string{"devices/delete"}},
		{"POST", "/devices", `[{"id":"b"}]`, "RegistryWrite", []string{"devices/write", "devices/delete"}},
		{
			"POST", regeneratePath, `{"policyKey":"both","devices":[{"id":"dev1"}]}`, "RegistryWrite",
			[]string{"devices/write"},
		},
		{"GET", "/twins/dev1", "", "ServiceConnect", []string{"twins/read"}},
		{"PATCH", "/twins/dev1", "{}", "ServiceConnect", []string{"twins/write"}},
		{"PUT", "/twins/dev1/modules/mod1", "{}", "ServiceConnect", []string{"twins/write"}},
		{"POST", "/devices/query", `{"query":"SELECT * FROM devices"}`, "ServiceConnect", []string{"twins/read"}},
		{"DELETE", "/devices/dev1/commands", "", "ServiceConnect", []string{"cloudToDeviceMessages/queue/purge/action"}},
		{"GET", "/statistics/devices", "", "RegistryRead", []string{"statistics/read"}},
		{"GET", "/statistics/service", "", "RegistryRead", []string{"statistics/read"}},
	}
}

func TestRegistry_asksForThePermissionOfEachOperation(t *testing.T) {
	t.Parallel()
	for _, r := range requests() {
		t.Run(r.method+" "+r.path, func(t *testing.T) {
			t.Parallel()
			send := func(as func(*testHub) string) testAnswer {
				h := newModuleHub(t, Choices{})
				h.createModule(moduleOne)
				return h.sendAs(as(h), r.method, r.path, "*", r.body)
			}
			for policy, permissions := range map[string]string{
				"registryRead": "RegistryRead", "registryReadWrite": "RegistryRead RegistryWrite",
				"service": "ServiceConnect", "device": "DeviceConnect",
			} {
				a := send(func(h *testHub) string { return h.sas(policy) })
				if slices.Contains(strings.Fields(permissions), r.permission) {
					if a.status/100 != 2 {
						t.Errorf("%s is not enough: %d %s", policy, a.status, a.body)
					}
					continue
				}
				a.wantCode(401, "IotHubUnauthorizedAccess").
					wantText(`{"Message":"ErrorCode:IotHubUnauthorizedAccess;Unauthorized","ExceptionMessage":"Tracking ID:`)
			}
			if a := send(func(h *testHub) string { return h.entra(r.actions...) }); a.status/100 != 2 {
				t.Errorf("%v is not enough: %d %s", r.actions, a.status, a.body)
			}
			path, _, _ := strings.Cut(r.path, "?")
			send(func(h *testHub) string { return h.entra(r.actions[1:]...) }).wantCode(401, "IotHubUnauthorized").wantText(
				"ErrorCode:IotHubUnauthorized;Principal someone@example.com is not authorized for " + r.method + " on " +
					path + " due to no assigned permissions")
		})
	}
}

func TestRegistry_withoutACaller_isUnauthorized(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.sendAs("", http.MethodGet, "/devices", "", "").wantCode(401, "IotHubUnauthorizedAccess")
	h.sendAs("Bearer a.b.c", http.MethodGet, "/devices", "", "").wantCode(401, "IotHubUnauthorizedAccess")
}

func TestAPIVersion_mustBeADate(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	for version, want := range map[string]int{
		"2018-06-30": 200, "2020-05-31-preview": 200, "2020-09-30": 200, "2021-04-12": 200, "2024-03-31": 200,
		"": 400, "latest": 400, "2021-4-12": 400, "2021-04-12-beta": 400, "20210412--": 400, "2021_04_12": 400,
	} {
		a := h.get("/devices?api-version=" + version).want(want)
		if want == 400 {
			a.wantCode(400, "InvalidProtocolVersion")
		}
	}
	h.serve(newRequest(http.MethodGet, "/devices", ""), h.sas("iothubowner")).wantCode(400, "InvalidProtocolVersion")
}

func TestRegistry_whatIsNotModelled_is501(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	for _, r := range []string{
		"POST /jobs/create", "GET /jobs", "GET /jobs/x", "DELETE /jobs/x", "PUT /jobs/v2/x", "GET /jobs/v2/query",
		"GET /configurations", "PUT /configurations/x", "POST /configurations/testQueries",
		"POST /devices/dev1/applyConfigurationContent", "GET /twins/dev1/methods",
		"CONNECT /devices/dev1", "GET /devices/dev1/twin", "PATCH /devices/dev1/twin/properties/reported",
		"POST /devices/dev1/methods/1", "POST /devices/dev1/modules/m/messages/events",
		"GET /digitaltwins/dev1", "GET /messages/serviceBound/feedback", "PATCH /devices/dev1", "GET /", "GET /statistics",
		"POST /devices/dev1/modules", "DELETE /twins/dev1", "GET /devices/query/x",
	} {
		method, path, _ := strings.Cut(r, " ")
		request := newRequest(method, "/", "")
		request.URL.Path, request.URL.RawPath, request.URL.RawQuery = path, path, "api-version=2021-04-12"
		h.serve(request, h.sas("iothubowner")).wantCode(501, "NotModelledByTheEmulator").
			wantText("The emulator does not model " + method)
	}
}

func TestRegistry_fixedPartsOfThePathHaveNoCase(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("dev1")
	for _, path := range []string{"/Devices/dev1", "/Twins/dev1", "/DEVICES/dev1/Modules", "/statistics/Devices"} {
		h.get(path).want(200)
	}
	// A device may be called like an endpoint.
	h.createMinimal("query")
	h.get("/devices/query").want(200)
}

func TestErrors_carryTheRequestIDAsTrackingID(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	a := h.get("/devices/gone").want(404)
	id := strings.ReplaceAll(a.header.Get("x-ms-request-id"), "-", "")
	a.wantBody(`{"Message":"ErrorCode:DeviceNotFound;gone","ExceptionMessage":"Tracking ID:` + id +
		`-G:0-TimeStamp:09/01/2020 20:58:36"}`)
	if got := a.header.Get("Content-Type"); got != "application/json; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
}

func TestErrors_onTwinPathsHaveATrackingIDOfTheirOwn(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("dev1")
	a := h.send(http.MethodPatch, "/twins/dev1", `"x"`, `{}`).want(412)
	if id := strings.ReplaceAll(a.header.Get("x-ms-request-id"), "-", ""); strings.Contains(a.body, id) {
		t.Error("the tracking ID is the request ID")
	}
	form := regexp.MustCompile(`"Tracking ID:[0-9a-f]{32}-TimeStamp:09/01/2020 20:58:36"`)
	if !form.MatchString(a.body) {
		t.Errorf("body %s", a.body)
	}
}

func TestErrors_ofTheNewerGateway_areWrittenInUpperCase(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{UpperCaseTracking: true})
	a := h.get("/devices/gone").want(404)
	form := regexp.MustCompile(`"Tracking ID:[0-9A-F]{32}-G2:-TimeStamp:2020-09-01T20:58:36.1634714Z"`)
	if !form.MatchString(a.body) {
		t.Errorf("body %s", a.body)
	}
}

func TestThrottled_closesTheConnectionAndNamesNoDelay(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	w := httptest.NewRecorder()
	h.write(w, newRequest(http.MethodGet, "/devices/dev1", ""), nil, words{}.Throttled(0))
	a := testAnswer{t: t, status: w.Code, header: w.Header(), body: w.Body.String()}
	a.wantCode(429, "ThrottlingBacklogTimeout").wantText(
		"The request has been throttled. Wait 10 seconds and try again. Operation type: CRUD")
	if a.header.Get("Retry-After") != "" || a.header.Get("Connection") != "close" {
		t.Errorf("headers %v", a.header)
	}
}

func TestRequests_overTheLimitOfTheBody_are413(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.send(http.MethodPut, "/devices/dev1", "", strings.Repeat(" ", maxBody+1)).wantCode(413, "MessageTooLarge")
}

func TestConnectionStrings_ofThePolicies(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	if h.Name() != "hub1" || h.Hostname() != "localhost:8443" {
		t.Errorf("hub %s at %s", h.Name(), h.Hostname())
	}
	seen := map[string]bool{}
	for _, policy := range []string{"iothubowner", "service", "device", "registryRead", "registryReadWrite"} {
		s, ok := h.ConnectionStringFor(policy)
		prefix := "HostName=localhost:8443;SharedAccessKeyName=" + policy + ";SharedAccessKey="
		if !ok || seen[s] || !strings.HasPrefix(s, prefix) {
			t.Errorf("connection string of %s: ok %v", policy, ok)
		}
		seen[s] = true
	}
	if owner, _ := h.ConnectionStringFor("iothubowner"); h.ConnectionString() != owner {
		t.Error("ConnectionString is not iothubowner's")
	}
	if _, ok := h.ConnectionStringFor("nobody"); ok {
		t.Error("an unknown policy has a connection string")
	}
}

func TestHub_withTheSameRandomness_isDeterministic(t *testing.T) {
	t.Parallel()
	run := func() string {
		h := newTestHub(t, Choices{})
		return h.createMinimal("dev1").body + h.get("/devices/gone").body + h.gateway("gw1")
	}
	if a, b := run(), run(); a != b {
		t.Errorf("two runs differ:\n%s\n%s", a, b)
	}
}
