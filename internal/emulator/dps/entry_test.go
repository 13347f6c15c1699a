// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

// members lists the names of the top-level members in the order of the wire.
func members(t *testing.T, body string) string {
	t.Helper()
	var names []string
	depth, inText, start := 0, false, 0
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
			if inText {
				start = i + 1
			} else if depth == 1 && i+1 < len(body) && body[i+1] == ':' {
				names = append(names, body[start:i])
			}
		case !inText && strings.ContainsRune("{[", rune(c)):
			depth++
		case !inText && strings.ContainsRune("}]", rune(c)):
			depth--
		}
	}
	return strings.Join(names, " ")
}

func TestPut_minimal_fillsInAlmostNothing(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		r := w.Service("PUT", k.Path+"/a", k.Body("a", ""))
		world.WantStatus(t, r, 200)
		want := k.IDName + " attestation etag provisioningStatus createdDateTimeUtc lastUpdatedDateTimeUtc"
		if got := members(t, r.Body); got != want {
			t.Errorf("members %q, want %q", got, want)
		}
		if got := r.Header.Get("Content-Type"); got != "application/json; charset=utf-8" {
			t.Errorf("Content-Type %q", got)
		}
		if got := r.Header.Get("ETag"); got != "" {
			t.Errorf("the service sends no ETag header, got %q", got)
		}
	})
}

func TestPut_fillsDefaults_whenChosen(t *testing.T) {
	t.Parallel()
	o := world.Choosing(emulator.DPSChoices{FillDefaults: true})
	world.ForEachKind(t, o, func(t *testing.T, w *world.World, k world.EntryKind) {
		r := w.Service("PUT", k.Path+"/a", k.Body("a", ""))
		for _, want := range []string{
			`"capabilities":{"iotEdge":false}`,
			`"reprovisionPolicy":{"updateHubAssignment":true,"migrateDeviceData":true}`,
		} {
			if !strings.Contains(r.Body, want) {
				t.Errorf("no %s in %s", want, r.Body)
			}
		}
	})
}

func TestPut_full_keepsEverythingInWireOrder(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	hub := w.Hub("hub1").Hostname()
	body := `{"iotHubs":["` + hub + `"],"allocationPolicy":"static","registrationId":"dev-2","deviceId":"dev-2-hub",
		"optionalDeviceInformation":{"note":"a<b&c","n":1.50},"iotHubHostName":"` + hub + `",
		"attestation":{"type":"symmetricKey","symmetricKey":{}},"capabilities":{"iotEdge":true},
		"initialTwin":{"tags":{"version":1,"site":"a"},"properties":{"desired":{"p":[1,{"q":2}]}}},
		"provisioningStatus":"disabled","reprovisionPolicy":{"updateHubAssignment":false},
		"customAllocationDefinition":{"webhookUrl":"https://example.com/api?code=x","apiVersion":"2021-10-01"}}`
	r := w.Service("PUT", "/enrollments/dev-2", body)
	world.WantStatus(t, r, 200)
	want := "registrationId deviceId optionalDeviceInformation attestation capabilities iotHubHostName initialTwin etag " +
		"provisioningStatus reprovisionPolicy createdDateTimeUtc lastUpdatedDateTimeUtc allocationPolicy iotHubs " +
		"customAllocationDefinition"
	if got := members(t, r.Body); got != want {
		t.Errorf("members\n%s, want\n%s", got, want)
	}
	got := w.Service("GET", "/enrollments/dev-2", "").Body
	for _, text := range []string{
		`"deviceId":"dev-2-hub"`, `"optionalDeviceInformation":{"note":"a<b&c","n":1.50}`, `"capabilities":{"iotEdge":true}`,
		`"initialTwin":{"tags":{"version":1,"site":"a"},"properties":{"desired":{"p":[1,{"q":2}]}}}`,
		`"provisioningStatus":"disabled"`, `"reprovisionPolicy":{"updateHubAssignment":false,"migrateDeviceData":true}`,
		`"allocationPolicy":"static","iotHubs":["` + hub + `"]`,
		`"customAllocationDefinition":{"webhookUrl":"https://example.com/api?code=x","apiVersion":"2021-10-01"}`,
	} {
		if !strings.Contains(got, text) {
			t.Errorf("no %s in %s", text, got)
		}
	}
}

func TestPut_replacesTheWholeEntry(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		full := k.Body("a", `,"capabilities":{"iotEdge":true},"initialTwin":{"tags":{"x":1}},`+
			`"provisioningStatus":"disabled",`+
			`"reprovisionPolicy":{"updateHubAssignment":true,"migrateDeviceData":false},"allocationPolicy":"hashed"`)
		world.WantStatus(t, w.Service("PUT", k.Path+"/a", full), 200)
		r := w.Service("PUT", k.Path+"/a", k.Body("a", ""), "If-Match", "*")
		world.WantStatus(t, r, 200)
		for _, gone := range []string{"capabilities", "initialTwin", "reprovisionPolicy", "allocationPolicy", "disabled"} {
			if strings.Contains(r.Body, gone) {
				t.Errorf("%s survived the replacement: %s", gone, r.Body)
			}
		}
	})
}

func TestPut_nullMembersAreAbsent(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	body := `{"registrationId":"a","deviceId":null,"optionalDeviceInformation":null,` +
		`"attestation":{"type":"symmetricKey",` +
		`"symmetricKey":null},"capabilities":null,"iotHubHostName":null,"initialTwin":null,"reprovisionPolicy":null,` +
		`"allocationPolicy":null,"iotHubs":null,"customAllocationDefinition":null,"etag":null}`
	r := w.Service("PUT", "/enrollments/a", body)
	world.WantStatus(t, r, 200)
	want := "registrationId attestation etag provisioningStatus createdDateTimeUtc lastUpdatedDateTimeUtc"
	if got := members(t, r.Body); got != want {
		t.Errorf("members %q, want %q", got, want)
	}
}

func TestPut_emptyTwinMembersAreEchoed(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	kind := world.EntryKinds()[0]
	sent := `"initialTwin":{"tags":{},"properties":{"desired":{}}}`
	r := w.Service("PUT", "/enrollments/a", kind.Body("a", ","+sent))
	if !strings.Contains(r.Body, sent) {
		t.Errorf("no %s in %s", sent, r.Body)
	}
}

func TestPut_provisioningStatus(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		choices    emulator.DPSChoices
		more, want string
	}{
		"omitted":         {emulator.DPSChoices{}, "", `"provisioningStatus":"enabled"`},
		"omitted, chosen": {emulator.DPSChoices{OmittedStatusStaysAbsent: true}, "", ""},
		"null":            {emulator.DPSChoices{}, `,"provisioningStatus":null`, `"provisioningStatus":null`},
		"enabled":         {emulator.DPSChoices{}, `,"provisioningStatus":"enabled"`, `"provisioningStatus":"enabled"`},
		"disabled":        {emulator.DPSChoices{}, `,"provisioningStatus":"disabled"`, `"provisioningStatus":"disabled"`},
		"other case":      {emulator.DPSChoices{}, `,"provisioningStatus":"Disabled"`, `"provisioningStatus":"disabled"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			world.ForEachKind(t, world.Choosing(c.choices), func(t *testing.T, w *world.World, k world.EntryKind) {
				world.WantStatus(t, w.Service("PUT", k.Path+"/a", k.Body("a", c.more)), 200)
				got := w.Service("GET", k.Path+"/a", "").Body
				if !strings.Contains(got, c.want) || c.want == "" && strings.Contains(got, "provisioningStatus") {
					t.Errorf("want %q in %s", c.want, got)
				}
			})
		})
	}
}

func TestPut_readOnlyMembersSentBackAreIgnored(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	kind := world.EntryKinds()[0]
	world.WantStatus(t, w.Service("PUT", "/enrollments/a", kind.Body("a", "")), 200)
	w.SymmetricDevice("a", world.Key(32)).Admitted()
	got := w.Service("GET", "/enrollments/a", "").Body
	w.Clock.Advance(time.Minute)
	r := w.Service("PUT", "/enrollments/a", got, "If-Match", "*")
	world.WantStatus(t, r, 200)
	if strings.Contains(r.Body, "registrationState") {
		t.Errorf("a PUT answer carries no registration state: %s", r.Body)
	}
	before, after := w.Service("GET", "/registrations/a", "").Object(t), r.Object(t)
	if after["createdDateTimeUtc"] == after["lastUpdatedDateTimeUtc"] || before["status"] != "assigned" {
		t.Errorf("entry %v, record %v", after, before)
	}
}

func TestPut_datesAndETagHaveTheRecordedForm(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		first := w.Service("PUT", k.Path+"/a", k.Body("a", "")).Object(t)
		w.Clock.Advance(1500*time.Millisecond + 300)
		second := w.Service("PUT", k.Path+"/a", k.Body("a", ""), "If-Match", "*").Object(t)
		if first["createdDateTimeUtc"] != "2026-03-04T05:06:07.12Z" ||
			first["lastUpdatedDateTimeUtc"] != first["createdDateTimeUtc"] {
			t.Errorf("created %v", first)
		}
		if second["createdDateTimeUtc"] != first["createdDateTimeUtc"] ||
			second["lastUpdatedDateTimeUtc"] != "2026-03-04T05:06:08.6200003Z" {
			t.Errorf("updated %v", second)
		}
		etag, _ := second["etag"].(string)
		form := regexp.MustCompile(`^"[0-9a-f]{8}-0000-0800-0000-69a7bdc00000"$`)
		if text := world.DecodeBase64(t, etag); !form.MatchString(text) {
			t.Errorf("etag %s is %s", etag, text)
		}
	})
}

func TestEntry_idsIgnoreCaseAndKeepTheirSpelling(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		world.WantStatus(t, w.Service("PUT", k.Path+"/Dev-A", k.Body("Dev-A", "")), 200)
		world.WantStatus(t, w.Service("PUT", k.Path+"/DEV-a", k.Body("dev-a", "")), 409)
		r := w.Service("PUT", k.Path+"/DEV-a", k.Body("dev-a", ""), "If-Match", "*")
		if got := r.Object(t)[k.IDName]; got != "Dev-A" {
			t.Errorf("id %v after an update in another case", got)
		}
		world.WantStatus(t, w.Service("DELETE", k.Path+"/dev-A", ""), 204)
	})
}

func TestPut_idRules(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		for id, status := range map[string]int{
			"a": 200, "ends-with-": 200, "_under.s:core-1": 200, strings.Repeat("x", 128): 200,
			strings.Repeat("y", 129): 400, "ends.": 400, "ends_": 400, "ends:": 400, "sp%20ace": 400, "pl+us": 400,
		} {
			plain := strings.ReplaceAll(id, "%20", " ")
			if r := w.Service("PUT", k.Path+"/"+id, k.Body(plain, "")); r.Status != status {
				t.Errorf("%s: status %d, want %d", id, r.Status, status)
			}
		}
		world.WantProblem(t, w.Service("PUT", k.Path+"/one", k.Body("two", "")), 400, 400001)
	})
}

func TestPut_refusesWhatIsNotValid(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		for name, body := range map[string]string{
			"no JSON":        "{",
			"null":           "null",
			"array":          "[]",
			"no attestation": `{"` + k.IDName + `":"a"}`,
			"no type":        `{"` + k.IDName + `":"a","attestation":{}}`,
			"type none":      `{"` + k.IDName + `":"a","attestation":{"type":"none"}}`,
			"unknown type":   `{"` + k.IDName + `":"a","attestation":{"type":"fingerprint"}}`,
			"x509 without":   `{"` + k.IDName + `":"a","attestation":{"type":"x509"}}`,
			"empty certificate": `{"` + k.IDName + `":"a","attestation":{"type":"x509",` +
				`"x509":{"signingCertificates":{"primary":{"certificate":""}}}}}`,
			"status":           k.Body("a", `,"provisioningStatus":"maybe"`),
			"policy":           k.Body("a", `,"allocationPolicy":"random"`),
			"foreign hub":      k.Body("a", `,"iotHubs":["elsewhere.azure-devices.net"]`),
			"foreign hub name": k.Body("a", `,"iotHubHostName":"elsewhere.azure-devices.net"`),
			"custom without":   k.Body("a", `,"allocationPolicy":"custom"`),
			"custom without version": k.Body("a",
				`,"allocationPolicy":"custom","customAllocationDefinition":{"webhookUrl":"https://x"}`),
			"scalar tags": k.Body("a", `,"initialTwin":{"tags":1}`),
		} {
			r := w.Service("PUT", k.Path+"/a", body)
			if r.Status != 400 {
				t.Errorf("%s: status %d: %s", name, r.Status, r.Body)
				continue
			}
			world.WantProblem(t, r, 400, 400001)
		}
		world.WantStatus(t, w.Service("GET", k.Path+"/a", ""), 404)
	})
}

func TestPut_toleratesWhatRealRunsSend(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		for name, more := range map[string]string{
			"static-without-hubs": `,"allocationPolicy":"static"`,
			"custom-on-geo": `,"allocationPolicy":"geoLatency",` +
				`"customAllocationDefinition":{"webhookUrl":"https://x","apiVersion":"2021-10-01"}`,
			"unknown-members":       `,"someday":{"a":1},"registrationState":{"status":"assigned"}`,
			"policy-in-other-case":  `,"allocationPolicy":"GEOLATENCY"`,
			"empty-hub-list":        `,"iotHubs":[]`,
			"cli-empty-collections": `,"optionalDeviceInformation":{},"initialTwin":{"tags":{},"properties":{"desired":{}}}`,
		} {
			world.WantStatus(t, w.Service("PUT", k.Path+"/"+name, k.Body(name, more)), 200)
		}
		if got := w.Service("GET", k.Path+"/unknown-members", "").Body; strings.Contains(got, "someday") {
			t.Errorf("an unknown member was stored: %s", got)
		}
	})
}

func TestPut_keepsUnknownMembers_whenChosen(t *testing.T) {
	t.Parallel()
	o := world.Choosing(emulator.DPSChoices{KeepUnknownMembers: true})
	world.ForEachKind(t, o, func(t *testing.T, w *world.World, k world.EntryKind) {
		world.WantStatus(t, w.Service("PUT", k.Path+"/a", k.Body("a", `,"credentialPolicyName":"p"`)), 200)
		for _, r := range []world.Result{
			w.Service("GET", k.Path+"/a", ""), w.Service("POST", k.Path+"/query", `{"query":""}`),
		} {
			if !strings.Contains(r.Body, `"credentialPolicyName":"p"`) {
				t.Errorf("the member is missing in %s", r.Body)
			}
		}
	})
}

func TestPut_attestationTypeMayChange(t *testing.T) {
	t.Parallel()
	tpm := `{"registrationId":"a","attestation":{"type":"tpm","tpm":{"endorsementKey":"` + world.Key(20) + `"}}}`
	for _, c := range []struct {
		refuse bool
		status int
	}{{false, 200}, {true, 400}} {
		w := world.Start(t, world.Choosing(emulator.DPSChoices{RefuseAttestationChange: c.refuse}))
		world.WantStatus(t, w.Service("PUT", "/enrollments/a", world.EntryKinds()[0].Body("a", "")), 200)
		world.WantStatus(t, w.Service("PUT", "/enrollments/a", tpm, "If-Match", "*"), c.status)
	}
}

func TestGet_individual_carriesRegistrationState(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	k := world.EntryKinds()[0]
	w.Service("PUT", "/enrollments/Dev", k.Body("Dev", ""))
	want := `"registrationState":{"registrationId":"Dev","status":"unassigned"}`
	if got := w.Service("GET", "/enrollments/dev", "").Body; !strings.Contains(got, want) {
		t.Errorf("no %s in %s", want, got)
	}
	w.SymmetricDevice("Dev", world.Key(32)).Admitted()
	state, _ := w.Service("GET", "/enrollments/dev", "").Object(t)["registrationState"].(map[string]any)
	record := w.Service("GET", "/registrations/dev", "").Object(t)
	if state["status"] != "assigned" || state["etag"] != record["etag"] {
		t.Errorf("state %v, record %v", state, record)
	}
	world.WantStatus(t, w.Service("DELETE", "/registrations/Dev", ""), 204)
	if got := w.Service("GET", "/enrollments/dev", "").Body; !strings.Contains(got, want) {
		t.Errorf("no %s in %s", want, got)
	}
}

func TestGet_missing_is404WithTheKindsNumber(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	for _, c := range []struct {
		method, path string
		code         int
	}{
		{"GET", "/enrollments/x", 404201},
		{"POST", "/enrollments/x/attestationmechanism", 404201},
		{"GET", "/enrollmentGroups/x", 404204},
		{"POST", "/enrollmentgroups/x/attestationmechanism", 404204},
		{"GET", "/registrations/x", 404203},
		{"DELETE", "/registrations/x", 404203},
	} {
		world.WantProblem(t, w.Service(c.method, c.path, ""), 404, c.code)
	}
}

func TestGroups_areHundredOfEachAttestationAtMost(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	group, ca := world.EntryKinds()[1], world.NewAuthority(t, "root")
	for i := range 100 {
		id := fmt.Sprintf("g%d", i)
		world.WantStatus(t, w.Service("PUT", "/enrollmentGroups/"+id, group.Body(id, "")), 200)
	}
	world.WantProblem(t, w.Service("PUT", "/enrollmentGroups/more", group.Body("more", "")), 403, 403202)
	world.WantStatus(t, w.Service("PUT", "/enrollmentGroups/g0", group.Body("g0", ""), "If-Match", "*"), 200)
	w.PutGroup("certified", ca, "enabled")
	world.WantStatus(t, w.Service("DELETE", "/enrollmentGroups/g0", ""), 204)
	world.WantStatus(t, w.Service("PUT", "/enrollmentGroups/more", group.Body("more", "")), 200)
}
