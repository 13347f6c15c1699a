// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

func TestIdentity_leftAloneIsBornEnabledWithKeys(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	config := p.config(nil)
	planned := p.Plan(config).MustSucceed(p.T)
	p.Apply(planned).MustSucceed(p.T)
	for name, want := range map[string]string{
		"status": "enabled", "status_reason": "null", "edge_enabled": "false", "on_destroy": "delete", "device_scope": "null",
		"generation_id": "unknown", "iothub_hostname": p.Hostname("north"), "authentication": "null",
	} {
		if got := acctest.Text(planned.Planned, name); got != want {
			t.Errorf("%s is planned to be %s, not %s", name, got, want)
		}
	}
	if calls := p.calls(); calls != "TWIN TWIN PUT" { // One look for each plan: whether there is a disabled one.
		t.Errorf("a create takes %s", calls)
	}
	p.MustStay(config)
	p.mustAccept(p.storedKeys())
}

// stolenAtNight has an identity, with its primary key, that operations have disabled since it was applied.
func stolenAtNight(t *testing.T) (p plant, primary devicesim.Credential) {
	t.Helper()
	p = newPlant(t)
	p.MustApplyAndStay(p.config(nil))
	primary, _ = p.storedKeys()
	p.change(func(d *aziothub.Device) { d.Status, d.StatusReason = "disabled", new("stolen at night") })
	return p, primary
}

func TestIdentity_statusLeftOutStaysAsFound(t *testing.T) {
	t.Parallel()
	p, primary := stolenAtNight(t)
	p.Refresh().MustSucceed(p.T)
	config := p.config(nil)
	p.MustStay(config)
	p.MustStay(p.config(attributes{"on_destroy": "delete"}))
	if p.Attribute("status") != "disabled" || p.Attribute("status_reason") != "stolen at night" {
		t.Errorf("the state says %s, %s", p.Attribute("status"), p.Attribute("status_reason"))
	}
	p.MustApplyAndStay(p.config(attributes{"edge_enabled": true}))
	if found := p.identity(); found.Status != "disabled" || *found.StatusReason != "stolen at night" {
		t.Errorf("another change made it %s (%v)", found.Status, found.StatusReason)
	}
	p.mustRefuse(primary)
}

func TestIdentity_onlyExplicitlyEnabledAgain(t *testing.T) {
	t.Parallel()
	p, primary := stolenAtNight(t)
	p.mustRefuse(primary)
	planned := p.MustApplyAndStay(p.config(attributes{"status": "enabled"}))
	acctest.MustSay(t, planned.Warnings(), "enabled again", `"pump-1" in `+p.Hostname("north"), `reason "stolen at night"`)
	if found := p.identity(); found.Status != "enabled" || found.StatusReason != nil {
		t.Errorf("it is %s (%q)", found.Status, *found.StatusReason)
	}
	p.mustAccept(primary)
}

func TestIdentity_disablingWarnsOfReprovisioning(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(nil))
	primary, secondary := p.storedKeys()
	planned := p.MustApplyAndStay(p.config(attributes{"status": "disabled", "status_reason": "maintenance"}))
	acctest.MustSay(t, planned.Warnings(), "is disabled", "assign it to another hub")
	p.mustRefuse(primary, secondary)
	p.MustApplyAndStay(p.config(attributes{"status": "enabled"}))
	p.mustAccept(primary, secondary)
}

func TestIdentity_reasonOfConfigurationIsClearedWithIt(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(attributes{"status": "disabled", "status_reason": "staged"}))
	p.MustApplyAndStay(p.config(attributes{"status": "disabled"}))
	if found := p.identity(); found.Status != "disabled" || found.StatusReason != nil {
		t.Errorf("it is %s (%q)", found.Status, *found.StatusReason)
	}
}

func TestUpdate_ofWhatOnlyTerraformKnowsCallsNobody(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(nil))
	p.Emulator.ClearJournal()
	for _, onDestroy := range []string{"keep", "disable", "prevent", "delete"} {
		p.Apply(p.Plan(p.config(attributes{"on_destroy": onDestroy})).MustSucceed(p.T)).MustSucceed(p.T)
		if p.Attribute("on_destroy") != onDestroy || p.calls() != "" {
			t.Errorf("%s takes %q", onDestroy, p.calls())
		}
	}
}

// What is not known at plan is planned as such, without a warning about what it might be, and checked when it is known.
func TestPlan_toleratesWhatIsNotKnownYet(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(attributes{"authentication": authentication("sas", nil)}))
	for name, more := range map[string]attributes{
		"status":     {"status": acctest.Unknown{}, "authentication": authentication("sas", nil)},
		"reason":     {"status_reason": acctest.Unknown{}, "authentication": authentication("sas", nil)},
		"parent":     {"parent_scope": acctest.Unknown{}, "authentication": authentication("sas", nil)},
		"edge":       {"edge_enabled": acctest.Unknown{}, "authentication": authentication("sas", nil)},
		"type":       {"authentication": authentication("sas", attributes{"type": acctest.Unknown{}})},
		"thumbprint": {"authentication": authentication("sas", attributes{"primary_thumbprint": acctest.Unknown{}})},
		"all of it":  {"authentication": acctest.Unknown{}},
	} {
		for _, planned := range []acctest.Step{
			p.Validate(p.config(more)), p.Plan(p.config(more)), p.PlanReplacement(p.config(more)),
		} {
			if name != "thumbprint" && (planned.Failed() || planned.Warnings() != "") {
				t.Errorf("%s: %s%s", name, planned.Errors(), planned.Warnings())
			}
		}
	}
	planned := p.Plan(p.config(attributes{"edge_enabled": acctest.Unknown{}})).MustSucceed(p.T)
	if got := acctest.Text(planned.Planned, "device_scope"); got != "unknown" {
		t.Errorf("the scope is planned to be %s", got)
	}
}

func TestCreate_inAHubThatIsNotAllowedSaysSo(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.SetProviderBlock(map[string]any{"allowed_iothub_hostnames": []string{p.Hostname("south")}})
	p.Reconfigure()
	step := p.Plan(p.config(nil))
	step.MustFail(p.T, "The hub "+p.Hostname("north")+" is not among allowed_iothub_hostnames")
	if !step.FailsOn("iothub_hostname") || p.calls() != "" {
		t.Errorf("it takes %q", p.calls())
	}
	p.MustApplyAndStay(p.config(attributes{"iothub_hostname": p.Hostname("south")}))
}
