// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package configure

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// The functions here carry attributes between Terraform and a model that serves several schemas, which the framework's
// own decoding refuses: it wants a field for every attribute and an attribute for every field.

// Values are the attributes of a model by name.
func Values(model any) map[string]attr.Value {
	values := map[string]attr.Value{}
	for _, field := range fieldsOf(reflect.ValueOf(model), nil) {
		if value, ok := field.Interface().(attr.Value); ok {
			values[field.name] = value
		}
	}
	return values
}

// Fill sets the attributes of the model to which a pointer is given to those of these values that have its names. The
// others stay as they are.
func Fill(model any, values map[string]attr.Value) diag.Diagnostics {
	return fill(reflect.ValueOf(model).Elem(), values)
}

func fill(model reflect.Value, values map[string]attr.Value) diag.Diagnostics {
	var diags diag.Diagnostics
	for i := range model.NumField() {
		name := model.Type().Field(i).Tag.Get("tfsdk")
		value, given := values[name]
		switch {
		case name == "" && model.Field(i).Kind() == reflect.Struct && model.Type().Field(i).Anonymous:
			diags.Append(fill(model.Field(i), values)...)
		case name == "" || !given:
		case !reflect.TypeOf(value).AssignableTo(model.Field(i).Type()):
			diags.Append(defect(fmt.Sprintf("the attribute %s is a %T in the schema and a %s in the model",
				name, value, model.Field(i).Type())))
		default:
			model.Field(i).Set(reflect.ValueOf(value))
		}
	}
	return diags
}

// Object is the object of that type that these values make. Values of names that the type does not have are left out;
// an attribute of the type without a value of its own type is an error that names it.
func Object(ctx context.Context, of attr.Type, values map[string]attr.Value) (types.Object, diag.Diagnostics) {
	object, ok := of.(attr.TypeWithAttributeTypes)
	if !ok {
		return types.Object{}, diag.Diagnostics{defect(fmt.Sprintf("%s is no object", of))}
	}
	wanted := object.AttributeTypes()
	members := map[string]attr.Value{}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		value, ok := values[name]
		switch {
		case !ok:
			return types.Object{}, diag.Diagnostics{defect(fmt.Sprintf("the attribute %s has no value", name))}
		case !wanted[name].Equal(value.Type(ctx)):
			return types.Object{}, diag.Diagnostics{
				defect(fmt.Sprintf("the attribute %s has a value of another type than in the schema", name)),
			}
		}
		members[name] = value
	}
	return types.ObjectValue(wanted, members)
}

func defect(what string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Provider defect", fmt.Sprintf(
		"In this provider %s. Please report this to its authors.", what))
}
