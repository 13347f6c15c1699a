// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/composite"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// noun names the resource in sentences.
const noun = "disallow of enrollment group"

// groupResource is azureiot_dps_enrollment_group_disallow: all devices of one enrollment group kept out of DPS and of
// their hubs. Its identity is the group's ID at a DPS instance. Deleting it forgets it and changes nothing in Azure.
type groupResource struct {
	configure.Resource[*azure.Services]
}

var (
	_ resource.ResourceWithConfigure   = &groupResource{}
	_ resource.ResourceWithModifyPlan  = &groupResource{}
	_ resource.ResourceWithImportState = &groupResource{}
	_ resource.ResourceWithIdentity    = &groupResource{}
)

// NewGroupResource makes azureiot_dps_enrollment_group_disallow.
func NewGroupResource() resource.Resource { return &groupResource{} }

// Metadata names the resource.
func (r *groupResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_dps_enrollment_group_disallow"
}

// IdentitySchema says what names a block.
func (r *groupResource) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = configure.IdentitySchema(
		"dps_hostname", "Host name of the DPS instance. Default: the provider block's.",
		"enrollment_group_id", "The ID of the enrollment group.")
}

// identify says which block it is.
func (a asked) identify(ctx context.Context, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	return configure.Identify(ctx, identity, map[string]string{
		"enrollment_group_id": a.EnrollmentGroupID.ValueString(), "dps_hostname": a.DPSHostname.ValueString(),
	})
}

// Schema describes the resource.
func (r *groupResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = groupSchema()
}

// Create blocks the group. Every error here taints the object, and Terraform then replaces it: the delete half changes
// nothing, and the create half takes up what is left, so that no device gets in on the way.
func (r *groupResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan, diags := configure.Decode[model](ctx, req.Plan)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	out, diags := r.create(ctx, plan)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() && !out.keep {
		return // Nothing was written: no state, no taint, and the next plan is a clean create.
	}
	settled := plan.asked
	if diags.HasError() {
		settled.DeleteRegistrations = notYet()
	}
	resp.Diagnostics.Append(out.store(ctx, settled, diags.HasError(), resp.Private, &resp.State)...)
	resp.Diagnostics.Append(settled.identify(ctx, resp.Identity)...)
}

// Read counts what has drifted. A hub that cannot be read is a warning, and its devices count as unreachable. A group
// that is gone reads absent; the resource stays, and goes on watching the devices.
func (r *groupResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state, diags := configure.Decode[model](ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(state.identify(ctx, resp.Identity)...)
	if !r.Services.Known() && !state.imported() {
		resp.Diagnostics.Append(iotdiag.NotRefreshed(noun, state.EnrollmentGroupID.ValueString()))
		return
	}
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	out, diags := r.refresh(ctx, state, remembered)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(out.store(ctx, state.asked, remembered.Unfinished, resp.Private, &resp.State)...)
	if remembered.Unfinished {
		azure.Leave(&r.Services.Handover, r.object(state.asked), out.memory) // See handOn.
	}
}

// Update goes on with what is pending, or undoes the block. When it comes to no end, the state says what is true and
// keeps the former settings, so that the next plan takes up what is left.
func (r *groupResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan, diags := configure.Decode[model](ctx, req.Plan)
	resp.Diagnostics.Append(diags...)
	state, diags := configure.Decode[model](ctx, req.State)
	resp.Diagnostics.Append(diags...)
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	out, diags := r.update(ctx, plan, state, remembered)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(state.identify(ctx, resp.Identity)...)
	if diags.HasError() && !out.keep {
		return // Nothing was found out: the state stays as it is.
	}
	settled := plan.asked
	if diags.HasError() {
		settled = state.unfinished(plan).asked
	}
	resp.Diagnostics.Append(out.store(ctx, settled, diags.HasError(), resp.Private, &resp.State)...)
}

// Delete changes nothing in Azure. What the object remembers is left for a Create of the same group in this apply,
// which is what a replacement is.
func (r *groupResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state, diags := configure.Decode[model](ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() || r.Services == nil {
		return
	}
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	azure.Leave(&r.Services.Handover, r.object(state.asked), remembered)
}

// object names the group for what resources tell each other.
func (r *groupResource) object(a asked) azure.Object {
	return azure.GroupObject(r.Services.DPSHost(a.DPSHostname.ValueString()), a.EnrollmentGroupID.ValueString())
}

// looker asks the services about the group.
func (r *groupResource) looker(want wanted) (looker, diag.Diagnostics) {
	reader, diags := composite.Reader(r.Services, want.dpsHostname)
	if diags.HasError() {
		return looker{}, diags
	}
	return looker{
		subject: subject{services: r.Services, id: want.groupID, host: reader.DPS().Host()}, reader: reader, want: want,
	}, nil
}

// refresh counts what is there now. Effects say what the last change did, and stay.
func (r *groupResource) refresh(ctx context.Context, state model, m memory) (outcome, diag.Diagnostics) {
	want, diags := state.expand(ctx)
	effects, more := composite.ExpandGroupEffects(ctx, state.Effects)
	if diags.Append(more...); diags.HasError() {
		return outcome{}, diags
	}
	l, diags := r.looker(want)
	if diags.HasError() {
		return outcome{}, diags
	}
	s, err := l.look(ctx, m)
	if err != nil {
		return outcome{}, diag.Diagnostics{l.lookUpFailed(err)}
	}
	if state.imported() && s.unheardOf() {
		return outcome{}, diag.Diagnostics{l.noSuchGroup()}
	}
	now := s.remember(m)
	now.Records = len(s.records)
	return outcome{reading: readingOf(s, want, effects), memory: now}, l.standingWarnings(s, want)
}

// ImportState takes "group-id", or "dps-host/group-id" for another instance than the provider block's.
func (r *groupResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	composite.Address{
		IDName: "enrollment_group_id", Form: "group-id", Problem: iotvalidator.EnrollmentGroupIDProblem,
	}.Import(ctx, req, resp, r.Services.DPSHost)
}

// outcome is how an apply or a refresh ended: what is true now, and whether it must be kept although it failed.
type outcome struct {
	reading reading
	// told is what was planned, of an update that does nothing.
	told   *told
	memory memory
	keep   bool
}

// store keeps what is true now, with the settings that hold.
func (o outcome) store(
	ctx context.Context, settings asked, unfinished bool, private iotstate.Setter, state composite.State,
) diag.Diagnostics {
	o.memory.Unfinished = unfinished
	told, diags := o.reading.flatten(ctx, unknowns{})
	if o.told != nil {
		told = *o.told
	}
	diags.Append(memoryKey().Keep(ctx, private, o.memory)...)
	return append(diags, state.Set(ctx, model{asked: settings, told: told})...)
}

// notYet is the setting of a step that was not come to: the next plan takes it up.
func notYet() types.Bool { return types.BoolValue(false) }

// create blocks the group for the first time, or goes on with what a replaced object has begun.
func (r *groupResource) create(ctx context.Context, plan model) (outcome, diag.Diagnostics) {
	want, diags := plan.expand(ctx)
	if diags.HasError() {
		return outcome{}, diags
	}
	left, replacing := azure.Take[memory](&r.Services.Handover, r.object(plan.asked))
	run, diags := r.begin(want, left, want.create)
	if diags.HasError() {
		return outcome{}, diags
	}
	if diags = run.arrive(ctx); !diags.HasError() {
		if run.s.group == nil && plan.GroupStatus.ValueString() != string(deprovision.Absent) {
			diags.Append(run.noSuchGroup())
		} else {
			diags.Append(run.block(ctx, want.deleteRegistrations)...)
		}
	}
	out := run.outcome(run.effects())
	out.keep = run.ledger.touched || replacing
	if !diags.HasError() {
		diags.Append(run.standingWarnings(run.s, want)...)
	}
	return out, run.ended(diags, true)
}

// begin is an apply about to look.
func (r *groupResource) begin(want wanted, m memory, timeout time.Duration) (*run, diag.Diagnostics) {
	l, diags := r.looker(want)
	if diags.HasError() {
		return nil, diags
	}
	s := m.standing(deprovision.Absent, nil)
	s.forgetSilent()
	return &run{
		looker: l, m: m, s: &s, deadline: r.Services.Now().Add(timeout),
		ledger: ledger{
			lost: map[string]error{}, over: map[string]int{}, left: map[string]int{},
			changed: map[deprovision.Effect]int{},
		},
	}, nil
}

// outcome is what is true at the end of a run.
func (r *run) outcome(effects []deprovision.GroupEffect) outcome {
	m := r.s.remember(r.m)
	if r.records != nil {
		m.Records = len(r.records)
	}
	return outcome{reading: readingOf(r.s, r.want, effects), memory: m}
}

// effects are what the run has done.
func (r *run) effects() []deprovision.GroupEffect { return deprovision.CountEffects(r.ledger.changed) }

// update carries out what was planned.
func (r *groupResource) update(ctx context.Context, plan, state model, m memory) (outcome, diag.Diagnostics) {
	c, diags := changeOf(ctx, plan, state, m)
	if diags.HasError() {
		return outcome{}, diags
	}
	if !c.acts() {
		return outcome{told: &plan.told, memory: m, keep: true}, diags
	}
	run, diags := r.begin(c.want, m, c.want.update)
	if diags.HasError() {
		return outcome{}, diags
	}
	run.s.paths, run.s.proof = c.prior.paths, c.prior.proof
	if diags = run.arrive(ctx); !diags.HasError() {
		diags.Append(run.carryOut(ctx, c)...)
	}
	out := run.outcome(c.decision.Effects)
	out.keep = run.s.looked || run.ledger.touched
	if diags.HasError() {
		out.reading.effects = run.effects()
	} else {
		out.reading.paths = c.prior.paths
		diags.Append(run.checkOutcome(plan, out.reading)...)
		diags.Append(run.standingWarnings(run.s, c.want)...)
		diags.Append(run.moreDisabled(c.decision.Effects, run.ledger)...)
	}
	return out, run.ended(diags, false)
}

// carryOut does what the change says. Nothing is deleted that it does not count.
func (r *run) carryOut(ctx context.Context, c change) diag.Diagnostics {
	if c.want.restore {
		r.limit(c.decision.Effects, deprovision.Enable)
		return r.restore(ctx, slices.ContainsFunc(c.decision.Effects, func(e deprovision.GroupEffect) bool {
			return e.Target == deprovision.TargetGroup && e.Action == deprovision.Enable
		}))
	}
	if c.want.identities == deprovision.Deleting {
		r.limit(c.decision.Effects, deprovision.Delete)
	}
	if c.have.restore && r.s.group != nil && r.s.group.Disabled() {
		r.m.Group.Before = deprovision.Disabled // Somebody else has shut it since it was restored.
	}
	return r.block(ctx, c.want.deletesRecords(&c.have))
}

// limit has no more identities of a hub deleted, or enabled, than the plan counts.
func (r *run) limit(effects []deprovision.GroupEffect, action deprovision.Action) {
	r.limits = map[string]int{}
	for _, e := range effects {
		if e.Target == deprovision.TargetIdentity && e.Action == action {
			r.limits[e.Object] += e.Count
		}
	}
}

// checkOutcome compares what is true with what the plan said. A difference is an error of our own, with the true state
// kept: core would call it a defect of the provider.
func (r *run) checkOutcome(plan model, now reading) diag.Diagnostics {
	status, access := plan.GroupStatus, plan.Access
	if (status.IsUnknown() || status.ValueString() == string(now.status)) &&
		(access.IsUnknown() || access.ValueString() == string(now.access)) &&
		(plan.PendingCount.IsUnknown() || plan.PendingCount.ValueInt64() == int64(now.pending)) {
		return nil
	}
	return diag.Diagnostics{r.otherOutcome(plan, now)}
}

const nounGroup = "enrollment group"
