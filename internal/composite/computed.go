// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package composite

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// EffectWords describe the attribute effects and its members.
type EffectWords struct{ Effects, Target, Object, Action, From, To string }

// Effects is the attribute that says what a change does.
func Effects(say EffectWords) schema.SetNestedAttribute {
	member := func(text string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: text}
	}
	return schema.SetNestedAttribute{
		Computed: true, MarkdownDescription: say.Effects,
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"target": member(say.Target), "object": member(say.Object), "action": member(say.Action),
			"from": member(say.From), "to": member(say.To),
		}},
	}
}

// GroupEffects is Effects of a group, where each has its count.
func GroupEffects(say EffectWords, count string) schema.SetNestedAttribute {
	effects := Effects(say)
	effects.NestedObject.Attributes["count"] = schema.Int64Attribute{Computed: true, MarkdownDescription: count}
	return effects
}

// UnknownEffects are effects that only the apply can tell.
func UnknownEffects() types.Set { return types.SetUnknown(effectType()) }

// UnknownGroupEffects are UnknownEffects of a group.
func UnknownGroupEffects() types.Set { return types.SetUnknown(groupEffectType()) }

func effectType() attr.Type { return Effects(EffectWords{}).NestedObject.Type() }

func groupEffectType() attr.Type { return GroupEffects(EffectWords{}, "").NestedObject.Type() }

// effect is an effect in Terraform's types.
type effect struct {
	Target types.String `tfsdk:"target"`
	Object types.String `tfsdk:"object"`
	Action types.String `tfsdk:"action"`
	From   types.String `tfsdk:"from"`
	To     types.String `tfsdk:"to"`
}

type groupEffect struct {
	effect

	Count types.Int64 `tfsdk:"count"`
}

func flattenEffect(e deprovision.Effect) effect {
	return effect{
		Target: types.StringValue(string(e.Target)), Object: types.StringValue(e.Object),
		Action: types.StringValue(string(e.Action)), From: types.StringValue(string(e.From)),
		To: types.StringValue(string(e.To)),
	}
}

func (e effect) expand() deprovision.Effect {
	return deprovision.Effect{
		Target: deprovision.Target(e.Target.ValueString()), Object: e.Object.ValueString(),
		Action: deprovision.Action(e.Action.ValueString()), From: deprovision.Status(e.From.ValueString()),
		To: deprovision.Status(e.To.ValueString()),
	}
}

// FlattenEffects says effects in Terraform's types. A set of which a part is not known yet could not be planned: core
// lets no set grow, so that one element stands for one at most, and the apply may find more.
func FlattenEffects(ctx context.Context, effects deprovision.Effects) (types.Set, diag.Diagnostics) {
	return iottype.Set(ctx, effectType(), effects, flattenEffect)
}

// ExpandEffects is the reverse; what is unknown reads as none.
func ExpandEffects(ctx context.Context, set types.Set) (deprovision.Effects, diag.Diagnostics) {
	effects, diags := iottype.Elements(ctx, set, effect.expand)
	deprovision.Effects(effects).Sort()
	return effects, diags
}

// FlattenGroupEffects says effects of a group in Terraform's types.
func FlattenGroupEffects(ctx context.Context, effects []deprovision.GroupEffect) (types.Set, diag.Diagnostics) {
	return iottype.Set(ctx, groupEffectType(), effects, func(e deprovision.GroupEffect) groupEffect {
		return groupEffect{effect: flattenEffect(e.Effect), Count: types.Int64Value(int64(e.Count))}
	})
}

// ExpandGroupEffects is the reverse; what is unknown reads as none.
func ExpandGroupEffects(ctx context.Context, set types.Set) ([]deprovision.GroupEffect, diag.Diagnostics) {
	return iottype.Elements(ctx, set, func(e groupEffect) deprovision.GroupEffect {
		return deprovision.GroupEffect{Effect: e.expand(), Count: int(e.Count.ValueInt64())}
	})
}

// ReenrollPaths is the attribute that names the groups which could let a device in again. Its descriptions are those of
// the attribute, of the group's ID, and of how certain the match is.
func ReenrollPaths(paths, id, match string) schema.SetNestedAttribute {
	return schema.SetNestedAttribute{
		Computed: true, MarkdownDescription: paths,
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"enrollment_group_id": schema.StringAttribute{Computed: true, MarkdownDescription: id},
			"match":               schema.StringAttribute{Computed: true, MarkdownDescription: match},
		}},
	}
}

// UnknownPaths are paths that only the apply can tell.
func UnknownPaths() types.Set { return types.SetUnknown(pathType()) }

func pathType() attr.Type { return ReenrollPaths("", "", "").NestedObject.Type() }

type reenrollPath struct {
	EnrollmentGroupID types.String `tfsdk:"enrollment_group_id"`
	Match             types.String `tfsdk:"match"`
}

// FlattenPaths says paths in Terraform's types.
func FlattenPaths(ctx context.Context, paths []deprovision.ReenrollPath) (types.Set, diag.Diagnostics) {
	return iottype.Set(ctx, pathType(), paths, func(p deprovision.ReenrollPath) reenrollPath {
		return reenrollPath{
			EnrollmentGroupID: types.StringValue(p.EnrollmentGroupID), Match: types.StringValue(string(p.Match)),
		}
	})
}

// ExpandPaths is the reverse; what is unknown reads as none.
func ExpandPaths(ctx context.Context, set types.Set) ([]deprovision.ReenrollPath, diag.Diagnostics) {
	paths, diags := iottype.Elements(ctx, set, func(p reenrollPath) deprovision.ReenrollPath {
		return deprovision.ReenrollPath{
			EnrollmentGroupID: p.EnrollmentGroupID.ValueString(), Match: deprovision.Match(p.Match.ValueString()),
		}
	})
	deprovision.SortPaths(paths)
	return paths, diags
}
