// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
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
	resp.Diagnostics.Append(resp.Plan.Set(ctx, planned)...)
}

func (r *deviceResource) plan(
	ctx context.Context, req resource.ModifyPlanRequest, plan deviceModel,
) (deviceModel, diagnostics) {
	if req.State.Raw.IsNull() {
		return r.planCreate(ctx, plan)
	}
	state, diags := configure.Decode[deviceModel](ctx, req.State)
	if diags.HasError() {
		return plan, diags
	}
	remembered, more := recall(ctx, req.Private)
	if diags.Append(more...); diags.HasError() {
		return plan, diags
	}
	if !sameDevice(state, plan) {
		// The replacement is planned for itself once more, without the state; here only what prevents it counts.
		planned, more := plan.withReadings(ctx, readings{picture: emptyPicture()}, everythingUnknown())
		diags.Append(more...)
		if state.OnDestroy.ValueString() == destroyPrevent && !remembered.Unfinished {
			diags.AddAttributeError(path.Root("registration_id"), "Disallow is held by on_destroy",
				prevented(state.RegistrationID.ValueString(), "replace"))
		}
		return planned, diags
	}
	if !plan.settingsKnown() {
		planned, more := r.planUnknown(ctx, plan)
		planned.EnrollmentStatus, planned.Reversible = types.StringUnknown(), types.BoolUnknown()
		return planned, append(diags, more...)
	}
	planned, more := r.planUpdate(ctx, plan, state, remembered)
	return planned, append(diags, more...)
}

func sameDevice(a, b deviceModel) bool {
	return !b.RegistrationID.IsUnknown() && !b.DPSHostname.IsUnknown() &&
		strings.EqualFold(a.RegistrationID.ValueString(), b.RegistrationID.ValueString()) &&
		strings.EqualFold(a.DPSHostname.ValueString(), b.DPSHostname.ValueString())
}

func emptyPicture() deprovision.Picture {
	return deprovision.Picture{Identities: map[string]deprovision.Identity{}}
}

func everythingUnknown() unknowns {
	return unknowns{
		identities: true, access: true, origin: true, previous: true, effects: true, paths: true,
	}
}

// planUnknown plans when a setting or the provider block is not known yet: what configuration decides alone is planned.
func (r *deviceResource) planUnknown(ctx context.Context, plan deviceModel) (deviceModel, diagnostics) {
	goal := readings{picture: emptyPicture(), access: deprovision.Blocked}
	unknown := everythingUnknown()
	planned, diags := plan.withReadings(ctx, goal, unknown)
	planned.EnrollmentStatus = enrollmentGoal(plan)
	planned.Reversible = reversibleGoal(plan)
	return planned, diags
}

func enrollmentGoal(plan deviceModel) types.String {
	switch {
	case plan.EnrollmentAction.IsUnknown() || plan.DesiredAccess.IsUnknown(),
		plan.DesiredAccess.ValueString() == wantRestored:
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
// hubs are unknown and not empty, because the apply blocks whatever has appeared by then.
func (r *deviceResource) planCreate(ctx context.Context, plan deviceModel) (deviceModel, diagnostics) {
	if !plan.settingsKnown() || !r.Services.Known() {
		return r.planUnknown(ctx, plan)
	}
	e, diags := r.newEnforcement(ctx, plan)
	if diags.HasError() {
		return plan, diags
	}
	if e.want.restore {
		diags.AddAttributeError(path.Root("desired_access"), "Nothing to restore",
			"A new block has changed nothing yet that could be restored. Create it with desired_access = \"blocked\". "+
				"If Terraform replaces a tainted block here, \"terraform untaint\" keeps what restoring needs.")
		return plan, diags
	}
	if err := e.lookUp(ctx, nil); err != nil {
		diags.Append(e.lookUpFailed(err))
		return plan, diags
	}
	diags.Append(e.refuseDelete(e.now.paths)...)
	goal, unknown := e.createGoal()
	diags.Append(e.createWarnings(goal, unknown)...)
	diags.Append(e.hubWarnings()...)
	diags.Append(e.gatewayWarnings(ctx, goal.effects)...)
	planned, more := plan.withReadings(ctx, goal, unknown)
	return planned, append(diags, more...)
}

// planUpdate plans from prior state and configuration alone. What is asked of the services here only words warnings and
// refuses a plan; it sets no planned value.
func (r *deviceResource) planUpdate(
	ctx context.Context, plan, state deviceModel, remembered memory,
) (deviceModel, diagnostics) {
	want, diags := plan.settings(ctx)
	have, more := state.settings(ctx)
	diags.Append(more...)
	prior, more := state.readings(ctx)
	if diags.Append(more...); diags.HasError() {
		return plan, diags
	}
	u := newUpdatePlan(want, have, prior, remembered)
	diags.Append(openWarning(want, prior))
	if plan.sameSettings(state) && !u.changes() {
		return state.copySettings(plan), diags
	}
	diags.Append(updateWarnings(want, have, prior, u)...)
	e := &enforcement{services: r.Services, want: want}
	if r.Services.Known() {
		if e, more = r.newEnforcement(ctx, plan); more.HasError() {
			return plan, append(diags, more...)
		}
	}
	e.memory, e.now = remembered, prior
	diags.Append(e.askAbout(ctx, u, have)...)
	planned, more := plan.withReadings(ctx, u.goal, u.unknown)
	return planned, append(diags, more...)
}

// askAbout refuses to block by deleting the entry while there is a way back, and tells of gateways that are shut.
// Nobody is asked while the provider block is not known.
func (e *enforcement) askAbout(ctx context.Context, u updatePlan, have settings) diagnostics {
	var diags diagnostics
	deletes := slices.ContainsFunc(u.goal.effects, func(effect deprovision.Effect) bool {
		return effect.Target == deprovision.TargetEnrollment && effect.Action == deprovision.Delete
	})
	fresh := have.enrollment != deprovision.Deleting || have.restore
	if !e.want.restore && (deletes || e.want.enrollment == deprovision.Deleting && fresh) {
		paths := e.now.paths
		if u.unknown.paths && e.asker != nil { // Another certificate matches other groups.
			var err error
			if paths, err = e.askPaths(ctx); err != nil {
				diags.Append(e.lookUpFailed(err))
				return diags
			}
		}
		diags.Append(e.refuseDelete(paths)...)
	}
	if e.asker == nil {
		return diags
	}
	return append(diags, e.gatewayWarnings(ctx, u.goal.effects)...)
}

// planDestroy says that nothing changes in Azure. An unfinished block is never held by prevent, or every later plan
// of the replacement that Terraform makes of it would fail.
func (r *deviceResource) planDestroy(ctx context.Context, req resource.ModifyPlanRequest) diagnostics {
	state, diags := configure.Decode[deviceModel](ctx, req.State)
	if diags.HasError() {
		return diags
	}
	remembered, more := recall(ctx, req.Private)
	diags.Append(more...)
	readings, more := state.readings(ctx)
	if diags.Append(more...); diags.HasError() {
		return diags
	}
	id := state.RegistrationID.ValueString()
	if state.OnDestroy.ValueString() == destroyPrevent && !remembered.Unfinished {
		diags.AddError("Disallow is held by on_destroy", prevented(id, "destroy"))
		return diags
	}
	diags.Append(destroyWarning(id, readings))
	return diags
}
