// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotvalidator

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// ExactlyOneOf checks that one attribute of an object is set, and no more than one. An attribute that is not known
// yet may turn out either way.
func ExactlyOneOf(names ...string) validator.Object { return choice{names: names, most: 1} }

// AtLeastOneOf checks that an attribute of an object is set.
func AtLeastOneOf(names ...string) validator.Object { return choice{names: names, most: len(names)} }

// NotEmpty warns of an object in which none of the attributes is set, which means no more than leaving it out:
// Terraform drops names that are misspelt.
func NotEmpty(names ...string) validator.Object {
	return choice{names: names, most: len(names), mayBeEmpty: true}
}

// choice is a check of how many of an object's attributes are set: at least one, and no more than most.
type choice struct {
	names []string
	most  int
	// mayBeEmpty says that none is no error.
	mayBeEmpty bool
}

func (v choice) Description(context.Context) string {
	if v.most == 1 {
		return "Give exactly one of " + listed(v.names, "and") + "."
	}
	return "Give at least one of " + listed(v.names, "and") + "."
}

func (v choice) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v choice) ValidateObject(ctx context.Context, req validator.ObjectRequest, resp *validator.ObjectResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	var given []string
	unknown := false
	for _, name := range v.names {
		switch value := req.ConfigValue.Attributes()[name]; {
		case value == nil || value.IsNull():
		case value.IsUnknown():
			unknown = true
		default:
			given = append(given, name)
		}
	}
	switch {
	case len(given) > v.most:
		resp.Diagnostics.AddAttributeError(req.Path, "Too many of "+listed(v.names, "and"), fmt.Sprintf(
			"%s are given. %s", listed(given, "and"), v.Description(ctx)))
	case len(given) > 0 || unknown:
	case v.mayBeEmpty:
		resp.Diagnostics.AddAttributeWarning(req.Path, "Nothing is set", "It has neither "+listed(v.names, "nor")+", and "+
			"means no more than leaving it out. "+dropped)
	default:
		resp.Diagnostics.AddAttributeError(req.Path, "Missing "+listed(v.names, "or"), v.Description(ctx)+" "+dropped)
	}
}

const dropped = "Terraform drops names that are misspelt in an object without a word."

// listed joins names as a sentence does: "a, b and c".
func listed(names []string, last string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " " + last + " " + names[len(names)-1]
}
