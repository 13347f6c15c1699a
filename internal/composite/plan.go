// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package composite

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// hostnameName is the attribute that names the DPS instance.
const hostnameName = "dps_hostname"

// Planner says what an apply will do; M is a block in Terraform's types.
type Planner[M any] struct {
	// Destroy plans that Terraform forgets the block.
	Destroy func(ctx context.Context, req resource.ModifyPlanRequest) diag.Diagnostics
	// Plan plans a block that is new, or is changed.
	Plan func(ctx context.Context, req resource.ModifyPlanRequest, plan M) (M, diag.Diagnostics)
	// Note keeps, and tells others, what is planned.
	Note func(ctx context.Context, req resource.ModifyPlanRequest, planned M, private iotstate.Setter) diag.Diagnostics
}

// ModifyPlan plans one block. One at another DPS instance is another block.
func (p Planner[M]) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(p.Destroy(ctx, req)...)
		return
	}
	plan, diags := configure.Decode[M](ctx, req.Plan)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	planned, diags := p.Plan(ctx, req, plan)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(p.Note(ctx, req, planned, resp.Private)...)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, planned)...)
	if req.State.Raw.IsNull() {
		return
	}
	var now, before iottype.TextValue
	resp.Diagnostics.Append(resp.Plan.GetAttribute(ctx, path.Root(hostnameName), &now)...)
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root(hostnameName), &before)...)
	if !iotplan.SameHost(now, before) {
		resp.RequiresReplace.Append(path.Root(hostnameName))
	}
}

// NothingToRestore is the error of a new block that is to be undone.
func NothingToRestore() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("desired_access"), "Nothing to restore",
		"A new block has changed nothing yet that could be restored. Create it with desired_access = \"blocked\". "+
			"If Terraform replaces a tainted block here, \"terraform untaint\" keeps what restoring needs.")
}

// State is the state of a response.
type State interface {
	Set(ctx context.Context, val any) diag.Diagnostics
}
