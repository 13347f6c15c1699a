// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// namedFace is a resource whose objects differ in their names for the most part.
type namedFace struct {
	plainFace
	// names are the attributes that name an object.
	names []string
}

func namedFaces() []namedFace {
	names := map[string][]string{
		"azureiot_dps_individual_enrollment": {"registration_id", "device_id"},
		"azureiot_dps_enrollment_group":      {"enrollment_group_id"},
		"azureiot_iothub_device_identity":    {"device_id"},
	}
	faces := []namedFace{{
		plainFace: plainFace{
			typeName: "azureiot_dps_device_disallow",
			fixed:    func(id string) map[string]any { return map[string]any{"registration_id": id} },
			choices: func(_ *acctest.World, pem string) map[string][]any {
				return map[string][]any{
					"certificate_pem":       {pem},
					"certificate_chain_pem": {pem},
					"hub_identity_action":   {"delete", "keep", "remove"},
				}
			},
		},
		names: []string{"registration_id", "device_id", "reason"},
	}}
	for _, f := range plainFaces() {
		faces = append(faces, namedFace{f, names[f.typeName]})
	}
	return faces
}

// drawName is a name for the most part, and else what is none.
func drawName(t *rapid.T, label string) any {
	if rapid.IntRange(0, 3).Draw(t, label+" is one") > 0 {
		return rapid.SampledFrom([]any{"pump-1", "pump-2", "pump-3", "PUMP-1", "pump-11"}).Draw(t, label)
	}
	return rapid.SampledFrom([]any{
		"", " ", "pump 1", "pum/-1", "größe1", strings.Repeat("n", 128), strings.Repeat("n", 300), acctest.Unknown{}, nil,
	}).Draw(t, label)
}

// TestValidation_isAnsweredAsTheFrameworkDoes has fleets validated, of which most objects differ only in their names.
func TestValidation_isAnsweredAsTheFrameworkDoes(t *testing.T) {
	t.Parallel()
	for _, f := range namedFaces() {
		t.Run(f.typeName, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorld(t)
			leaf, err := devicesim.SelfSigned("pump-1")
			if err != nil {
				t.Fatal(err)
			}
			passed := 0
			rapid.Check(t, func(t *rapid.T) { passed += f.validate(t, newBothWays(t, w, f.typeName, nil), leaf.PEM()) })
			if passed == 0 {
				t.Error("no configuration is valid: nothing was compared")
			}
			t.Logf("%d configurations passed", passed)
		})
	}
}

// validate has some objects validated in both ways, and counts those of which nothing is said.
func (f namedFace) validate(t *rapid.T, b *bothWays, pem string) (passed int) {
	fixed, choices := f.fixed("pump-1"), f.choices(b.world, pem)
	choices["on_destroy"] = []any{"delete", "wipe"}
	switch f.typeName {
	case "azureiot_dps_device_disallow":
		delete(choices, "on_destroy")
	case "azureiot_dps_individual_enrollment": // Its certificates have to name it.
		choices["attestation"] = []any{
			map[string]any{"x509": map[string]any{"client_certificates": map[string]any{"primary": pem}}},
			map[string]any{"symmetric_key": keys("1")},
		}
	}
	config := drawn(t, "it", fixed, choices)
	for object := range rapid.IntRange(2, 8).Draw(t, "objects") {
		config = maps.Clone(config)
		if rapid.IntRange(0, 9).Draw(t, "changed") == 0 {
			config = changed(t, config, fixed, choices)
		}
		for _, name := range f.names {
			config[name] = "pump-1" // Which the certificate names as well.
			if object > 0 {
				config[name] = drawName(t, name)
			}
		}
		keysAllowed := rapid.Bool().Draw(t, "keys may be written")
		if b.validate(acctest.Value(b.world.T, b.object, config), keysAllowed) == "" {
			passed++
		}
	}
	return passed
}

// validate validates in both ways.
func (b *bothWays) validate(config tftypes.Value, writeOnly bool) string {
	b.t.Helper()
	req := &tfprotov6.ValidateResourceConfigRequest{
		TypeName: b.typeName, Config: b.encode(config),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: writeOnly},
	}
	short, err := b.short.ValidateResourceConfig(b.world.Context(), req)
	b.must(err)
	full, err := b.full.ValidateResourceConfig(b.world.Context(), req)
	b.must(err)
	said := saidOf(full.Diagnostics)
	if less := saidOf(short.Diagnostics); less != said {
		b.t.Errorf("of %s is said %q, not %q", config, less, said)
	}
	return said
}
