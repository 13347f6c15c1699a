// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// An import by resource identity is the import by ID, and both go on as the block that was made.
func TestDeviceDisallow_importByIdentityKnowsTheBlock(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, _ := f.blocked(map[string]any{"certificate_chain_pem": nil})
	o.Forget()
	o.MustImport(stolenID)
	byID := o.State
	for name, names := range map[string]map[string]any{
		"with the host":    {"registration_id": stolenID, "dps_hostname": f.Emulator.DPSHostname()},
		"without the host": {"registration_id": stolenID},
	} {
		o.Forget()
		f.Emulator.ClearJournal()
		told, step := o.ImportByIdentity(names)
		step.MustSucceed(t)
		acctest.MustRead(t, told, map[string]string{
			"registration_id": stolenID, "dps_hostname": f.Emulator.DPSHostname(),
		})
		if !o.State.Equal(byID) {
			t.Errorf("%s it is imported as\n%s, not\n%s", name, o.State, byID)
		}
		o.MustSettle(o.Config(f.settings(map[string]any{"certificate_chain_pem": nil})))
		f.wroteInOrder()
	}
	f.device.MustBeOut(f.hub)
}

func TestDeviceDisallow_importByIdentityOfNothingIsAnError(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o := f.NewObject(resourceType)
	for said, names := range map[string]map[string]any{
		"Cannot import: no individual enrollment": {"registration_id": "nobody"},
		"DPS does not allow the character":        {"registration_id": "no/body"},
		"is not a host name":                      {"registration_id": stolenID, "dps_hostname": "h_h"},
	} {
		_, step := o.ImportByIdentity(names)
		step.MustFail(t, said)
	}
}
