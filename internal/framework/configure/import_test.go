// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package configure_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
)

type imported struct {
	ID     types.String `tfsdk:"id"`
	Host   types.String `tfsdk:"host"`
	Action types.String `tfsdk:"action"`
	Edge   types.Bool   `tfsdk:"edge"`
	Policy types.Object `tfsdk:"policy"`
	Set    types.Set    `tfsdk:"set"`
	Reason types.String `tfsdk:"reason"`
}

func TestImport_hasNamesAndDefaultsOnly(t *testing.T) {
	t.Parallel()
	policyType := map[string]attr.Type{"migrate": types.BoolType}
	policy := types.ObjectValueMust(policyType, map[string]attr.Value{"migrate": types.BoolValue(true)})
	s := schema.Schema{Attributes: map[string]schema.Attribute{
		"id":   schema.StringAttribute{Required: true},
		"host": schema.StringAttribute{Optional: true, Computed: true},
		"action": schema.StringAttribute{
			Optional: true, Computed: true, Default: stringdefault.StaticString("keep"),
		},
		"edge": schema.BoolAttribute{Optional: true, Computed: true, Default: booldefault.StaticBool(true)},
		"policy": schema.SingleNestedAttribute{
			Optional: true, Computed: true, Default: objectdefault.StaticValue(policy),
			Attributes: map[string]schema.Attribute{"migrate": schema.BoolAttribute{Optional: true}},
		},
		"set":    schema.SetAttribute{Optional: true, ElementType: types.StringType},
		"reason": schema.StringAttribute{Optional: true},
	}}
	state := tfsdk.State{Schema: s, Raw: tftypes.NewValue(s.Type().TerraformType(t.Context()), nil)}
	if diags := configure.Import(t.Context(), &state, map[string]string{"id": "a", "host": ""}); diags.HasError() {
		t.Fatal(diags)
	}
	got, diags := configure.Decode[imported](t.Context(), state)
	want := imported{
		ID: types.StringValue("a"), Action: types.StringValue("keep"), Edge: types.BoolValue(true), Policy: policy,
		Set: types.SetNull(types.StringType),
	}
	if names := configure.Differences(got, want); diags.HasError() || len(names) > 0 {
		t.Errorf("%v differ: %+v %v", names, got, diags)
	}
}
