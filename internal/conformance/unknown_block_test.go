// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// A DPS instance or a hub that is replaced in the same apply makes the provider block unknown at plan: what was read
// last stands, nobody is called, and the plan of an unchanged configuration is empty.
func TestUnknownProviderBlock_keepsWhatWasReadLast(t *testing.T) {
	t.Parallel()
	for typeName, config := range map[string]func(*acctest.World, *acctest.Object) tftypes.Value{
		"azureiot_dps_device_disallow": func(_ *acctest.World, o *acctest.Object) tftypes.Value {
			return o.Config(map[string]any{"registration_id": "dev"})
		},
		"azureiot_dps_enrollment_group": func(w *acctest.World, o *acctest.Object) tftypes.Value {
			return o.Config(map[string]any{"enrollment_group_id": "factory", "attestation": map[string]any{
				"x509": map[string]any{"signing_certificates": map[string]any{"primary": w.Intermediate.PEM()}},
			}})
		},
		"azureiot_dps_individual_enrollment": func(_ *acctest.World, o *acctest.Object) tftypes.Value {
			return o.Config(map[string]any{"registration_id": "dev", "attestation": map[string]any{
				"symmetric_key": map[string]any{},
			}})
		},
		"azureiot_iothub_device_identity": func(w *acctest.World, o *acctest.Object) tftypes.Value {
			return o.Config(map[string]any{"iothub_hostname": w.Hostname("hub1"), "device_id": "dev"})
		},
	} {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorld(t)
			o := w.NewObject(typeName)
			wanted := config(w, o)
			o.Apply(o.Plan(wanted)).MustSucceed(t)
			before := o.State
			w.Emulator.ClearJournal()
			w.SetProviderBlock(map[string]any{"dps_hostname": unknown(), "iothub_hostname": unknown()})
			w.Setenv("AZUREIOT_DPS_CONNECTION_STRING", "")
			w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", "")
			o.Reconfigure()
			if step := o.Refresh(); step.Failed() || !o.State.Equal(before) {
				t.Errorf("the state should stay as it was: %s", step.Errors())
			}
			if planned := o.Plan(wanted); planned.Failed() || o.Changes(planned) {
				t.Errorf("the plan should be empty: %s %s", planned.Errors(), planned.Planned)
			}
			if exchanges := w.Emulator.Journal(); len(exchanges) > 0 {
				t.Errorf("nobody should have been called: %v", exchanges)
			}
		})
	}
}

func unknown() tftypes.Value { return tftypes.NewValue(tftypes.String, tftypes.UnknownValue) }
