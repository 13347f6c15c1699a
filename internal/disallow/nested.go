// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// identityModel is an element of hub_identities.
type identityModel struct {
	DeviceID types.String `tfsdk:"device_id"`
	Status   types.String `tfsdk:"status"`
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

func stringsObject(names ...string) types.ObjectType {
	object := types.ObjectType{AttrTypes: map[string]attr.Type{}}
	for _, name := range names {
		object.AttrTypes[name] = types.StringType
	}
	return object
}

func identityType() types.ObjectType { return stringsObject("device_id", "status") }
func effectType() types.ObjectType   { return stringsObject("target", "object", "action", "from", "to") }
func pathType() types.ObjectType     { return stringsObject("enrollment_group_id", "match") }

func previousType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		"enrollment_status": types.StringType,
		"hub_identities":    types.MapType{ElemType: identityType()},
	}}
}

// flattenIdentities says identities in Terraform's types. One that unknown names has a status that only the apply
// tells.
func flattenIdentities(
	ctx context.Context, identities map[string]deprovision.Identity, unknown func(host string) bool,
) (types.Map, diag.Diagnostics) {
	elements := map[string]identityModel{}
	for host, identity := range identities {
		element := identityModel{
			DeviceID: types.StringValue(identity.DeviceID), Status: types.StringValue(string(identity.Status)),
		}
		if unknown != nil && unknown(host) {
			element = identityModel{DeviceID: types.StringUnknown(), Status: types.StringUnknown()}
		}
		elements[host] = element
	}
	return types.MapValueFrom(ctx, identityType(), elements)
}

func expandIdentities(ctx context.Context, value types.Map) (map[string]deprovision.Identity, diag.Diagnostics) {
	identities := map[string]deprovision.Identity{}
	if value.IsNull() || value.IsUnknown() {
		return identities, nil
	}
	var elements map[string]identityModel
	diags := value.ElementsAs(ctx, &elements, false)
	for host, element := range elements {
		identities[host] = deprovision.Identity{
			DeviceID: element.DeviceID.ValueString(), Status: deprovision.Status(element.Status.ValueString()),
		}
	}
	return identities, diags
}

func flattenPrevious(ctx context.Context, previous deprovision.Picture) (types.Object, diag.Diagnostics) {
	identities, diags := flattenIdentities(ctx, previous.Identities, nil)
	object, more := types.ObjectValueFrom(ctx, previousType().AttrTypes, previousModel{
		EnrollmentStatus: types.StringValue(string(previous.Enrollment)), HubIdentities: identities,
	})
	return object, append(diags, more...)
}

func expandPrevious(ctx context.Context, value types.Object) (deprovision.Picture, diag.Diagnostics) {
	if value.IsNull() || value.IsUnknown() {
		return deprovision.Picture{Identities: map[string]deprovision.Identity{}}, nil
	}
	var model previousModel
	diags := value.As(ctx, &model, objectOptions())
	identities, more := expandIdentities(ctx, model.HubIdentities)
	return deprovision.Picture{
		Enrollment: deprovision.Status(model.EnrollmentStatus.ValueString()), Identities: identities,
	}, append(diags, more...)
}

func flattenEffects(ctx context.Context, effects []deprovision.Effect) (types.List, diag.Diagnostics) {
	elements := make([]effectModel, 0, len(effects))
	for _, effect := range effects {
		elements = append(elements, effectModel{
			Target: types.StringValue(string(effect.Target)), Object: types.StringValue(effect.Object),
			Action: types.StringValue(string(effect.Action)), From: types.StringValue(string(effect.From)),
			To: types.StringValue(string(effect.To)),
		})
	}
	return types.ListValueFrom(ctx, effectType(), elements)
}

func expandEffects(ctx context.Context, value types.List) ([]deprovision.Effect, diag.Diagnostics) {
	if value.IsNull() || value.IsUnknown() {
		return nil, nil
	}
	var elements []effectModel
	diags := value.ElementsAs(ctx, &elements, false)
	var effects []deprovision.Effect
	for _, element := range elements {
		effects = append(effects, deprovision.Effect{
			Target: deprovision.Target(element.Target.ValueString()), Object: element.Object.ValueString(),
			Action: deprovision.Action(element.Action.ValueString()), From: deprovision.Status(element.From.ValueString()),
			To: deprovision.Status(element.To.ValueString()),
		})
	}
	return effects, diags
}

func flattenPaths(ctx context.Context, paths []deprovision.ReenrollPath) (types.List, diag.Diagnostics) {
	elements := make([]reenrollPathModel, 0, len(paths))
	for _, p := range paths {
		elements = append(elements, reenrollPathModel{
			EnrollmentGroupID: types.StringValue(p.EnrollmentGroupID), Match: types.StringValue(string(p.Match)),
		})
	}
	return types.ListValueFrom(ctx, pathType(), elements)
}

func expandPaths(ctx context.Context, value types.List) ([]deprovision.ReenrollPath, diag.Diagnostics) {
	if value.IsNull() || value.IsUnknown() {
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
	return paths, diags
}
