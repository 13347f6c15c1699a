// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// The plan of a new block tells the reviewer what there is now.
func TestGroupDisallow_planTellsTheNumbersAsTheyAre(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 3)
	p.SetIdentityStatus("north", "sensor-002", "disabled")
	p.AddGroup("root", p.Root)
	o := p.NewObject(resourceType)
	p.Emulator.ClearJournal()
	planned := o.MustPlan(o.Config(p.settings(map[string]any{"hub_identity_action": "delete"})))
	p.MustNotHaveWritten()
	acctest.MustSay(t, planned.Warnings(), "Group is disallowed", "4 devices have registered through it",
		p.Hostname("north")+": 3 registered, 2 enabled", p.Hostname("south")+": 1 registered, 1 enabled",
		"deletes every identity", "Deleting cannot be undone", "root (issuer)")
}

// Destroying changes nothing in Azure, and the plan says where the devices stand.
func TestGroupDisallow_destroyChangesNothing(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 2)
	o, _ := p.blocked(nil)
	p.Emulator.ClearJournal()
	destroyed := o.Destroy()
	acctest.MustSay(t, destroyed.Warnings(), "Devices of the group stay blocked",
		"Terraform only forgets them", "2 disabled")
	p.MustNotHaveWritten()
	p.mustBeOut()
}

// prevent holds a finished block, also against another group ID, and never one that came to no end.
func TestGroupDisallow_preventHoldsAFinishedBlock(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	o, _ := p.blocked(map[string]any{"on_destroy": "prevent"})
	acctest.MustSay(t, o.Plan(o.Nothing()).Errors(), "is held by on_destroy")
	other := o.Config(p.settings(map[string]any{"on_destroy": "prevent", "enrollment_group_id": "other"}))
	acctest.MustSay(t, o.Plan(other).Errors(), "is held by on_destroy")
	slow := slowPlant(t, 25)
	unfinished := slow.NewObject(resourceType)
	more := minutes(1)
	more["on_destroy"] = "prevent"
	if applied := unfinished.Apply(unfinished.MustPlan(unfinished.Config(slow.settings(more)))); !applied.Failed() {
		t.Fatal("the slice should not be enough")
	}
	if planned := unfinished.Plan(unfinished.Nothing()); planned.Failed() {
		t.Error(planned.Errors())
	}
}

// An import takes the group over as it is; the same configuration writes nothing.
func TestGroupDisallow_importWritesNothing(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 3)
	o, config := p.blocked(map[string]any{"reason": nil})
	for _, id := range []string{groupID, p.Emulator.DPSHostname() + "/" + groupID} {
		o.Forget()
		p.Emulator.ClearJournal()
		o.Import(id).MustSucceed(t)
		p.expect(o.State, map[string]string{
			"group_status": "disabled", "access": "blocked", "hubs.north": "3: 3 disabled", "pending_count": "0",
		})
		o.MustSettle(config)
		p.MustNotHaveWritten()
	}
	o.MustApply(o.Config(p.settings(map[string]any{"reason": nil, "desired_access": "restored"})))
	if p.IdentityStatus("north", "sensor-001") != "enabled" {
		t.Error("an import knows its own work by the mark")
	}
	o.Forget()
	acctest.MustSay(t, o.Import("nobody").Errors(), "No such enrollment group")
	acctest.MustSay(t, o.Import("/x").Errors(), "Invalid import ID")
	acctest.MustSay(t, o.Import("a b").Errors(), "Invalid import ID")
}

// An import by resource identity is the import by ID.
func TestGroupDisallow_importByIdentityKnowsTheBlock(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 3)
	o, config := p.blocked(map[string]any{"reason": nil})
	o.Forget()
	o.MustImport(groupID)
	byID := o.State
	for name, names := range map[string]map[string]any{
		"with the host":    {"enrollment_group_id": groupID, "dps_hostname": p.Emulator.DPSHostname()},
		"without the host": {"enrollment_group_id": groupID},
	} {
		o.Forget()
		told, step := o.ImportByIdentity(names)
		step.MustSucceed(t)
		acctest.MustRead(t, told, map[string]string{
			"enrollment_group_id": groupID, "dps_hostname": p.Emulator.DPSHostname(),
		})
		if !o.State.Equal(byID) {
			t.Errorf("%s it is imported as\n%s, not\n%s", name, o.State, byID)
		}
		o.MustSettle(config)
	}
	for said, names := range map[string]map[string]any{
		"No such enrollment group": {"enrollment_group_id": "nobody"},
		"is not a host name":       {"enrollment_group_id": groupID, "dps_hostname": "h_h"},
	} {
		_, step := o.ImportByIdentity(names)
		step.MustFail(t, said)
	}
}

// A group that another resource of the same provider block says is enabled would flip in every apply: whichever is
// planned second is an error that names the other. Left out, the status stays as it is found.
func TestAccGroupDisallow_explicitEnabledContradictsIt(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	block := fmt.Sprintf("resource %q \"sold\" {\n  enrollment_group_id = \"FACTORY\"\n}\n", resourceType)
	group := func(status string) string {
		return fmt.Sprintf(`resource "azureiot_dps_enrollment_group" "factory" {
  enrollment_group_id = "factory"
  %s
  attestation = { x509 = { signing_certificates = { primary = %s } } }
}
import {
  to = azureiot_dps_enrollment_group.factory
  id = "factory"
}
`, status, acctest.HCL(p.Intermediate.PEM()))
	}
	c := p.NewCLI(block + group("provisioning_status = \"enabled\""))
	c.Plan().Must(1).Says(resourceType, "azureiot_dps_enrollment_group", "desired_access")
	if p.groupStatus() != "enabled" {
		t.Error("a plan should change nothing")
	}
	c.Write(block + group(""))
	c.Apply().Must(0)
	p.mustBeOut()
	c.Plan().Must(0)
}

// Of two blocks of one group the one that is planned second is told; one that is replaced is not taken for two.
func TestAccGroupDisallow_twoBlocksOfOneGroupAreTold(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	block := func(name, more string) string {
		return fmt.Sprintf("resource %q %q {\n  enrollment_group_id = \"factory\"\n  %s\n}\n", resourceType, name, more)
	}
	const twice, contradicted = "Two blocks of one object", "Two blocks contradict each other"
	c := p.NewCLI(block("sold", ""))
	c.Apply().Must(0).DoesNotSay(twice, contradicted)
	c.Plan("-replace="+resourceType+".sold").Must(2).DoesNotSay(twice, contradicted)
	c.Write(block("sold", "") + block("again", ""))
	c.Plan().Must(2).Says(twice, `enrollment group "factory"`, "Keep one of them")
	c.Write(block("sold", `desired_access = "restored"`) + block("again", ""))
	c.Plan().Must(1).Says(contradicted, `enrollment group "factory"`)

	o, config := p.blocked(nil)
	o.Reconfigure()
	first, second := o.Plan(config), o.PlanReplacement(config)
	acctest.MustNotSay(t, first.Warnings()+second.Warnings(), twice)
	acctest.MustSay(t, o.Plan(config).Warnings(), twice)
}

// A refresh asks for the group, a page of a hundred records and of enrollments, the list of groups, and one page of
// each hub's index.
func TestGroupDisallow_refreshCostsAFewPages(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 4)
	o, _ := p.blocked(nil)
	p.Emulator.ClearJournal()
	o.MustRefresh()
	if calls := p.Emulator.Journal(); len(calls) > 6 {
		t.Errorf("%d calls: %v", len(calls), calls)
	}
}

// Settings that change nothing in Azure ask nobody.
func TestGroupDisallow_otherTimeoutsCallNobody(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	o, _ := p.blocked(nil)
	p.Emulator.ClearJournal()
	for _, more := range []map[string]any{minutes(30), {"reason": "sold to Contoso"}, {"on_destroy": "prevent"}} {
		o.MustApply(o.Config(p.settings(more)))
	}
	if calls := p.Emulator.Journal(); len(calls) > 0 {
		t.Errorf("called %v", calls)
	}
	p.expect(o.State, map[string]string{"access": "blocked", "on_destroy": "prevent"})
}

// A reason leaves room for the mark, and a duration is one.
func TestGroupDisallow_refusesWhatCannotBeStored(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 0)
	o := p.NewObject(resourceType)
	for name, test := range map[string]struct {
		more map[string]any
		want string
	}{
		"reason":  {map[string]any{"reason": strings.Repeat("x", 109)}, "Invalid reason"},
		"timeout": {map[string]any{"timeouts": map[string]any{"create": "soon"}}, "Invalid duration"},
		"action":  {map[string]any{"hub_identity_action": "destroy"}, "hub_identity_action"},
		"group":   {map[string]any{"enrollment_group_id": "a b"}, "Invalid enrollment group ID"},
	} {
		acctest.MustSay(t, name+o.Validate(o.Config(p.settings(test.more))).Errors(), test.want)
	}
	if checked := o.Validate(o.Config(p.settings(map[string]any{"reason": strings.Repeat("x", 108)}))); checked.Failed() {
		t.Error(checked.Errors())
	}
}

// What is not known yet is planned as unknown, and nobody is asked.
func TestGroupDisallow_unknownGroupPlansNothing(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 0)
	o := p.NewObject(resourceType)
	p.Emulator.ClearJournal()
	unknown := tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	planned := o.MustPlan(o.Config(p.settings(map[string]any{"enrollment_group_id": unknown})))
	p.expect(planned.Planned, map[string]string{"group_status": "unknown", "access": "unknown", "hubs": "unknown"})
	if len(p.Emulator.Journal()) > 0 {
		t.Error("somebody was asked")
	}
}
