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
	for _, id := range deprovision.SortedIDs(goal.State.Identities) {
		if status := goal.State.Identities[id]; status == deprovision.Disabled || status == deprovision.Absent {
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
	told, diags := flatten(ctx, deprovision.Block{}, everythingUnknown())
	if state.OnDestroy.ValueString() == iotplan.DestroyPrevent && !m.Unfinished {
		diags.Append(prevented(state, "replace"))
	}
	return deviceModel{asked: plan.asked, told: told}, diags
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
	ctx context.Context, state deviceModel, m memory, last deprovision.Block,
) (now deprovision.Block, found bool) {
	want, diags := state.asked.expand(ctx)
	if diags.HasError() {
		return last, false
	}
	ask, diags := r.ask(want)
	if diags.HasError() {
		return last, false
	}
	q := want.question(m, last)
	q.Settled = false // The warning tells more than that nothing has changed.
	f, _, err := ask.reader.Refresh(ctx, q)
	if err != nil {
		return last, false
	}
	if f.Groups, err = ask.reader.FreshGroups(ctx); err == nil {
		f.Listed = true
	}
	return last.At(want.sight(f, m, last.Paths).evidence()), true
}

func everythingUnknown() unknowns {
	return unknowns{
		enrollment: true, identities: true, access: true, origin: true, previous: true, reversible: true, effects: true,
		paths: true,
	}
}

// destroyWarning says where the device stands when nobody watches it any more. Removing the entry by hand afterwards
// would let it in.
func destroyWarning(id string, now deprovision.Block, fresh, restored bool) diag.Diagnostic {
	asOf := ""
	if !fresh {
		asOf = "The services could not be asked: this is what was last known."
	}
	if restored || now.State.Enrollment == deprovision.Enabled || now.Access == deprovision.Allowed {
		return warning("Device is not watched any more", fmt.Sprintf(
			"Destroying changes nothing in Azure. Device %q is not blocked by this resource now, and nobody watches it any "+
				"more.",
			id), asOf)
	}
	entry := fmt.Sprintf("its individual enrollment stays %s", now.State.Enrollment)
	for _, identity := range deprovision.SortedIDs(now.State.Identities) {
		entry += fmt.Sprintf(", its identity %s stays %s", identity, now.State.Identities[identity])
	}
	back := ""
	if len(now.Paths) > 0 && now.State.Enrollment == deprovision.Disabled {
		back = fmt.Sprintf("Do not delete the disabled individual enrollment by hand: these enabled groups could then let "+
			"the device in again: %s.", deprovision.NamePaths(now.Paths))
	}
	if now.Access == deprovision.PartiallyBlocked {
		return warning("Device stays blocked in DPS only", fmt.Sprintf(
			"Destroying changes nothing in Azure, and nobody watches device %q any more. DPS keeps refusing it, but a hub may "+
				"still let it in (%s).", id, entry), back, asOf)
	}
	return warning("Device stays blocked", fmt.Sprintf(
		"Destroying changes nothing in Azure. Device %q stays blocked (%s); Terraform only forgets it. To let a device in "+
			"again, set desired_access = \"restored\" and apply.", id, entry), back, asOf)
}

func prevented(m deviceModel, verb string) diag.Diagnostic {
	return iotplan.Prevented(noun, m.RegistrationID.ValueString(), m.DPSHostname.ValueString(), verb)
}
