// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// identityDataSource is azureiot_iothub_device_identity as it is read: everything but keys, and, unlike the resource,
// what changes by itself.
type identityDataSource struct {
	configure.DataSource[*azure.Services]
}

var _ datasource.DataSourceWithConfigure = &identityDataSource{}

// NewIdentityDataSource makes the data source azureiot_iothub_device_identity.
func NewIdentityDataSource() datasource.DataSource { return &identityDataSource{} }

// identityView is the data source in Terraform's types.
type identityView struct {
	DeviceID                   types.String      `tfsdk:"device_id"`
	IoTHubHostname             iottype.TextValue `tfsdk:"iothub_hostname"`
	Status                     types.String      `tfsdk:"status"`
	StatusReason               types.String      `tfsdk:"status_reason"`
	StatusUpdatedTime          types.String      `tfsdk:"status_updated_time"`
	Authentication             types.Object      `tfsdk:"authentication"`
	EdgeEnabled                types.Bool        `tfsdk:"edge_enabled"`
	ParentScope                types.String      `tfsdk:"parent_scope"`
	DeviceScope                types.String      `tfsdk:"device_scope"`
	GenerationID               types.String      `tfsdk:"generation_id"`
	ConnectionState            types.String      `tfsdk:"connection_state"`
	ConnectionStateUpdatedTime types.String      `tfsdk:"connection_state_updated_time"`
	LastActivityTime           types.String      `tfsdk:"last_activity_time"`
	CloudToDeviceMessageCount  types.Int64       `tfsdk:"cloud_to_device_message_count"`
}

// Metadata names the data source.
func (d *identityDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_iothub_device_identity"
}

// Schema describes the data source.
func (d *identityDataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A device identity as the hub has it now, with what changes by itself (connection, activity) " +
			"and without keys. It is an error when there is none; in a `check` block that is a warning.",
		Attributes: map[string]schema.Attribute{
			deviceIDName: schema.StringAttribute{
				Required:            true,
				MarkdownDescription: deviceIDText,
				Validators:          []validator.String{iotvalidator.DeviceID()},
			},
			hostnameName: schema.StringAttribute{
				Optional: true, Computed: true, CustomType: iottype.Hostname(),
				MarkdownDescription: hostnameText,
				Validators:          []validator.String{iotvalidator.HubHostname()},
			},
			statusName:            text("`enabled` or `disabled`."),
			statusReasonName:      text("Why it has its status; null when nobody said."),
			"status_updated_time": text("When the status last changed; null when it never did."),
			authenticationName: schema.SingleNestedAttribute{
				Computed:            true,
				MarkdownDescription: "How the device proves itself, without keys.",
				Attributes: map[string]schema.Attribute{
					typeName:       text("`sas`, `selfSigned` or `certificateAuthority`."),
					primaryPrint:   text("Thumbprint of a self-signed device's certificate."),
					secondaryPrint: text("Thumbprint of a self-signed device's second certificate."),
				},
			},
			edgeEnabledName: schema.BoolAttribute{
				Computed: true, MarkdownDescription: "Whether it is an IoT Edge device.",
			},
			parentScopeName:  text("Scope of its parent; null when it has none."),
			deviceScopeName:  text("The scope of an IoT Edge device; null for others."),
			generationIDName: text("What tells it from an identity of the same name that was deleted before."),
			"connection_state": text("`Connected` or `Disconnected`, as the hub last knew; devices that talk HTTP never count " +
				"as connected."),
			"connection_state_updated_time": text("When the connection state last changed; null when it never did."),
			"last_activity_time":            text("When the device last connected or sent something; null when it never did."),
			"cloud_to_device_message_count": schema.Int64Attribute{
				Computed: true, MarkdownDescription: "How many messages wait for the device.",
			},
		},
	}
}

// Read reads the identity.
func (d *identityDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	view, diags := configure.Decode[identityView](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	found, diags := readNow(ctx, d.Services, view.IoTHubHostname, view.DeviceID.ValueString())
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, viewOf(found.Device, found.host))...)
}

func viewOf(d aziothub.Device, host iottype.TextValue) identityView {
	s := managedOf(d)
	view := identityView{
		DeviceID: types.StringValue(d.DeviceID), IoTHubHostname: host,
		Status: types.StringValue(s.status), StatusReason: iottype.TextOrNull(s.reason),
		StatusUpdatedTime: momentOrNull(d.StatusUpdatedTime),
		Authentication:    types.ObjectNull(viewedAuthentication().AttrTypes),
		EdgeEnabled:       types.BoolValue(s.edge), ParentScope: iottype.TextOrNull(s.parent),
		DeviceScope:                types.StringPointerValue(ownScope(d)),
		GenerationID:               types.StringValue(d.GenerationID),
		ConnectionState:            iottype.TextOrNull(d.ConnectionState),
		ConnectionStateUpdatedTime: momentOrNull(d.ConnectionStateUpdatedTime),
		LastActivityTime:           momentOrNull(d.LastActivityTime),
		CloudToDeviceMessageCount:  types.Int64Value(int64(d.CloudToDeviceMessageCount)),
	}
	if a := s.authentication; a != nil {
		view.Authentication = types.ObjectValueMust(viewedAuthentication().AttrTypes, map[string]attr.Value{
			typeName:       types.StringValue(a.kind),
			primaryPrint:   iottype.TextOrNull(a.thumbprints[primary]),
			secondaryPrint: iottype.TextOrNull(a.thumbprints[secondary]),
		})
	}
	return view
}

func viewedAuthentication() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		typeName: types.StringType, primaryPrint: types.StringType, secondaryPrint: types.StringType,
	}}
}

// momentOrNull is a time as the hub writes it. The year 1 stands for never, and some answers leave out that it is UTC.
func momentOrNull(value string) types.String {
	switch {
	case value == "", strings.HasPrefix(value, "0001-"):
		return types.StringNull()
	case strings.HasSuffix(value, "Z"), strings.Contains(value, "+"):
		return types.StringValue(value)
	}
	return types.StringValue(value + "Z")
}

// liveIdentity is an identity read for a data source or an ephemeral resource, with the host as it is to be shown.
type liveIdentity struct {
	aziothub.Device

	host iottype.TextValue
}

// What data source and ephemeral resource say of the attributes that name an identity.
const (
	deviceIDText = "The device's ID in the hub; letter case counts."
	hostnameText = "Host name of the IoT hub. Default: `iothub_hostname` of the provider block."
)

// readNow reads an identity of the configured hub, or of the provider block's. That there is none is an error.
func readNow(
	ctx context.Context, services *azure.Services, configured iottype.TextValue, id string,
) (liveIdentity, diag.Diagnostics) {
	host := services.HubHost(configured.ValueString())
	hub, diags := openHub(services, host)
	switch {
	case diags.HasError() && !services.Known():
		return liveIdentity{}, diag.Diagnostics{hubNotKnown(id)}
	case diags.HasError():
		return liveIdentity{}, diags
	}
	found, err := hub.GetDevice(ctx, id)
	switch {
	case azrest.IsNotFound(err):
		return liveIdentity{}, diag.Diagnostics{noIdentity(host, id)}
	case err != nil:
		return liveIdentity{}, diag.Diagnostics{subject{services: services, host: hub.Host(), deviceID: id}.readFailed(err)}
	}
	return liveIdentity{Device: found, host: iottype.Hostname().Value(host)}, nil
}

func hubNotKnown(id string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Hub is not known yet", fmt.Sprintf(
		"The device identity %q is to be read now, and the provider block gets its hub or its credential only during the "+
			"apply. Make the hub in an apply of its own first, or give iothub_hostname here.", id))
}

func noIdentity(host, id string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(deviceIDName), "No such device identity", fmt.Sprintf(
		"%s has no device identity %q. Letter case counts in device IDs; check the ID and the hub.", host, id))
}
