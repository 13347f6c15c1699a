// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package configure

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/defaults"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
)

// Import begins the state of an import: what names the object, as far as it is given, and the schema's defaults, so
// that the same configuration plans nothing afterwards. The read that follows fills the rest.
func Import(ctx context.Context, state *tfsdk.State, names map[string]string) diag.Diagnostics {
	var diags diag.Diagnostics
	for name, attribute := range state.Schema.GetAttributes() {
		if value := defaultOf(ctx, path.Root(name), attribute); value != nil {
			diags.Append(state.SetAttribute(ctx, path.Root(name), value)...)
		}
	}
	for name, text := range names {
		if text != "" {
			diags.Append(state.SetAttribute(ctx, path.Root(name), text)...)
		}
	}
	return diags
}

// defaultOf is an attribute's default; nil when it has none.
func defaultOf(ctx context.Context, at path.Path, attribute any) attr.Value {
	switch a := attribute.(type) {
	case interface{ StringDefaultValue() defaults.String }:
		if d := a.StringDefaultValue(); d != nil {
			var resp defaults.StringResponse
			d.DefaultString(ctx, defaults.StringRequest{Path: at}, &resp)
			return resp.PlanValue
		}
	case interface{ BoolDefaultValue() defaults.Bool }:
		if d := a.BoolDefaultValue(); d != nil {
			var resp defaults.BoolResponse
			d.DefaultBool(ctx, defaults.BoolRequest{Path: at}, &resp)
			return resp.PlanValue
		}
	case interface{ ObjectDefaultValue() defaults.Object }:
		if d := a.ObjectDefaultValue(); d != nil {
			var resp defaults.ObjectResponse
			d.DefaultObject(ctx, defaults.ObjectRequest{Path: at}, &resp)
			return resp.PlanValue
		}
	}
	return nil
}
