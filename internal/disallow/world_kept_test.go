// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// An entry that was made, and that somebody has changed since, stays theirs when its reason is written anew.
func TestDeviceDisallow_changedEntryStaysChangedWithAnotherReason(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, _ := f.blocked(nil)
	f.SetEntry(stolenID, func(e *azdps.IndividualEnrollment) { e.IoTHubs = []string{f.Hostname(f.hub)} })
	o.MustRefresh()
	config := o.Config(f.settings(map[string]any{"reason": "sold"}))
	o.MustApply(config)
	o.MustSettle(config)
	f.device.MustBeOut(f.hub)
	o.MustApply(o.Config(f.settings(map[string]any{"reason": "sold", "desired_access": "restored"})))
	f.MustHaveEntry(stolenID, "disabled")
}

// An entry that vanishes while it is written is told as such, and no identity is touched.
func TestDeviceDisallow_entryThatVanishesWhileItIsWrittenIsTold(t *testing.T) {
	t.Parallel()
	f := enrolledFleet(t, azdps.AttestationX509, nil)
	o, config, planned := f.planned(nil)
	hold := f.Emulator.Hold(f.Emulator.DPSHostname(), http.MethodPut, regexp.MustCompile("^/enrollments/"))
	done := o.StartApply(planned)
	<-hold.Reached()
	f.DeleteEntry(stolenID)
	hold.Release()
	acctest.MustSay(t, (<-done).Errors(), "The plan is stale", "was deleted after the plan was made")
	f.MustHaveIdentity(f.hub, stolenID, "enabled")
	o.MustApply(config)
	f.staysOut(o, config)
}
