// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const bulkFine = `{"isSuccessful":true,"errors":[],"warnings":[]}`

func (h *testHub) bulk(body string) testAnswer {
	h.t.Helper()
	return h.send(http.MethodPost, "/devices", "", body)
}

func TestBulkCreate_makesIdentityAndTwinInOneCall(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.bulk(`[{"id":"b1","importMode":"create","status":"disabled","statusReason":"new","tags":{"a":1},` +
		`"properties":{"desired":{"user":"userA"}}},{"id":"b2","importMode":"Create"}]`).want(200).wantBody(bulkFine)
	a := h.get("/devices/b1").want(200)
	if a.field("status") != "disabled" || a.field("statusReason") != "new" || a.field("authentication", "type") != "sas" {
		t.Errorf("device %s", a.body)
	}
	twin := h.get("/twins/b1")
	if twin.field("tags") != `{"a":1}` || twin.field("properties", "desired", "user") != "userA" ||
		twin.field("version") != "2" || twin.field("properties", "desired", "$version") != "1" {
		t.Errorf("twin %s", twin.body)
	}
	h.get("/devices/b2").want(200)
}

func TestBulk_failuresAre400WithAResult_andTheRestIsApplied(t *testing.T) {
	t.Parallel()
	for choices, codes := range map[Choices][2]string{
		{}:                     {"409001", "404001"},
		{BulkErrorNames: true}: {`"DeviceAlreadyExists"`, `"DeviceNotFound"`},
	} {
		h := newTestHub(t, choices)
		h.createMinimal("there")
		a := h.bulk(`[{"id":"there","importMode":"create"},{"id":"new","importMode":"create"},` +
			`{"id":"gone","importMode":"delete"}]`).want(400)
		a.wantBody(`{"isSuccessful":false,"errors":[{"deviceId":"there","errorCode":` + codes[0] +
			`,"errorStatus":"A device with ID 'there' is already registered."},{"deviceId":"gone","errorCode":` +
			codes[1] + `,"errorStatus":"gone"}],"warnings":[]}`)
		if got := a.header.Get("iothub-errorcode"); got != "" {
			t.Errorf("iothub-errorcode %q", got)
		}
		h.get("/devices/new").want(200)
	}
}

// TestBulk_modes runs every mode against a missing and an existing device, whose ETags stand for {etag} and {twin}.
func TestBulk_modes(t *testing.T) {
	t.Parallel()
	const stale = `,"eTag":"c3RhbGU=","twinETag":"c3RhbGU="`
	const current = `,"etag":"\"{etag}\"","twinETag":"{twin}"`
	for mode, want := range map[string]struct{ missing, bare, stale int }{
		"create":                    {0, 409001, 409001},
		"update":                    {404001, 0, 0},
		"Update":                    {404001, 0, 0},
		"updateIfMatchETag":         {404001, 0, 412001},
		"UpdateIfMatchETag":         {404001, 0, 412001},
		"createOrUpdate":            {0, 0, 0},
		"createOrUpdateIfMatchETag": {0, 0, 412001},
		"":                          {0, 0, 0},
		"delete":                    {404001, 0, 0},
		"deleteIfMatchETag":         {404001, 0, 412001},
		"DeleteIfMatchETag":         {404001, 0, 412001},
		"updateTwin":                {404001, 0, 0},
		"updateTwinIfMatchETag":     {404001, 0, 412001},
		"recreate":                  {400004, 400004, 400004},
	} {
		t.Run("mode"+mode, func(t *testing.T) {
			t.Parallel()
			h := newTestHub(t, Choices{})
			check := func(id, etags string, code int) {
				t.Helper()
				a := h.bulk(`[{"id":"` + id + `","importMode":"` + mode + `"` + etags + `}]`)
				if code == 0 {
					a.want(200).wantBody(bulkFine)
				} else {
					a.want(400).wantText(fmt.Sprintf(`{"deviceId":%q,"errorCode":%d,`, id, code))
				}
			}
			check("gone", "", want.missing)
			h.createMinimal("bare")
			check("bare", "", want.bare)
			h.createMinimal("stale")
			check("stale", stale, want.stale)
			etag := h.createMinimal("current").field("etag")
			check("current", strings.NewReplacer("{etag}", etag, "{twin}", "AAAAAAAAAAE=").Replace(current), want.bare)
		})
	}
}

func TestBulkUpdate_withFullAuthentication_keepsTheKeysAndMovesTheETag(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	a := h.createMinimal("b1")
	h.bulk(`[{"id":"b1","eTag":"stale","importMode":"update","status":"disabled","authentication":` +
		a.field("authentication") + `,"capabilities":{"iotEdge":false}}]`).want(200)
	b := h.get("/devices/b1")
	if a.field("authentication") != b.field("authentication") || a.field("etag") == b.field("etag") ||
		b.field("statusUpdatedTime") != "2020-09-01T20:58:36.1634714Z" || a.field("generationId") != b.field("generationId") {
		t.Errorf("before %s\nafter %s", a.body, b.body)
	}
	h.bulk(`[{"id":"b1","importMode":"update"}]`).want(200)
	if c := h.get("/devices/b1"); c.field("authentication") == b.field("authentication") {
		t.Error("omitting the authentication did not make new keys")
	}
	if got := h.get("/twins/b1").field("version"); got != "2" {
		t.Errorf("an update without twin data moved the twin to version %s", got)
	}
}

func TestBulkUpdate_replacesTheGivenPartsOfTheTwin(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("b1")
	h.patch("/twins/b1", `{"tags":{"a":1},"properties":{"desired":{"b":2}}}`).want(200)
	h.bulk(`[{"id":"b1","importMode":"update","tags":{"c":3}}]`).want(200)
	twin := h.get("/twins/b1")
	if twin.field("tags") != `{"c":3}` || twin.field("properties", "desired", "b") != "2" {
		t.Errorf("twin %s", twin.body)
	}
	h.bulk(`[{"id":"b1","importMode":"update","twinETag":"c3RhbGU=","tags":{"c":4}}]`).want(400).wantText("412001")
}

func TestBulkUpdateTwin_merges(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	etag := h.createMinimal("b1").field("etag")
	h.patch("/twins/b1", `{"tags":{"a":1,"x":1}}`).want(200)
	h.bulk(`[{"id":"b1","importMode":"updateTwin","tags":{"b":2,"x":null},"properties":{"desired":{"c":3}}}]`).want(200)
	twin := h.get("/twins/b1")
	if twin.field("tags") != `{"a":1,"b":2}` || twin.field("properties", "desired", "c") != "3" ||
		twin.field("deviceEtag") != etag {
		t.Errorf("twin %s", twin.body)
	}
}

func TestBulk_refusesWholeCalls(t *testing.T) {
	t.Parallel()
	items := func(n int) string {
		var parts []string
		for i := range n {
			parts = append(parts, fmt.Sprintf(`{"id":"b%d","importMode":"create"}`, i))
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	h := newTestHub(t, Choices{})
	h.bulk(items(101)).wantCode(413, "TooManyDevices")
	h.bulk(`[]`).wantCode(400, "ArgumentInvalid")
	h.bulk(`{}`).wantCode(400, "ArgumentInvalid")
	for _, item := range []string{`"id":1`, `"id":"x","tags":"y"`, `"id":"x","properties":{"desired":[]}`} {
		h.bulk(`[{"importMode":"create",`+item+`}]`).wantCode(400, "ArgumentInvalid")
	}
	h.bulk(`[{"id":"gw1","importMode":"create"},{"id":"gw1","importMode":"create"}]`).
		wantCode(400, "DeviceDefinedMultipleTimes").
		wantText("ErrorCode:DeviceDefinedMultipleTimes;DeviceDefinedMultipleTimes, device ID gw1")
	h.bulk(`[{"id":"gw1","moduleId":"a","importMode":"updateTwin"},`+
		`{"id":"gw1","moduleId":"b","importMode":"updateTwin"}]`).
		wantCode(400, "DeviceDefinedMultipleTimes")
	h.get("/devices").wantBody("[]")
	h.bulk(items(100)).want(200)
}

func TestBulk_refusedItemsWriteNothing(t *testing.T) {
	t.Parallel()
	for name, item := range map[string]string{
		"id":      `"id":"a^b"`,
		"noID":    `"status":"enabled"`,
		"key":     `"id":"x","authentication":{"type":"sas","symmetricKey":{"primaryKey":"YQ==","secondaryKey":"YQ=="}}`,
		"status":  `"id":"x","status":"off"`,
		"tags":    `"id":"x","tags":{"a.b":1}`,
		"desired": `"id":"x","properties":{"desired":{"a":[null]}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newTestHub(t, Choices{})
			h.bulk(`[{"importMode":"create",` + item + `}]`).want(400).wantText(`"errorCode":400004`)
			h.get("/devices").wantBody("[]")
			h.createMinimal("x")
			before := h.get("/devices/x").body + h.get("/twins/x").body
			h.bulk(`[{"importMode":"createOrUpdate",` + item + `}]`).want(400)
			if after := h.get("/devices/x").body + h.get("/twins/x").body; after != before {
				t.Errorf("before %s\nafter %s", before, after)
			}
		})
	}
}

func TestBulkCreate_takesAnyScope(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	const scope = "ms-azure-iot-edge://nobody-1"
	h.bulk(`[{"id":"leaf","importMode":"create","deviceScope":"` + scope + `"}]`).want(200)
	h.get("/devices/leaf").wantText(`"deviceScope":"` + scope + `","parentScopes":["` + scope + `"]`)
	h.bulk(`[{"id":"gw","importMode":"create","capabilities":{"iotEdge":true},"parentScopes":["` + scope + `"]}]`).
		want(200)
	h.get("/devices/gw").wantText(`"deviceScope":"ms-azure-iot-edge://gw-`).wantText(`"parentScopes":["` + scope + `"]`)
	h.get("/devices/gw/modules").wantText("$edgeAgent")
}

func TestBulk_writesModules(t *testing.T) {
	t.Parallel()
	h := newModuleHub(t, Choices{})
	h.gateway("gw1")
	item := func(device, id, mode, rest string) string {
		return `[{"id":"` + device + `","moduleId":"` + id + `","importMode":"` + mode + `"` + rest + `}]`
	}
	h.bulk(item("dev1", "m", "create", `,"managedBy":"me","tags":{"a":1}`)).want(200)
	h.get("/devices/dev1/modules/m").want(200).wantText(`"managedBy":"me"`)
	h.get("/twins/dev1/modules/m").want(200).wantText(`"tags":{"a":1}`)
	h.bulk(item("dev1", "m", "create", "")).want(400).
		wantText(`"errorCode":409301`).wantText(`"moduleId":"m"`)
	h.bulk(item("dev1", "m", "updateTwin", `,"tags":{"b":2}`)).want(200)
	h.get("/twins/dev1/modules/m").wantText(`"tags":{"a":1,"b":2}`)
	h.bulk(item("dev1", "m", "deleteIfMatchETag", "")).want(200)
	h.get("/devices/dev1/modules/m").want(404)
	h.bulk(item("dev1", "m", "delete", "")).want(400).wantText(`"errorCode":404010`)
	h.bulk(item("gone", "m", "create", "")).want(400).wantText(`"errorCode":404001`)
	h.bulk(item("dev1", "$x", "create", "")).want(400).wantText(`"errorCode":400004`)
	h.bulk(item("gw1", "$edgeHub", "delete", "")).want(400).wantText(`"errorCode":401100`)
	h.bulk(item("gw1", "$edgeHub", "update", "")).want(400).wantText(`"errorCode":401100`)
}

const regeneratePath = "/devices/keys/regenerate?api-version=2024-03-31"

func TestRegenerateKeys_replacesTheNamedKeys(t *testing.T) {
	t.Parallel()
	for policy, changed := range map[string][2]bool{
		"primaryKey": {true, false}, "secondaryKey": {false, true}, "both": {true, true}, "Both": {true, true},
	} {
		h := newModuleHub(t, Choices{})
		m := h.createModule(moduleOne)
		d := h.get("/devices/dev1")
		h.send(http.MethodPost, regeneratePath, "", `{"policyKey":"`+policy+`","devices":[{"id":"dev1"}]}`).want(200)
		now := h.get("/devices/dev1")
		for i, name := range []string{"primaryKey", "secondaryKey"} {
			if got := d.field("authentication", "symmetricKey", name) !=
				now.field("authentication", "symmetricKey", name); got != changed[i] {
				t.Errorf("%s: %s changed: %v", policy, name, got)
			}
		}
		if d.field("etag") == now.field("etag") {
			t.Error("the ETag stayed")
		}
		a := h.send(http.MethodPost, regeneratePath, "",
			`{"policyKey":"`+policy+`","devices":[{"id":"dev1","moduleId":"mod1"}]}`).want(200)
		shown := h.get("/devices/dev1/modules/mod1")
		keys := shown.field("authentication", "symmetricKey")
		a.wantBody(`{"policyKey":"` + policy + `","rotatedKeys":[{"id":"dev1","moduleId":"mod1",` + keys[1:] +
			`],"errors":[]}`)
		if shown.field("authentication") == m.field("authentication") {
			t.Error("the module kept its keys")
		}
	}
}

func TestRegenerateKeys_statusTellsHowManyWorked(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("dev1")
	send := func(ids string) testAnswer {
		return h.send(http.MethodPost, regeneratePath, "", `{"policyKey":"both","devices":[`+ids+`]}`)
	}
	send(`{"id":"dev1"},{"id":"gone"}`).want(207).
		wantText(`"errors":[{"id":"gone","errorCode":404001,"errorStatus":"gone"}]`)
	send(`{"id":"gone"}`).want(400).wantText(`"rotatedKeys":[]`)
	send(`{"id":"dev1","moduleId":"gone"}`).want(400).wantText(`"moduleId":"gone","errorCode":404010`)
	send("").wantCode(400, "ArgumentInvalid")
	send(strings.Repeat(`{"id":"dev1"},`, 100)+`{"id":"dev1"}`).wantCode(413, "TooManyDevices")
	h.send(http.MethodPost, regeneratePath, "", `{"policyKey":"third","devices":[{"id":"dev1"}]}`).
		wantCode(400, "InvalidPolicyKey")
	h.send(http.MethodPost, regeneratePath, "", `[]`).wantCode(400, "ArgumentInvalid")
	h.send(http.MethodPost, "/devices/keys/regenerate", "", `{"policyKey":"both","devices":[{"id":"dev1"}]}`).
		wantCode(400, "InvalidProtocolVersion")
}

func TestRegenerateKeys_passesOverDevicesWithoutKeys(t *testing.T) {
	t.Parallel()
	for choices, want := range map[Choices]int{{}: 200, {RegenerateReportsNonSAS: true}: 207} {
		h := newTestHub(t, choices)
		h.createMinimal("sas")
		h.create("ca", `{"deviceId":"ca","authentication":{"type":"certificateAuthority"}}`)
		a := h.send(http.MethodPost, regeneratePath, "", `{"policyKey":"both","devices":[{"id":"sas"},{"id":"ca"}]}`).
			want(want)
		if got := strings.Count(a.body, `"primaryKey"`); got != 1 {
			t.Errorf("%d devices got keys", got)
		}
	}
}

func TestStatistics_countTheRegistry(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("a")
	h.create("b", `{"deviceId":"b","status":"disabled"}`)
	h.get("/statistics/devices").want(200).
		wantBody(`{"totalDeviceCount":2,"enabledDeviceCount":1,"disabledDeviceCount":1}`)
	h.get("/statistics/service").want(200).wantBody(`{"connectedDeviceCount":0}`)
}
