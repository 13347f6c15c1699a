// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"net/http"
	"strings"
	"testing"
)

// The rows of the table of transitions, P10 to P17.

func TestAccDeviceDisallow_P10_deviceMovedToAnotherHub(t *testing.T) {
	t.Parallel()
	f, c := appliedFleet(t, "")
	f.SetEntryStatus(stolenID, "enabled")
	moved := f.move()
	c.Plan().Must(2).Says(`~ "`+moved.identityObject()+`" = "enabled" -> "disabled"`,
		"Device is blocked again", "iothub_device_identity "+moved.identityObject()+": enabled -> disabled (disable)")
	f.plans(c, "update", "created", "dps_individual_enrollment "+stolenID+" enabled->disabled disable",
		"iothub_device_identity "+moved.identityObject()+" enabled->disabled disable")
	f.Emulator.ClearJournal()
	c.Apply().Must(0)
	f.wroteInOrder("/enrollments/"+stolenID, "/devices/"+stolenID)
	f.device.MustBeOut(f.hub)
	f.device.MustBeOut(moved.hub)
	c.Plan().Must(0)
	// What was done in both hubs is undone.
	c.Write(f.hcl(`desired_access = "restored"`))
	c.Apply().Must(0)
	moved.device.MustBeIn(moved.hub)
}

func TestAccDeviceDisallow_P11_changeOfOnDestroyCallsNobody(t *testing.T) {
	t.Parallel()
	f, c := appliedFleet(t, "")
	c.Write(f.hcl(`on_destroy = "prevent"`))
	c.Plan().Must(2).Says(`~ on_destroy = "keep" -> "prevent"`).DoesNotSay("~ access", "~ enrollment_status", "Warning")
	f.plans(c, "update", "created")
	f.Emulator.ClearJournal()
	c.Run("apply", "-no-color", "plan.out").Must(0)
	if exchanges := f.Emulator.Journal(); len(exchanges) > 0 {
		t.Errorf("nobody should have been called: %v", exchanges)
	}
	f.staysOutOf(c)
}

func TestAccDeviceDisallow_P12_destroyChangesNothingAndSaysSo(t *testing.T) {
	t.Parallel()
	f, c := appliedFleet(t, "")
	c.Write("")
	c.Plan().Must(2).Says("will be destroyed", "Device stays blocked", "Destroying changes nothing in Azure",
		"Do not delete the disabled individual enrollment by hand", "factory (thumbprint)")
	change := c.Change(stolen)
	if !change.Change.Actions.Delete() || change.ActionReason != "delete_because_no_resource_config" {
		t.Errorf("the plan should delete what has no configuration: %v, %v", change.Change.Actions, change.ActionReason)
	}
	before, ok := change.Change.Before.(map[string]any)
	if !ok || before["on_destroy"] != "keep" || before["access"] != "blocked" || before["reenroll_paths"] == nil {
		t.Errorf("a policy should read on_destroy, access and reenroll_paths before the destroy: %v", before)
	}
	f.Emulator.ClearJournal()
	c.Destroy().Must(0)
	f.wroteInOrder()
	f.device.MustBeOut(f.hub)
}

// A resource that is removed from configuration is planned from the state as it was stored. The warning is worded from
// a fresh look all the same.
func TestAccDeviceDisallow_removedBlockTellsThatTheDeviceIsIn(t *testing.T) {
	t.Parallel()
	f, c := appliedFleet(t, "")
	f.DeleteEntry(stolenID)
	f.SetIdentityStatus(f.hub, stolenID, "enabled")
	f.device.MustBeIn(f.hub)
	c.Write("")
	c.Plan().Must(2).Says("will be destroyed", "Device is not watched any more", "is not blocked").
		DoesNotSay("Device stays blocked")
	c.Apply().Must(0)
	f.device.MustBeIn(f.hub)
}

func TestAccDeviceDisallow_P13_restoringIsAReviewedUpdate(t *testing.T) {
	t.Parallel()
	f, c := appliedFleet(t, "")
	f.device.MustBeOut(f.hub)
	c.Write(f.hcl(`desired_access = "restored"`))
	c.Plan().Must(2).Says(`~ desired_access = "blocked" -> "restored"`, `~ enrollment_status = "disabled" -> "absent"`,
		`~ "`+f.identityObject()+`" = "disabled" -> "enabled"`, `~ access = "blocked" -> (known after apply)`, "Device "+
			"is let in again",
		"It can get in through these enabled groups: factory (thumbprint)")
	f.plans(c, "update", "created", "dps_individual_enrollment "+stolenID+" disabled->absent delete",
		"iothub_device_identity "+f.identityObject()+" disabled->enabled enable")
	f.Emulator.ClearJournal()
	c.Run("apply", "-no-color", "plan.out").Must(0)
	f.wroteInOrder("/devices/"+stolenID, "/enrollments/"+stolenID)
	f.device.MustBeIn(f.hub)
	if reason := f.Identity(f.hub, stolenID).StatusReason; reason != nil {
		t.Errorf("the reason of the block should be gone: %s", *reason)
	}
	c.Plan().Must(0)
	c.Run("plan", "-no-color", "-refresh-only", "-detailed-exitcode").Must(0)
}

func TestAccDeviceDisallow_P14_preventIsAnErrorAtPlan(t *testing.T) {
	t.Parallel()
	f, c := appliedFleet(t, `on_destroy = "prevent"`)
	c.Plan("-destroy").Must(1).Says("Disallow of device is held by on_destroy", "first apply another")
	c.Write("")
	c.Plan().Must(1).Says("Disallow of device is held by on_destroy", stolenID)
	c.Write(strings.ReplaceAll(f.hclFor("sensor-thl-009", `on_destroy = "prevent"`), "\t", "  "))
	c.Plan().Must(1).Says("Disallow of device is held by on_destroy", "does not replace it")
	c.Write(f.hcl(`on_destroy = "keep"`))
	c.Plan().Must(2).Says(`~ on_destroy = "prevent" -> "keep"`)
	f.Emulator.ClearJournal()
	c.Apply().Must(0)
	f.wroteInOrder()
	c.Destroy().Must(0)
	f.device.MustBeOut(f.hub)
}

// hclFor blocks another device, of which only the name is known.
func (f fleet) hclFor(registrationID, more string) string {
	return "resource \"azureiot_dps_device_disallow\" \"stolen\" {\n  registration_id = \"" + registrationID + "\"\n  " +
		more + "\n}\n"
}

func TestAccDeviceDisallow_P15_forgettingChangesNothing(t *testing.T) {
	t.Parallel()
	f, c := appliedFleet(t, `on_destroy = "prevent"`)
	c.Write("removed {\n  from = azureiot_dps_device_disallow.stolen\n  lifecycle {\n    destroy = false\n  }\n}\n")
	c.Plan().Must(2)
	if actions := c.Change(stolen).Change.Actions; !actions.Forget() {
		t.Errorf("the plan should forget, not %v", actions)
	}
	f.Emulator.ClearJournal()
	c.Run("apply", "-no-color", "plan.out").Must(0)
	f.MustNotHaveWritten()
	f.device.MustBeOut(f.hub)
}

func TestAccDeviceDisallow_P16_entryOfAnotherResource(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	entry := `resource "azureiot_dps_individual_enrollment" "entry" {
  registration_id = "` + stolenID + `"
  attestation = {
    symmetric_key = {}
  }
}
`
	together := strings.Replace(f.hcl(""), `"`+stolenID+`"`,
		"azureiot_dps_individual_enrollment.entry.registration_id", 1) + entry
	c := f.NewCLI(together)
	// An entry must not be made in the apply that disallows it: what the plan looked up is not true any more.
	c.Apply().Must(1).Says("inconsistent final plan", "the device changed after this plan was made")
	f.MustHaveEntry(stolenID, "enabled")
	// The next one adopts it, and the two leave each other alone: the entry's status is left as it is found.
	c.Plan().Must(2).Says(`+ enrollment_origin = "adopted"`)
	c.Apply().Must(0)
	f.staysOutOf(c)
}

func TestAccDeviceDisallow_P17_noPermissionAtTheHub(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	c := f.NewCLI(f.hcl(""))
	f.Fail(f.Hostname(f.hub), "", "^/devices/", http.StatusUnauthorized, 0)
	c.Plan().Must(2).Says("+ hub_identities = (known after apply)", "+ effects = (known after apply)",
		"Cannot read device identity", f.Hostname(f.hub), "Microsoft.Devices/IotHubs/devices/read", "IoT Hub Data Reader").
		DoesNotSay(`+ access = "partially_blocked"`)
	f.Emulator.ClearJournal()
	c.Run("apply", "-no-color", "plan.out").Must(1).Says("Cannot read device identity", f.Hostname(f.hub),
		"IoT Hub Data Reader", "The device stays blocked in DPS", "terraform untaint")
	f.wroteInOrder("/enrollments/" + stolenID)
	f.device.MustBeRefused()
	values := c.Values(stolen)
	if values["access"] != "partially_blocked" || values["enrollment_status"] != "disabled" {
		t.Errorf("the state should say what is true: %v", values)
	}
	f.Emulator.ClearFaults()
	c.Apply().Must(0)
	f.staysOutOf(c)
}
