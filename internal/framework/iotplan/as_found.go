// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotplan

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// AsFound plans an optional and computed attribute that configuration leaves out: a new object gets the given value,
// and an existing one keeps what was found, so that a plan never undoes what somebody did outside Terraform.
func AsFound(born string) planmodifier.String {
	return asFound{
		described(fmt.Sprintf("Left out, it is %q for a new object and stays as it is found afterwards.", born)),
		func(_ planmodifier.StringRequest, resp *planmodifier.StringResponse) {
			resp.PlanValue = types.StringValue(born)
		},
	}
}

// KeepFound plans an optional and computed attribute that configuration leaves out as it is found. A new object has to
// be given it. It is for what Terraform leaves out of configuration that it generates, since it is sensitive.
func KeepFound() planmodifier.String {
	return asFound{
		"Left out, it stays as it is found; a new object needs it.",
		func(req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
			resp.Diagnostics.AddAttributeError(req.Path, "Missing value", fmt.Sprintf(
				"There is none yet that could be kept: give %s.", req.Path))
		},
	}
}

// asFound keeps what was found, and has born plan where there is nothing yet.
type asFound struct {
	described

	born func(planmodifier.StringRequest, *planmodifier.StringResponse)
}

func (m asFound) PlanModifyString(
	_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse,
) {
	switch {
	case !req.ConfigValue.IsNull():
	case req.StateValue.IsNull():
		m.born(req, resp)
	default:
		resp.PlanValue = req.StateValue
	}
}

// described is what a plan modifier says of itself.
type described string

func (d described) Description(context.Context) string { return string(d) }

func (d described) MarkdownDescription(context.Context) string { return string(d) }
