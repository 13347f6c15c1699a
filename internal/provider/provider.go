// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/device"
	"github.com/azureiot/terraform-provider-azureiot/internal/disallow"
	"github.com/azureiot/terraform-provider-azureiot/internal/enrollment"
	"github.com/azureiot/terraform-provider-azureiot/internal/groupdisallow"
)

// TypeName begins the name of every object of the provider.
const TypeName = "azureiot"

type azureIoT struct {
	version string
	options Options
	// services are those of the last Configure.
	services atomic.Pointer[azure.Services]
}

var (
	_ provider.ProviderWithEphemeralResources = &azureIoT{}
	_ provider.ProviderWithFunctions          = &azureIoT{}
	_ provider.ProviderWithListResources      = &azureIoT{}
	_ provider.ProviderWithActions            = &azureIoT{}
)

// New makes the provider; version is what it calls itself in Terraform and towards Azure.
func New(version string, options Options) func() provider.Provider {
	return func() provider.Provider {
		return &azureIoT{version: version, options: options.withDefaults()}
	}
}

// Metadata names the provider.
func (p *azureIoT) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = TypeName
	resp.Version = p.version
}

// Configure makes the services that every object of this provider block uses. Nothing is called yet: a wrong secret
// fails at the first call that needs it.
func (p *azureIoT) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	p.services.Store(nil)
	config, diags := p.decode(ctx, req)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	services := azure.New(config)
	p.services.Store(services)
	resp.ResourceData = services
	resp.DataSourceData = services
	resp.EphemeralResourceData = services
	resp.ListResourceData = services
	resp.ActionData = services
}

// ResourceData is what Configure gave to resources; nil before it, and after one that failed.
func (p *azureIoT) ResourceData() any {
	if services := p.services.Load(); services != nil {
		return services
	}
	return nil
}

// Resources lists the managed resources.
func (p *azureIoT) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		enrollment.NewGroupResource,
		enrollment.NewIndividualResource,
		device.NewIdentityResource,
		disallow.NewDeviceResource,
		groupdisallow.NewGroupResource,
	}
}

// DataSources lists the data sources.
func (p *azureIoT) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		enrollment.NewIndividualDataSource,
		enrollment.NewIndividualsDataSource,
		enrollment.NewGroupDataSource,
		enrollment.NewGroupsDataSource,
		enrollment.NewRegistrationDataSource,
		enrollment.NewRegistrationsDataSource,
		device.NewIdentityDataSource,
		device.NewIdentitiesDataSource,
		disallow.NewAccessDataSource,
	}
}

// EphemeralResources lists the ephemeral resources.
func (p *azureIoT) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{
		enrollment.NewIndividualKeysEphemeral,
		enrollment.NewGroupKeysEphemeral,
		enrollment.NewDerivedKeyEphemeral,
		device.NewCredentialsEphemeral,
	}
}

// Functions lists the functions.
func (p *azureIoT) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		enrollment.NewCertificateFunction,
	}
}

// ListResources lists what "terraform query" can look for.
func (p *azureIoT) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		enrollment.NewIndividualList,
		enrollment.NewGroupList,
		device.NewIdentityList,
	}
}

// Actions lists the actions.
func (p *azureIoT) Actions(context.Context) []func() action.Action {
	return []func() action.Action{
		enrollment.NewDeleteRegistrationAction,
		enrollment.NewPurgeRegistrationsAction,
		enrollment.NewRotateKeysAction,
		device.NewRotateKeysAction,
	}
}
