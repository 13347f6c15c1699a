// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// registrationDataSource is azureiot_dps_registration: the record of one device.
type registrationDataSource struct {
	configure.DataSource[*azure.Services]
}

// registrationsDataSource is azureiot_dps_registrations: the records that were made through one enrollment group.
type registrationsDataSource struct {
	configure.DataSource[*azure.Services]
}

var (
	_ datasource.DataSourceWithConfigure = &registrationDataSource{}
	_ datasource.DataSourceWithConfigure = &registrationsDataSource{}
)

// NewRegistrationDataSource makes azureiot_dps_registration.
func NewRegistrationDataSource() datasource.DataSource { return &registrationDataSource{} }

// NewRegistrationsDataSource makes azureiot_dps_registrations.
func NewRegistrationsDataSource() datasource.DataSource { return &registrationsDataSource{} }

type (
	registrationData struct {
		DPSHostname iottype.TextValue `tfsdk:"dps_hostname"`
		registrationView
	}
	registrationsData struct {
		DPSHostname       iottype.TextValue  `tfsdk:"dps_hostname"`
		EnrollmentGroupID types.String       `tfsdk:"enrollment_group_id"`
		Status            types.String       `tfsdk:"status"`
		Registrations     []registrationView `tfsdk:"registrations"`
	}
)

const registrationNoun = "registration record"

// Metadata names the data source.
func (d *registrationDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_dps_registration"
}

// Metadata names the data source.
func (d *registrationsDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_dps_registrations"
}

// Schema describes the data source.
func (d *registrationDataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	attributes := registrationViewAttributes()
	attributes[dpsHostnameName] = instanceAttribute()
	attributes[registrationIDName] = schema.StringAttribute{
		Required: true, MarkdownDescription: "The device's name towards DPS; letter case has no meaning.",
		Validators: []validator.String{iotvalidator.RegistrationID()},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The registration record of a device: what DPS remembers of its last attempt to register. It " +
			"is an error when there is none; in a `check` block that is a warning.",
		Attributes: attributes,
	}
}

// Schema describes the data source.
func (d *registrationsDataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The registration records that devices made through an enrollment group. They stay when the " +
			"group is deleted, and count against the quota. Each hundred is one call, which DPS counts and bills as one " +
			"operation.",
		Attributes: map[string]schema.Attribute{
			dpsHostnameName: instanceAttribute(),
			enrollmentGroupIDName: schema.StringAttribute{
				Required: true, MarkdownDescription: "ID of the enrollment group; letter case has no meaning.",
				Validators: []validator.String{iotvalidator.EnrollmentGroupID()},
			},
			"status": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Only records with this status: `unassigned`, `assigning`, `assigned`, `failed` or " +
					"`disabled`. Default: all.",
				Validators: []validator.String{stringvalidator.OneOf(
					azdps.RegistrationUnassigned, azdps.RegistrationAssigning, azdps.RegistrationAssigned,
					azdps.RegistrationFailed, azdps.RegistrationDisabled)},
			},
			"registrations": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The records, sorted by registration ID.",
				NestedObject: schema.NestedAttributeObject{Attributes: registrationViewAttributes()},
			},
		},
	}
}

// Read reads the record.
func (d *registrationDataSource) Read(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	data, diags := configure.Decode[registrationData](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	r, diags := newReader(d.Services, data.DPSHostname)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	id := data.RegistrationID
	record, err := r.dps.GetRegistration(ctx, id.ValueString())
	if err != nil {
		resp.Diagnostics.Append(r.failed(
			"read", registrationNoun, registrationIDName, id.ValueString(), iotdiag.ReadRegistration(), err))
		return
	}
	data.DPSHostname, data.registrationView = r.host(data.DPSHostname), registrationViewOf(record)
	data.RegistrationID = id
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
}

// Read lists the records.
func (d *registrationsDataSource) Read(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	data, diags := configure.Decode[registrationsData](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	r, diags := newReader(d.Services, data.DPSHostname)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	id := data.EnrollmentGroupID.ValueString()
	data.DPSHostname, data.Registrations = r.host(data.DPSHostname), []registrationView{}
	for pager := r.dps.NewListRegistrationsPager(id, nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		if err != nil {
			resp.Diagnostics.Append(r.failed("list", registrationNoun+"s of enrollment group",
				enrollmentGroupIDName, id, iotdiag.ReadRegistration(), err))
			return
		}
		for _, item := range page.Items {
			if data.Status.IsNull() || data.Status.ValueString() == item.Status {
				data.Registrations = append(data.Registrations, registrationViewOf(item))
			}
		}
	}
	slices.SortFunc(data.Registrations, func(a, b registrationView) int {
		return compareIDs(a.RegistrationID, b.RegistrationID)
	})
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
}
