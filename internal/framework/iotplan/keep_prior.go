// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotplan

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// KeepPrior plans the prior value when the configured one means the same. The custom type alone is not enough: the
// framework never asks for semantic equality while it plans, so that a registration ID in another letter case would
// replace the resource. It must stand before a RequiresReplace of the same attribute.
func KeepPrior(kind iottype.Text) planmodifier.String {
	return keepPrior{"A value that means the same as the prior one is no difference.", kind}
}

type keepPrior struct {
	described

	kind iottype.Text
}

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

// KeepPriorSet plans the prior set of texts when the configured one has the same elements in another spelling.
func KeepPriorSet(kind iottype.Text) planmodifier.Set {
	return keepPriorSet{"Elements that mean the same as the prior ones are no difference.", kind}
}

type keepPriorSet struct {
	described

	kind iottype.Text
}

func (m keepPriorSet) PlanModifySet(_ context.Context, req planmodifier.SetRequest, resp *planmodifier.SetResponse) {
	if req.StateValue.IsNull() || req.PlanValue.IsNull() || req.PlanValue.IsUnknown() {
		return
	}
	if m.covers(req.StateValue, req.PlanValue) && m.covers(req.PlanValue, req.StateValue) {
		resp.PlanValue = req.StateValue
	}
}

// covers tells whether every element of b means the same as one of a.
func (m keepPriorSet) covers(a, b types.Set) bool {
	for _, wanted := range b.Elements() {
		found := false
		for _, candidate := range a.Elements() {
			x, isText := wanted.(types.String)
			y, alsoText := candidate.(types.String)
			known := isText && alsoText && !x.IsUnknown() && !y.IsUnknown()
			found = found || known && m.kind.Same(x.ValueString(), y.ValueString())
		}
		if !found {
			return false
		}
	}
	return true
}
