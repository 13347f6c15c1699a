// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

// webhook answers custom allocations and keeps the last request.
type webhook struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	answer string
	seen   string
}

func newWebhook(t *testing.T) *webhook {
	t.Helper()
	h := &webhook{status: 200}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		h.mu.Lock()
		defer h.mu.Unlock()
		h.seen = string(body)
		if r.URL.Query().Get("code") != "secret" {
			w.WriteHeader(401)
			return
		}
		w.WriteHeader(h.status)
		_, _ = io.WriteString(w, h.answer)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *webhook) say(status int, answer string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.status, h.answer = status, answer
}

func (h *webhook) request(t *testing.T) map[string]any {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	var m map[string]any
	if err := json.Unmarshal([]byte(h.seen), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func (h *webhook) policy() string {
	return `,"allocationPolicy":"custom","customAllocationDefinition":{"webhookUrl":"` + h.URL + `?code=secret",` +
		`"apiVersion":"2021-10-01"}`
}

func TestCustomAllocation_asksTheWebhook(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{Hubs: world.ThreeHubs()})
	h := newWebhook(t)
	w.Rewrite(h.policy() + `,"initialTwin":{"tags":{"site":"a"}}` + w.HubsMember("north", "south"))
	h.say(200, `{"iotHubHostName":"`+w.Hub("south").Hostname()+`","initialTwin":{"tags":{"site":"hook"}},`+
		`"payload":{"hello":1}}`)
	d := w.SymmetricDevice("dev", world.Key(32))
	d.Body = `{"registrationId":"dev","payload":{"model":"x"}}`
	s := d.Admitted()
	if payload, _ := s["payload"].(map[string]any); payload["hello"] != 1.0 || w.Where("dev") != "south" {
		t.Errorf("in %q, state %v", w.Where("dev"), s)
	}
	tags, _ := w.OnHub("south", "GET", "/twins/dev", "").Object(t)["tags"].(map[string]any)
	if tags["site"] != "hook" {
		t.Errorf("tags %v", tags)
	}
	request := h.request(t)
	entry, _ := request["individualEnrollment"].(map[string]any)
	definition, _ := entry["customAllocationDefinition"].(map[string]any)
	etag, _ := entry["etag"].(string)
	if !strings.HasSuffix(definition["webhookUrl"].(string), "?****") || !strings.HasPrefix(etag, `"`) ||
		world.Quote(t, entry["attestation"]) != `{"type":"symmetricKey"}` {
		t.Errorf("request %v", request)
	}
	runtime, _ := request["deviceRuntimeContext"].(map[string]any)
	if world.Quote(t, runtime) != `{"payload":{"model":"x"},"registrationId":"dev","symmetricKey":{}}` {
		t.Errorf("context %s", world.Quote(t, runtime))
	}
	if hubs, _ := request["linkedHubs"].([]any); len(hubs) != 2 {
		t.Errorf("linked hubs %v", hubs)
	}

	h.say(200, `{"iotHubHostName":"`+w.Hub("north").Hostname()+`"}`)
	if s := d.Admitted(); s["substatus"] != "deviceDataMigrated" || w.Where("dev") != "north" {
		t.Errorf("state %v", s)
	}
	runtime, _ = h.request(t)["deviceRuntimeContext"].(map[string]any)
	if runtime["currentIotHubHostName"] != w.Hub("south").Hostname() || runtime["currentDeviceId"] != "dev" {
		t.Errorf("context %v", runtime)
	}
}

func TestCustomAllocation_ofAGroupWithCertificates(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	h := newWebhook(t)
	ca := world.NewAuthority(t, "root")
	body := `{"enrollmentGroupId":"g","attestation":{"type":"x509",` +
		`"x509":{"signingCertificates":{"primary":{"certificate":` +
		world.Quote(t, ca.PEM()) + `}}}}` + h.policy() + `}`
	world.WantStatus(t, w.Service("PUT", "/enrollmentGroups/g", body), 200)
	h.say(200, `{"iotHubHostName":"`+strings.ToUpper(w.Hub("hub1").Hostname())+`"}`)
	w.X509Device("dev", ca.Device(t, "dev")).Admitted()
	request := h.request(t)
	runtime, _ := request["deviceRuntimeContext"].(map[string]any)
	if request["enrollmentGroup"] == nil || request["individualEnrollment"] != nil || runtime["x509"] == nil {
		t.Errorf("request %v", request)
	}
}

func TestCustomAllocation_failures(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{Hubs: world.ThreeHubs()})
	h := newWebhook(t)
	w.Rewrite(h.policy() + w.HubsMember("north"))
	d := w.SymmetricDevice("dev", world.Key(32))
	for _, c := range []struct {
		status       int
		answer, want string
	}{
		{500, "", "Custom allocation failed with status code: 500"},
		{404, "", "Custom allocation failed with status code: 404"},
		{307, "", "Custom allocation failed with status code: 307"},
		{200, "<html>", "Custom allocation failed with status code: 400"},
		{200, `{"iotHubHostName":"` + w.Hub("south").Hostname() + `"}`, "Custom allocation failed with status code: 400"},
		{200, "{}", "Custom allocation failed with status code: 400"},
	} {
		h.say(c.status, c.answer)
		s := d.Outcome()
		if s["status"] != "failed" || s["errorCode"] != 400207.0 || s["errorMessage"] != c.want {
			t.Errorf("%d %s: %v", c.status, c.answer, s)
		}
	}
	h.Close()
	if s := d.Outcome(); s["status"] != "failed" || strings.Contains(s["errorMessage"].(string), "secret") {
		t.Errorf("state %v", s)
	}
}

func TestCustomAllocation_isNotAskedForDisabledEntriesNorStayingDevices(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	h := newWebhook(t)
	h.say(500, "")
	w.Rewrite(h.policy() + `,"provisioningStatus":"disabled"`)
	d := w.SymmetricDevice("dev", world.Key(32))
	if s := d.Outcome(); s["status"] != "disabled" {
		t.Errorf("state %v", s)
	}
	w.Rewrite("")
	d.Admitted()
	w.Rewrite(h.policy() + `,"reprovisionPolicy":{"updateHubAssignment":false,"migrateDeviceData":false}`)
	d.Admitted()
}
