// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

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
	e, diags := r.newEnforcement(ctx, plan)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(e.create(ctx, plan)...)
	e.memory.Unfinished = resp.Diagnostics.HasError()
	if e.memory.Unfinished {
		if !e.touched && !e.replacing {
			return // Nothing was written: no state, no taint, and the next plan is a clean create.
		}
		plan.DeleteRegistration = e.registrationDeleted(plan)
	}
	state, diags := plan.withReadings(ctx, e.now, unknowns{})
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(e.memory.keep(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
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
		resp.Diagnostics.Append(iotdiag.NotRefreshed("disallow of device", state.RegistrationID.ValueString()))
		return
	}
	remembered, diags := recall(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	e, diags := r.newEnforcement(ctx, state)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	e.memory = remembered
	resp.Diagnostics.Append(e.refresh(ctx, state)...)
	if !resp.Diagnostics.HasError() && state.imported() {
		state, diags = e.completeImport(state)
		resp.Diagnostics.Append(diags...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	state, diags = state.withReadings(ctx, e.now, unknowns{})
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(e.memory.keep(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// Update touches what the planned effects name and nothing else. When it fails, the state says what is true and keeps
// the former settings, so that the next plan takes up what is left.
func (r *deviceResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan, diags := configure.Decode[deviceModel](ctx, req.Plan)
	resp.Diagnostics.Append(diags...)
	state, diags := configure.Decode[deviceModel](ctx, req.State)
	resp.Diagnostics.Append(diags...)
	config, diags := configure.Decode[deviceModel](ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	remembered, diags := recall(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	e, diags := r.newEnforcement(ctx, plan)
	resp.Diagnostics.Append(diags...)
	if diags = e.writesCertificateOf(config); resp.Diagnostics.HasError() || diags.HasError() {
		resp.Diagnostics.Append(diags...)
		return
	}
	e.memory = remembered
	resp.Diagnostics.Append(e.update(ctx, plan, state)...)
	e.memory.Unfinished = resp.Diagnostics.HasError()
	settled := plan
	if e.memory.Unfinished {
		if !e.touched {
			return // Nothing was written: the state stays as it is.
		}
		settled = state.unfinished(plan, e.registrationDeleted(plan))
	}
	result, diags := settled.withReadings(ctx, e.now, unknowns{})
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(e.memory.keep(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, result)...)
}

// Delete changes nothing in Azure. What the object knows about the time before the block is left for a Create of the
// same device in this apply, which is what a replacement is.
func (r *deviceResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state, diags := configure.Decode[deviceModel](ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() || r.Services == nil {
		return
	}
	remembered, diags := recall(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	readings, diags := state.readings(ctx)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	host := r.Services.DPSHost(state.DPSHostname.ValueString())
	r.Services.Handover.Leave(handoverKind, host, state.RegistrationID.ValueString(),
		handover{readings: readings, memory: remembered})
}

func (r *deviceResource) newEnforcement(ctx context.Context, m deviceModel) (*enforcement, diagnostics) {
	want, diags := m.settings(ctx)
	if diags.HasError() {
		return nil, diags
	}
	asker, err := facts.NewAsker(r.Services, want.dpsHostname)
	if err != nil {
		diags.Append(missing(err))
		return nil, diags
	}
	return &enforcement{services: r.Services, asker: asker, want: want}, diags
}

// writesCertificateOf takes the certificate to write from configuration where the state keeps only its stand-in.
func (e *enforcement) writesCertificateOf(config deviceModel) diagnostics {
	if e == nil || e.want.leaf == nil || e.want.leafPEM != "" || config.CertificatePEM.IsNull() {
		return nil
	}
	var configured settings
	diags := configured.takeCertificates(config)
	if configured.sameLeaf(e.want) {
		e.want.leafPEM = configured.leafPEM
	}
	return diags
}
