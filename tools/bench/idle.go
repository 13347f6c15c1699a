// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// idleResource has the schema of a resource and does nothing; an identity it has not, which a read would have to say.
type idleResource struct{ resource.Resource }

// Read leaves the state as it is.
func (idleResource) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

// idle is a provider whose resources do nothing.
type idler struct{ provider.Provider }

func idleProvider(made func() provider.Provider) func() provider.Provider {
	return func() provider.Provider { return idler{made()} }
}

// Configure does nothing.
func (idler) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

// Resources lists the provider's, which do nothing.
func (i idler) Resources(ctx context.Context) []func() resource.Resource {
	var all []func() resource.Resource
	for _, made := range i.Provider.Resources(ctx) {
		all = append(all, func() resource.Resource { return idleResource{made()} })
	}
	return all
}

// elevenProvider has one resource, of eleven attributes, which does nothing.
type elevenProvider struct{}

func (elevenProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "azureiot"
}

func (elevenProvider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (elevenProvider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

func (elevenProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (elevenProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return elevenResource{} }}
}

type elevenResource struct{}

func (elevenResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_eleven"
}

func (elevenResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema.Attributes = map[string]schema.Attribute{}
	for i := range 11 {
		resp.Schema.Attributes[fmt.Sprintf("attribute_%d", i)] = schema.StringAttribute{Optional: true}
	}
}

func (elevenResource) Create(_ context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (elevenResource) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (elevenResource) Update(_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (elevenResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
