// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

const edgeBody = `{"deviceId":%q,"capabilities":{"iotEdge":true}}`

// gateway makes an edge device and gives its scope.
func (h *testHub) gateway(id string) string {
	h.t.Helper()
	return h.create(id, fmt.Sprintf(edgeBody, id)).field("deviceScope")
}

func (h *testHub) put(id, body string) testAnswer {
	h.t.Helper()
	return h.send(http.MethodPut, "/devices/"+id, "*", body)
}

func TestEdgeDevice_getsAScopeOfItsOwn_whateverTheClientSends(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	a := h.create("gw1", `{"deviceId":"gw1","capabilities":{"iotEdge":true},"deviceScope":"mine"}`)
	if got, want := a.field("deviceScope"), "ms-azure-iot-edge://gw1-637345907161634714"; got != want {
		t.Errorf("deviceScope %q, want %q", got, want)
	}
	if a.field("parentScopes") != "[]" || a.field("capabilities") != `{"iotEdge":true}` {
		t.Errorf("created %s", a.body)
	}
	if got := h.get("/devices/gw1").field("parentScopes"); got != "" {
		t.Errorf("a later GET shows parentScopes %s", got)
	}
}

func TestEdgeDevice_getsItsSystemModules(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.gateway("gw1")
	a := h.get("/devices/gw1/modules").want(200)
	shape := regexp.MustCompile(`"(moduleId|managedBy|type|primaryKey)":("[^"]*"|null)`)
	got := strings.Join(shape.FindAllString(a.body, -1), " ")
	want := `"moduleId":"$edgeAgent" "managedBy":"iotEdge" "primaryKey":null "type":"none" ` +
		`"moduleId":"$edgeHub" "managedBy":"iotEdge" "primaryKey":null "type":"none"`
	if got != want {
		t.Errorf("modules\n%s\nwant\n%s", got, want)
	}
}

func TestEdgeDevice_updateWithoutItsScope_is400(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.gateway("gw1")
	for _, scope := range []string{"", `,"deviceScope":""`, `,"deviceScope":"other"`} {
		h.put("gw1", `{"deviceId":"gw1","status":"disabled","capabilities":{"iotEdge":true}`+scope+`}`).
			want(400).wantText("Device scope is immutable")
	}
	a := h.get("/devices/gw1")
	h.put("gw1", strings.Replace(a.body, `"enabled"`, `"disabled"`, 1)).want(200)
}

func TestLeaf_isAttachedByItsDeviceScope(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	scope := h.gateway("gw1")
	a := h.create("leaf", `{"deviceId":"leaf","deviceScope":"`+scope+`"}`)
	if a.field("deviceScope") != scope || a.field("parentScopes") != `["`+scope+`"]` {
		t.Errorf("created %s", a.body)
	}
	h.get("/devices/leaf").wantText(`"deviceScope":"` + scope + `","parentScopes":["` + scope + `"]}`)
}

func TestLeaf_withOnlyParentScopes_isSilentlyUnparented(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	scope := h.gateway("gw1")
	a := h.create("leaf", `{"deviceId":"leaf","parentScopes":["`+scope+`"]}`)
	if a.field("deviceScope") != "" || a.field("parentScopes") != "[]" {
		t.Errorf("created %s", a.body)
	}
}

func TestLeaf_isDetachedByAnEmptyOrOmittedScope_evenWithStaleParentScopes(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	scope := h.gateway("gw1")
	attached := h.create("leaf", `{"deviceId":"leaf","deviceScope":"`+scope+`"}`)
	for _, body := range []string{
		strings.Replace(attached.body, `"deviceScope":"`+scope+`"`, `"deviceScope":""`, 1),
		`{"deviceId":"leaf"}`,
	} {
		h.put("leaf", attached.body).want(200)
		h.put("leaf", body).want(200)
		if a := h.get("/devices/leaf"); a.field("deviceScope") != "" || a.field("parentScopes") != "" {
			t.Errorf("after %s: %s", body, a.body)
		}
	}
}

func TestLeaf_movesToAnotherGateway(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	first, second := h.gateway("gw1"), h.gateway("gw2")
	a := h.create("leaf", `{"deviceId":"leaf","deviceScope":"`+first+`"}`)
	// The CLI sends the whole GET body with only deviceScope changed.
	h.put("leaf", strings.Replace(a.body, `"deviceScope":"`+first, `"deviceScope":"`+second, 1)).want(200)
	if got := h.get("/devices/leaf").field("parentScopes"); got != `["`+second+`"]` {
		t.Errorf("parentScopes %s", got)
	}
}

func TestScope_thatDoesNotExist_is400(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	const unknown = `"ms-azure-iot-edge://nobody-1"`
	h.send(http.MethodPut, "/devices/leaf", "", `{"deviceId":"leaf","deviceScope":`+unknown+`}`).
		wantCode(400, "InvalidDeviceScope")
	h.send(http.MethodPut, "/devices/gw", "",
		`{"deviceId":"gw","capabilities":{"iotEdge":true},"parentScopes":[`+unknown+`]}`).
		wantCode(400, "InvalidDeviceScope")
	h.get("/devices").wantBody("[]")
}

func TestEdgeChild_isAttachedByParentScopes_andDetachedByLeavingThemOut(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	top := h.gateway("gw0")
	a := h.create("gw1", `{"deviceId":"gw1","capabilities":{"iotEdge":true},"parentScopes":["`+top+`"]}`)
	if a.field("parentScopes") != `["`+top+`"]` || a.field("deviceScope") == top {
		t.Errorf("created %s", a.body)
	}
	scope := a.field("deviceScope")
	own := `{"deviceId":"gw1","capabilities":{"iotEdge":true},"deviceScope":"` + scope + `"`
	for _, detached := range []string{own + `}`, own + `,"parentScopes":[]}`} {
		h.put("gw1", a.body).want(200)
		if got := h.get("/devices/gw1").field("parentScopes"); got != `["`+top+`"]` {
			t.Fatalf("parentScopes %s", got)
		}
		h.put("gw1", detached).want(200)
		if got := h.get("/devices/gw1").field("parentScopes"); got != "" {
			t.Errorf("after %s parentScopes %s", detached, got)
		}
	}
	h.put("gw1", own+`,"parentScopes":["`+top+`","`+top+`"]}`).want(400)
}

func TestScope_ofTheDeviceItselfOrACycle_is400(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	body := func(id, scope, parent string) string {
		return fmt.Sprintf(`{"deviceId":%q,"capabilities":{"iotEdge":true},"deviceScope":%q,"parentScopes":[%q]}`,
			id, scope, parent)
	}
	a, b, c := h.gateway("a"), h.gateway("b"), h.gateway("c")
	h.put("a", body("a", a, a)).wantCode(400, "InvalidDeviceScope")
	h.put("b", body("b", b, a)).want(200)
	h.put("c", body("c", c, b)).want(200)
	h.put("a", body("a", a, c)).wantCode(400, "InvalidDeviceScope")
}

func TestLeafToEdge_withADeviceScope_is503(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	scope := h.gateway("gw1")
	h.create("leaf", `{"deviceId":"leaf","deviceScope":"`+scope+`"}`)
	h.put("leaf", `{"deviceId":"leaf","capabilities":{"iotEdge":true},"deviceScope":"`+scope+`"}`).
		wantCode(503, "ServiceUnavailable")
	const toggled = `{"deviceId":"leaf","capabilities":{"iotEdge":true},"deviceScope":"","parentScopes":["`
	a := h.put("leaf", toggled+scope+`"]}`).want(200)
	if got := a.field("deviceScope"); got != "ms-azure-iot-edge://leaf-" {
		t.Errorf("the toggled device has scope %q", got)
	}
	if a.field("parentScopes") != `["`+scope+`"]` {
		t.Errorf("the parent was lost: %s", a.body)
	}
	h.get("/devices/leaf/modules").wantText("$edgeHub")
}

func TestEdgeToLeaf_dropsTheParentInThatWrite(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	top := h.gateway("gw0")
	a := h.create("gw1", `{"deviceId":"gw1","capabilities":{"iotEdge":true},"parentScopes":["`+top+`"]}`)
	leaf := strings.Replace(a.body, `"iotEdge":true`, `"iotEdge":false`, 1)
	h.put("gw1", leaf).want(200)
	if b := h.get("/devices/gw1"); b.field("deviceScope") != "" || b.field("parentScopes") != "" {
		t.Errorf("after the change: %s", b.body)
	}
	h.get("/devices/gw1/modules").wantBody("[]")
	h.put("gw1", `{"deviceId":"gw1","deviceScope":"`+top+`"}`).want(200)
	h.get("/devices/gw1").wantText(`"parentScopes":["` + top + `"]`)
	// Nobody can be a child of what is no gateway any more.
	h.send(http.MethodPut, "/devices/x", "", `{"deviceId":"x","deviceScope":"`+a.field("deviceScope")+`"}`).want(400)
}

func TestGateway_deleted_leavesItsChildrenWithADanglingScope(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	scope := h.gateway("gw1")
	h.create("leaf", `{"deviceId":"leaf","deviceScope":"`+scope+`"}`)
	h.send(http.MethodDelete, "/devices/gw1", "*", "").want(204)
	a := h.get("/devices/leaf")
	if a.field("deviceScope") != scope {
		t.Errorf("the leaf's scope is %q", a.field("deviceScope"))
	}
	h.put("leaf", a.body).want(200)
	h.put("leaf", `{"deviceId":"leaf"}`).want(200)
	h.put("leaf", a.body).wantCode(400, "InvalidDeviceScope")
}
