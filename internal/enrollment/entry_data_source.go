// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// individualDataSource is azureiot_dps_individual_enrollment as it is read, with the device's registration.
type individualDataSource struct {
	configure.DataSource[*azure.Services]
}

// groupDataSource is azureiot_dps_enrollment_group as it is read.
type groupDataSource struct {
	configure.DataSource[*azure.Services]
}

var (
	_ datasource.DataSourceWithConfigure = &individualDataSource{}
	_ datasource.DataSourceWithConfigure = &groupDataSource{}
)

// NewIndividualDataSource makes the data source azureiot_dps_individual_enrollment.
func NewIndividualDataSource() datasource.DataSource { return &individualDataSource{} }

// NewGroupDataSource makes the data source azureiot_dps_enrollment_group.
func NewGroupDataSource() datasource.DataSource { return &groupDataSource{} }

type (
	individualData struct {
		DPSHostname  iottype.TextValue `tfsdk:"dps_hostname"`
		Registration types.Object      `tfsdk:"registration"`
		individualView
	}
	groupData struct {
		DPSHostname iottype.TextValue `tfsdk:"dps_hostname"`
		groupView
	}
)

// Metadata names the data source.
func (d *individualDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_" + individualKind().typeName
}

// Metadata names the data source.
func (d *groupDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_" + groupKind().typeName
}

// instanceAttribute is the override of the provider block's DPS instance in a data source.
func instanceAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, CustomType: iottype.Hostname(),
		MarkdownDescription: "Host name of the DPS instance. Default: the provider block's.",
		Validators:          []validator.String{iotvalidator.Hostname()},
	}
}

// Schema describes the data source.
func (d *individualDataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	attributes := individualViewAttributes()
	attributes[dpsHostnameName] = instanceAttribute()
	attributes[registrationIDName] = schema.StringAttribute{
		Required: true, MarkdownDescription: "The device's name towards DPS; letter case has no meaning.",
		Validators: []validator.String{iotvalidator.RegistrationID()},
	}
	attributes["registration"] = computedObject(
		"What DPS remembers of the device's last attempt to register; its status is `unassigned` before the first.",
		registrationViewAttributes())
	resp.Schema = schema.Schema{
		MarkdownDescription: "An individual enrollment as DPS has it now, with the device's registration and without keys. " +
			"It is an error when there is none; in a `check` block that is a warning.",
		Attributes: attributes,
	}
}

// Schema describes the data source.
func (d *groupDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := groupViewAttributes()
	maps.Copy(attributes, map[string]schema.Attribute{
		dpsHostnameName: instanceAttribute(),
		enrollmentGroupIDName: schema.StringAttribute{
			Required: true, MarkdownDescription: "ID of the enrollment group; letter case has no meaning.",
			Validators: []validator.String{iotvalidator.EnrollmentGroupID()},
		},
	})
	resp.Schema = schema.Schema{
		MarkdownDescription: "An enrollment group as DPS has it now, without keys. It is an error when there is none; in a " +
			"`check` block that is a warning.",
		Attributes: attributes,
	}
}

// Read reads the individual enrollment.
func (d *individualDataSource) Read(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	data, diags := configure.Decode[individualData](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	r, diags := newReader(d.Services, data.DPSHostname)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	k, id := individualKind(), data.RegistrationID.ValueString()
	e, err := k.open(r.dps).read(ctx, id)
	if err != nil {
		resp.Diagnostics.Append(r.failed("read", k.noun, k.idAttribute, id, k.reading, err))
		return
	}
	registered := azdps.Registration{RegistrationID: e.ID, Status: azdps.RegistrationUnassigned}
	if e.Registration != nil {
		registered = *e.Registration
	}
	view := individualViewOf(e)
	view.RegistrationID = data.RegistrationID
	registration, diags := types.ObjectValueFrom(ctx, registrationType().AttrTypes, registrationViewOf(registered))
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, individualData{
		DPSHostname: r.host(data.DPSHostname), Registration: registration, individualView: view,
	})...)
}

// Read reads the group.
func (d *groupDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	data, diags := configure.Decode[groupData](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	r, diags := newReader(d.Services, data.DPSHostname)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	k, id := groupKind(), data.EnrollmentGroupID.ValueString()
	e, err := k.open(r.dps).read(ctx, id)
	if err != nil {
		resp.Diagnostics.Append(r.failed("read", k.noun, k.idAttribute, id, k.reading, err))
		return
	}
	view := groupViewOf(e)
	view.EnrollmentGroupID = data.EnrollmentGroupID
	resp.Diagnostics.Append(resp.State.Set(ctx, groupData{DPSHostname: r.host(data.DPSHostname), groupView: view})...)
}
