// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotvalidator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// problemOf is what a validator says of a value; empty when it is good.
func problemOf(t *testing.T, v validator.String, value types.String) string {
	t.Helper()
	var response validator.StringResponse
	v.ValidateString(t.Context(), validator.StringRequest{Path: path.Root("a"), ConfigValue: value}, &response)
	var said []string
	for _, d := range response.Diagnostics {
		said = append(said, d.Summary()+": "+d.Detail())
	}
	return strings.Join(said, "\n")
}

func TestThumbprint_isSHA1OrSHA256InHexadecimal(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		strings.Repeat("aB", 20):        "",
		strings.Repeat("0f", 32):        "",
		"":                              "leave the attribute out",
		strings.Repeat("ab", 19):        "38 digits",
		strings.Repeat("ab", 64):        "128 digits",
		strings.Repeat("a", 41):         "not hexadecimal",
		strings.Repeat("xy", 20):        "not hexadecimal",
		"AB:CD":                         "separators",
		"AB CD":                         "separators",
		"sha256:" + "ab":                "separators",
		strings.Repeat("ab", 20) + "\n": "not hexadecimal",
	} {
		got := problemOf(t, iotvalidator.Thumbprint(), types.StringValue(value))
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q: %q", value, got)
		}
	}
	for _, value := range []types.String{types.StringNull(), types.StringUnknown()} {
		if got := problemOf(t, iotvalidator.Thumbprint(), value); got != "" {
			t.Errorf("%s: %q", value, got)
		}
	}
}

func TestDuration_isWithinItsBounds(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"1m": "", "60s": "", "2h": "", "59s": "too short", "-5m": "too short", "2h1s": "too long",
		"soon": "is not a duration",
		"5":    "is not a duration", "": "is not a duration",
	} {
		got := problemOf(t, iotvalidator.Duration(time.Minute, 2*time.Hour), types.StringValue(value))
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q: %q", value, got)
		}
	}
}
