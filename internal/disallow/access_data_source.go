// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// accessDataSource is azureiot_dps_device_access: which device this is, whether it may come in, and why. It looks and
// decides as a new block of the device does, and remembers nothing.
type accessDataSource struct {
	configure.DataSource[*azure.Services]
}

var (
	_ datasource.DataSourceWithConfigure      = &accessDataSource{}
	_ datasource.DataSourceWithValidateConfig = &accessDataSource{}
)

// NewAccessDataSource makes azureiot_dps_device_access.
func NewAccessDataSource() datasource.DataSource {
	return &accessDataSource{configure.DataSource[*azure.Services]{Name: "dps_device_access", Describe: accessSchema}}
}

// ValidateConfig checks that something names the device, and what does against each other.
func (d *accessDataSource) ValidateConfig(
	ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse,
) {
	config, diags := configure.Decode[accessModel](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(config.named()...)
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

// identified is the device that something names, as it was looked at.
type identified struct {
	sight
	// which is why it is not known which device that is, as a sentence; empty when it is known.
	which string
	// scanned says that the list of entries was looked at to its end, where that was needed.
	scanned bool
}

// identify finds out which device is meant, and looks at it. A registration ID says it, and so does a certificate,
// whose common name is the registration ID to DPS; a device ID of a hub may be another name than that towards DPS.
func (a asker) identify(ctx context.Context, want wanted, thumbprint string) (identified, error) {
	switch {
	case want.RegistrationID != "":
		return a.lookAt(ctx, want)
	case want.leaf != nil && iotvalidator.RegistrationIDProblem(want.leaf.commonName) == "":
		want.RegistrationID = want.leaf.commonName
		return a.lookAt(ctx, want)
	case want.leaf != nil:
		return a.lookForHolder(ctx, want, want.leaf.link.ThumbprintSHA256)
	case thumbprint != "":
		return a.lookForHolder(ctx, want, thumbprint)
	}
	return a.lookForDeviceID(ctx, want)
}

func (a asker) lookAt(ctx context.Context, want wanted) (identified, error) {
	f, err := a.reader.LookAtFirst(ctx, want.firstQuestion())
	return identified{sight: want.sight(f, memory{}, nil), scanned: true}, err
}

// lookForHolder finds the device by the entry that holds its certificate.
func (a asker) lookForHolder(ctx context.Context, want wanted, thumbprint string) (identified, error) {
	entry, complete, err := a.reader.Holder(ctx, []string{thumbprint})
	if err != nil {
		return identified{}, err
	}
	if entry == nil {
		found, err := a.nobody(ctx, want, complete)
		found.which = fmt.Sprintf("%s holds the certificate %s, so that it is not known which device has it.",
			noneOf(complete), thumbprint)
		return found, err
	}
	want.RegistrationID = entry.RegistrationID
	if want.leaf == nil {
		want.leaf = heldLeaf(*entry, thumbprint)
	}
	return a.lookAt(ctx, want)
}

// heldLeaf is the certificate of an entry that has a thumbprint, as far as the entry tells of it.
func heldLeaf(entry azdps.IndividualEnrollment, thumbprint string) *leaf {
	for _, info := range facts.ClientCertificates(&entry) {
		if strings.EqualFold(info.SHA1Thumbprint, thumbprint) || strings.EqualFold(info.SHA256Thumbprint, thumbprint) {
			return &leaf{
				link: facts.Certificates([]azdps.CertificateInfo{info})[0], thumbprintSHA1: info.SHA1Thumbprint,
			}
		}
	}
	return nil
}

// lookForDeviceID finds the device by its name in a hub: that is its registration ID, unless an entry says otherwise.
func (a asker) lookForDeviceID(ctx context.Context, want wanted) (identified, error) {
	want.RegistrationID = want.deviceID
	found, legal := identified{}, iotvalidator.RegistrationIDProblem(want.deviceID) == ""
	if legal {
		var err error
		if found, err = a.lookAt(ctx, want); err != nil || found.has(want.deviceID) {
			return found, err
		}
	}
	entry, complete, err := a.reader.Namesake(ctx, want.firstQuestion(), found.f)
	switch {
	case err != nil:
		return identified{}, err
	case entry != nil:
		want.RegistrationID = entry.RegistrationID
		return a.lookAt(ctx, want)
	case !legal:
		want.RegistrationID = ""
		if found, err = a.nobody(ctx, want, complete); err != nil {
			return identified{}, err
		}
	}
	if found.scanned = complete; !legal || !complete {
		found.which = fmt.Sprintf("%s has the device ID %q, so that it is not known which device this is.",
			noneOf(complete), want.deviceID)
	}
	return found, nil
}

// has tells whether DPS knows the device and calls it so in its hub.
func (i identified) has(deviceID string) bool {
	switch entry, record := i.f.Entry, i.f.Record; {
	case record != nil && record.DeviceID == deviceID:
		return true
	case entry != nil && entry.DeviceID != nil && *entry.DeviceID != "":
		return *entry.DeviceID == deviceID
	default:
		return entry != nil || record != nil && record.DeviceID == ""
	}
}

// nobody is what is known where no device was found: the groups that may cover it.
func (a asker) nobody(ctx context.Context, want wanted, complete bool) (identified, error) {
	f, err := a.reader.Groups(ctx)
	return identified{sight: want.sight(f, memory{OtherCertificate: want.deviceID == ""}, nil), scanned: complete}, err
}

func noneOf(complete bool) string {
	if complete {
		return "No individual enrollment"
	}
	return fmt.Sprintf("None of the first %d individual enrollments", facts.ScanLimit)
}

// accessModel is azureiot_dps_device_access in Terraform's types.
type accessModel struct {
	RegistrationID            iottype.TextValue `tfsdk:"registration_id"`
	DPSHostname               iottype.TextValue `tfsdk:"dps_hostname"`
	DeviceID                  types.String      `tfsdk:"device_id"`
	CertificatePEM            iottype.TextValue `tfsdk:"certificate_pem"`
	CertificateChainPEM       iottype.TextValue `tfsdk:"certificate_chain_pem"`
	Thumbprint                types.String      `tfsdk:"thumbprint"`
	AdditionalIoTHubHostnames types.Set         `tfsdk:"additional_iothub_hostnames"`
	DeviceIDs                 types.Set         `tfsdk:"device_ids"`
	Governing                 types.Object      `tfsdk:"governing"`
	Groups                    types.Set         `tfsdk:"groups"`
	Registration              types.Object      `tfsdk:"registration"`
	HubIdentities             types.Map         `tfsdk:"hub_identities"`
	Access                    types.String      `tfsdk:"access"`
	Reasons                   types.List        `tfsdk:"reasons"`
	Complete                  types.Bool        `tfsdk:"complete"`
}

// asked is what a block of the device would be asked for.
func (m accessModel) asked() asked {
	return asked{
		RegistrationID: m.RegistrationID, DPSHostname: m.DPSHostname, DeviceID: m.DeviceID,
		CertificatePEM: m.CertificatePEM, CertificateChainPEM: m.CertificateChainPEM,
		AdditionalIoTHubHostnames: m.AdditionalIoTHubHostnames,
	}
}

// named checks that the device is named, and not in two ways that could be of two devices.
func (m accessModel) named() diag.Diagnostics {
	var diags diag.Diagnostics
	null := m.Thumbprint.IsNull()
	for _, other := range []struct {
		name  string
		value attr.Value
	}{{"registration_id", m.RegistrationID}, {"certificate_pem", m.CertificatePEM}, {"device_id", m.DeviceID}} {
		null = null && other.value.IsNull()
		if iottype.IsSet(m.Thumbprint) && iottype.IsSet(other.value) {
			diags.AddAttributeError(path.Root("thumbprint"), "Device is named twice", fmt.Sprintf(
				"thumbprint names the device alone, and %s is given too. Leave one of them out.", other.name))
		}
	}
	if null {
		diags.AddError("Device is not named", "Give registration_id, certificate_pem or device_id, or several of them, if "+
			"the device is known by a name; thumbprint, if nothing but its certificate's thumbprint is known.")
	}
	return diags
}

type governingModel struct {
	Kind   types.String `tfsdk:"kind"`
	ID     types.String `tfsdk:"id"`
	Status types.String `tfsdk:"status"`
	Match  types.String `tfsdk:"match"`
	Rivals []string     `tfsdk:"rivals"`
}

type coveringModel struct {
	EnrollmentGroupID types.String `tfsdk:"enrollment_group_id"`
	Status            types.String `tfsdk:"status"`
	Match             types.String `tfsdk:"match"`
}

type recordModel struct {
	Status      types.String `tfsdk:"status"`
	AssignedHub types.String `tfsdk:"assigned_hub"`
	DeviceID    types.String `tfsdk:"device_id"`
	LastUpdated types.String `tfsdk:"last_updated_date_time_utc"`
}

// view is the model with what was found.
func (m accessModel) view(ctx context.Context, found identified, host string) (accessModel, diag.Diagnostics) {
	evidence, device := found.evidence(), found.device()
	governor := deprovision.Governing(device)
	if m.RegistrationID.IsNull() && found.want.RegistrationID != "" && found.which == "" {
		m.RegistrationID = iottype.RegistrationID().Value(found.want.RegistrationID)
	}
	if m.DPSHostname.IsNull() {
		m.DPSHostname = iottype.Hostname().Value(host)
	}
	reasons := evidence.Reasons(governor)
	m.Access = types.StringValue(string(evidence.Access()))
	if found.which != "" {
		m.Access, reasons = types.StringNull(), append([]string{found.which}, reasons...)
	}
	m.Complete = types.BoolValue(found.scanned && !found.f.Unreachable())
	var diags, more diag.Diagnostics
	m.DeviceIDs, diags = types.SetValueFrom(ctx, types.StringType, append([]string{}, found.f.DeviceIDs()...))
	m.Reasons, more = types.ListValueFrom(ctx, types.StringType, reasons)
	diags.Append(more...)
	m.HubIdentities, more = flattenIdentities(ctx, evidence.State().Identities)
	diags.Append(more...)
	m.Governing, more = flattenGoverning(ctx, governor)
	diags.Append(more...)
	m.Groups, more = flattenCovering(ctx, deprovision.CoveringGroups(device))
	diags.Append(more...)
	m.Registration, more = flattenRecord(ctx, found.f.Record)
	return m, append(diags, more...)
}

func attributeTypes(kind attr.Type) map[string]attr.Type {
	object, _ := kind.(types.ObjectType)
	return object.AttrTypes
}

func flattenGoverning(ctx context.Context, g deprovision.Governor) (types.Object, diag.Diagnostics) {
	return types.ObjectValueFrom(ctx, attributeTypes(governingAttribute().GetType()), governingModel{
		Kind: types.StringValue(string(g.Kind)), ID: iottype.TextOrNull(g.ID), Status: types.StringValue(string(g.Status)),
		Match: iottype.TextOrNull(g.Match), Rivals: append([]string{}, g.Rivals...),
	})
}

func flattenCovering(ctx context.Context, groups []deprovision.Covering) (types.Set, diag.Diagnostics) {
	element := coveringAttribute().NestedObject.Type()
	return iottype.Set(ctx, element, groups, func(g deprovision.Covering) coveringModel {
		return coveringModel{
			EnrollmentGroupID: types.StringValue(g.EnrollmentGroupID), Status: types.StringValue(string(g.Status)),
			Match: types.StringValue(string(g.Match)),
		}
	})
}

func flattenRecord(ctx context.Context, record *azdps.Registration) (types.Object, diag.Diagnostics) {
	of := attributeTypes(recordAttribute().GetType())
	if record == nil {
		return types.ObjectNull(of), nil
	}
	return types.ObjectValueFrom(ctx, of, recordModel{
		Status: iottype.TextOrNull(record.Status), AssignedHub: iottype.TextOrNull(record.AssignedHub),
		DeviceID: iottype.TextOrNull(record.DeviceID), LastUpdated: iottype.TextOrNull(record.LastUpdatedDateTimeUTC),
	})
}

func accessSchema() schema.Schema {
	attributes := accessNames()
	maps.Copy(attributes, accessAnswers())
	return schema.Schema{
		MarkdownDescription: "Which device this is, whether it may come in, and why: from its registration ID, its ID in a " +
			"hub, its certificate or a thumbprint. It looks and decides as `azureiot_dps_device_disallow` does when it is " +
			"new, so that the two do not disagree; it remembers nothing, and writes nothing. That nothing is found is no " +
			"error.\n\n" +
			"In a `check` block it watches a device from which nothing is managed here.\n\n" +
			"It costs one call for the entry, one for the registration record, one for each hundred enrollment groups, and " +
			"one for each hub and each of the device's names there. Where only a device ID or a thumbprint is given and DPS " +
			"knows no device of that name, individual enrollments are listed, a hundred a call, and at most a thousand.",
		Attributes: attributes,
	}
}

// accessNames are the attributes that name the device.
func accessNames() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"registration_id": schema.StringAttribute{
			Optional: true, Computed: true, CustomType: iottype.RegistrationID(),
			MarkdownDescription: "The device's name towards DPS; letter case has no meaning. Where it is left out, it is what " +
				"was found, and null where it is not known which device this is.",
			Validators: []validator.String{iotvalidator.RegistrationID()},
		},
		"dps_hostname": schema.StringAttribute{
			Optional: true, Computed: true, CustomType: iottype.Hostname(),
			MarkdownDescription: "Host name of the DPS instance. Default: the provider block's.",
			Validators:          []validator.String{iotvalidator.DPSHostname()},
		},
		"device_id": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The device's ID in a hub, where letter case has a meaning. By itself it means the device of " +
				"that registration ID, or else the one whose individual enrollment has this device ID or holds the certificate " +
				"that the identity shows. Beside `registration_id` or `certificate_pem` it is one name more under which the hubs " +
				"are searched.",
			Validators: []validator.String{iotvalidator.DeviceID()},
		},
		"certificate_pem": schema.StringAttribute{
			Optional: true, CustomType: iottype.CertificatePEM(),
			MarkdownDescription: "The device's own (leaf) certificate as PEM. Its common name is the registration ID, and " +
				"must be `registration_id` where that is given too. It tells which groups are above the device, and proves " +
				"identities that a search of the hubs finds.",
			Validators: []validator.String{iotvalidator.CertificatePEM()},
		},
		"certificate_chain_pem": schema.StringAttribute{
			Optional: true, CustomType: iottype.CertificateChainPEM(),
			MarkdownDescription: "The certificates above `certificate_pem` as PEM, the leaf's issuer first.",
			Validators:          []validator.String{iotvalidator.CertificateChainPEM()},
		},
		"thumbprint": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "SHA-1 or SHA-256 thumbprint of the device's certificate, alone: the device whose individual " +
				"enrollment holds it. A device that only a group covers is not found by it.",
			Validators: []validator.String{iotvalidator.Thumbprint()},
		},
		"additional_iothub_hostnames": schema.SetAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Hubs in which the device is known to be, besides the one it is assigned to.",
			Validators: []validator.Set{
				setvalidator.NoNullValues(), setvalidator.ValueStringsAre(iotvalidator.HubHostname()),
			},
		},
	}
}

func computedText(text string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: text}
}

// accessAnswers are the attributes that are found.
func accessAnswers() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"device_ids": schema.SetAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "The names that the device has or had in hubs, as its entry, its registration record and its " +
				"identities say.",
		},
		"governing":      governingAttribute(),
		"groups":         coveringAttribute(),
		"registration":   recordAttribute(),
		"hub_identities": accessIdentitiesAttribute(),
		"access": computedText("`blocked`: DPS refuses the device, every identity is disabled or absent, and it is known " +
			"where it can have one. `partially_blocked`: DPS refuses it, and a hub lets it in or may. `allowed`: DPS lets " +
			"it in, or nothing known rules that out. Null where it is not known which device this is."),
		"reasons": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Why, one sentence each: what DPS does, which groups could let the device in, what each hub " +
				"does, and what is not known. Their order is stable. They are for people: their wording may change.",
		},
		"complete": schema.BoolAttribute{
			Computed: true,
			MarkdownDescription: "Whether every hub that anything names could be read, and the individual enrollments, where " +
				"they were searched, to their end.",
		},
	}
}

func governingAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Computed:            true,
		MarkdownDescription: "The entry that decides whether DPS lets the device in.",
		Attributes: map[string]schema.Attribute{
			"kind": computedText("`individual`, `group`, `possible` (one of `rivals`, or none) or `none`."),
			"id":   computedText("Registration ID or enrollment group ID; null for `possible` and `none`."),
			"status": computedText("`enabled` or `disabled`; `unverified` for `possible`, `absent` for `none`. A disabled " +
				"group refuses the device, also where an enabled one stands above it."),
			"match": computedText("How a group was found: `thumbprint`, `issuer` or `possible`; null for others."),
			"rivals": schema.SetAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "IDs of the groups that may govern instead.",
			},
		},
	}
}

func coveringAttribute() schema.SetNestedAttribute {
	return schema.SetNestedAttribute{
		Computed:            true,
		MarkdownDescription: "The enrollment groups that cover the device or may, whatever their status.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"enrollment_group_id": computedText("ID of the enrollment group."),
			"status":              computedText("`enabled` or `disabled`."),
			"match": computedText("How certain that is: `thumbprint` (the group's certificate is in the device's chain), " +
				"`issuer` (its name is), or `possible` (nothing known excludes it)."),
		}},
	}
}

func recordAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Computed:            true,
		MarkdownDescription: "What DPS remembers of the device's last try to register; null when it has no record.",
		Attributes: map[string]schema.Attribute{
			"status":                     computedText("`unassigned`, `assigning`, `assigned`, `failed` or `disabled`."),
			"assigned_hub":               computedText("Host name of its hub; null unless it is assigned."),
			"device_id":                  computedText("Its ID there; null unless it is assigned."),
			"last_updated_date_time_utc": computedText("When the record last changed, in UTC."),
		},
	}
}

func accessIdentitiesAttribute() schema.MapAttribute {
	return schema.MapAttribute{
		Computed: true, ElementType: types.StringType,
		MarkdownDescription: "The device's identities, from `host/device` to status: every identity that its registration " +
			"record, a mark of a block or configuration names, or that a search of the hubs finds under one of its names. " +
			identityStatuses,
	}
}
