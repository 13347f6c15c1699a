// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
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
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
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
func NewIdentityDataSource() datasource.DataSource {
	return &identityDataSource{configure.DataSource[*azure.Services]{
		Name: "iothub_device_identity", Describe: viewSchema,
	}}
}

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

func viewSchema() schema.Schema {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	return schema.Schema{
		MarkdownDescription: "A device identity as the hub has it now, with what changes by itself (connection, activity) " +
			"and without keys. It is an error when there is none; in a `check` block that is a warning.",
		Attributes: map[string]schema.Attribute{
			deviceIDName:          deviceIDAttribute(),
			hostnameName:          hostnameAttribute(),
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

// What names an identity wherever it is no managed resource.

func deviceIDAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Required: true, MarkdownDescription: "The device's ID in the hub; letter case counts.",
		Validators: []validator.String{iotvalidator.DeviceID()},
	}
}

func hostnameAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, CustomType: iottype.Hostname(),
		MarkdownDescription: "Host name of the IoT hub. Default: `iothub_hostname` of the provider block.",
		Validators:          []validator.String{iotvalidator.HubHostname()},
	}
}

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

// identitiesDataSource is azureiot_iothub_device_identities: the device identities of a hub, as its index has them.
type identitiesDataSource struct {
	configure.DataSource[*azure.Services]
}

var _ datasource.DataSourceWithConfigure = &identitiesDataSource{}

// NewIdentitiesDataSource makes the data source azureiot_iothub_device_identities.
func NewIdentitiesDataSource() datasource.DataSource {
	return &identitiesDataSource{configure.DataSource[*azure.Services]{
		Name: "iothub_device_identities", Describe: listSchema,
	}}
}

// usualLimit is how many identities are read where nothing else is asked: ten calls, a few megabytes.
const usualLimit = 1000

// identitiesView is the data source in Terraform's types.
type identitiesView struct {
	identitiesFilter

	Limit      types.Int64 `tfsdk:"limit"`
	Identities types.List  `tfsdk:"identities"`
	Complete   types.Bool  `tfsdk:"complete"`
}

// listedView is one identity of the list.
type listedView struct {
	DeviceID            types.String `tfsdk:"device_id"`
	Status              types.String `tfsdk:"status"`
	StatusReason        types.String `tfsdk:"status_reason"`
	Authentication      types.String `tfsdk:"authentication"`
	PrimaryThumbprint   types.String `tfsdk:"primary_thumbprint"`
	SecondaryThumbprint types.String `tfsdk:"secondary_thumbprint"`
	EdgeEnabled         types.Bool   `tfsdk:"edge_enabled"`
	ParentScope         types.String `tfsdk:"parent_scope"`
	Tags                types.String `tfsdk:"tags"`
	ConnectionState     types.String `tfsdk:"connection_state"`
	LastActivityTime    types.String `tfsdk:"last_activity_time"`
}

func listSchema() schema.Schema {
	attributes := filterAttributes()
	attributes["limit"] = schema.Int64Attribute{
		Optional: true,
		MarkdownDescription: fmt.Sprintf("At most so many, those that the hub finds first. Default: %d, with a warning "+
			"when there are more.", usualLimit),
		Validators: []validator.Int64{int64validator.Between(1, 1_000_000)},
	}
	attributes["identities"] = schema.ListNestedAttribute{
		Computed: true, MarkdownDescription: "The identities.",
		NestedObject: schema.NestedAttributeObject{Attributes: listedAttributes()},
	}
	attributes["complete"] = schema.BoolAttribute{
		Computed: true, MarkdownDescription: "Whether these are all: false when `limit` cut them off.",
	}
	return schema.Schema{
		MarkdownDescription: "The device identities of a hub that pass all filters, without keys, sorted by device ID. " +
			"They are what the hub's index says, which lags: a new identity is missing for seconds, sometimes for minutes, " +
			"and a deleted one may linger. What has to be certain is asked of `azureiot_iothub_device_identity`.\n\n" +
			"The hub filters, so that only what is found is read: each hundred is one call, which counts against the hub's " +
			"limit of queries. The basic tiers have no queries.",
		Attributes: attributes,
	}
}

func listedAttributes() map[string]schema.Attribute {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		deviceIDName:       text("The device's ID in the hub."),
		statusName:         text("`enabled` or `disabled`."),
		statusReasonName:   text("Why it has its status; null when nobody said."),
		authenticationName: text("`sas`, `selfSigned`, `certificateAuthority` or `none`."),
		primaryPrint:       text("Thumbprint of a self-signed device's certificate."),
		secondaryPrint:     text("Thumbprint of a self-signed device's second certificate."),
		edgeEnabledName: schema.BoolAttribute{
			Computed: true, MarkdownDescription: "Whether it is an IoT Edge device.",
		},
		parentScopeName:      text("Scope of the IoT Edge device that is its parent; null when it has none."),
		tagsName:             text("Its tags as JSON; null when it has none."),
		"connection_state":   text("`Connected` or `Disconnected`, as the hub last knew."),
		"last_activity_time": text("When the device last connected or sent something; null when it never did."),
	}
}

// Read queries the hub.
func (d *identitiesDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	view, diags := configure.Decode[identitiesView](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	wanted, diags := view.selection(ctx)
	resp.Diagnostics.Append(diags...)
	hub, diags := openHub(d.Services, d.Services.HubHost(view.IoTHubHostname.ValueString()))
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	limit := usualLimit
	if !view.Limit.IsNull() {
		limit = int(view.Limit.ValueInt64())
	}
	found, complete, err := twins(ctx, hub, wanted.query(), limit)
	if err != nil {
		resp.Diagnostics.Append(queryFailed(d.Services, hub.Host(), wanted, err))
		return
	}
	if !complete && view.Limit.IsNull() {
		resp.Diagnostics.AddWarning("Not every device identity was read", fmt.Sprintf(
			"%s has more than %d device identities that were asked for. Set limit to how many are to be read, or ask for "+
				"fewer with filters.", hub.Host(), limit))
	}
	if view.IoTHubHostname.IsNull() {
		view.IoTHubHostname = iottype.Hostname().Value(hub.Host())
	}
	view.Complete = types.BoolValue(complete)
	view.Identities, diags = flattenListed(ctx, found)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, view)...)
}

func queryFailed(services *azure.Services, host string, wanted selection, err error) diag.Diagnostic {
	a := iotdiag.Attempt{
		Verb: "query", Noun: "device identities", ID: wanted.shown(), Host: host, Mode: services.Mode(host),
		Needs: iotdiag.QueryTwins(),
	}
	if refusal, ok := azrest.AsError(err); ok && refusal.Status == http.StatusBadRequest && wanted.condition != "" {
		a.Afterwards = "Everything but condition is written by the provider, so that the hub does not understand " +
			"condition. It reads as what follows WHERE: \"tags.floor > 2 AND capabilities.iotEdge = true\"."
		return iotdiag.FailedOn(path.Root(conditionName), a, err)
	}
	return iotdiag.Failed(a, err)
}

func flattenListed(ctx context.Context, found []aziothub.Twin) (types.List, diag.Diagnostics) {
	views := make([]listedView, 0, len(found))
	for _, twin := range found {
		view := listedView{
			DeviceID: types.StringValue(twin.DeviceID), Status: types.StringValue(twin.Status),
			StatusReason:     types.StringPointerValue(twin.StatusReason),
			Authentication:   types.StringPointerValue(pointer(twin.AuthenticationType)),
			EdgeEnabled:      types.BoolValue(twin.Capabilities != nil && twin.Capabilities.IoTEdge),
			ParentScope:      types.StringPointerValue(pointer(parentOf(identityIn(twin)))),
			Tags:             types.StringPointerValue(pointer(string(twin.Tags))),
			ConnectionState:  types.StringPointerValue(pointer(twin.ConnectionState)),
			LastActivityTime: momentOrNull(twin.LastActivityTime),
		}
		if prints := twin.X509Thumbprint; prints != nil {
			view.PrimaryThumbprint = types.StringPointerValue(pointer(text(prints.PrimaryThumbprint)))
			view.SecondaryThumbprint = types.StringPointerValue(pointer(text(prints.SecondaryThumbprint)))
		}
		views = append(views, view)
	}
	return types.ListValueFrom(ctx, listedType(), views)
}

// identityIn is what a twin tells of its device's place.
func identityIn(twin aziothub.Twin) aziothub.Device {
	return aziothub.Device{
		Capabilities: twin.Capabilities, DeviceScope: twin.DeviceScope, ParentScopes: twin.ParentScopes,
	}
}

func listedType() attr.Type {
	return schema.NestedAttributeObject{Attributes: listedAttributes()}.Type()
}

const (
	tagsName      = "tags"
	conditionName = "condition"
)

// identitiesFilter says which identities of which hub are asked for.
type identitiesFilter struct {
	IoTHubHostname iottype.TextValue `tfsdk:"iothub_hostname"`
	Status         types.String      `tfsdk:"status"`
	Authentication types.String      `tfsdk:"authentication"`
	DeviceIDPrefix types.String      `tfsdk:"device_id_prefix"`
	Tags           types.Map         `tfsdk:"tags"`
	Condition      types.String      `tfsdk:"condition"`
}

func filterAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		hostnameName: hostnameAttribute(),
		statusName: schema.StringAttribute{
			Optional: true, MarkdownDescription: "Only those with this status: `enabled` or `disabled`.",
			Validators: []validator.String{iotvalidator.OneOf(aziothub.StatusEnabled, aziothub.StatusDisabled)},
		},
		authenticationName: schema.StringAttribute{
			Optional: true, MarkdownDescription: "Only those that prove themselves so: `sas`, `selfSigned`, " +
				"`certificateAuthority` or `none`.",
			Validators: []validator.String{iotvalidator.OneOf(aziothub.AuthenticationSAS,
				aziothub.AuthenticationSelfSigned, aziothub.AuthenticationCertificateAuthority,
				aziothub.AuthenticationNone)},
		},
		"device_id_prefix": schema.StringAttribute{
			Optional: true, MarkdownDescription: "Only those whose ID begins so; letter case counts.",
			Validators: []validator.String{iotvalidator.DeviceID()},
		},
		tagsName: schema.MapAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Only those with all of these tags, from path to text: " +
				"`{ \"location.plant\" = \"Thale\" }`. Other types and names: `condition`.",
			Validators: []validator.Map{mapvalidator.KeysAre(iotvalidator.TagPath())},
		},
		conditionName: schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "A condition in the hub's query language, for what no filter here says: " +
				"`tags.floor > 2 AND capabilities.iotEdge = true`.",
			Validators: []validator.String{iotvalidator.NotBlank("condition")},
		},
	}
}

func (f identitiesFilter) selection(ctx context.Context) (selection, diag.Diagnostics) {
	s := selection{
		status: f.Status.ValueString(), authentication: f.Authentication.ValueString(),
		prefix: f.DeviceIDPrefix.ValueString(), condition: f.Condition.ValueString(),
	}
	if f.Tags.IsNull() {
		return s, nil
	}
	return s, f.Tags.ElementsAs(ctx, &s.tags, false)
}

// selection are the identities of a hub that are wanted.
type selection struct {
	status, authentication, prefix, condition string
	// tags are texts by their paths, such as location.plant.
	tags map[string]string
}

// query says the selection in the hub's query language (IoT Hub, "Query language for device and module twins").
func (s selection) query() string {
	var conditions []string
	if s.status != "" {
		conditions = append(conditions, "status = "+aziothub.Quote(s.status))
	}
	if s.authentication != "" {
		conditions = append(conditions, "authenticationType = "+aziothub.Quote(s.authentication))
	}
	if s.prefix != "" {
		conditions = append(conditions, "STARTSWITH(deviceId, "+aziothub.Quote(s.prefix)+")")
	}
	for _, name := range slices.Sorted(maps.Keys(s.tags)) {
		conditions = append(conditions, "tags."+name+" = "+aziothub.Quote(s.tags[name]))
	}
	if s.condition != "" {
		conditions = append(conditions, "("+s.condition+")")
	}
	if len(conditions) == 0 {
		return "SELECT * FROM devices"
	}
	return "SELECT * FROM devices WHERE " + strings.Join(conditions, " AND ")
}

// shown is the query without texts that may not have been meant for it: somebody mixes up two variables.
func (s selection) shown() string {
	s.tags = maps.Clone(s.tags)
	for name := range s.tags {
		s.tags[name] = "…"
	}
	if s.condition != "" {
		s.condition = "…"
	}
	return s.query()
}

// twins are the first twins that a query finds, at most limit, sorted; complete is false when there are or may be more.
func twins(
	ctx context.Context, hub *azure.Hub, query string, limit int,
) (found []aziothub.Twin, complete bool, err error) {
	for page, err := range pages(ctx, hub, query, limit+1) {
		if err != nil {
			return nil, false, err
		}
		wanted := min(len(page.twins), limit-len(found))
		found = append(found, page.twins[:wanted]...)
		complete = page.last && wanted == len(page.twins)
		if len(found) == limit {
			break
		}
	}
	slices.SortFunc(found, func(a, b aziothub.Twin) int { return strings.Compare(a.DeviceID, b.DeviceID) })
	return found, complete, nil
}

// twinPage is a page of twins.
type twinPage struct {
	twins []aziothub.Twin
	last  bool
}

// pages are those of what a query finds, each read when it is needed. None has more than wanted, if that is set.
func pages(ctx context.Context, hub *azure.Hub, query string, wanted int) iter.Seq2[twinPage, error] {
	pager := hub.NewQueryPager(query, &azrest.ListOptions{PageSize: min(wanted, azrest.DefaultPageSize)})
	return func(show func(twinPage, error) bool) {
		for pager.More() {
			page, err := pager.NextPage(ctx)
			twins := make([]aziothub.Twin, len(page.Items))
			for i := range page.Items {
				err = cmp.Or(err, json.Unmarshal(page.Items[i], &twins[i]))
				twins[i].Properties = nil // Nobody asked for it, and it is most of a twin.
			}
			if !show(twinPage{twins, !pager.More()}, err) || err != nil {
				return
			}
		}
	}
}

// each shows the twins of pages, one by one.
func each(pages iter.Seq2[twinPage, error]) iter.Seq2[aziothub.Twin, error] {
	return func(show func(aziothub.Twin, error) bool) {
		for page, err := range pages {
			if err != nil {
				show(aziothub.Twin{}, err)
				return
			}
			for _, twin := range page.twins {
				if !show(twin, nil) {
					return
				}
			}
		}
	}
}

// deviceOf is the identity of a twin, as far as the twin tells of it.
func deviceOf(twin aziothub.Twin) aziothub.Device {
	d := aziothub.Device{
		DeviceID: twin.DeviceID, Status: twin.Status, StatusReason: twin.StatusReason, Capabilities: twin.Capabilities,
		DeviceScope: twin.DeviceScope, ParentScopes: twin.ParentScopes,
	}
	if twin.AuthenticationType != "" {
		d.Authentication = &aziothub.Authentication{Type: twin.AuthenticationType, X509Thumbprint: twin.X509Thumbprint}
	}
	return d
}
