// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

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

// reading are the computed attributes in Go's types.
type reading struct {
	state deprovision.State
	// access is deprovision's sum of everything; created says that the entry was made by this resource.
	access  deprovision.Access
	created bool
	// previous is where each object stood before it was first changed, irreversible that something was deleted.
	previous     deprovision.State
	irreversible bool
	effects      []deprovision.Effect
	paths        []deprovision.ReenrollPath
}

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
func planned(d deprovision.Decision, paths []deprovision.ReenrollPath) (reading, unknowns) {
	r := reading{
		state: d.Goal, access: d.Access, created: d.Created, previous: d.Previous, irreversible: d.Irreversible,
		effects: d.Effects, paths: paths,
	}
	return r, unknowns{
		identities: d.Unknown.Identities, effects: d.Unknown.Identities, previous: d.Unknown.Identities,
		access: d.Unknown.Access, paths: d.Unknown.Paths,
	}
}

// at is the reading of what is known now.
func (r reading) at(e deprovision.Evidence) reading {
	r.state, r.access, r.paths = e.State(), e.Access(), e.Paths
	return r
}

type previousModel struct {
	EnrollmentStatus types.String `tfsdk:"enrollment_status"`
	HubIdentities    types.Map    `tfsdk:"hub_identities"`
}

type effectModel struct {
	Target types.String `tfsdk:"target"`
	Object types.String `tfsdk:"object"`
	Action types.String `tfsdk:"action"`
	From   types.String `tfsdk:"from"`
	To     types.String `tfsdk:"to"`
}

type reenrollPathModel struct {
	EnrollmentGroupID types.String `tfsdk:"enrollment_group_id"`
	Match             types.String `tfsdk:"match"`
}

// The types are the schema's own.

func previousType() map[string]attr.Type {
	object, _ := previousAttribute().GetType().(types.ObjectType)
	return object.AttrTypes
}

func effectType() attr.Type { return elementOf(effectsAttribute().GetType()) }
func pathType() attr.Type   { return elementOf(reenrollPathsAttribute().GetType()) }

func elementOf(kind attr.Type) attr.Type {
	set, _ := kind.(types.SetType)
	return set.ElemType
}

// expand decodes the computed attributes of a state or a plan; what is unknown reads as empty.
func (t told) expand(ctx context.Context) (reading, diag.Diagnostics) {
	r := reading{
		access: deprovision.Access(t.Access.ValueString()), created: t.EnrollmentOrigin.ValueString() == originCreated,
		irreversible: iottype.IsSet(t.Reversible) && !t.Reversible.ValueBool(),
	}
	var diags, more diag.Diagnostics
	r.state.Enrollment = deprovision.Status(t.EnrollmentStatus.ValueString())
	r.state.Identities, diags = expandIdentities(ctx, t.HubIdentities)
	r.previous, more = expandPrevious(ctx, t.Previous)
	diags.Append(more...)
	r.effects, more = expandEffects(ctx, t.Effects)
	diags.Append(more...)
	r.paths, more = expandPaths(ctx, t.ReenrollPaths)
	diags.Append(more...)
	return r, diags
}

// flatten sets every computed attribute: the framework marks all of them unknown as soon as any setting differs, so
// that nothing may be left to it.
func (r reading) flatten(ctx context.Context, u unknowns) (told, diag.Diagnostics) {
	t := told{
		EnrollmentStatus: types.StringValue(string(r.state.Enrollment)), Access: types.StringValue(string(r.access)),
		EnrollmentOrigin: types.StringValue(originOf(r.created)), Reversible: types.BoolValue(!r.irreversible),
	}
	var diags, more diag.Diagnostics
	t.HubIdentities, more = flattenIdentities(ctx, r.state.Identities)
	diags.Append(more...)
	t.Previous, more = flattenPrevious(ctx, r.previous)
	diags.Append(more...)
	t.Effects, more = flattenEffects(ctx, r.effects)
	diags.Append(more...)
	t.ReenrollPaths, more = flattenPaths(ctx, r.paths)
	diags.Append(more...)
	return t.unknown(u), diags
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
		t.Effects = types.SetUnknown(effectType())
	}
	if u.paths {
		t.ReenrollPaths = types.SetUnknown(pathType())
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

// flattenEffects says effects in Terraform's types. A set of which a part is not known yet could not be planned: core
// lets no set grow, so that one element stands for one at most, and the apply may find more.
func flattenEffects(ctx context.Context, effects []deprovision.Effect) (types.Set, diag.Diagnostics) {
	elements := make([]effectModel, 0, len(effects))
	for _, effect := range effects {
		elements = append(elements, effectModel{
			Target: types.StringValue(string(effect.Target)), Object: types.StringValue(effect.Object),
			Action: types.StringValue(string(effect.Action)), From: types.StringValue(string(effect.From)),
			To: types.StringValue(string(effect.To)),
		})
	}
	return types.SetValueFrom(ctx, effectType(), elements)
}

func expandEffects(ctx context.Context, value types.Set) ([]deprovision.Effect, diag.Diagnostics) {
	if !iottype.IsSet(value) {
		return nil, nil
	}
	var elements []effectModel
	diags := value.ElementsAs(ctx, &elements, false)
	var effects []deprovision.Effect
	for _, element := range elements {
		if element.Target.IsUnknown() {
			continue
		}
		effects = append(effects, deprovision.Effect{
			Target: deprovision.Target(element.Target.ValueString()), Object: element.Object.ValueString(),
			Action: deprovision.Action(element.Action.ValueString()), From: deprovision.Status(element.From.ValueString()),
			To: deprovision.Status(element.To.ValueString()),
		})
	}
	deprovision.SortEffects(effects)
	return effects, diags
}

func flattenPaths(ctx context.Context, paths []deprovision.ReenrollPath) (types.Set, diag.Diagnostics) {
	elements := make([]reenrollPathModel, 0, len(paths))
	for _, p := range paths {
		elements = append(elements, reenrollPathModel{
			EnrollmentGroupID: types.StringValue(p.EnrollmentGroupID), Match: types.StringValue(string(p.Match)),
		})
	}
	return types.SetValueFrom(ctx, pathType(), elements)
}

func expandPaths(ctx context.Context, value types.Set) ([]deprovision.ReenrollPath, diag.Diagnostics) {
	if !iottype.IsSet(value) {
		return nil, nil
	}
	var elements []reenrollPathModel
	diags := value.ElementsAs(ctx, &elements, false)
	var paths []deprovision.ReenrollPath
	for _, element := range elements {
		paths = append(paths, deprovision.ReenrollPath{
			EnrollmentGroupID: element.EnrollmentGroupID.ValueString(), Match: deprovision.Match(element.Match.ValueString()),
		})
	}
	deprovision.SortPaths(paths)
	return paths, diags
}
