// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package configure

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	actionschema "github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	datasourceschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	ephemeralschema "github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	resourceschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// Managed is what every managed resource of the provider can do.
type Managed interface {
	resource.ResourceWithConfigure
	resource.ResourceWithIdentity
	resource.ResourceWithModifyPlan
	resource.ResourceWithImportState
}

// Resource is embedded by every managed resource; S is what the provider block hands out.
type Resource[S any] struct {
	// Name is that of its Terraform type, without the provider's.
	Name string
	// Describe makes its schema.
	Describe func() resourceschema.Schema
	// Identity says what names an object of it.
	Identity identityschema.Schema
	// Services is the zero value until Terraform has configured the provider (as during validation).
	Services S
}

// Metadata names the resource.
func (r *Resource[S]) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + r.Name
}

// Schema describes the resource.
func (r *Resource[S]) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = r.Describe()
}

// IdentitySchema says what names an object of the resource.
func (r *Resource[S]) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = r.Identity
}

// Configure takes over the services of the provider block.
func (r *Resource[S]) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(take(req.ProviderData, &r.Services)...)
}

// DataSource is embedded by every data source.
type DataSource[S any] struct {
	// Name, Describe and Services are what they are of a resource.
	Name     string
	Describe func() datasourceschema.Schema
	Services S
}

// Metadata names the data source.
func (d *DataSource[S]) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_" + d.Name
}

// Schema describes the data source.
func (d *DataSource[S]) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = d.Describe()
}

// Configure takes over the services of the provider block.
func (d *DataSource[S]) Configure(
	_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse,
) {
	resp.Diagnostics.Append(take(req.ProviderData, &d.Services)...)
}

// Ephemeral is embedded by every ephemeral resource.
type Ephemeral[S any] struct {
	// Name, Describe and Services are what they are of a resource.
	Name     string
	Describe func() ephemeralschema.Schema
	Services S
}

// Metadata names the ephemeral resource.
func (e *Ephemeral[S]) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + e.Name
}

// Schema describes the ephemeral resource.
func (e *Ephemeral[S]) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = e.Describe()
}

// Configure takes over the services of the provider block.
func (e *Ephemeral[S]) Configure(
	_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse,
) {
	resp.Diagnostics.Append(take(req.ProviderData, &e.Services)...)
}

// Action is embedded by every action.
type Action[S any] struct {
	// Name, Describe and Services are what they are of a resource.
	Name     string
	Describe func() actionschema.Schema
	Services S
}

// Metadata names the action.
func (a *Action[S]) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + a.Name
}

// Schema describes the action.
func (a *Action[S]) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = a.Describe()
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
