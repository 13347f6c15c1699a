// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

func TestRegister_symmetricIndividual_acceptsBothKeys(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.service("PUT", "/enrollments/dev", entryKinds()[0].body("dev", ""))
	for _, k := range []string{key(32), key(48)} {
		w.symmetricDevice("dev", k).admitted()
	}
	wantProblem(t, w.symmetricDevice("dev", key(33)).register(), 401, 401002)
	authentication, _ := w.identity("hub1", "dev")["authentication"].(map[string]any)
	keys, _ := authentication["symmetricKey"].(map[string]any)
	if authentication["type"] != "sas" || keys["primaryKey"] != key(32) || keys["secondaryKey"] != key(48) {
		t.Errorf("authentication %v", authentication)
	}
}

func TestRegister_symmetricGroup_wantsTheDerivedKey(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.service("PUT", "/enrollmentGroups/g", entryKinds()[1].body("g", ""))
	w.service("PUT", "/enrollmentGroups/h", `{"enrollmentGroupId":"h","attestation":{"type":"symmetricKey",`+
		`"symmetricKey":{"primaryKey":"`+key(20)+`"}}}`)
	for id, groupKey := range map[string]string{"one": key(32), "two": key(48), "Mixed.Case:3": key(20)} {
		d := w.symmetricDevice(id, derive(t, groupKey, id))
		if s := d.admitted(); s["deviceId"] != id {
			t.Errorf("state %v", s)
		}
	}
	authentication, _ := w.identity("hub1", "one")["authentication"].(map[string]any)
	keys, _ := authentication["symmetricKey"].(map[string]any)
	if keys["primaryKey"] != derive(t, key(32), "one") || keys["secondaryKey"] != derive(t, key(48), "one") {
		t.Errorf("keys %v", keys)
	}
	wantProblem(t, w.symmetricDevice("one", key(32)).register(), 401, 401002)
	wantProblem(t, w.symmetricDevice("three", derive(t, key(32), "one")).register(), 401, 401002)
	if got := w.pages("/registrations/h/query", "", "registrationId"); got[0][0] != "Mixed.Case:3" {
		t.Errorf("registrations of h: %v", got)
	}
}

func TestRegister_derivationUsesTheDevicesSpelling(t *testing.T) {
	t.Parallel()
	for _, lower := range []bool{false, true} {
		w := start(t, choosing(emulator.DPSChoices{LowerCaseDerivation: lower}))
		w.service("PUT", "/enrollmentGroups/g", entryKinds()[1].body("g", ""))
		asSpelled := w.symmetricDevice("Dev", derive(t, key(32), "Dev")).register().status
		asLower := w.symmetricDevice("Dev", derive(t, key(32), "dev")).register().status
		if (asSpelled == 200) == lower || (asLower == 200) != lower {
			t.Errorf("lower %v: spelled %d, lower case %d", lower, asSpelled, asLower)
		}
	}
}

func TestRegister_individualWinsOverGroup(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.service("PUT", "/enrollmentGroups/g", entryKinds()[1].body("g", ""))
	d := w.symmetricDevice("dev", derive(t, key(32), "dev"))
	d.admitted()
	w.service("PUT", "/enrollments/dev", entryKinds()[0].body("dev", ""))
	wantStatus(t, d.register(), 401)
	w.symmetricDevice("dev", key(32)).admitted()
	if r := w.service("POST", "/registrations/g/query", ""); r.body != "[]" {
		t.Errorf("the record still belongs to the group: %s", r.body)
	}
}

func TestRegister_disabledEntryOfEitherKind_leavesARecord(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.service("PUT", "/enrollments/single", entryKinds()[0].body("single", `,"provisioningStatus":"disabled"`))
	w.service("PUT", "/enrollmentGroups/g", entryKinds()[1].body("g", `,"provisioningStatus":"disabled"`))
	for id, k := range map[string]string{"single": key(32), "member": derive(t, key(32), "member")} {
		r := w.symmetricDevice(id, k).register()
		wantStatus(t, r, 200)
		if r.object(t)["status"] != "disabled" {
			t.Errorf("%s: %s", id, r.body)
		}
		record := w.service("GET", "/registrations/"+id, "").object(t)
		if record["status"] != "disabled" || record["etag"] == nil || record["assignedHub"] != nil {
			t.Errorf("record %v", record)
		}
		if w.identity("hub1", id) != nil {
			t.Errorf("%s has an identity", id)
		}
	}
}

func TestRegister_answer(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.service("PUT", "/enrollments/dev", entryKinds()[0].body("dev", ""))
	d := w.symmetricDevice("dev", key(32))
	r := d.begin()
	wantStatus(t, r, 202)
	if got := members(t, r.body); got != "operationId status" || r.object(t)["status"] != "assigning" {
		t.Errorf("answer %s", r.body)
	}
	id, _ := r.object(t)["operationId"].(string)
	if !regexp.MustCompile(`^\d\.[0-9a-f]{16}\.[0-9a-f-]{36}$`).MatchString(id) {
		t.Errorf("operation %s", id)
	}
	want := "https://" + w.DPSHostname() + "/" + w.IDScope() + "/registrations/dev/register"
	if got := r.header.Get("Location"); got != want {
		t.Errorf("Location %s, want %s", got, want)
	}
	if got := r.header.Get("Retry-After"); got != "3" {
		t.Errorf("Retry-After %q", got)
	}
	final := d.poll(id)
	wantStatus(t, final, 200)
	state := "registrationId createdDateTimeUtc assignedHub deviceId status substatus lastUpdatedDateTimeUtc etag"
	_, text, _ := strings.Cut(final.body, `"registrationState":`)
	if got := members(t, text[:len(text)-1]); got != state {
		t.Errorf("state %s", final.body)
	}
	if record := w.service("GET", "/registrations/dev", ""); record.body != text[:len(text)-1] {
		t.Errorf("service side %s, device side %s", record.body, text)
	}
}

func TestDevice_lookUp(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.service("PUT", "/enrollments/dev", entryKinds()[0].body("dev", ""))
	d := w.symmetricDevice("dev", key(32))
	wantProblem(t, d.call("POST", "", `{"registrationId":"dev"}`), 404, 404203)
	d.admitted()
	r := d.call("POST", "", `{"registrationId":"dev"}`)
	wantStatus(t, r, 200)
	if r.object(t)["status"] != "assigned" {
		t.Errorf("look-up %s", r.body)
	}
	wantProblem(t, w.symmetricDevice("dev", key(33)).call("POST", "", "{}"), 401, 401002)
}

func TestDevice_pollNeedsTheSameProof(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.service("PUT", "/enrollments/dev", entryKinds()[0].body("dev", ""))
	d := w.symmetricDevice("dev", key(32))
	id, _ := d.begin().object(t)["operationId"].(string)
	wantProblem(t, w.symmetricDevice("dev", key(33)).poll(id), 401, 401002)
	wantProblem(t, w.symmetricDevice("dev", "").poll(id), 401, 401002)
	wantProblem(t, d.poll("5.0000000000000000.unknown"), 404, 404203)
	wantStatus(t, d.poll(id), 200)
	wantStatus(t, d.poll(id), 200)
}

func TestDevice_requestsThatAreNotValid(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	d := w.symmetricDevice("dev", key(32))
	wantProblem(t, d.call("PUT", "/register", `{"registrationId":"other"}`), 400, 400001)
	wantProblem(t, d.call("PUT", "/register", "{"), 400, 400001)
	wantProblem(t, d.call("GET", "/register", ""), 405, 405000)
	wantProblem(t, d.call("PUT", "/operations/x", ""), 405, 405000)
	wantProblem(t, d.call("GET", "", ""), 405, 405000)
	wantProblem(t, d.call("GET", "/operations", ""), 501, 501000)
	wantProblem(t, w.symmetricDevice("sp ace", key(32)).begin(), 400, 400001)
	path := "/" + w.IDScope() + "/registrations/dev/register"
	wantProblem(t, w.do(call{method: "PUT", path: path, noVersion: true}), 400, 400001)
}

func TestDevice_tokens(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.service("PUT", "/enrollments/dev", entryKinds()[0].body("dev", ""))
	resource, in := w.IDScope()+"/registrations/dev", w.clock.Now().Add(time.Hour)
	path := "/" + resource + "/register"
	for name, c := range map[string]struct {
		token  string
		status int
	}{
		"encoded":       {sign(t, key(32), url.QueryEscape(resource), in, "registration"), 202},
		"not encoded":   {sign(t, key(32), resource, in, "registration"), 202},
		"other policy":  {sign(t, key(32), resource, in, "owner"), 401},
		"no policy":     {sign(t, key(32), resource, in, ""), 401},
		"other device":  {sign(t, key(32), w.IDScope()+"/registrations/dev2", in, "registration"), 401},
		"other scope":   {sign(t, key(32), "0ne00000000/registrations/dev", in, "registration"), 401},
		"expired":       {sign(t, key(32), resource, w.clock.Now(), "registration"), 401},
		"service token": {w.token(w.DPSConnectionString()), 401},
		"bearer":        {"Bearer a.b.c", 401},
	} {
		r := w.do(call{method: "PUT", path: path, body: "{}", header: map[string]string{"Authorization": c.token}})
		if r.status != c.status {
			t.Errorf("%s: status %d, want %d", name, r.status, c.status)
		}
	}
	unknown := strings.Replace(path, w.IDScope(), "0neFFFFFFFF", 1)
	good := sign(t, key(32), strings.Replace(resource, w.IDScope(), "0neFFFFFFFF", 1), in, "registration")
	r := w.do(call{method: "PUT", path: unknown, body: "{}", header: map[string]string{"Authorization": good}})
	wantProblem(t, r, 401, 401002)
}
