// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// ModifyPlan plans what is computed and says what a change leads to. What is planned for an identity that exists comes
// from configuration and prior state alone; the hub is asked about one that is to be made, and for warnings.
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
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	plan, diags = r.planHost(config, plan, prior)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.claimEnabled(config, plan)...)
	if resp.Diagnostics.Append(r.refused(plan)...); resp.Diagnostics.HasError() {
		return
	}
	switch {
	case prior == nil:
		plan, diags = r.birth(ctx, resp.Private, config, planCreate(config, plan))
		resp.Diagnostics.Append(diags...)
	case plan.DeviceID.Equal(prior.DeviceID) && sameHost(plan, *prior):
		plan = planUpdate(config, plan, *prior, remembered)
		resp.Diagnostics.Append(changeWarnings(plan, *prior, sendsKeys(config, *prior))...)
	default:
		plan = planCreate(config, plan)
		resp.Diagnostics.Append(planReplacement(*prior)...)
		resp.Diagnostics.Append(noteMove(ctx, resp.Private, config, plan, *prior)...)
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
	plan.IoTHubHostname = iotplan.Host(config.IoTHubHostname, before, r.Services.HubHost(""), r.Services.Known())
	if plan.IoTHubHostname.IsNull() {
		_, diags := openHub(r.Services, "")
		return plan, diags
	}
	return plan, nil
}

// refused is the want of a credential for the hub: what cannot be applied does not plan.
func (r *identityResource) refused(plan identityModel) diagnostics {
	if !r.Services.Known() || plan.IoTHubHostname.IsUnknown() {
		return nil
	}
	_, diags := openHub(r.Services, plan.IoTHubHostname.ValueString())
	return diags
}

// claimEnabled has a configuration that writes "enabled" out contradict a composite of the same provider block that
// blocks the device: each apply of the one would undo the other's.
func (r *identityResource) claimEnabled(config, plan identityModel) diagnostics {
	host, id := plan.IoTHubHostname.ValueString(), plan.DeviceID.ValueString()
	explicit := config.Status.ValueString() == aziothub.StatusEnabled
	if !explicit || r.Services == nil || host == "" || id == "" {
		return nil
	}
	by := fmt.Sprintf("%s %q", resourceType, id)
	block, contradicted := r.Services.Claims.Make(azure.ClaimEnabled, azure.IdentityObject(host, id), by)
	if !contradicted {
		return nil
	}
	return diagnostics{iotplan.EnabledAndBlocked(statusName, noun, id, host, block)}
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
	return managedNow || len(differences(prior.managed(), plan.managed())) > 0
}

func planReplacement(prior identityModel) diagnostics {
	if prior.OnDestroy.ValueString() == iotplan.DestroyPrevent {
		return diagnostics{prevented(prior, "replace")}
	}
	return diagnostics{destroyed(prior, prior)}
}
