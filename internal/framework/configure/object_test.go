// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package configure_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
)

type shared struct {
	Size types.Int64 `tfsdk:"size"`
}

type thing struct {
	ID    types.String
	Name  types.String `tfsdk:"name"`
	Other types.String `tfsdk:"other"`
	shared
}

func TestModel_isFilledWithWhatTheSchemaHas(t *testing.T) {
	t.Parallel()
	was := thing{ID: types.StringValue("id"), Other: types.StringValue("kept")}
	diags := configure.Fill(&was, map[string]attr.Value{
		"name": types.StringValue("n"), "size": types.Int64Value(3), "foreign": types.BoolValue(true),
	})
	want := thing{
		ID: types.StringValue("id"), Name: types.StringValue("n"), Other: types.StringValue("kept"),
		shared: shared{Size: types.Int64Value(3)},
	}
	if diags.HasError() || was != want {
		t.Errorf("filled %v, %v", was, diags)
	}
}

func TestModel_ofAnotherTypeThanTheSchemaIsADefectThatNamesTheAttribute(t *testing.T) {
	t.Parallel()
	var empty thing
	diags := configure.Fill(&empty, map[string]attr.Value{"size": types.StringValue("secret")})
	if len(diags) != 1 || diags[0].Summary() != "Provider defect" ||
		!strings.Contains(diags[0].Detail(), "attribute size") || strings.Contains(diags[0].Detail(), "secret") {
		t.Errorf("said %v", diags)
	}
}

func TestObject_hasTheAttributesOfItsType(t *testing.T) {
	t.Parallel()
	values := configure.Values(thing{Name: types.StringValue("n"), shared: shared{Size: types.Int64Value(3)}})
	of := types.ObjectType{AttrTypes: map[string]attr.Type{"name": types.StringType, "size": types.Int64Type}}
	got, diags := configure.Object(t.Context(), of, values)
	if diags.HasError() || got.String() != `{"name":"n","size":3}` {
		t.Errorf("made %s, %v", got, diags)
	}
	for name, kind := range map[string]attr.Type{"forgotten": types.BoolType, "other": types.BoolType} {
		wrong := types.ObjectType{AttrTypes: map[string]attr.Type{"name": types.StringType, name: kind}}
		_, diags := configure.Object(t.Context(), wrong, values)
		if len(diags) != 1 || !strings.Contains(diags[0].Detail(), "attribute "+name) {
			t.Errorf("said %v", diags)
		}
	}
	if _, diags := configure.Object(t.Context(), types.StringType, values); !diags.HasError() {
		t.Error("a string is no object")
	}
}
