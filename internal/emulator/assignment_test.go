// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

func threeHubs() []emulator.HubOptions {
	return []emulator.HubOptions{{Name: "north"}, {Name: "south"}, {Name: "west"}}
}

// hubsMember lists hubs in an entry.
func (w *world) hubsMember(names ...string) string {
	hosts := make([]string, len(names))
	for i, n := range names {
		hosts[i] = `"` + w.Hub(n).Hostname() + `"`
	}
	return `,"iotHubs":[` + strings.Join(hosts, ",") + `]`
}

// where names the hubs in which a device has an identity.
func (w *world) where(deviceID string) string {
	w.t.Helper()
	var names []string
	for _, h := range w.Hubs() {
		if w.identity(h.Name(), deviceID) != nil {
			names = append(names, h.Name())
		}
	}
	return strings.Join(names, " ")
}

// rewrite replaces the enrollment "dev".
func (w *world) rewrite(more string) {
	w.t.Helper()
	body := entryKinds()[0].body("dev", more)
	wantStatus(w.t, w.service("PUT", "/enrollments/dev", body, "If-Match", w.ifExists("/enrollments/dev")), 200)
}

func TestAssign_hashedSpreadsAndIsStable(t *testing.T) {
	t.Parallel()
	count := map[string]int{}
	var first map[string]string
	for range 2 {
		w := start(t, emulator.Options{Hubs: threeHubs()})
		w.service("PUT", "/enrollmentGroups/g", entryKinds()[1].body("g", ""))
		names := map[string]string{}
		for i := range 12 {
			id := fmt.Sprint("dev-", i)
			host, _ := w.symmetricDevice(id, derive(t, key(32), id)).admitted()["assignedHub"].(string)
			for _, h := range w.Hubs() {
				if h.Hostname() == host {
					names[id] = h.Name()
					count[h.Name()]++
				}
			}
		}
		if first != nil && fmt.Sprint(first) != fmt.Sprint(names) {
			t.Errorf("assigned %v, in another run %v", first, names)
		}
		first = names
	}
	if len(count) != 3 {
		t.Errorf("assigned to %v", count)
	}
}

func TestAssign_staticAndNamedHubs(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{Hubs: threeHubs()})
	for _, more := range []string{
		`,"allocationPolicy":"static"` + w.hubsMember("west"),
		`,"allocationPolicy":"hashed"` + w.hubsMember("west"),
		`,"allocationPolicy":"geoLatency"` + w.hubsMember("west"),
		`,"iotHubHostName":"` + w.Hub("west").Hostname() + `"`,
	} {
		w.rewrite(more)
		w.symmetricDevice("dev", key(32)).admitted()
		if got := w.where("dev"); got != "west" {
			t.Errorf("%s: in %q", more, got)
		}
	}
}

func TestAssign_noHubLinked_fails(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.rewrite("")
	if err := w.SetLinkedHubs(); err != nil {
		t.Fatal(err)
	}
	s := w.symmetricDevice("dev", key(32)).outcome()
	if s["status"] != "failed" || s["errorCode"] != 400208.0 || s["errorMessage"] == nil {
		t.Errorf("state %v", s)
	}
	record := w.service("GET", "/registrations/dev", "")
	want := "registrationId createdDateTimeUtc status errorCode errorMessage lastUpdatedDateTimeUtc etag"
	if got := members(t, record.body); got != want {
		t.Errorf("record %s", record.body)
	}
	if err := w.SetLinkedHubs("hub1"); err != nil {
		t.Fatal(err)
	}
	w.symmetricDevice("dev", key(32)).admitted()
	if err := w.SetLinkedHubs("nowhere"); err == nil {
		t.Error("an unknown hub was linked")
	}
}

func TestAssign_refusedByTheHub_fails(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.rewrite(`,"deviceId":"not/legal"`)
	if s := w.symmetricDevice("dev", key(32)).outcome(); s["status"] != "failed" || s["errorCode"] != 400209.0 {
		t.Errorf("state %v", s)
	}
}

func TestAssign_makesTheIdentityWithTheInitialTwin(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.rewrite(`,"deviceId":"Machine","capabilities":{"iotEdge":true},` +
		`"initialTwin":{"tags":{"site":"a"},"properties":{"desired":{"speed":3}}}`)
	if s := w.symmetricDevice("dev", key(32)).admitted(); s["deviceId"] != "Machine" {
		t.Errorf("state %v", s)
	}
	identity := w.identity("hub1", "Machine")
	if capabilities, _ := identity["capabilities"].(map[string]any); capabilities["iotEdge"] != true {
		t.Errorf("identity %v", identity)
	}
	twin := w.hub("hub1", "GET", "/twins/Machine", "").object(t)
	tags, _ := twin["tags"].(map[string]any)
	properties, _ := twin["properties"].(map[string]any)
	desired, _ := properties["desired"].(map[string]any)
	if tags["site"] != "a" || desired["speed"] != 3.0 {
		t.Errorf("twin %v", twin)
	}
}

func TestAssign_againKeepsTheTwinAndTheDisabledIdentity(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.rewrite(`,"initialTwin":{"tags":{"site":"a"}}`)
	d := w.symmetricDevice("dev", key(32))
	first := d.admitted()
	wantStatus(t, w.hub("hub1", "PATCH", "/twins/dev", `{"tags":{"site":"b"}}`), 200)
	disabled := strings.Replace(quote(t, w.identity("hub1", "dev")), `"status":"enabled"`, `"status":"disabled"`, 1)
	wantStatus(t, w.hub("hub1", "PUT", "/devices/dev", disabled, "If-Match", "*"), 200)
	w.clock.advance(time.Minute)
	second := d.admitted()
	if second["substatus"] != "initialAssignment" || second["createdDateTimeUtc"] != first["createdDateTimeUtc"] ||
		second["lastUpdatedDateTimeUtc"] == first["lastUpdatedDateTimeUtc"] || second["etag"] == first["etag"] {
		t.Errorf("first %v, second %v", first, second)
	}
	tags, _ := w.hub("hub1", "GET", "/twins/dev", "").object(t)["tags"].(map[string]any)
	if tags["site"] != "b" || w.identity("hub1", "dev")["status"] != "disabled" {
		t.Errorf("tags %v, identity %v", tags, w.identity("hub1", "dev"))
	}
	if status := w.connects(d, "hub1", "dev"); status == 204 {
		t.Error("a disabled identity connects")
	}
}

func TestAssign_afterTheIdentityWasDeleted_makesItAnew(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.rewrite("")
	d := w.symmetricDevice("dev", key(32))
	d.admitted()
	wantStatus(t, w.hub("hub1", "DELETE", "/devices/dev", "", "If-Match", "*"), 204)
	d.admitted()
	if w.where("dev") != "hub1" {
		t.Error("the identity was not made anew")
	}
}

func TestAssign_newDeviceIDNeedsTheRecordDeleted(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.rewrite("")
	d := w.symmetricDevice("dev", key(32))
	d.admitted()
	w.rewrite(`,"deviceId":"other"`)
	if s := d.admitted(); s["deviceId"] != "dev" {
		t.Errorf("state %v", s)
	}
	wantStatus(t, w.service("DELETE", "/registrations/dev", ""), 204)
	if s := d.admitted(); s["deviceId"] != "other" || s["substatus"] != "initialAssignment" {
		t.Errorf("state %v", s)
	}
	if w.identity("hub1", "dev") == nil || w.identity("hub1", "other") == nil {
		t.Error("the old identity must stay in the hub")
	}
}

func TestAssign_reprovisionPolicy(t *testing.T) {
	t.Parallel()
	const migrate = `,"reprovisionPolicy":{"updateHubAssignment":true,"migrateDeviceData":true}`
	const reset = `,"reprovisionPolicy":{"updateHubAssignment":true,"migrateDeviceData":false}`
	const stay = `,"reprovisionPolicy":{"updateHubAssignment":false,"migrateDeviceData":false}`
	for name, c := range map[string]struct{ policy, hub, substatus, site string }{
		"none":    {"", "south", "deviceDataMigrated", "b"},
		"migrate": {migrate, "south", "deviceDataMigrated", "b"},
		"reset":   {reset, "south", "deviceDataReset", "a"},
		"stay":    {stay, "north", "initialAssignment", "b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, emulator.Options{Hubs: threeHubs()})
			const twin = `,"initialTwin":{"tags":{"site":"a"}}`
			w.rewrite(twin + c.policy + w.hubsMember("north"))
			d := w.symmetricDevice("dev", key(32))
			d.admitted()
			wantStatus(t, w.hub("north", "PATCH", "/twins/dev", `{"tags":{"site":"b"}}`), 200)
			w.rewrite(twin + c.policy + w.hubsMember("south"))
			s := d.admitted()
			if w.where("dev") != c.hub || s["assignedHub"] != w.Hub(c.hub).Hostname() || s["substatus"] != c.substatus {
				t.Fatalf("in %q, state %v", w.where("dev"), s)
			}
			tags, _ := w.hub(c.hub, "GET", "/twins/dev", "").object(t)["tags"].(map[string]any)
			if tags["site"] != c.site {
				t.Errorf("tags %v, want site %s", tags, c.site)
			}
			if status := w.connects(d, c.hub, "dev"); status != 204 {
				t.Errorf("the device connects with status %d", status)
			}
			w.rewrite(twin + c.policy + w.hubsMember("north"))
			if s := d.admitted(); name != "stay" && s["substatus"] != "reprovisionedToInitialAssignment" {
				t.Errorf("back again: %v", s)
			}
		})
	}
}

func TestAssign_afterABlockIsAnInitialAssignment(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	d := w.symmetricDevice("dev", key(32))
	w.rewrite("")
	created := d.admitted()["createdDateTimeUtc"]
	w.rewrite(`,"provisioningStatus":"disabled"`)
	w.clock.advance(time.Hour)
	if s := d.outcome(); s["status"] != "disabled" || s["createdDateTimeUtc"] != created {
		t.Errorf("state %v", s)
	}
	if w.identity("hub1", "dev") == nil {
		t.Error("blocking at the provisioning service removed the identity")
	}
	w.rewrite("")
	if s := d.admitted(); s["substatus"] != "initialAssignment" {
		t.Errorf("state %v", s)
	}
}

func TestAssign_pollsAnswerAssigningFirst(t *testing.T) {
	t.Parallel()
	for _, as200 := range []bool{false, true} {
		o := choosing(emulator.DPSChoices{RunningPollIs200: as200})
		o.AssigningPolls, o.RetryAfter = 2, 7*time.Second
		w := start(t, o)
		w.rewrite("")
		d := w.symmetricDevice("dev", key(32))
		id, _ := d.begin().object(t)["operationId"].(string)
		status := 202
		if as200 {
			status = 200
		}
		want := `{"operationId":"` + id + `","status":"assigning","registrationState":{"registrationId":"dev",` +
			`"status":"assigning"}}`
		location := "https://" + w.DPSHostname() + "/" + w.IDScope() + "/registrations/dev/register"
		for range 2 {
			r := d.poll(id)
			wantStatus(t, r, status)
			// The public specification has the header on polls as on the registration.
			if got := r.header.Get("Location"); got != location {
				t.Errorf("Location %q", got)
			}
			if r.body != want || r.header.Get("Retry-After") != "7" {
				t.Errorf("poll %s, %v", r.body, r.header)
			}
		}
		if r := d.poll(id); r.status != 200 || r.object(t)["status"] != "assigned" {
			t.Errorf("last poll %s", r.body)
		}
	}
}

func TestAssign_serviceSideReadsSeeItRunAndEnd(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.SetAssigningPolls(1)
	w.rewrite("")
	w.symmetricDevice("dev", key(32)).begin()
	first := w.service("GET", "/registrations/dev", "").object(t)
	if first["status"] != "assigning" || first["assignedHub"] != nil || first["etag"] == nil {
		t.Errorf("record %v", first)
	}
	state, _ := w.service("GET", "/enrollments/dev", "").object(t)["registrationState"].(map[string]any)
	if state["status"] != "assigned" || state["etag"] == first["etag"] {
		t.Errorf("state %v", state)
	}
}

func TestAssign_heldAssignmentEndsAfterTheBlock(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.rewrite("")
	release := w.HoldAssignments()
	d := w.symmetricDevice("dev", key(32))
	id, _ := d.begin().object(t)["operationId"].(string)
	for range 3 {
		wantStatus(t, d.poll(id), 202)
	}
	w.rewrite(`,"provisioningStatus":"disabled"`)
	if w.where("dev") != "" {
		t.Error("a held assignment made an identity")
	}
	release()
	release()
	if r := d.poll(id); r.object(t)["status"] != "assigned" || w.where("dev") != "hub1" {
		t.Errorf("poll %s", r.body)
	}
	if s := d.outcome(); s["status"] != "disabled" {
		t.Errorf("the next try: %v", s)
	}
}

func TestAssign_secondRegisterWhileRunningIs409(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{AssigningPolls: 1})
	w.rewrite("")
	d := w.symmetricDevice("dev", key(32))
	wantStatus(t, d.begin(), 202)
	wantProblem(t, d.begin(), 409, 409203)
	// The refused try counted as a look: the first operation can end now.
	wantStatus(t, d.begin(), 202)
}
