// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// An entry or an identity that configuration says is enabled, and a block of its device, would undo each other in every
// apply: whichever is planned second is an error that names the other, also when both were left so by earlier applies.
func TestAccDeviceDisallow_explicitEnabledContradictsIt(t *testing.T) {
	t.Parallel()
	f := unregisteredFleet(t)
	f.enrol(azdps.AttestationSymmetricKey, nil)
	f = f.registered()
	block := fmt.Sprintf("resource %q \"stolen\" {\n  registration_id = %q\n}\n", resourceType, stolenID)
	entry := func(status string) string {
		return fmt.Sprintf("resource \"azureiot_dps_individual_enrollment\" \"entry\" {\n  registration_id = %q\n%s"+
			"  attestation = {\n    symmetric_key = {}\n  }\n}\n"+
			"import {\n  to = azureiot_dps_individual_enrollment.entry\n  id = %q\n}\n", stolenID, status, stolenID)
	}
	c := f.NewCLI(block + entry("  provisioning_status = \"enabled\"\n"))
	c.Plan().Must(1).Says("azureiot_dps_device_disallow", "azureiot_dps_individual_enrollment", stolenID)
	if got := f.EntryStatus(stolenID); got != "enabled" {
		t.Errorf("a plan should change nothing, but the entry is %s", got)
	}
	// Left out, the status stays as it is found, and the two leave each other alone.
	c.Write(block + entry(""))
	c.Apply().Must(0)
	f.staysOutOf(c)
	// Written out afterwards, it is the same contradiction, and the device stays out.
	c.Write(block + entry("  provisioning_status = \"enabled\"\n"))
	c.Plan().Must(1).Says("azureiot_dps_device_disallow", stolenID)
	f.device.MustBeOut(f.hub)
}

// What a settled block costs is one call for its entry and one for each identity, also while the device keeps trying.
func TestDeviceDisallow_refreshOfASettledBlockCostsOneCallForEachObject(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, config := f.blocked(nil)
	for range 3 {
		f.device.MustBeRefused()
		o.Reconfigure()
		f.Emulator.ClearJournal()
		before := o.State
		o.MustRefresh()
		var calls []string
		for _, exchange := range f.Emulator.Journal() {
			calls = append(calls, exchange.Method+" "+exchange.Path)
		}
		want := fmt.Sprint([]string{
			http.MethodPost + " /enrollmentGroups/query", // Once for all blocks: a group may name a hub more.
			http.MethodGet + " /enrollments/" + stolenID, http.MethodGet + " /twins/" + stolenID,
		})
		if got := fmt.Sprint(calls); got != want {
			t.Errorf("a refresh should make the calls %s, not %s", want, got)
		}
		if differences := acctest.Differences(before, o.State); len(differences) > 0 {
			t.Errorf("a retry should be no drift: %q", differences)
		}
	}
	o.MustSettle(config)
}
