// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// The group is shut, and every device of it is out of its own hub; the next plan is empty.
func TestGroupDisallow_blocksEveryDeviceInItsHub(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 3)
	o, config, planned := p.planned(nil)
	p.expect(planned.Planned, map[string]string{
		"group_status": "disabled", "hubs": "unknown", "pending_count": "0", "access": "unknown",
		"effects": "unknown",
	})
	o.Apply(planned).MustSucceed(t)
	p.expect(o.State, map[string]string{
		"group_status": "disabled", "hubs.north": "3: 3 disabled", "hubs.south": "1: 1 disabled", "pending_count": "0",
		"unplaced_count": "0", "access": "blocked", "individually_admitted_count": "0",
		"effects": "group factory enabled->disabled disable 1\nidentities north enabled->disabled disable 3\n" +
			"identities south enabled->disabled disable 1",
	})
	p.staysOut(o, config)
	p.expect(o.State, map[string]string{"access": "blocked"})
}

// What the devices do between plan and apply changes no plan: one more registers, and is out as well.
func TestGroupDisallow_deviceThatRegistersAfterThePlanIsOutToo(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	o, _, planned := p.planned(nil)
	p = p.with("sensor-050", "north")
	o.Apply(planned).MustSucceed(t)
	p.expect(o.State, map[string]string{"hubs.north": "2: 2 disabled", "access": "blocked"})
	p.mustBeOut()
}

// A hundred devices are written in one call, each whole: their keys stay, and nobody else's identity is touched.
func TestGroupDisallow_writesInBulkAndTouchesNothingElse(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 3)
	p.AddIdentity("north", "stranger", nil)
	before := p.Identity("north", "sensor-001")
	p.Emulator.ClearJournal()
	p.blocked(nil)
	var writes []string
	for _, w := range p.Writes() {
		writes = append(writes, w.Method+" "+w.Path)
	}
	slices.Sort(writes)
	if want := []string{"POST /devices", "POST /devices", "PUT /enrollmentGroups/factory"}; !slices.Equal(writes, want) {
		t.Errorf("wrote %v, want %v", writes, want)
	}
	after := p.Identity("north", "sensor-001")
	if after.GenerationID != before.GenerationID || !strings.HasPrefix(*after.StatusReason, "plant sold [azureiot:") {
		t.Errorf("%+v became %+v", before, after)
	}
	if p.IdentityStatus("north", "stranger") != "enabled" {
		t.Error("an identity of nobody in the group was disabled")
	}
}

// With keep the door is shut and the devices are counted; the change to disable then has exact counts to approve.
func TestGroupDisallow_keepFirstGivesTheReviewerExactCounts(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 2)
	p.SetIdentityStatus("north", "sensor-002", "disabled")
	o, _ := p.blocked(map[string]any{"hub_identity_action": "keep"})
	p.expect(o.State, map[string]string{
		"group_status": "disabled", "pending_count": "0", "access": "partially_blocked",
		"hubs.north": "2: 1 enabled, 1 disabled", "hubs.south": "1: 1 enabled",
	})
	o.MustRefresh()
	for _, d := range p.devices {
		d.MustBeRefused()
	}
	if !p.device("sensor-001").Connects("north") {
		t.Error("keep should leave the identities alone")
	}
	config := o.Config(p.settings(nil))
	planned := o.MustApply(config)
	p.expect(planned.Planned, map[string]string{
		"hubs": "unknown", "pending_count": "0", "access": "blocked",
		"effects": "group factory disabled->disabled none 1\nidentities north disabled->disabled none 1\n" +
			"identities north enabled->disabled disable 1\nidentities south enabled->disabled disable 1",
	})
	p.expect(o.State, map[string]string{"hubs.north": "2: 2 disabled", "access": "blocked"})
	p.staysOut(o, config)
}

// Deleting asks for twins, a hundred times cheaper than identities, and deletes in bulk.
func TestGroupDisallow_deletesIdentities(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 2)
	p.SetIdentityStatus("north", "sensor-002", "disabled")
	p.Emulator.ClearJournal()
	o, config := p.blocked(map[string]any{"hub_identity_action": "delete"})
	for _, call := range p.Emulator.Journal() {
		if call.Method == "GET" && strings.HasPrefix(call.Path, "/devices/") {
			t.Errorf("an identity was read whole: %v", call)
		}
	}
	p.expect(o.State, map[string]string{"hubs.north": "2: 2 absent", "hubs.south": "1: 1 absent", "access": "blocked"})
	if p.IdentityStatus("north", "sensor-001") != "absent" {
		t.Error("the identity is still there")
	}
	p.staysOut(o, config)
}

// In a basic tier, or without the right, twins cannot be read: then the registry is.
func TestGroupDisallow_deletesWithoutTwins(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 2)
	p.Fail("", "GET", "^/twins/", http.StatusForbidden, 0)
	o, _ := p.blocked(map[string]any{"hub_identity_action": "delete"})
	p.expect(o.State, map[string]string{"hubs.north": "2: 2 absent", "access": "blocked"})
	p.mustBeOut()
}

// Deleting never goes beyond what the plan counts, and says what it left.
func TestGroupDisallow_deletesNoMoreThanPlanned(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	o, _ := p.blocked(map[string]any{"hub_identity_action": "keep"})
	planned := o.MustPlan(o.Config(p.settings(map[string]any{"hub_identity_action": "delete"})))
	p.setGroup("enabled")
	p = p.with("sensor-050", "north")
	applied := o.Apply(planned)
	acctest.MustSay(t, applied.Errors(), "More devices than planned", "1 identities", "Group is not blocked yet")
	p.expect(o.State, map[string]string{"pending_count": "1", "group_status": "disabled", "access": "partially_blocked"})
	o.MustRefresh().MustSucceed(t)
	config := o.Config(p.settings(map[string]any{"hub_identity_action": "delete"}))
	o.MustApply(config)
	p.expect(o.State, map[string]string{"pending_count": "0", "access": "blocked"})
	p.mustBeOut()
}

// The records are deleted last, once; they free quota. What refused tries make afterwards is no drift.
func TestGroupDisallow_deletesRecordsLast(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 2)
	o, _ := p.blocked(nil)
	config := o.Config(p.settings(map[string]any{"delete_registrations": true}))
	planned := o.MustPlan(config)
	p.expect(planned.Planned, map[string]string{
		"effects": "group factory disabled->disabled none 1\nidentities north disabled->disabled none 2\n" +
			"identities south disabled->disabled none 1\nrecords factory registered->absent delete 3",
	})
	o.Apply(planned).MustSucceed(t)
	if records := p.records(); records != 0 {
		t.Errorf("%d records are left", records)
	}
	p.expect(o.State, map[string]string{"access": "blocked", "hubs.north": "2: 2 disabled"})
	p.staysOut(o, config)
	p.expect(o.State, map[string]string{"access": "blocked", "unplaced_count": "0"})
}

// The keys of a symmetric-key group go along with the write that disables it, or its devices would be cut off for good.
func TestGroupDisallow_keysOfTheGroupSurvive(t *testing.T) {
	t.Parallel()
	p := keyedPlant(t)
	before := p.groupKeys()
	o, _ := p.blocked(nil)
	if p.groupKeys() != before {
		t.Error("the group has other keys")
	}
	p.mustBeOut()
	if text := o.State.String() + string(o.Private); strings.Contains(text, before) {
		t.Error("the group's key is told")
	}
}

// Where the keys cannot be read nothing is written, and the error names the data action.
func TestGroupDisallow_withoutTheKeysNothingIsWritten(t *testing.T) {
	t.Parallel()
	p := keyedPlant(t)
	o, _, planned := p.planned(nil)
	p.Fail("", "POST", "attestationmechanism$", http.StatusForbidden, 0)
	p.Emulator.ClearJournal()
	applied := o.Apply(planned)
	acctest.MustSay(t, applied.Errors(), "attestationmechanism/details/action", "Nothing was written")
	p.MustNotHaveWritten()
	if !o.State.IsNull() {
		t.Error("there is a state of nothing")
	}
}

// A group that does not exist, and never had a device, is a mistake, unless the same apply makes it.
func TestGroupDisallow_ofNoGroupFails(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 0)
	o := p.NewObject(resourceType)
	planned := o.MustPlan(o.Config(map[string]any{"enrollment_group_id": "facotry"}))
	acctest.MustSay(t, planned.Warnings(), "No such enrollment group yet", "facotry")
	acctest.MustSay(t, o.Apply(planned).Errors(), "No such enrollment group", "Nothing was written")
	if !o.State.IsNull() {
		t.Error("there is a state of nothing")
	}
}

// A group that was deleted already is no obstacle: its devices are still in their hubs.
func TestGroupDisallow_ofADeletedGroupBlocksItsDevices(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 2)
	if err := p.DPS.DeleteEnrollmentGroup(p.Context(), groupID, nil); err != nil {
		t.Fatal(err)
	}
	o, config := p.blocked(nil)
	p.expect(o.State, map[string]string{"group_status": "absent", "hubs.north": "2: 2 disabled", "access": "blocked"})
	for i, d := range p.devices {
		if d.Connects(p.at[i]) {
			t.Errorf("%s connects", d.RegistrationID())
		}
	}
	o.MustSettle(config)
}
