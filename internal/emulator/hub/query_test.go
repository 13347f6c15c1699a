// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// ask sends a query; headers come in pairs.
func (h *testHub) ask(text string, headers ...string) testAnswer {
	h.t.Helper()
	body, err := json.Marshal(map[string]string{"query": text})
	if err != nil {
		h.t.Fatal(err)
	}
	r := newRequest(http.MethodPost, "/devices/query?api-version=2021-04-12", string(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return h.serve(r, h.sas("iothubowner"))
}

// ids reads the device and module IDs of an answer.
func (a testAnswer) ids() []string {
	a.t.Helper()
	var rows []struct{ DeviceID, ModuleID string }
	if err := json.Unmarshal([]byte(a.body), &rows); err != nil {
		a.t.Fatalf("body %s: %v", a.body, err)
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = strings.TrimSuffix(r.DeviceID+"/"+r.ModuleID, "/")
	}
	return ids
}

// newQueryHub has a gateway with a leaf, a disabled device and a module.
func newQueryHub(t testing.TB) *testHub {
	t.Helper()
	h := newTestHub(t, Choices{})
	scope := h.gateway("gw1")
	h.create("leaf", `{"deviceId":"leaf","deviceScope":"`+scope+`"}`)
	h.create("off", `{"deviceId":"off","status":"disabled","statusReason":"lost"}`)
	h.create("x509",
		`{"deviceId":"x509","authentication":{"type":"selfSigned","x509Thumbprint":{"primaryThumbprint":"`+
			strings.Repeat("AB", 20)+`"}}}`)
	h.patch("/twins/leaf", `{"tags":{"site":{"name":"x","floor":3}},"properties":{"desired":{"mode":"on"}}}`).want(200)
	return h
}

func TestQuery_ofEverything_givesTwinsAsTheTwinPathDoes(t *testing.T) {
	t.Parallel()
	h := newQueryHub(t)
	a := h.ask("SELECT * FROM devices").want(200)
	var twins []string
	for _, id := range []string{"gw1", "leaf", "off", "x509"} {
		twins = append(twins, h.get("/twins/"+id).body)
	}
	a.wantBody("[" + strings.Join(twins, ",") + "]")
	if a.header.Get("x-ms-item-type") != "Twin" || a.header.Get("x-ms-continuation") != "" || a.header.Get("ETag") != "" {
		t.Errorf("headers %v", a.header)
	}
	if strings.Contains(a.body, "primaryKey") {
		t.Error("the query shows keys")
	}
}

func TestQuery_byFieldsOfTheTwin(t *testing.T) {
	t.Parallel()
	h := newQueryHub(t)
	gateway := h.get("/devices/gw1").field("deviceScope")
	version := h.get("/twins/leaf").field("version")
	for where, want := range map[string]string{
		`deviceId = 'leaf'`:                                                     "leaf",
		`DEVICEID = 'leaf'`:                                                     "leaf",
		`deviceId = 'LEAF'`:                                                     "",
		`deviceId = 'nobody'`:                                                   "",
		`deviceId IN ['leaf', 'off']`:                                           "leaf off",
		`status = 'disabled'`:                                                   "off",
		`statusReason = 'lost'`:                                                 "off",
		`statusUpdateTime = '0001-01-01T00:00:00Z'`:                             "gw1 leaf off x509",
		`tags.site.floor >= 3`:                                                  "leaf",
		`tags.site.name = 'x' AND status = 'enabled'`:                           "leaf",
		`tags.Site.name = 'x'`:                                                  "",
		`is_defined(tags)`:                                                      "leaf",
		`NOT is_defined(tags.site)`:                                             "gw1 off x509",
		`properties.desired.mode = 'on'`:                                        "leaf",
		`properties.desired.$version = 2`:                                       "leaf",
		`properties.reported.$version = 1`:                                      "gw1 leaf off x509",
		`is_defined(properties.desired.$metadata.mode)`:                         "leaf",
		`properties.desired.$metadata.mode.$lastUpdated > '2020'`:               "leaf",
		`properties.desired.$metadata.mode.$lastUpdatedVersion = 2`:             "leaf",
		`capabilities.iotEdge = true`:                                           "gw1",
		`authenticationType = 'selfSigned'`:                                     "x509",
		`x509Thumbprint.primaryThumbprint = '` + strings.Repeat("AB", 20) + `'`: "x509",
		`x509Thumbprint.primaryThumbprint = null`:                               "gw1 leaf off",
		`connectionState = 'Disconnected'`:                                      "gw1 leaf off x509",
		`lastActivityTime < '0002'`:                                             "gw1 leaf off x509",
		`cloudToDeviceMessageCount = 0`:                                         "gw1 leaf off x509",
		`version = ` + version:                                                  "leaf",
		`etag = 'AAAAAAAAAAI='`:                                                 "leaf",
		`deviceScope = '` + gateway + `'`:                                       "gw1 leaf",
		`array_contains(parentScopes,'` + gateway + `')`:                        "leaf",
		`moduleId = 'm'`:                                                        "",
		`generationId != ''`:                                                    "",
		`deviceId.x = 'leaf'`:                                                   "",
		`properties.other.x = 1`:                                                "",
	} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(h.ask("SELECT * FROM devices WHERE "+where).want(200).ids(), " ")
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestQuery_ofColumns_givesOnlyThose(t *testing.T) {
	t.Parallel()
	h := newQueryHub(t)
	etag := h.get("/devices/leaf").field("etag")
	stamp := `"$lastUpdated":"2020-09-01T20:58:36.1634714Z","$lastUpdatedVersion":2`
	for columns, want := range map[string]string{
		`deviceId`:                       `{"deviceId":"leaf"}`,
		`deviceId AS id, status`:         `{"id":"leaf","status":"enabled"}`,
		`tags.site.name, tags.none`:      `{"name":"x"}`,
		`tags`:                           `{"tags":{"site":{"name":"x","floor":3}}}`,
		`tags.site.floor AS f, deviceId`: `{"f":3,"deviceId":"leaf"}`,
		`deviceEtag, version`:            `{"deviceEtag":"` + etag + `","version":3}`,
		`capabilities`:                   `{"capabilities":{"iotEdge":false}}`,
		`properties.desired AS d`: `{"d":{"mode":"on","$metadata":{` + stamp + `,"mode":{` + stamp +
			`}},"$version":2}}`,
		`properties.desired.$metadata.mode`: `{"mode":{` + stamp + `}}`,
		`x509Thumbprint`:                    `{"x509Thumbprint":{"primaryThumbprint":null,"secondaryThumbprint":null}}`,
		`statusReason, moduleId`:            `{}`,
	} {
		a := h.ask("SELECT " + columns + " FROM devices WHERE deviceId = 'leaf'").want(200).wantBody("[" + want + "]")
		if got := a.header.Get("x-ms-item-type"); got != "Raw" {
			t.Errorf("item type %q", got)
		}
	}
}

func TestQuery_counts(t *testing.T) {
	t.Parallel()
	h := newQueryHub(t)
	h.ask("SELECT COUNT() AS n FROM devices").want(200).wantBody(`[{"n":4}]`)
	h.ask("SELECT COUNT() AS n FROM devices WHERE status = 'none'").want(200).wantBody(`[{"n":0}]`)
	a := h.ask("SELECT COUNT() FROM devices.modules").want(200).wantBody(`[{"count":2}]`)
	if got := a.header.Get("x-ms-item-type"); got != "Raw" {
		t.Errorf("item type %q", got)
	}
}

func TestQuery_ofModules_givesModuleTwins(t *testing.T) {
	t.Parallel()
	h := newModuleHub(t, Choices{})
	h.createModule(moduleOne)
	h.gateway("gw1")
	a := h.ask("SELECT * FROM devices.modules").want(200)
	if got := strings.Join(a.ids(), " "); got != "dev1/mod1 gw1/$edgeAgent gw1/$edgeHub" {
		t.Errorf("got %s", got)
	}
	a.wantText(h.get("/twins/dev1/modules/mod1").body)
	got := h.ask("SELECT deviceId, moduleId FROM devices.modules WHERE moduleId = '$edgeAgent'").want(200)
	got.wantBody(`[{"deviceId":"gw1","moduleId":"$edgeAgent"}]`)
	h.ask("SELECT * FROM devices.modules WHERE managedBy = 'iotEdge'").want(200).wantBody("[]")
	h.ask("SELECT * FROM devices.modules WHERE capabilities.iotEdge = true").want(200).wantBody("[]")
}

// pages follows continuations to the end and gives the IDs of each page.
func (h *testHub) pages(text, most string) [][]string {
	h.t.Helper()
	var pages [][]string
	for token := ""; ; {
		headers := []string{"x-ms-max-item-count", most}
		if token != "" {
			headers = append(headers, "x-ms-continuation", token)
		}
		a := h.ask(text, headers...).want(200)
		pages = append(pages, a.ids())
		if token = a.header.Get("x-ms-continuation"); token == "" {
			return pages
		}
	}
}

func TestQuery_isPaged(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	for i := range 7 {
		h.gateway("gw" + strconv.Itoa(i))
	}
	for _, c := range []struct{ text, most, want string }{
		{"SELECT * FROM devices", "3", "3 3 1"},
		{"SELECT * FROM devices", "7", "7"},
		{"SELECT deviceId FROM devices", "6", "6 1"},
		{"SELECT TOP 5 * FROM devices", "2", "2 2 1"},
		{"SELECT TOP 4 * FROM devices", "2", "2 2"},
		{"SELECT TOP 4 * FROM devices", "100", "4"},
		{"SELECT * FROM devices WHERE deviceId > 'gw2'", "2", "2 2"},
		{"SELECT * FROM devices WHERE deviceId = 'gw2'", "1", "1"},
		{"SELECT * FROM devices.modules", "5", "5 5 4"},
		{"SELECT * FROM devices", "1000", "7"},
		{"SELECT * FROM devices", "0", "7"},
		{"SELECT * FROM devices", "-1", "7"},
		{"SELECT * FROM devices", "many", "7"},
		{"SELECT * FROM devices WHERE status = 'none'", "2", "0"},
	} {
		var sizes, all []string
		for _, page := range h.pages(c.text, c.most) {
			sizes = append(sizes, strconv.Itoa(len(page)))
			all = append(all, page...)
		}
		if got := strings.Join(sizes, " "); got != c.want {
			t.Errorf("%s in pages of %s: %s, want %s", c.text, c.most, got, c.want)
		}
		if !slices.IsSorted(all) || len(slices.Compact(all)) != len(all) {
			t.Errorf("%s: %v is unsorted or repeats itself", c.text, all)
		}
	}
}

func TestQuery_pageIsAHundredAtMost_andSmallerWhenConfigured(t *testing.T) {
	t.Parallel()
	for configured, want := range map[int]int{0: 100, 5: 5, 1000: 100} {
		h := newTestHubWith(t, Config{Setting: caller.Setting{PageSize: configured}})
		for i := range 101 {
			if err := h.Provision(wire.Assignment{DeviceID: fmt.Sprintf("d%03d", i)}); err != nil {
				t.Fatal(err)
			}
		}
		for _, most := range []string{"1000", ""} {
			if got := len(h.ask("SELECT * FROM devices", "x-ms-max-item-count", most).ids()); got != want {
				t.Errorf("page size %d, asked for %q: %d rows", configured, most, got)
			}
		}
	}
}

func TestQuery_paging_survivesDeletions(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	for _, id := range []string{"a", "b", "c", "d"} {
		h.createMinimal(id)
	}
	first := h.ask("SELECT * FROM devices", "x-ms-max-item-count", "2")
	h.send(http.MethodDelete, "/devices/b", "*", "").want(204)
	h.send(http.MethodDelete, "/devices/c", "*", "").want(204)
	rest := h.ask("SELECT * FROM devices", "x-ms-continuation", first.header.Get("x-ms-continuation"))
	if got := strings.Join(rest.ids(), " "); got != "d" {
		t.Errorf("the second page has %q", got)
	}
}

func TestQuery_continuationOfAnotherQuery_is400(t *testing.T) {
	t.Parallel()
	h := newQueryHub(t)
	token := h.ask("SELECT * FROM devices", "x-ms-max-item-count", "1").header.Get("x-ms-continuation")
	for text, continuation := range map[string]string{
		"SELECT deviceId FROM devices": token, "SELECT * FROM devices": "garbage", "SELECT *  FROM devices": "e30=",
	} {
		h.ask(text, "x-ms-continuation", continuation).wantCode(400, "ArgumentInvalid")
	}
}

func TestQuery_wrong_is400WithTheReasonInAHeader(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	a := h.ask("SELECT * FROM devices WHERE").wantCode(400, "ArgumentInvalid").
		wantText(`{"Message":"ErrorCode:ArgumentInvalid;BadRequest"`)
	if got := a.header.Get("x-emulator-detail"); !strings.Contains(got, "position 27") {
		t.Errorf("detail %q", got)
	}
	for _, body := range []string{``, `{}`, `[]`, `{"query":1}`, `{"query":""}`} {
		h.send(http.MethodPost, "/devices/query", "", body).wantCode(400, "ArgumentInvalid")
	}
}

// Groups are rows of their own (azure-docs, iot-hub-devguide-query-language).
func TestQuery_groups(t *testing.T) {
	t.Parallel()
	h := newQueryHub(t)
	h.patch("/twins/off", `{"tags":{"site":{"name":"y","floor":5}}}`).want(200)
	h.patch("/twins/x509", `{"tags":{"site":{"name":"y","floor":"two"}}}`).want(200)
	for query, want := range map[string]string{
		"SELECT status, COUNT() AS n FROM devices GROUP BY status": `[{"status":"enabled","n":3},` +
			`{"status":"disabled","n":1}]`,
		"SELECT COUNT() AS n, tags.site.name FROM devices WHERE IS_DEFINED(tags.site) GROUP BY tags.site.name": `[{"n":1,` +
			`"name":"x"},{"n":2,"name":"y"}]`,
		"SELECT COUNT() AS n, tags.site.name FROM devices GROUP BY devices.tags.site.name": `[{"n":1},{"n":1,"name":"x"},` +
			`{"n":2,"name":"y"}]`,
		"SELECT TOP 1 COUNT() AS n, status FROM devices GROUP BY status": `[{"n":3,` +
			`"status":"enabled"}]`,
		"SELECT SUM(tags.site.floor), AVG(tags.site.floor) AS mean FROM devices": `[{"sum":8,"mean":4}]`,
		"SELECT MIN(tags.site.floor), MAX(devices.deviceId) FROM devices WHERE tags.site.floor > 1": `[{"min":3,` +
			`"max":"off"}]`,
		"SELECT SUM(tags.none) AS sum, COUNT() FROM devices WHERE status = 'none'":  `[{"count":0}]`,
		"SELECT status, COUNT() FROM devices WHERE status = 'none' GROUP BY status": `[]`,
	} {
		a := h.ask(query).want(200).wantBody(want)
		if got := a.header.Get("x-ms-item-type"); got != "Raw" {
			t.Errorf("item type %q", got)
		}
	}
}

func TestQuery_fieldsMayBeQualifiedWithTheCollection(t *testing.T) {
	t.Parallel()
	h := newQueryHub(t)
	got := h.ask("select * from devices.modules where devices.deviceId='gw1'").want(200).ids()
	if strings.Join(got, " ") != "gw1/$edgeAgent gw1/$edgeHub" {
		t.Errorf("modules %v", got)
	}
}

func TestQuery_notModelled_is501(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.ask("SELECT * FROM devices ORDER BY deviceId").want(501).wantText("not modelled")
	h.ask("SELECT * FROM devices.jobs").want(501)
}

func TestQuery_namesOfTheBodyHaveNoCase(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	// The Go client sends a capital Q.
	h.send(http.MethodPost, "/devices/query", "", `{"Query":"SELECT * FROM devices"}`).want(200).wantBody("[]")
}

func TestQuery_behindItsIndex_missesNewDevicesAndShowsDeletedOnes(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{QueryLag: 6 * time.Second})
	want := func(ids string) {
		t.Helper()
		if got := strings.Join(h.ask("SELECT * FROM devices").ids(), " "); got != ids {
			t.Errorf("the query shows %q, want %q", got, ids)
		}
	}
	first := h.createMinimal("dev1").field("etag")
	h.createMinimal("dev0")
	want("")
	h.ask("SELECT * FROM devices WHERE deviceId = 'dev1'").want(200).wantBody("[]")
	h.get("/devices/dev1").want(200)
	h.clock.advance(6 * time.Second)
	want("dev0 dev1")
	h.send(http.MethodDelete, "/devices/dev1", "*", "").want(204)
	want("dev0 dev1")
	h.createMinimal("dev1")
	h.ask("SELECT * FROM devices WHERE deviceId = 'dev1'").wantText(`"deviceEtag":"` + first + `"`)
	h.send(http.MethodDelete, "/devices/dev0", "*", "").want(204)
	h.clock.advance(6 * time.Second)
	want("dev1")
}
