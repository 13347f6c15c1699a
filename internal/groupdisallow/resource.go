// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotblock"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// noun names the resource in sentences.
const noun = "disallow of enrollment group"

// groupResource is azureiot_dps_enrollment_group_disallow: all devices of one enrollment group kept out of DPS and of
// their hubs. Its identity is the group's ID at a DPS instance. Deleting it forgets it and changes nothing in Azure.
type groupResource struct {
	configure.Resource[*azure.Services]
}

var (
	_ resource.ResourceWithConfigure   = &groupResource{}
	_ resource.ResourceWithModifyPlan  = &groupResource{}
	_ resource.ResourceWithImportState = &groupResource{}
	_ resource.ResourceWithIdentity    = &groupResource{}
)

// NewGroupResource makes azureiot_dps_enrollment_group_disallow.
func NewGroupResource() resource.Resource { return &groupResource{} }

// Metadata names the resource.
func (r *groupResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_dps_enrollment_group_disallow"
}

// IdentitySchema says what names a block.
func (r *groupResource) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"dps_hostname": identityschema.StringAttribute{
			OptionalForImport: true,
			Description:       "Host name of the DPS instance. Default: the provider block's.",
		},
		"enrollment_group_id": identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "The ID of the enrollment group.",
		},
	}}
}

// identify says which block it is.
func (a asked) identify(ctx context.Context, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	return configure.Identify(ctx, identity, map[string]string{
		"enrollment_group_id": a.EnrollmentGroupID.ValueString(), "dps_hostname": a.DPSHostname.ValueString(),
	})
}

// Schema describes the resource.
func (r *groupResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = groupSchema()
}

// Create blocks the group. Every error here taints the object, and Terraform then replaces it: the delete half changes
// nothing, and the create half takes up what is left, so that no device gets in on the way.
func (r *groupResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan, diags := configure.Decode[model](ctx, req.Plan)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	out, diags := r.create(ctx, plan)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() && !out.keep {
		return // Nothing was written: no state, no taint, and the next plan is a clean create.
	}
	settled := plan.asked
	if diags.HasError() {
		settled.DeleteRegistrations = notYet()
	}
	resp.Diagnostics.Append(out.store(ctx, settled, diags.HasError(), resp.Private, &resp.State)...)
	resp.Diagnostics.Append(settled.identify(ctx, resp.Identity)...)
}

// Read counts what has drifted. A hub that cannot be read is a warning, and its devices count as unreachable. A group
// that is gone reads absent; the resource stays, and goes on watching the devices.
func (r *groupResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state, diags := configure.Decode[model](ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(state.identify(ctx, resp.Identity)...)
	if !r.Services.Known() && !state.imported() {
		resp.Diagnostics.Append(iotdiag.NotRefreshed(noun, state.EnrollmentGroupID.ValueString()))
		return
	}
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	out, diags := r.refresh(ctx, state, remembered)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(out.store(ctx, state.asked, remembered.Unfinished, resp.Private, &resp.State)...)
	if remembered.Unfinished {
		azure.Leave(&r.Services.Handover, r.object(state.asked), out.memory) // See handOn.
	}
}

// Update goes on with what is pending, or undoes the block. When it comes to no end, the state says what is true and
// keeps the former settings, so that the next plan takes up what is left.
func (r *groupResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan, diags := configure.Decode[model](ctx, req.Plan)
	resp.Diagnostics.Append(diags...)
	state, diags := configure.Decode[model](ctx, req.State)
	resp.Diagnostics.Append(diags...)
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	out, diags := r.update(ctx, plan, state, remembered)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(state.identify(ctx, resp.Identity)...)
	if diags.HasError() && !out.keep {
		return // Nothing was found out: the state stays as it is.
	}
	settled := plan.asked
	if diags.HasError() {
		settled = state.unfinished(plan).asked
	}
	resp.Diagnostics.Append(out.store(ctx, settled, diags.HasError(), resp.Private, &resp.State)...)
}

// Delete changes nothing in Azure. What the object remembers is left for a Create of the same group in this apply,
// which is what a replacement is.
func (r *groupResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state, diags := configure.Decode[model](ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() || r.Services == nil {
		return
	}
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	azure.Leave(&r.Services.Handover, r.object(state.asked), remembered)
}

// object names the group for what resources tell each other.
func (r *groupResource) object(a asked) azure.Object {
	return azure.GroupObject(r.Services.DPSHost(a.DPSHostname.ValueString()), a.EnrollmentGroupID.ValueString())
}

// looker asks the services about the group.
func (r *groupResource) looker(want wanted) (looker, diag.Diagnostics) {
	reader, err := facts.NewReader(r.Services, want.dpsHostname)
	if err != nil {
		return looker{}, diag.Diagnostics{iotdiag.NotConfigured(path.Root("dps_hostname"), err)}
	}
	return looker{
		subject: subject{services: r.Services, id: want.groupID, host: reader.DPS().Host()}, reader: reader, want: want,
	}, nil
}

// refresh counts what is there now. Effects say what the last change did, and stay.
func (r *groupResource) refresh(ctx context.Context, state model, m memory) (outcome, diag.Diagnostics) {
	want, diags := state.expand(ctx)
	effects, more := iotblock.ExpandGroupEffects(ctx, state.Effects)
	if diags.Append(more...); diags.HasError() {
		return outcome{}, diags
	}
	l, diags := r.looker(want)
	if diags.HasError() {
		return outcome{}, diags
	}
	s, err := l.look(ctx, m)
	if err != nil {
		return outcome{}, diag.Diagnostics{l.lookUpFailed(err)}
	}
	if state.imported() && s.unheardOf() {
		return outcome{}, diag.Diagnostics{l.noSuchGroup()}
	}
	now := s.remember(m)
	now.Records = len(s.records)
	return outcome{reading: readingOf(s, want, effects), memory: now}, l.standingWarnings(s, want)
}

// ImportState takes "group-id", or "dps-host/group-id" for another instance than the provider block's.
func (r *groupResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	host, id, found, diags := configure.ImportAddress(ctx, req, "dps_hostname", "enrollment_group_id")
	resp.Diagnostics.Append(diags...)
	problem := iotvalidator.EnrollmentGroupIDProblem(id)
	switch {
	case found && host == "":
		problem = "The host name before the slash is missing."
	case problem == "" && host != "":
		problem = iotvalidator.HostnameProblem(host)
	}
	if problem != "" {
		resp.Diagnostics.AddAttributeError(path.Root("enrollment_group_id"), "Invalid import ID", problem+
			" It reads \"group-id\" or \"dps-host/group-id\".")
		return
	}
	names := map[string]string{"enrollment_group_id": id, "dps_hostname": r.Services.DPSHost(host)}
	resp.Diagnostics.Append(configure.Import(ctx, &resp.State, names)...)
	resp.Diagnostics.Append(configure.Identify(ctx, resp.Identity, names)...)
}
