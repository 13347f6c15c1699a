// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package configure

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// Resource is embedded by every managed resource; S is what the provider block hands out.
type Resource[S any] struct {
	// Services is the zero value until Terraform has configured the provider (as during validation).
	Services S
}

// Configure takes over the services of the provider block.
func (r *Resource[S]) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(take(req.ProviderData, &r.Services)...)
}

// DataSource is embedded by every data source.
type DataSource[S any] struct {
	// Services is the zero value until Terraform has configured the provider.
	Services S
}

// Configure takes over the services of the provider block.
func (d *DataSource[S]) Configure(
	_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse,
) {
	resp.Diagnostics.Append(take(req.ProviderData, &d.Services)...)
}

// Ephemeral is embedded by every ephemeral resource.
type Ephemeral[S any] struct {
	// Services is the zero value until Terraform has configured the provider.
	Services S
}

// Configure takes over the services of the provider block.
func (e *Ephemeral[S]) Configure(
	_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse,
) {
	resp.Diagnostics.Append(take(req.ProviderData, &e.Services)...)
}

// Action is embedded by every action.
type Action[S any] struct {
	// Services is the zero value until Terraform has configured the provider.
	Services S
}

// Configure takes over the services of the provider block.
func (a *Action[S]) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	resp.Diagnostics.Append(take(req.ProviderData, &a.Services)...)
}

func take[S any](data any, services *S) diag.Diagnostics {
	if data == nil {
		return nil
	}
	given, ok := data.(S)
	if !ok {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Provider defect",
			fmt.Sprintf("The provider handed out a %T where a %T is expected. Please report this to its authors.",
				data, *services))}
	}
	*services = given
	return nil
}
