// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

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
		return r.planUnknown(ctx, plan)
	}
	planned, more := planUpdate(ctx, plan, state, remembered)
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
			"A new block has changed nothing yet that could be restored. Create it with desired_access = \"blocked\".")
		return plan, diags
	}
	answer, err := e.lookUp(ctx)
	if err != nil {
		diags.Append(e.lookUpFailed(err))
		return plan, diags
	}
	e.take(answer)
	diags.Append(e.refuseDelete(e.now.paths)...)
	goal, unknown := e.createGoal()
	diags.Append(e.createWarnings(answer, goal)...)
	diags.Append(e.hubWarnings()...)
	planned, more := plan.withReadings(ctx, goal, unknown)
	planned.Reversible = reversibleGoal(plan)
	return planned, append(diags, more...)
}

// createGoal is what a new block leads to, and what of it only the apply can tell.
func (e *enforcement) createGoal() (readings, unknowns) {
	picture, effects := e.blockEffects(e.now.picture)
	if e.want.deleteRegistration {
		effects = append(effects, deprovision.DeleteRegistration(e.want.registrationID))
		deprovision.SortEffects(effects)
	}
	goal := readings{
		picture: picture, origin: originOf(e.entry), effects: effects,
		access: deprovision.AccessOf(picture.Enrollment, picture.Statuses(), e.pathsAfter(picture.Enrollment)),
	}
	unknown := unknowns{previous: true, paths: true}
	if located := len(picture.Identities) > 0; !located || anyUnreachable(picture) {
		unknown.identities, unknown.effects = true, true
		unknown.access = e.want.identities == deprovision.Keeping || anyUnverified(picture)
		if !unknown.access {
			goal.access = deprovision.Blocked
		}
	}
	return goal, unknown
}

// pathsAfter are the re-enrollment paths that count once the entry has the given status. Deleting it is refused while
// there is any.
func (e *enforcement) pathsAfter(enrollment deprovision.Status) []deprovision.ReenrollPath {
	if enrollment == deprovision.Absent {
		return e.now.paths
	}
	return nil
}

func anyUnreachable(picture deprovision.Picture) bool {
	return anyWith(picture, deprovision.Unreachable)
}
func anyUnverified(picture deprovision.Picture) bool { return anyWith(picture, deprovision.Unverified) }

func anyWith(picture deprovision.Picture, status deprovision.Status) bool {
	for _, identity := range picture.Identities {
		if identity.Status == status {
			return true
		}
	}
	return false
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
