// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// An apply that Terraform stops says so, and blames no time that is not over.
func TestGroupDisallow_applyThatIsInterruptedSaysSo(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 6)
	o := p.NewObject(resourceType)
	planned := o.MustPlan(o.Config(p.settings(nil)))
	reading := p.Emulator.Hold(p.Hostname("north"), http.MethodGet, regexp.MustCompile("^/devices/sensor-001$"))
	done := o.StartApply(planned)
	<-reading.Reached()
	o.Stop()
	reading.Release()
	applied := <-done
	acctest.MustSay(t, applied.Errors(), "Group is not blocked yet", "were not come to: Terraform was interrupted")
	acctest.MustNotSay(t, applied.Errors(), "timeouts")
}

// Records that are left say nothing of the devices: those whose identities are kept are in their hubs.
func TestGroupDisallow_recordsAreLeftWhileDevicesAreIn(t *testing.T) {
	t.Parallel()
	for action, blocked := range map[string]bool{"keep": false, "disable": true} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			p := newPlant(t, 25)
			p.Emulator.SetThrottles(emulator.Throttles{DPSOperationsPerMinute: 10})
			o := p.NewObject(resourceType)
			more := minutes(2)
			more["hub_identity_action"], more["delete_registrations"] = action, true
			said := o.Apply(o.MustPlan(o.Config(p.settings(more)))).Errors()
			acctest.MustSay(t, said, "Registration records are left", "are still to be deleted",
				"time that timeouts gives is over")
			if blocked {
				acctest.MustSay(t, said, "Every device of the group is blocked")
			} else {
				acctest.MustNotSay(t, said, "Every device")
			}
		})
	}
}
