// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"fmt"
	"net/http"
	"regexp"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// An identity that somebody has let in, and shut out again under the same reason, is not let in by a restore.
func TestDeviceDisallow_identityThatSomebodyShutOutAgainStaysOut(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, _ := f.blocked(nil)
	f.SetIdentityStatus(f.hub, stolenID, "enabled")
	o.MustRefresh()
	f.SetIdentityStatus(f.hub, stolenID, "disabled")
	o.MustRefresh()
	planned := o.MustPlan(f.restoring(o))
	acctest.MustHaveEffect(t, planned.Effects(), "iothub_device_identity "+f.identityObject()+" disabled->disabled none")
	o.Apply(planned).MustSucceed(t)
	f.MustHaveIdentity(f.hub, stolenID, "disabled")
}

// Where more entries than are looked at may belong to the device, the plan warns.
func TestDeviceDisallow_moreEntriesThanAreLookedAtAreToldOf(t *testing.T) {
	t.Parallel()
	for pages, warns := range map[int]bool{9: false, 10: true} {
		f := unregisteredFleet(t)
		for i := range pages {
			f.Emulator.AddFault(emulator.Fault{
				Host: f.Emulator.DPSHostname(), Method: http.MethodPost, Path: regexp.MustCompile("^/enrollments/query$"),
				Status: http.StatusOK, Headers: map[string]string{"x-ms-continuation": fmt.Sprintf("page %d", i)}, Body: "[]",
				Times: 1,
			})
		}
		if pages < 10 { // The last page.
			f.Emulator.AddFault(emulator.Fault{
				Host: f.Emulator.DPSHostname(), Method: http.MethodPost, Path: regexp.MustCompile("^/enrollments/query$"),
				Status: http.StatusOK, Body: "[]", Times: 1,
			})
		}
		o := f.NewObject(resourceType)
		planned := o.MustPlan(o.Config(f.settings(nil)))
		const told = "Not every enrollment was looked at"
		if got := regexp.MustCompile(told).MatchString(planned.Warnings()); got != warns {
			t.Errorf("%d pages: the plan warns: %t: %s", pages, got, planned.Warnings())
		}
	}
}
