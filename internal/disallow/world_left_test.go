// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"net/http"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
)

// What a restore did not plan for is left alone, and is no reason to fail.
func TestDeviceDisallow_restoreLeavesAnIdentityThatAppearedAlone(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, _ := f.blocked(nil)
	planned := o.MustPlan(f.restoring(o))
	f.AddIdentity(f.other(), stolenID, func(d *aziothub.Device) { d.Status = aziothub.StatusDisabled })
	o.Apply(planned).MustSucceed(t)
	f.device.MustBeIn(f.hub)
	f.MustHaveIdentity(f.other(), stolenID, "disabled")
}

// Where an update ends because the entry is gone, the groups that could let the device in are told as they are now.
func TestDeviceDisallow_staleUpdateTellsTheGroupsOfADeviceWithoutAnEntry(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, _ := f.blocked(nil)
	planned := o.MustPlan(o.Config(f.settings(map[string]any{"reason": "sold"})))
	f.DeleteEntry(stolenID)
	f.AddGroup("second", f.Intermediate)
	acctest.MustSay(t, o.Apply(planned).Errors(), "The plan is stale")
	acctest.MustSay(t, pathsOf(o), "factory", "second")
	acctest.MustRead(t, o.State, map[string]string{"access": "allowed", "enrollment_status": "absent"})
}

// What an earlier block deleted, and a restore has left behind, is not held against a new block that fails.
func TestDeviceDisallow_blockAfterARestoreThatFailsCanBeBroughtBack(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, _ := f.blocked(map[string]any{"hub_identity_action": "delete"})
	acctest.MustRead(t, o.State, map[string]string{"reversible": "false"})
	o.MustApply(f.restoring(o))
	f.device.MustRegister()
	f.hub = f.hubOf(f.device)
	o.MustRefresh()
	planned := o.MustPlan(o.Config(f.settings(nil)))
	f.Fail(f.Hostname(f.hub), http.MethodPut, "^/devices/", http.StatusForbidden, 0)
	if applied := o.Apply(planned); !applied.Failed() {
		t.Fatal("the apply should fail: this test proves nothing")
	}
	acctest.MustRead(t, o.State, map[string]string{"reversible": "true", "enrollment_status": "disabled"})
	f.Emulator.ClearFaults()
	o.MustRefresh()
	o.MustApply(o.Config(f.settings(nil)))
	f.device.MustBeOut(f.hub)
	acctest.MustRead(t, o.State, map[string]string{"reversible": "true", "access": "blocked"})
}

// Another certificate matches other groups: whether one of them lets a device without an entry in, the apply tells.
func TestDeviceDisallow_anotherChainLeavesTheAccessWithoutAnEntryOpen(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.disableGroup("factory")
	o, _ := f.blocked(map[string]any{"enrollment_action": "delete", "certificate_chain_pem": nil})
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked", "enrollment_status": "absent"})
	config := o.Config(f.settings(map[string]any{"enrollment_action": "delete"}))
	planned := o.MustPlan(config)
	acctest.MustRead(t, planned.Planned, map[string]string{"access": "unknown", "reenroll_paths": "unknown"})
	o.Apply(planned).MustSucceed(t)
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
	o.MustSettle(config)
}
