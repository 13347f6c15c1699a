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
	for typeName, given := range keyedKinds(attributes{}) {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, typeName)
			planned := b.MustApply(b.Config(given))
			acctest.MustRead(t, planned.Planned, map[string]string{"provisioning_status": "enabled"})
			b.MustSettle(b.Config(given))
		})
	}
}

func TestStatus_leftOutStaysAsOperationsLeftIt(t *testing.T) {
	t.Parallel()
	b, given := newManaged(t)
	b.SetEntryStatus("sensor-1", azdps.StatusDisabled)
	b.MustSettle(b.Config(given))
	acctest.MustRead(t, b.State, map[string]string{"provisioning_status": "disabled"})
	b.MustApply(b.Config(with(given, attributes{"device_id": "sensor-one"})))
	b.MustHaveEntry("sensor-1", "disabled")
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
	b.Apply(planned).MustSucceed(t)
	b.MustHaveEntry("sensor-1", "enabled")
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
	b, given := newManaged(t)
	planned := b.MustPlan(b.Config(with(given, attributes{"device_id": "sensor-one"})))
	b.SetEntryStatus("sensor-1", azdps.StatusDisabled)
	b.Emulator.ClearJournal()
	b.Apply(planned).MustFail(t, "The plan is stale", `individual enrollment "sensor-1" after the plan was made:`,
		`provisioning_status: "enabled" -> "disabled"`, "Nothing was written; plan again.")
	b.MustNotHaveWritten()
	b.MustHaveEntry("sensor-1", "disabled")
}

func TestUpdate_ofAnEntryDeletedAfterThePlanWritesNothing(t *testing.T) {
	t.Parallel()
	b, given := newManaged(t)
	planned := b.MustPlan(b.Config(with(given, attributes{"device_id": "sensor-one"})))
	b.DeleteEntry("sensor-1")
	b.Emulator.ClearJournal()
	b.Apply(planned).MustFail(t, "The plan is stale", "was deleted after the plan was made")
	b.MustNotHaveWritten()
}

func TestDelete_ofWhatOperationsDisabledAfterThePlanDeletesNothing(t *testing.T) {
	t.Parallel()
	b, _ := newManaged(t)
	planned := b.Plan(b.Nothing())
	b.SetEntryStatus("sensor-1", azdps.StatusDisabled)
	b.Apply(planned).MustFail(t, "The plan is stale", "was disabled after the plan was made")
	b.MustHaveEntry("sensor-1", "disabled")
}
