// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/composite"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// told are the attributes that the provider computes.
type told struct {
	EnrollmentStatus types.String `tfsdk:"enrollment_status"`
	HubIdentities    types.Map    `tfsdk:"hub_identities"`
	Access           types.String `tfsdk:"access"`
	EnrollmentOrigin types.String `tfsdk:"enrollment_origin"`
	Previous         types.Object `tfsdk:"previous"`
	Reversible       types.Bool   `tfsdk:"reversible"`
	Effects          types.Set    `tfsdk:"effects"`
	ReenrollPaths    types.Set    `tfsdk:"reenroll_paths"`
}

// Origins of an entry.
const (
	originCreated = "created"
	originAdopted = "adopted"
)

// unknowns say which readings of a plan only the apply can tell.
type unknowns struct {
	enrollment, identities, access, origin, previous, reversible, effects, paths bool
}

func originOf(created bool) string {
	if created {
		return originCreated
	}
	return originAdopted
}

// planned is a decision as the plan of an update says it; what a state says of the groups stays until it is looked at
// again.
func planned(d deprovision.Decision, paths []deprovision.ReenrollPath) (deprovision.Block, unknowns) {
	d.Paths = paths
	return d.Block, unknowns{
		identities: d.Unknown.Identities, effects: d.Unknown.Identities, previous: d.Unknown.Identities,
		access: d.Unknown.Access, paths: d.Unknown.Paths,
	}
}

type previousModel struct {
	EnrollmentStatus types.String `tfsdk:"enrollment_status"`
	HubIdentities    types.Map    `tfsdk:"hub_identities"`
}

// previousType is the schema's own.
func previousType() map[string]attr.Type {
	object, _ := previousAttribute().GetType().(types.ObjectType)
	return object.AttrTypes
}

// expand decodes the computed attributes of a state or a plan; what is unknown reads as empty.
func (t told) expand(ctx context.Context) (deprovision.Block, diag.Diagnostics) {
	b := deprovision.Block{
		Access: deprovision.Access(t.Access.ValueString()), Created: t.EnrollmentOrigin.ValueString() == originCreated,
		Irreversible: iottype.IsSet(t.Reversible) && !t.Reversible.ValueBool(),
	}
	var diags, more diag.Diagnostics
	b.State.Enrollment = deprovision.Status(t.EnrollmentStatus.ValueString())
	b.State.Identities, diags = expandIdentities(ctx, t.HubIdentities)
	b.Previous, more = expandPrevious(ctx, t.Previous)
	diags.Append(more...)
	b.Effects, more = composite.ExpandEffects(ctx, t.Effects)
	diags.Append(more...)
	b.Paths, more = composite.ExpandPaths(ctx, t.ReenrollPaths)
	return b, append(diags, more...)
}

// flatten sets every computed attribute: the framework marks all of them unknown as soon as any setting differs, so
// that nothing may be left to it.
func flatten(ctx context.Context, b deprovision.Block, u unknowns) (told, diag.Diagnostics) {
	t := told{
		EnrollmentStatus: types.StringValue(string(b.State.Enrollment)), Access: types.StringValue(string(b.Access)),
		EnrollmentOrigin: types.StringValue(originOf(b.Created)), Reversible: types.BoolValue(!b.Irreversible),
	}
	var diags, more diag.Diagnostics
	t.HubIdentities, more = flattenIdentities(ctx, b.State.Identities)
	diags.Append(more...)
	t.Previous, more = flattenPrevious(ctx, b.Previous)
	diags.Append(more...)
	t.Effects, more = composite.FlattenEffects(ctx, b.Effects)
	diags.Append(more...)
	t.ReenrollPaths, more = composite.FlattenPaths(ctx, b.Paths)
	return t.unknown(u), append(diags, more...)
}

func (t told) unknown(u unknowns) told {
	if u.enrollment {
		t.EnrollmentStatus = types.StringUnknown()
	}
	if u.identities {
		t.HubIdentities = types.MapUnknown(types.StringType)
	}
	if u.access {
		t.Access = types.StringUnknown()
	}
	if u.origin {
		t.EnrollmentOrigin = types.StringUnknown()
	}
	if u.previous {
		t.Previous = types.ObjectUnknown(previousType())
	}
	if u.reversible {
		t.Reversible = types.BoolUnknown()
	}
	if u.effects {
		t.Effects = composite.UnknownEffects()
	}
	if u.paths {
		t.ReenrollPaths = composite.UnknownPaths()
	}
	return t
}

func flattenIdentities(
	ctx context.Context, identities map[deprovision.IdentityID]deprovision.Status,
) (types.Map, diag.Diagnostics) {
	elements := map[string]string{}
	for id, status := range identities {
		elements[id.String()] = string(status)
	}
	return types.MapValueFrom(ctx, types.StringType, elements)
}

func expandIdentities(
	ctx context.Context, value types.Map,
) (map[deprovision.IdentityID]deprovision.Status, diag.Diagnostics) {
	identities := map[deprovision.IdentityID]deprovision.Status{}
	if !iottype.IsSet(value) {
		return identities, nil
	}
	var elements map[string]string
	diags := value.ElementsAs(ctx, &elements, false)
	for text, status := range elements {
		identities[deprovision.ParseIdentityID(text)] = deprovision.Status(status)
	}
	return identities, diags
}

func flattenPrevious(ctx context.Context, previous deprovision.State) (types.Object, diag.Diagnostics) {
	identities, diags := flattenIdentities(ctx, previous.Identities)
	object, more := types.ObjectValueFrom(ctx, previousType(), previousModel{
		EnrollmentStatus: types.StringValue(string(previous.Enrollment)), HubIdentities: identities,
	})
	return object, append(diags, more...)
}

func expandPrevious(ctx context.Context, value types.Object) (deprovision.State, diag.Diagnostics) {
	if !iottype.IsSet(value) {
		return deprovision.State{}.Clone(), nil
	}
	var model previousModel
	diags := value.As(ctx, &model, basetypes.ObjectAsOptions{})
	identities, more := expandIdentities(ctx, model.HubIdentities)
	return deprovision.State{
		Enrollment: deprovision.Status(model.EnrollmentStatus.ValueString()), Identities: identities,
	}, append(diags, more...)
}

// missedBy tells whether a block stands otherwise than was planned, as far as the plan could tell. promised is what t
// says.
func (t told) missedBy(promised, now deprovision.Block) bool {
	return !t.EnrollmentStatus.IsUnknown() && promised.State.Enrollment != now.State.Enrollment ||
		!t.Access.IsUnknown() && promised.Access != now.Access ||
		!t.Reversible.IsUnknown() && promised.Irreversible != now.Irreversible ||
		!t.HubIdentities.IsUnknown() && !maps.Equal(promised.State.Identities, now.State.Identities)
}
