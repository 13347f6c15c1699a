// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package configure

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// The functions here walk the attributes of a model, so that no list of them can be forgotten. A model is a struct
// whose fields with a tag are attributes: values of the framework's or Go's own. Fields without one are walked where
// they are structs, and are none of the attributes otherwise.

// Known tells whether every attribute of a model is known, with all that is in it.
func Known(ctx context.Context, model any) bool {
	return !slices.ContainsFunc(fieldsOf(reflect.ValueOf(model), nil), func(f field) bool { return !f.known(ctx) })
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

// Changes are the attributes in which two models of one type differ, as a plan tells them: what was, and what is. Of
// objects and of texts with a meaning of their own, which may be long and hold secrets, only the name is told.
func Changes[M any](from, to M) []string {
	left, right := fieldsOf(reflect.ValueOf(from), nil), fieldsOf(reflect.ValueOf(to), nil)
	var changes []string
	for i := range left {
		switch was := left[i].Interface().(type) {
		case types.String, types.Bool, types.Set:
			if !left[i].same(right[i]) {
				changes = append(changes, fmt.Sprintf("%s: %s -> %s", left[i].name, said(was), said(right[i].Interface())))
			}
		default:
			if !left[i].same(right[i]) {
				changes = append(changes, left[i].name)
			}
		}
	}
	return changes
}

func said(value any) string {
	if v, ok := value.(attr.Value); ok && v.IsNull() {
		return "null"
	}
	return fmt.Sprint(value)
}

// Completed is a plan in which every attribute that is not known is as state has it.
func Completed[M any](ctx context.Context, plan, state M) M {
	to, from := fieldsOf(reflect.ValueOf(&plan).Elem(), nil), fieldsOf(reflect.ValueOf(state), nil)
	for i := range to {
		if !to[i].known(ctx) {
			to[i].Set(from[i].Value)
		}
	}
	return plan
}

// field is an attribute of a model.
type field struct {
	reflect.Value

	name string
}

func (f field) known(ctx context.Context) bool {
	value, ok := f.Interface().(attr.Value)
	if !ok {
		return true
	}
	raw, err := value.ToTerraformValue(ctx)
	return err == nil && raw.IsFullyKnown()
}

func (f field) same(other field) bool {
	a, isValue := f.Interface().(attr.Value)
	b, alsoValue := other.Interface().(attr.Value)
	if isValue && alsoValue {
		return a.Equal(b)
	}
	return reflect.DeepEqual(f.Interface(), other.Interface())
}

func fieldsOf(model reflect.Value, all []field) []field {
	for i := range model.NumField() {
		if name := model.Type().Field(i).Tag.Get("tfsdk"); name != "" {
			all = append(all, field{name: name, Value: model.Field(i)})
		} else if model.Field(i).Kind() == reflect.Struct {
			all = fieldsOf(model.Field(i), all)
		}
	}
	return all
}
