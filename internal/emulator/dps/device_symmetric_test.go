// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

func TestRegister_symmetricIndividual_acceptsBothKeys(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Service("PUT", "/enrollments/dev", world.EntryKinds()[0].Body("dev", ""))
	for _, k := range []string{world.Key(32), world.Key(48)} {
		w.SymmetricDevice("dev", k).Admitted()
	}
	world.WantProblem(t, w.SymmetricDevice("dev", world.Key(33)).Register(), 401, 401002)
	authentication, _ := w.Identity("hub1", "dev")["authentication"].(map[string]any)
	keys, _ := authentication["symmetricKey"].(map[string]any)
	if authentication["type"] != "sas" || keys["primaryKey"] != world.Key(32) || keys["secondaryKey"] != world.Key(48) {
		t.Errorf("authentication %v", authentication)
	}
}

func TestRegister_symmetricGroup_wantsTheDerivedKey(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Service("PUT", "/enrollmentGroups/g", world.EntryKinds()[1].Body("g", ""))
	w.Service("PUT", "/enrollmentGroups/h", `{"enrollmentGroupId":"h","attestation":{"type":"symmetricKey",`+
		`"symmetricKey":{"primaryKey":"`+world.Key(20)+`"}}}`)
	for id, groupKey := range map[string]string{
		"one": world.Key(32), "two": world.Key(48), "Mixed.Case:3": world.Key(20),
	} {
		d := w.SymmetricDevice(id, world.Derive(t, groupKey, id))
		if s := d.Admitted(); s["deviceId"] != id {
			t.Errorf("state %v", s)
		}
	}
	authentication, _ := w.Identity("hub1", "one")["authentication"].(map[string]any)
	keys, _ := authentication["symmetricKey"].(map[string]any)
	if keys["primaryKey"] != world.Derive(t, world.Key(32), "one") ||
		keys["secondaryKey"] != world.Derive(t, world.Key(48), "one") {
		t.Errorf("keys %v", keys)
	}
	world.WantProblem(t, w.SymmetricDevice("one", world.Key(32)).Register(), 401, 401002)
	world.WantProblem(t, w.SymmetricDevice("three", world.Derive(t, world.Key(32), "one")).Register(), 401, 401002)
	if got := w.Pages("/registrations/h/query", "", "registrationId"); got[0][0] != "Mixed.Case:3" {
		t.Errorf("registrations of h: %v", got)
	}
}

func TestRegister_derivationUsesTheDevicesSpelling(t *testing.T) {
	t.Parallel()
	for _, lower := range []bool{false, true} {
		w := world.Start(t, world.Choosing(emulator.DPSChoices{LowerCaseDerivation: lower}))
		w.Service("PUT", "/enrollmentGroups/g", world.EntryKinds()[1].Body("g", ""))
		asSpelled := w.SymmetricDevice("Dev", world.Derive(t, world.Key(32), "Dev")).Register().Status
		asLower := w.SymmetricDevice("Dev", world.Derive(t, world.Key(32), "dev")).Register().Status
		if (asSpelled == 200) == lower || (asLower == 200) != lower {
			t.Errorf("lower %v: spelled %d, lower case %d", lower, asSpelled, asLower)
		}
	}
}

func TestRegister_individualWinsOverGroup(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Service("PUT", "/enrollmentGroups/g", world.EntryKinds()[1].Body("g", ""))
	d := w.SymmetricDevice("dev", world.Derive(t, world.Key(32), "dev"))
	d.Admitted()
	w.Service("PUT", "/enrollments/dev", world.EntryKinds()[0].Body("dev", ""))
	world.WantStatus(t, d.Register(), 401)
	w.SymmetricDevice("dev", world.Key(32)).Admitted()
	if r := w.Service("POST", "/registrations/g/query", ""); r.Body != "[]" {
		t.Errorf("the record still belongs to the group: %s", r.Body)
	}
}

func TestRegister_disabledEntryOfEitherKind_leavesARecord(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Service("PUT", "/enrollments/single", world.EntryKinds()[0].Body("single", `,"provisioningStatus":"disabled"`))
	w.Service("PUT", "/enrollmentGroups/g", world.EntryKinds()[1].Body("g", `,"provisioningStatus":"disabled"`))
	for id, k := range map[string]string{"single": world.Key(32), "member": world.Derive(t, world.Key(32), "member")} {
		r := w.SymmetricDevice(id, k).Register()
		world.WantStatus(t, r, 200)
		if r.Object(t)["status"] != "disabled" {
			t.Errorf("%s: %s", id, r.Body)
		}
		record := w.Service("GET", "/registrations/"+id, "").Object(t)
		if record["status"] != "disabled" || record["etag"] == nil || record["assignedHub"] != nil {
			t.Errorf("record %v", record)
		}
		if w.Identity("hub1", id) != nil {
			t.Errorf("%s has an identity", id)
		}
	}
}

func TestRegister_answer(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Service("PUT", "/enrollments/dev", world.EntryKinds()[0].Body("dev", ""))
	d := w.SymmetricDevice("dev", world.Key(32))
	r := d.Begin()
	world.WantStatus(t, r, 202)
	if got := members(t, r.Body); got != "operationId status" || r.Object(t)["status"] != "assigning" {
		t.Errorf("answer %s", r.Body)
	}
	id, _ := r.Object(t)["operationId"].(string)
	if !regexp.MustCompile(`^\d\.[0-9a-f]{16}\.[0-9a-f-]{36}$`).MatchString(id) {
		t.Errorf("operation %s", id)
	}
	want := "https://" + w.DPSHostname() + "/" + w.IDScope() + "/registrations/dev/register"
	if got := r.Header.Get("Location"); got != want {
		t.Errorf("Location %s, want %s", got, want)
	}
	if got := r.Header.Get("Retry-After"); got != "3" {
		t.Errorf("Retry-After %q", got)
	}
	final := d.Poll(id)
	world.WantStatus(t, final, 200)
	state := "registrationId createdDateTimeUtc assignedHub deviceId status substatus lastUpdatedDateTimeUtc etag"
	_, text, _ := strings.Cut(final.Body, `"registrationState":`)
	if got := members(t, text[:len(text)-1]); got != state {
		t.Errorf("state %s", final.Body)
	}
	if record := w.Service("GET", "/registrations/dev", ""); record.Body != text[:len(text)-1] {
		t.Errorf("service side %s, device side %s", record.Body, text)
	}
}

func TestDevice_lookUp(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Service("PUT", "/enrollments/dev", world.EntryKinds()[0].Body("dev", ""))
	d := w.SymmetricDevice("dev", world.Key(32))
	world.WantProblem(t, d.Call("POST", "", `{"registrationId":"dev"}`), 404, 404203)
	d.Admitted()
	r := d.Call("POST", "", `{"registrationId":"dev"}`)
	world.WantStatus(t, r, 200)
	if r.Object(t)["status"] != "assigned" {
		t.Errorf("look-up %s", r.Body)
	}
	world.WantProblem(t, w.SymmetricDevice("dev", world.Key(33)).Call("POST", "", "{}"), 401, 401002)
}

func TestDevice_pollNeedsTheSameProof(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Service("PUT", "/enrollments/dev", world.EntryKinds()[0].Body("dev", ""))
	d := w.SymmetricDevice("dev", world.Key(32))
	id, _ := d.Begin().Object(t)["operationId"].(string)
	world.WantProblem(t, w.SymmetricDevice("dev", world.Key(33)).Poll(id), 401, 401002)
	world.WantProblem(t, w.SymmetricDevice("dev", "").Poll(id), 401, 401002)
	world.WantProblem(t, d.Poll("5.0000000000000000.unknown"), 404, 404203)
	world.WantStatus(t, d.Poll(id), 200)
	world.WantStatus(t, d.Poll(id), 200)
}

func TestDevice_requestsThatAreNotValid(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	d := w.SymmetricDevice("dev", world.Key(32))
	world.WantProblem(t, d.Call("PUT", "/register", `{"registrationId":"other"}`), 400, 400001)
	world.WantProblem(t, d.Call("PUT", "/register", "{"), 400, 400001)
	world.WantProblem(t, d.Call("GET", "/register", ""), 405, 405000)
	world.WantProblem(t, d.Call("PUT", "/operations/x", ""), 405, 405000)
	world.WantProblem(t, d.Call("GET", "", ""), 405, 405000)
	world.WantProblem(t, d.Call("GET", "/operations", ""), 501, 501000)
	world.WantProblem(t, w.SymmetricDevice("sp ace", world.Key(32)).Begin(), 400, 400001)
	path := "/" + w.IDScope() + "/registrations/dev/register"
	world.WantProblem(t, w.Do(world.Call{Method: "PUT", Path: path, NoVersion: true}), 400, 400001)
}

func TestDevice_tokens(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Service("PUT", "/enrollments/dev", world.EntryKinds()[0].Body("dev", ""))
	resource, in := w.IDScope()+"/registrations/dev", w.Clock.Now().Add(time.Hour)
	path := "/" + resource + "/register"
	for name, c := range map[string]struct {
		token  string
		status int
	}{
		"encoded":       {world.Sign(t, world.Key(32), url.QueryEscape(resource), in, "registration"), 202},
		"not encoded":   {world.Sign(t, world.Key(32), resource, in, "registration"), 202},
		"other policy":  {world.Sign(t, world.Key(32), resource, in, "owner"), 401},
		"no policy":     {world.Sign(t, world.Key(32), resource, in, ""), 202},
		"empty policy":  {world.Sign(t, world.Key(32), resource, in, "") + "&skn=", 202},
		"other device":  {world.Sign(t, world.Key(32), w.IDScope()+"/registrations/dev2", in, "registration"), 401},
		"other scope":   {world.Sign(t, world.Key(32), "0ne00000000/registrations/dev", in, "registration"), 401},
		"expired":       {world.Sign(t, world.Key(32), resource, w.Clock.Now(), "registration"), 401},
		"service token": {w.Token(w.DPSConnectionString()), 401},
		"bearer":        {"Bearer a.b.c", 401},
	} {
		r := w.Do(world.Call{Method: "PUT", Path: path, Body: "{}", Header: map[string]string{"Authorization": c.token}})
		if r.Status != c.status {
			t.Errorf("%s: status %d, want %d", name, r.Status, c.status)
		}
	}
	unknown := strings.Replace(path, w.IDScope(), "0neFFFFFFFF", 1)
	good := world.Sign(t, world.Key(32), strings.Replace(resource, w.IDScope(), "0neFFFFFFFF", 1), in, "registration")
	r := w.Do(world.Call{Method: "PUT", Path: unknown, Body: "{}", Header: map[string]string{"Authorization": good}})
	world.WantProblem(t, r, 401, 401002)
}
