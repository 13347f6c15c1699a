// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

func TestService_routeNamesIgnoreCase(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	k := world.EntryKinds()[1]
	world.WantStatus(t, w.Service("PUT", "/ENROLLMENTGROUPS/g", k.Body("g", "")), 200)
	world.WantStatus(t, w.Service("POST", "/enrollmentgroups/g/AttestationMechanism", ""), 200)
	world.WantStatus(t, w.Service("POST", "/Registrations/g/Query", ""), 200)
	world.WantStatus(t, w.Service("GET", "/enrollmentgroups/g/", ""), 200)
}

func TestService_idsArePercentDecodedOnce(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	k := world.EntryKinds()[0]
	world.WantStatus(t, w.Service("PUT", "/enrollments/core%3A1", k.Body("core:1", "")), 200)
	world.WantStatus(t, w.Service("GET", "/enrollments/core:1", ""), 200)
	world.WantStatus(t, w.Service("GET", "/enrollments/core%253A1", ""), 404)
}

func TestService_methodNotAllowed(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	for _, c := range []struct{ method, path string }{
		{"PUT", "/enrollments/"}, {"GET", "/enrollments"}, {"DELETE", "/enrollmentGroups"}, {"PATCH", "/enrollments/a"},
		{"GET", "/enrollments/a/attestationmechanism"}, {"GET", "/registrations"}, {"PUT", "/registrations/a"},
		{"GET", "/registrations/g/query"}, {"POST", "/enrollments/a"},
	} {
		world.WantProblem(t, w.Service(c.method, c.path, ""), 405, 405000)
	}
}

func TestService_unmodelledIs501AndInTheJournal(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	for _, path := range []string{"/", "/certificates/a", "/enrollments/a/b/c", "/registrations/a/b"} {
		r := w.Service("GET", path, "")
		world.WantProblem(t, r, 501, 501000)
		if message, _ := r.Object(t)["message"].(string); !strings.Contains(message, "emulator does not model") {
			t.Errorf("message %q", message)
		}
		journal := w.Journal()
		want := emulator.Exchange{Host: w.DPSHostname(), Method: "GET", Path: path, Status: 501}
		if last := journal[len(journal)-1]; last != want {
			t.Errorf("journal %v", last)
		}
	}
	c := w.ServiceCall("GET", "/enrollments/a", "")
	c.Version = "2025-07-01-preview"
	world.WantProblem(t, w.Do(c), 501, 501000)
}

func TestService_apiVersion(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	for version, status := range map[string]int{
		"2018-11-01": 404, "2019-03-31": 404, "2021-06-01": 404, "2021-10-01": 404, "2021-11-01-preview": 404,
		"2016-01-01": 400, "latest": 400,
	} {
		c := w.ServiceCall("GET", "/enrollments/a", "")
		c.Version = version
		world.WantStatus(t, w.Do(c), status)
	}
	c := w.ServiceCall("GET", "/enrollments/a", "")
	c.NoVersion = true
	world.WantProblem(t, w.Do(c), 400, 400001)
}

func TestService_contentType(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	body := world.EntryKinds()[0].Body("a", "")
	world.WantProblem(t, w.Service("PUT", "/enrollments/a", body, "Content-Type", "text/plain"), 415, 415000)
	world.WantStatus(t, w.Service("PUT", "/enrollments/a", body, "Content-Type", "application/json"), 200)
	// The CLI names a content type on calls without a body as well.
	world.WantStatus(t, w.Service("GET", "/enrollments/a", "", "Content-Type", "text/plain"), 200)
}

func TestService_requestSizeIsLimited(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	big := func(n int) string {
		return world.EntryKinds()[0].Body("a", `,"optionalDeviceInformation":{"x":"`+strings.Repeat("y", n)+`"}`)
	}
	world.WantProblem(t, w.Service("PUT", "/enrollments/a", big(96*1024)), 413, 413000)
	world.WantStatus(t, w.Service("PUT", "/enrollments/a", big(90*1024)), 200)
}

func TestService_permissions(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	k := world.EntryKinds()[0]
	w.Service("PUT", "/enrollments/a", k.Body("a", ""))
	calls := []struct {
		method, path, body, permission string
	}{
		{"GET", "/enrollments/a", "", "enrollmentread"},
		{"GET", "/enrollmentGroups/a", "", "enrollmentread"},
		{"POST", "/enrollments/query", `{"query":"*"}`, "enrollmentread"},
		{"PUT", "/enrollments/a", k.Body("a", ""), "enrollmentwrite"},
		{"POST", "/enrollments/a/attestationmechanism", "", "enrollmentwrite"},
		{"POST", "/enrollments", k.Bulk("create", k.Body("a", "")), "enrollmentwrite"},
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
			r := w.Service(c.method, c.path, c.body, "Authorization", w.Token(connection))
			if allowed := r.Status != 401; allowed != (c.permission == policy) {
				t.Errorf("%s may %s %s: status %d", policy, c.method, c.path, r.Status)
			}
			if r.Status == 401 {
				world.WantProblem(t, r, 401, 401002)
			}
		}
	}
	if _, found := w.DPSConnectionStringFor("nobody"); found {
		t.Error("there is a policy nobody")
	}
}

func TestService_tokens(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	_, policyKey, _ := strings.Cut(w.DPSConnectionString(), "SharedAccessKey=")
	host, in := w.DPSHostname(), w.Clock.Now().Add(time.Hour)
	const owner = "provisioningserviceowner"
	for name, c := range map[string]struct {
		token  string
		status int
	}{
		"encoded":            {world.Sign(t, policyKey, url.QueryEscape(host), in, owner), 404},
		"not encoded (Node)": {world.Sign(t, policyKey, host, in, owner), 404},
		"upper case":         {world.Sign(t, policyKey, strings.ToUpper(host), in, owner), 404},
		"without port":       {world.Sign(t, policyKey, "localhost", in, owner), 404},
		"path":               {world.Sign(t, policyKey, host+"/enrollments", in, owner), 404},
		"another path":       {world.Sign(t, policyKey, host+"/registrations", in, owner), 401},
		"another host":       {world.Sign(t, policyKey, "example.com", in, owner), 401},
		"expired":            {world.Sign(t, policyKey, host, w.Clock.Now(), owner), 401},
		"unknown policy":     {world.Sign(t, policyKey, host, in, "root"), 401},
		"no policy":          {world.Sign(t, policyKey, host, in, ""), 401},
		"wrong key":          {world.Sign(t, world.Key(64), host, in, owner), 401},
		"no token":           {"", 401},
		"basic":              {"Basic YTpi", 401},
	} {
		r := w.Service("GET", "/enrollments/a", "", "Authorization", c.token)
		if r.Status != c.status {
			t.Errorf("%s: status %d, want %d", name, r.Status, c.status)
		}
		if strings.Contains(r.Body, policyKey) {
			t.Errorf("%s: the answer shows the key", name)
		}
	}
}

func TestRegistrations_listsWhatCameThroughTheGroup(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{PageSize: 2})
	k := world.EntryKinds()[1]
	w.Service("PUT", k.Path+"/g", k.Body("g", ""))
	w.Service("PUT", "/enrollments/single", world.EntryKinds()[0].Body("single", ""))
	w.SymmetricDevice("single", world.Key(32)).Admitted()
	for _, id := range []string{"one", "two", "three"} {
		w.SymmetricDevice(id, world.Derive(t, world.Key(32), id)).Admitted()
	}
	want := "[[one two] [three]]"
	// The CLI sends no body, the SDKs send a query.
	for _, body := range []string{"", `{"query":"*"}`} {
		if got := w.Pages("/registrations/G/query", body, "registrationId"); len(got) != 2 ||
			strings.Join(got[0], " ") != "one two" {
			t.Errorf("%q: %v, want %s", body, got, want)
		}
	}
	r := w.Service("POST", "/registrations/g/query", "", "x-ms-max-item-count", "1")
	if strings.Count(r.Body, "registrationId") != 1 || r.Header.Get("x-ms-item-type") != "DeviceRegistration" {
		t.Errorf("one record: %s", r.Body)
	}
	// Records outlive the group.
	world.WantStatus(t, w.Service("DELETE", "/enrollmentGroups/g", ""), 204)
	if got := w.Pages("/registrations/g/query", "", "registrationId"); len(got) != 2 {
		t.Errorf("after the group's end: %v", got)
	}
}

func TestRegistrations_ofUnknownGroup(t *testing.T) {
	t.Parallel()
	wantBody(t, world.Start(t, emulator.Options{}).Service("POST", "/registrations/nobody/query", ""), "[]")
	w := world.Start(t, world.Choosing(emulator.DPSChoices{UnknownGroupIs404: true}))
	world.WantProblem(t, w.Service("POST", "/registrations/nobody/query", ""), 404, 404204)
}

func TestRegistration_delete(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Service("PUT", "/enrollments/a", world.EntryKinds()[0].Body("a", ""))
	for _, c := range []struct {
		header func(etag string) []string
		status int
	}{
		{func(string) []string { return nil }, 204},
		{func(string) []string { return []string{"If-Match", "*"} }, 204},
		{func(e string) []string { return []string{"If-Match", `"` + e + `"`} }, 204},
		{func(string) []string { return []string{"If-Match", "stale"} }, 412},
	} {
		w.SymmetricDevice("a", world.Key(32)).Admitted()
		etag := world.ETagOf(t, w.Service("GET", "/registrations/A", ""))
		r := w.Service("DELETE", "/registrations/a", "", c.header(etag)...)
		if c.status == 412 {
			world.WantProblem(t, r, 412, 412203)
		} else {
			world.WantStatus(t, r, c.status)
		}
	}
	world.WantStatus(t, w.Service("DELETE", "/registrations/a", ""), 204)
	world.WantProblem(t, w.Service("GET", "/registrations/a", ""), 404, 404203)
}

func TestDelete_individual_dropsTheRecord(t *testing.T) {
	t.Parallel()
	for _, keep := range []bool{false, true} {
		w := world.Start(t, world.Choosing(emulator.DPSChoices{DeleteKeepsRecord: keep}))
		w.Service("PUT", "/enrollments/a", world.EntryKinds()[0].Body("a", ""))
		w.SymmetricDevice("a", world.Key(32)).Admitted()
		world.WantStatus(t, w.Service("DELETE", "/enrollments/a", ""), 204)
		if r := w.Service("GET", "/registrations/a", ""); (r.Status == 200) != keep {
			t.Errorf("keep %v: status %d", keep, r.Status)
		}
	}
}
