// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iottype

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// IsSet tells whether a value is neither null nor unknown.
func IsSet(value attr.Value) bool { return !value.IsNull() && !value.IsUnknown() }

// TextOrNull is null for an empty text, as a service leaves out what it has nothing to say of.
func TextOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}
