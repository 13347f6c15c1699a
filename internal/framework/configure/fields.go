// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package configure

import (
	"context"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/attr"
)

// The functions here walk the attributes of a model, so that no list of them can be forgotten. A model is a struct
// whose fields with a tag are attributes: values of the framework's or Go's own. Fields without one are walked where
// they are structs, and are none of the attributes otherwise.

// Known tells whether every attribute of a model is known, with all that is in it.
func Known(ctx context.Context, model any) bool {
	for _, field := range fieldsOf(reflect.ValueOf(model), nil) {
		value, ok := field.value.(attr.Value)
		if !ok {
			continue
		}
		if raw, err := value.ToTerraformValue(ctx); err != nil || !raw.IsFullyKnown() {
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
		if !left[i].same(right[i]) {
			names = append(names, left[i].name)
		}
	}
	return names
}

// field is an attribute of a model.
type field struct {
	name  string
	value any
}

func (f field) same(other field) bool {
	a, isValue := f.value.(attr.Value)
	b, alsoValue := other.value.(attr.Value)
	if isValue && alsoValue {
		return a.Equal(b)
	}
	return reflect.DeepEqual(f.value, other.value)
}

func fieldsOf(model reflect.Value, all []field) []field {
	for i := range model.NumField() {
		if name := model.Type().Field(i).Tag.Get("tfsdk"); name != "" {
			all = append(all, field{name: name, value: model.Field(i).Interface()})
		} else if model.Field(i).Kind() == reflect.Struct {
			all = fieldsOf(model.Field(i), all)
		}
	}
	return all
}
