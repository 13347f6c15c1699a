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
)

// admin calls the admin listener.
func (w *world) admin(method, path, body string) result {
	w.t.Helper()
	return w.adminAs(w.AdminAddress(), method, path, body)
}

func (w *world) adminAs(host, method, path, body string) result {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, "http://"+w.AdminAddress()+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Host = host
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return result{status: response.StatusCode, header: response.Header, body: string(content)}
}

func withAdmin(t *testing.T) *world {
	t.Helper()
	return start(t, emulator.Options{AdminAddr: "127.0.0.1:0"})
}

func TestAdmin_journal(t *testing.T) {
	t.Parallel()
	w := withAdmin(t)
	if r := w.admin("GET", "/journal", ""); r.body != "[]" {
		t.Errorf("journal at the start: %s", r.body)
	}
	w.service("GET", "/enrollments/a", "")
	want := `[{"host":"` + w.DPSHostname() + `","method":"GET","path":"/enrollments/a","status":404}]`
	if r := w.admin("GET", "/journal", ""); r.body != want || !json.Valid([]byte(r.body)) {
		t.Errorf("journal %s, want %s", r.body, want)
	}
	wantStatus(t, w.admin("DELETE", "/journal", ""), 204)
	if len(w.Journal()) != 0 {
		t.Error("the journal was not cleared")
	}
}

func TestAdmin_faults(t *testing.T) {
	t.Parallel()
	w := withAdmin(t)
	wantStatus(t, w.admin("POST", "/faults", `{"method":"GET","path":"^/enrollments/","status":503,`+
		`"headers":{"Retry-After":"1"},"body":{"a":1},"delay_ms":1,"times":1}`), 204)
	r := w.service("GET", "/enrollments/a", "")
	if r.status != 503 || r.body != `{"a":1}` || r.header.Get("Retry-After") != "1" {
		t.Errorf("answer %v", r)
	}
	wantStatus(t, w.service("GET", "/enrollments/a", ""), 404)
	wantStatus(t, w.admin("POST", "/faults", `{"status":500,"body":"text"}`), 204)
	if r := w.service("GET", "/enrollments/a", ""); r.status != 500 || r.body != "text" {
		t.Errorf("answer %v", r)
	}
	wantStatus(t, w.admin("DELETE", "/faults", ""), 204)
	wantStatus(t, w.service("GET", "/enrollments/a", ""), 404)
	for _, cut := range []string{"before", "after"} {
		wantStatus(t, w.admin("POST", "/faults", `{"cut":"`+cut+`","times":1}`), 204)
		c := w.serviceCall("PUT", "/enrollments/"+cut, entryKinds()[0].body(cut, ""))
		if _, err := w.try(c); err == nil {
			t.Errorf("cut %s: an answer came", cut)
		}
		exists := w.service("GET", "/enrollments/"+cut, "").status == 200
		if exists != (cut == "after") {
			t.Errorf("cut %s: carried out %v", cut, exists)
		}
	}
}

func TestAdmin_throttlesAndLatency(t *testing.T) {
	t.Parallel()
	w := withAdmin(t)
	wantStatus(t, w.admin("POST", "/throttles", `{"dps_operations_per_minute":1,"dps_registrations_per_minute":2,`+
		`"hub_registry_per_minute":3,"hub_twin_reads_per_second":4,"hub_queries_per_minute":5}`), 204)
	wantStatus(t, w.service("GET", "/enrollments/a", ""), 404)
	wantStatus(t, w.service("GET", "/enrollments/a", ""), 429)
	wantStatus(t, w.admin("POST", "/throttles", "{}"), 204)
	wantStatus(t, w.service("GET", "/enrollments/a", ""), 404)
	wantStatus(t, w.admin("POST", "/latency", `{"ms":1}`), 204)
	wantStatus(t, w.service("GET", "/enrollments/a", ""), 404)
	wantStatus(t, w.admin("POST", "/assigning-polls", `{"polls":1}`), 204)
	w.rewrite("")
	if r := w.symmetricDevice("dev", key(32)).register(); r.status != 202 {
		t.Errorf("poll %v", r)
	}
}

func TestAdmin_applicationsAndRoles(t *testing.T) {
	t.Parallel()
	w := withAdmin(t)
	wantStatus(t, w.admin("POST", "/applications", `{"client_id":"app","client_secret":"s3cret"}`), 204)
	token := w.bearer("app", "s3cret", dpsScope)
	wantStatus(t, w.service("GET", "/enrollments/a", "", "Authorization", token), 401)
	role := `{"principal":"app","role":"Device Provisioning Service Data Reader"}`
	wantStatus(t, w.admin("POST", "/roles", role), 204)
	wantStatus(t, w.service("GET", "/enrollments/a", "", "Authorization", token), 404)
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
		{"PUT", "/journal", "", 405}, {"GET", "/", "", 404},
	} {
		if r := w.admin(c.method, c.path, c.body); r.status != c.status {
			t.Errorf("%s %s %s: status %d, want %d", c.method, c.path, c.body, r.status, c.status)
		}
	}
	wantStatus(t, w.adminAs("evil.example:80", "DELETE", "/journal", ""), 403)
	wantStatus(t, w.adminAs("localhost:80", "DELETE", "/journal", ""), 204)
}
