// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

// admin calls the admin listener.
func admin(w *world.World, method, path, body string) world.Result {
	w.T.Helper()
	return adminAs(w, w.AdminAddress(), method, path, body)
}

func adminAs(w *world.World, host, method, path, body string) world.Result {
	w.T.Helper()
	r, err := http.NewRequestWithContext(w.T.Context(), method, "http://"+w.AdminAddress()+path, strings.NewReader(body))
	if err != nil {
		w.T.Fatal(err)
	}
	r.Host = host
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		w.T.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		w.T.Fatal(err)
	}
	return world.Result{Status: response.StatusCode, Header: response.Header, Body: string(content)}
}

func withAdmin(t *testing.T) *world.World {
	t.Helper()
	return world.Start(t, emulator.Options{AdminAddr: "127.0.0.1:0"})
}

func TestAdmin_journal(t *testing.T) {
	t.Parallel()
	w := withAdmin(t)
	if r := admin(w, "GET", "/journal", ""); r.Body != "[]" {
		t.Errorf("journal at the start: %s", r.Body)
	}
	w.Service("GET", "/enrollments/a", "")
	want := `[{"host":"` + w.DPSHostname() + `","method":"GET","path":"/enrollments/a","status":404}]`
	if r := admin(w, "GET", "/journal", ""); r.Body != want || !json.Valid([]byte(r.Body)) {
		t.Errorf("journal %s, want %s", r.Body, want)
	}
	world.WantStatus(t, admin(w, "DELETE", "/journal", ""), 204)
	if len(w.Journal()) != 0 {
		t.Error("the journal was not cleared")
	}
}

func TestAdmin_messages(t *testing.T) {
	t.Parallel()
	w := withAdmin(t)
	world.WantStatus(t, w.OnHub("hub1", "PUT", "/devices/dev", `{"deviceId":"dev"}`), 200)
	world.WantStatus(t, admin(w, "POST", "/messages",
		`{"hub":"hub1","device_id":"dev","message_id":"m","properties":{"a":"b"},"body":"hello"}`), 204)
	h := w.Hub("hub1")
	policy, _ := h.ConnectionStringFor("device")
	got := w.Do(world.Call{
		Host: h.Hostname(), Method: "GET", Path: "/devices/dev/messages/deviceBound", Version: "2021-04-12",
		Header: map[string]string{"Authorization": w.Token(policy)},
	})
	if got.Body != "hello" || got.Header.Get("iothub-messageid") != "m" || got.Header.Get("iothub-app-a") != "b" {
		t.Errorf("got %v", got)
	}
	for body, want := range map[string]string{
		`{"hub":"none","device_id":"dev"}`: "there is no hub", `{"hub":"hub1","device_id":"none"}`: "DeviceNotFound: none",
		`{"hub":"hub1","device":"dev"}`: "unknown field",
	} {
		if r := admin(w, "POST", "/messages", body); r.Status != 400 || !strings.Contains(r.Body, want) {
			t.Errorf("%s: %d %s", body, r.Status, r.Body)
		}
	}
}

func TestAdmin_faults(t *testing.T) {
	t.Parallel()
	w := withAdmin(t)
	world.WantStatus(t, admin(w, "POST", "/faults", `{"method":"GET","path":"^/enrollments/","status":503,`+
		`"headers":{"Retry-After":"1"},"body":{"a":1},"delay_ms":1,"times":1}`), 204)
	r := w.Service("GET", "/enrollments/a", "")
	if r.Status != 503 || r.Body != `{"a":1}` || r.Header.Get("Retry-After") != "1" {
		t.Errorf("answer %v", r)
	}
	world.WantStatus(t, w.Service("GET", "/enrollments/a", ""), 404)
	world.WantStatus(t, admin(w, "POST", "/faults", `{"status":500,"body":"text"}`), 204)
	if r := w.Service("GET", "/enrollments/a", ""); r.Status != 500 || r.Body != "text" {
		t.Errorf("answer %v", r)
	}
	world.WantStatus(t, admin(w, "DELETE", "/faults", ""), 204)
	world.WantStatus(t, w.Service("GET", "/enrollments/a", ""), 404)
	for _, cut := range []string{"before", "after"} {
		world.WantStatus(t, admin(w, "POST", "/faults", `{"cut":"`+cut+`","times":1}`), 204)
		c := w.ServiceCall("PUT", "/enrollments/"+cut, world.EntryKinds()[0].Body(cut, ""))
		if _, err := w.Try(c); err == nil {
			t.Errorf("cut %s: an answer came", cut)
		}
		exists := w.Service("GET", "/enrollments/"+cut, "").Status == 200
		if exists != (cut == "after") {
			t.Errorf("cut %s: carried out %v", cut, exists)
		}
	}
}

func TestAdmin_throttlesAndLatency(t *testing.T) {
	t.Parallel()
	w := withAdmin(t)
	world.WantStatus(t, admin(w, "POST", "/throttles", `{"dps_operations_per_minute":1,"dps_registrations_per_minute":2,`+
		`"hub_registry_per_minute":3,"hub_twin_reads_per_second":4,"hub_queries_per_minute":5}`), 204)
	world.WantStatus(t, w.Service("GET", "/enrollments/a", ""), 404)
	world.WantStatus(t, w.Service("GET", "/enrollments/a", ""), 429)
	world.WantStatus(t, admin(w, "POST", "/throttles", "{}"), 204)
	world.WantStatus(t, w.Service("GET", "/enrollments/a", ""), 404)
	world.WantStatus(t, admin(w, "POST", "/latency", `{"ms":1}`), 204)
	world.WantStatus(t, w.Service("GET", "/enrollments/a", ""), 404)
	world.WantStatus(t, admin(w, "POST", "/assigning-polls", `{"polls":1}`), 204)
	w.Rewrite("")
	if r := w.SymmetricDevice("dev", world.Key(32)).Register(); r.Status != 202 {
		t.Errorf("poll %v", r)
	}
}

func TestAdmin_applicationsAndRoles(t *testing.T) {
	t.Parallel()
	w := withAdmin(t)
	world.WantStatus(t, admin(w, "POST", "/applications", `{"client_id":"app","client_secret":"s3cret"}`), 204)
	token := bearer(w, "app", "s3cret", dpsScope)
	world.WantStatus(t, w.Service("GET", "/enrollments/a", "", "Authorization", token), 401)
	role := `{"principal":"app","role":"Device Provisioning Service Data Reader"}`
	world.WantStatus(t, admin(w, "POST", "/roles", role), 204)
	world.WantStatus(t, w.Service("GET", "/enrollments/a", "", "Authorization", token), 404)
}

// A federated token is good for the application that it is about, and an identity for the machine.
func TestAdmin_federationsAndIdentities(t *testing.T) {
	t.Parallel()
	w := withAdmin(t)
	world.WantStatus(t, admin(w, "POST", "/applications", `{"client_id":"app","subject":"repo:a/b"}`), 204)
	token := admin(w, "POST", "/federated-tokens", `{"subject":"repo:a/b"}`)
	world.WantStatus(t, token, 200)
	form := clientSecret("app", "", dpsScope)
	form.Set("client_assertion", token.Body)
	world.WantStatus(t, askForToken(w, form), 200)
	other := admin(w, "POST", "/federated-tokens", `{"subject":"repo:a/c"}`)
	form.Set("client_assertion", other.Body)
	world.WantStatus(t, askForToken(w, form), 401)
	world.WantStatus(t, admin(w, "POST", "/identities", `{"client_id":"machine"}`), 204)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.MachineURL()+
		"/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://iothubs.azure.net", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Metadata", "true")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("the machine's identity gets %s", answer.Status)
	}
}

func TestAdmin_refusals(t *testing.T) {
	t.Parallel()
	w := withAdmin(t)
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/faults", "{", 400}, {"POST", "/faults", `{"cut":"middle"}`, 400}, {"POST", "/faults", `{"path":"("}`, 400},
		{"POST", "/faults", `{"status":99}`, 400}, {"POST", "/faults", `{"stauts":500}`, 400},
		{"POST", "/throttles", `{"dps":1}`, 400}, {"POST", "/roles", `{"principal":"a","role":"King"}`, 400},
		{"POST", "/applications", `{"client_id":"a","certificate_pem":"x"}`, 400}, {"POST", "/federated-tokens", "{", 400},
		{"PUT", "/journal", "", 405}, {"GET", "/page", "", 404},
	} {
		if r := admin(w, c.method, c.path, c.body); r.Status != c.status {
			t.Errorf("%s %s %s: status %d, want %d", c.method, c.path, c.body, r.Status, c.status)
		}
	}
	world.WantStatus(t, adminAs(w, "evil.example:80", "DELETE", "/journal", ""), 403)
	world.WantStatus(t, adminAs(w, "localhost:80", "DELETE", "/journal", ""), 204)
}
