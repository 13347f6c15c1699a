// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// individualsDataSource is azureiot_dps_individual_enrollments: those of an instance, sorted by registration ID.
type individualsDataSource struct {
	configure.DataSource[*azure.Services]
}

// groupsDataSource is azureiot_dps_enrollment_groups: those of an instance, sorted by ID.
type groupsDataSource struct {
	configure.DataSource[*azure.Services]
}

var (
	_ datasource.DataSourceWithConfigure = &individualsDataSource{}
	_ datasource.DataSourceWithConfigure = &groupsDataSource{}
)

// NewIndividualsDataSource makes azureiot_dps_individual_enrollments.
func NewIndividualsDataSource() datasource.DataSource { return &individualsDataSource{} }

// NewGroupsDataSource makes azureiot_dps_enrollment_groups.
func NewGroupsDataSource() datasource.DataSource { return &groupsDataSource{} }

type (
	individualsData struct {
		DPSHostname           iottype.TextValue `tfsdk:"dps_hostname"`
		ProvisioningStatus    types.String      `tfsdk:"provisioning_status"`
		IndividualEnrollments []individualView  `tfsdk:"individual_enrollments"`
	}
	groupsData struct {
		DPSHostname        iottype.TextValue `tfsdk:"dps_hostname"`
		ProvisioningStatus types.String      `tfsdk:"provisioning_status"`
		EnrollmentGroups   []groupView       `tfsdk:"enrollment_groups"`
	}
)

// Metadata names the data source.
func (d *individualsDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_dps_individual_enrollments"
}

// Metadata names the data source.
func (d *groupsDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_dps_enrollment_groups"
}

func statusFilter() schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true,
		MarkdownDescription: "Only those with this status: `enabled` or `disabled`. Default: all. DPS has no filter of its " +
			"own, so that all are read either way.",
		Validators: []validator.String{stringvalidator.OneOf(azdps.StatusEnabled, azdps.StatusDisabled)},
	}
}

// Schema describes the data source.
func (d *individualsDataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "All individual enrollments of a DPS instance, without keys and registrations. Each hundred " +
			"is one call, which DPS counts and bills as one operation.",
		Attributes: map[string]schema.Attribute{
			dpsHostnameName: instanceAttribute(),
			statusName:      statusFilter(),
			"individual_enrollments": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The individual enrollments, sorted by registration ID.",
				NestedObject: schema.NestedAttributeObject{Attributes: individualViewAttributes()},
			},
		},
	}
}

// Schema describes the data source.
func (d *groupsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "All enrollment groups of a DPS instance, without keys.",
		Attributes: map[string]schema.Attribute{
			dpsHostnameName: instanceAttribute(),
			statusName:      statusFilter(),
			"enrollment_groups": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The enrollment groups, sorted by ID.",
				NestedObject: schema.NestedAttributeObject{Attributes: groupViewAttributes()},
			},
		},
	}
}

// Read lists the individual enrollments.
func (d *individualsDataSource) Read(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	data, diags := configure.Decode[individualsData](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	r, diags := newReader(d.Services, data.DPSHostname)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	data.DPSHostname, data.IndividualEnrollments = r.host(data.DPSHostname), []individualView{}
	for pager := r.dps.NewListIndividualEnrollmentsPager(nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		if err != nil {
			resp.Diagnostics.Append(r.listFailed("individual enrollments", individualKind().reading, err))
			return
		}
		for _, item := range page.Items {
			if e := entryOfIndividual(item); wanted(data.ProvisioningStatus, e) {
				data.IndividualEnrollments = append(data.IndividualEnrollments, individualViewOf(e))
			}
		}
	}
	slices.SortFunc(data.IndividualEnrollments, func(a, b individualView) int {
		return compareIDs(a.RegistrationID, b.RegistrationID)
	})
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
}

// Read lists the groups.
func (d *groupsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	data, diags := configure.Decode[groupsData](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	r, diags := newReader(d.Services, data.DPSHostname)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	groups, err := r.dps.EnrollmentGroups(ctx)
	if err != nil {
		resp.Diagnostics.Append(r.listFailed("enrollment groups", groupKind().reading, err))
		return
	}
	data.DPSHostname, data.EnrollmentGroups = r.host(data.DPSHostname), []groupView{}
	for _, item := range groups {
		if e := entryOfGroup(item); wanted(data.ProvisioningStatus, e) {
			data.EnrollmentGroups = append(data.EnrollmentGroups, groupViewOf(e))
		}
	}
	slices.SortFunc(data.EnrollmentGroups, func(a, b groupView) int {
		return compareIDs(a.EnrollmentGroupID, b.EnrollmentGroupID)
	})
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
}

func wanted(status types.String, e entry) bool {
	return status.IsNull() || status.Equal(flattenStatus(e))
}

func compareIDs(a, b types.String) int {
	return cmp.Compare(strings.ToLower(a.ValueString()), strings.ToLower(b.ValueString()))
}
