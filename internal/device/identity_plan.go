// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// ModifyPlan plans what is computed and says what a change leads to. It asks no hub: what is planned comes from
// configuration and prior state alone.
func (r *identityResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if req.Plan.Raw.IsNull() {
		r.planDestroy(ctx, req, resp)
		return
	}
	config, diags := configure.Decode[identityModel](ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	plan, diags := configure.Decode[identityModel](ctx, req.Plan)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	var prior *identityModel
	if !req.State.Raw.IsNull() {
		state, diags := configure.Decode[identityModel](ctx, req.State)
		resp.Diagnostics.Append(diags...)
		prior = &state
	}
	remembered, diags := recall(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	plan, diags = r.planHost(config, plan, prior)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	switch {
	case prior == nil:
		plan = planCreate(config, plan)
	case plan.DeviceID.Equal(prior.DeviceID) && sameHost(plan, *prior):
		plan = planUpdate(config, plan, *prior, remembered)
		resp.Diagnostics.Append(changeWarnings(plan, *prior, sendsKeys(config, *prior))...)
	default:
		plan = planCreate(config, plan)
		resp.Diagnostics.Append(planReplacement(*prior)...)
		if !sameHost(plan, *prior) {
			resp.RequiresReplace = append(resp.RequiresReplace, path.Root(hostnameName))
		}
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
}

// planHost plans the hub: the configured one in the spelling that it has in state, or the provider block's.
func (r *identityResource) planHost(
	config, plan identityModel, prior *identityModel,
) (identityModel, diagnostics) {
	before := iottype.Hostname().Null()
	if prior != nil {
		before = prior.IoTHubHostname
	}
	plan.IoTHubHostname = iotplan.Host(config.IoTHubHostname, before, r.host(config), r.Services.Known())
	if plan.IoTHubHostname.IsNull() {
		return plan, diagnostics{noHub()}
	}
	return plan, nil
}

func sameHost(a, b identityModel) bool { return iotplan.SameHost(a.IoTHubHostname, b.IoTHubHostname) }

// planCreate plans a new identity.
func planCreate(config, plan identityModel) identityModel {
	plan.StatusReason = config.StatusReason
	plan.DeviceScope = plannedScope(plan, types.StringUnknown())
	plan.GenerationID = types.StringUnknown()
	return plan
}

// planUpdate plans a change in place.
func planUpdate(config, plan, prior identityModel, remembered memory) identityModel {
	plan.StatusReason = plannedReason(config, plan, prior, remembered)
	plan.DeviceScope = plannedScope(plan, types.StringUnknown())
	if prior.EdgeEnabled.ValueBool() {
		plan.DeviceScope = plannedScope(plan, prior.DeviceScope)
	}
	plan.GenerationID = prior.GenerationID
	return plan
}

// plannedReason is the configured reason. Left out, the reason stays as it is found; it is cleared when it was
// configuration's before, and when this plan enables the identity, whose reason for being disabled it was.
func plannedReason(config, plan, prior identityModel, remembered memory) types.String {
	enables := plan.Status.ValueString() == aziothub.StatusEnabled &&
		prior.Status.ValueString() == aziothub.StatusDisabled
	switch {
	case !config.StatusReason.IsNull():
		return config.StatusReason
	case remembered.ReasonConfigured, enables:
		return types.StringNull()
	case plan.Status.IsUnknown():
		return types.StringUnknown()
	}
	return prior.StatusReason
}

// plannedScope is null for a leaf; an edge device's is edge.
func plannedScope(plan identityModel, edge types.String) types.String {
	switch {
	case plan.EdgeEnabled.IsUnknown():
		return types.StringUnknown()
	case plan.EdgeEnabled.ValueBool():
		return edge
	}
	return types.StringNull()
}

// sendsKeys tells whether an update sends the keys of configuration: their version has moved, or the device had no
// keys. Keys that are not known yet count, since they will be there at apply.
func sendsKeys(config, prior identityModel) bool {
	if config.Authentication.IsUnknown() || config.Authentication.Attributes()[primaryKeyName] == nil ||
		config.Authentication.Attributes()[primaryKeyName].IsNull() {
		return false
	}
	had := expandAuthentication(prior.Authentication)
	return had == nil || had.kind != aziothub.AuthenticationSAS ||
		!keysVersion(config.Authentication).Equal(keysVersion(prior.Authentication))
}

// differ tells whether a planned identity is not as it was. Authentication that was left as found may be anything.
func differ(plan, prior identityModel) bool {
	managedNow := prior.Authentication.IsNull() && !plan.Authentication.IsNull()
	return managedNow || len(differences(prior.settings(), plan.settings())) > 0
}

func planReplacement(prior identityModel) diagnostics {
	if prior.OnDestroy.ValueString() == iotplan.DestroyPrevent {
		return diagnostics{prevented(prior, "replace")}
	}
	return diagnostics{destroyed(prior)}
}

// planDestroy says what destroying leads to, and notes in the plan that it is one.
func (r *identityResource) planDestroy(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	state, diags := configure.Decode[identityModel](ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	if state.OnDestroy.ValueString() == iotplan.DestroyPrevent {
		resp.Diagnostics.Append(prevented(state, "destroy"))
		return
	}
	resp.Diagnostics.Append(destroyed(state))
	resp.Diagnostics.Append(markDestroy(ctx, resp.Private)...)
}
