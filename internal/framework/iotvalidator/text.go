// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotvalidator

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// text is a check of a known string; problem is empty when the value is good.
type text struct {
	rule    string
	summary string
	problem func(value string) string
}

func (v text) Description(context.Context) string         { return v.rule }
func (v text) MarkdownDescription(context.Context) string { return v.rule }

func (v text) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if problem := v.problem(req.ConfigValue.ValueString()); problem != "" {
		resp.Diagnostics.AddAttributeError(req.Path, v.summary, problem)
	}
}

// NotBlank checks that a text says something; noun is what it names.
func NotBlank(noun string) validator.String {
	return text{rule: "It is not blank.", summary: "Invalid " + noun, problem: func(value string) string {
		if strings.TrimSpace(value) == "" {
			return "It is empty: leave the attribute out instead."
		}
		return ""
	}}
}

// OneOf checks that a text is one of a few. The one that is given is not repeated, as the validators of the framework
// do: it may be a key, or a connection string, that was meant for another attribute.
func OneOf(values ...string) validator.String {
	return text{rule: oneOf(values), summary: "Invalid value", problem: func(given string) string {
		i := slices.IndexFunc(values, func(value string) bool { return strings.EqualFold(given, value) })
		switch {
		case i < 0:
			return "It is none of the values that this attribute can have. " + oneOf(values)
		case given != values[i]:
			return fmt.Sprintf("Letter case counts here: give %q.", values[i])
		}
		return ""
	}}
}

// OneOfAnyCase is OneOf where letter case does not count.
func OneOfAnyCase(values ...string) validator.String {
	return text{rule: oneOf(values), summary: "Invalid value", problem: func(given string) string {
		if slices.ContainsFunc(values, func(value string) bool { return strings.EqualFold(given, value) }) {
			return ""
		}
		return "It is none of the values that this attribute can have. " + oneOf(values)
	}}
}

func oneOf(values []string) string {
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = strconv.Quote(value)
	}
	return "Give " + listed(quoted, "or") + "."
}
