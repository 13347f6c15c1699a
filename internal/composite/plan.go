// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package composite

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// hostnameName is the attribute that names the DPS instance.
const hostnameName = "dps_hostname"

// Planner says what an apply will do; M is a block in Terraform's types, K what is remembered of it.
type Planner[M, K any] struct {
	Services *azure.Services
	// Host is where a block names its DPS instance. One at another instance is another block.
	Host   func(*M) *iottype.TextValue
	Memory iotstate.Key[K]
	// Create plans a block that is new, Change one that is there, and Destroy that Terraform forgets it.
	Create  func(ctx context.Context, plan M) (M, diag.Diagnostics)
	Change  func(ctx context.Context, plan, state M, remembered K) (M, diag.Diagnostics)
	Destroy func(ctx context.Context, state M, remembered K) diag.Diagnostics
	// Note keeps, and tells others, what is planned.
	Note func(ctx context.Context, req resource.ModifyPlanRequest, planned M, private iotstate.Setter) diag.Diagnostics
}

// ModifyPlan plans one block.
func (p Planner[M, K]) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	var state M
	var remembered K
	var diags diag.Diagnostics
	if !req.State.Raw.IsNull() {
		state, diags = configure.Decode[M](ctx, req.State)
		resp.Diagnostics.Append(diags...)
		remembered, diags = p.Memory.Recall(ctx, req.Private)
		if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
			return
		}
	}
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(p.Destroy(ctx, state, remembered)...)
		return
	}
	plan, diags := configure.Decode[M](ctx, req.Plan)
	resp.Diagnostics.Append(diags...)
	config, diags := configure.Decode[M](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	before := iottype.Hostname().Null()
	if !req.State.Raw.IsNull() {
		before = *p.Host(&state)
	}
	*p.Host(&plan) = iotplan.Host(*p.Host(&config), before, p.Services.DPSHost(""), p.Services.Known())
	if req.State.Raw.IsNull() {
		plan, diags = p.Create(ctx, plan)
	} else {
		plan, diags = p.Change(ctx, plan, state, remembered)
	}
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(p.Note(ctx, req, plan, resp.Private)...)
	resp.Diagnostics.Append(configure.Store(ctx, &resp.Plan, plan)...)
	if !req.State.Raw.IsNull() && !iotplan.SameHost(*p.Host(&plan), before) {
		resp.RequiresReplace.Append(path.Root(hostnameName))
	}
}

// NothingToRestore is the error of a new block that is to be undone.
func NothingToRestore() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("desired_access"), "Nothing to restore",
		"A new block has changed nothing yet that could be restored. Create it with desired_access = \"blocked\". "+
			"If Terraform replaces a tainted block here, \"terraform untaint\" keeps what restoring needs.")
}
