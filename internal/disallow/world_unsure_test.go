// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// slippedAway is a device that was in no hub when the block looked for it, and has gone to one that nobody knows when
// the entry is written. A try that is refused takes that hub out of its record.
func slippedAway(t *testing.T) (f fleet, slip func()) {
	t.Helper()
	f = unregisteredFleet(t)
	if err := f.Emulator.SetLinkedHubs("south"); err != nil {
		t.Fatal(err)
	}
	f.knowsOnly("north")
	return f, func() {
		f.registered()
		f.Clock.Advance(time.Minute)
		f.When(f.Emulator.DPSHostname(), http.MethodGet, "^/registrations/", func() { f.device.MustBeRefused() })
	}
}

// nobodyCallsItBlocked fails the test where anybody says blocked of a device that connects: the block itself, one that
// has lost its private state, one that is imported, and the data source.
func (f fleet) nobodyCallsItBlocked(o *acctest.Object) {
	f.T.Helper()
	f.stillConnects("south", stolenID)
	said := map[string]string{"the block": o.Attribute("access")}
	o.MustRefresh()
	said["the refresh"] = o.Attribute("access")
	said["the data source"] = acctest.At(f.T, f.mustAccess(map[string]any{"registration_id": stolenID}), "access")
	said["the import"] = f.imported(stolenID).Attribute("access")
	o.Private = nil
	o.MustRefresh()
	said["the block without private state"] = o.Attribute("access")
	for who, says := range said {
		if says != "partially_blocked" {
			f.T.Errorf("%s says %s of a device that connects", who, says)
		}
	}
}

func TestDeviceDisallow_nobodyCallsADeviceBlockedThatSlippedAway(t *testing.T) {
	t.Parallel()
	f, slip := slippedAway(t)
	o := f.NewObject(resourceType)
	f.beforeTheBlock(o, o.MustPlan(o.Config(f.settings(nil))), slip)
	f.nobodyCallsItBlocked(o)
}

// Also where an assignment that began before the block had not ended when the apply gave up.
func TestDeviceDisallow_nobodyCallsADeviceBlockedWhoseAssignmentEndedLate(t *testing.T) {
	t.Parallel()
	f, _ := slippedAway(t)
	o := f.NewObject(resourceType)
	let := func() {}
	applied := f.beforeTheBlock(o, o.MustPlan(o.Config(f.settings(nil))), func() {
		let = f.registerSlowly()
		f.Clock.Advance(time.Minute)
	})
	acctest.MustSay(t, applied.Errors(), "An assignment is still in flight", "The device stays blocked in DPS")
	let()
	f.device.MustBeRefused()
	f.nobodyCallsItBlocked(o)
}

// loseEntryWrite has DPS carry out the next write of an entry, lose the answer, and answer nothing about entries then.
func (f fleet) loseEntryWrite(method string) {
	f.T.Helper()
	dps, entries := f.Emulator.DPSHostname(), regexp.MustCompile("^/enrollments/")
	f.When(dps, method, "^/enrollments/", func() {
		for _, refused := range []string{http.MethodGet, method} {
			f.Emulator.AddFault(emulator.Fault{Host: dps, Method: refused, Path: entries, Status: http.StatusForbidden})
		}
	})
	f.Emulator.AddFault(emulator.Fault{Host: dps, Method: method, Path: entries, Cut: emulator.CutAfter, Times: 1})
}

// A restore of which nobody knows whether it has let the device in says neither that it stays blocked nor that it is.
func TestDeviceDisallow_restoreWhoseAnswerIsLostDoesNotSayBlocked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fleet        func(t *testing.T) fleet
		method, says string
	}{
		"adopted": {func(t *testing.T) fleet { return enrolledFleet(t, azdps.AttestationX509, nil) }, http.MethodPut,
			"it was disabled when it was last read, and may be enabled by now"},
		"created": {func(t *testing.T) fleet { return newFleet(t) }, http.MethodDelete,
			"it was disabled when it was last read, and may be absent by now"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := test.fleet(t)
			f.SetIdentityStatus(f.hub, stolenID, "disabled") // So that nothing but the entry says how the device stands.
			o, _ := f.blocked(nil)
			acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
			planned := o.MustPlan(f.restoring(o))
			f.loseEntryWrite(test.method)
			applied := o.Apply(planned)
			acctest.MustSay(t, applied.Errors(), "What became of the device's individual enrollment is not known", test.says)
			if strings.Contains(applied.Errors(), "stays blocked") {
				t.Errorf("nobody knows that: %s", applied.Errors())
			}
			f.Emulator.ClearFaults()
			f.device.MustRegister()
			acctest.MustRead(t, o.State, map[string]string{"access": "allowed", "desired_access": "blocked"})
			o.MustRefresh()
			o.MustApply(f.restoring(o))
			acctest.MustRead(t, o.State, map[string]string{"desired_access": "restored"})
		})
	}
}

// The whereabouts of a device that DPS lets in are not known either, and nobody says that DPS refuses it.
func TestDeviceDisallow_deviceThatDPSLetsInIsNotSaidToBeRefused(t *testing.T) {
	t.Parallel()
	says := func(t *testing.T, warnings string) {
		t.Helper()
		acctest.MustSay(t, warnings, "Whereabouts of the device are not known",
			"Where the device \""+stolenID+"\" can have an identity is not known")
		if strings.Contains(warnings, "DPS refuses the device \"") {
			t.Errorf("DPS lets it in: %s", warnings)
		}
	}
	t.Run("before the block", func(t *testing.T) {
		t.Parallel()
		f, _ := slippedAway(t)
		f.device.MustRegister()
		f.disableGroup("factory")
		f.device.MustBeRefused()
		f.SetGroup("factory", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = new(azdps.StatusEnabled) })
		o := f.NewObject(resourceType)
		says(t, o.MustPlan(o.Config(f.settings(nil))).Warnings())
		f.device.MustRegister()
	})
	t.Run("once the entry was deleted", func(t *testing.T) {
		t.Parallel()
		f := unregisteredFleet(t)
		f.knowsOnly()
		o, _ := f.blocked(nil)
		f.DeleteEntry(stolenID)
		says(t, o.MustRefresh().Warnings())
		f.device.MustRegister()
	})
}

// Where only the apply can tell the identities, the plan says what it does to them.
func TestDeviceDisallow_planSaysWhatIsDoneToIdentitiesThatAreNotKnown(t *testing.T) {
	t.Parallel()
	const forGood = "Deleting cannot be undone: an identity of \"" + stolenID + "\" goes with its twin"
	for action, test := range map[string]struct{ says, not string }{
		"disable": {"the apply blocks what", forGood},
		"delete":  {"the apply deletes what", "the apply blocks"},
		"keep":    {"the apply leaves alone what", "the apply blocks"},
	} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			f := unregisteredFleet(t)
			o := f.NewObject(resourceType)
			settings := map[string]any{"hub_identity_action": action}
			created := o.MustPlan(o.Config(f.settings(settings)))
			o.Apply(created).MustSucceed(t)
			settings["additional_iothub_hostnames"] = []string{f.Hostname("south")}
			changed := o.MustPlan(o.Config(f.settings(settings)))
			for _, warnings := range []string{created.Warnings(), changed.Warnings()} {
				acctest.MustSay(t, warnings, test.says)
				if strings.Contains(warnings, test.not) {
					t.Errorf("it should not say %q: %s", test.not, warnings)
				}
				if action == "delete" {
					acctest.MustSay(t, warnings, forGood)
				}
			}
		})
	}
}

// Deleting the entry alone takes no identity with it.
func TestDeviceDisallow_deletingTheEntryAloneIsNotSaidToDeleteAnIdentity(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.disableGroup("factory")
	f.enrolBy(azdps.AttestationX509, "enabled")
	o := f.NewObject(resourceType)
	warnings := o.MustPlan(o.Config(f.settings(map[string]any{"enrollment_action": "delete"}))).Warnings()
	acctest.MustSay(t, warnings, "Deleting cannot be undone: the individual enrollment \""+stolenID+"\" goes")
	if strings.Contains(warnings, "twin") {
		t.Errorf("its identity stays: %s", warnings)
	}
}
