// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

const resourceType = "azureiot_dps_device_disallow"

func TestDeviceDisallow_smoke(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t, acctest.Hubs("north", "south"))
	w.AddGroup("factory", w.Intermediate)
	d := w.NewDevice("sensor-thl-002")
	out := d.MustRegister()
	t.Log(out)
	o := w.NewObject(resourceType)
	config := o.Config(map[string]any{
		"registration_id": "sensor-thl-002", "certificate_pem": d.Certificate.PEM(), "reason": "stolen",
		"certificate_chain_pem": d.Certificate.ChainPEM(),
	})
	plan := o.Plan(config)
	t.Log(plan.Errors(), plan.Warnings(), plan.Planned)
	step := o.Apply(plan)
	t.Log(step.Errors(), step.Warnings(), o.State)
	t.Log(w.Writes())
	if step.Failed() {
		t.Fatal()
	}
	d.MustBeRefused()
	r := o.Refresh()
	t.Log(r.Errors(), r.Warnings())
	again := o.Plan(config)
	t.Log(again.Errors(), again.Warnings(), o.Changes(again))
}
