// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

func TestService_routeNamesIgnoreCase(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	k := entryKinds()[1]
	wantStatus(t, w.service("PUT", "/ENROLLMENTGROUPS/g", k.body("g", "")), 200)
	wantStatus(t, w.service("POST", "/enrollmentgroups/g/AttestationMechanism", ""), 200)
	wantStatus(t, w.service("POST", "/Registrations/g/Query", ""), 200)
	wantStatus(t, w.service("GET", "/enrollmentgroups/g/", ""), 200)
}

func TestService_idsArePercentDecodedOnce(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	k := entryKinds()[0]
	wantStatus(t, w.service("PUT", "/enrollments/core%3A1", k.body("core:1", "")), 200)
	wantStatus(t, w.service("GET", "/enrollments/core:1", ""), 200)
	wantStatus(t, w.service("GET", "/enrollments/core%253A1", ""), 404)
}

func TestService_methodNotAllowed(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	for _, c := range []struct{ method, path string }{
		{"PUT", "/enrollments/"}, {"GET", "/enrollments"}, {"DELETE", "/enrollmentGroups"}, {"PATCH", "/enrollments/a"},
		{"GET", "/enrollments/a/attestationmechanism"}, {"GET", "/registrations"}, {"PUT", "/registrations/a"},
		{"GET", "/registrations/g/query"}, {"POST", "/enrollments/a"},
	} {
		wantProblem(t, w.service(c.method, c.path, ""), 405, 405000)
	}
}

func TestService_unmodelledIs501AndInTheJournal(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	for _, path := range []string{"/", "/certificates/a", "/enrollments/a/b/c", "/registrations/a/b"} {
		r := w.service("GET", path, "")
		wantProblem(t, r, 501, 501000)
		if message, _ := r.object(t)["message"].(string); !strings.Contains(message, "emulator does not model") {
			t.Errorf("message %q", message)
		}
		journal := w.Journal()
		want := emulator.Exchange{Host: w.DPSHostname(), Method: "GET", Path: path, Status: 501}
		if last := journal[len(journal)-1]; last != want {
			t.Errorf("journal %v", last)
		}
	}
	c := w.serviceCall("GET", "/enrollments/a", "")
	c.version = "2025-07-01-preview"
	wantProblem(t, w.do(c), 501, 501000)
}

func TestService_apiVersion(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	for version, status := range map[string]int{
		"2018-11-01": 404, "2019-03-31": 404, "2021-06-01": 404, "2021-10-01": 404, "2021-11-01-preview": 404,
		"2016-01-01": 400, "latest": 400,
	} {
		c := w.serviceCall("GET", "/enrollments/a", "")
		c.version = version
		wantStatus(t, w.do(c), status)
	}
	c := w.serviceCall("GET", "/enrollments/a", "")
	c.noVersion = true
	wantProblem(t, w.do(c), 400, 400001)
}

func TestService_contentType(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	body := entryKinds()[0].body("a", "")
	wantProblem(t, w.service("PUT", "/enrollments/a", body, "Content-Type", "text/plain"), 415, 415000)
	wantStatus(t, w.service("PUT", "/enrollments/a", body, "Content-Type", "application/json"), 200)
	// The CLI names a content type on calls without a body as well.
	wantStatus(t, w.service("GET", "/enrollments/a", "", "Content-Type", "text/plain"), 200)
}

func TestService_requestSizeIsLimited(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	big := func(n int) string {
		return entryKinds()[0].body("a", `,"optionalDeviceInformation":{"x":"`+strings.Repeat("y", n)+`"}`)
	}
	wantProblem(t, w.service("PUT", "/enrollments/a", big(96*1024)), 413, 413000)
	wantStatus(t, w.service("PUT", "/enrollments/a", big(90*1024)), 200)
}

func TestService_permissions(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	k := entryKinds()[0]
	w.service("PUT", "/enrollments/a", k.body("a", ""))
	calls := []struct {
		method, path, body, permission string
	}{
		{"GET", "/enrollments/a", "", "enrollmentread"},
		{"GET", "/enrollmentGroups/a", "", "enrollmentread"},
		{"POST", "/enrollments/query", `{"query":"*"}`, "enrollmentread"},
		{"PUT", "/enrollments/a", k.body("a", ""), "enrollmentwrite"},
		{"POST", "/enrollments/a/attestationmechanism", "", "enrollmentwrite"},
		{"POST", "/enrollments", k.bulk("create", k.body("a", "")), "enrollmentwrite"},
		{"DELETE", "/enrollments/b", "", "enrollmentwrite"},
		{"GET", "/registrations/a", "", "registrationread"},
		{"POST", "/registrations/a/query", "", "registrationread"},
		{"DELETE", "/registrations/a", "", "registrationwrite"},
	}
	for _, policy := range []string{
		"serviceconfig", "enrollmentread", "enrollmentwrite", "registrationread", "registrationwrite",
	} {
		connection, found := w.DPSConnectionStringFor(policy)
		if !found {
			t.Fatalf("no policy %s", policy)
		}
		for _, c := range calls {
			r := w.service(c.method, c.path, c.body, "Authorization", w.token(connection))
			if allowed := r.status != 401; allowed != (c.permission == policy) {
				t.Errorf("%s may %s %s: status %d", policy, c.method, c.path, r.status)
			}
			if r.status == 401 {
				wantProblem(t, r, 401, 401002)
			}
		}
	}
	if _, found := w.DPSConnectionStringFor("nobody"); found {
		t.Error("there is a policy nobody")
	}
}

func TestService_tokens(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	_, policyKey, _ := strings.Cut(w.DPSConnectionString(), "SharedAccessKey=")
	host, in := w.DPSHostname(), w.clock.Now().Add(time.Hour)
	const owner = "provisioningserviceowner"
	for name, c := range map[string]struct {
		token  string
		status int
	}{
		"encoded":            {sign(t, policyKey, url.QueryEscape(host), in, owner), 404},
		"not encoded (Node)": {sign(t, policyKey, host, in, owner), 404},
		"upper case":         {sign(t, policyKey, strings.ToUpper(host), in, owner), 404},
		"without port":       {sign(t, policyKey, "localhost", in, owner), 404},
		"path":               {sign(t, policyKey, host+"/enrollments", in, owner), 404},
		"another path":       {sign(t, policyKey, host+"/registrations", in, owner), 401},
		"another host":       {sign(t, policyKey, "example.com", in, owner), 401},
		"expired":            {sign(t, policyKey, host, w.clock.Now(), owner), 401},
		"unknown policy":     {sign(t, policyKey, host, in, "root"), 401},
		"no policy":          {sign(t, policyKey, host, in, ""), 401},
		"wrong key":          {sign(t, key(64), host, in, owner), 401},
		"no token":           {"", 401},
		"basic":              {"Basic YTpi", 401},
	} {
		r := w.service("GET", "/enrollments/a", "", "Authorization", c.token)
		if r.status != c.status {
			t.Errorf("%s: status %d, want %d", name, r.status, c.status)
		}
		if strings.Contains(r.body, policyKey) {
			t.Errorf("%s: the answer shows the key", name)
		}
	}
}

func TestRegistrations_listsWhatCameThroughTheGroup(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{PageSize: 2})
	k := entryKinds()[1]
	w.service("PUT", k.path+"/g", k.body("g", ""))
	w.service("PUT", "/enrollments/single", entryKinds()[0].body("single", ""))
	w.symmetricDevice("single", key(32)).admitted()
	for _, id := range []string{"one", "two", "three"} {
		w.symmetricDevice(id, derive(t, key(32), id)).admitted()
	}
	want := "[[one two] [three]]"
	// The CLI sends no body, the SDKs send a query.
	for _, body := range []string{"", `{"query":"*"}`} {
		if got := w.pages("/registrations/G/query", body, "registrationId"); len(got) != 2 ||
			strings.Join(got[0], " ") != "one two" {
			t.Errorf("%q: %v, want %s", body, got, want)
		}
	}
	r := w.service("POST", "/registrations/g/query", "", "x-ms-max-item-count", "1")
	if strings.Count(r.body, "registrationId") != 1 || r.header.Get("x-ms-item-type") != "DeviceRegistration" {
		t.Errorf("one record: %s", r.body)
	}
	// Records outlive the group.
	wantStatus(t, w.service("DELETE", "/enrollmentGroups/g", ""), 204)
	if got := w.pages("/registrations/g/query", "", "registrationId"); len(got) != 2 {
		t.Errorf("after the group's end: %v", got)
	}
}

func TestRegistrations_ofUnknownGroup(t *testing.T) {
	t.Parallel()
	wantBody(t, start(t, emulator.Options{}).service("POST", "/registrations/nobody/query", ""), "[]")
	w := start(t, choosing(emulator.DPSChoices{UnknownGroupIs404: true}))
	wantProblem(t, w.service("POST", "/registrations/nobody/query", ""), 404, 404202)
}

func TestRegistration_delete(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.service("PUT", "/enrollments/a", entryKinds()[0].body("a", ""))
	for _, c := range []struct {
		header func(etag string) []string
		status int
	}{
		{func(string) []string { return nil }, 204},
		{func(string) []string { return []string{"If-Match", "*"} }, 204},
		{func(e string) []string { return []string{"If-Match", `"` + e + `"`} }, 204},
		{func(string) []string { return []string{"If-Match", "stale"} }, 412},
	} {
		w.symmetricDevice("a", key(32)).admitted()
		etag := etagOf(t, w.service("GET", "/registrations/A", ""))
		r := w.service("DELETE", "/registrations/a", "", c.header(etag)...)
		if c.status == 412 {
			wantProblem(t, r, 412, 412203)
		} else {
			wantStatus(t, r, c.status)
		}
	}
	wantStatus(t, w.service("DELETE", "/registrations/a", ""), 204)
	wantProblem(t, w.service("GET", "/registrations/a", ""), 404, 404203)
}

func TestDelete_individual_keepsTheRecord(t *testing.T) {
	t.Parallel()
	for _, drop := range []bool{false, true} {
		w := start(t, choosing(emulator.DPSChoices{DeleteDropsRecord: drop}))
		w.service("PUT", "/enrollments/a", entryKinds()[0].body("a", ""))
		w.symmetricDevice("a", key(32)).admitted()
		wantStatus(t, w.service("DELETE", "/enrollments/a", ""), 204)
		if r := w.service("GET", "/registrations/a", ""); (r.status == 404) != drop {
			t.Errorf("drop %v: status %d", drop, r.status)
		}
	}
}
