// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

const (
	oldName = "old-name"
	newName = "new-name"
)

// A device keeps its former identity when its entry gives it another name. Its record names the latest only; who knows
// the former says so, and that hides neither.
func TestDeviceDisallow_renamedDeviceIsBlockedUnderBothNames(t *testing.T) {
	t.Parallel()
	for _, attestation := range []string{azdps.AttestationSymmetricKey, azdps.AttestationX509} {
		t.Run(attestation, func(t *testing.T) {
			t.Parallel()
			former := oldName
			f := enrolledFleet(t, attestation, func(e *azdps.IndividualEnrollment) { e.DeviceID = &former })
			f.rename(newName)
			after := f.identity(f.hub, newName)
			o, config := f.bare()
			planned := o.MustApply(config)
			acctest.MustHaveEffect(t, planned.Effects(), "iothub_device_identity "+after+" enabled->disabled disable")
			hasIdentities(t, o.State, map[string]string{after: "disabled"})
			f.outOf(f.hub, newName)
			f.stillConnects(f.hub, oldName)
			o.MustSettle(config)

			told := o.Config(map[string]any{"registration_id": stolenID, "device_id": oldName})
			planned = o.MustPlan(told)
			acctest.MustRead(t, planned.Planned, map[string]string{
				"hub_identities": "unknown", "access": "unknown", "enrollment_status": "disabled",
			})
			acctest.MustHaveEffect(t, planned.Effects(), "unknown")
			f.Emulator.ClearJournal()
			o.Apply(planned).MustSucceed(t)
			f.wroteInOrder("/devices/" + oldName)
			acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
			f.outUnderBothNames(o, told)

			o.MustApply(o.Config(map[string]any{
				"registration_id": stolenID, "device_id": oldName, "desired_access": "restored",
			}))
			f.stillConnects(f.hub, oldName)
			f.stillConnects(f.hub, newName)
		})
	}
}

// The same when the device is renamed while it is blocked: the former name is remembered, the record names the new one.
func TestDeviceDisallow_deviceThatIsRenamedWhileBlockedIsBlockedUnderBothNames(t *testing.T) {
	t.Parallel()
	for _, attestation := range []string{azdps.AttestationSymmetricKey, azdps.AttestationX509} {
		t.Run(attestation, func(t *testing.T) {
			t.Parallel()
			former := oldName
			f := enrolledFleet(t, attestation, func(e *azdps.IndividualEnrollment) { e.DeviceID = &former })
			before, after := f.identity(f.hub, oldName), f.identity(f.hub, newName)
			o, config := f.bare()
			o.MustApply(config)
			hasIdentities(t, o.State, map[string]string{before: "disabled"})

			f.SetEntryStatus(stolenID, "enabled")
			f.rename(newName)
			f.SetEntryStatus(stolenID, "disabled")
			f.stillConnects(f.hub, newName)
			o.MustRefresh()
			hasIdentities(t, o.State, map[string]string{before: "disabled", after: "enabled"})
			acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked", "enrollment_status": "disabled"})
			planned := o.MustPlan(config)
			acctest.MustHaveEffects(t, planned.Effects(), "iothub_device_identity "+after+" enabled->disabled disable")
			hasIdentities(t, planned.Planned, map[string]string{before: "disabled", after: "disabled"})
			acctest.MustRead(t, planned.Planned, map[string]string{"access": "blocked"})
			f.Emulator.ClearJournal()
			o.Apply(planned).MustSucceed(t)
			f.wroteInOrder("/devices/" + newName)
			acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
			f.outUnderBothNames(o, config)
		})
	}
}

// A try that is refused afterwards overwrites the record: then the entry tells the new name, and a certificate proves
// it. Of a device with a key only the user can say so.
func TestDeviceDisallow_deviceThatIsRenamedWhileBlockedAndRefused(t *testing.T) {
	t.Parallel()
	f, o, config := renamedFleet(t, azdps.AttestationX509)
	o.MustRefresh()
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked", "enrollment_status": "disabled"})
	hasIdentities(t, o.State, map[string]string{
		f.identity(f.hub, oldName): "disabled", f.identity(f.hub, newName): "enabled",
	})
	o.MustApply(config)
	f.outUnderBothNames(o, config)
}

// renamedFleet has a device that has come in under another name since it was blocked under its former one, and is
// blocked in DPS again.
func renamedFleet(t *testing.T, attestation string) (f fleet, o *acctest.Object, config tftypes.Value) {
	t.Helper()
	former := oldName
	f = enrolledFleet(t, attestation, func(e *azdps.IndividualEnrollment) { e.DeviceID = &former })
	o, config = f.bare()
	o.MustApply(config)
	f.SetEntryStatus(stolenID, "enabled")
	f.rename(newName)
	f.SetEntryStatus(stolenID, "disabled")
	f.device.MustBeRefused()
	f.stillConnects(f.hub, newName)
	return f, o, config
}

// outUnderBothNames fails the test unless the device is out under either name, and its block has nothing left to do.
func (f fleet) outUnderBothNames(o *acctest.Object, config tftypes.Value) {
	f.T.Helper()
	hasIdentities(f.T, o.State, map[string]string{
		f.identity(f.hub, oldName): "disabled", f.identity(f.hub, newName): "disabled",
	})
	f.outOf(f.hub, newName)
	f.outOf(f.hub, oldName)
	o.MustSettle(config)
}

// Of a device whose former name is its registration ID nobody has to be told: its certificate proves that identity.
func TestDeviceDisallow_renamedDeviceIsFoundUnderItsRegistrationID(t *testing.T) {
	t.Parallel()
	f := enrolledFleet(t, azdps.AttestationX509, nil)
	f.rename(newName)
	before, after := f.identity(f.hub, stolenID), f.identity(f.hub, newName)
	o, config := f.bare()
	planned := o.MustApply(config)
	hasIdentities(t, planned.Planned, map[string]string{before: "disabled", after: "disabled"})
	acctest.MustHaveEffects(t, planned.Effects(), "dps_individual_enrollment "+stolenID+" enabled->disabled disable",
		"iothub_device_identity "+before+" enabled->disabled disable",
		"iothub_device_identity "+after+" enabled->disabled disable")
	hasIdentities(t, o.State, map[string]string{before: "disabled", after: "disabled"})
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
	f.outOf(f.hub, stolenID)
	f.outOf(f.hub, newName)
	o.MustSettle(config)
}

// In a hub that the user names, every name of the device is tried: the entry may tell one under which the device never
// registered.
func TestDeviceDisallow_namedHubIsReadUnderEveryName(t *testing.T) {
	t.Parallel()
	f := enrolledFleet(t, azdps.AttestationSymmetricKey, nil)
	f.SetEntry(stolenID, func(e *azdps.IndividualEnrollment) { name := newName; e.DeviceID = &name })
	f.deleteRecord()
	o := f.NewObject(resourceType)
	config := o.Config(map[string]any{
		"registration_id": stolenID, "additional_iothub_hostnames": []string{f.Hostname(f.hub)},
	})
	o.MustApply(config)
	hasIdentities(t, o.State, map[string]string{f.identityObject(): "disabled"})
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
	f.staysOut(o, config)
}

// A device ID that was a slip has shut another machine out. Corrected, it shuts the right one out as well, and what was
// done to the other is not forgotten.
func TestDeviceDisallow_deviceIDThatWasASlipIsCorrected(t *testing.T) {
	t.Parallel()
	right, slip := "right-name", "other-machine"
	f := enrolledFleet(t, azdps.AttestationX509, func(e *azdps.IndividualEnrollment) { e.DeviceID = &right })
	f.deleteRecord()
	f.DeleteEntry(stolenID)
	f.AddIdentity(f.hub, slip, nil)
	given := func(deviceID, access string) map[string]any {
		return f.settings(map[string]any{
			"device_id": deviceID, "additional_iothub_hostnames": []string{f.Hostname(f.hub)}, "desired_access": access,
		})
	}
	o := f.NewObject(resourceType)
	o.MustApply(o.Config(given(slip, "blocked")))
	o.MustSettle(o.Config(given(slip, "blocked")))
	if got := f.IdentityStatus(f.hub, slip); got != "disabled" {
		t.Fatalf("the named identity should be disabled, not %s: this test proves nothing", got)
	}
	f.stillConnects(f.hub, right)

	planned := o.MustPlan(o.Config(given(right, "blocked")))
	acctest.MustRead(t, planned.Planned, map[string]string{
		"hub_identities": "unknown", "access": "unknown", "enrollment_status": "disabled",
	})
	acctest.MustHaveEffect(t, planned.Effects(), "unknown")
	f.Emulator.ClearJournal()
	o.Apply(planned).MustSucceed(t)
	f.wroteInOrder("/enrollments/"+stolenID, "/devices/"+right)
	hasIdentities(t, o.State, map[string]string{
		f.identity(f.hub, right): "disabled", f.identity(f.hub, slip): "disabled",
	})
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
	f.outOf(f.hub, right)
	if entry := f.Entry(stolenID); entry.DeviceID == nil || *entry.DeviceID != right {
		t.Errorf("the entry should carry the right name: %v", entry.DeviceID)
	}
	o.MustSettle(o.Config(given(right, "blocked")))

	o.MustApply(o.Config(given(right, "restored")))
	for _, deviceID := range []string{right, slip} {
		if got := f.IdentityStatus(f.hub, deviceID); got != "enabled" {
			t.Errorf("%s should be enabled again, not %s", deviceID, got)
		}
	}
}

// A name that the device has nowhere, beside a hub in which it is not, keeps no plan from becoming empty.
func TestDeviceDisallow_nameThatTheDeviceHasNowhereSettles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		more func(f fleet) map[string]any
		tell func(f fleet) map[string]string
	}{
		"with a hub": {
			func(f fleet) map[string]any {
				return map[string]any{"additional_iothub_hostnames": []string{f.Hostname(f.other())}}
			},
			func(f fleet) map[string]string {
				return map[string]string{f.identity(f.hub, "b"): "absent", f.identity(f.other(), "b"): "absent"}
			},
		},
		"alone": {
			func(fleet) map[string]any { return nil },
			func(f fleet) map[string]string { return map[string]string{f.identity(f.hub, "b"): "absent"} },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			more := test.more(f)
			told := map[string]any{"device_id": "b"}
			for attribute, value := range more {
				told[attribute] = value
			}
			wanted := test.tell(f)
			wanted[f.identity(f.hub, stolenID)] = "disabled"
			o, config := f.object(told)
			o.MustApply(config)
			hasIdentities(t, o.State, wanted)
			acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
			f.staysOut(o, config)
			// Nor when it is given to a block that exists.
			second := f.NewObject(resourceType)
			second.MustApply(second.Config(f.settings(nil)))
			second.MustApply(config)
			acctest.MustRead(t, second.State, map[string]string{"access": "blocked"})
			second.MustSettle(config)
		})
	}
}

// A registration ID that nothing has heard of may be mistyped.
func TestDeviceDisallow_deviceThatNothingKnowsIsWarnedOf(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	mistyped := "sensor-thl-OO2"
	o := f.NewObject(resourceType)
	config := o.Config(map[string]any{"registration_id": mistyped})
	planned := o.MustApply(config)
	acctest.MustSay(t, planned.Warnings(), "Device is not known", mistyped, "Check the spelling")
	acctest.MustRead(t, planned.Planned, map[string]string{
		"enrollment_status": "disabled", "hub_identities": "unknown",
	})
	acctest.MustHaveEffect(t, planned.Effects(), "unknown")
	f.stillConnects(f.hub, stolenID)
	o.MustSettle(config)
	for name, known := range map[string]map[string]any{
		"registered":                    {"registration_id": stolenID},
		"with a certificate of a group": f.settings(nil),
	} {
		said := f.NewObject(resourceType).MustPlan(o.Config(known)).Warnings()
		if strings.Contains(said, "Device is not known") {
			t.Errorf("a device %s is known: %s", name, said)
		}
	}
	// Before it ever registers, the certificate ties the device to its group.
	fresh := unregisteredFleet(t)
	o = fresh.NewObject(resourceType)
	said := o.MustPlan(o.Config(fresh.settings(nil))).Warnings()
	if strings.Contains(said, "Device is not known") {
		t.Errorf("a device of a known group is no stranger: %s", said)
	}
}

// The hub's name of a device is no registration ID: a block of it would shut out nobody who registers.
func TestDeviceDisallow_hubsNameOfAnotherEntryIsRefused(t *testing.T) {
	t.Parallel()
	const pump = "Pump-7"
	for name, arrange := range map[string]func(t *testing.T) fleet{
		"which the entry gives it": func(t *testing.T) fleet {
			name := pump
			return enrolledFleet(t, azdps.AttestationSymmetricKey, func(e *azdps.IndividualEnrollment) { e.DeviceID = &name })
		},
		"whose identity shows the certificate of the entry": func(t *testing.T) fleet {
			f := enrolledFleet(t, azdps.AttestationX509, nil)
			f.AddIdentity(f.hub, pump, selfSigned(f.device.Certificate.ThumbprintSHA1()))
			return f
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := arrange(t)
			o := f.NewObject(resourceType)
			f.Emulator.ClearJournal()
			for hubs, config := range map[string]map[string]any{
				"found": {"registration_id": pump},
				"named": {"registration_id": pump, "additional_iothub_hostnames": []string{f.Hostname(f.hub)}},
			} {
				planned := o.Plan(o.Config(config))
				refusedOn(t, planned, "registration_id", `registration_id = "`+stolenID+`"`)
				if !planned.Failed() {
					t.Errorf("the plan should be refused with the hub %s", hubs)
				}
			}
			f.MustNotHaveWritten()
			f.stillConnects(f.hub, pump)
			// As it should be, the name is the device's ID in the hub.
			config := o.Config(map[string]any{"registration_id": stolenID, "device_id": pump})
			o.MustApply(config)
			f.outOf(f.hub, pump)
			o.MustSettle(config)
		})
	}
}

// Also at apply: the entry that has the name may come after the plan.
func TestDeviceDisallow_hubsNameOfAnEntryThatAppearsLaterIsRefused(t *testing.T) {
	t.Parallel()
	const pump = "Pump-7"
	f := unregisteredFleet(t)
	o := f.NewObject(resourceType)
	planned := o.MustPlan(o.Config(map[string]any{"registration_id": pump}))
	name := pump
	f.enrol(azdps.AttestationSymmetricKey, func(e *azdps.IndividualEnrollment) { e.DeviceID = &name })
	f.Emulator.ClearJournal()
	refusedOn(t, o.Apply(planned), "registration_id", stolenID)
	f.MustNotHaveWritten()
	if !o.State.IsNull() {
		t.Errorf("there should be no state: %s", o.State)
	}
}
