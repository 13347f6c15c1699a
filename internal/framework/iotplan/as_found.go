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
func AsFound(born string) planmodifier.String { return asFound{born: born} }

type asFound struct{ born string }

func (m asFound) Description(context.Context) string {
	return fmt.Sprintf("Left out, it is %q for a new object and stays as it is found afterwards.", m.born)
}

func (m asFound) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (m asFound) PlanModifyString(
	_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse,
) {
	switch {
	case !req.ConfigValue.IsNull():
	case req.StateValue.IsNull():
		resp.PlanValue = types.StringValue(m.born)
	default:
		resp.PlanValue = req.StateValue
	}
}
