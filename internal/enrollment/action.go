// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// dpsAction does something once to what a DPS instance has. It has no state, and a plan of it calls nobody: what it
// finds may be the work of the very apply that invokes it.
type dpsAction struct {
	configure.Action[*azure.Services]

	// validate checks attributes against each other; nil where there is nothing to check.
	validate func(asked types.Object) diag.Diagnostics
	invoke   func(ctx context.Context, r *reader, asked types.Object, tell teller) diag.Diagnostics
}

// teller says to whoever waits how an action goes on.
type teller func(text string)

var (
	_ action.ActionWithConfigure      = &dpsAction{}
	_ action.ActionWithValidateConfig = &dpsAction{}
)

// actionOf is what an action of that name is made with. describe leaves out the attribute that names the instance.
func actionOf(name string, describe func() schema.Schema) configure.Action[*azure.Services] {
	return configure.Action[*azure.Services]{Name: name, Describe: func() schema.Schema {
		described, instance := describe(), instanceAttribute()
		described.Attributes[dpsHostnameName] = schema.StringAttribute{
			Optional: true, CustomType: instance.CustomType,
			MarkdownDescription: instance.MarkdownDescription, Validators: instance.Validators,
		}
		return described
	}}
}

// ValidateConfig checks what no attribute can check by itself.
func (a *dpsAction) ValidateConfig(
	ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse,
) {
	asked, diags := configure.Decode[types.Object](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() || a.validate == nil {
		return
	}
	resp.Diagnostics.Append(a.validate(asked)...)
}

// Invoke does it. What was not known when it was validated is known now.
func (a *dpsAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	asked, diags := configure.Decode[types.Object](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	if a.validate != nil {
		resp.Diagnostics.Append(a.validate(asked)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	r, diags := newReader(a.Services, textIn(asked, dpsHostnameName, iottype.Hostname()))
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(a.invoke(ctx, r, asked, func(text string) {
		if ctx.Err() == nil { // Nobody listens any more, and the framework would wait for that.
			resp.SendProgress(action.InvokeProgressEvent{Message: text})
		}
	})...)
}

// flagged tells whether the flag of that name is set to true.
func flagged(asked types.Object, name string) bool {
	flag, _ := asked.Attributes()[name].(types.Bool)
	return flag.ValueBool()
}
