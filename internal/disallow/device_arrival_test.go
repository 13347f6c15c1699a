// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// A device that comes in after the look-up, just before DPS shuts it out, is either blocked in the hub it reached or
// reported: an apply that says blocked leaves no hub that lets the device in.
func TestDeviceDisallow_deviceThatArrivesJustBeforeTheBlock(t *testing.T) {
	t.Parallel()
	for name, arrange := range map[string]func(f fleet) (*acctest.Object, map[string]any){
		"in a hub that was named and had nothing": func(f fleet) (*acctest.Object, map[string]any) {
			f.forgetDevice()
			return f.NewObject(resourceType), map[string]any{
				"additional_iothub_hostnames": []string{f.Hostname("north"), f.Hostname("south")},
			}
		},
		"in a recorded hub whose identity was deleted": func(f fleet) (*acctest.Object, map[string]any) {
			f.deleteIdentity()
			return f.NewObject(resourceType), nil
		},
		"while a deleted entry is made again": func(f fleet) (*acctest.Object, map[string]any) {
			o, _ := f.blocked(nil)
			f.DeleteEntry(stolenID)
			f.deleteIdentity()
			o.Refresh().MustSucceed(f.T)
			return o, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			o, more := arrange(f)
			config := o.Config(f.settings(more))
			applied := f.beforeTheBlock(o, o.MustPlan(config), func() { f.device.MustRegister() })
			f.device.MustBeRefused()
			if reached := f.hubOf(f.device); !applied.Failed() && f.device.Connects(reached) {
				t.Errorf("the apply says %s, and %s lets the device in", o.Attribute("access"), reached)
			}
			f.finish(o, config, applied.Errors())
		})
	}
}

// The device moves to another hub after the look-up, and its next try, refused, overwrites the record that says so.
func TestDeviceDisallow_deviceThatMovesAndHidesItIsFound(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, config, planned := f.planned(nil)
	applied := f.beforeTheBlock(o, planned, func() {
		f.move()
		f.When(f.Emulator.DPSHostname(), http.MethodGet, "^/registrations/", func() {
			f.device.MustBeRefused()
		})
	})
	if !applied.Failed() {
		t.Fatalf("the apply should report the hub that the plan did not name: access %s", o.Attribute("access"))
	}
	acctest.MustSay(t, applied.Errors(), "The plan is stale", "Plan again")
	acctest.MustRead(t, o.State, map[string]string{"enrollment_status": "disabled", "access": "partially_blocked"})
	o.Reconfigure()
	if replaced := o.Replace(config, false); replaced.Failed() {
		t.Fatalf("the next apply should finish the block: %s", replaced.Errors())
	}
	for _, hub := range []string{"north", "south"} {
		if f.IdentityStatus(hub, stolenID) == "enabled" {
			t.Errorf("the identity in %s should not be enabled", hub)
		}
	}
	o.MustSettle(config)
}

// A device that tries all the time while a new block is made is out as soon as its entry is written, and stays out.
func TestAccDeviceDisallow_deviceThatTriesDuringTheFirstApplyIsOut(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	c := f.NewCLI(f.hcl(""))
	trying := f.device.TryContinuously()
	trying.AwaitTries(2)
	c.Apply().Must(0)
	mark := trying.Mark() + 1 // One try may have begun before the entry was written.
	trying.AwaitTries(5)
	c.Plan().Must(0)
	if admitted := trying.AdmittedSince(mark); admitted > 0 {
		t.Errorf("the device got in %d times after the apply", admitted)
	}
	trying.Stop()
	f.device.MustBeOut(f.hubOf(f.device))
}

// beforeTheBlock applies a plan and has something happen after the look-up, when the entry is about to be written.
func (f fleet) beforeTheBlock(o *acctest.Object, planned acctest.Step, happens func()) acctest.Step {
	hold := f.Emulator.Hold(f.Emulator.DPSHostname(), http.MethodPut, regexp.MustCompile("^/enrollments/"))
	done := o.StartApply(planned)
	<-hold.Reached()
	happens()
	hold.Release()
	return <-done
}

// forgetDevice makes the device one that has never registered.
func (f fleet) forgetDevice() {
	f.T.Helper()
	f.deleteIdentity()
	if err := f.DPS.DeleteRegistration(f.Context(), stolenID, nil); err != nil {
		f.T.Fatal(err)
	}
}

func (f fleet) deleteIdentity() {
	f.T.Helper()
	if err := f.Hub(f.hub).DeleteDevice(f.Context(), stolenID, nil); err != nil {
		f.T.Fatal(err)
	}
}
