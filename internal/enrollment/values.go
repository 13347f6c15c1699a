// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// objectIn is the object attribute of that name; null when it is missing, not known or not an object.
func objectIn(value types.Object, name string) types.Object {
	member, _ := value.Attributes()[name].(types.Object)
	return member
}

// stringIn is the string attribute of that name; null when it is missing.
func stringIn(value types.Object, name string) types.String {
	text, _ := value.Attributes()[name].(types.String)
	return text
}

// int64In is the number of that name; null when it is missing.
func int64In(value types.Object, name string) types.Int64 {
	number, ok := value.Attributes()[name].(types.Int64)
	if !ok {
		return types.Int64Null()
	}
	return number
}

// textIn is the text attribute of that name.
func textIn(value types.Object, name string, kind iottype.Text) iottype.TextValue {
	if text, ok := value.Attributes()[name].(iottype.TextValue); ok {
		return text
	}
	return kind.Null()
}

// boolIn is the flag of that name; true, the default of both, when it is not set.
func boolIn(value types.Object, name string) bool {
	flag, ok := value.Attributes()[name].(types.Bool)
	return !ok || !iottype.IsSet(flag) || flag.ValueBool()
}

func isNull(object types.Object, name string) bool {
	member, ok := object.Attributes()[name]
	return ok && member.IsNull()
}
