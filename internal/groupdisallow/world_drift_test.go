// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// A device that somebody enables is drift, and the next apply catches it; nothing else is read or written.
func TestGroupDisallow_catchesWhatIsEnabledAgain(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 3)
	o, config := p.blocked(nil)
	p.SetIdentityStatus("north", "sensor-002", "enabled")
	o.MustRefresh()
	p.expect(o.State, map[string]string{
		"hubs.north": "3: 1 enabled, 2 disabled", "pending_count": "1", "access": "partially_blocked",
	})
	planned := o.MustPlan(config)
	p.expect(planned.Planned, map[string]string{
		"access": "blocked", "pending_count": "0",
		"effects": "group factory disabled->disabled none 1\nidentities north disabled->disabled none 2\n" +
			"identities north enabled->disabled disable 1\nidentities south disabled->disabled none 1",
	})
	p.Emulator.ClearJournal()
	o.Apply(planned).MustSucceed(t)
	read := 0
	for _, call := range p.Emulator.Journal() {
		if call.Method == "GET" && call.Host != p.Emulator.DPSHostname() {
			read++
		}
	}
	if read != 1 || len(p.Writes()) != 1 {
		t.Errorf("read %d identities and wrote %v", read, p.Writes())
	}
	p.staysOut(o, config)
}

// A group that somebody enables lets devices in; the next apply shuts it, and them.
func TestGroupDisallow_catchesAGroupThatIsEnabledAgain(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	o, config := p.blocked(nil)
	p.setGroup("enabled")
	p = p.with("sensor-050", "north")
	o.MustRefresh()
	p.expect(o.State, map[string]string{
		"group_status": "enabled", "access": "allowed", "pending_count": "1", "hubs.north": "2: 1 enabled, 1 disabled",
	})
	o.MustApply(config)
	p.expect(o.State, map[string]string{"group_status": "disabled", "access": "blocked"})
	p.staysOut(o, config)
}

// Devices that keep trying overwrite their records; it is still known where they are.
func TestGroupDisallow_refusedTriesAreNoDrift(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 2)
	o, config := p.blocked(nil)
	for _, d := range p.devices {
		d.MustBeRefused()
	}
	p.Clock.Advance(time.Minute)
	newcomer := p.NewDevice("sensor-200")
	newcomer.MustBeRefused()
	o.MustRefresh()
	p.expect(o.State, map[string]string{"access": "blocked", "unplaced_count": "0", "hubs.north": "2: 2 disabled"})
	o.MustSettle(config)
}

// Of a device whose record lost its hub before anybody looked nothing tells where it is. It is counted and named, what
// bears its name is left alone, and naming the hub settles it.
func TestGroupDisallow_deviceThatWasRefusedOnceNamesNoHub(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 2)
	p.setGroup("disabled")
	p.device("sensor-002").MustBeRefused()
	o, _ := p.blocked(nil)
	p.expect(o.State, map[string]string{
		"unplaced_count": "1", "access": "partially_blocked", "hubs.north": "1: 1 disabled", "pending_count": "0",
	})
	acctest.MustSay(t, o.MustRefresh().Warnings(), "Whereabouts of devices are not known",
		"sensor-002", p.Hostname("north")+": sensor-002")
	if p.IdentityStatus("north", "sensor-002") != "enabled" {
		t.Error("an identity was disabled of which only the name is known")
	}
	config := o.Config(p.settings(map[string]any{"additional_iothub_hostnames": []string{p.Hostname("north")}}))
	o.MustApply(config)
	p.expect(o.State, map[string]string{"unplaced_count": "0", "access": "blocked", "hubs.north": "2: 2 disabled"})
	p.staysOut(o, config)
}

// What is not known does not become known because its record is deleted.
func TestGroupDisallow_deletedRecordsBringNothingBack(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	p.setGroup("disabled")
	p.device("sensor-001").MustBeRefused()
	o, config := p.blocked(map[string]any{"delete_registrations": true})
	if p.records() != 0 {
		t.Error("records are left")
	}
	o.MustRefresh()
	p.expect(o.State, map[string]string{"unplaced_count": "1", "access": "partially_blocked"})
	o.MustSettle(config)
}

// A group that was enabled and disabled again between two looks may have put a device anywhere.
func TestGroupDisallow_groupThatWasOpenMeanwhileMayHaveMovedADevice(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	o, _ := p.blocked(nil)
	p.setGroup("enabled")
	p.link("south")
	d := p.device("sensor-001")
	d.MustRegister()
	p.setGroup("disabled")
	d.MustBeRefused()
	o.MustRefresh()
	p.expect(o.State, map[string]string{"access": "partially_blocked", "unplaced_count": "1"})
}

// The group's status does not stop a device that has an enabled enrollment of its own.
func TestGroupDisallow_listsDevicesThatAreAdmittedIndividually(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 2)
	p.addEntry("SENSOR-002", azdps.StatusEnabled)
	p.addEntry("stranger", azdps.StatusEnabled)
	o, config := p.blocked(nil)
	p.expect(o.State, map[string]string{
		"individually_admitted_count": "1", "access": "partially_blocked", "pending_count": "0",
	})
	got := o.Attribute("individually_admitted")
	if !strings.Contains(got, "sensor-002") || strings.Contains(got, "stranger") {
		t.Error(got)
	}
	p.SetEntryStatus("SENSOR-002", azdps.StatusDisabled)
	o.MustRefresh()
	p.expect(o.State, map[string]string{"individually_admitted_count": "0", "access": "blocked"})
	o.MustSettle(config)
}

// Groups higher in the chain would let the devices in if this one were deleted.
func TestGroupDisallow_namesGroupsHigherInTheChain(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	p.AddGroup("root", p.Root)
	o, config := p.blocked(nil)
	got := o.Attribute("reenroll_paths")
	if !strings.Contains(got, "root") || !strings.Contains(got, "issuer") || strings.Contains(got, groupID) {
		t.Error(got)
	}
	p.expect(o.State, map[string]string{"access": "blocked"})
	p.staysOut(o, config)
	if err := p.DPS.DeleteEnrollmentGroup(p.Context(), groupID, nil); err != nil {
		t.Fatal(err)
	}
	o.MustRefresh()
	p.expect(o.State, map[string]string{"group_status": "absent", "access": "allowed"})
}

// Once nothing leads in, the group may be deleted, and the block stands.
func TestGroupDisallow_groupMayBeDeletedAfterwards(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 2)
	o, config := p.blocked(map[string]any{"delete_registrations": true})
	if err := p.DPS.DeleteEnrollmentGroup(p.Context(), groupID, nil); err != nil {
		t.Fatal(err)
	}
	o.MustRefresh()
	p.expect(o.State, map[string]string{"group_status": "absent", "access": "blocked", "hubs.north": "2: 2 disabled"})
	o.MustSettle(config)
	p.SetIdentityStatus("north", "sensor-001", "enabled")
	o.MustRefresh()
	o.MustApply(config)
	p.expect(o.State, map[string]string{"access": "blocked", "group_status": "absent"})
}

// A hub whose index cannot be asked counts as unreachable, never as fine: for its own devices, and for the one that is
// in another hub and may have been there before.
func TestGroupDisallow_hubThatCannotBeReadIsUnreachable(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 2)
	o, config := p.blocked(nil)
	p.Fail(p.Hostname("north"), "POST", "/devices/query", http.StatusUnauthorized, 0)
	refreshed := o.MustRefresh()
	acctest.MustSay(t, refreshed.Warnings(), "Cannot read devices of enrollment group", p.Hostname("north"), "twins/read")
	p.expect(o.State, map[string]string{
		"hubs.north": "2: 3 unreachable", "hubs.south": "1: 1 disabled", "access": "partially_blocked", "pending_count": "2",
	})
	p.Emulator.ClearFaults()
	o.MustRefresh()
	p.expect(o.State, map[string]string{"hubs.north": "2: 2 disabled", "access": "blocked", "pending_count": "0"})
	o.MustSettle(config)
}

// What was known of a hub before it could not be read is no proof: an apply reads its devices anew. Whether the one in
// another hub has been there before it cannot tell.
func TestGroupDisallow_applyReadsAnewWhatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 2)
	o, config := p.blocked(nil)
	p.SetIdentityStatus("north", "sensor-001", "enabled")
	p.Fail(p.Hostname("north"), "POST", "/devices/query", http.StatusUnauthorized, 0)
	o.MustRefresh()
	o.MustApply(config)
	p.expect(o.State, map[string]string{
		"hubs.north": "2: 2 disabled, 1 unreachable", "access": "partially_blocked", "pending_count": "0",
	})
	p.mustBeOut()
	p.Emulator.ClearFaults()
	o.MustRefresh()
	p.expect(o.State, map[string]string{"hubs.north": "2: 2 disabled", "access": "blocked"})
	o.MustSettle(config)
}

// The index lags: what it still shows is read before it is believed.
func TestGroupDisallow_laggingIndexIsNoDrift(t *testing.T) {
	t.Parallel()
	p := laggingPlant(t)
	o, config := p.blocked(map[string]any{"hub_identity_action": "delete"})
	o.MustSettle(config)
	p.expect(o.State, map[string]string{"hubs.north": "2: 2 absent", "access": "blocked"})
}

// A device that was assigned elsewhere before may have an identity there still. Its name proves nothing: it is named
// and left alone, access is no more than partly blocked, and naming the hub settles it.
func TestGroupDisallow_identityLeftInAnotherHub(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 2)
	p.AddIdentity("south", "sensor-001", nil)
	o, _ := p.blocked(nil)
	p.expect(o.State, map[string]string{
		"access": "partially_blocked", "pending_count": "0", "hubs.south": "1: 1 disabled",
	})
	acctest.MustSay(t, o.MustRefresh().Warnings(), "Other identities bear the names of devices",
		p.Hostname("south")+": sensor-001")
	if p.IdentityStatus("south", "sensor-001") != "enabled" {
		t.Error("an identity was disabled of which only the name is known")
	}
	config := o.Config(p.settings(map[string]any{"additional_iothub_hostnames": []string{p.Hostname("south")}}))
	o.MustApply(config)
	p.expect(o.State, map[string]string{"access": "blocked", "hubs.south": "2: 2 disabled"})
	p.staysOut(o, config)
}
