// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const moduleOne = `{"moduleId":"mod1","deviceId":"dev1"}`

func newModuleHub(t *testing.T, choices Choices) *testHub {
	t.Helper()
	h := newTestHub(t, choices)
	h.createMinimal("dev1")
	return h
}

func (h *testHub) createModule(body string) testAnswer {
	h.t.Helper()
	return h.send(http.MethodPut, "/devices/dev1/modules/mod1", "", body).want(200)
}

func TestModulePut_answersTheRecordedFormWithoutETagHeader(t *testing.T) {
	t.Parallel()
	h := newModuleHub(t, Choices{})
	a := h.createModule(moduleOne)
	form := func(zone string) string {
		return `{"moduleId":"mod1","managedBy":null,"deviceId":"dev1","generationId":"637345907161634715","etag":"E",` +
			`"connectionState":"Disconnected","connectionStateUpdatedTime":"0001-01-01T00:00:00` + zone +
			`","lastActivityTime":"0001-01-01T00:00:00` + zone + `","cloudToDeviceMessageCount":0,` +
			`"authentication":{"symmetricKey":{"primaryKey":"Sanitized","secondaryKey":"Sanitized"},` +
			`"x509Thumbprint":{"primaryThumbprint":null,"secondaryThumbprint":null},"type":"sas"}}`
	}
	if got := sanitized(a.body); got != form("") {
		t.Errorf("created\n%s\nwant\n%s", got, form(""))
	}
	b := h.get("/devices/dev1/modules/mod1").want(200)
	if got := sanitized(b.body); got != form("Z") {
		t.Errorf("read\n%s\nwant\n%s", got, form("Z"))
	}
	if a.header.Get("ETag") != "" || b.header.Get("ETag") != "" {
		t.Error("a module's answer has an ETag header")
	}
	h.get("/devices/dev1/modules").want(200).wantBody("[" + b.body + "]")
}

func TestModulePut_ofAnExistingOne_is409InTheOtherEnvelope(t *testing.T) {
	t.Parallel()
	h := newModuleHub(t, Choices{})
	h.createModule(moduleOne)
	a := h.send(http.MethodPut, "/devices/dev1/modules/mod1", "", moduleOne).
		wantCode(409, "ModuleAlreadyExistsOnDevice")
	if a.field("errorCode") != "409301" || a.field("timestampUtc") != "2020-09-01T20:58:36Z" ||
		a.field("message") != "Device dev1 in IotHub hub1 already contains Module mod1." || a.field("trackingId") == "" {
		t.Errorf("body %s", a.body)
	}
}

func TestModuleWrites_byIfMatch(t *testing.T) {
	t.Parallel()
	cases := []struct {
		method, ifMatch  string
		missing, existed int
	}{
		{http.MethodPut, "", 200, 409},
		{http.MethodPut, `""`, 200, 409},
		{http.MethodPut, `"*"`, 404, 200},
		{http.MethodPut, `"{etag}"`, 404, 200},
		{http.MethodPut, `"OTQ="`, 404, 412},
		{http.MethodDelete, "", 412, 412},
		{http.MethodDelete, "*", 404, 204},
		{http.MethodDelete, `{etag}`, 404, 204},
		{http.MethodDelete, `"OTQ="`, 404, 412},
	}
	for _, c := range cases {
		t.Run(c.method+c.ifMatch, func(t *testing.T) {
			t.Parallel()
			h := newModuleHub(t, Choices{})
			h.send(c.method, "/devices/dev1/modules/mod1", strings.ReplaceAll(c.ifMatch, "{etag}", "x"), moduleOne).
				want(c.missing)
			h = newModuleHub(t, Choices{})
			etag := h.createModule(moduleOne).field("etag")
			h.send(c.method, "/devices/dev1/modules/mod1", strings.ReplaceAll(c.ifMatch, "{etag}", etag), moduleOne).
				want(c.existed)
		})
	}
}

func TestModulePut_isAFullReplace(t *testing.T) {
	t.Parallel()
	h := newModuleHub(t, Choices{})
	a := h.createModule(`{"moduleId":"mod1","deviceId":"dev1","managedBy":"me"}`)
	b := h.send(http.MethodPut, "/devices/dev1/modules/mod1", "*", moduleOne).want(200).wantText(`"managedBy":null`)
	if a.field("authentication") == b.field("authentication") || a.field("etag") == b.field("etag") {
		t.Error("the replace kept keys or ETag")
	}
}

func TestModuleOfTypeNone_becomesSAS(t *testing.T) {
	t.Parallel()
	h := newModuleHub(t, Choices{})
	a := h.createModule(`{"moduleId":"mod1","deviceId":"dev1","authentication":{"type":"none"}}`)
	if a.field("authentication", "type") != "sas" || a.field("authentication", "symmetricKey", "primaryKey") == "" {
		t.Errorf("authentication %s", a.field("authentication"))
	}
}

func TestModulePut_refusesWrongIDs(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ id, body, code string }{
		"dollar":      {"$mine", `{"moduleId":"$mine","deviceId":"dev1"}`, "ArgumentInvalid"},
		"invalid":     {"a%5Eb", `{"moduleId":"a^b","deviceId":"dev1"}`, "ArgumentInvalid"},
		"other":       {"mod1", `{"moduleId":"mod2","deviceId":"dev1"}`, "ArgumentInvalid"},
		"otherDevice": {"mod1", `{"moduleId":"mod1","deviceId":"dev2"}`, "ArgumentInvalid"},
		"missing":     {"mod1", `{"deviceId":"dev1"}`, "ArgumentNull"},
		"noJSON":      {"mod1", `nope`, "ArgumentInvalid"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newModuleHub(t, Choices{})
			h.send(http.MethodPut, "/devices/dev1/modules/"+c.id, "", c.body).wantCode(400, c.code)
		})
	}
}

func TestSystemModules_cannotBeTouched(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.gateway("gw1")
	const body = `{"moduleId":"$edgeAgent","deviceId":"gw1"}`
	path := "/devices/gw1/modules/$edgeAgent"
	h.send(http.MethodPut, path, "", body).wantCode(400, "ArgumentInvalid")
	h.send(http.MethodPut, path, "*", body).wantCode(401, "SystemModuleModifyUnauthorizedAccess")
	h.send(http.MethodDelete, path, "*", "").wantCode(401, "SystemModuleModifyUnauthorizedAccess")
	h.send(http.MethodPatch, "/twins/gw1/modules/$edgeAgent", "", `{"properties":{"desired":{"a":1}}}`).want(200)
}

// TestModulesOfAMissingOrDisabledDevice is the quirk of SAS callers that a live hub showed.
func TestModulesOfAMissingOrDisabledDevice(t *testing.T) {
	t.Parallel()
	owner := func(h *testHub) string { return h.entra("devices/read", "devices/write", "devices/delete") }
	requests := map[string][3]string{
		"list":   {http.MethodGet, "/modules", ""},
		"get":    {http.MethodGet, "/modules/mod1", ""},
		"put":    {http.MethodPut, "/modules/mod2", `{"moduleId":"mod2","deviceId":"dev1"}`},
		"delete": {http.MethodDelete, "/modules/mod1", ""},
	}
	for name, r := range requests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ifMatch := ""
			if r[0] == http.MethodDelete {
				ifMatch = "*"
			}
			h := newModuleHub(t, Choices{})
			h.createModule(moduleOne)
			h.put("dev1", `{"deviceId":"dev1","status":"disabled"}`).want(200)
			h.send(r[0], "/devices/dev1"+r[1], ifMatch, r[2]).wantCode(401, "IotHubUnauthorizedAccess").
				wantText(`{"Message":"{\"errorCode\":401002,`).wantText(`"ExceptionMessage":""`)
			h.send(r[0], "/devices/gone"+r[1], ifMatch, r[2]).wantCode(401, "IotHubUnauthorizedAccess")
			h.sendAs(owner(h), r[0], "/devices/gone"+r[1], ifMatch, r[2]).wantCode(404, "DeviceNotFound")
			if a := h.sendAs(owner(h), r[0], "/devices/dev1"+r[1], ifMatch, r[2]); a.status/100 != 2 {
				t.Errorf("an Entra caller gets %d: %s", a.status, a.body)
			}
			h = newModuleHub(t, Choices{ModulesIgnoreDeviceState: true})
			h.send(r[0], "/devices/gone"+r[1], ifMatch, r[2]).wantCode(404, "DeviceNotFound")
		})
	}
}

func TestModuleGet_ofAMissingModule_is404(t *testing.T) {
	t.Parallel()
	h := newModuleHub(t, Choices{})
	h.get("/devices/dev1/modules/none").wantCode(404, "ModuleNotFound")
	h.get("/devices/dev1/modules").want(200).wantBody("[]")
}

func TestModules_overFifty_are413(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.gateway("gw1")
	put := func(n int) testAnswer {
		id := fmt.Sprintf("m%d", n)
		return h.send(http.MethodPut, "/devices/gw1/modules/"+id, "",
			fmt.Sprintf(`{"moduleId":%q,"deviceId":"gw1"}`, id))
	}
	for n := range 50 {
		put(n).want(200)
	}
	put(50).wantCode(413, "TooManyModulesOnDevice")
}

func TestModules_goWithTheirDevice(t *testing.T) {
	t.Parallel()
	h := newModuleHub(t, Choices{})
	h.createModule(moduleOne)
	h.send(http.MethodDelete, "/devices/dev1", "*", "").want(204)
	h.createMinimal("dev1")
	h.get("/devices/dev1/modules").wantBody("[]")
	h.get("/twins/dev1/modules/mod1").want(404)
}
