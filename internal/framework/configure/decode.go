// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package configure

import (
	"context"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Source is anything that a model is decoded from: a plan, a state, a configuration.
type Source interface {
	Get(ctx context.Context, target any) diag.Diagnostics
}

// Decode reads the whole of source into a model of type M.
//
// The framework (terraform-plugin-framework v1.19.0) compiles a regular expression for every field of a model each time
// that it decodes or stores one. Where the fields are values of the framework's kind they are set from here, as it
// would set them. It decodes all else, and says what is wrong.
func Decode[M any](ctx context.Context, source Source) (M, diag.Diagnostics) {
	var model, decoded M
	if fillAll(reflect.ValueOf(&decoded).Elem(), valuesOf(ctx, source)) {
		return decoded, nil
	}
	diags := source.Get(ctx, &model)
	return model, diags
}

// valuesOf are the attributes of a source by name; nil when it has none, or is not understood.
func valuesOf(ctx context.Context, source Source) map[string]attr.Value {
	switch s := source.(type) {
	case tfsdk.Plan:
		return attributesOf(ctx, s.Schema.Type(), s.Raw)
	case tfsdk.State:
		return attributesOf(ctx, s.Schema.Type(), s.Raw)
	case tfsdk.Config:
		return attributesOf(ctx, s.Schema.Type(), s.Raw)
	}
	return nil
}

func attributesOf(ctx context.Context, kind attr.Type, raw tftypes.Value) map[string]attr.Value {
	value, err := kind.ValueFromTerraform(ctx, raw)
	object, ok := value.(types.Object)
	if err != nil || !ok || object.IsNull() || object.IsUnknown() {
		return nil
	}
	return object.Attributes()
}

// fillAll sets all fields of a model; false when one of them is not of the type of its attribute, or is to be checked.
func fillAll(model reflect.Value, values map[string]attr.Value) bool {
	if model.Kind() != reflect.Struct || values == nil {
		return false
	}
	fields := fieldsOf(model, nil)
	for _, f := range fields {
		value, there := values[f.name]
		_, checked := value.(xattr.ValidateableAttribute)
		if !there || checked || reflect.TypeOf(value) != f.Type() {
			return false
		}
		f.Set(reflect.ValueOf(value))
	}
	return len(fields) == len(values)
}

// Target is anything that a model is stored in: a plan, a state, the result of an action.
type Target interface {
	Set(ctx context.Context, value any) diag.Diagnostics
}

// Store writes the whole of a model into target: what Decode reads.
func Store(ctx context.Context, target Target, model any) diag.Diagnostics {
	object, ok := objectOf(ctx, reflect.ValueOf(model))
	if !ok {
		return target.Set(ctx, model)
	}
	return target.Set(ctx, object)
}

// objectOf is a model as one value; false when one of its fields is no value of the framework's kind, or is to be
// checked.
func objectOf(ctx context.Context, model reflect.Value) (types.Object, bool) {
	if model.Kind() != reflect.Struct {
		return types.Object{}, false
	}
	kinds, values := map[string]attr.Type{}, map[string]attr.Value{}
	for _, f := range fieldsOf(model, nil) {
		value, ok := f.Interface().(attr.Value)
		_, checked := value.(xattr.ValidateableAttribute)
		if !ok || checked {
			return types.Object{}, false
		}
		kinds[f.name], values[f.name] = value.Type(ctx), value
	}
	object, diags := types.ObjectValue(kinds, values)
	return object, !diags.HasError()
}
