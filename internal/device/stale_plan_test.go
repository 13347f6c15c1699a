// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"regexp"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
)

// meanwhile is what somebody else does between a plan and its apply, and what becomes of the apply.
type meanwhile struct {
	change func(plant)
	// says is what the apply fails with, attribute by attribute; none when it succeeds.
	says []string
}

func meanwhiles() map[string]meanwhile {
	set := func(change func(*aziothub.Device)) func(plant) { return func(p plant) { p.change(change) } }
	return map[string]meanwhile{
		"disabled": {
			set(func(d *aziothub.Device) { d.Status, d.StatusReason = "disabled", new("stolen") }),
			[]string{`status: "enabled" -> "disabled"`, `status_reason: null -> "stolen"`},
		},
		"another type": {
			set(func(d *aziothub.Device) {
				d.Authentication = &aziothub.Authentication{Type: aziothub.AuthenticationCertificateAuthority}
			}),
			[]string{`authentication.type: "sas" -> "certificateAuthority"`},
		},
		"a gateway": {
			set(func(d *aziothub.Device) { d.Capabilities.IoTEdge = true }), []string{"edge_enabled: false -> true"},
		},
		"deleted":       {plant.remove, []string{"was deleted from"}},
		"made anew":     {plant.remake, []string{"deleted and made again"}},
		"what we want":  {set(func(d *aziothub.Device) { d.StatusReason = new("wanted") }), nil},
		"keys rotated":  {set(func(d *aziothub.Device) { d.Authentication.SymmetricKey.PrimaryKey = new(key3) }), nil},
		"written again": {set(func(*aziothub.Device) {}), nil},
	}
}

// An update overwrites nothing that its plan did not show, whether it changed before the update reads or between its
// read and its write, and says attribute by attribute what did.
func TestUpdate_overwritesNothingThatThePlanDidNotShow(t *testing.T) {
	t.Parallel()
	for name, m := range meanwhiles() {
		for _, late := range []bool{false, true} {
			p := newPlant(t)
			p.MustApplyAndStay(p.config(attributes{"authentication": authentication("sas", nil)}))
			config := p.config(attributes{"authentication": authentication("sas", nil), "status_reason": "wanted"})
			planned := p.Plan(config).MustSucceed(p.T)
			state := p.State
			var applied acctest.Step
			if late {
				applied = p.applyDuring(planned, m.change)
			} else {
				m.change(p)
				applied = p.Apply(planned)
			}
			if m.says == nil {
				applied.MustSucceed(p.T)
				p.MustStay(config)
				if name == "keys rotated" && *p.identity().Authentication.SymmetricKey.PrimaryKey != key3 {
					t.Error("the rotated key is lost")
				}
				continue
			}
			applied.MustFail(p.T, append(m.says, "The plan is stale", "Nothing was written; plan again")...)
			if found := p.Identity("north", deviceID); found != nil && text(found.StatusReason) == "wanted" {
				t.Errorf("%s, late %v: it was written all the same", name, late)
			}
			if !p.State.Equal(state) {
				t.Errorf("%s, late %v: the state moved", name, late)
			}
		}
	}
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// applyDuring applies a plan and has something happen when its write has arrived but is not carried out.
func (p plant) applyDuring(planned acctest.Step, happen func(plant)) acctest.Step {
	p.T.Helper()
	hold := p.Emulator.Hold(p.Hostname("north"), "PUT", regexp.MustCompile("^/devices/"+deviceID+"$"))
	defer hold.Release()
	done := p.StartApply(planned)
	select {
	case <-hold.Reached():
		happen(p)
		hold.Release()
	case step := <-done:
		return step
	}
	return <-done
}

// Somebody who writes all the time is not fought.
func TestUpdate_givesWayToSomebodyWhoKeepsWriting(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(nil))
	planned := p.Plan(p.config(attributes{"status": "disabled"})).MustSucceed(p.T)
	p.fault(faults{method: "PUT", status: 412})
	p.Apply(planned).MustFail(p.T, "keeps changing", "412", "Nothing of theirs was overwritten")
	p.Emulator.ClearFaults()
	p.MustApplyAndStay(p.config(attributes{"status": "disabled"}))
}
