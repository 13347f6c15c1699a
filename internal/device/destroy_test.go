// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
)

// destroy plans a destroy and carries it out.
func (p plant) destroy() (planned, applied acctest.Step) {
	p.T.Helper()
	p.Reconfigure()
	planned = p.Plan(p.Nothing()).MustSucceed(p.T)
	return planned, p.Apply(planned)
}

func TestDestroy_doesWhatOnDestroySays(t *testing.T) {
	t.Parallel()
	for onDestroy, want := range map[string]struct {
		status, calls string
		warns         []string
	}{
		"delete": {"absent", "GET DELETE", []string{"is deleted", "cannot be undone", "DPS makes it a new identity"}},
		"disable": {
			"disabled", "GET GET PUT", []string{"is disabled", "stays there", "assign it to another hub"},
		},
		"keep": {"enabled", "GET", []string{"Device identity stays", "Terraform only forgets it"}},
	} {
		t.Run(onDestroy, func(t *testing.T) {
			t.Parallel()
			p := newPlant(t)
			p.MustApplyAndStay(p.config(attributes{"on_destroy": onDestroy}))
			primary, _ := p.storedKeys()
			p.Emulator.ClearJournal()
			planned, applied := p.destroy()
			acctest.MustSay(t, planned.Warnings(), append(want.warns, `"pump-1"`, p.Hostname("north"))...)
			applied.MustSucceed(p.T)
			if calls := p.calls(); calls != want.calls {
				t.Errorf("it takes %q", calls)
			}
			if got := p.IdentityStatus("north", deviceID); got != want.status {
				t.Errorf("the identity is %s", got)
			}
			if p.accepts(primary) != (want.status == "enabled") {
				t.Errorf("a device whose identity is %s is judged otherwise", want.status)
			}
			if !p.State.IsNull() {
				t.Error("the state stays")
			}
		})
	}
}

func TestDestroy_ofAGatewayNamesItsChildren(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(attributes{"edge_enabled": true}))
	planned, _ := p.destroy()
	acctest.MustSay(t, planned.Warnings(), "lose their gateway")
}

func TestDestroy_isPreventedAtPlan(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	held := attributes{"on_destroy": "prevent"}
	p.MustApplyAndStay(p.config(held))
	p.Plan(p.Nothing()).MustFail(p.T, "held by on_destroy", "does not destroy it", `"pump-1"`)
	p.Plan(p.config(attributes{"on_destroy": "prevent", "device_id": "pump-2"})).MustFail(p.T, "does not replace it")
	p.Plan(p.config(attributes{"on_destroy": "delete", "iothub_hostname": p.Hostname("south")})).MustFail(p.T, "does not "+
		"replace")
	// A replacement that somebody asks for is planned without asking the old object; its deletion refuses.
	p.Replace(p.config(held), false).MustFail(p.T, "held by on_destroy", "terraform untaint")
	if p.IdentityStatus("north", deviceID) != "enabled" {
		t.Error("it is gone all the same")
	}
	p.MustApplyAndStay(p.config(nil))
	if _, applied := p.destroy(); applied.Failed() {
		t.Error(applied.Errors())
	}
}

func TestDestroy_ofWhatIsGoneIsDone(t *testing.T) {
	t.Parallel()
	for _, onDestroy := range []string{"delete", "disable", "keep"} {
		p := newPlant(t)
		p.MustApplyAndStay(p.config(attributes{"on_destroy": onDestroy}))
		p.remove()
		if _, applied := p.destroy(); applied.Failed() {
			t.Errorf("%s: %s", onDestroy, applied.Errors())
		}
	}
}

// What changed after the plan and matters for a destroy stops it; what does not, does not.
func TestDestroy_stopsForWhatChangedSinceThePlan(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		onDestroy string
		change    func(plant)
		want      string
	}{
		"disabled meanwhile, to be deleted": {"delete", func(p plant) { p.SetIdentityStatus("north", deviceID, "disabled") },
			"was disabled after the plan was made"},
		"made anew, to be deleted":  {"delete", plant.remake, "deleted and made again"},
		"made anew, to be disabled": {"disable", plant.remake, "deleted and made again"},
		"another reason, to be deleted": {"delete", func(p plant) {
			p.change(func(d *aziothub.Device) { d.StatusReason = new("inspected") })
		}, `status_reason: null -> "inspected"`},
		"written as it was, to be deleted": {"delete", func(p plant) { p.change(func(*aziothub.Device) {}) }, ""},
		"another reason, to be disabled": {"disable", func(p plant) {
			p.change(func(d *aziothub.Device) { d.StatusReason = new("inspected") })
		}, ""},
		"disabled meanwhile, to be disabled": {"disable", func(p plant) {
			p.SetIdentityStatus("north", deviceID, "disabled")
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlant(t)
			p.MustApplyAndStay(p.config(attributes{"on_destroy": test.onDestroy}))
			planned := p.Plan(p.Nothing()).MustSucceed(p.T)
			test.change(p)
			before := p.IdentityStatus("north", deviceID)
			applied := p.Apply(planned)
			if test.want == "" {
				applied.MustSucceed(p.T)
				return
			}
			applied.MustFail(p.T, "The plan is stale", test.want, "plan again")
			if got := p.IdentityStatus("north", deviceID); got != before {
				t.Errorf("the identity is %s", got)
			}
			if p.State.IsNull() {
				t.Error("the state is gone")
			}
		})
	}
}

// The plan of a destroy is told from the identity as it is, not from a state that may be old, and can be carried out.
func TestDestroyPlan_tellsWhatIsThereNowAndCanBeCarriedOut(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		onDestroy string
		change    func(plant)
		says      []string
		want      string
	}{
		"disabled, to be deleted": {"delete", plant.block, []string{
			`It is disabled now (reason: "stolen"), by somebody else since Terraform last saw it`, "deleting it undoes that",
		}, "absent"},
		"changed, to be deleted": {"delete", func(p plant) {
			p.change(func(d *aziothub.Device) { d.Capabilities = &aziothub.Capabilities{IoTEdge: true} })
		}, []string{"Somebody else changed it since Terraform last saw it (edge_enabled: false -> true)"}, "absent"},
		"made anew, to be deleted":  {"delete", plant.remake, []string{"not the one that Terraform knew"}, "absent"},
		"made anew, to be disabled": {"disable", plant.remake, nil, "disabled"},
		"disabled, to be kept":      {"keep", plant.block, []string{"stays as it is (disabled)"}, "disabled"},
		"gone":                      {"delete", plant.remove, nil, "absent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlant(t)
			p.MustApplyAndStay(p.config(attributes{"on_destroy": test.onDestroy}))
			test.change(p)
			planned := p.Plan(p.Nothing()).MustSucceed(p.T)
			acctest.MustSay(t, planned.Warnings(), test.says...)
			p.Apply(planned).MustSucceed(p.T)
			if got := p.IdentityStatus("north", deviceID); got != test.want {
				t.Errorf("the identity is %s", got)
			}
		})
	}
}

// What counts for a delete is what its plan saw: only what happened later stops it.
func TestDestroy_ofAnIdentityDisabledAfterTheLookDeletesNothing(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(attributes{"status": "disabled"}))
	p.SetIdentityStatus("north", deviceID, "enabled")
	planned := p.Plan(p.Nothing()).MustSucceed(p.T)
	p.SetIdentityStatus("north", deviceID, "disabled")
	p.Apply(planned).MustFail(p.T, "The plan is stale", "was disabled after the plan was made")
	p.Apply(p.Plan(p.Nothing()).MustSucceed(p.T)).MustSucceed(p.T)
}

func TestDestroyPlan_thatCannotLookGoesByTheState(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(nil))
	p.fault(faults{method: "GET", status: 403, times: 1})
	planned := p.Plan(p.Nothing()).MustSucceed(p.T)
	acctest.MustSay(t, planned.Warnings(), "Cannot read device identity", "what Terraform last saw (enabled)",
		"is deleted")
	p.block()
	p.Apply(planned).MustFail(p.T, "The plan is stale", "was disabled after the plan was made")
}

// Terraform 1.11 plans the destroy of a resource that left the configuration from a state that it has not refreshed.
func TestAccDestroy_ofWhatWasDisabledElsewhereAndRemovedEnds(t *testing.T) {
	t.Parallel()
	w := newSite(t)
	cli := w.NewCLI(hcl(""))
	cli.Apply().Must(0)
	w.SetIdentityStatus("north", deviceID, "disabled")
	cli.Write("")
	cli.Plan().Must(2).Says("It is disabled now")
	cli.Run("apply", "-no-color", "plan.out").Must(0)
	w.MustHaveIdentity("north", deviceID, "absent")
}

// A replacement that keeps hub and ID takes over what the old object leaves: keys, modules and twin are the same
// afterwards.
func TestReplacement_takesOverWhatOnDestroyLeaves(t *testing.T) {
	t.Parallel()
	for onDestroy, same := range map[string]bool{"keep": true, "disable": true, "delete": false} {
		p := newPlant(t)
		config := p.config(attributes{"on_destroy": onDestroy, "status": "enabled"})
		p.MustApplyAndStay(config)
		before := p.identity()
		primary, _ := p.storedKeys()
		p.Replace(config, false).MustSucceed(p.T)
		p.MustStay(config)
		after := p.identity()
		if (after.GenerationID == before.GenerationID) != same || after.Status != "enabled" {
			t.Errorf("%s: the identity is %s, of generation %s after %s",
				onDestroy, after.Status, after.GenerationID, before.GenerationID)
		}
		if p.accepts(primary) != same {
			t.Errorf("%s: the key is judged otherwise", onDestroy)
		}
	}
}

func TestReplacement_createdFirstFailsBeforeAnythingIsDeleted(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	config := p.config(nil)
	p.MustApplyAndStay(config)
	p.Replace(config, true).MustFail(p.T, "exists already")
	if p.IdentityStatus("north", deviceID) != "enabled" {
		t.Error("it is gone")
	}
}

func TestReplacement_followsTheDeviceIDAndTheHub(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(nil))
	for name, more := range map[string]attributes{
		"device_id":       {"device_id": "PUMP-1"},
		"iothub_hostname": {"iothub_hostname": p.Hostname("south")},
	} {
		planned := p.Plan(p.config(more)).MustSucceed(p.T)
		if len(planned.Replaces) != 1 || !strings.Contains(planned.Replaces[0].String(), name) {
			t.Errorf("%s replaces because of %v", name, planned.Replaces)
		}
		acctest.MustSay(t, planned.Warnings(), "is deleted", `"pump-1" is deleted from `+p.Hostname("north"))
	}
	if planned := p.Plan(p.config(attributes{
		"iothub_hostname": strings.ToUpper(p.Hostname("north")),
	})).MustSucceed(p.T); p.Changes(planned) {
		t.Errorf("the letter case of a host name changes %s", planned.Planned)
	}
}
