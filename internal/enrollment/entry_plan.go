// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// ModifyPlan plans what is computed and says what a change leads to.
func (r *entryResource[M]) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if req.Plan.Raw.IsNull() {
		state, diags := decode[M](ctx, req.State)
		if resp.Diagnostics.Append(diags...); !diags.HasError() {
			resp.Diagnostics.Append(r.planDestroy(ctx, state)...)
		}
		return
	}
	plan, diags := decode[M](ctx, req.Plan)
	resp.Diagnostics.Append(diags...)
	prior := nullModel("", "")
	isNew := req.State.Raw.IsNull()
	if !isNew {
		prior, diags = decode[M](ctx, req.State)
		resp.Diagnostics.Append(diags...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	plan.Certificates = r.plannedCertificates(plan, prior)
	if !isNew {
		resp.Diagnostics.Append(r.planChange(plan, prior)...)
		if plan.DPSHostname.IsUnknown() || !r.sameInstance(plan, prior) {
			resp.RequiresReplace.Append(path.Root(dpsHostnameName))
		}
	}
	if r.Services != nil {
		resp.Diagnostics.Append(r.certificateWarnings(plan, r.Services.Now())...)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, r.of(plan))...)
}

func (r *entryResource[M]) plannedCertificates(plan, prior model) types.Object {
	x509 := objectIn(plan.Attestation, x509Name)
	slots, _ := x509.Attributes()[r.kind.shape.certificates].(types.Object)
	if plan.Attestation.IsUnknown() || x509.IsUnknown() || slots.IsUnknown() {
		return unknownCertificates()
	}
	return certificates(r.kind.shape.decode(plan.Attestation).certificates, prior.Certificates, nil)
}

// planChange warns of what an update or a replacement leads to.
func (r *entryResource[M]) planChange(plan, prior model) diagnostics {
	id := prior.ID.ValueString()
	if !r.sameEntry(plan, prior) {
		if prior.OnDestroy.ValueString() == iotplan.DestroyPrevent {
			return diagnostics{prevented(r.kind, id, "replace")}
		}
		return nil
	}
	if plan.ProvisioningStatus.ValueString() == azdps.StatusEnabled &&
		prior.ProvisioningStatus.ValueString() == azdps.StatusDisabled {
		return diagnostics{enabledAgain(r.kind, id, blockOf(prior))}
	}
	return nil
}

// sameEntry tells whether both models name the same entry; one whose name is not known yet may be the same.
func (r *entryResource[M]) sameEntry(plan, prior model) bool {
	sameID := plan.ID.IsUnknown() || iottype.RegistrationID().Same(plan.ID.ValueString(), prior.ID.ValueString())
	return sameID && (plan.DPSHostname.IsUnknown() || r.sameInstance(plan, prior))
}

// sameInstance tells whether both models mean the same DPS instance, be it by name or as the provider block's.
func (r *entryResource[M]) sameInstance(plan, prior model) bool {
	host := func(m model) string {
		if r.Services == nil || isSet(m.DPSHostname) {
			return m.DPSHostname.ValueString()
		}
		return r.Services.DPSHost("")
	}
	return iottype.Hostname().Same(host(plan), host(prior))
}

// blockOf names the block that disabled the entry, if its mark is on it: azureiot_dps_device_disallow marks the entries
// that it makes in their device information.
func blockOf(prior model) string {
	var information struct {
		Mark *struct {
			Reason string `json:"reason"`
		} `json:"azureiotDisallow"`
	}
	if !isSet(prior.DeviceInformation) ||
		json.Unmarshal([]byte(prior.DeviceInformation.ValueString()), &information) != nil || information.Mark == nil {
		return ""
	}
	text := "It was made by azureiot_dps_device_disallow to block the device"
	if information.Mark.Reason != "" {
		text += fmt.Sprintf(" (reason: %q)", information.Mark.Reason)
	}
	return text + "; lift the block there."
}
