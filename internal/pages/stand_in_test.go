// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"context"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// azurerm stands in for the provider of that name: it has the resources of README's first configuration, with the
// attributes that are used there, and each that azurerm would compute is what the world has.
type azurerm struct{ world *acctest.World }

func (p azurerm) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "azurerm"
}

func (p azurerm) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema.Blocks = map[string]providerschema.Block{"features": providerschema.SingleNestedBlock{}}
}

func (p azurerm) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (p azurerm) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (p azurerm) Resources(context.Context) []func() resource.Resource {
	hub := p.world.Emulator.Hub("hub1")
	sku := map[string]schema.Block{"sku": schema.SingleNestedBlock{Attributes: map[string]schema.Attribute{
		"name": schema.StringAttribute{Required: true}, "capacity": schema.Int64Attribute{Required: true},
	}}}
	linked := map[string]schema.Block{"linked_hub": schema.SingleNestedBlock{Attributes: map[string]schema.Attribute{
		"connection_string": schema.StringAttribute{Required: true, Sensitive: true},
		"location":          schema.StringAttribute{Required: true},
	}}}
	maps.Copy(linked, sku)
	all := []standIn{
		{name: "azurerm_resource_group", has: "location"},
		{
			name: "azurerm_iothub", has: "resource_group_name location", blocks: sku,
			computes: map[string]string{"hostname": hub.Hostname()},
		},
		{
			name: "azurerm_iothub_shared_access_policy", has: "resource_group_name iothub_name",
			grants:   "registry_read registry_write service_connect",
			computes: map[string]string{"primary_connection_string": hub.ConnectionString()},
		},
		{
			name: "azurerm_iothub_dps", has: "resource_group_name location", blocks: linked,
			computes: map[string]string{"service_operations_host_name": p.world.Emulator.DPSHostname()},
		},
		{
			name: "azurerm_iothub_dps_shared_access_policy", has: "resource_group_name iothub_dps_name",
			grants:   "enrollment_read enrollment_write registration_read registration_write",
			computes: map[string]string{"primary_connection_string": p.world.Emulator.DPSConnectionString()},
		},
	}
	all = append(all, standIn{
		name: "azurerm_role_assignment", has: "scope role_definition_name principal_id", world: p.world,
	})
	var made []func() resource.Resource
	for _, one := range all {
		made = append(made, func() resource.Resource { return one })
	}
	return made
}

// other stands in for a provider with one resource, called like null_resource, that makes nothing.
type other struct{ name string }

func (p other) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = p.name
}

func (p other) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (p other) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (p other) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (p other) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource {
		return standIn{name: p.name + "_resource", computes: map[string]string{"id": "1"}}
	}}
}

// standIn is one resource of azurerm: what is configured as text and as a right, and what is computed.
type standIn struct {
	name, has, grants string
	blocks            map[string]schema.Block
	computes          map[string]string
	world             *acctest.World // in which a role is assigned
}

func (s standIn) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = s.name
}

func (s standIn) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := map[string]schema.Attribute{"name": schema.StringAttribute{Optional: true}}
	for name := range strings.FieldsSeq(s.has) {
		attributes[name] = schema.StringAttribute{Required: true}
	}
	for name := range strings.FieldsSeq(s.grants) {
		attributes[name] = schema.BoolAttribute{Optional: true}
	}
	for name := range maps.Keys(s.computes) {
		attributes[name] = schema.StringAttribute{Computed: true, Sensitive: strings.HasSuffix(name, "connection_string")}
	}
	resp.Schema = schema.Schema{Attributes: attributes, Blocks: s.blocks}
}

func (s standIn) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.State.Raw = req.Plan.Raw
	for name, value := range s.computes {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
	if s.world == nil {
		return
	}
	var role, principal string
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root("role_definition_name"), &role)...)
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root("principal_id"), &principal)...)
	if err := s.world.Emulator.GrantRole(principal, role); err != nil {
		resp.Diagnostics.AddError("Cannot assign the role", err.Error())
	}
}

func (s standIn) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (s standIn) Update(_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (s standIn) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
