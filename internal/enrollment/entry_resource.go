// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/unchanged"
)

// entryResource is azureiot_dps_individual_enrollment or azureiot_dps_enrollment_group: the lifecycle that both kinds
// of entries share. Its identity is the entry's ID at a DPS instance. What deleting it does is the attribute
// on_destroy.
type entryResource struct {
	configure.Resource[*azure.Services]

	kind kind
}

var (
	_ resource.ResourceWithConfigure      = &entryResource{}
	_ resource.ResourceWithIdentity       = &entryResource{}
	_ resource.ResourceWithValidateConfig = &entryResource{}
	_ resource.ResourceWithModifyPlan     = &entryResource{}
	_ resource.ResourceWithImportState    = &entryResource{}
)

// NewIndividualResource makes azureiot_dps_individual_enrollment: the DPS entry of one device, which decides about it
// before any group is asked. Deleting it leaves the device in its hub, and an enabled group that covers the device
// applies from then on.
func NewIndividualResource() resource.Resource { return &entryResource{kind: individualKind()} }

// NewGroupResource makes azureiot_dps_enrollment_group: the DPS entry of all devices that share a certificate authority
// or a key. Deleting it leaves its devices in their hubs, and their registration records in DPS.
func NewGroupResource() resource.Resource { return &entryResource{kind: groupKind()} }

// Metadata names the resource. Its identity may change: the provider block may be pointed at another DPS instance.
func (r *entryResource) Metadata(
	_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_" + r.kind.typeName
	resp.ResourceBehavior.MutableIdentity = true
}

// Schema describes the resource.
func (r *entryResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = r.kind.schema()
}

// IdentitySchema says what names an entry.
func (r *entryResource) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		dpsHostnameName: identityschema.StringAttribute{
			OptionalForImport: true,
			Description:       "Host name of the DPS instance. Default: the provider block's.",
		},
		r.kind.idName: identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "The ID of the " + r.kind.noun + ".",
		},
	}}
}

// ValidateConfig checks what no attribute can check by itself.
func (r *entryResource) ValidateConfig(
	ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse,
) {
	config, diags := r.kind.decode(ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(config.validate(r.kind)...)
}

// Create makes the entry with one write. After that was accepted it returns no error, so that nothing is ever tainted.
func (r *entryResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	config, diags := r.kind.decode(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	plan, diags := r.kind.decode(ctx, req.Plan)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	w, diags := r.newWriter(plan)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	state, diags := w.create(ctx, config, plan)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.set(ctx, &resp.State, state)...)
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, state)...)
	if w.wrote != nil {
		resp.Diagnostics.Append(memoryKey().Keep(ctx, resp.Private, *w.wrote)...)
	}
}

// Read says what the service has; where a list of entries proves that this one has not changed, state stands without a
// call of its own. An entry that is gone leaves the state, with a warning.
func (r *entryResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	prior, diags := r.kind.decode(ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	imported := !iottype.IsSet(prior.ProvisioningStatus)
	if !r.Services.Known() && !imported {
		resp.Diagnostics.Append(iotdiag.NotRefreshed(r.kind.noun, prior.ID.ValueString()))
		resp.Diagnostics.Append(r.identify(ctx, resp.Identity, prior)...)
		return
	}
	complete := iottype.IsSet(prior.DPSHostname)
	prior.DPSHostname = r.hostOf(prior, false)
	w, diags := r.newWriter(prior)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	// A Terraform without identities does not send one, and the framework wants one even for an entry that is gone.
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, prior)...)
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if complete && !unchanged.Asked(ctx) && w.store.unchanged(ctx, w.id, remembered.ETag) {
		return
	}
	e, err := w.store.refresh(ctx, w.id)
	switch {
	case azrest.IsNotFound(err) && imported:
		resp.Diagnostics.Append(w.nothingToImport())
		return
	case azrest.IsNotFound(err):
		resp.Diagnostics.Append(w.gone())
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.Append(w.readFailed(err))
		return
	}
	resp.Diagnostics.Append(r.set(ctx, &resp.State, flatten(r.kind.shape, e, prior))...)
	resp.Diagnostics.Append(memoryKey().Keep(ctx, resp.Private, memory{ETag: e.ETag})...)
}

// Update writes nothing when nothing of the entry changes (as with on_destroy), and nothing to an entry that somebody
// else changed after the plan was made.
func (r *entryResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	config, diags := r.kind.decode(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	plan, diags := r.kind.decode(ctx, req.Plan)
	resp.Diagnostics.Append(diags...)
	prior, diags := r.kind.decode(ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	w, diags := r.newWriter(plan)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	state, diags := w.update(ctx, config, plan, prior)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(r.set(ctx, &resp.State, state)...)
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, state)...)
	if w.wrote != nil {
		resp.Diagnostics.Append(memoryKey().Keep(ctx, resp.Private, *w.wrote)...)
	}
}

// Delete does what on_destroy says.
func (r *entryResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state, diags := r.kind.decode(ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	w, diags := r.newWriter(state)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	fate, diags := iotplan.RecallFate(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(w.destroy(ctx, state, fate, remembered)...)
}

// target is what a model is written to: a plan or a state.
type target interface {
	Set(ctx context.Context, value any) diag.Diagnostics
}

func (r *entryResource) set(ctx context.Context, to target, m model) diag.Diagnostics {
	object, diags := r.kind.encode(ctx, m)
	if diags.HasError() {
		return diags
	}
	return to.Set(ctx, object)
}

// newWriter opens the DPS instance that m means.
func (r *entryResource) newWriter(m model) (*writer, diag.Diagnostics) {
	dps, err := r.Services.DPS(m.DPSHostname.ValueString())
	if err != nil {
		return nil, diag.Diagnostics{r.unreachable(m, err)}
	}
	w := openWriter(r.Services, r.kind, dps, m.ID.ValueString())
	return &w, nil
}

// identify sets the resource's identity.
func (r *entryResource) identify(ctx context.Context, identity *tfsdk.ResourceIdentity, m model) diag.Diagnostics {
	return configure.Identify(ctx, identity, map[string]string{
		dpsHostnameName: r.Services.DPSHost(m.DPSHostname.ValueString()), r.kind.idName: m.ID.ValueString(),
	})
}
