// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// slowPlant has one hub that lets ten registry operations a minute through, and so many devices in it.
func slowPlant(t *testing.T, devices int) plant {
	t.Helper()
	w := acctest.NewWorld(t, acctest.Hubs("north"))
	w.AddGroup(groupID, w.Intermediate)
	p := plant{World: w}
	for i := range devices {
		p = p.with(fmt.Sprintf("sensor-%03d", i+1), "north")
	}
	p.Emulator.SetThrottles(emulator.Throttles{HubRegistryPerMinute: 10})
	return p
}

func minutes(n int) map[string]any {
	return map[string]any{"timeouts": map[string]any{
		"create": fmt.Sprintf("%dm", n), "update": fmt.Sprintf("%dm", n),
	}}
}

// When its time is over the apply stops with what is pending; the next ones go on, and no device is written twice.
func TestGroupDisallow_goesOnInSlices(t *testing.T) {
	t.Parallel()
	p := slowPlant(t, 25)
	o, config, planned := p.planned(minutes(1))
	p.Emulator.ClearJournal()
	applied := o.Apply(planned)
	acctest.MustSay(t, applied.Errors(), "Group is not blocked yet", "identities of devices of the enrollment group",
		"time that timeouts gives is over",
		"At the pace so far", "terraform untaint", "The enrollment group is disabled")
	if !o.Tainted || p.read(o.State, "pending_count") == "0" || o.Attribute("access") != "partially_blocked" {
		t.Fatalf("tainted %t, %s pending, access %s", o.Tainted, p.read(o.State, "pending_count"), o.Attribute("access"))
	}
	acctest.MustSay(t, applied.Errors(), p.read(o.State, "pending_count")+" identities")
	o.Tainted = false // terraform untaint
	slices := 1
	for ; slices < 10 && p.read(o.State, "pending_count") != "0"; slices++ {
		o.Reconfigure()
		next := o.Apply(o.MustPlan(config))
		if next.Failed() {
			acctest.MustSay(t, next.Errors(), "Group is not blocked yet")
		}
	}
	if slices < 2 || slices == 10 {
		t.Errorf("it took %d slices", slices)
	}
	p.expect(o.State, map[string]string{"access": "blocked", "hubs.north": "25: 25 disabled"})
	p.readsEachOnce(t)
	p.Emulator.SetThrottles(emulator.Throttles{})
	p.staysOut(o, config)
}

// readsEachOnce fails the test when an identity was read, and let through, more than once.
func (p plant) readsEachOnce(t *testing.T) {
	t.Helper()
	read := map[string]int{}
	for _, call := range p.Emulator.Journal() {
		if call.Method == http.MethodGet && strings.HasPrefix(call.Path, "/devices/") && call.Status == http.StatusOK {
			read[call.Path]++
		}
	}
	for path, times := range read {
		if times > 1 {
			t.Errorf("%s was read %d times", path, times)
		}
	}
}

// A failed create is replaced when nobody untaints it. Terraform does not hand on what the object remembers, but
// nothing is undone on the way, and the new one finds what was done by its mark, and goes on.
func TestGroupDisallow_replacementOfAFailedCreateGoesOn(t *testing.T) {
	t.Parallel()
	for _, createFirst := range []bool{false, true} {
		t.Run(fmt.Sprint(createFirst), func(t *testing.T) {
			t.Parallel()
			p := slowPlant(t, 25)
			o := p.NewObject(resourceType)
			if applied := o.Apply(o.MustPlan(o.Config(p.settings(minutes(1))))); !applied.Failed() {
				t.Fatal("the first slice should not be enough")
			}
			p.Emulator.SetThrottles(emulator.Throttles{})
			written := p.bulkWrites()
			config := o.Config(p.settings(nil))
			o.Reconfigure()
			planned := o.PlanReplacement(config)
			acctest.MustSay(t, planned.Warnings(), "is disabled, and 25 devices have registered through it",
				"nothing is undone on the way")
			o.ApplyReplacement(planned, createFirst).MustSucceed(t)
			if again := p.bulkWrites() - written; again != 1 {
				t.Errorf("%d bulk writes for what was left", again)
			}
			p.expect(o.State, map[string]string{"access": "blocked", "pending_count": "0"})
			p.staysOut(o, config)
			planned = o.MustApply(o.Config(p.settings(restored)))
			acctest.MustSay(t, planned.Warnings(), "Group stays shut")
			p.expect(o.State, map[string]string{"hubs.north": "25: 25 enabled", "group_status": "disabled"})
		})
	}
}

// A block that is replaced without need hands on what it remembers.
func TestGroupDisallow_replacementRemembers(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 2)
	o, config := p.blocked(nil)
	p.mustBeOut() // Each refused try takes the hub out of a record.
	o.Replace(config, false).MustSucceed(t)
	p.expect(o.State, map[string]string{"access": "blocked", "hubs.north": "2: 2 disabled"})
	o.MustApply(o.Config(p.settings(restored)))
	p.expect(o.State, map[string]string{"access": "allowed", "hubs.north": "2: 2 enabled"})
}

// The state may be lost with the provider, after any write: the next block finds what was done, and finishes it.
func TestGroupDisallow_blocksAnewAfterTheStateWasLost(t *testing.T) {
	t.Parallel()
	p := slowPlant(t, 25)
	o := p.NewObject(resourceType)
	if applied := o.Apply(o.MustPlan(o.Config(p.settings(minutes(1))))); !applied.Failed() {
		t.Fatal("the first slice should not be enough")
	}
	o.Forget()
	p.Emulator.SetThrottles(emulator.Throttles{})
	written := p.bulkWrites()
	config := o.Config(p.settings(nil))
	o.MustApply(config)
	p.expect(o.State, map[string]string{"access": "blocked"})
	if again := p.bulkWrites() - written; again != 1 {
		t.Errorf("%d bulk writes for what was left", again)
	}
	p.mustBeOut()
	o.MustApply(o.Config(p.settings(restored)))
	p.expect(o.State, map[string]string{"hubs.north": "25: 25 enabled", "group_status": "disabled"})
}

func (p plant) bulkWrites() int { return p.callsOf(http.MethodPost, "/devices") }

// Restoring goes on in slices as well; the group comes last.
func TestGroupDisallow_restoresInSlices(t *testing.T) {
	t.Parallel()
	p := slowPlant(t, 25)
	p.Emulator.SetThrottles(emulator.Throttles{})
	o, _ := p.blocked(nil)
	p.Emulator.SetThrottles(emulator.Throttles{HubRegistryPerMinute: 10})
	more := minutes(1)
	more["desired_access"] = "restored"
	config := o.Config(p.settings(more))
	applied := o.Apply(o.MustPlan(config))
	acctest.MustSay(t, applied.Errors(), "Group is not restored yet")
	if p.groupStatus() != "disabled" || o.Attribute("desired_access") != "blocked" {
		t.Errorf("the group is %s, and wanted %s", p.groupStatus(), o.Attribute("desired_access"))
	}
	p.Emulator.SetThrottles(emulator.Throttles{})
	o.MustRefresh()
	o.MustApply(config)
	p.expect(o.State, map[string]string{"hubs.north": "25: 25 enabled", "group_status": "enabled"})
	o.MustSettle(config)
}

// One device that cannot be written does not hold up the others; the error counts and names it, with the code.
func TestGroupDisallow_oneDevicesFailureDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 7)
	for i := range 6 {
		p.Fail("", http.MethodGet, fmt.Sprintf("^/devices/sensor-%03d$", i+1), http.StatusBadRequest, 0)
	}
	o, config := p.object(nil)
	applied := o.Apply(o.MustPlan(config))
	acctest.MustSay(t, applied.Errors(), "pending", "The enrollment group is disabled")
	if p.IdentityStatus("south", "sensor-100") != "disabled" || o.Attribute("access") != "partially_blocked" {
		t.Error("the device in the other hub was held up, or the group counts as blocked")
	}
	p.Emulator.ClearFaults()
	o.Tainted = false
	o.MustApply(config)
	p.expect(o.State, map[string]string{"access": "blocked"})
	p.mustBeOut()
}

// Single failures are named, five of them, with the service's code.
func TestGroupDisallow_namesTheFirstFailures(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 14)
	for i := range 7 {
		p.Fail("", http.MethodGet, fmt.Sprintf("^/devices/sensor-%03d$", 2*i+1), http.StatusBadRequest, 0)
	}
	o := p.NewObject(resourceType)
	applied := o.Apply(o.MustPlan(o.Config(p.settings(nil))))
	acctest.MustSay(t, applied.Errors(), "Some devices failed: 7 devices", "/sensor-001: ", "400",
		"and 2 more", "7 identities")
	if strings.Contains(applied.Errors(), "sensor-011") {
		t.Error("more than five devices are named")
	}
	p.expect(o.State, map[string]string{"pending_count": "7", "hubs.north": "14: 7 disabled"})
}

// Somebody else's write between the read and the bulk write is not overwritten: the device is read again.
func TestGroupDisallow_readsAgainWhatSomebodyElseChanged(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 2)
	o, _, planned := p.planned(nil)
	hold := p.Emulator.Hold(p.Hostname("north"), http.MethodPost, regexp.MustCompile("^/devices$"))
	done := make(chan acctest.Step, 1)
	go func() { done <- o.Apply(planned) }()
	<-hold.Reached()
	p.SetIdentity("north", "sensor-001", func(d *aziothub.Device) {
		d.Capabilities = &aziothub.Capabilities{IoTEdge: true}
	})
	hold.Release()
	(<-done).MustSucceed(t)
	if now := p.Identity("north", "sensor-001"); !now.Disabled() || !now.Capabilities.IoTEdge {
		t.Errorf("somebody else's change is lost: %+v", now)
	}
	p.expect(o.State, map[string]string{"access": "blocked"})
	p.mustBeOut()
}

// DPS may say that it disabled the group and not have: it is read back, and nothing else is done.
func TestGroupDisallow_readsTheGroupBack(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	o, _, planned := p.planned(nil)
	p.Emulator.AddFault(emulator.Fault{
		Method: http.MethodPut, Path: regexp.MustCompile("^/enrollmentGroups/"), Status: http.StatusOK, Times: 1,
		Body: `{"enrollmentGroupId":"factory","etag":"x","provisioningStatus":"disabled","attestation":{"type":"x509"}}`,
	})
	acctest.MustSay(t, o.Apply(planned).Errors(), "Group is not as it was written")
	if o.Attribute("access") != "allowed" || p.IdentityStatus("north", "sensor-001") != "enabled" {
		t.Errorf("the state says %s, and the identity is %s", o.Attribute("access"), p.IdentityStatus("north", "sensor-001"))
	}
}

// A group that was shut is not called open because nobody could read it afterwards.
func TestGroupDisallow_groupThatWasShutAndNotReadIsNotCalledOpen(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	o, _, planned := p.planned(nil)
	p.Emulator.AddFault(emulator.Fault{
		Host: p.Emulator.DPSHostname(), Method: http.MethodGet, Path: regexp.MustCompile("enrollmentGroups/factory$"),
		Status: http.StatusForbidden, Skip: 2, // of the plan that precedes every apply, and before the write
	})
	acctest.MustSay(t, o.Apply(planned).Errors(), "Cannot read enrollment group", "The enrollment group is disabled.")
	p.expect(o.State, map[string]string{"group_status": "disabled", "access": "partially_blocked"})
}

// Core hands a replacement nothing of what a tainted block knew. It finds the devices all the same, although their
// tries that were refused have overwritten the records that told of their hubs.
func TestGroupDisallow_replacementOfAnUnfinishedBlockKnowsItsDevices(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 2)
	o, config, planned := p.planned(nil)
	p.Fail(p.Hostname("north"), http.MethodPost, "^/devices$", http.StatusUnauthorized, 0)
	acctest.MustSay(t, o.Apply(planned).Errors(), "2 identities", "are pending")
	p.Emulator.ClearFaults()
	for _, d := range p.devices {
		d.MustBeRefused()
	}
	if !o.Tainted {
		t.Fatal("a create that came to no end should be tainted")
	}
	o.MustRefresh()
	o.Replace(config, false).MustSucceed(t)
	p.expect(o.State, map[string]string{"access": "blocked", "pending_count": "0", "unplaced_count": "0"})
	p.staysOut(o, config)
}
