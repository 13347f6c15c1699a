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
