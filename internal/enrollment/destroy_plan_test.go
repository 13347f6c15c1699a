// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// The plan of a destroy is told from the entry as it is, not from a state that may be old, and can be carried out.
func TestDestroyPlan_ofAnEntryDisabledElsewhereTellsAndCanBeCarriedOut(t *testing.T) {
	t.Parallel()
	for typeName, config := range keyedKinds(attributes{}) {
		b := newBench(t, typeName)
		b.MustApply(b.Config(config))
		b.disable("sensor-1")
		planned := b.Plan(b.Nothing())
		acctest.MustSay(t, planned.Warnings(),
			"Disabled "+b.noun()+" is deleted", `"sensor-1" is disabled now, by somebody else `+
				"since Terraform last saw it", "Once it is deleted")
		if applied := b.Apply(planned); applied.Failed() || b.status("sensor-1") != "absent" {
			t.Errorf("%s: the entry is %s: %s", typeName, b.status("sensor-1"), applied.Errors())
		}
	}
}

func (b bench) noun() string {
	if b.isGroup() {
		return "enrollment group"
	}
	return "individual enrollment"
}

func TestDestroyPlan_ofAnEntryThatABlockDisabledNamesTheBlock(t *testing.T) {
	t.Parallel()
	b, _ := newManaged(t)
	b.SetEntry("sensor-1", func(e *azdps.IndividualEnrollment) {
		e.ProvisioningStatus = new(azdps.StatusDisabled)
		e.OptionalDeviceInformation = []byte(`{"azureiotDisallow":{"version":1,"reason":"stolen"}}`)
	})
	acctest.MustSay(t, b.Plan(b.Nothing()).Warnings(), "azureiot_dps_device_disallow", `(reason: "stolen")`)
}

func TestDestroyPlan_saysHowTheEntryIsThatStays(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	b.MustApply(b.Config(with(groupKey("factory", attributes{}), attributes{"on_destroy": "keep"})))
	b.disable("factory")
	acctest.MustSay(t, b.Plan(b.Nothing()).Warnings(), `"factory" stays in DPS as it is, disabled`)
}

// What counts for a delete is what its plan saw: only what happened later stops it.
func TestDelete_ofAnEntryDisabledAfterTheLookDeletesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	config := individualKey("sensor-1", attributes{})
	b.MustApply(b.Config(with(config, attributes{"provisioning_status": "disabled"})))
	b.SetEntryStatus("sensor-1", azdps.StatusEnabled)
	planned := b.Plan(b.Nothing())
	acctest.MustNotSay(t, planned.Warnings(), "is disabled now")
	b.SetEntryStatus("sensor-1", azdps.StatusDisabled)
	b.Apply(planned).MustFail(t, "The plan is stale", "was disabled after the plan was made")
	planned = b.Plan(b.Nothing())
	if applied := b.Apply(planned); applied.Failed() {
		t.Errorf("planning again should help: %s", applied.Errors())
	}
}

func TestDestroyPlan_thatCannotLookGoesByTheState(t *testing.T) {
	t.Parallel()
	b, _ := newManaged(t)
	b.Fail("", http.MethodGet, "/enrollments/", http.StatusForbidden, 1)
	planned := b.Plan(b.Nothing())
	acctest.MustSay(t, planned.Warnings(), "Cannot read individual enrollment", "what Terraform last saw (enabled)")
	b.disable("sensor-1")
	b.Apply(planned).MustFail(t, "The plan is stale", "was disabled after the plan was made")

	b.MustRefresh()
	b.Fail("", http.MethodGet, "/enrollments/", http.StatusForbidden, 1)
	planned = b.Plan(b.Nothing())
	acctest.MustSay(t, planned.Warnings(), "what Terraform last saw (disabled)")
	if applied := b.Apply(planned); applied.Failed() {
		t.Errorf("the plan has told of it: %s", applied.Errors())
	}
}

func TestDestroyPlan_ofAnEntryThatIsGoneSaysNothing(t *testing.T) {
	t.Parallel()
	b, _ := newManaged(t)
	b.DeleteEntry("sensor-1")
	planned := b.Plan(b.Nothing())
	if planned.Failed() || planned.Warnings() != "" {
		t.Errorf("there is nothing to say: %s %s", planned.Errors(), planned.Warnings())
	}
	if applied := b.Apply(planned); applied.Failed() {
		t.Error(applied.Errors())
	}
}

// Terraform 1.11 plans the destroy of a resource that left the configuration from a state that it has not refreshed.
func TestAccDestroy_ofWhatWasDisabledElsewhereAndRemovedEnds(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	cli := w.NewCLI(fmt.Sprintf(`resource "azureiot_dps_individual_enrollment" "sensor" {
  registration_id = "sensor-1"
  attestation     = { symmetric_key = {} }
}
resource "azureiot_dps_enrollment_group" "plant" {
  enrollment_group_id = "plant"
  attestation         = { x509 = { signing_certificates = { primary = %s } } }
}
`, acctest.HCL(w.Intermediate.PEM())))
	cli.Apply().Must(0)
	w.SetEntryStatus("sensor-1", azdps.StatusDisabled)
	w.SetGroup("plant", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = new(azdps.StatusDisabled) })
	cli.Write("")
	cli.Plan().Must(2).Says(`The individual enrollment "sensor-1" is disabled now`,
		`The enrollment group "plant" is disabled now`)
	cli.Run("apply", "-no-color", "plan.out").Must(0)
	if w.Entry("sensor-1") != nil || w.HasGroup("plant") {
		t.Error("both should be gone")
	}
}

// Whoever is kept from registering stays in its hub, which is named.
func TestHubAccess_isSaidToStayWhenADeviceIsKeptFromRegistering(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]attributes{
		"disabled": {"provisioning_status": "disabled"}, "deleted": nil, "disabled by destroying": {"on_destroy": "disable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, individualType)
			device := b.NewDevice("sensor-1")
			config := with(individualX509("sensor-1", device.Certificate.PEM()), attributes{"device_id": "Pump-7"})
			b.MustApply(b.Config(config))
			plan := func() string {
				switch name {
				case "disabled":
					return b.MustPlan(b.Config(with(config, change))).Warnings()
				case "deleted":
					return b.Plan(b.Nothing()).Warnings()
				}
				b.MustApply(b.Config(with(config, change)))
				return b.Plan(b.Nothing()).Warnings()
			}
			acctest.MustNotSay(t, plan(), "hub access")
			device.MustRegister()
			acctest.MustSay(t, plan(),
				"Device keeps its hub access", `"sensor-1" into the hub `+b.Hostname("hub1")+`, as "Pump-7"`)

			b.SetEntryStatus("sensor-1", azdps.StatusDisabled)
			device.MustBeRefused() // The record of the refusal takes the place of the assignment's.
			b.SetEntryStatus("sensor-1", azdps.StatusEnabled)
			acctest.MustSay(t, plan(), `Which hub the device "sensor-1" is in, if any, is not known`)
		})
	}
}

func TestHubAccess_ofARecordThatCannotBeReadIsNotKnown(t *testing.T) {
	t.Parallel()
	b, config := newManaged(t)
	b.Fail("", http.MethodGet, "/registrations/", http.StatusForbidden, 0)
	planned := b.MustPlan(b.Config(with(config, attributes{"provisioning_status": "disabled"})))
	acctest.MustSay(t, planned.Warnings(), "Cannot read registration record", "is in, if any, is not known")
}

func TestHubAccess_ofAGroupsDevicesStays(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	config := groupX509("factory", b.Intermediate.PEM())
	b.MustApply(b.Config(config))
	const text = `registered through the enrollment group "factory" stay in their hubs`
	acctest.MustSay(t, b.MustPlan(b.Config(with(config, attributes{"provisioning_status": "disabled"}))).Warnings(), text)
	b.MustApply(b.Config(with(config, attributes{"on_destroy": "disable"})))
	acctest.MustSay(t, b.Plan(b.Nothing()).Warnings(), text)
	if planned := b.MustPlan(b.Config(with(config,
		attributes{"edge_enabled": true}))); strings.Contains(planned.Warnings(), text) {
		t.Error("the status does not change")
	}
}
