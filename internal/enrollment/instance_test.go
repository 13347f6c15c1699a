// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// elsewhere points the provider block at another DPS instance.
func elsewhere(w *acctest.World) {
	w.Setenv("AZUREIOT_DPS_CONNECTION_STRING", strings.ReplaceAll(w.Emulator.DPSConnectionString(),
		w.Emulator.DPSHostname(), "other.azure-devices-provisioning.net"))
}

func TestInstance_ofTheProviderBlockStandsInPlanAndState(t *testing.T) {
	t.Parallel()
	for typeName, config := range keyedKinds(attributes{}) {
		b := newBench(t, typeName)
		host := b.Emulator.DPSHostname()
		planned := b.MustApply(b.Config(config))
		acctest.MustRead(t, planned.Planned, map[string]string{"dps_hostname": host})
		acctest.MustRead(t, b.State, map[string]string{"dps_hostname": host})
		b.MustSettle(b.Config(config))
		for _, same := range []string{host, strings.ToUpper(host)} {
			if planned := b.MustPlan(b.Config(with(config, attributes{"dps_hostname": same}))); b.Changes(planned) {
				t.Errorf("%s: writing out the block's own instance as %s changes %s", typeName, same, planned.Planned)
			}
		}
	}
}

// An entry stays where it is when the block is pointed elsewhere: what a plan shows is a replacement that names both.
func TestInstance_ofAnotherProviderBlockReplaces(t *testing.T) {
	t.Parallel()
	for typeName, config := range keyedKinds(attributes{}) {
		b := newBench(t, typeName)
		b.MustApply(b.Config(config))
		before := b.State
		elsewhere(b.World)
		b.Reconfigure()
		planned := b.MustPlan(b.Config(config))
		acctest.MustRead(t, planned.Planned, map[string]string{"dps_hostname": "other.azure-devices-provisioning.net"})
		if len(planned.Replaces) != 1 || planned.Replaces[0].String() != `AttributeName("dps_hostname")` {
			t.Errorf("%s: another instance should replace the entry: %v", typeName, planned.Replaces)
		}
		b.Emulator.ClearJournal()
		refreshed := b.Refresh()
		refreshed.MustFail(t, "Cannot read", "at "+b.Emulator.DPSHostname(), "not the DPS instance of the provider block",
			"use a removed block or terraform state rm")
		acctest.MustNotSay(t, refreshed.Warnings(), "deleted outside")
		if !b.State.Equal(before) || len(b.calls()) > 0 {
			t.Errorf("%s: the state should stay, and nobody be asked: %v", typeName, b.calls())
		}
	}
}

func TestAccInstance_ofAnotherProviderBlockReadsAsAReplacement(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	cli := w.NewCLI(`resource "azureiot_dps_individual_enrollment" "sensor" {
  registration_id = "sensor-1"
  attestation     = { symmetric_key = {} }
}
`)
	cli.Apply().Must(0)
	elsewhere(w)
	cli.Plan("-refresh=false").Must(2).Says(
		`~ dps_hostname = "`+w.Emulator.DPSHostname()+`" -> "other.azure-devices-provisioning.net" # forces replacement`,
		"1 to add, 0 to change, 1 to destroy").DoesNotSay("deleted outside of Terraform")
	cli.Plan().Must(1).Says("Cannot read individual enrollment", "use a removed block")
}

// A state of before the instance was kept means the provider block's.
func TestInstance_missingInAStateIsTheProviderBlocks(t *testing.T) {
	t.Parallel()
	b, config := newManaged(t)
	var members map[string]tftypes.Value
	must(t, b.State.As(&members))
	members["dps_hostname"] = tftypes.NewValue(tftypes.String, nil)
	b.State = tftypes.NewValue(b.State.Type(), members)
	if planned := b.MustPlan(b.Config(config)); len(planned.Replaces) > 0 {
		t.Errorf("nothing should be replaced: %v", planned.Replaces)
	}
	b.Reconfigure()
	for range 6 { // So often that the list proves the entry unchanged.
		b.State = tftypes.NewValue(b.State.Type(), members)
		b.Refresh().MustSucceed(t)
	}
	acctest.MustRead(t, b.State, map[string]string{"dps_hostname": b.Emulator.DPSHostname()})
}

func TestInstance_thatIsNotKnownYetIsPlannedAsSuch(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	config := individualKey("sensor-1", attributes{})
	b.SetProviderBlock(attributes{"dps_hostname": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)})
	b.Reconfigure()
	acctest.MustRead(t, b.MustPlan(b.Config(config)).Planned, map[string]string{"dps_hostname": "unknown"})
	b.SetProviderBlock(nil)
	b.MustApply(b.Config(config))

	b.SetProviderBlock(attributes{"dps_hostname": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)})
	b.Reconfigure()
	changed := b.MustPlan(b.Config(with(config, attributes{"edge_enabled": true})))
	acctest.MustRead(t, changed.Planned, map[string]string{"dps_hostname": b.Emulator.DPSHostname()})
	if len(changed.Replaces) > 0 {
		t.Errorf("nothing should be replaced: %v", changed.Replaces)
	}
}
