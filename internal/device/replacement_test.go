// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"fmt"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// block has operations disable pump-1 and say why.
func (p plant) block() {
	p.T.Helper()
	p.change(func(d *aziothub.Device) { d.Status, d.StatusReason = "disabled", new("stolen") })
}

// A replacement plans the status and the reason that it finds, whatever it does with the old identity, and makes it so.
// Only a status that is written out changes it.
func TestReplacement_ofADisabledIdentityKeepsItDisabled(t *testing.T) {
	t.Parallel()
	for _, onDestroy := range []string{"delete", "disable", "keep"} {
		for _, configured := range []any{nil, "enabled", "disabled"} {
			t.Run(fmt.Sprint(onDestroy, configured), func(t *testing.T) {
				t.Parallel()
				p := newPlant(t)
				p.MustApplyAndStay(p.config(attributes{"on_destroy": onDestroy, "authentication": keys(key1, key2, 1)}))
				p.block()
				p.Refresh().MustSucceed(p.T)
				want, reason := "disabled", "stolen"
				switch configured {
				case "enabled":
					want, reason = "enabled", "null"
				case "disabled":
					reason = "null"
				}
				wanted := p.config(attributes{
					"on_destroy": onDestroy, "status": configured, "authentication": keys(key1, key2, 1),
				})
				planned := p.PlanReplacement(wanted).MustSucceed(p.T)
				for name, want := range map[string]string{"status": want, "status_reason": reason} {
					if got := acctest.Text(planned.Planned, name); got != want {
						t.Errorf("%s is planned to be %s, not %s", name, got, want)
					}
				}
				if configured == nil {
					acctest.MustSay(t, planned.Warnings(), "stays disabled", "was found disabled", `only "enabled", written out`)
				}
				p.ApplyReplacement(planned, false).MustSucceed(p.T)
				p.MustStay(wanted)
				if p.accepts(devicesim.SymmetricKey(key1)) != (want == "enabled") {
					t.Errorf("the hub judges the device of a %s identity otherwise", want)
				}
			})
		}
	}
}

// The plan shows what becomes of an identity that is enabled; one that is disabled by then is not touched, and the next
// plan shows that it stays so.
func TestReplacement_ofAnIdentityDisabledAfterThePlanWritesNothing(t *testing.T) {
	t.Parallel()
	for _, onDestroy := range []string{"delete", "disable", "keep"} {
		p := newPlant(t)
		config := p.config(attributes{"on_destroy": onDestroy})
		p.MustApplyAndStay(config)
		planned := p.PlanReplacement(config).MustSucceed(p.T)
		p.block()
		p.Emulator.ClearJournal()
		p.ApplyReplacement(planned, false).MustFail(p.T, "The plan is stale", "was disabled after the plan was made",
			"plan again")
		p.MustNotHaveWritten()
		p.Refresh().MustSucceed(p.T)
		p.Replace(config, false).MustSucceed(p.T)
		if got := p.IdentityStatus("north", deviceID); got != "disabled" {
			t.Errorf("%s: the identity should be disabled, not %s", onDestroy, got)
		}
	}
}

func TestReplacement_byAnotherHubKeepsADisabledIdentityDisabled(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(nil))
	p.block()
	p.Refresh().MustSucceed(p.T)
	config := p.config(attributes{"iothub_hostname": p.Hostname("south")})
	moved := p.Plan(config).MustSucceed(p.T)
	acctest.MustSay(t, moved.Warnings(), "stays disabled")
	p.Keep(moved)
	p.Replace(config, false).MustSucceed(p.T)
	p.MustStay(config)
	if p.IdentityStatus("north", deviceID) != "absent" || p.IdentityStatus("south", deviceID) != "disabled" {
		t.Errorf("the identity is %s and %s", p.IdentityStatus("north", deviceID), p.IdentityStatus("south", deviceID))
	}
}

func TestReplacement_thatCannotMakeTheIdentityAgainSaysThatItWasDisabled(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	config := p.config(nil)
	p.MustApplyAndStay(config)
	p.block()
	planned := p.PlanReplacement(config).MustSucceed(p.T)
	p.fault(faults{method: "PUT", status: 403})
	p.ApplyReplacement(planned, false).MustFail(p.T, "Cannot create device identity",
		"was disabled, and is deleted by now",
		`write status = "disabled" out first`)
}

// A hub that the same apply makes is waited for once.
func TestCreate_inAHubThatDoesNotAnswerLooksOnce(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.fault(faults{method: "GET", cutBefore: true})
	p.fault(faults{twin: true, cutBefore: true})
	acctest.MustSay(t, p.Plan(p.config(nil)).MustSucceed(p.T).Warnings(), "no answer", "is not known to this plan")
	p.Emulator.ClearJournal()
	step := p.Another().Plan(p.config(attributes{"device_id": "pump-2"})).MustSucceed(p.T)
	if step.Warnings() != "" || p.calls() != "" {
		t.Errorf("once is enough: %s, %s", p.calls(), step.Warnings())
	}
}

func TestCreate_whenItCannotLookForADisabledIdentitySaysSo(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.fault(faults{method: "GET", status: 403})
	p.fault(faults{twin: true, status: 403})
	planned := p.Plan(p.config(nil)).MustSucceed(p.T)
	acctest.MustSay(t, planned.Warnings(), "Cannot read device identity", "is not known to this plan")
	if got := acctest.Text(planned.Planned, "status"); got != "enabled" {
		t.Errorf("the status is planned to be %s", got)
	}
}

func TestAccReplacement_ofADisabledIdentityLetsNobodyIn(t *testing.T) {
	t.Parallel()
	for _, onDestroy := range []string{"delete", "disable", "keep"} {
		t.Run(onDestroy, func(t *testing.T) {
			t.Parallel()
			w := newSite(t)
			cli := w.NewCLI(hcl(fmt.Sprintf(`  on_destroy = %q
  authentication = {
    type             = "sas"
    primary_key_wo   = %q
    secondary_key_wo = %q
    keys_wo_version  = "1"
  }`, onDestroy, key1, key2)))
			cli.Apply().Must(0)
			device := w.DeviceBy(deviceID, devicesim.SymmetricKey(key1))
			if !device.Connects("north") {
				t.Fatal("the device should be let in at first")
			}
			w.SetIdentityStatus("north", deviceID, "disabled")
			for name, replace := range cli.Replacing(address, "status") {
				replace()
				if device.Connects("north") || w.IdentityStatus("north", deviceID) != "disabled" {
					t.Errorf("%s lets the device in", name)
				}
			}
			cli.Plan().Must(0)
		})
	}
}
