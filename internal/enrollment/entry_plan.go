// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// ModifyPlan plans what is computed and says what a change leads to.
func (r *entryResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if req.Plan.Raw.IsNull() {
		state, diags := r.kind.decode(ctx, req.State)
		if resp.Diagnostics.Append(diags...); !diags.HasError() {
			resp.Diagnostics.Append(r.planDestroy(ctx, resp.Private, state)...)
		}
		return
	}
	plan, diags := r.kind.decode(ctx, req.Plan)
	resp.Diagnostics.Append(diags...)
	prior := newModel("", "")
	isNew := req.State.Raw.IsNull()
	if !isNew {
		prior, diags = r.kind.decode(ctx, req.State)
		resp.Diagnostics.Append(diags...)
	}
	config, diags := r.kind.decode(ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	prior.DPSHostname = r.hostOf(prior, isNew)
	plan.DPSHostname = iotplan.Host(config.DPSHostname, prior.DPSHostname, r.Services.DPSHost(""), r.Services.Known())
	if plan.DPSHostname.IsNull() {
		resp.Diagnostics.Append(r.noInstance())
		return
	}
	resp.Diagnostics.Append(r.claimEnabled(config, plan)...)
	if resp.Diagnostics.Append(r.refused(plan, isNew)...); resp.Diagnostics.HasError() {
		return
	}
	plan.Certificates = r.plannedCertificates(plan, prior)
	if isNew {
		plan, diags = r.birth(ctx, resp.Private, config, plan)
		resp.Diagnostics.Append(diags...)
	} else {
		resp.Diagnostics.Append(r.noteMove(ctx, resp.Private, config, plan, prior)...)
		resp.Diagnostics.Append(r.planChange(ctx, plan, prior)...)
		if !iotplan.SameHost(plan.DPSHostname, prior.DPSHostname) {
			resp.RequiresReplace.Append(path.Root(dpsHostnameName))
		}
	}
	if r.Services != nil {
		resp.Diagnostics.Append(r.certificateWarnings(plan, r.Services.Now())...)
	}
	resp.Diagnostics.Append(r.set(ctx, &resp.Plan, plan)...)
}

func (r *entryResource) plannedCertificates(plan, prior model) types.Object {
	x509 := objectIn(plan.Attestation, x509Name)
	slots, _ := x509.Attributes()[r.kind.shape.certificates].(types.Object)
	if plan.Attestation.IsUnknown() || x509.IsUnknown() || slots.IsUnknown() {
		return unknownCertificates()
	}
	return certificates(r.kind.shape.decode(plan.Attestation).certificates, prior.Certificates, nil)
}

// planChange warns of what an update or a replacement leads to.
func (r *entryResource) planChange(ctx context.Context, plan, prior model) diag.Diagnostics {
	id := prior.ID.ValueString()
	if !r.sameEntry(plan, prior) {
		if prior.OnDestroy.ValueString() == iotplan.DestroyPrevent {
			return diag.Diagnostics{prevented(r.kind, prior, "replace")}
		}
		return r.planLoss(ctx, prior)
	}
	was := prior.ProvisioningStatus.ValueString()
	switch is := plan.ProvisioningStatus.ValueString(); {
	case is == azdps.StatusEnabled && was == azdps.StatusDisabled:
		return diag.Diagnostics{enabledAgain(r.kind, id, blockOf(prior))}
	case is == azdps.StatusDisabled && was == azdps.StatusEnabled:
		return r.hubAccess(ctx, sighting{model: prior})
	}
	return nil
}

// planLoss warns of what it leads to that an entry of another name takes the place of this one.
func (r *entryResource) planLoss(ctx context.Context, prior model) diag.Diagnostics {
	found, _, diags := r.lookAt(ctx, prior)
	if found != nil {
		diags.Append(r.destroyed(ctx, *found, prior)...)
	}
	return diags
}

// sameEntry tells whether both models name the same entry; one whose name is not known yet may be the same.
func (r *entryResource) sameEntry(plan, prior model) bool {
	sameID := plan.ID.IsUnknown() || iottype.RegistrationID().Same(plan.ID.ValueString(), prior.ID.ValueString())
	return sameID && (plan.DPSHostname.IsUnknown() || iotplan.SameHost(plan.DPSHostname, prior.DPSHostname))
}

// hostOf is the DPS instance that an entry is in; null for a new one. A state without one means the provider block's.
func (r *entryResource) hostOf(prior model, isNew bool) iottype.TextValue {
	if host := r.Services.DPSHost(""); !isNew && !iottype.IsSet(prior.DPSHostname) && host != "" {
		return iottype.Hostname().Value(host)
	}
	return prior.DPSHostname
}

// noInstance is the error of a plan for which nothing names a DPS instance.
func (r *entryResource) noInstance() diag.Diagnostic {
	_, err := r.Services.DPS("")
	return iotdiag.NotConfigured(path.Root(dpsHostnameName), err)
}

// claimEnabled has a configuration that writes "enabled" out contradict a composite of the same provider block that
// blocks the device: each apply of the one would undo the other's.
func (r *entryResource) claimEnabled(config, plan model) diag.Diagnostics {
	host, id := plan.DPSHostname.ValueString(), plan.ID.ValueString()
	explicit := config.ProvisioningStatus.ValueString() == azdps.StatusEnabled
	if !explicit || r.Services == nil || host == "" || id == "" {
		return nil
	}
	by := fmt.Sprintf("azureiot_%s %q", r.kind.typeName, id)
	block, contradicted := r.Services.Claims.Make(azure.ClaimEnabled, r.kind.object(host, id), by)
	if !contradicted {
		return nil
	}
	return diag.Diagnostics{iotplan.EnabledAndBlocked(statusName, r.kind.noun, id, host, block)}
}

// blockOf names the block that disabled the entry, if its mark is on it: azureiot_dps_device_disallow marks the entries
// that it makes in their device information.
func blockOf(prior model) string {
	mark := facts.ReadMark([]byte(prior.DeviceInformation.ValueString()))
	if mark == nil {
		return ""
	}
	text := "It was made by azureiot_dps_device_disallow to block the device"
	if mark.Reason != "" {
		text += fmt.Sprintf(" (reason: %q)", mark.Reason)
	}
	return text + "; lift the block there."
}
