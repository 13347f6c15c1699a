// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow_test

import (
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
)

var restored = map[string]any{"desired_access": "restored"}

// Restoring lets the devices in again, and leaves nothing of the block behind.
func TestGroupDisallow_restoresWhatItDisabled(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 2)
	o, _ := p.blocked(nil)
	config := o.Config(p.settings(restored))
	planned := o.MustPlan(config)
	p.expect(planned.Planned, map[string]string{
		"group_status": "enabled",
		"effects": "group factory disabled->enabled enable 1\nidentities north disabled->enabled enable 2\n" +
			"identities south disabled->enabled enable 1",
	})
	acctest.MustSay(t, planned.Warnings(), "Group is let in again")
	o.Apply(planned).MustSucceed(t)
	p.expect(o.State, map[string]string{
		"group_status": "enabled", "hubs.north": "2: 2 enabled", "access": "allowed", "pending_count": "0",
	})
	for i, d := range p.devices {
		d.MustBeIn(p.at[i])
	}
	if reason := p.Identity("north", "sensor-001").StatusReason; reason != nil {
		t.Errorf("the reason %q is left", *reason)
	}
	o.MustSettle(config)
	o.MustApply(o.Config(p.settings(nil)))
	p.mustBeOut()
}

// Exactly what this resource disabled comes back: not what was disabled before, not what somebody else has disabled
// since, not a device that was blocked by itself.
func TestGroupDisallow_restoresNothingElse(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 4)
	p.SetIdentityStatus("north", "sensor-002", "disabled")
	o, _ := p.blocked(nil)
	p.SetIdentity("north", "sensor-003", func(d *aziothub.Device) { d.StatusReason = new("stolen, ticket 7") })
	p.addEntry("sensor-004", azdps.StatusDisabled)
	config := o.Config(p.settings(restored))
	o.MustRefresh()
	planned := o.MustApply(config)
	p.expect(planned.Planned, map[string]string{
		"effects": "group factory disabled->enabled enable 1\nidentities north disabled->disabled none 2\n" +
			"identities north disabled->enabled enable 2\nidentities south disabled->enabled enable 1",
	})
	for id, want := range map[string]string{
		"sensor-001": "enabled", "sensor-002": "disabled", "sensor-003": "disabled", "sensor-004": "disabled",
	} {
		if got := p.IdentityStatus("north", id); got != want {
			t.Errorf("%s should be %s, and is %s", id, want, got)
		}
	}
	acctest.MustSay(t, o.MustRefresh().Warnings(), "Identities stay disabled", "3 identities")
	p.device("sensor-004").MustBeRefused()
	o.MustSettle(config)
}

// A group that was disabled before the block stays shut.
func TestGroupDisallow_restoresNoGroupThatWasShutBefore(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	p.setGroup("disabled")
	o, _ := p.blocked(nil)
	planned := o.MustApply(o.Config(p.settings(restored)))
	acctest.MustSay(t, planned.Warnings(), "Group stays shut")
	if p.groupStatus() != "disabled" || p.IdentityStatus("north", "sensor-001") != "enabled" {
		t.Error("the identity was disabled by the block, and the group was not")
	}
}

// Another group of the same name is not enabled, whether that is known at plan or only at apply.
func TestGroupDisallow_restoresNoGroupThatWasMadeAnew(t *testing.T) {
	t.Parallel()
	for name, known := range map[string]bool{"known at plan": true, "found at apply": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlant(t, 1)
			o, _ := p.blocked(nil)
			p.Clock.Advance(time.Minute)
			if err := p.DPS.DeleteEnrollmentGroup(p.Context(), groupID, nil); err != nil {
				t.Fatal(err)
			}
			p.AddGroup(groupID, p.Intermediate)
			p.setGroup("disabled")
			if known {
				o.MustRefresh()
			}
			planned := o.MustPlan(o.Config(p.settings(restored)))
			applied := o.Apply(planned)
			if known {
				acctest.MustSay(t, planned.Warnings(), "Group stays shut")
			} else {
				acctest.MustSay(t, applied.Errors(), "Group was made anew", "Nothing was written")
			}
			if p.groupStatus() != "disabled" {
				t.Error("the group was enabled")
			}
		})
	}
}

// A provider that was killed has lost its memory, but the identities still say who disabled them.
func TestGroupDisallow_recognisesItsOwnWorkWithoutAMemory(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 2)
	p.SetIdentityStatus("north", "sensor-002", "disabled")
	o, config := p.blocked(nil)
	o.Private = nil
	o.MustRefresh()
	p.expect(o.State, map[string]string{"access": "blocked", "hubs.north": "2: 2 disabled"})
	o.MustSettle(config)
	o.MustApply(o.Config(p.settings(restored)))
	if p.IdentityStatus("north", "sensor-001") != "enabled" || p.IdentityStatus("north", "sensor-002") != "disabled" {
		t.Error("not exactly what was disabled here came back")
	}
	if p.groupStatus() != "disabled" {
		t.Error("nobody knows any more that the group was enabled, so that it is to stay shut")
	}
}

// Another group's mark is no mark: two blocks do not undo each other.
func TestGroupDisallow_leavesAnotherGroupsBlockAlone(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	o, _ := p.blocked(nil)
	p.SetIdentity("north", "sensor-001", func(d *aziothub.Device) {
		d.StatusReason = new("recalled [azureiot:00000000]")
	})
	o.MustRefresh()
	o.MustApply(o.Config(p.settings(restored)))
	if p.IdentityStatus("north", "sensor-001") != "disabled" {
		t.Error("an identity with another mark was enabled")
	}
}

// What was deleted cannot come back, and the plan says so.
func TestGroupDisallow_deletedIdentitiesStayAbsent(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	o := p.NewObject(resourceType)
	planned := o.MustApply(o.Config(p.settings(map[string]any{"hub_identity_action": "delete"})))
	acctest.MustSay(t, planned.Warnings(), "Deleting cannot be undone")
	o.MustApply(o.Config(p.settings(map[string]any{"hub_identity_action": "delete", "desired_access": "restored"})))
	p.expect(o.State, map[string]string{"group_status": "enabled", "hubs.north": "1: 1 absent"})
	if !strings.Contains(p.read(o.State, "effects"), "identities north absent->absent none 1") {
		t.Error(p.read(o.State, "effects"))
	}
}

// A new block has nothing to restore.
func TestGroupDisallow_newBlockCannotBeRestored(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 0)
	o := p.NewObject(resourceType)
	acctest.MustSay(t, o.Plan(o.Config(p.settings(restored))).Errors(), "Nothing to restore", "terraform untaint")
}
