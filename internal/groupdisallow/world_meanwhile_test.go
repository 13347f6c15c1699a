// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow_test

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

func (p plant) restored(o *acctest.Object) tftypes.Value {
	return o.Config(p.settings(map[string]any{"desired_access": "restored"}))
}

// Hubs tell letter case apart, also when no record spells the device any more.
func TestGroupDisallow_driftOfADeviceInCapitalsIsSeenWithoutItsRecord(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1).with("Sensor-A", "north")
	o, _ := p.blocked(map[string]any{"delete_registrations": true})
	o.MustRefresh()
	p.SetIdentityStatus("north", "Sensor-A", "enabled")
	o.MustRefresh()
	p.expect(o.State, map[string]string{"access": "partially_blocked", "hubs.north": "2: 1 enabled, 1 disabled"})
}

// What was absent may have been made anew while the group was open.
func TestGroupDisallow_deviceThatCameBackBeforeTheApplyIsNotTakenForAbsent(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	o, config := p.blocked(map[string]any{"hub_identity_action": "delete"})
	p.setGroup("enabled")
	o.MustRefresh()
	planned := o.MustPlan(config)
	p.link("north")
	p.device("sensor-001").MustRegister()
	acctest.MustSay(t, o.Apply(planned).Errors(), "More devices than planned")
	p.expect(o.State, map[string]string{"access": "partially_blocked", "hubs.north": "1: 1 enabled"})
	o.MustRefresh()
	o.MustApply(config)
	p.expect(o.State, map[string]string{"access": "blocked"})
	p.mustBeOut()
}

// No apply deletes more than its plan counts, in however many passes.
func TestGroupDisallow_deletesNoMoreThanPlannedWhereHubsAreNamed(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 2)
	more := map[string]any{
		"hub_identity_action": "keep", "additional_iothub_hostnames": []string{p.Hostname("south")},
	}
	o, _ := p.blocked(more)
	more["hub_identity_action"] = "delete"
	planned := o.MustPlan(o.Config(p.settings(more)))
	p.setGroup("enabled")
	p = p.with("sensor-050", "north")
	acctest.MustSay(t, o.Apply(planned).Errors(), "More devices than planned")
	p.expect(o.State, map[string]string{"access": "partially_blocked", "hubs.north": "3: 1 enabled, 2 absent"})
}

// A group that the operator has shut since it was restored is not this resource's to open.
func TestGroupDisallow_groupThatSomebodyElseShutSinceStaysShut(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	o, config := p.blocked(nil)
	o.MustRefresh()
	o.MustApply(p.restored(o))
	p.setGroup("disabled")
	o.MustRefresh()
	o.MustApply(config)
	o.MustRefresh()
	o.MustApply(p.restored(o))
	if got := p.groupStatus(); got != "disabled" {
		t.Errorf("the group should stay disabled, not %s", got)
	}
}

// An identity that was deleted in a hub that the user named has been the device's.
func TestGroupDisallow_deviceThatWasDeletedInANamedHubIsPlaced(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	p.setGroup("disabled")
	p.device("sensor-001").MustBeRefused()
	o, _ := p.blocked(nil)
	o.MustRefresh()
	p.expect(o.State, map[string]string{"unplaced_count": "1", "access": "partially_blocked"})
	config := o.Config(p.settings(map[string]any{
		"hub_identity_action": "delete", "additional_iothub_hostnames": []string{p.Hostname("north")},
	}))
	o.MustApply(config)
	p.expect(o.State, map[string]string{"unplaced_count": "0", "access": "blocked", "hubs.north": "1: 1 absent"})
	o.MustSettle(config)
	p.mustBeOut()
}

// An identity that only bears the name of a device keeps access partial; no plan promises more, and it stops no apply.
func TestGroupDisallow_suspectStopsNoApply(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	p.AddIdentity("south", "sensor-001", nil)
	o, _ := p.blocked(nil)
	o.MustRefresh()
	p.expect(o.State, map[string]string{"access": "partially_blocked"})
	config := o.Config(p.settings(map[string]any{"delete_registrations": true}))
	planned := o.MustPlan(config)
	p.expect(planned.Planned, map[string]string{"access": "unknown"})
	o.Apply(planned).MustSucceed(t)
	p.device("sensor-001").MustBeRefused()
	o.MustSettle(config)
}

// What a refresh could not read is counted as enabled at most: nothing is enabled that the plan did not show.
func TestGroupDisallow_restoresAtMostWhatThePlanCounts(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 3)
	p.SetIdentityStatus("north", "sensor-002", "disabled")
	o, _ := p.blocked(nil)
	p.Fail(p.Hostname("north"), http.MethodPost, "/devices/query", http.StatusForbidden, 1)
	o.MustRefresh()
	planned := o.MustPlan(p.restored(o))
	acctest.MustSay(t, p.read(planned.Planned, "effects"), "identities north unreachable->enabled enable 3")
	o.Apply(planned).MustSucceed(t)
	p.expect(o.State, map[string]string{"hubs.north": "3: 2 enabled, 1 disabled"})
}

// Of those that the plan says are left alone none is enabled.
func TestGroupDisallow_restoresNothingThatThePlanLeavesAlone(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 3)
	o, _ := p.blocked(nil)
	p.addEntry("sensor-001", "disabled")
	o.MustRefresh()
	planned := o.MustPlan(p.restored(o))
	acctest.MustSay(t, p.read(planned.Planned, "effects"), "identities north disabled->disabled none 1")
	p.DeleteEntry("sensor-001")
	acctest.MustSay(t, o.Apply(planned).Errors(), "More devices than planned")
	p.expect(o.State, map[string]string{"hubs.north": "3: 2 enabled, 1 disabled"})
}

// A group that was opened is not called shut because nobody could read it afterwards.
func TestGroupDisallow_groupThatWasOpenedAndNotReadIsNotCalledShut(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t, acctest.Hubs("north", "south"))
	w.AddGroup(groupID, w.Intermediate)
	p := plant{World: w}
	o, _ := p.blocked(nil)
	o.MustRefresh()
	planned := o.MustPlan(p.restored(o))
	p.Emulator.AddFault(emulator.Fault{
		Host: p.Emulator.DPSHostname(), Method: http.MethodGet, Path: regexp.MustCompile("enrollmentGroups/factory$"),
		Status: http.StatusForbidden, Skip: 1,
	})
	if applied := o.Apply(planned); !applied.Failed() {
		t.Error("what was not read back should be an error")
	}
	p.Emulator.ClearFaults()
	p.expect(o.State, map[string]string{"group_status": "enabled", "access": "allowed"})
}

// The hubs may take an hour; whoever opens the group meanwhile is noticed.
func TestGroupDisallow_groupThatIsOpenedAmidTheApplyIsNotCalledBlocked(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	p.When(p.Hostname("north"), http.MethodPost, "/devices$", func() {
		p.setGroup("enabled")
		p.link("north")
		p.NewDevice("sensor-077").MustRegister()
	})
	o := p.NewObject(resourceType)
	acctest.MustSay(t, o.Apply(o.MustPlan(o.Config(p.settings(nil)))).Errors(), "Group was enabled meanwhile")
	p.expect(o.State, map[string]string{"group_status": "enabled", "access": "allowed"})
}

// A device that somebody blocks by itself while the group is restored stays blocked.
func TestGroupDisallow_deviceThatIsBlockedByItselfAmidARestoreStaysBlocked(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	o, _ := p.blocked(nil)
	o.MustRefresh()
	planned := o.MustPlan(p.restored(o))
	p.When(p.Hostname("north"), http.MethodPost, "/devices$", func() { p.addEntry("sensor-001", "disabled") })
	acctest.MustSay(t, o.Apply(planned).Errors(), "Devices were blocked meanwhile", "sensor-001")
	p.MustHaveIdentity("north", "sensor-001", "disabled")
	if got := p.groupStatus(); got != "disabled" {
		t.Errorf("the group should stay disabled, not %s", got)
	}
}

// One device whose assignment never ends does not keep the others in.
func TestGroupDisallow_assignmentThatNeverEndsKeepsNobodyElseIn(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	release := p.Emulator.HoldAssignments()
	defer release()
	p.Emulator.SetAssigningPolls(1)
	d := p.NewDevice("sensor-066")
	lost := errors.New("the device lost its patience")
	d.Wait = func(context.Context, time.Duration) error { return lost }
	if _, err := d.Register(p.Context()); !errors.Is(err, lost) {
		t.Fatalf("the registration should not end: %v", err)
	}
	o := p.NewObject(resourceType)
	acctest.MustSay(t, o.Apply(o.MustPlan(o.Config(p.settings(nil)))).Errors(), "Assignments are still in flight")
	p.MustHaveIdentity("north", "sensor-001", "disabled")
	p.expect(o.State, map[string]string{"group_status": "disabled", "access": "partially_blocked"})
}

// Nobody touches the fleet after a block that keeps identities, and the next refresh finds no news.
func TestGroupDisallow_keepingIdentitiesLeavesNoDrift(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 2)
	o, config := p.blocked(map[string]any{"hub_identity_action": "keep"})
	p.expect(o.State, map[string]string{"hubs.north": "2: 2 enabled"})
	before := o.State
	o.MustRefresh()
	if news := acctest.Differences(before, o.State); len(news) > 0 {
		t.Errorf("the refresh should find nothing new: %q", news)
	}
	o.MustSettle(config)
}

// A device that DPS moved just before the group was shut is not called blocked by a later slice: nothing tells any more
// where it is.
func TestGroupDisallow_deviceThatMovedBeforeTheGroupWasShutStaysUnplacedOverSlices(t *testing.T) {
	t.Parallel()
	for name, refreshes := range map[string]bool{"refreshed between them": true, "not refreshed": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlant(t, 1)
			p.When(p.Emulator.DPSHostname(), http.MethodPut, "^/enrollmentGroups/factory$", func() {
				p.DeleteIdentity("north", "sensor-001")
			})
			p.Fail(p.Hostname("north"), http.MethodGet, "^/devices/", http.StatusForbidden, 0)
			o, config := p.object(nil)
			if first := o.Apply(o.MustPlan(config)); !first.Failed() {
				t.Fatal("the hub cannot be read")
			}
			p.Emulator.ClearFaults()
			o.Tainted = false // terraform untaint
			p.device("sensor-001").MustBeRefused()
			if refreshes {
				o.MustRefresh()
			}
			o.Apply(o.MustPlan(config))
			p.expect(o.State, map[string]string{"access": "partially_blocked", "unplaced_count": "1"})
		})
	}
}
