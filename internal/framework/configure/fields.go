// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package configure

import (
	"context"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/attr"
)

// The functions here walk the attributes of a model, so that no list of them can be forgotten. A model is a struct
// whose fields are attribute values, or structs of such.

// Known tells whether every attribute of a model is known, with all that is in it.
func Known(ctx context.Context, model any) bool {
	for _, field := range fieldsOf(reflect.ValueOf(model), nil) {
		value, err := field.value.ToTerraformValue(ctx)
		if err != nil || !value.IsFullyKnown() {
			return false
		}
	}
	return true
}

// Differences are the names of the attributes in which two models of one type differ, in the order of the fields.
func Differences[M any](a, b M) []string {
	left, right := fieldsOf(reflect.ValueOf(a), nil), fieldsOf(reflect.ValueOf(b), nil)
	var names []string
	for i := range left {
		if !left[i].value.Equal(right[i].value) {
			names = append(names, left[i].name)
		}
	}
	return names
}

// field is an attribute of a model.
type field struct {
	name  string
	value attr.Value
}

func fieldsOf(model reflect.Value, all []field) []field {
	for i := range model.NumField() {
		if name := model.Type().Field(i).Tag.Get("tfsdk"); name != "" {
			if value, ok := model.Field(i).Interface().(attr.Value); ok {
				all = append(all, field{name: name, value: value})
			}
		} else if model.Field(i).Kind() == reflect.Struct {
			all = fieldsOf(model.Field(i), all)
		}
	}
	return all
}
