// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

func TestAssign_hashedSpreadsAndIsStable(t *testing.T) {
	t.Parallel()
	count := map[string]int{}
	var first map[string]string
	for range 2 {
		w := world.Start(t, emulator.Options{Hubs: world.ThreeHubs()})
		w.Service("PUT", "/enrollmentGroups/g", world.EntryKinds()[1].Body("g", ""))
		names := map[string]string{}
		for i := range 12 {
			id := fmt.Sprint("dev-", i)
			host, _ := w.SymmetricDevice(id, world.Derive(t, world.Key(32), id)).Admitted()["assignedHub"].(string)
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
	w := world.Start(t, emulator.Options{Hubs: world.ThreeHubs()})
	for _, more := range []string{
		`,"allocationPolicy":"static"` + w.HubsMember("west"),
		`,"allocationPolicy":"hashed"` + w.HubsMember("west"),
		`,"allocationPolicy":"geoLatency"` + w.HubsMember("west"),
		`,"iotHubHostName":"` + w.Hub("west").Hostname() + `"`,
	} {
		w.Rewrite(more)
		w.SymmetricDevice("dev", world.Key(32)).Admitted()
		if got := w.Where("dev"); got != "west" {
			t.Errorf("%s: in %q", more, got)
		}
	}
}

func TestAssign_noHubLinked_fails(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Rewrite("")
	if err := w.SetLinkedHubs(); err != nil {
		t.Fatal(err)
	}
	s := w.SymmetricDevice("dev", world.Key(32)).Outcome()
	if s["status"] != "failed" || s["errorCode"] != 400208.0 || s["errorMessage"] == nil {
		t.Errorf("state %v", s)
	}
	record := w.Service("GET", "/registrations/dev", "")
	want := "registrationId createdDateTimeUtc status errorCode errorMessage lastUpdatedDateTimeUtc etag"
	if got := members(t, record.Body); got != want {
		t.Errorf("record %s", record.Body)
	}
	if err := w.SetLinkedHubs("hub1"); err != nil {
		t.Fatal(err)
	}
	w.SymmetricDevice("dev", world.Key(32)).Admitted()
	if err := w.SetLinkedHubs("nowhere"); err == nil {
		t.Error("an unknown hub was linked")
	}
}

func TestAssign_refusedByTheHub_fails(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Rewrite(`,"deviceId":"not/legal"`)
	// No recorded failure has a substatus.
	s := w.SymmetricDevice("dev", world.Key(32)).Outcome()
	if s["status"] != "failed" || s["errorCode"] != 400209.0 || s["substatus"] != nil {
		t.Errorf("state %v", s)
	}
}

func TestAssign_makesTheIdentityWithTheInitialTwin(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Rewrite(`,"deviceId":"Machine","capabilities":{"iotEdge":true},` +
		`"initialTwin":{"tags":{"site":"a"},"properties":{"desired":{"speed":3}}}`)
	if s := w.SymmetricDevice("dev", world.Key(32)).Admitted(); s["deviceId"] != "Machine" {
		t.Errorf("state %v", s)
	}
	identity := w.Identity("hub1", "Machine")
	if capabilities, _ := identity["capabilities"].(map[string]any); capabilities["iotEdge"] != true {
		t.Errorf("identity %v", identity)
	}
	twin := w.OnHub("hub1", "GET", "/twins/Machine", "").Object(t)
	tags, _ := twin["tags"].(map[string]any)
	properties, _ := twin["properties"].(map[string]any)
	desired, _ := properties["desired"].(map[string]any)
	if tags["site"] != "a" || desired["speed"] != 3.0 {
		t.Errorf("twin %v", twin)
	}
}

func TestAssign_againKeepsTheTwinAndTheDisabledIdentity(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Rewrite(`,"initialTwin":{"tags":{"site":"a"}}`)
	d := w.SymmetricDevice("dev", world.Key(32))
	first := d.Admitted()
	world.WantStatus(t, w.OnHub("hub1", "PATCH", "/twins/dev", `{"tags":{"site":"b"}}`), 200)
	disabled := strings.Replace(world.Quote(t, w.Identity("hub1", "dev")), `"status":"enabled"`, `"status":"disabled"`, 1)
	world.WantStatus(t, w.OnHub("hub1", "PUT", "/devices/dev", disabled, "If-Match", "*"), 200)
	w.Clock.Advance(time.Minute)
	second := d.Admitted()
	if second["substatus"] != "initialAssignment" || second["createdDateTimeUtc"] != first["createdDateTimeUtc"] ||
		second["lastUpdatedDateTimeUtc"] == first["lastUpdatedDateTimeUtc"] || second["etag"] == first["etag"] {
		t.Errorf("first %v, second %v", first, second)
	}
	tags, _ := w.OnHub("hub1", "GET", "/twins/dev", "").Object(t)["tags"].(map[string]any)
	if tags["site"] != "b" || w.Identity("hub1", "dev")["status"] != "disabled" {
		t.Errorf("tags %v, identity %v", tags, w.Identity("hub1", "dev"))
	}
	if status := w.Connects(d, "hub1", "dev"); status == 204 {
		t.Error("a disabled identity connects")
	}
}

func TestAssign_afterTheIdentityWasDeleted_makesItAnew(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Rewrite("")
	d := w.SymmetricDevice("dev", world.Key(32))
	d.Admitted()
	world.WantStatus(t, w.OnHub("hub1", "DELETE", "/devices/dev", "", "If-Match", "*"), 204)
	d.Admitted()
	if w.Where("dev") != "hub1" {
		t.Error("the identity was not made anew")
	}
}

func TestAssign_newDeviceIDNeedsTheRecordDeleted(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Rewrite("")
	d := w.SymmetricDevice("dev", world.Key(32))
	d.Admitted()
	w.Rewrite(`,"deviceId":"other"`)
	if s := d.Admitted(); s["deviceId"] != "dev" {
		t.Errorf("state %v", s)
	}
	world.WantStatus(t, w.Service("DELETE", "/registrations/dev", ""), 204)
	if s := d.Admitted(); s["deviceId"] != "other" || s["substatus"] != "initialAssignment" {
		t.Errorf("state %v", s)
	}
	if w.Identity("hub1", "dev") == nil || w.Identity("hub1", "other") == nil {
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
			w := world.Start(t, emulator.Options{Hubs: world.ThreeHubs()})
			const twin = `,"initialTwin":{"tags":{"site":"a"}}`
			w.Rewrite(twin + c.policy + w.HubsMember("north"))
			d := w.SymmetricDevice("dev", world.Key(32))
			d.Admitted()
			world.WantStatus(t, w.OnHub("north", "PATCH", "/twins/dev", `{"tags":{"site":"b"}}`), 200)
			w.Rewrite(twin + c.policy + w.HubsMember("south"))
			s := d.Admitted()
			if w.Where("dev") != c.hub || s["assignedHub"] != w.Hub(c.hub).Hostname() || s["substatus"] != c.substatus {
				t.Fatalf("in %q, state %v", w.Where("dev"), s)
			}
			tags, _ := w.OnHub(c.hub, "GET", "/twins/dev", "").Object(t)["tags"].(map[string]any)
			if tags["site"] != c.site {
				t.Errorf("tags %v, want site %s", tags, c.site)
			}
			if status := w.Connects(d, c.hub, "dev"); status != 204 {
				t.Errorf("the device connects with status %d", status)
			}
			w.Rewrite(twin + c.policy + w.HubsMember("north"))
			if s := d.Admitted(); name != "stay" && s["substatus"] != "reprovisionedToInitialAssignment" {
				t.Errorf("back again: %v", s)
			}
		})
	}
}

func TestAssign_afterABlockIsAnInitialAssignment(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	d := w.SymmetricDevice("dev", world.Key(32))
	w.Rewrite("")
	created := d.Admitted()["createdDateTimeUtc"]
	w.Rewrite(`,"provisioningStatus":"disabled"`)
	w.Clock.Advance(time.Hour)
	if s := d.Outcome(); s["status"] != "disabled" || s["createdDateTimeUtc"] != created {
		t.Errorf("state %v", s)
	}
	if w.Identity("hub1", "dev") == nil {
		t.Error("blocking at the provisioning service removed the identity")
	}
	w.Rewrite("")
	if s := d.Admitted(); s["substatus"] != "initialAssignment" {
		t.Errorf("state %v", s)
	}
}

func TestAssign_pollsAnswerAssigningFirst(t *testing.T) {
	t.Parallel()
	for _, as200 := range []bool{false, true} {
		o := world.Choosing(emulator.DPSChoices{RunningPollIs200: as200})
		o.AssigningPolls, o.RetryAfter = 2, 7*time.Second
		w := world.Start(t, o)
		w.Rewrite("")
		d := w.SymmetricDevice("dev", world.Key(32))
		id, _ := d.Begin().Object(t)["operationId"].(string)
		status := 202
		if as200 {
			status = 200
		}
		want := `{"operationId":"` + id + `","status":"assigning","registrationState":{"registrationId":"dev",` +
			`"status":"assigning"}}`
		location := "https://" + w.DPSHostname() + "/" + w.IDScope() + "/registrations/dev/register"
		for range 2 {
			r := d.Poll(id)
			world.WantStatus(t, r, status)
			// The public specification has the header on polls as on the registration.
			if got := r.Header.Get("Location"); got != location {
				t.Errorf("Location %q", got)
			}
			if r.Body != want || r.Header.Get("Retry-After") != "7" {
				t.Errorf("poll %s, %v", r.Body, r.Header)
			}
		}
		if r := d.Poll(id); r.Status != 200 || r.Object(t)["status"] != "assigned" {
			t.Errorf("last poll %s", r.Body)
		}
	}
}

func TestAssign_serviceSideReadsSeeItRunAndEnd(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.SetAssigningPolls(1)
	w.Rewrite("")
	w.SymmetricDevice("dev", world.Key(32)).Begin()
	first := w.Service("GET", "/registrations/dev", "").Object(t)
	if first["status"] != "assigning" || first["assignedHub"] != nil || first["etag"] == nil {
		t.Errorf("record %v", first)
	}
	state, _ := w.Service("GET", "/enrollments/dev", "").Object(t)["registrationState"].(map[string]any)
	if state["status"] != "assigned" || state["etag"] == first["etag"] {
		t.Errorf("state %v", state)
	}
}

func TestAssign_heldAssignmentEndsAfterTheBlock(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Rewrite("")
	release := w.HoldAssignments()
	d := w.SymmetricDevice("dev", world.Key(32))
	id, _ := d.Begin().Object(t)["operationId"].(string)
	for range 3 {
		world.WantStatus(t, d.Poll(id), 202)
	}
	w.Rewrite(`,"provisioningStatus":"disabled"`)
	if w.Where("dev") != "" {
		t.Error("a held assignment made an identity")
	}
	release()
	release()
	if r := d.Poll(id); r.Object(t)["status"] != "assigned" || w.Where("dev") != "hub1" {
		t.Errorf("poll %s", r.Body)
	}
	if s := d.Outcome(); s["status"] != "disabled" {
		t.Errorf("the next try: %v", s)
	}
}

func TestAssign_secondRegisterWhileRunningIs409(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{AssigningPolls: 1})
	w.Rewrite("")
	d := w.SymmetricDevice("dev", world.Key(32))
	world.WantStatus(t, d.Begin(), 202)
	world.WantProblem(t, d.Begin(), 409, 409203)
	// The refused try counted as a look: the first operation can end now.
	world.WantStatus(t, d.Begin(), 202)
}
