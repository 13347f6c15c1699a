// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotplan

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// KeepPrior plans the prior value when the configured one means the same. The custom type alone is not enough: the
// framework never asks for semantic equality while it plans, so that a registration ID in another letter case would
// replace the resource. It must stand before a RequiresReplace of the same attribute.
func KeepPrior(kind iottype.Text) planmodifier.String { return keepPrior{kind: kind} }

type keepPrior struct{ kind iottype.Text }

func (m keepPrior) Description(context.Context) string {
	return "A value that means the same as the prior one is no difference."
}

func (m keepPrior) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (m keepPrior) PlanModifyString(
	_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse,
) {
	if req.StateValue.IsNull() || req.PlanValue.IsNull() || req.PlanValue.IsUnknown() {
		return
	}
	if m.kind.Same(req.StateValue.ValueString(), req.PlanValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}
