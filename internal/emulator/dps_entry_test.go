// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
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
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		r := w.service("PUT", k.path+"/a", k.body("a", ""))
		wantStatus(t, r, 200)
		want := k.idName + " attestation etag provisioningStatus createdDateTimeUtc lastUpdatedDateTimeUtc"
		if got := members(t, r.body); got != want {
			t.Errorf("members %q, want %q", got, want)
		}
		if got := r.header.Get("Content-Type"); got != "application/json; charset=utf-8" {
			t.Errorf("Content-Type %q", got)
		}
		if got := r.header.Get("ETag"); got != "" {
			t.Errorf("the service sends no ETag header, got %q", got)
		}
	})
}

func TestPut_fillsDefaults_whenChosen(t *testing.T) {
	t.Parallel()
	o := choosing(emulator.DPSChoices{FillDefaults: true})
	forEachKind(t, o, func(t *testing.T, w *world, k entryKind) {
		r := w.service("PUT", k.path+"/a", k.body("a", ""))
		for _, want := range []string{
			`"capabilities":{"iotEdge":false}`,
			`"reprovisionPolicy":{"updateHubAssignment":true,"migrateDeviceData":true}`,
		} {
			if !strings.Contains(r.body, want) {
				t.Errorf("no %s in %s", want, r.body)
			}
		}
	})
}

func TestPut_full_keepsEverythingInWireOrder(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	hub := w.Hub("hub1").Hostname()
	body := `{"iotHubs":["` + hub + `"],"allocationPolicy":"static","registrationId":"dev-2","deviceId":"dev-2-hub",
		"optionalDeviceInformation":{"note":"a<b&c","n":1.50},"iotHubHostName":"` + hub + `",
		"attestation":{"type":"symmetricKey","symmetricKey":{}},"capabilities":{"iotEdge":true},
		"initialTwin":{"tags":{"version":1,"site":"a"},"properties":{"desired":{"p":[1,{"q":2}]}}},
		"provisioningStatus":"disabled","reprovisionPolicy":{"updateHubAssignment":false},
		"customAllocationDefinition":{"webhookUrl":"https://example.com/api?code=x","apiVersion":"2021-10-01"}}`
	r := w.service("PUT", "/enrollments/dev-2", body)
	wantStatus(t, r, 200)
	want := "registrationId deviceId optionalDeviceInformation attestation capabilities iotHubHostName initialTwin etag " +
		"provisioningStatus reprovisionPolicy createdDateTimeUtc lastUpdatedDateTimeUtc allocationPolicy iotHubs " +
		"customAllocationDefinition"
	if got := members(t, r.body); got != want {
		t.Errorf("members\n%s, want\n%s", got, want)
	}
	got := w.service("GET", "/enrollments/dev-2", "").body
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
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		full := k.body("a", `,"capabilities":{"iotEdge":true},"initialTwin":{"tags":{"x":1}},`+
			`"provisioningStatus":"disabled",`+
			`"reprovisionPolicy":{"updateHubAssignment":true,"migrateDeviceData":false},"allocationPolicy":"hashed"`)
		wantStatus(t, w.service("PUT", k.path+"/a", full), 200)
		r := w.service("PUT", k.path+"/a", k.body("a", ""), "If-Match", "*")
		wantStatus(t, r, 200)
		for _, gone := range []string{"capabilities", "initialTwin", "reprovisionPolicy", "allocationPolicy", "disabled"} {
			if strings.Contains(r.body, gone) {
				t.Errorf("%s survived the replacement: %s", gone, r.body)
			}
		}
	})
}

func TestPut_nullMembersAreAbsent(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	body := `{"registrationId":"a","deviceId":null,"optionalDeviceInformation":null,` +
		`"attestation":{"type":"symmetricKey",` +
		`"symmetricKey":null},"capabilities":null,"iotHubHostName":null,"initialTwin":null,"reprovisionPolicy":null,` +
		`"allocationPolicy":null,"iotHubs":null,"customAllocationDefinition":null,"etag":null}`
	r := w.service("PUT", "/enrollments/a", body)
	wantStatus(t, r, 200)
	want := "registrationId attestation etag provisioningStatus createdDateTimeUtc lastUpdatedDateTimeUtc"
	if got := members(t, r.body); got != want {
		t.Errorf("members %q, want %q", got, want)
	}
}

func TestPut_emptyTwinMembersAreEchoed(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	kind := entryKinds()[0]
	sent := `"initialTwin":{"tags":{},"properties":{"desired":{}}}`
	r := w.service("PUT", "/enrollments/a", kind.body("a", ","+sent))
	if !strings.Contains(r.body, sent) {
		t.Errorf("no %s in %s", sent, r.body)
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
			forEachKind(t, choosing(c.choices), func(t *testing.T, w *world, k entryKind) {
				wantStatus(t, w.service("PUT", k.path+"/a", k.body("a", c.more)), 200)
				got := w.service("GET", k.path+"/a", "").body
				if !strings.Contains(got, c.want) || c.want == "" && strings.Contains(got, "provisioningStatus") {
					t.Errorf("want %q in %s", c.want, got)
				}
			})
		})
	}
}

func TestPut_readOnlyMembersSentBackAreIgnored(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	kind := entryKinds()[0]
	wantStatus(t, w.service("PUT", "/enrollments/a", kind.body("a", "")), 200)
	w.symmetricDevice("a", key(32)).admitted()
	got := w.service("GET", "/enrollments/a", "").body
	w.clock.advance(time.Minute)
	r := w.service("PUT", "/enrollments/a", got, "If-Match", "*")
	wantStatus(t, r, 200)
	if strings.Contains(r.body, "registrationState") {
		t.Errorf("a PUT answer carries no registration state: %s", r.body)
	}
	before, after := w.service("GET", "/registrations/a", "").object(t), r.object(t)
	if after["createdDateTimeUtc"] == after["lastUpdatedDateTimeUtc"] || before["status"] != "assigned" {
		t.Errorf("entry %v, record %v", after, before)
	}
}

func TestPut_datesAndETagHaveTheRecordedForm(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		first := w.service("PUT", k.path+"/a", k.body("a", "")).object(t)
		w.clock.advance(1500*time.Millisecond + 300)
		second := w.service("PUT", k.path+"/a", k.body("a", ""), "If-Match", "*").object(t)
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
		if text := decodeBase64(t, etag); !form.MatchString(text) {
			t.Errorf("etag %s is %s", etag, text)
		}
	})
}

func TestEntry_idsIgnoreCaseAndKeepTheirSpelling(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		wantStatus(t, w.service("PUT", k.path+"/Dev-A", k.body("Dev-A", "")), 200)
		wantStatus(t, w.service("PUT", k.path+"/DEV-a", k.body("dev-a", "")), 409)
		r := w.service("PUT", k.path+"/DEV-a", k.body("dev-a", ""), "If-Match", "*")
		if got := r.object(t)[k.idName]; got != "Dev-A" {
			t.Errorf("id %v after an update in another case", got)
		}
		wantStatus(t, w.service("DELETE", k.path+"/dev-A", ""), 204)
	})
}

func TestPut_idRules(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		for id, status := range map[string]int{
			"a": 200, "ends-with-": 200, "_under.s:core-1": 200, strings.Repeat("x", 128): 200,
			strings.Repeat("y", 129): 400, "ends.": 400, "ends_": 400, "ends:": 400, "sp%20ace": 400, "pl+us": 400,
		} {
			plain := strings.ReplaceAll(id, "%20", " ")
			if r := w.service("PUT", k.path+"/"+id, k.body(plain, "")); r.status != status {
				t.Errorf("%s: status %d, want %d", id, r.status, status)
			}
		}
		wantProblem(t, w.service("PUT", k.path+"/one", k.body("two", "")), 400, 400001)
	})
}

func TestPut_refusesWhatIsNotValid(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		for name, body := range map[string]string{
			"no JSON":        "{",
			"null":           "null",
			"array":          "[]",
			"no attestation": `{"` + k.idName + `":"a"}`,
			"no type":        `{"` + k.idName + `":"a","attestation":{}}`,
			"type none":      `{"` + k.idName + `":"a","attestation":{"type":"none"}}`,
			"unknown type":   `{"` + k.idName + `":"a","attestation":{"type":"fingerprint"}}`,
			"x509 without":   `{"` + k.idName + `":"a","attestation":{"type":"x509"}}`,
			"empty certificate": `{"` + k.idName + `":"a","attestation":{"type":"x509",` +
				`"x509":{"signingCertificates":{"primary":{"certificate":""}}}}}`,
			"status":           k.body("a", `,"provisioningStatus":"maybe"`),
			"policy":           k.body("a", `,"allocationPolicy":"random"`),
			"foreign hub":      k.body("a", `,"iotHubs":["elsewhere.azure-devices.net"]`),
			"foreign hub name": k.body("a", `,"iotHubHostName":"elsewhere.azure-devices.net"`),
			"custom without":   k.body("a", `,"allocationPolicy":"custom"`),
			"custom without version": k.body("a",
				`,"allocationPolicy":"custom","customAllocationDefinition":{"webhookUrl":"https://x"}`),
			"scalar tags": k.body("a", `,"initialTwin":{"tags":1}`),
		} {
			r := w.service("PUT", k.path+"/a", body)
			if r.status != 400 {
				t.Errorf("%s: status %d: %s", name, r.status, r.body)
				continue
			}
			wantProblem(t, r, 400, 400001)
		}
		wantStatus(t, w.service("GET", k.path+"/a", ""), 404)
	})
}

func TestPut_toleratesWhatRealRunsSend(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		for name, more := range map[string]string{
			"static-without-hubs": `,"allocationPolicy":"static"`,
			"custom-on-geo": `,"allocationPolicy":"geoLatency",` +
				`"customAllocationDefinition":{"webhookUrl":"https://x","apiVersion":"2021-10-01"}`,
			"unknown-members":       `,"someday":{"a":1},"registrationState":{"status":"assigned"}`,
			"policy-in-other-case":  `,"allocationPolicy":"GEOLATENCY"`,
			"empty-hub-list":        `,"iotHubs":[]`,
			"cli-empty-collections": `,"optionalDeviceInformation":{},"initialTwin":{"tags":{},"properties":{"desired":{}}}`,
		} {
			wantStatus(t, w.service("PUT", k.path+"/"+name, k.body(name, more)), 200)
		}
		if got := w.service("GET", k.path+"/unknown-members", "").body; strings.Contains(got, "someday") {
			t.Errorf("an unknown member was stored: %s", got)
		}
	})
}

func TestPut_keepsUnknownMembers_whenChosen(t *testing.T) {
	t.Parallel()
	o := choosing(emulator.DPSChoices{KeepUnknownMembers: true})
	forEachKind(t, o, func(t *testing.T, w *world, k entryKind) {
		wantStatus(t, w.service("PUT", k.path+"/a", k.body("a", `,"credentialPolicyName":"p"`)), 200)
		for _, r := range []result{
			w.service("GET", k.path+"/a", ""), w.service("POST", k.path+"/query", `{"query":""}`),
		} {
			if !strings.Contains(r.body, `"credentialPolicyName":"p"`) {
				t.Errorf("the member is missing in %s", r.body)
			}
		}
	})
}

func TestPut_attestationTypeMayChange(t *testing.T) {
	t.Parallel()
	tpm := `{"registrationId":"a","attestation":{"type":"tpm","tpm":{"endorsementKey":"` + key(20) + `"}}}`
	for _, c := range []struct {
		refuse bool
		status int
	}{{false, 200}, {true, 400}} {
		w := start(t, choosing(emulator.DPSChoices{RefuseAttestationChange: c.refuse}))
		wantStatus(t, w.service("PUT", "/enrollments/a", entryKinds()[0].body("a", "")), 200)
		wantStatus(t, w.service("PUT", "/enrollments/a", tpm, "If-Match", "*"), c.status)
	}
}

func TestGet_individual_carriesRegistrationState(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	k := entryKinds()[0]
	w.service("PUT", "/enrollments/Dev", k.body("Dev", ""))
	want := `"registrationState":{"registrationId":"Dev","status":"unassigned"}`
	if got := w.service("GET", "/enrollments/dev", "").body; !strings.Contains(got, want) {
		t.Errorf("no %s in %s", want, got)
	}
	w.symmetricDevice("Dev", key(32)).admitted()
	state, _ := w.service("GET", "/enrollments/dev", "").object(t)["registrationState"].(map[string]any)
	record := w.service("GET", "/registrations/dev", "").object(t)
	if state["status"] != "assigned" || state["etag"] != record["etag"] {
		t.Errorf("state %v, record %v", state, record)
	}
	wantStatus(t, w.service("DELETE", "/registrations/Dev", ""), 204)
	if got := w.service("GET", "/enrollments/dev", "").body; !strings.Contains(got, want) {
		t.Errorf("no %s in %s", want, got)
	}
}

func TestGet_missing_is404WithTheKindsNumber(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	for _, c := range []struct {
		method, path string
		code         int
	}{
		{"GET", "/enrollments/x", 404201},
		{"POST", "/enrollments/x/attestationmechanism", 404201},
		{"GET", "/enrollmentGroups/x", 404202},
		{"POST", "/enrollmentgroups/x/attestationmechanism", 404202},
		{"GET", "/registrations/x", 404203},
		{"DELETE", "/registrations/x", 404203},
	} {
		wantProblem(t, w.service(c.method, c.path, ""), 404, c.code)
	}
}
