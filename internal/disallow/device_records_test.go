// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
)

func TestDeviceDisallow_registrationRecordIsDeletedOnce(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o := f.NewObject(resourceType)
	const record = "dps_registration " + stolenID + " registered->absent delete"
	config := o.Config(f.settings(map[string]any{"delete_registration": true}))
	planned := o.MustPlan(config)
	acctest.MustHaveEffects(t, planned.Effects(),
		"dps_individual_enrollment "+stolenID+" absent->disabled create_disabled", record,
		"iothub_device_identity "+f.identityObject()+" enabled->disabled disable")
	acctest.MustRead(t, planned.Planned, map[string]string{"reversible": "true"})
	f.Emulator.ClearJournal()
	o.Apply(planned).MustSucceed(t)
	writes := f.Writes()
	if last := writes[len(writes)-1]; last.Method != http.MethodDelete || last.Path != "/registrations/"+stolenID {
		t.Errorf("the record should be deleted last: %v", writes)
	}
	if status := f.registrationStatus(); status != "" {
		t.Errorf("the record should be gone, not %s", status)
	}
	f.device.MustBeOut(f.hub)
	if status := f.registrationStatus(); status != "disabled" {
		t.Fatalf("the refused try should have made a new record, not %q: this test proves nothing", status)
	}
	f.Emulator.ClearJournal()
	o.MustSettle(config)
	f.MustNotHaveWritten()

	// Taken back and set again, it deletes again; and repairing drift does not.
	o.MustApply(o.Config(f.settings(nil)))
	planned = o.MustApply(config)
	acctest.MustHaveEffects(t, planned.Effects(), record)
	if status := f.registrationStatus(); status != "" {
		t.Errorf("the record should be gone again, not %s", status)
	}
	f.SetEntryStatus(stolenID, "enabled")
	o.MustRefresh()
	acctest.MustHaveEffects(t, o.MustApply(config).Effects(),
		"dps_individual_enrollment "+stolenID+" enabled->disabled disable")
	o.MustSettle(config)
}

func TestDeviceDisallow_registrationRecordThatCouldNotBeDeletedIsDeletedByTheNextApply(t *testing.T) {
	t.Parallel()
	for name, untaint := range map[string]bool{"replaced": false, "untainted": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			o, config, planned := f.planned(map[string]any{"delete_registration": true})
			f.Fail(f.Emulator.DPSHostname(), http.MethodDelete, "^/registrations/", http.StatusUnauthorized, 0)
			acctest.MustSay(t, o.Apply(planned).Errors(), "Cannot delete registration record", "registrationStates/delete")
			f.Emulator.ClearFaults()
			f.device.MustBeOut(f.hub)
			if untaint {
				o.MustApply(config)
			} else if replaced := o.Replace(config, false); replaced.Failed() {
				t.Fatal(replaced.Errors())
			}
			if status := f.registrationStatus(); status != "" {
				t.Errorf("the record should be gone, not %s", status)
			}
			o.MustSettle(config)
		})
	}
}

// gatewayFleet is a fleet whose device is an IoT Edge gateway with children.
func gatewayFleet(t *testing.T, children int) fleet {
	t.Helper()
	f := enrolledFleet(t, azdps.AttestationX509, func(e *azdps.IndividualEnrollment) {
		e.Capabilities = &azdps.Capabilities{IoTEdge: true}
	})
	scope := f.Identity(f.hub, stolenID).DeviceScope
	if scope == nil {
		t.Fatal("the hub made no gateway")
	}
	for i := range children {
		f.AddIdentity(f.hub, fmt.Sprintf("leaf-%03d", i), func(d *aziothub.Device) { d.DeviceScope = scope })
	}
	return f
}

func TestDeviceDisallow_gatewayPlansWarnHowManyLoseIt(t *testing.T) {
	t.Parallel()
	for children, said := range map[int]string{
		0:   "No device has it as its parent.",
		1:   "1 device has it as its parent, and loses its gateway.",
		103: "103 devices have it as their parent, and lose their gateway.",
	} {
		t.Run(fmt.Sprint(children), func(t *testing.T) {
			t.Parallel()
			f := gatewayFleet(t, children)
			o, config := f.object(nil)
			planned := o.MustApply(config)
			acctest.MustSay(t, planned.Warnings(), "Device is an IoT Edge gateway", f.Hostname(f.hub), said)
			f.device.MustBeOut(f.hub)
			scope := f.Identity(f.hub, stolenID)
			if !scope.Capabilities.IoTEdge || scope.DeviceScope == nil {
				t.Errorf("disabling should leave the gateway one: %+v", scope)
			}
			f.letIn()
			o.MustRefresh()
			acctest.MustSay(t, o.MustPlan(config).Warnings(), "Device is an IoT Edge gateway", said)
			o.MustApply(config)
			o.MustSettle(config)
		})
	}
}

func TestDeviceDisallow_gatewayWhoseChildrenMayNotBeCounted(t *testing.T) {
	t.Parallel()
	f := gatewayFleet(t, 2)
	f.Fail(f.Hostname(f.hub), http.MethodPost, "^/devices/query$", http.StatusUnauthorized, 0)
	o, config := f.object(map[string]any{"hub_identity_action": "delete"})
	planned := o.MustApply(config)
	acctest.MustSay(t, planned.Warnings(), "Device is an IoT Edge gateway", "is not known", "ServiceConnect",
		"Microsoft.Devices/IotHubs/twins/read")
	f.staysOut(o, config)
}
