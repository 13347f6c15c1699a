// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

// again starts a second emulator with what the first one is written down as.
func again(w *world.World, o emulator.Options) (*world.World, error) {
	w.T.Helper()
	text, err := w.Dump()
	if err != nil {
		w.T.Fatal(err)
	}
	if o.Seed, err = emulator.ParseSeed(text); err != nil {
		return nil, err
	}
	o.Now = w.Clock.Now
	e, err := emulator.Start(o)
	return &world.World{Emulator: e, T: w.T, Clock: w.Clock}, err
}

// lives are what may happen in a world, each to one of a few devices.
func lives(w *world.World, leaf func(id string) string) []func(rt *rapid.T, id string) {
	put := func(path, body string) { w.Service("PUT", path, body, "If-Match", w.IfExists(path)) }
	onHub := func(rt *rapid.T, method, path, body string) {
		hub := rapid.SampledFrom([]string{"north", "south"}).Draw(rt, "hub")
		match := ""
		if w.OnHub(hub, "GET", path, "").Status == 200 {
			match = "*"
		}
		w.OnHub(hub, method, path, body, "If-Match", match)
	}
	either := func(rt *rapid.T, texts ...string) string { return rapid.SampledFrom(texts).Draw(rt, "text") }
	more := func(rt *rapid.T) string {
		return either(rt, "", `,"provisioningStatus":"disabled"`, `,"provisioningStatus":null`) +
			either(rt, "", `,"initialTwin":{"tags":{"a":{"b":[1,{}]}},"properties":{"desired":{"x":1.50}}}`) +
			either(rt, "", `,"allocationPolicy":"static","iotHubs":["`+w.Hub("south").Hostname()+`"]`) +
			either(rt, "", `,"reprovisionPolicy":{"updateHubAssignment":false,"migrateDeviceData":true}`)
	}
	return []func(rt *rapid.T, id string){
		func(rt *rapid.T, id string) { put("/enrollments/"+id, world.EntryKinds()[0].Body(id, more(rt))) },
		func(rt *rapid.T, id string) { put("/enrollmentGroups/"+id, world.EntryKinds()[1].Body(id, more(rt))) },
		func(_ *rapid.T, id string) {
			put("/enrollments/"+id, `{"registrationId":"`+id+`","deviceId":"`+id+`-x","attestation":{"type":"x509","x509":`+
				`{"clientCertificates":{"secondary":{"certificate":`+leaf(id)+`}}}}}`)
		},
		func(_ *rapid.T, id string) {
			put("/enrollments/"+id, `{"registrationId":"`+id+`","capabilities":{"iotEdge":true},"attestation":`+
				`{"type":"tpm","tpm":{"endorsementKey":"AAAA"}}}`)
		},
		func(_ *rapid.T, id string) { w.Service("DELETE", "/enrollments/"+id, "") },
		func(_ *rapid.T, id string) { w.Service("DELETE", "/registrations/"+id, "") },
		func(_ *rapid.T, id string) { w.SymmetricDevice(id, world.Key(32)).Register() },
		func(rt *rapid.T, id string) {
			onHub(rt, "PUT", "/devices/"+id, `{"deviceId":"`+id+`","statusReason":"because","status":"`+
				either(rt, "enabled", "disabled")+`"`+either(rt, "", `,"capabilities":{"iotEdge":true}`,
				`,"authentication":{"type":"selfSigned","x509Thumbprint":{"primaryThumbprint":"`+strings.Repeat("aB", 20)+`"}}`,
				`,"authentication":{"type":"certificateAuthority"}`)+`}`)
		},
		func(rt *rapid.T, id string) {
			onHub(rt, "PATCH", "/twins/"+id, either(rt, `{"tags":{"a":{"c":null,"d":true},"b":null}}`, `{"tags":{"b":"<&>"}}`,
				`{"properties":{"desired":{"x":{},"y":{"z":[[],"é"]}}}}`, `{"properties":{"desired":{"y":{"w":-3}}}}`))
		},
		func(rt *rapid.T, id string) {
			onHub(rt, "PUT", "/devices/"+id+"/modules/m", `{"deviceId":"`+id+`","moduleId":"m","managedBy":"me"}`)
		},
		func(rt *rapid.T, id string) { onHub(rt, "DELETE", "/devices/"+id, "") },
		func(*rapid.T, string) { w.Clock.Advance(90 * time.Second) },
	}
}

// seen is everything that the services answer about a few devices, with hubs called by their names.
func seen(w *world.World, ids []string) string {
	var b strings.Builder
	note := func(r world.Result) { fmt.Fprintln(&b, r.Status, r.Body) }
	for _, id := range ids {
		for _, path := range []string{"/enrollments/", "/enrollmentGroups/", "/registrations/"} {
			if r := w.Service("GET", path+id, ""); r.Status == 200 {
				note(r)
			}
		}
		for _, path := range []string{"/enrollments/", "/enrollmentGroups/"} {
			if r := w.Service("POST", path+id+"/attestationmechanism", ""); r.Status == 200 {
				note(r)
			}
		}
	}
	for _, path := range []string{"/enrollments/query", "/enrollmentGroups/query"} {
		note(w.Service("POST", path, `{"query":"*"}`))
	}
	for _, hub := range []string{"north", "south"} {
		note(w.OnHub(hub, "GET", "/devices", ""))
		for _, source := range []string{"devices", "devices.modules"} {
			note(w.OnHub(hub, "POST", "/devices/query", `{"query":"SELECT * FROM `+source+`"}`))
		}
	}
	return strings.NewReplacer(w.Hub("north").Hostname(), "north", w.Hub("south").Hostname(), "south").Replace(b.String())
}

func TestDump_seededAgainIsTheSameWorld(t *testing.T) {
	t.Parallel()
	o := emulator.Options{Hubs: []emulator.HubOptions{{Name: "north"}, {Name: "south"}}}
	w := world.Start(t, o)
	ids := []string{"Dev-1", "dev.2", "dev:3"}
	leaves := map[string]string{}
	for _, id := range ids {
		leaves[id] = world.Quote(t, world.PEMOf(world.SelfSigned(t, id).Certificate[0]))
	}
	all := lives(w, func(id string) string { return leaves[id] })
	rapid.Check(t, func(rt *rapid.T) {
		if err := w.Reset(); err != nil {
			rt.Fatal(err)
		}
		for range rapid.IntRange(0, 25).Draw(rt, "steps") {
			rapid.SampledFrom(all).Draw(rt, "life")(rt, rapid.SampledFrom(ids).Draw(rt, "id"))
		}
		second, err := again(w, o)
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { _ = second.Close() }()
		if a, b := seen(w, ids), seen(second, ids); a != b {
			rt.Fatalf("the world was\n%s\nand is now\n%s", a, b)
		}
		a, _ := w.Dump()
		b, _ := second.Dump()
		if string(a) != string(b) {
			rt.Fatalf("written down it was\n%s\nand is now\n%s", a, b)
		}
		if !strings.HasPrefix(second.DPSConnectionString()[len("HostName="+second.DPSHostname()):],
			w.DPSConnectionString()[len("HostName="+w.DPSHostname()):]) || second.IDScope() != w.IDScope() {
			rt.Fatal("the keys are others")
		}
	})
}

// What comes after a seed is as if there had been no break: a client that trusted the emulator still does, an entity
// tag is good for one write and new afterwards, and the device that had registered goes on.
func TestSeed_isAWorldToGoOnWith(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	for range 3 {
		w.Rewrite("")
	}
	first := w.SymmetricDevice("dev", world.Key(32)).Admitted()
	etag := world.ETagOf(t, w.Service("GET", "/enrollments/dev", ""))
	second, err := again(w, emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = second.Close() })
	if string(second.CACertificatePEM()) != string(w.CACertificatePEM()) {
		t.Error("the certificate authority is another one")
	}
	body := world.EntryKinds()[0].Body("dev", "")
	r := second.Service("PUT", "/enrollments/dev", body, "If-Match", etag)
	world.WantStatus(t, r, 200)
	if world.ETagOf(t, r) == etag {
		t.Error("the entity tag is used again")
	}
	world.WantStatus(t, second.Service("PUT", "/enrollments/dev", body, "If-Match", etag), 412)
	next := second.SymmetricDevice("dev", world.Key(32)).Admitted()
	if next["createdDateTimeUtc"] != first["createdDateTimeUtc"] || second.Where("dev") != "hub1" {
		t.Errorf("the registration was %v and is %v", first, next)
	}
	if got := second.Connects(second.SymmetricDevice("dev", world.Key(32)), "hub1", "dev"); got != 204 {
		t.Errorf("the hub answers the device %d", got)
	}
}

func TestReset_comesBackToTheStart(t *testing.T) {
	t.Parallel()
	const text = `{"provisioning_service":{"enrollments":[{"registrationId":"dev","attestation":{"type":"symmetricKey"}}]},
		"hubs":[{"name":"hub1","devices":[{"deviceId":"a"}]}]}`
	seed, err := emulator.ParseSeed([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	w := world.Start(t, emulator.Options{Seed: seed, AdminAddr: "127.0.0.1:0"})
	w.Rewrite(`,"provisioningStatus":"disabled"`)
	w.SymmetricDevice("dev", world.Key(32)).Outcome()
	world.WantStatus(t, w.OnHub("hub1", "DELETE", "/devices/a", "", "If-Match", "*"), 204)
	world.WantStatus(t, admin(w, "POST", "/faults", `{"status":500}`), 204)
	w.SetLatency(time.Hour)
	world.WantStatus(t, admin(w, "POST", "/reset", ""), 204)
	if len(w.Journal()) != 0 {
		t.Error("the journal was kept")
	}
	world.WantStatus(t, w.Service("GET", "/registrations/dev", ""), 404)
	if status := w.Service("GET", "/enrollments/dev", "").Object(t)["provisioningStatus"]; status != "enabled" {
		t.Errorf("the enrollment is %v", status)
	}
	world.WantStatus(t, w.OnHub("hub1", "GET", "/devices/a", ""), 200)
	dump := admin(w, "GET", "/dump", "")
	if _, err := emulator.ParseSeed([]byte(dump.Body)); err != nil || dump.Status != 200 {
		t.Errorf("the dump is answered %d: %v", dump.Status, err)
	}
}

func TestSeed_saysWhichMemberIsWrong(t *testing.T) {
	t.Parallel()
	const (
		inDPS, aKey = "provisioning_service", `"AAAAAAAAAAAAAAAAAAAAAA=="`
		anEntry     = `"attestation":{"type":"symmetricKey"}`
		policies    = `"policies":{"%s":{"primary_key":"%s","secondary_key":` + aKey + `}}`
	)
	dps := func(text string) string { return `{"` + inDPS + `":{` + text + `}}` }
	device := func(text string) string {
		return `{"hubs":[{"name":"hub1","devices":[{"deviceId":"a"},{` + text + `}]}]}`
	}
	b := func(text string) string { return device(`"deviceId":"b",` + text) }
	const second = "hubs[0].devices[1]."
	for _, c := range []struct{ text, want string }{
		{`{"hub":[]}`, "hub: there is no such member"},
		{`{"hubs":[{"name":"hub1",` + fmt.Sprintf(policies, "nobody", "AAAAAAAAAAAAAAAAAAAAAA==") + `}]}`,
			"hubs[0].policies.nobody: there is no such policy"},
		{dps(fmt.Sprintf(policies, "serviceconfig", "x")),
			inDPS + ".policies.serviceconfig.primary_key: expected base64 of 16 to 64 bytes"},
		{`{"certificate_authority":{"certificate":"","private_key":""}}`,
			"certificate_authority: tls: failed to find any PEM data in certificate input"},
		{dps(`"enrollments":[{"registrationId":"a",` + anEntry + `,"provisoningStatus":"x"}]`),
			inDPS + ".enrollments[0].provisoningStatus: there is no such member"},
		{dps(`"enrollments":[{"registrationId":"a","attestation":{"type":"symmetric"}}]`),
			inDPS + ".enrollments[0]: The attestation type is not known."},
		{dps(`"enrollment_groups":[{"enrollmentGroupId":"a",` + anEntry + `},{"enrollmentGroupId":"A",` + anEntry + `}]`),
			inDPS + ".enrollment_groups[1]: EnrollmentGroup already exists."},
		{dps(`"registrations":[{"registrationId":"a","status":"lost"}]`),
			inDPS + ".registrations[0].status: expected one of unassigned, assigning, assigned, failed, disabled"},
		{dps(`"registrations":[{"registrationId":"é"}]`), inDPS + ".registrations[0].registrationId: the ID is not valid"},
		{device(`"deviceId":"a"`), second + "deviceId: a is there twice"},
		{device(`"deviceId":"é"`), second + "deviceId: the ID is not valid"},
		{b(`"status":"off"`), second + "status: expected enabled or disabled"},
		{b(`"state":"off"`), second + "state: there is no such member"},
		{b(`"authentication":{"type":"key"}`), second + "authentication: BadRequest"},
		{b(`"etag":"x"`), second + "etag: this is none of a hub"},
		{b(`"generationId":"x"`), second + "generationId: expected a whole number as text"},
		{b(`"lastActivityTime":"x"`), second + "lastActivityTime: expected a moment such as 2026-01-31T12:00:00Z"},
		{b(`"twin":{"etag":"x"}`), second + "twin.etag: this is none of a twin"},
		{b(`"twin":{"tags":[]}`), second + "twin.tags: tags, properties and attributes are JSON objects"},
		{b(`"twin":{"tags":{"a b":1}}`), second + "twin.tags: The name of a property or tag is invalid"},
		{b(`"twin":{"properties":{"desired":{"$metadata":1}}}`), second + "twin.properties.desired: $metadata is no object"},
		{b(`"modules":[{"moduleId":"$m"}]`), second + "modules[0].moduleId: the ID is not valid"},
		{`{"hubs":[{"name":"hub1"},{"name":"HUB1"}]}`, `the hub name "HUB1" is empty or given twice`},
	} {
		seed, err := emulator.ParseSeed([]byte(c.text))
		if err == nil {
			var e *emulator.Emulator
			if e, err = emulator.Start(emulator.Options{Seed: seed}); err == nil {
				_ = e.Close()
				err = fmt.Errorf("it started")
			}
		}
		if got := strings.TrimPrefix(err.Error(), "the seed: "); got != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.text, err, c.want)
		}
	}
	seed, err := emulator.ParseSeed([]byte(`{"hubs":[{"name":"other"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = emulator.Start(emulator.Options{Seed: seed, Hubs: []emulator.HubOptions{{Name: "hub1"}}})
	if err == nil || err.Error() != `the seed: hubs[0].name: no hub is called "other"` {
		t.Errorf("a hub that is not there: %v", err)
	}
}

func TestFixedCredentials_areTheSameAtEachStart(t *testing.T) {
	t.Parallel()
	o := emulator.Options{FixedCredentials: true}
	one, two := world.Start(t, o), world.Start(t, o)
	withoutHost := func(text string) string { return text[strings.Index(text, ";"):] }
	if withoutHost(one.DPSConnectionString()) != withoutHost(two.DPSConnectionString()) ||
		withoutHost(one.Hubs()[0].ConnectionString()) != withoutHost(two.Hubs()[0].ConnectionString()) ||
		one.IDScope() != two.IDScope() {
		t.Error("they differ")
	}
	if p := one.DPSPolicies(); p[0].Keys[0] == p[1].Keys[0] || p[0].Keys[0] == p[0].Keys[1] {
		t.Error("policies share a key")
	}
	if string(one.CACertificatePEM()) == string(two.CACertificatePEM()) {
		t.Error("the certificate authority is fixed: who trusts it trusts everybody who reads this")
	}
	world.WantStatus(t, one.Service("GET", "/enrollments/a", ""), 404)
}
