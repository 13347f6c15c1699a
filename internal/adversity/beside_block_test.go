// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// besideBlock is an object that a block keeps disabled, both of one provider block.
type besideBlock struct {
	typeName, status      string
	settings, blockConfig func(s scene) map[string]any
	block                 string
	remove                func(s scene)
}

func besideBlocks() map[string]besideBlock {
	dev := always(map[string]any{"registration_id": "dev"})
	return map[string]besideBlock{
		"an entry": {
			typeName: individualType, status: "provisioning_status", block: disallowType, blockConfig: dev,
			settings: always(map[string]any{"registration_id": "dev", "attestation": map[string]any{
				"symmetric_key": map[string]any{},
			}}),
			remove: func(s scene) { s.DeleteEntry("dev") },
		},
		"a group": {
			typeName: groupType, status: "provisioning_status", block: groupDisallowType,
			blockConfig: always(map[string]any{"enrollment_group_id": "plant"}),
			settings: func(s scene) map[string]any {
				return map[string]any{"enrollment_group_id": "plant", "attestation": map[string]any{"x509": map[string]any{
					"signing_certificates": map[string]any{"primary": s.Intermediate.PEM()},
				}}}
			},
			remove: func(s scene) { s.deleteGroup("plant") },
		},
		"an identity": {
			typeName: identityType, status: "status", block: disallowType,
			blockConfig: func(s scene) map[string]any {
				return map[string]any{
					"registration_id": "dev", "device_id": "dev", "additional_iothub_hostnames": []string{s.Hostname("north")},
				}
			},
			settings: func(s scene) map[string]any {
				return map[string]any{"device_id": "dev", "iothub_hostname": s.Hostname("north")}
			},
			remove: func(s scene) { s.DeleteIdentity("north", "dev") },
		},
	}
}

// Somebody deletes what a block keeps disabled, and Terraform makes it again, enabled: the block of the same plan does
// not know it. Whichever of the two is planned second warns of that, and says how the object is made shut.
func TestPlan_thatMakesAnObjectAgainBesideItsBlockWarns(t *testing.T) {
	t.Parallel()
	for name, b := range besideBlocks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			object := s.NewObject(b.typeName)
			block := object.Beside(b.block)
			config, blocked := object.Config(b.settings(s)), block.Config(b.blockConfig(s))
			object.MustApply(config)
			if b.typeName == groupType {
				s.device.MustRegister()
			}
			block.MustApply(blocked)
			b.remove(s)
			refresh := func() {
				block.Reconfigure()
				object.Refresh().MustSucceed(t)
				block.Refresh().MustSucceed(t)
			}
			says := []string{"Made enabled beside its block", b.block, b.typeName, "Write " + b.status + ` = "disabled"`}
			refresh()
			block.Plan(blocked).MustSucceed(t)
			acctest.MustSay(t, object.Plan(config).MustSucceed(t).Warnings(), says...)
			refresh()
			acctest.MustNotSay(t, object.Plan(config).MustSucceed(t).Warnings(), says[0])
			acctest.MustSay(t, block.Plan(blocked).MustSucceed(t).Warnings(), says...)

			refresh()
			shut := object.Config(merged(b.settings(s), map[string]any{b.status: "disabled"}))
			acctest.MustNotSay(t, block.Plan(blocked).MustSucceed(t).Warnings(), says[0])
			planned := object.Plan(shut).MustSucceed(t)
			acctest.MustNotSay(t, planned.Warnings(), says[0])
			object.Apply(planned).MustSucceed(t)
			s.device.MustBeRefused()
			refresh()
			object.MustSettle(config) // The status may be left out again once it is shut.
		})
	}
}
