// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

func mustProvision(t *testing.T, h *testHub, p wire.Assignment) {
	t.Helper()
	if err := h.Provision(p); err != nil {
		t.Fatal(err)
	}
}

func TestProvision_byCertificate_makesASelfSignedIdentityWithTheInitialTwin(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	thumbprint := strings.Repeat("AB", 32)
	mustProvision(t, h, wire.Assignment{
		DeviceID: "dev1", Thumbprint: thumbprint,
		Tags: json.RawMessage(`{"site":"x"}`), Desired: json.RawMessage(`{"mode":"on"}`),
	})
	a := h.get("/devices/dev1").want(200)
	if a.field("status") != "enabled" || a.field("authentication", "type") != "selfSigned" ||
		a.field("authentication", "x509Thumbprint", "primaryThumbprint") != thumbprint ||
		a.field("authentication", "x509Thumbprint", "secondaryThumbprint") != "" {
		t.Errorf("device %s", a.body)
	}
	twin := h.get("/twins/dev1")
	if twin.field("tags") != `{"site":"x"}` || twin.field("properties", "desired", "mode") != "on" ||
		twin.field("version") != "2" || twin.field("etag") != "AAAAAAAAAAE=" {
		t.Errorf("twin %s", twin.body)
	}
}

func TestProvision_byKeys_makesASASIdentityWithThem(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	mustProvision(t, h, wire.Assignment{DeviceID: "dev1", Edge: true, SymmetricKeys: &[2]string{keyOf(32), keyOf(48)}})
	a := h.get("/devices/dev1").want(200)
	if a.field("authentication", "symmetricKey") !=
		`{"primaryKey":"`+keyOf(32)+`","secondaryKey":"`+keyOf(48)+`"}` || a.field("authentication", "type") != "sas" {
		t.Errorf("authentication differs: %s", a.body)
	}
	if !strings.HasPrefix(a.field("deviceScope"), "ms-azure-iot-edge://dev1-") {
		t.Errorf("deviceScope %s", a.field("deviceScope"))
	}
	h.get("/devices/dev1/modules").wantText("$edgeAgent")
}

func TestProvision_again_replacesTheAuthenticationAndKeepsTheRest(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	first := wire.Assignment{DeviceID: "dev1", Thumbprint: strings.Repeat("AB", 32), Tags: json.RawMessage(`{"a":1}`)}
	mustProvision(t, h, first)
	h.patch("/twins/dev1", `{"tags":{"b":2}}`).want(200)
	before := h.get("/devices/dev1")
	second := first
	second.Thumbprint, second.Tags, second.Edge = strings.Repeat("CD", 32), json.RawMessage(`{"a":9}`), true
	mustProvision(t, h, second)
	after := h.get("/devices/dev1")
	if after.field("authentication", "x509Thumbprint", "primaryThumbprint") != second.Thumbprint ||
		after.field("generationId") != before.field("generationId") || after.field("etag") == before.field("etag") ||
		after.field("capabilities") != before.field("capabilities") {
		t.Errorf("before %s\nafter %s", before.body, after.body)
	}
	if got := h.get("/twins/dev1").field("tags"); got != `{"a":1,"b":2}` {
		t.Errorf("tags %s", got)
	}
}

func TestProvision_ofADisabledIdentity_leavesItDisabled(t *testing.T) {
	t.Parallel()
	for choices, want := range map[Choices]string{{}: "disabled", {ProvisioningEnables: true}: "enabled"} {
		h := newTestHub(t, choices)
		h.create("dev1", `{"deviceId":"dev1","status":"disabled","statusReason":"lost"}`)
		h.clock.advance(time.Second)
		mustProvision(t, h, wire.Assignment{DeviceID: "dev1", Thumbprint: strings.Repeat("AB", 32)})
		a := h.get("/devices/dev1")
		if a.field("status") != want || (a.field("statusReason") == "lost") != (want == "disabled") {
			t.Errorf("want %s: %s", want, a.body)
		}
	}
}

func TestProvision_refusesWhatTheRegistryRefuses(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{DeviceLimit: 1})
	for name, p := range map[string]wire.Assignment{
		"id":          {DeviceID: "a^b"},
		"tags":        {DeviceID: "dev1", Tags: json.RawMessage(`{"a.b":1}`)},
		"tagsInvalid": {DeviceID: "dev1", Tags: json.RawMessage(`[`)},
		"desired":     {DeviceID: "dev1", Desired: json.RawMessage(`{"a":[null]}`)},
		"desiredText": {DeviceID: "dev1", Desired: json.RawMessage(`"x"`)},
	} {
		err := h.Provision(p)
		var problem *wire.Problem
		if !errors.As(err, &problem) || problem.Code != codeArgumentInvalid {
			t.Errorf("%s: error %v", name, err)
		}
	}
	h.get("/devices").wantBody("[]")
	mustProvision(t, h, wire.Assignment{DeviceID: "dev1"})
	if err := h.Provision(wire.Assignment{DeviceID: "dev2"}); err == nil ||
		!strings.Contains(err.Error(), "IotHubQuotaExceeded") {
		t.Errorf("over the limit: %v", err)
	}
}

func TestMove_takesStatusTwinAndModulesToAnotherHub(t *testing.T) {
	t.Parallel()
	from, to := newTestHub(t, Choices{}), newTestHub(t, Choices{})
	to.createMinimal("other")
	scope := from.gateway("gw1")
	edge := from.create("dev1", `{"deviceId":"dev1","status":"disabled","statusReason":"moved",`+
		`"capabilities":{"iotEdge":true},"parentScopes":["`+scope+`"]}`)
	from.patch("/twins/dev1", `{"tags":{"a":1}}`).want(200)
	from.patch("/twins/dev1/modules/$edgeHub", `{"tags":{"b":1}}`).want(200)
	moved, found := from.Export("dev1")
	if !found {
		t.Fatal("the device cannot be exported")
	}
	to.Import(moved)
	from.patch("/twins/dev1", `{"tags":{"a":2}}`).want(200)
	from.Remove("dev1")
	from.Remove("dev1")

	from.get("/devices/dev1").want(404)
	a := to.get("/devices/dev1").want(200)
	for name, want := range map[string]string{
		"status": "disabled", "statusReason": "moved", "authentication": edge.field("authentication"), "parentScopes": "",
	} {
		if got := a.field(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if a.field("generationId") == edge.field("generationId") ||
		!strings.HasPrefix(a.field("deviceScope"), "ms-azure-iot-edge://dev1-") {
		t.Errorf("device %s", a.body)
	}
	if got := to.get("/twins/dev1").field("tags"); got != `{"a":1}` {
		t.Errorf("tags %s", got)
	}
	to.ask("SELECT moduleId, tags FROM devices.modules").
		wantBody(`[{"moduleId":"$edgeAgent"},{"moduleId":"$edgeHub","tags":{"b":1}}]`)
	child := `{"deviceId":"leaf","deviceScope":"` + a.field("deviceScope") + `"}`
	if got := to.create("leaf", child).field("parentScopes"); got != `["`+a.field("deviceScope")+`"]` {
		t.Errorf("parentScopes of a child %s", got)
	}
	if _, found := from.Export("dev1"); found {
		t.Error("a removed device can be exported")
	}
}

func TestMove_ontoAnExistingIdentity_bringsTheTwinOnly(t *testing.T) {
	t.Parallel()
	from, to := newTestHub(t, Choices{}), newTestHub(t, Choices{})
	from.createMinimal("dev1")
	from.patch("/twins/dev1", `{"tags":{"a":1}}`).want(200)
	before := to.create("dev1", `{"deviceId":"dev1","status":"disabled"}`)
	moved, _ := from.Export("dev1")
	to.Import(moved)
	after := to.get("/devices/dev1")
	if after.field("status") != "disabled" || after.field("generationId") != before.field("generationId") {
		t.Errorf("device %s", after.body)
	}
	if got := to.get("/twins/dev1").field("tags"); got != `{"a":1}` {
		t.Errorf("tags %s", got)
	}
}
