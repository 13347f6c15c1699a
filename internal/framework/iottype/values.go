// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iottype

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// IsSet tells whether a value is neither null nor unknown.
func IsSet(value attr.Value) bool { return !value.IsNull() && !value.IsUnknown() }

// TextOrNull is null for an empty text, as a service leaves out what it has nothing to say of.
func TextOrNull[T ~string](text T) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(string(text))
}

// Set says items in Terraform's types, each by its model.
func Set[T, M any](
	ctx context.Context, element attr.Type, items []T, flatten func(T) M,
) (types.Set, diag.Diagnostics) {
	models := make([]M, 0, len(items))
	for _, item := range items {
		models = append(models, flatten(item))
	}
	return types.SetValueFrom(ctx, element, models)
}

// Elements are the items of a set; one that is null or unknown has none.
func Elements[T, M any](ctx context.Context, set types.Set, expand func(M) T) ([]T, diag.Diagnostics) {
	if !IsSet(set) {
		return nil, nil
	}
	var models []M
	diags := set.ElementsAs(ctx, &models, false)
	var items []T
	for _, model := range models {
		items = append(items, expand(model))
	}
	return items, diags
}
