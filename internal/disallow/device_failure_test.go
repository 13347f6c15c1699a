// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"net/http"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// A create that fails after the entry was written leaves the device blocked in DPS and the object tainted. However
// the next run goes on, a device that tries all the time must never get in.
func TestAccDeviceDisallow_failedCreateNeverLetsTheDeviceIn(t *testing.T) {
	t.Parallel()
	const createFirst = "lifecycle {\n    create_before_destroy = true\n  }"
	for name, finish := range map[string]struct {
		more string
		run  func(t *testing.T, c *acctest.CLI)
	}{
		"replaced": {run: func(_ *testing.T, c *acctest.CLI) {
			c.Plan().Must(2).Says("is tainted, so ", "must be replaced")
			c.Apply().Must(0)
		}},
		"replaced, created first": {more: createFirst, run: func(_ *testing.T, c *acctest.CLI) { c.Apply().Must(0) }},
		"replaced despite prevent": {more: `on_destroy = "prevent"`, run: func(_ *testing.T, c *acctest.CLI) {
			c.Apply().Must(0)
		}},
		"replaced despite prevent, created first": {
			more: `on_destroy = "prevent"` + "\n  " + createFirst,
			run:  func(_ *testing.T, c *acctest.CLI) { c.Apply().Must(0) },
		},
		"replaced on request":      {run: func(_ *testing.T, c *acctest.CLI) { c.Apply("-replace=" + stolen).Must(0) }},
		"replaced without refresh": {run: func(_ *testing.T, c *acctest.CLI) { c.Apply("-refresh=false").Must(0) }},
		"untainted": {run: func(t *testing.T, c *acctest.CLI) {
			c.Run("untaint", "-no-color", stolen).Must(0)
			c.Plan().Must(2).Says(`~ access = "partially_blocked" -> "blocked"`)
			if actions := c.Change(stolen).Change.Actions; !actions.Update() {
				t.Errorf("an untainted object should be finished by an update, not %v", actions)
			}
			c.Apply().Must(0)
		}},
		"untainted, without refresh": {run: func(_ *testing.T, c *acctest.CLI) {
			c.Run("untaint", "-no-color", stolen).Must(0)
			c.Apply("-refresh=false").Must(0)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			c := f.NewCLI(f.hcl(finish.more))
			f.failCreate(c)
			trying := f.device.TryContinuously()
			finish.run(t, c)
			trying.AwaitTries(2)
			if admitted := trying.AdmittedSince(0); admitted > 0 {
				t.Errorf("the device got in %d times", admitted)
			}
			c.Plan().Must(0)
			trying.Stop()
			f.device.MustBeOut(f.hub)
			if values := c.Values(stolen); values["access"] != "blocked" || values["enrollment_origin"] != "created" {
				t.Errorf("the state should say that the device is blocked by a created entry: %v", values)
			}
		})
	}
}

// failCreate applies once while the hub refuses the write, and checks what such an apply leaves.
func (f fleet) failCreate(c *acctest.CLI) {
	f.T.Helper()
	f.Fail(f.Hostname(f.hub), http.MethodPut, "^/devices/", http.StatusUnauthorized, 0)
	c.Apply().Must(1).Says("Cannot disable device identity", "The device stays blocked in DPS", "terraform untaint",
		"Microsoft.Devices/IotHubs/devices/write")
	f.Emulator.ClearFaults()
	f.device.MustBeRefused()
	values := c.Values(stolen)
	if values["enrollment_status"] != "disabled" || values["access"] != "partially_blocked" {
		f.T.Fatalf("the state should say what is true: %v", values)
	}
	if done, ok := values["effects"].([]any); !ok || len(done) != 1 {
		f.T.Fatalf("the effects should list what was done: %v", values["effects"])
	}
}

func TestAccDeviceDisallow_destroyOfAnUnfinishedBlockLeavesTheDeviceBlocked(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]string{"keep": "", "prevent": `on_destroy = "prevent"`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			c := f.NewCLI(f.hcl(more))
			f.failCreate(c)
			trying := f.device.TryContinuously()
			f.Emulator.ClearJournal()
			c.Destroy().Must(0).Says("stays disabled")
			f.wroteInOrder()
			trying.AwaitTries(2)
			// A new block recognises the entry by its mark, and finds the hub although the record names none any more.
			c.Apply().Must(0)
			trying.AwaitTries(2)
			if admitted := trying.AdmittedSince(0); admitted > 0 {
				t.Errorf("the device got in %d times", admitted)
			}
			trying.Stop()
			f.device.MustBeOut(f.hub)
		})
	}
}

func TestDeviceDisallow_hubIsFoundAgainWithoutACertificate(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, config := f.bare()
	f.Fail(f.Hostname(f.hub), http.MethodPut, "^/devices/", http.StatusUnauthorized, 0)
	if failed := o.Apply(o.MustPlan(config)); !failed.Failed() || !o.Tainted {
		t.Fatal("the create should fail and leave a tainted object")
	}
	f.Emulator.ClearFaults()
	f.device.MustBeRefused() // This try overwrites the record, which named the hub.
	if replaced := o.Replace(config, false); replaced.Failed() {
		t.Fatalf("the replacement should succeed: %s", replaced.Errors())
	}
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked", "enrollment_origin": "created"})
	f.device.MustBeOut(f.hub)
}
