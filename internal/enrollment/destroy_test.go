// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

func TestDestroy_deletesByDefault(t *testing.T) {
	t.Parallel()
	b, _ := newManaged(t)
	b.MustDestroy()
	if b.Entry("sensor-1") != nil {
		t.Error("the entry should be gone")
	}
}

func TestDestroy_ofAnEntryThatIsGoneIsDone(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	b.MustApply(b.Config(groupKey("factory", attributes{})))
	planned := b.Plan(b.Nothing())
	must(t, b.DPS.DeleteEnrollmentGroup(b.Context(), "factory", nil))
	if applied := b.Apply(planned); applied.Failed() {
		t.Errorf("there is nothing left to do: %s", applied.Errors())
	}
}

func TestDestroy_disablesAndSaysSo(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	b.MustApply(b.Config(with(individualKey("sensor-1", given(someKey('a'), someKey('b'), 1)),
		attributes{"on_destroy": "disable"})))
	planned := b.MustDestroy()
	acctest.MustSay(t, planned.Warnings(),
		"Individual enrollment is disabled, not deleted", `"sensor-1" stays in DPS, disabled`)
	b.MustHaveEntry("sensor-1", "disabled")
	if keys := b.keys("sensor-1"); keys.PrimaryKey != someKey('a') || keys.SecondaryKey != someKey('b') {
		t.Error("the keys should be what they were")
	}
}

func TestDestroy_keepsAndSaysSo(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	b.MustApply(b.Config(with(groupX509("factory", b.Intermediate.PEM()), attributes{"on_destroy": "keep"})))
	b.Emulator.ClearJournal()
	planned := b.MustDestroy()
	acctest.MustSay(t, planned.Warnings(), "Enrollment group stays", `"factory" stays in DPS as it is, enabled`)
	b.MustNotHaveWritten()
	if b.group("factory") == nil {
		t.Error("the group should be there")
	}
}

func TestDestroy_isPreventedAtPlanAndForReplacements(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	config := with(individualKey("sensor-1", attributes{}), attributes{"on_destroy": "prevent"})
	b.MustApply(b.Config(config))
	b.Emulator.ClearJournal()
	b.Plan(b.Nothing()).MustFail(t, "Individual enrollment is held by on_destroy",
		`has on_destroy = "prevent"`, "does not destroy it")
	renamed := b.Plan(b.Config(with(config, attributes{"registration_id": "sensor-2"})))
	renamed.MustFail(t, "held by on_destroy", "does not replace it")
	// A replacement that nobody planned by name, as after terraform taint, is only seen by the delete itself.
	b.Replace(b.Config(config), false).MustFail(t, "held by on_destroy", "terraform untaint")
	b.MustNotHaveWritten()
	b.MustSettle(b.Config(config))
}

func TestReplacement_ofAnEntryThatStaysTakesItOver(t *testing.T) {
	t.Parallel()
	for _, onDestroy := range []string{"keep", "disable"} {
		t.Run(onDestroy, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, individualType)
			config := with(individualKey("sensor-1", given(someKey('a'), someKey('b'), 1)), attributes{"on_destroy": onDestroy})
			b.MustApply(b.Config(config))
			created := b.Entry("sensor-1").CreatedDateTimeUTC
			changed := with(config, attributes{"device_id": "sensor-one"})
			b.Replace(b.Config(changed), false).MustSucceed(t)
			b.MustSettle(b.Config(changed))
			if got := b.Entry("sensor-1"); got.CreatedDateTimeUTC != created || got.Disabled() {
				t.Error("the entry should be the same one, enabled as planned")
			}
			b.DeviceBy("sensor-1", devicesim.SymmetricKey(someKey('a'))).MustRegister()
		})
	}
}

func TestReplacement_keepsKeysThatNobodyGave(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	config := with(groupKey("factory", attributes{}), attributes{"on_destroy": "keep"})
	b.MustApply(b.Config(config))
	before := b.keys("factory")
	b.Replace(b.Config(config), false).MustSucceed(t)
	if after := b.keys("factory"); after.PrimaryKey != before.PrimaryKey {
		t.Error("the keys should be what they were")
	}
}

func TestReplacement_createdFirstFailsBeforeAnythingIsDeleted(t *testing.T) {
	t.Parallel()
	b, config := newManaged(t)
	b.Replace(b.Config(config), true).MustFail(t, "Individual enrollment exists already")
	if b.EntryStatus("sensor-1") != "enabled" {
		t.Error("the entry should be as it was")
	}
}

func TestReplacement_ofADeletedEntryMakesANewOne(t *testing.T) {
	t.Parallel()
	b, config := newManaged(t)
	before := b.keys("sensor-1")
	b.Replace(b.Config(config), false).MustSucceed(t)
	if after := b.keys("sensor-1"); after.PrimaryKey == before.PrimaryKey {
		t.Error("the entry should be a new one")
	}
}

func TestIDs_inAnotherCaseAreTheSame(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	config := individualKey("Sensor-1", attributes{})
	b.MustApply(b.Config(config))
	b.MustSettle(b.Config(individualKey("sensor-1", attributes{})))
	acctest.MustRead(t, b.State, map[string]string{"registration_id": "Sensor-1"})
	planned := b.MustPlan(b.Config(individualKey("sensor-2", attributes{})))
	if len(planned.Replaces) != 1 || planned.Replaces[0].String() != `AttributeName("registration_id")` {
		t.Errorf("another ID should replace the entry: %v", planned.Replaces)
	}
	here := b.MustPlan(b.Config(with(config, attributes{"dps_hostname": strings.ToUpper(b.Emulator.DPSHostname())})))
	if len(here.Replaces) > 0 {
		t.Errorf("naming the instance that it is in should replace nothing: %v", here.Replaces)
	}
	elsewhere := b.MustPlan(b.Config(with(config, attributes{"dps_hostname": "other.azure-devices-provisioning.net"})))
	if len(elsewhere.Replaces) != 1 || elsewhere.Replaces[0].String() != `AttributeName("dps_hostname")` {
		t.Errorf("another instance should replace the entry: %v", elsewhere.Replaces)
	}
}

func TestDestroyPlan_namesTheGroupsThatWouldLetTheDeviceIn(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	b.AddGroup("factory", b.Intermediate)
	b.AddGroup("plant", b.Root)
	stranger, err := devicesim.NewAuthority("Other Root")
	must(t, err)
	b.AddGroup("elsewhere", stranger)
	disabled := azdps.StatusDisabled
	b.AddGroup("sleeping", b.Intermediate)
	b.SetGroup("sleeping", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = &disabled })
	device := b.NewDevice("sensor-1")
	b.MustApply(b.Config(with(individualX509("sensor-1", device.Certificate.PEM()),
		attributes{"provisioning_status": "disabled"})))
	device.MustBeRefused()
	planned := b.MustDestroy()
	acctest.MustSay(t, planned.Warnings(), "Devices could come back",
		`Once its individual enrollment is deleted, the device "sensor-1" would be let in by the enabled enrollment groups `+
			`"factory" (issuer), "plant" (issuer), and may be let in by "elsewhere".`, "which another CA may bear",
		`To keep the device out, disable the entry instead`)
	acctest.MustNotSay(t, planned.Warnings(), "sleeping")
	device.MustRegister()
}

func TestDestroyPlan_ofAnEntryThatNoGroupCoversSaysNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	b.AddGroup("factory", b.Intermediate)
	c, err := devicesim.SelfSigned("sensor-1")
	must(t, err)
	b.MustApply(b.Config(individualX509("sensor-1", c.PEM())))
	if planned := b.MustDestroy(); planned.Warnings() != "" {
		t.Errorf("no group covers a self-signed certificate: %s", planned.Warnings())
	}
}

func TestDestroyPlan_ofADisabledEntryOfAnotherKindSaysWhatIsPossible(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	b.AddGroup("factory", b.Intermediate)
	b.MustApply(b.Config(with(individualKey("sensor-1", attributes{}), attributes{"provisioning_status": "disabled"})))
	acctest.MustSay(t, b.MustDestroy().Warnings(), `the device "sensor-1" may be let in by "factory".`)
}

func TestDestroyPlan_ofAGroupNamesThoseHigherInTheChain(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	b.AddGroup("plant", b.Root)
	stranger, err := devicesim.NewAuthority("Other Root")
	must(t, err)
	b.AddGroup("elsewhere", stranger)
	b.MustApply(b.Config(groupX509("factory", b.Intermediate.PEM())))
	planned := b.MustDestroy()
	acctest.MustSay(t, planned.Warnings(),
		`Once the enrollment group "factory" is deleted, devices of this group would be `+
			`let in by the enabled enrollment groups "plant" (issuer), and may be let in by "elsewhere".`)
	acctest.MustNotSay(t, planned.Warnings(), "on_destroy")
}

func TestDestroyPlan_thatCannotListGroupsSaysWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	b.MustApply(b.Config(groupX509("factory", b.Intermediate.PEM())))
	b.Fail("", http.MethodPost, "/query$", http.StatusForbidden, 0)
	planned := b.Plan(b.Nothing())
	if planned.Failed() {
		t.Fatalf("it is no reason to fail: %s", planned.Errors())
	}
	acctest.MustSay(t, planned.Warnings(), "Cannot list enrollment groups", "Whether a group would let devices in",
		"Cannot list registration records of enrollment group", "How many records the group leaves behind is not known.")
}

// fleetOf registers devices through the group "factory".
func (b bench) fleetOf(count int) {
	b.T.Helper()
	for i := range count {
		b.NewDevice(fmt.Sprintf("sensor-%d", i)).MustRegister()
	}
}

func (b bench) records(group string) int {
	b.T.Helper()
	count := 0
	for pager := b.DPS.NewListRegistrationsPager(group, nil); pager.More(); {
		page, err := pager.NextPage(b.Context())
		must(b.T, err)
		count += len(page.Items)
	}
	return count
}

func smallPages(o *emulator.Options) { o.PageSize = 2 }

func TestDestroy_ofAGroupLeavesItsRecordsAndTheirNumberIsPlanned(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType, acctest.Emulate(smallPages))
	b.MustApply(b.Config(groupX509("factory", b.Intermediate.PEM())))
	b.fleetOf(3)
	planned := b.MustDestroy()
	acctest.MustSay(t, planned.Warnings(), "Registration records stay", "leaves its registration records behind (3)",
		"count against the quota", "The devices stay in their hubs.")
	if b.IdentityStatus("hub1", "sensor-1") != "enabled" {
		t.Error("the devices should stay in their hub")
	}
}

func TestDestroy_withRecordsDisablesFirstAndDeletesLast(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType, acctest.Emulate(smallPages))
	b.MustApply(b.Config(with(groupX509("factory", b.Intermediate.PEM()),
		attributes{"delete_registrations_on_destroy": true})))
	b.fleetOf(3)
	b.Emulator.ClearJournal()
	planned := b.MustDestroy()
	acctest.MustSay(t, planned.Warnings(), "Registration records are deleted",
		"is disabled first, then its registration records (3)")
	var writes []string
	for _, exchange := range b.Writes() {
		writes = append(writes, exchange.Method+" "+exchange.Path)
	}
	deleted := slices.Clone(writes[1 : len(writes)-1])
	slices.Sort(deleted)
	if writes[0] != "PUT /enrollmentGroups/factory" || writes[len(writes)-1] != "DELETE /enrollmentGroups/factory" ||
		!slices.Equal(deleted, []string{
			"DELETE /registrations/sensor-0", "DELETE /registrations/sensor-1", "DELETE /registrations/sensor-2",
		}) {
		t.Errorf("the group should be disabled, the records deleted, and then the group: %q", writes)
	}
	if b.records("factory") != 0 || b.group("factory") != nil {
		t.Error("records and group should be gone")
	}
}

func TestDestroy_withRecordsThatFailsLeavesTheGroupDisabled(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string][2]string{
		"listing": {http.MethodPost, "/registrations/factory/query"}, "deleting": {http.MethodDelete, "/registrations/"},
		"the group itself": {http.MethodDelete, "/enrollmentGroups/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, groupType)
			config := with(groupX509("factory", b.Intermediate.PEM()), attributes{"delete_registrations_on_destroy": true})
			b.MustApply(b.Config(config))
			b.fleetOf(1)
			planned := b.Plan(b.Nothing())
			b.Fail("", fault[0], fault[1], http.StatusForbidden, 0)
			applied := b.Apply(planned)
			if !applied.Failed() {
				t.Fatal("the destroy should fail")
			}
			if name != "the group itself" {
				acctest.MustSay(t, applied.Errors(), `"factory" stays, disabled`, "Destroying again goes on from here.")
			}
			if g := b.group("factory"); g == nil || !g.Disabled() {
				t.Error("the group should be disabled")
			}
			b.NewDevice("sensor-9").MustBeRefused()
			b.Emulator.ClearFaults()
			b.MustDestroy()
		})
	}
}

func TestDestroy_ofRecordsNeedsTheGroupToGo(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	for _, onDestroy := range []string{"keep", "disable", "prevent"} {
		config := with(groupX509("factory", b.Intermediate.PEM()),
			attributes{"delete_registrations_on_destroy": true, "on_destroy": onDestroy})
		b.Validate(b.Config(config)).MustFail(t, "Records are deleted with the group only", `on_destroy is "`+onDestroy+`"`)
	}
}

// Devices that go on trying make their records anew while these are deleted; the destroy comes to its end all the same.
func TestDestroy_ofAGroupWhoseDevicesGoOnTrying(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType, acctest.Emulate(smallPages))
	b.MustApply(b.Config(with(groupX509("factory", b.Intermediate.PEM()),
		attributes{"delete_registrations_on_destroy": true})))
	b.fleetOf(5)
	busy := b.NewDevice("sensor-0")
	b.When("", http.MethodDelete, "/registrations/sensor-1$", func() { busy.MustBeRefused() })
	b.When("", http.MethodDelete, "/registrations/sensor-3$", func() { busy.MustBeRefused() })
	b.MustDestroy()
	if b.HasGroup("factory") {
		t.Error("the group should be gone")
	}
	if _, err := b.DPS.GetRegistration(b.Context(), "sensor-4"); !azrest.IsNotFound(err) {
		t.Errorf("the records should be gone: %v", err)
	}
}
