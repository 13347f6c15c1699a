// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// The rows of the table of transitions, P1 to P9: what people read in the plan, what a policy reads, what the services
// say afterwards, and what becomes of the device's own try.

func TestAccDeviceDisallow_P01_deviceOfAGroupIsBlocked(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	other := f.NewDevice("sensor-thl-001")
	other.MustRegister()
	c := f.NewCLI(f.hcl(""))
	object := f.identityObject()
	c.Plan().Must(2).Says(
		`+ action = "create_disabled" + from = "absent" + object = "sensor-thl-002"
		 + target = "dps_individual_enrollment" + to = "disabled"`,
		`+ action = "disable" + from = "enabled" + object = "`+object+`"
		 + target = "iothub_device_identity" + to = "disabled"`,
		`+ enrollment_status = "disabled"`, `+ access = "blocked"`, `"`+f.identityObject()+`" = "disabled"`, "+ "+
			"reversible = true",
		"Device is disallowed",
		"dps_individual_enrollment sensor-thl-002: absent -> disabled (create_disabled)",
		"iothub_device_identity "+object+": enabled -> disabled (disable)",
		"these enabled groups could let the device in again: factory (thumbprint)",
	)
	f.plans(c, "create", "created", "dps_individual_enrollment "+stolenID+" absent->disabled create_disabled",
		"iothub_device_identity "+object+" enabled->disabled disable")
	f.Emulator.ClearJournal()
	c.Run("apply", "-no-color", "plan.out").Must(0)
	f.wroteInOrder("/enrollments/"+stolenID, "/devices/"+stolenID)
	f.device.MustBeOut(f.hub)
	other.MustBeIn(f.hubOf(other))
	if reason := f.Identity(f.hub, stolenID).StatusReason; reason == nil || *reason != "stolen from plant Thale" {
		t.Errorf("the hub should show the reason: %v", reason)
	}
	c.Plan().Must(0)
}

func TestAccDeviceDisallow_P02_identityIsDeleted(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	c := f.NewCLI(f.hcl(`hub_identity_action = "delete"`))
	c.Plan().Must(2).Says(`"`+f.identityObject()+`" = "absent"`, "+ reversible = false", "Deleting cannot be undone",
		"goes with its twin and its modules")
	f.plans(c, "create", "created", "dps_individual_enrollment "+stolenID+" absent->disabled create_disabled",
		"iothub_device_identity "+f.identityObject()+" enabled->absent delete")
	c.Run("apply", "-no-color", "plan.out").Must(0)
	f.device.MustBeOut(f.hub)
	f.MustHaveIdentity(f.hub, stolenID, "absent")
	c.Plan().Must(0)
}

func TestAccDeviceDisallow_P03_enabledEntryIsAdopted(t *testing.T) {
	t.Parallel()
	f := unregisteredFleet(t)
	f.enrol(azdps.AttestationX509, nil)
	f = f.registered()
	c := f.NewCLI(f.hcl(""))
	c.Plan().Must(2).Says(`+ enrollment_origin = "adopted"`, `+ enrollment_status = "disabled"`,
		"dps_individual_enrollment sensor-thl-002: enabled -> disabled (disable)")
	f.plans(c, "create", "adopted", "dps_individual_enrollment "+stolenID+" enabled->disabled disable",
		"iothub_device_identity "+f.identityObject()+" enabled->disabled disable")
	c.Run("apply", "-no-color", "plan.out").Must(0)
	f.device.MustBeOut(f.hub)
	if entry := f.Entry(stolenID); entry.OptionalDeviceInformation != nil {
		t.Errorf("an adopted entry should carry no mark: %s", entry.OptionalDeviceInformation)
	}
	c.Plan().Must(0)
}

func TestAccDeviceDisallow_P04_whatIsBlockedAlreadyIsOnlyRecorded(t *testing.T) {
	t.Parallel()
	f := unregisteredFleet(t)
	f.enrol(azdps.AttestationX509, nil)
	f = f.registered()
	f.SetEntryStatus(stolenID, "disabled")
	f.SetIdentityStatus(f.hub, stolenID, "disabled")
	trying := f.device.TryContinuously()
	trying.AwaitTries(2)
	c := f.NewCLI(f.hcl(""))
	c.Plan().Must(2).Says(": stays disabled", `+ enrollment_origin = "adopted"`)
	f.plans(c, "create", "adopted", "dps_individual_enrollment "+stolenID+" disabled->disabled none",
		"iothub_device_identity "+f.identityObject()+" disabled->disabled none")
	f.Emulator.ClearJournal()
	c.Run("apply", "-no-color", "plan.out").Must(0)
	trying.Stop()
	f.wroteInOrder()
	f.device.MustBeOut(f.hub)
	if before := c.Values(stolen)["previous"].(map[string]any); before["enrollment_status"] != "disabled" {
		t.Errorf("it should be known that the entry was disabled before: %v", before)
	}
	c.Plan().Must(0)
}

func TestAccDeviceDisallow_P05_deviceThatNeverRegistered(t *testing.T) {
	t.Parallel()
	f := unregisteredFleet(t)
	c := f.NewCLI(f.hcl(""))
	c.Plan().Must(2).Says("+ hub_identities = (known after apply)", "+ effects = (known after apply)",
		`+ access = "blocked"`, `+ enrollment_status = "disabled"`, "no hub is known to have one",
		"the apply blocks whatever has appeared by then")
	change := c.Change(stolen).Change
	after := change.After.(map[string]any)
	if !change.Actions.Create() || after["access"] != "blocked" || after["hub_identities"] != nil {
		t.Errorf("the plan should leave the hubs open: %v", after)
	}
	c.Run("apply", "-no-color", "plan.out").Must(0)
	f.device.MustBeRefused()
	for _, hub := range f.Emulator.Hubs() {
		if got := f.IdentityStatus(hub.Name(), stolenID); got != "absent" {
			t.Errorf("no hub should have the device, %s has it %s", hub.Name(), got)
		}
	}
	c.Plan().Must(0)
}

// Terraform's core lets no planned set grow, so that effects which only the apply can tell are unknown as a whole.
func TestAccDeviceDisallow_deviceWhoseNameStandsInTwoHubs(t *testing.T) {
	t.Parallel()
	f := unregisteredFleet(t)
	c := f.NewCLI(f.hcl(""))
	for _, hub := range f.Emulator.Hubs() {
		f.AddIdentity(hub.Name(), stolenID, nil)
	}
	c.Plan().Must(2).Says("+ effects = (known after apply)")
	c.Run("apply", "-no-color", "plan.out").Must(0)
	if effects, _ := c.Values(stolen)["effects"].([]any); len(effects) != 3 {
		t.Errorf("there should be an effect on the entry and on either identity: %v", effects)
	}
	f.device.MustBeRefused()
}

func TestAccDeviceDisallow_P06_fromDisableToDelete(t *testing.T) {
	t.Parallel()
	f, c := appliedFleet(t, "")
	c.Write(f.hcl(`hub_identity_action = "delete"`))
	c.Plan().Must(2).Says(`~ hub_identity_action = "disable" -> "delete"`, `"disabled" -> "absent"`,
		"~ reversible = true -> false", "Block will change", "Deleting cannot be undone")
	f.plans(c, "update", "created", "iothub_device_identity "+f.identityObject()+" disabled->absent delete")
	f.Emulator.ClearJournal()
	c.Run("apply", "-no-color", "plan.out").Must(0)
	f.wroteInOrder("/devices/" + stolenID)
	f.staysOutOf(c)
}

func TestAccDeviceDisallow_P07_fromDeleteToDisable(t *testing.T) {
	t.Parallel()
	f, c := appliedFleet(t, `hub_identity_action = "delete"`)
	c.Write(f.hcl(""))
	c.Plan().Must(2).Says(`~ hub_identity_action = "delete" -> "disable"`, "What was deleted stays deleted",
		"a deleted identity stays absent").DoesNotSay("reversible = false -> true", `"absent" -> "disabled"`)
	f.plans(c, "update", "created")
	f.Emulator.ClearJournal()
	c.Run("apply", "-no-color", "plan.out").Must(0)
	f.MustNotHaveWritten()
	f.device.MustBeOut(f.hub)
	values := c.Values(stolen)
	if values["reversible"] != false || !strings.Contains(fmt.Sprint(values["hub_identities"]), "absent") {
		t.Errorf("the identity should stay absent: %v", values)
	}
	c.Plan().Must(0)
}

func TestAccDeviceDisallow_P08_driftAndItsRepairAreOneDifference(t *testing.T) {
	t.Parallel()
	f, c := appliedFleet(t, "")
	f.SetEntryStatus(stolenID, "enabled")
	f.SetIdentityStatus(f.hub, stolenID, "enabled")
	f.device.MustRegister()
	c.Plan().Must(2).Says(`~ enrollment_status = "enabled" -> "disabled"`, `~ access = "allowed" -> "blocked"`,
		`"enabled" -> "disabled"`, "Device is blocked again").DoesNotSay("must be replaced")
	f.plans(c, "update", "created", "dps_individual_enrollment "+stolenID+" enabled->disabled disable",
		"iothub_device_identity "+f.identityObject()+" enabled->disabled disable")
	drift := c.Shown().ResourceDrift
	if len(drift) != 1 || drift[0].Change.After.(map[string]any)["enrollment_status"] != "enabled" {
		t.Errorf("the plan's JSON should report the drift: %v", drift)
	}
	f.Emulator.ClearJournal()
	c.Apply().Must(0)
	f.wroteInOrder("/enrollments/"+stolenID, "/devices/"+stolenID)
	f.staysOutOf(c)
}

func TestAccDeviceDisallow_P09_entryDeletedOutsideIsMadeAgainInPlace(t *testing.T) {
	t.Parallel()
	f, c := appliedFleet(t, "")
	f.DeleteEntry(stolenID)
	f.device.MustRegister()
	c.Plan().Must(2).Says(`~ enrollment_status = "absent" -> "disabled"`, `~ access = "allowed" -> "blocked"`,
		"absent -> disabled (create_disabled)", "Block was removed elsewhere", "was deleted outside Terraform")
	f.plans(c, "update", "created", "dps_individual_enrollment "+stolenID+" absent->disabled create_disabled")
	c.Apply().Must(0)
	f.staysOutOf(c)
}

// identityObject is the stolen device's identity as effects name it.
func (f fleet) identityObject() string { return f.Hostname(f.hub) + "/" + stolenID }

// hubOf is the hub of another device.
func (f fleet) hubOf(d interface{ RegistrationID() string }) string {
	for _, hub := range f.Emulator.Hubs() {
		if f.Identity(hub.Name(), d.RegistrationID()) != nil {
			return hub.Name()
		}
	}
	f.T.Fatalf("no hub has %s", d.RegistrationID())
	return ""
}

// plans fails the test unless the JSON of the last plan has the action, the origin and exactly the effects.
func (f fleet) plans(c *acctest.CLI, action, origin string, effects ...string) {
	f.T.Helper()
	change := c.Change(stolen).Change
	if len(change.Actions) != 1 || string(change.Actions[0]) != action {
		f.T.Errorf("the plan should %s, not %v", action, change.Actions)
	}
	after, _ := change.After.(map[string]any)
	if after["enrollment_origin"] != origin {
		f.T.Errorf("the origin should be planned %s, not %v", origin, after["enrollment_origin"])
	}
	planned, _ := after["effects"].([]any)
	var lines []string
	for _, element := range planned {
		effect, _ := element.(map[string]any)
		lines = append(lines, fmt.Sprintf("%s %s %s->%s %s",
			effect["target"], effect["object"], effect["from"], effect["to"], effect["action"]))
	}
	acctest.MustHaveEffects(f.T, lines, effects...)
}

// wroteInOrder fails the test unless exactly these paths were written, in this order; registrations of devices do not
// count.
func (f fleet) wroteInOrder(paths ...string) {
	f.T.Helper()
	var written []string
	for _, exchange := range f.Writes() {
		if !strings.Contains(exchange.Path, "/registrations/") && !strings.Contains(exchange.Path, "/messages/") {
			written = append(written, exchange.Path)
		}
	}
	if !slices.Equal(written, paths) {
		f.T.Errorf("should have written %v, not %v", paths, written)
	}
}
