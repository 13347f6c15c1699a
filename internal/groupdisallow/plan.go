// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/composite"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// ModifyPlan says what the apply will do. Of a new block only what no device can change by trying again is planned; a
// change is planned from prior state and memory alone, since core plans again at apply and calls any other outcome a
// defect of the provider.
func (r *groupResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	composite.Planner[model]{Destroy: r.planDestroy, Plan: r.plan, Note: r.note}.ModifyPlan(ctx, req, resp)
}

// note claims the group, looks for another block of it, and hands on what a new block may replace.
func (r *groupResource) note(
	ctx context.Context, req resource.ModifyPlanRequest, planned model, private iotstate.Setter,
) diag.Diagnostics {
	diags := append(r.claim(planned), r.meet(ctx, req, planned)...)
	if req.State.Raw.IsNull() {
		diags.Append(r.handOn(ctx, planned, private)...)
	}
	return diags
}

// handOn keeps what the refresh of a block that came to no end knows of its devices in the plan that replaces it. Core
// hands no private state of a tainted object to that plan, and what the plan leaves to the half that deletes; that one
// leaves it to the half that creates. By then refused tries have overwritten the records that told of hubs.
func (r *groupResource) handOn(ctx context.Context, plan model, private iotstate.Setter) diag.Diagnostics {
	if r.Services == nil {
		return nil
	}
	left, found := azure.Peek[memory](&r.Services.Handover, r.object(plan.asked))
	if !found {
		return nil
	}
	return memoryKey().Keep(ctx, private, left)
}

// claim tells the provider block that this block keeps the group disabled: another resource that says enabled of it
// would be undone by it, and undo it, in every apply.
func (r *groupResource) claim(plan model) diag.Diagnostics {
	if !r.Services.Known() || plan.DesiredAccess.ValueString() != iotplan.AccessBlocked ||
		plan.EnrollmentGroupID.IsUnknown() || plan.DPSHostname.IsUnknown() {
		return nil
	}
	by := fmt.Sprintf("azureiot_dps_enrollment_group_disallow %q", plan.EnrollmentGroupID.ValueString())
	at := path.Root("enrollment_group_id")
	other, contradicted := r.Services.Claims.Make(azure.ClaimBlocked, r.object(plan.asked), by)
	if born, made := r.Services.Claims.Made(azure.ClaimBorn, r.object(plan.asked)); made {
		return diag.Diagnostics{iotplan.BornBesideBlock(at, born, "provisioning_status", by)}
	}
	if !contradicted {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(at,
		"Two resources contradict each other", fmt.Sprintf(
			"%s keeps a group disabled that %s says is enabled: each apply would undo the other's. Leave provisioning_status "+
				"of that resource out, or set desired_access = \"restored\" here.", by, other))}
}

// meet looks for another block of the group.
func (r *groupResource) meet(ctx context.Context, req resource.ModifyPlanRequest, plan model) diag.Diagnostics {
	if !r.Services.Known() || plan.EnrollmentGroupID.IsUnknown() || plan.DPSHostname.ValueString() == "" {
		return nil
	}
	remembers, diags := memoryKey().Kept(ctx, req.Private)
	access := plan.DesiredAccess.ValueString()
	other, found := r.Services.Blocks.Meet(r.object(plan.asked),
		azure.BlockPlan{Access: access, New: req.State.Raw.IsNull(), Remembers: remembers})
	if found {
		diags.Append(iotplan.TwoBlocks(path.Root("enrollment_group_id"), "azureiot_dps_enrollment_group_disallow",
			fmt.Sprintf("enrollment group %q", plan.EnrollmentGroupID.ValueString()), access, other))
	}
	return diags
}

func (r *groupResource) plan(
	ctx context.Context, req resource.ModifyPlanRequest, plan model,
) (model, diag.Diagnostics) {
	config, diags := configure.Decode[model](ctx, req.Config)
	if diags.HasError() {
		return plan, diags
	}
	if req.State.Raw.IsNull() {
		plan.DPSHostname = iotplan.Host(
			config.DPSHostname, iottype.Hostname().Null(), r.Services.DPSHost(""), r.Services.Known())
		return r.planCreate(ctx, plan)
	}
	state, more := configure.Decode[model](ctx, req.State)
	diags.Append(more...)
	remembered, more := memoryKey().Recall(ctx, req.Private)
	if diags.Append(more...); diags.HasError() {
		return plan, diags
	}
	plan.DPSHostname = iotplan.Host(config.DPSHostname, state.DPSHostname, r.Services.DPSHost(""), r.Services.Known())
	switch {
	case !state.sameGroup(plan.asked):
		return r.planReplacement(plan, state, remembered)
	case !configure.Known(ctx, plan.asked):
		return model{asked: plan.asked, told: everythingUnknown()}, diags
	}
	planned, more := planUpdate(ctx, plan, state, remembered)
	return planned, append(diags, more...)
}

// planReplacement plans the first half of a replacement. The second is planned for itself once more, without the
// state; here only what prevents it counts.
func (r *groupResource) planReplacement(plan, state model, m memory) (model, diag.Diagnostics) {
	var diags diag.Diagnostics
	if state.OnDestroy.ValueString() == iotplan.DestroyPrevent && !m.Unfinished {
		diags.Append(prevented(state, "replace"))
	}
	return model{asked: plan.asked, told: everythingUnknown()}, diags
}

func prevented(state model, verb string) diag.Diagnostic {
	return iotplan.Prevented(noun, state.EnrollmentGroupID.ValueString(), state.DPSHostname.ValueString(), verb)
}

// planCreate plans what no device can change by trying again: the group. Its counts as they are now are for people. A
// count in the plan would be wrong as soon as a device registers, or a refused try takes the hub out of a record, and
// core would then refuse every apply: the block would be stopped by the devices that it is about.
func (r *groupResource) planCreate(ctx context.Context, plan model) (model, diag.Diagnostics) {
	told := everythingUnknown()
	if !configure.Known(ctx, plan.asked) || !r.Services.Known() {
		return model{asked: plan.asked, told: told}, nil
	}
	want, diags := plan.expand(ctx)
	if diags.HasError() {
		return plan, diags
	}
	if want.restore {
		return plan, append(diags, composite.NothingToRestore())
	}
	l, diags := r.looker(want)
	if diags.HasError() {
		return plan, diags
	}
	left, _ := azure.Peek[memory](&r.Services.Handover, r.object(plan.asked))
	s, err := l.glance(ctx, left)
	if err != nil {
		return plan, diag.Diagnostics{l.lookUpFailed(err)}
	}
	if s.unheardOf() {
		told.GroupStatus, told.PendingCount = types.StringValue(string(deprovision.Disabled)), types.Int64Value(0)
		return model{asked: plan.asked, told: told}, diag.Diagnostics{l.notYetMade()}
	}
	decision := deprovision.DecideGroup(deprovision.GroupEvidence{Status: s.status},
		want.intent(memory{}, nil))
	told.GroupStatus, told.PendingCount = types.StringValue(string(decision.Status)), types.Int64Value(0)
	diags.Append(l.createWarning(s, want))
	return model{asked: plan.asked, told: told}, append(diags, l.standingWarnings(s, want)...)
}

// change is an update as it is planned.
type change struct {
	want, have wanted
	prior      standing
	decision   deprovision.GroupDecision
	m          memory
}

func changeOf(ctx context.Context, plan, state model, m memory) (change, diag.Diagnostics) {
	want, diags := plan.expand(ctx)
	have, more := state.expand(ctx)
	diags.Append(more...)
	paths, more := composite.ExpandPaths(ctx, state.ReenrollPaths)
	if diags.Append(more...); diags.HasError() {
		return change{}, diags
	}
	c := change{want: want, have: have, m: m}
	c.prior = m.standing(deprovision.Status(state.GroupStatus.ValueString()), paths)
	if !want.restore {
		c.nameHubs()
	}
	c.decision = deprovision.DecideGroup(c.prior.evidence(), want.intent(m, &have))
	if want.restore && have.restore {
		c.decision.Effects = nil // Undone once; what happens afterwards is left as it is found.
	}
	return c, diags
}

// nameHubs has the devices of which nothing tells where they are looked for in the hubs that are named now.
func (c *change) nameHubs() {
	for _, id := range c.prior.evidence().Unplaced() {
		for _, host := range c.want.hubs {
			c.prior.tie(host, id, deprovision.Ties{Named: true, HubNamed: true})
		}
	}
}

// acts tells whether the update asks or writes anything.
func (c change) acts() bool {
	if c.want.restore {
		return c.decision.Writes()
	}
	named := slices.ContainsFunc(c.want.hubs, func(host string) bool { return !slices.Contains(c.have.hubs, host) })
	return c.decision.Writes() || named || total(c.prior.evidence().Pending(c.want.identities)) > 0
}

// planUpdate plans from prior state and memory alone.
func planUpdate(ctx context.Context, plan, state model, m memory) (model, diag.Diagnostics) {
	c, diags := changeOf(ctx, plan, state, m)
	if diags.HasError() {
		return plan, diags
	}
	if !c.acts() {
		told := state.told
		if !c.want.restore {
			told.PendingCount = types.Int64Value(0)
		}
		return model{asked: plan.asked, told: told}, diags
	}
	goal := reading{
		status: c.decision.Status, access: c.decision.Access, paths: c.prior.paths, effects: c.decision.Effects,
	}
	told, more := goal.flatten(ctx, unknowns{look: true})
	diags.Append(more...)
	diags.Append(c.warning())
	return model{asked: plan.asked, told: told}, diags
}

// planDestroy says that nothing changes in Azure. An unfinished block is never held by prevent, or every later plan of
// the replacement that Terraform makes of it would fail.
func (r *groupResource) planDestroy(ctx context.Context, req resource.ModifyPlanRequest) diag.Diagnostics {
	state, diags := configure.Decode[model](ctx, req.State)
	if diags.HasError() {
		return diags
	}
	remembered, more := memoryKey().Recall(ctx, req.Private)
	if diags.Append(more...); diags.HasError() {
		return diags
	}
	if state.OnDestroy.ValueString() == iotplan.DestroyPrevent && !remembered.Unfinished {
		return append(diags, prevented(state, "destroy"))
	}
	want, more := state.expand(ctx)
	paths, morePaths := composite.ExpandPaths(ctx, state.ReenrollPaths)
	if diags.Append(append(more, morePaths...)...); diags.HasError() {
		return diags
	}
	last := remembered.standing(deprovision.Status(state.GroupStatus.ValueString()), paths)
	if r.Services.Known() {
		if l, more := r.looker(want); !more.HasError() {
			if s, err := l.look(ctx, remembered); err == nil {
				return append(diags, destroyWarning(s, want, true))
			}
		}
	}
	return append(diags, destroyWarning(&last, want, false))
}
