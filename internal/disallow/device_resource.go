// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

// noun names the resource in sentences.
const noun = "disallow of device"

// deviceResource is azureiot_dps_device_disallow: one device kept out of DPS and of its hubs. Its identity is the
// registration ID at a DPS instance. Deleting it forgets it and changes nothing in Azure.
type deviceResource struct {
	configure.Resource[*azure.Services]
}

var (
	_ resource.ResourceWithConfigure      = &deviceResource{}
	_ resource.ResourceWithValidateConfig = &deviceResource{}
	_ resource.ResourceWithModifyPlan     = &deviceResource{}
	_ resource.ResourceWithImportState    = &deviceResource{}
)

// NewDeviceResource makes azureiot_dps_device_disallow.
func NewDeviceResource() resource.Resource { return &deviceResource{} }

// Metadata names the resource.
func (r *deviceResource) Metadata(
	_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_dps_device_disallow"
}

// Schema describes the resource.
func (r *deviceResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = deviceSchema()
}

// ValidateConfig checks what no attribute can check by itself.
func (r *deviceResource) ValidateConfig(
	ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse,
) {
	config, diags := configure.Decode[deviceModel](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(config.validate()...)
}

// Create blocks the device. Every error here taints the object, and Terraform then replaces it: the delete half changes
// nothing, and the create half recognises the entry by its mark, so that the device stays blocked throughout.
func (r *deviceResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan, diags := configure.Decode[deviceModel](ctx, req.Plan)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	out, diags := r.create(ctx, plan)
	resp.Diagnostics.Append(diags...)
	out.memory.Unfinished = resp.Diagnostics.HasError()
	if out.memory.Unfinished {
		if !out.keep {
			return // Nothing was written: no state, no taint, and the next plan is a clean create.
		}
		plan.DeleteRegistration = out.ledger.registrationDeleted(plan)
	}
	resp.Diagnostics.Append(out.store(ctx, plan.asked, resp.Private, &resp.State)...)
}

// Read looks up what has drifted. A hub that cannot be read is a warning and reads unreachable: the rest stays
// readable. An entry that is gone reads absent; the resource stays, so that the next plan makes the entry again in
// place.
func (r *deviceResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state, diags := configure.Decode[deviceModel](ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	if !r.Services.Known() && !state.imported() {
		resp.Diagnostics.Append(iotdiag.NotRefreshed(noun, state.RegistrationID.ValueString()))
		return
	}
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	var out outcome
	if state.imported() {
		state, out, diags = r.completeImport(ctx, state)
	} else {
		out, diags = r.refresh(ctx, state, remembered)
	}
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(out.store(ctx, state.asked, resp.Private, &resp.State)...)
}

// Update touches what the planned effects name and nothing else. When it fails, the state says what is true and keeps
// the former settings, so that the next plan takes up what is left; also what was found out without a write is kept,
// or the next plan could not show it.
func (r *deviceResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan, diags := configure.Decode[deviceModel](ctx, req.Plan)
	resp.Diagnostics.Append(diags...)
	state, diags := configure.Decode[deviceModel](ctx, req.State)
	resp.Diagnostics.Append(diags...)
	config, diags := configure.Decode[deviceModel](ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	written := plan
	if !config.CertificatePEM.IsNull() && !config.CertificatePEM.IsUnknown() {
		written.CertificatePEM = config.CertificatePEM // The state may keep only its stand-in.
	}
	out, diags := r.update(ctx, written, state, remembered)
	resp.Diagnostics.Append(diags...)
	settled := plan
	if resp.Diagnostics.HasError() {
		if !out.keep {
			return // Nothing was found out: the state stays as it is.
		}
		settled = state
		if out.ledger.touched {
			out.memory.Unfinished = true
			settled = state.unfinished(plan, out.ledger.registrationDeleted(plan))
		}
	} else {
		out.memory.Unfinished = false
	}
	resp.Diagnostics.Append(out.store(ctx, settled.asked, resp.Private, &resp.State)...)
}

// Delete changes nothing in Azure. What the object knows about the time before the block is left for a Create of the
// same device in this apply, which is what a replacement is.
func (r *deviceResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state, diags := configure.Decode[deviceModel](ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() || r.Services == nil {
		return
	}
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	reading, diags := state.told.expand(ctx)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	host := r.Services.DPSHost(state.DPSHostname.ValueString())
	azure.Leave(&r.Services.Handover, azure.EnrollmentObject(host, state.RegistrationID.ValueString()),
		handover{reading, remembered, state.DesiredAccess.ValueString() == wantRestored})
}

// reader asks the services about the device.
func (r *deviceResource) reader(want wanted) (*facts.Reader, diagnostics) {
	reader, err := facts.NewReader(r.Services, want.dpsHostname)
	if err != nil {
		return nil, diagnostics{iotdiag.NotConfigured(path.Root("dps_hostname"), err)}
	}
	return reader, nil
}
