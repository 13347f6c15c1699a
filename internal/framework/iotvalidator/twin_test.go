// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotvalidator_test

import (
	"encoding/json"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// Whatever text is given for tags is checked, and what passes is a JSON object.
func FuzzTwinTags(f *testing.F) {
	for _, text := range []string{
		"{}", "{\"a\":{\"b\":[1,2.5,true,\"x\"]}}", "{\"a.b\":1}", "{\"a\":null}", "[1]", "null", "{", "{} {}",
		"{\"a\":1e999}", "{\"a\":4503599627370496}", "{\"\\u0000\":1}", "\xff",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var said validator.StringResponse
		iotvalidator.TwinTags().ValidateString(t.Context(), validator.StringRequest{
			Path: path.Root("tags"), ConfigValue: types.StringValue(text),
		}, &said)
		var members map[string]any
		decoded := json.Unmarshal([]byte(text), &members) == nil && members != nil
		if !said.Diagnostics.HasError() && !decoded {
			t.Errorf("%q is no JSON object", text)
		}
	})
}
