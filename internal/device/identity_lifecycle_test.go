// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
)

func TestIdentity_leftAloneIsBornEnabledWithKeys(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	config := p.config(nil)
	planned := p.must(p.Plan(config))
	p.must(p.Apply(planned))
	for name, want := range map[string]string{
		"status": "enabled", "status_reason": "null", "edge_enabled": "false", "on_destroy": "delete", "device_scope": "null",
		"generation_id": "unknown", "iothub_hostname": p.Hostname("north"), "authentication": "null",
	} {
		if got := acctest.Text(planned.Planned, name); got != want {
			t.Errorf("%s is planned to be %s, not %s", name, got, want)
		}
	}
	if calls := p.calls(); calls != "PUT" {
		t.Errorf("a create takes %s", calls)
	}
	p.settled(config)
	p.mustAccept(p.storedKeys())
}

func TestIdentity_statusLeftOutStaysAsFound(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.apply(p.config(nil))
	primary, _ := p.storedKeys()
	p.change(func(d *aziothub.Device) { d.Status, d.StatusReason = "disabled", new("stolen at night") })
	p.must(p.Refresh())
	config := p.config(nil)
	p.settled(config)
	p.settled(p.config(attributes{"on_destroy": "delete"}))
	if p.Attribute("status") != "disabled" || p.Attribute("status_reason") != "stolen at night" {
		t.Errorf("the state says %s, %s", p.Attribute("status"), p.Attribute("status_reason"))
	}
	p.apply(p.config(attributes{"edge_enabled": true}))
	if found := p.identity(); found.Status != "disabled" || *found.StatusReason != "stolen at night" {
		t.Errorf("another change made it %s (%v)", found.Status, found.StatusReason)
	}
	p.mustRefuse(primary)
}

func TestIdentity_onlyExplicitlyEnabledAgain(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.apply(p.config(nil))
	primary, _ := p.storedKeys()
	p.change(func(d *aziothub.Device) { d.Status, d.StatusReason = "disabled", new("stolen at night") })
	p.mustRefuse(primary)
	planned := p.apply(p.config(attributes{"status": "enabled"}))
	says(t, planned.Warnings(), "enabled again", `"pump-1" in `+p.Hostname("north"), `reason "stolen at night"`)
	if found := p.identity(); found.Status != "enabled" || found.StatusReason != nil {
		t.Errorf("it is %s (%q)", found.Status, *found.StatusReason)
	}
	p.mustAccept(primary)
}

func TestIdentity_disablingWarnsOfReprovisioning(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.apply(p.config(nil))
	primary, secondary := p.storedKeys()
	planned := p.apply(p.config(attributes{"status": "disabled", "status_reason": "maintenance"}))
	says(t, planned.Warnings(), "will be disabled", "assign it to another hub")
	p.mustRefuse(primary, secondary)
	p.apply(p.config(attributes{"status": "enabled"}))
	p.mustAccept(primary, secondary)
}

func TestIdentity_reasonOfConfigurationIsClearedWithIt(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.apply(p.config(attributes{"status": "disabled", "status_reason": "staged"}))
	p.apply(p.config(attributes{"status": "disabled"}))
	if found := p.identity(); found.Status != "disabled" || found.StatusReason != nil {
		t.Errorf("it is %s (%q)", found.Status, *found.StatusReason)
	}
}
