// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// movedTo is what a state says of an object whose host has another name.
func movedTo(t *testing.T, state tftypes.Value, attribute, host string) tftypes.Value {
	t.Helper()
	var members map[string]tftypes.Value
	if err := state.As(&members); err != nil {
		t.Fatal(err)
	}
	members[attribute] = tftypes.NewValue(tftypes.String, host)
	return tftypes.NewValue(state.Type(), members)
}

// Every resource says which instance it is in, and writing out the one that the block means anyway changes nothing.
func TestInstance_isTheSameInAnySpelling(t *testing.T) {
	t.Parallel()
	symmetric := map[string]any{"symmetric_key": map[string]any{}}
	for typeName, test := range map[string]struct {
		attribute string
		config    map[string]any
	}{
		"azureiot_dps_individual_enrollment": {
			"dps_hostname", map[string]any{"registration_id": "dev", "attestation": symmetric}},
		"azureiot_dps_enrollment_group": {
			"dps_hostname", map[string]any{"enrollment_group_id": "fleet", "attestation": symmetric}},
		"azureiot_iothub_device_identity": {"iothub_hostname", map[string]any{"device_id": "dev"}},
		disallow:                          {"dps_hostname", map[string]any{"registration_id": "dev"}},
	} {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorld(t)
			w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", w.Hostname("hub1"))
			o := w.NewObject(typeName)
			o.Apply(o.Plan(o.Config(test.config))).MustSucceed(t)
			plan := func(configured string) acctest.Step {
				config := maps.Clone(test.config)
				if configured != "" {
					config[test.attribute] = configured
				}
				return o.Plan(o.Config(config))
			}
			for _, other := range []string{"b.example", "x" + o.Attribute(test.attribute)} {
				if planned := plan(other); planned.Failed() || len(planned.Replaces) != 1 {
					t.Errorf("%s does not replace it: %s", other, planned.Errors())
				}
			}
			o.State = movedTo(t, o.State, test.attribute, "a.example")
			w.Setenv("AZUREIOT_DPS_HOSTNAME", "A.Example:443")
			w.Setenv("AZUREIOT_DPS_CONNECTION_STRING", strings.ReplaceAll(
				w.Getenv("AZUREIOT_DPS_CONNECTION_STRING"), w.Emulator.DPSHostname(), "a.example"))
			w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", "A.Example:443")
			o.Reconfigure()
			for _, same := range []string{"", "a.example", "A.EXAMPLE", "a.example:443"} {
				if planned := plan(same); planned.Failed() || len(planned.Replaces) > 0 || o.Changes(planned) {
					t.Errorf("%q changes it: %s %s", same, planned.Errors(), planned.Planned)
				}
			}
		})
	}
}
