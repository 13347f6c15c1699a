// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotplan

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
)

// KeepFound plans an optional and computed attribute that configuration leaves out as it is found. A new object has to
// be given it. It is for what Terraform leaves out of configuration that it generates, since it is sensitive.
func KeepFound() planmodifier.String { return keepFound{} }

type keepFound struct{}

func (m keepFound) Description(context.Context) string {
	return "Left out, it stays as it is found; a new object needs it."
}

func (m keepFound) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (m keepFound) PlanModifyString(
	_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse,
) {
	switch {
	case !req.ConfigValue.IsNull():
	case req.StateValue.IsNull():
		resp.Diagnostics.AddAttributeError(req.Path, "Missing value", fmt.Sprintf(
			"There is none yet that could be kept: give %s.", req.Path))
	default:
		resp.PlanValue = req.StateValue
	}
}
