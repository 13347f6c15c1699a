// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
)

// accessDataSource is azureiot_dps_device_access: which device this is, whether it may come in, and why. It looks and
// decides as a new block of the device does, and remembers nothing.
type accessDataSource struct {
	configure.DataSource[*azure.Services]
}

var (
	_ datasource.DataSourceWithConfigure        = &accessDataSource{}
	_ datasource.DataSourceWithConfigValidators = &accessDataSource{}
	_ datasource.DataSourceWithValidateConfig   = &accessDataSource{}
)

// NewAccessDataSource makes azureiot_dps_device_access.
func NewAccessDataSource() datasource.DataSource { return &accessDataSource{} }

// Metadata names the data source.
func (d *accessDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_dps_device_access"
}

// Schema describes the data source.
func (d *accessDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = accessSchema()
}

// ConfigValidators want something that names the device.
func (d *accessDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	thumbprint := path.MatchRoot("thumbprint")
	others := []path.Expression{
		path.MatchRoot("registration_id"), path.MatchRoot("certificate_pem"), path.MatchRoot("device_id"),
	}
	validators := []datasource.ConfigValidator{datasourcevalidator.AtLeastOneOf(append(others, thumbprint)...)}
	for _, other := range others {
		validators = append(validators, datasourcevalidator.Conflicting(thumbprint, other))
	}
	return validators
}

// ValidateConfig checks what names the device against each other.
func (d *accessDataSource) ValidateConfig(
	ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse,
) {
	config, diags := configure.Decode[accessModel](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(config.asked().validate()...)
}

// Read looks the device up. That nothing is found is an answer as well.
func (d *accessDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	model, diags := configure.Decode[accessModel](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	want, diags := model.asked().expand(ctx)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	ask, diags := newAsker(d.Services, want)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	ask.standing = "" // Nothing is ever written here.
	found, err := ask.identify(ctx, want, model.Thumbprint.ValueString())
	if err != nil {
		resp.Diagnostics.Append(ask.lookUpFailed(err))
		return
	}
	ask.id = found.want.RegistrationID
	for id, identity := range found.f.InOrder() {
		if identity.Status == deprovision.Unreachable {
			resp.Diagnostics.Append(ask.hubUnread(id, identity))
		}
	}
	view, diags := model.view(ctx, found, ask.host)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, view)...)
}
