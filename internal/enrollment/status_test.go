// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

func TestStatus_leftOutIsCreatedEnabled(t *testing.T) {
	t.Parallel()
	for _, typeName := range []string{individualType, groupType} {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, typeName)
			given := individualKey("sensor-1", attributes{})
			if b.isGroup() {
				given = groupKey("sensor-1", attributes{})
			}
			planned := b.MustApply(b.Config(given))
			acctest.MustRead(t, planned.Planned, map[string]string{"provisioning_status": "enabled"})
			b.MustSettle(b.Config(given))
		})
	}
}

func TestStatus_leftOutStaysAsOperationsLeftIt(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	given := individualKey("sensor-1", attributes{})
	b.MustApply(b.Config(given))
	b.SetEntryStatus("sensor-1", azdps.StatusDisabled)
	b.MustSettle(b.Config(given))
	acctest.MustRead(t, b.State, map[string]string{"provisioning_status": "disabled"})
	b.MustApply(b.Config(with(given, attributes{"device_id": "sensor-one"})))
	if got := b.EntryStatus("sensor-1"); got != "disabled" {
		t.Errorf("the update should leave the entry disabled, not %s", got)
	}
}

func TestStatus_onlyExplicitEnabledEnablesAgainAndWarns(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	given := with(individualKey("sensor-1", attributes{}), attributes{"provisioning_status": "enabled"})
	b.MustApply(b.Config(given))
	b.SetEntryStatus("sensor-1", azdps.StatusDisabled)
	b.MustRefresh()
	planned := b.MustPlan(b.Config(given))
	acctest.MustRead(t, planned.Planned, map[string]string{"provisioning_status": "enabled"})
	acctest.MustSay(t, planned.Warnings(), `"provisioning_status"`, "Individual enrollment is enabled again",
		`"sensor-1" is disabled`,
		"Leave the attribute out to keep the status as it is found.")
	acctest.MustNotSay(t, planned.Warnings(), "azureiot_dps_device_disallow")
	if applied := b.Apply(planned); applied.Failed() {
		t.Fatal(applied.Errors())
	}
	if got := b.EntryStatus("sensor-1"); got != "enabled" {
		t.Errorf("the entry should be enabled, not %s", got)
	}
}

func TestStatus_enablingNamesTheBlockWhoseMarkIsOnTheEntry(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	const information = `{"azureiotDisallow":{"version":1,"reason":"stolen from the truck"}}`
	given := with(individualKey("sensor-1", attributes{}), attributes{
		"provisioning_status": "disabled", "optional_device_information": information,
	})
	b.MustApply(b.Config(given))
	planned := b.MustPlan(b.Config(with(given, attributes{"provisioning_status": "enabled"})))
	acctest.MustSay(t, planned.Warnings(), "azureiot_dps_device_disallow", `(reason: "stolen from the truck")`,
		"lift the block there")
}

func TestStatus_disableIsAnUpdateInPlace(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	given := groupX509("factory", b.Intermediate.PEM())
	b.MustApply(b.Config(given))
	device := b.NewDevice("sensor-1")
	device.MustBeIn("hub1")
	planned := b.MustApply(b.Config(with(given, attributes{"provisioning_status": "disabled"})))
	if len(planned.Replaces) > 0 {
		t.Errorf("nothing should be replaced: %v", planned.Replaces)
	}
	device.MustBeRefused()
}

func TestUpdate_ofWhatOperationsDisabledAfterThePlanWritesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	given := individualKey("sensor-1", attributes{})
	b.MustApply(b.Config(given))
	planned := b.MustPlan(b.Config(with(given, attributes{"device_id": "sensor-one"})))
	b.SetEntryStatus("sensor-1", azdps.StatusDisabled)
	b.Emulator.ClearJournal()
	b.Apply(planned).MustFail(t, "The plan is stale", `individual enrollment "sensor-1" after the plan was made:`,
		`provisioning_status: "enabled" -> "disabled"`, "Nothing was written; plan again.")
	b.MustNotHaveWritten()
	if got := b.EntryStatus("sensor-1"); got != "disabled" {
		t.Errorf("the entry should stay disabled, not be %s", got)
	}
}

func TestUpdate_ofAnEntryDeletedAfterThePlanWritesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	given := individualKey("sensor-1", attributes{})
	b.MustApply(b.Config(given))
	planned := b.MustPlan(b.Config(with(given, attributes{"device_id": "sensor-one"})))
	b.DeleteEntry("sensor-1")
	b.Emulator.ClearJournal()
	b.Apply(planned).MustFail(t, "The plan is stale", "was deleted after the plan was made")
	b.MustNotHaveWritten()
}

func TestDelete_ofWhatOperationsDisabledAfterThePlanDeletesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	b.MustApply(b.Config(individualKey("sensor-1", attributes{})))
	planned := b.Plan(b.Nothing())
	b.SetEntryStatus("sensor-1", azdps.StatusDisabled)
	b.Apply(planned).MustFail(t, "The plan is stale", "was disabled after the plan was made")
	if got := b.EntryStatus("sensor-1"); got != "disabled" {
		t.Errorf("the entry should stay disabled, not be %s", got)
	}
}
