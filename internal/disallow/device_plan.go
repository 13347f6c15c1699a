// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// ModifyPlan says what the apply will do. A new block is planned from a look-up; a change of an existing one from prior
// state and configuration alone, since core plans again at apply and calls any other outcome a defect of the provider.
func (r *deviceResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(r.planDestroy(ctx, req)...)
		return
	}
	plan, diags := configure.Decode[deviceModel](ctx, req.Plan)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	planned, diags := r.plan(ctx, req, plan)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.claim(ctx, planned)...)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, planned)...)
	if req.State.Raw.IsNull() {
		return
	}
	state, diags := configure.Decode[deviceModel](ctx, req.State)
	resp.Diagnostics.Append(diags...)
	if !iotplan.SameHost(planned.DPSHostname, state.DPSHostname) {
		resp.RequiresReplace.Append(path.Root("dps_hostname"))
	}
}

// claim tells the provider block what this block keeps disabled: another resource that says enabled of the same object
// would be undone by it, and undo it, in every apply.
func (r *deviceResource) claim(ctx context.Context, plan deviceModel) diag.Diagnostics {
	blocks := plan.DesiredAccess.ValueString() == iotplan.AccessBlocked
	if !r.Services.Known() || !blocks || plan.RegistrationID.IsUnknown() {
		return nil
	}
	goal, diags := plan.told.expand(ctx)
	by := fmt.Sprintf("azureiot_dps_device_disallow %q", plan.RegistrationID.ValueString())
	host := plan.DPSHostname.ValueString()
	objects := []azure.Object{azure.EnrollmentObject(host, plan.RegistrationID.ValueString())}
	for _, id := range deprovision.SortedIDs(goal.state.Identities) {
		if status := goal.state.Identities[id]; status == deprovision.Disabled || status == deprovision.Absent {
			objects = append(objects, azure.IdentityObject(id.Host, id.DeviceID))
		}
	}
	for _, object := range objects {
		if other, contradicted := r.Services.Claims.Make(azure.ClaimBlocked, object, by); contradicted {
			diags.AddAttributeError(path.Root("registration_id"), "Two resources contradict each other", fmt.Sprintf(
				"%s keeps out a device that %s says is enabled: each apply would undo the other's. Leave the status of that "+
					"resource out, or set desired_access = \"restored\" here.", by, other))
		}
	}
	return diags
}

func (r *deviceResource) plan(
	ctx context.Context, req resource.ModifyPlanRequest, plan deviceModel,
) (deviceModel, diag.Diagnostics) {
	config, diags := configure.Decode[deviceModel](ctx, req.Config)
	if diags.HasError() {
		return plan, diags
	}
	if req.State.Raw.IsNull() {
		plan.DPSHostname = iotplan.Host(
			config.DPSHostname, iottype.Hostname().Null(), r.Services.DPSHost(""), r.Services.Known())
		return r.planCreate(ctx, plan)
	}
	state, more := configure.Decode[deviceModel](ctx, req.State)
	diags.Append(more...)
	remembered, more := memoryKey().Recall(ctx, req.Private)
	if diags.Append(more...); diags.HasError() {
		return plan, diags
	}
	plan.DPSHostname = iotplan.Host(
		config.DPSHostname, state.DPSHostname, r.Services.DPSHost(""), r.Services.Known())
	switch {
	case !state.sameDevice(plan.asked):
		planned, more := r.planReplacement(ctx, plan, state, remembered)
		return planned, append(diags, more...)
	case !configure.Known(ctx, plan.asked):
		planned, more := r.planUnknown(ctx, plan)
		planned.EnrollmentStatus, planned.Reversible = types.StringUnknown(), types.BoolUnknown()
		return planned, append(diags, more...)
	}
	planned, more := r.planUpdate(ctx, plan, state, remembered)
	return planned, append(diags, more...)
}

// planReplacement plans the first half of a replacement. The second is planned for itself once more, without the
// state; here only what prevents it counts.
func (r *deviceResource) planReplacement(
	ctx context.Context, plan, state deviceModel, m memory,
) (deviceModel, diag.Diagnostics) {
	told, diags := reading{}.flatten(ctx, everythingUnknown())
	if state.OnDestroy.ValueString() == iotplan.DestroyPrevent && !m.Unfinished {
		diags.Append(prevented(state, "replace"))
	}
	return deviceModel{asked: plan.asked, told: told}, diags
}

// planUnknown plans when a setting or the provider block is not known yet: what configuration decides alone is planned.
func (r *deviceResource) planUnknown(ctx context.Context, plan deviceModel) (deviceModel, diag.Diagnostics) {
	told, diags := reading{}.flatten(ctx, everythingUnknown())
	told.EnrollmentStatus, told.Reversible = enrollmentGoal(plan), reversibleGoal(plan)
	return deviceModel{asked: plan.asked, told: told}, diags
}

func enrollmentGoal(plan deviceModel) types.String {
	switch {
	case plan.EnrollmentAction.IsUnknown() || plan.DesiredAccess.IsUnknown(),
		plan.DesiredAccess.ValueString() == iotplan.AccessRestored:
		return types.StringUnknown()
	case plan.EnrollmentAction.ValueString() == actionDelete:
		return types.StringValue(string(deprovision.Absent))
	}
	return types.StringValue(string(deprovision.Disabled))
}

// reversibleGoal of a new block depends on configuration alone.
func reversibleGoal(plan deviceModel) types.Bool {
	if plan.EnrollmentAction.IsUnknown() || plan.HubIdentityAction.IsUnknown() {
		return types.BoolUnknown()
	}
	return types.BoolValue(plan.EnrollmentAction.ValueString() != actionDelete &&
		plan.HubIdentityAction.ValueString() != actionDelete)
}

// planCreate looks the device up. The status of the entry depends on configuration alone; without a registration the
// identities are unknown and not none, because the apply blocks whatever has appeared by then.
func (r *deviceResource) planCreate(ctx context.Context, plan deviceModel) (deviceModel, diag.Diagnostics) {
	if !configure.Known(ctx, plan.asked) || !r.Services.Known() {
		return r.planUnknown(ctx, plan)
	}
	want, diags := plan.asked.expand(ctx)
	if diags.HasError() {
		return plan, diags
	}
	if want.restore {
		diags.AddAttributeError(path.Root("desired_access"), "Nothing to restore",
			"A new block has changed nothing yet that could be restored. Create it with desired_access = \"blocked\". "+
				"If Terraform replaces a tainted block here, \"terraform untaint\" keeps what restoring needs.")
		return plan, diags
	}
	a, ask, more := r.arrive(ctx, want, handover{}, false)
	if diags.Append(more...); ask.reader == nil {
		return plan, diags
	}
	diags.Append(ask.createWarnings(a)...)
	diags.Append(ask.unheardOf(a.sight)...)
	diags.Append(ask.standingWarnings(a.sight)...)
	diags.Append(ask.gatewayWarnings(ctx, a.decision.Effects, a.f.Identities)...)
	goal, unknown := planned(a.decision, nil)
	unknown.previous, unknown.paths = true, true // The next try of the device, and the next group, may change them.
	told, more := goal.flatten(ctx, unknown)
	return deviceModel{asked: plan.asked, told: told}, append(diags, more...)
}

// planUpdate plans from prior state and configuration alone. What is asked of the services here only words warnings and
// refuses a plan; it sets no planned value.
func (r *deviceResource) planUpdate(
	ctx context.Context, plan, state deviceModel, m memory,
) (deviceModel, diag.Diagnostics) {
	c, diags := changeOf(ctx, plan, state, m)
	if diags.HasError() {
		return plan, diags
	}
	diags.Append(openWarning(c.want, c.prior))
	if plan.same(state.asked) && !c.acts() {
		return deviceModel{asked: plan.asked, told: state.told}, diags
	}
	diags.Append(r.askAbout(ctx, &c)...)
	diags.Append(updateWarnings(c)...)
	goal, unknown := planned(c.decision, c.prior.paths)
	told, more := goal.flatten(ctx, unknown)
	return deviceModel{asked: plan.asked, told: told}, append(diags, more...)
}

// askAbout refuses to block by deleting the entry without proof that no group can let the device in then, and tells of
// gateways that are shut and of groups that let a restored device in. Nobody is asked while the provider block is not
// known.
func (r *deviceResource) askAbout(ctx context.Context, c *change) diag.Diagnostics {
	if !r.Services.Known() {
		if c.decision.Goal.Enrollment == deprovision.Absent && !c.want.restore && len(c.prior.paths) > 0 {
			return refuseDelete(c.want, deprovision.Evidence{Paths: c.prior.paths})
		}
		return nil
	}
	ask, diags := r.ask(c.want)
	if diags.HasError() {
		return diags
	}
	if c.refusable() || c.want.restore && !c.have.restore {
		evidence, err := c.askGroups(ctx, ask.reader)
		if err != nil {
			return append(diags, ask.lookUpFailed(err))
		}
		c.ways = evidence.Paths
		diags.Append(refuseDelete(c.want, evidence)...)
	}
	return append(diags, ask.gatewayWarnings(ctx, c.decision.Effects, nil)...)
}

// refusable tells whether an update blocks by deleting the entry where none did before, or deletes it again.
func (c change) refusable() bool {
	deletes := c.decision.Goal.Enrollment == deprovision.Absent && c.prior.state.Enrollment != deprovision.Absent
	fresh := c.have.enrollment != deprovision.Deleting || c.have.restore
	return !c.want.restore && c.want.enrollment == deprovision.Deleting && (deletes || fresh)
}

// askGroups finds out which groups could let the device in without its entry.
func (c change) askGroups(ctx context.Context, reader *facts.Reader) (deprovision.Evidence, error) {
	f, err := reader.Governing(ctx, c.want.registrationID)
	return c.want.sight(f, c.m, nil).evidence(), err
}

// planDestroy says that nothing changes in Azure. An unfinished block is never held by prevent, or every later plan
// of the replacement that Terraform makes of it would fail. Terraform 1.11 plans the destroy of a resource that was
// removed from configuration from the state as it was last stored, so that the warning is worded from a fresh look.
func (r *deviceResource) planDestroy(ctx context.Context, req resource.ModifyPlanRequest) diag.Diagnostics {
	state, diags := configure.Decode[deviceModel](ctx, req.State)
	if diags.HasError() {
		return diags
	}
	remembered, more := memoryKey().Recall(ctx, req.Private)
	diags.Append(more...)
	now, more := state.told.expand(ctx)
	if diags.Append(more...); diags.HasError() {
		return diags
	}
	id := state.RegistrationID.ValueString()
	if state.OnDestroy.ValueString() == iotplan.DestroyPrevent && !remembered.Unfinished {
		return append(diags, prevented(state, "destroy"))
	}
	restored := state.DesiredAccess.ValueString() == iotplan.AccessRestored
	if !r.Services.Known() {
		return append(diags, destroyWarning(id, now, false, restored))
	}
	fresh, found := r.lookBeforeDestroy(ctx, state, remembered, now)
	return append(diags, destroyWarning(id, fresh, found, restored))
}

// lookBeforeDestroy is where the device stands now, with the groups that would let it in; found is false when that
// could not be read, and what was last known is returned.
func (r *deviceResource) lookBeforeDestroy(
	ctx context.Context, state deviceModel, m memory, last reading,
) (now reading, found bool) {
	want, diags := state.asked.expand(ctx)
	if diags.HasError() {
		return last, false
	}
	ask, diags := r.ask(want)
	if diags.HasError() {
		return last, false
	}
	f, err := ask.reader.Refresh(ctx, want.question(m, last))
	if err != nil {
		return last, false
	}
	if f.Groups, err = ask.reader.FreshGroups(ctx); err == nil {
		f.Listed = true
	}
	return last.at(want.sight(f, m, last.paths).evidence()), true
}
