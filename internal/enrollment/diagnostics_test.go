// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

func TestProvider_withoutAnInstanceIsNamedAsTheReason(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	b.Setenv("AZUREIOT_DPS_CONNECTION_STRING", "")
	b.Reconfigure()
	b.Plan(b.Config(individualKey("sensor-1", attributes{}))).MustFail(t, "No DPS instance is configured",
		"dps_connection_string")
	_, step := b.ReadDataSource(individualType, attributes{"registration_id": "sensor-1"})
	step.MustFail(t, "No DPS instance is configured")
}

func TestReading_fromAnInstanceThatIsMadeInTheSameApplyIsAnError(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	b.Setenv("AZUREIOT_DPS_CONNECTION_STRING", "")
	b.SetProviderBlock(attributes{"dps_connection_string": acctest.Unknown{}})
	for _, typeName := range []string{"azureiot_dps_individual_enrollments", "azureiot_dps_enrollment_groups"} {
		_, step := b.ReadDataSource(typeName, attributes{})
		step.MustFail(t, "DPS instance is not known yet", "in an apply of its own first")
	}
	_, step := b.OpenEphemeral(groupKeysType, attributes{"enrollment_group_id": "factory"})
	step.MustFail(t, "DPS instance is not known yet", "give dps_hostname here")
}

func TestCreate_thatMayHaveBeenCarriedOutSaysHowToImport(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	planned := b.MustPlan(b.Config(individualKey("sensor-1", attributes{})))
	b.Fail("", "", "sensor-1", http.StatusInternalServerError, 0)
	b.Apply(planned).MustFail(t, "Cannot create individual enrollment",
		"The write may have been carried out all the same. To manage it here, import it:")
}

func TestUpdate_thatMayHaveBeenCarriedOutSaysToPlanAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	config := individualX509("sensor-1", b.deviceCertificate("sensor-1").PEM())
	b.MustApply(b.Config(config))
	planned := b.MustPlan(b.Config(with(config, attributes{"device_id": "one"})))
	b.Fail("", http.MethodPut, "sensor-1", http.StatusInternalServerError, 0)
	b.Apply(planned).MustFail(t, "Cannot change individual enrollment",
		"The write may have been carried out all the same: plan again.")
}

func TestKeys_thatTheServiceDoesNotShowFailAnUpdate(t *testing.T) {
	t.Parallel()
	b, config := newManaged(t)
	b.Emulator.AddFault(acctest.AnswerJSON(
		http.MethodPost, "attestationmechanism", `{"type":"symmetricKey"}`, acctest.Times(1)))
	b.Apply(b.MustPlan(b.Config(with(config, attributes{"device_id": "one"})))).MustFail(t,
		"Cannot read the keys of", "The service showed no keys.", "Nothing was written.")
}

func TestDerivedKeys_ofAKeyThatIsNoneAreAnErrorWithoutTheKey(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	b.MustApply(b.Config(groupKey("factory", attributes{})))
	b.Emulator.AddFault(acctest.AnswerJSON(http.MethodPost, "attestationmechanism",
		`{"type":"symmetricKey","symmetricKey":{"primaryKey":"not%base64","secondaryKey":"not%base64"}}`, acctest.Times(1)))
	_, step := b.OpenEphemeral(derivedKeyType, attributes{"enrollment_group_id": "factory", "registration_id": "sensor-1"})
	step.MustFail(t, "Keys cannot be used", `"factory"`)
	acctest.MustNotSay(t, step.Errors(), "not%base64")
}

func TestReplacement_ofAnEntryThatChangesInBetweenIsStale(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	config := with(individualKey("sensor-1", attributes{}), attributes{"on_destroy": "keep"})
	b.MustApply(b.Config(config))
	planned := b.PlanReplacement(b.Config(config))
	first, second := b.Emulator.Hold("", http.MethodGet, nil), b.Emulator.Hold("", http.MethodGet, nil)
	done := make(chan acctest.Step)
	go func() { done <- b.ApplyReplacement(planned, false) }()
	<-first.Reached()
	first.Release()
	<-second.Reached()
	b.SetEntryStatus("sensor-1", azdps.StatusDisabled)
	second.Release()
	(<-done).MustFail(t, "The plan is stale", `"sensor-1" was changed while Terraform was replacing it.`,
		"What on_destroy asks for was done before; nothing was written since.")
	b.MustHaveEntry("sensor-1", "disabled")
}

func TestDestroy_ofRecordsThatStayEnds(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	b.MustApply(b.Config(with(groupX509("factory", b.Intermediate.PEM()),
		attributes{"delete_registrations_on_destroy": true})))
	b.fleetOf(1)
	b.Emulator.AddFault(emulator.Fault{
		Method: http.MethodDelete, Path: regexp.MustCompile("/registrations/"), Status: http.StatusNoContent,
	})
	b.Apply(b.Plan(b.Nothing())).MustFail(t, "Cannot delete registration record",
		"says that the record is deleted, and lists it again")
	if g := b.group("factory"); g == nil || !g.Disabled() {
		t.Error("the group should stay, disabled")
	}
}

func TestEntries_settleWhateverTheServiceChooses(t *testing.T) {
	t.Parallel()
	for name, choose := range map[string]func(*emulator.Choices){
		"defaults filled in":  func(c *emulator.Choices) { c.FillDefaults = true },
		"status left absent":  func(c *emulator.Choices) { c.OmittedStatusStaysAbsent = true },
		"new keys":            func(c *emulator.Choices) { c.NewKeysOnUpdate = true },
		"unknown kept":        func(c *emulator.Choices) { c.KeepUnknownMembers = true },
		"missing entries 404": func(c *emulator.Choices) { c.MissingEntryIs404 = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, individualType, acctest.Emulate(func(o *emulator.Options) { choose(&o.Choices) }))
			small := individualX509("sensor-1", b.deviceCertificate("sensor-1").PEM())
			b.MustApply(b.Config(small))
			b.MustSettle(b.Config(small))
			b.Forget()
			b.MustImport("sensor-1")
			b.MustSettle(b.Config(small))
			large := with(individualKey("sensor-1", given(someKey('a'), someKey('b'), 1)), attributes{
				"device_id": "one", "allocation_policy": "hashed", "iothub_hostnames": []string{b.Hostname("hub1")},
				"initial_twin": attributes{"tags": `{"a":1}`}, "optional_device_information": `{"b":2}`, "edge_enabled": true,
				"reprovision_policy": attributes{"update_hub_assignment": false}, "provisioning_status": "disabled",
			})
			b.MustApply(b.Config(large))
			b.MustSettle(b.Config(large))
			b.MustApply(b.Config(small))
			b.MustSettle(b.Config(small))
		})
	}
}
