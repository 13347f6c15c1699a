// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"net/http"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

func TestCreate_ofAnExistingEntryChangesNothingAndSaysHowToImport(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	b.AddGroup("factory", b.Root)
	before := b.group("factory").ETag
	planned := b.MustPlan(b.Config(groupX509("factory", b.Intermediate.PEM())))
	applied := b.Apply(planned)
	applied.MustFail(t, `"enrollment_group_id"`, "Enrollment group exists already", `enrollment group "factory"`,
		b.Emulator.DPSHostname(), "Nothing was changed.", "import {\n    to = azureiot_dps_enrollment_group.<name>\n    id "+
			"= \"factory\"")
	if !b.State.IsNull() || b.group("factory").ETag != before {
		t.Error("neither state nor service should have changed")
	}
}

func TestCreate_whoseAnswerIsLostRecognisesItsOwnEntry(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	b.Emulator.AddFault(emulator.Fault{Method: http.MethodPut, Cut: emulator.CutAfter, Times: 1})
	given := with(individualX509("sensor-1", b.deviceCertificate("sensor-1").PEM()), attributes{
		"device_id": "sensor-one", "initial_twin": attributes{"tags": `{"site":"a"}`},
	})
	b.MustApply(b.Config(given))
	b.MustSettle(b.Config(given))
}

func TestCreate_whoseAnswerIsLostDoesNotTakeAnotherEntryForItsOwn(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	planned := b.MustPlan(b.Config(individualX509("sensor-1", b.deviceCertificate("sensor-1").PEM())))
	b.AddKeyedEntry("sensor-1", nil)
	b.Emulator.AddFault(emulator.Fault{Method: http.MethodPut, Cut: emulator.CutBefore, Times: 1})
	b.Apply(planned).MustFail(t, "Individual enrollment exists already")
	if !b.State.IsNull() {
		t.Error("there should be no state of somebody else's entry")
	}
}

func TestCreate_doesNotTakeAnEntryLikeItsOwnForItsOwn(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	config := individualX509("sensor-1", b.deviceCertificate("sensor-1").PEM())
	planned := b.MustPlan(b.Config(config))
	other := b.beside(individualType)
	other.MustApply(other.Config(config))
	b.Apply(planned).MustFail(t, "Individual enrollment exists already", "Nothing was changed.")
	if !b.State.IsNull() {
		t.Error("there should be no state of somebody else's entry")
	}
}

func TestCreate_thatIsRefusedLeavesNoState(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	planned := b.MustPlan(b.Config(with(individualKey("sensor-1", attributes{}),
		attributes{"iothub_hostnames": []string{"elsewhere.azure-devices.net"}})))
	b.Apply(planned).MustFail(t, "Cannot create individual enrollment", `"sensor-1"`, "not linked", "400")
	if !b.State.IsNull() || b.Entry("sensor-1") != nil {
		t.Error("nothing should have been made")
	}
}

const enabledEcho = `{"registrationId":"sensor-1","attestation":{"type":"symmetricKey"},"etag":"IjEi",` +
	`"provisioningStatus":"enabled"}`

func TestCreate_whoseEchoDiffersWarnsAndKeepsThePlan(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	b.Emulator.AddFault(acctest.AnswerJSON(http.MethodPut, "sensor-1", enabledEcho, acctest.Times(1)))
	given := with(individualKey("sensor-1", attributes{}), attributes{"provisioning_status": "disabled"})
	applied := b.Apply(b.MustPlan(b.Config(given)))
	if applied.Failed() {
		t.Fatalf("an accepted create must not fail, or the entry would be tainted: %s", applied.Errors())
	}
	acctest.MustSay(t, applied.Warnings(), "DPS stored something else", "provisioning_status")
	acctest.MustRead(t, b.State, map[string]string{"provisioning_status": "disabled"})
}

func TestUpdate_whoseEchoDiffersFailsWithTheTruthInState(t *testing.T) {
	t.Parallel()
	b, given := newManaged(t)
	b.Emulator.AddFault(acctest.AnswerJSON(http.MethodPut, "", enabledEcho, acctest.Times(1)))
	applied := b.Apply(b.MustPlan(b.Config(with(given, attributes{"provisioning_status": "disabled"}))))
	applied.MustFail(t, "DPS did not store the change", "provisioning_status")
	acctest.MustRead(t, b.State, map[string]string{"provisioning_status": "enabled"})
}

func TestWrites_thatFailLeaveStateAndServiceAgreeing(t *testing.T) {
	t.Parallel()
	given := individualKey("sensor-1", attributes{})
	changed := with(given, attributes{"device_id": "sensor-one"})
	tests := map[string]struct {
		method, path string
		run          func(b bench) string
		says         string
	}{
		"create": {http.MethodPut, "sensor-2", func(b bench) string {
			o := b.beside(individualType)
			step := o.Apply(o.MustPlan(o.Config(individualKey("sensor-2", attributes{}))))
			if !o.State.IsNull() || b.Entry("sensor-2") != nil {
				b.T.Error("neither state nor service should have sensor-2")
			}
			return step.Errors()
		}, "Cannot create individual enrollment"},
		"read": {http.MethodGet, "sensor-1", func(b bench) string {
			return b.Refresh().Errors()
		}, "Cannot read individual enrollment"},
		"update": {http.MethodPut, "sensor-1", func(b bench) string {
			return b.Apply(b.MustPlan(b.Config(changed))).Errors()
		}, "Cannot change individual enrollment"},
		"look before an update": {http.MethodGet, "sensor-1", func(b bench) string {
			return b.Apply(b.MustPlan(b.Config(changed))).Errors()
		}, "Cannot read individual enrollment"},
		"keys before an update": {http.MethodPost, "attestationmechanism", func(b bench) string {
			return b.Apply(b.MustPlan(b.Config(changed))).Errors()
		}, "Cannot read the keys of individual enrollment"},
		"delete": {http.MethodDelete, "sensor-1", func(b bench) string {
			return b.Apply(b.Plan(b.Nothing())).Errors()
		}, "Cannot delete individual enrollment"},
		"look before a delete": {http.MethodGet, "sensor-1", func(b bench) string {
			return b.Apply(b.Plan(b.Nothing())).Errors()
		}, "Cannot read individual enrollment"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, individualType)
			b.MustApply(b.Config(given))
			b.Fail("", test.method, test.path, http.StatusForbidden, 0)
			said := test.run(b)
			acctest.MustSay(t, said, test.says, "403", `the shared access policy "provisioningserviceowner"`,
				"The roles Owner and Contributor carry no data actions.")
			b.Emulator.ClearFaults()
			b.MustSettle(b.Config(given))
		})
	}
}

func TestUpdate_whoseAnswerIsLostRecognisesItsOwnWrite(t *testing.T) {
	t.Parallel()
	b, given := newManaged(t)
	keys := b.keys("sensor-1")
	b.Emulator.AddFault(emulator.Fault{Method: http.MethodPut, Cut: emulator.CutAfter, Times: 1})
	changed := with(given, attributes{"device_id": "sensor-one"})
	b.MustApply(b.Config(changed))
	b.MustSettle(b.Config(changed))
	if after := b.keys("sensor-1"); after.PrimaryKey != keys.PrimaryKey || after.SecondaryKey != keys.SecondaryKey {
		t.Error("the keys should be what they were")
	}
}

// A page instead of the answer says nothing of what became of the write: what is there does.
func TestWrites_whoseAnswersBecomePagesEndWell(t *testing.T) {
	t.Parallel()
	for typeName, config := range keyedKinds(attributes{}) {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, typeName)
			b.Emulator.AddFault(acctest.AnswerPage(http.MethodPut, "", acctest.CarriedOut()))
			b.Emulator.AddFault(acctest.AnswerPage(http.MethodDelete, "", acctest.CarriedOut()))
			b.MustApply(b.Config(config))
			b.MustSettle(b.Config(config))
			changed := with(config, attributes{"edge_enabled": true, "on_destroy": "disable"})
			b.MustApply(b.Config(changed))
			b.MustSettle(b.Config(changed))
			b.MustDestroy()
			b.MustImport("sensor-1")
			b.MustRefresh()
			acctest.MustRead(t, b.State, map[string]string{"provisioning_status": "disabled"})
			b.MustDestroy()
			if b.Entry("sensor-1") != nil || b.isGroup() && b.group("sensor-1") != nil {
				t.Error("the entry should be gone")
			}
		})
	}
}

func TestDelete_thatNobodyAnswersEndsWellWhenTheEntryIsGone(t *testing.T) {
	t.Parallel()
	for typeName, config := range keyedKinds(attributes{}) {
		b := newBench(t, typeName)
		b.MustApply(b.Config(config))
		b.Emulator.AddFault(emulator.Fault{Method: http.MethodDelete, Cut: emulator.CutAfter})
		b.MustDestroy()
	}
}

func TestDelete_thatDidNotHappenOrMayHaveIsAnError(t *testing.T) {
	t.Parallel()
	b, config := newManaged(t)
	planned := b.Plan(b.Nothing())
	b.Emulator.AddFault(emulator.Fault{Method: http.MethodDelete, Cut: emulator.CutBefore})
	failed := b.Apply(planned)
	failed.MustFail(t, "Cannot delete individual enrollment", "no answer")
	acctest.MustNotSay(t, failed.Errors(), "may have been deleted")
	b.MustSettle(b.Config(config))

	b.Emulator.ClearFaults()
	planned = b.Plan(b.Nothing())
	b.Emulator.AddFault(emulator.Fault{Method: http.MethodDelete, Cut: emulator.CutAfter})
	hold := b.Emulator.Hold("", http.MethodDelete, nil)
	done := b.StartApply(planned)
	<-hold.Reached()
	b.Fail("", http.MethodGet, "sensor-1", http.StatusForbidden, 0)
	hold.Release()
	(<-done).MustFail(t, "Cannot delete individual enrollment", "It may have been deleted all the same: plan again.")
}

func TestUpdate_thatSomebodyElseOvertakesOverwritesNothing(t *testing.T) {
	t.Parallel()
	b, given := newManaged(t)
	planned := b.MustPlan(b.Config(with(given, attributes{"device_id": "sensor-one"})))
	hold := b.Emulator.Hold("", http.MethodPut, nil)
	done := b.StartApply(planned)
	<-hold.Reached()
	b.SetEntryStatus("sensor-1", azdps.StatusDisabled)
	hold.Release()
	(<-done).MustFail(t, "Cannot change individual enrollment", "412",
		"Nothing of theirs was overwritten; plan again.")
	b.MustHaveEntry("sensor-1", "disabled")
}

func TestRead_ofAnEntryThatIsGoneLeavesTheStateWithAWarning(t *testing.T) {
	t.Parallel()
	b, _ := newManaged(t)
	b.DeleteEntry("sensor-1")
	refreshed := b.MustRefresh()
	acctest.MustSay(t, refreshed.Warnings(), "Individual enrollment is gone", `"sensor-1"`, "deleted outside of Terraform")
	if !b.State.IsNull() {
		t.Error("the state should be empty")
	}
}

// What was listed before a write says nothing of the entry any more: who plans it again in the same walk finds it as it
// was written.
func TestCreate_outdatesWhatWasListed(t *testing.T) {
	t.Parallel()
	for typeName, config := range keyedKinds(attributes{}) {
		b := newBench(t, typeName)
		other := b.Another()
		planned := b.MustPlan(b.Config(with(config, attributes{"provisioning_status": "disabled"})))
		for range 10 { // The first are asked for one by one.
			acctest.MustNotSay(t, other.MustPlan(b.Config(config)).Warnings(), "stays disabled")
		}
		if applied := b.ApplyInWalk(planned); applied.Failed() {
			t.Fatal(applied.Diagnostics)
		}
		acctest.MustSay(t, other.MustPlan(b.Config(config)).Warnings(), "stays disabled")
	}
}
