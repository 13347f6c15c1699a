// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// dataSource shows something that a DPS instance has.
type dataSource struct {
	configure.DataSource[*azure.Services]

	read finder
}

// finder finds the values of the attributes that are not asked for.
type finder func(ctx context.Context, r *reader, asked types.Object) (values, diag.Diagnostics)

var _ datasource.DataSourceWithConfigure = &dataSource{}

// values are those of attributes, by name.
type values = map[string]attr.Value

// newDataSource makes the one of that name. describe leaves out the attribute that names the instance.
func newDataSource(name string, read finder, describe func() schema.Schema) datasource.DataSource {
	return &dataSource{read: read, DataSource: configure.DataSource[*azure.Services]{
		Name: name, Describe: func() schema.Schema {
			described := describe()
			described.Attributes[dpsHostnameName] = instanceAttribute()
			return described
		},
	}}
}

// instanceAttribute is the attribute dps_hostname of whatever is read.
func instanceAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, CustomType: iottype.Hostname(),
		MarkdownDescription: "Host name of the DPS instance. Default: the provider block's.",
		Validators:          []validator.String{iotvalidator.DPSHostname()},
	}
}

// Read shows what is found.
func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	state, diags := d.read.look(ctx, d.Services, req.Config)
	if resp.Diagnostics.Append(diags...); !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
}

// look is what is found for a configuration. What that asks for stays as it is spelled.
func (find finder) look(
	ctx context.Context, services *azure.Services, config tfsdk.Config,
) (types.Object, diag.Diagnostics) {
	asked, diags := configure.Decode[types.Object](ctx, config)
	if diags.HasError() {
		return asked, diags
	}
	r, diags := newReader(services, textIn(asked, dpsHostnameName, iottype.Hostname()))
	if diags.HasError() {
		return asked, diags
	}
	found, diags := find(ctx, r, asked)
	if diags.HasError() {
		return asked, diags
	}
	answer, more := r.answer(ctx, config.Schema.Type(), asked, found)
	return answer, append(diags, more...)
}

// asked is the attribute that names what is to be read.
func asked(text string, check validator.String) schema.StringAttribute {
	return schema.StringAttribute{
		Required: true, MarkdownDescription: text + "; letter case has no meaning.", Validators: []validator.String{check},
	}
}

func computedText(text string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: text}
}

func computedObject(text string, members map[string]schema.Attribute) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{Computed: true, MarkdownDescription: text, Attributes: members}
}

func computedFlag(text string) schema.BoolAttribute {
	return schema.BoolAttribute{Computed: true, MarkdownDescription: text}
}

// nested is the attribute of a list whose elements have these attributes.
func nested(text string, attributes map[string]schema.Attribute) schema.ListNestedAttribute {
	return schema.ListNestedAttribute{
		Computed: true, MarkdownDescription: text, NestedObject: schema.NestedAttributeObject{Attributes: attributes},
	}
}

// listed are the elements of such a list, sorted by the ID.
func listed(
	ctx context.Context, elements []values, idName string, attributes map[string]schema.Attribute,
) (types.List, diag.Diagnostics) {
	id := func(element values) string {
		text, _ := element[idName].(types.String)
		return strings.ToLower(text.ValueString())
	}
	slices.SortFunc(elements, func(a, b values) int { return cmp.Compare(id(a), id(b)) })
	of := nested("", attributes).NestedObject.Type()
	var diags diag.Diagnostics
	objects := make([]attr.Value, 0, len(elements))
	for _, element := range elements {
		object, more := configure.Object(ctx, of, element)
		diags.Append(more...)
		objects = append(objects, object)
	}
	if diags.HasError() {
		return types.ListNull(of), diags
	}
	return types.ListValue(of, objects)
}

// reader reads from one DPS instance for data sources and ephemeral resources.
type reader struct {
	services *azure.Services
	dps      *azure.Instance
}

// newReader opens the DPS instance that is configured, or the provider block's.
func newReader(services *azure.Services, configured iottype.TextValue) (*reader, diag.Diagnostics) {
	dps, err := services.DPS(configured.ValueString())
	switch {
	case err != nil && !services.Known():
		return nil, diag.Diagnostics{diag.NewErrorDiagnostic("DPS instance is not known yet",
			"It is to be read now, and the provider block gets it or its credential only during the apply. Make the DPS "+
				"instance in an apply of its own first, or give dps_hostname here.")}
	case err != nil:
		return nil, diag.Diagnostics{iotdiag.NotConfigured(path.Root(dpsHostnameName), err)}
	}
	return &reader{services: services, dps: dps}, nil
}

// answer is the object of that type in which what was asked for stands as configuration has it, and the rest as found.
func (r *reader) answer(
	ctx context.Context, of attr.Type, asked types.Object, found values,
) (types.Object, diag.Diagnostics) {
	answer := asked.Attributes()
	if !iottype.IsSet(answer[dpsHostnameName]) {
		answer[dpsHostnameName] = iottype.Hostname().Value(r.dps.Host())
	}
	for name, value := range found {
		if given, ok := answer[name]; !ok || given.IsNull() {
			answer[name] = value
		}
	}
	return configure.Object(ctx, of, answer)
}

// whyAbsent says what to do about something that is not there.
func whyAbsent(noun string) string {
	const check = "Check the ID and the DPS instance."
	switch noun {
	case individualKind().noun:
		return check + " A device that came in through an enrollment group has no entry of its own."
	case registrationNoun:
		return "The device has not tried to register there, or its record was deleted. " + check
	}
	return check
}

// failed is the error of reading one object. That there is none is the attribute's fault.
func (r *reader) failed(verb, noun, attribute, id string, needs iotdiag.Right, err error) diag.Diagnostic {
	if azrest.IsNotFound(err) {
		return diag.NewAttributeErrorDiagnostic(path.Root(attribute), "No such "+noun, fmt.Sprintf(
			"There is no %s %q at %s. %s", noun, id, r.dps.Host(), whyAbsent(noun)))
	}
	return iotdiag.FailedOn(path.Root(attribute), r.attempt(verb, noun, id, needs), err)
}

// listFailed is the error of listing the entries of a kind.
func (r *reader) listFailed(k kind, err error) diag.Diagnostic {
	return iotdiag.Failed(r.attempt("list", k.noun+"s", "*", k.reading), err)
}

func (r *reader) attempt(verb, noun, id string, needs iotdiag.Right) iotdiag.Attempt {
	return iotdiag.Attempt{
		Verb: verb, Noun: noun, ID: id, Host: r.dps.Host(), Mode: r.services.Mode(r.dps.Host()), Needs: needs,
	}
}

// registrationName is the attribute of an individual enrollment that holds the device's registration.
const registrationName = "registration"

// NewIndividualDataSource makes azureiot_dps_individual_enrollment as it is read, with the device's registration.
func NewIndividualDataSource() datasource.DataSource {
	k := individualKind()
	return newDataSource(k.typeName, k.readOne, func() schema.Schema {
		attributes := k.viewAttributes()
		attributes[registrationIDName] = asked("The device's name towards DPS", iotvalidator.RegistrationID())
		attributes[registrationName] = computedObject(
			"What DPS remembers of the device's last attempt to register; its status is `unassigned` before the first.",
			registrationViewAttributes())
		return schema.Schema{
			MarkdownDescription: "An individual enrollment as DPS has it now, with the device's registration and without " +
				"keys. It is an error when there is none; in a `check` block that is a warning.",
			Attributes: attributes,
		}
	})
}

// NewGroupDataSource makes azureiot_dps_enrollment_group as it is read.
func NewGroupDataSource() datasource.DataSource {
	k := groupKind()
	return newDataSource(k.typeName, k.readOne, func() schema.Schema {
		attributes := k.viewAttributes()
		attributes[enrollmentGroupIDName] = asked("ID of the enrollment group", iotvalidator.EnrollmentGroupID())
		return schema.Schema{
			MarkdownDescription: "An enrollment group as DPS has it now, without keys. It is an error when there is none; in " +
				"a `check` block that is a warning.",
			Attributes: attributes,
		}
	})
}

// NewIndividualsDataSource makes azureiot_dps_individual_enrollments: those of an instance, sorted by registration ID.
func NewIndividualsDataSource() datasource.DataSource {
	return individualKind().dataSourceOfAll("dps_individual_enrollments", "individual_enrollments",
		"The individual enrollments of a DPS instance, all or those that pass filters, without keys and registrations. Each "+
			"hundred of all is one call, which DPS counts and bills as one operation.",
		"The individual enrollments, sorted by registration ID.")
}

// NewGroupsDataSource makes azureiot_dps_enrollment_groups: those of an instance, sorted by ID.
func NewGroupsDataSource() datasource.DataSource {
	return groupKind().dataSourceOfAll("dps_enrollment_groups", "enrollment_groups",
		"The enrollment groups of a DPS instance, all or those that pass filters, without keys. Each hundred of all is one "+
			"call.", "The enrollment groups, sorted by ID.")
}

// readOne reads the entry that is asked for.
func (k kind) readOne(ctx context.Context, r *reader, asked types.Object) (values, diag.Diagnostics) {
	id := stringIn(asked, k.idName).ValueString()
	e, err := k.open(r.dps).read(ctx, id)
	if err != nil {
		return nil, diag.Diagnostics{r.failed("read", k.noun, k.idName, id, k.reading, err)}
	}
	view := k.view(e)
	if k.group {
		return view, nil
	}
	record := azdps.Registration{RegistrationID: e.ID, Status: azdps.RegistrationUnassigned}
	if e.Registration != nil {
		record = *e.Registration
	}
	registration, diags := registrationObject(ctx, record)
	view[registrationName] = registration
	return view, diags
}

// dataSourceOfAll lists the entries of the kind in the attribute listName.
func (k kind) dataSourceOfAll(name, listName, text, listText string) datasource.DataSource {
	read := func(ctx context.Context, r *reader, asked types.Object) (values, diag.Diagnostics) {
		var views []values
		now := r.services.Now()
		err := k.open(r.dps).each(ctx, func(e entry) {
			if k.wanted(e, asked, now) {
				views = append(views, k.view(e))
			}
		})
		if err != nil {
			return nil, diag.Diagnostics{r.listFailed(k, err)}
		}
		list, diags := listed(ctx, views, k.idName, k.viewAttributes())
		return values{listName: list}, diags
	}
	return newDataSource(name, read, func() schema.Schema {
		attributes := k.filterAttributes()
		attributes[listName] = nested(listText, k.viewAttributes())
		return schema.Schema{MarkdownDescription: text, Attributes: attributes}
	})
}

const (
	typeName        = "type"
	createdName     = "created_date_time_utc"
	lastUpdatedName = "last_updated_date_time_utc"
)

// view is what data sources tell of an entry: everything but keys.
func (k kind) view(e entry) values {
	view := k.values(flatten(k.shape, e, newModel("", e.ID)))
	view[k.idName] = types.StringValue(e.ID)
	view[attestationName] = k.shape.view(e)
	view[createdName] = iottype.TextOrNull(e.CreatedDateTimeUTC)
	view[lastUpdatedName] = iottype.TextOrNull(e.LastUpdatedDateTimeUTC)
	return view
}

// view tells of an attestation what is no secret: its type, which may be one that is not known here, and public keys.
func (s shape) view(e entry) types.Object {
	a := s.flatten(e.Attestation, attestation{})
	members := map[string]attr.Value{typeName: types.StringValue(e.Attestation.Type)}
	if s.tpm {
		members[tpmName] = a.tpm.encode()
	}
	if s.references {
		members[caReferencesName] = a.references.encode()
	}
	return types.ObjectValueMust(s.viewType().AttrTypes, members)
}

func (s shape) viewType() types.ObjectType {
	members := map[string]attr.Type{typeName: types.StringType}
	if s.tpm {
		members[tpmName] = tpmType()
	}
	if s.references {
		members[caReferencesName] = caReferencesType()
	}
	return types.ObjectType{AttrTypes: members}
}

// viewAttributes describe an entry in a data source.
func (k kind) viewAttributes() map[string]schema.Attribute {
	attributes := sharedViewAttributes(k.shape)
	if k.group {
		attributes[enrollmentGroupIDName] = computedText("ID of the enrollment group.")
		return attributes
	}
	attributes[registrationIDName] = computedText("The device's name towards DPS.")
	attributes[deviceIDName] = computedText("The device's ID in its hub; null when it is the registration ID.")
	attributes[deviceInformationName] = schema.StringAttribute{
		Computed: true, CustomType: iottype.JSON(), MarkdownDescription: "What is kept about the device, as JSON.",
	}
	return attributes
}

func sharedViewAttributes(s shape) map[string]schema.Attribute {
	facts := map[string]schema.Attribute{}
	for name, text := range factsTexts() {
		facts[name] = computedText(text)
	}
	return map[string]schema.Attribute{
		statusName:      computedText("Whether devices may register: `enabled` or `disabled`."),
		attestationName: s.attestationViewAttribute(),
		certificatesName: computedObject("The certificates in the slots; null without such certificates.",
			map[string]schema.Attribute{
				primaryName:   computedObject("The certificate of the first slot.", facts),
				secondaryName: computedObject("The certificate of the second slot.", facts),
			}),
		allocationPolicyName: computedText("How a device's hub is chosen; null when the DPS instance decides."),
		iothubHostnamesName: schema.SetAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Host names of the hubs to choose from; null when these are all linked hubs.",
		},
		customAllocationName: computedObject("The webhook that chooses the hub.", map[string]schema.Attribute{
			webhookURLName: schema.StringAttribute{
				Computed: true, Sensitive: true,
				MarkdownDescription: "Address of the webhook. Sensitive, because it usually carries a function key: it is hidden " +
					"in the output and stored in state.",
			},
			apiVersionName: computedText("API version of the document that the webhook is sent."),
		}),
		reprovisionPolicyName: computedObject("What happens when a device that has a hub registers again.",
			map[string]schema.Attribute{
				updateHubAssignmentName: computedFlag("Whether the hub is chosen anew."),
				migrateDeviceDataName:   computedFlag("Whether twin and capabilities move to the new hub."),
			}),
		initialTwinName: computedObject("The twin that a device gets in its hub when it is first assigned.",
			map[string]schema.Attribute{
				tagsName: schema.StringAttribute{
					Computed: true, CustomType: iottype.JSON(), MarkdownDescription: "Tags as JSON.",
				},
				desiredPropertiesName: schema.StringAttribute{
					Computed: true, CustomType: iottype.JSON(), MarkdownDescription: "Desired properties as JSON.",
				},
			}),
		edgeEnabledName: computedFlag("Whether devices are IoT Edge devices in their hub."),
		createdName:     computedText("When it was created, in UTC."),
		lastUpdatedName: computedText("When it was last changed, in UTC."),
	}
}

func (s shape) attestationViewAttribute() schema.SingleNestedAttribute {
	members := map[string]schema.Attribute{
		typeName: computedText("`x509`, `tpm` or `symmetricKey`, as DPS writes it."),
	}
	if s.tpm {
		members[tpmName] = computedObject("The device's TPM; null for other types.", map[string]schema.Attribute{
			endorsementKeyName: computedText("Public part of the endorsement key, base64."),
			storageRootKeyName: computedText("Public part of the storage root key, base64."),
		})
	}
	if s.references {
		members[caReferencesName] = computedObject("CA certificates of the instance by name; null when there are none.",
			map[string]schema.Attribute{
				primaryName:   computedText("Name of the first CA certificate."),
				secondaryName: computedText("Name of the second CA certificate."),
			})
	}
	return computedObject("How devices prove themselves to DPS, without keys.", members)
}

const (
	hubFilterName = "iothub_hostname"
	expiresName   = "certificate_expires_within_days"
)

// filterAttributes are the filters of a list. DPS has none of its own, so that entries are read whatever is asked.
func (k kind) filterAttributes() map[string]schema.Attribute {
	attestations := []string{azdps.AttestationX509, azdps.AttestationSymmetricKey}
	if k.shape.tpm {
		attestations = append(attestations, azdps.AttestationTPM)
	}
	attributes := map[string]schema.Attribute{
		statusName: schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Only those with this status: `enabled` or `disabled`. Default: all. DPS has no filters of " +
				"its own, so that filters save no calls; where several are given, all must hold.",
			Validators: []validator.String{iotvalidator.OneOf(azdps.StatusEnabled, azdps.StatusDisabled)},
		},
		attestationName: schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Only those with this attestation: `" + strings.Join(attestations, "`, `") + "`.",
			Validators:          []validator.String{iotvalidator.OneOf(attestations...)},
		},
		allocationPolicyName: schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Only those with this policy: `" + strings.Join(allocationPolicies(), "`, `") + "`. Those " +
				"that leave it to the DPS instance have none.",
			Validators: []validator.String{iotvalidator.OneOf(allocationPolicies()...)},
		},
		hubFilterName: schema.StringAttribute{
			Optional: true, CustomType: iottype.Hostname(),
			MarkdownDescription: "Only those that name this hub among those to choose from.",
			Validators:          []validator.String{iotvalidator.HubHostname()},
		},
		expiresName: schema.Int64Attribute{
			Optional: true,
			MarkdownDescription: "Only those with a certificate that ends within so many days from now, or has ended; with 0 " +
				"only those with one that has ended.",
			Validators: []validator.Int64{int64validator.AtLeast(0)},
		},
	}
	if !k.group {
		attributes[deviceIDName] = schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Only that whose device has this ID in its hub: the one that names it, or else the one of " +
				"this registration ID that names none.",
			Validators: []validator.String{iotvalidator.DeviceID()},
		}
	}
	return attributes
}

// wanted tells whether an entry passes every filter that is asked for.
func (k kind) wanted(e entry, asked types.Object, now time.Time) bool {
	status, attestation, policy, device := stringIn(asked, statusName), stringIn(asked, attestationName),
		stringIn(asked, allocationPolicyName), stringIn(asked, deviceIDName)
	hub, days := textIn(asked, hubFilterName, iottype.Hostname()), int64In(asked, expiresName)
	return (status.IsNull() || status.Equal(flattenStatus(e))) &&
		(attestation.IsNull() || attestation.ValueString() == e.Attestation.Type) &&
		(policy.IsNull() || policy.Equal(flattenAllocationPolicy(e.AllocationPolicy))) &&
		(device.IsNull() || e.isOfDevice(device.ValueString())) &&
		(hub.IsNull() || e.names(hub.ValueString())) &&
		(days.IsNull() || k.shape.ends(e, now.AddDate(0, 0, int(days.ValueInt64()))))
}

// isOfDevice tells whether a device is called so in its hub.
func (e entry) isOfDevice(deviceID string) bool {
	if e.DeviceID != nil && *e.DeviceID != "" {
		return *e.DeviceID == deviceID
	}
	return strings.EqualFold(e.ID, deviceID)
}

// names tells whether a hub is among those that the entry has to choose from.
func (e entry) names(host string) bool {
	same := func(named string) bool { return azrest.SameHost(named, host) }
	return slices.ContainsFunc(e.IoTHubs, same) || e.IoTHubHostName != nil && same(*e.IoTHubHostName)
}

// ends tells whether a certificate of an entry ends before a moment.
func (s shape) ends(e entry, before time.Time) bool {
	slots := s.slots(e.Attestation.X509)
	if slots == nil {
		return false
	}
	return slices.ContainsFunc([]*azdps.Certificate{slots.Primary, slots.Secondary}, func(slot *azdps.Certificate) bool {
		if slot == nil || slot.Info == nil {
			return false
		}
		end, err := time.Parse(time.RFC3339, slot.Info.NotAfterUTC)
		return err == nil && !end.After(before)
	})
}

const registrationNoun = "registration record"

// NewRegistrationDataSource makes azureiot_dps_registration: the record of one device.
func NewRegistrationDataSource() datasource.DataSource {
	return newDataSource("dps_registration", readRegistration, func() schema.Schema {
		attributes := registrationViewAttributes()
		attributes[registrationIDName] = asked("The device's name towards DPS", iotvalidator.RegistrationID())
		return schema.Schema{
			MarkdownDescription: "The registration record of a device: what DPS remembers of its last attempt to register. It " +
				"is an error when there is none; in a `check` block that is a warning.",
			Attributes: attributes,
		}
	})
}

// NewRegistrationsDataSource makes azureiot_dps_registrations: the records that were made through one enrollment group.
func NewRegistrationsDataSource() datasource.DataSource {
	return newDataSource("dps_registrations", listRegistrations, func() schema.Schema {
		return schema.Schema{
			MarkdownDescription: "The registration records that devices made through an enrollment group, and how many there " +
				"are. They stay when the " +
				"group is deleted, and count against the quota. Each hundred is one call, which DPS counts and bills as one " +
				"operation.",
			Attributes: map[string]schema.Attribute{
				enrollmentGroupIDName: asked("ID of the enrollment group", iotvalidator.EnrollmentGroupID()),
				"status": schema.StringAttribute{
					Optional: true,
					MarkdownDescription: "Only records with this status: `unassigned`, `assigning`, `assigned`, `failed` or " +
						"`disabled`. Default: all.",
					Validators: []validator.String{iotvalidator.OneOf(
						azdps.RegistrationUnassigned, azdps.RegistrationAssigning, azdps.RegistrationAssigned,
						azdps.RegistrationFailed, azdps.RegistrationDisabled)},
				},
				hubFilterName: schema.StringAttribute{
					Optional: true, CustomType: iottype.Hostname(),
					MarkdownDescription: "Only records that name this hub. Default: all.",
					Validators:          []validator.String{iotvalidator.HubHostname()},
				},
				"limit": schema.Int64Attribute{
					Optional: true,
					MarkdownDescription: "At most so many records in `registrations`, the first by registration ID; with 0 only " +
						"counts. All are read and counted either way. Default: all.",
					Validators: []validator.Int64{int64validator.AtLeast(0)},
				},
				"registrations":   nested("The records, sorted by registration ID.", registrationViewAttributes()),
				"count_by_status": counts("How many records of the group there are, by status, whatever the filters."),
				"count_by_iothub": counts("How many of them name a hub, by its host name, whatever the filters."),
			},
		}
	})
}

func readRegistration(ctx context.Context, r *reader, asked types.Object) (values, diag.Diagnostics) {
	id := stringIn(asked, registrationIDName).ValueString()
	record, err := r.dps.GetRegistration(ctx, id)
	if err != nil {
		return nil, diag.Diagnostics{
			r.failed("read", registrationNoun, registrationIDName, id, iotdiag.ReadRegistration(), err),
		}
	}
	return registrationView(record), nil
}

// counts is the attribute of numbers by name.
func counts(text string) schema.MapAttribute {
	return schema.MapAttribute{Computed: true, ElementType: types.Int64Type, MarkdownDescription: text}
}

func listRegistrations(ctx context.Context, r *reader, asked types.Object) (values, diag.Diagnostics) {
	group, kept := stringIn(asked, enrollmentGroupIDName).ValueString(), kept{limit: int64In(asked, "limit")}
	byStatus, byHub := map[string]int64{}, map[string]int64{}
	for pager := r.dps.NewListRegistrationsPager(group, nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, diag.Diagnostics{r.failed("list", registrationNoun+"s of enrollment group", enrollmentGroupIDName, group,
				iotdiag.ReadRegistration(), err)}
		}
		for _, record := range page.Items {
			byStatus[record.Status]++
			if record.AssignedHub != "" {
				byHub[azrest.FoldHost(record.AssignedHub)]++
			}
			if wantedRegistration(record, asked) {
				kept.add(record)
			}
		}
	}
	list, diags := listed(ctx, kept.views(), registrationIDName, registrationViewAttributes())
	statuses, more := types.MapValueFrom(ctx, types.Int64Type, byStatus)
	diags.Append(more...)
	hubs, more := types.MapValueFrom(ctx, types.Int64Type, byHub)
	return values{"registrations": list, "count_by_status": statuses, "count_by_iothub": hubs}, append(diags, more...)
}

func wantedRegistration(record azdps.Registration, asked types.Object) bool {
	status, hub := stringIn(asked, "status"), textIn(asked, hubFilterName, iottype.Hostname())
	return (status.IsNull() || status.ValueString() == record.Status) &&
		(hub.IsNull() || azrest.SameHost(hub.ValueString(), record.AssignedHub))
}

// kept are the first records of a list that is not sorted: as many as are wanted, so that memory has a bound.
type kept struct {
	limit   types.Int64
	records []azdps.Registration
}

func (k *kept) add(record azdps.Registration) {
	k.records = append(k.records, record)
	if !k.limit.IsNull() && int64(len(k.records)) >= 2*k.limit.ValueInt64()+azrest.DefaultPageSize {
		k.cut()
	}
}

// cut drops what is beyond the limit.
func (k *kept) cut() {
	slices.SortFunc(k.records, func(a, b azdps.Registration) int {
		return cmp.Compare(strings.ToLower(a.RegistrationID), strings.ToLower(b.RegistrationID))
	})
	if !k.limit.IsNull() && int64(len(k.records)) > k.limit.ValueInt64() {
		k.records = k.records[:k.limit.ValueInt64()]
	}
}

func (k *kept) views() []values {
	k.cut()
	var views []values
	for _, record := range k.records {
		views = append(views, registrationView(record))
	}
	return views
}

// registrationView is what data sources tell of a registration record: what DPS remembers of a device's last attempt to
// register.
func registrationView(r azdps.Registration) values {
	code := types.Int64Null()
	if r.ErrorCode != 0 {
		code = types.Int64Value(int64(r.ErrorCode))
	}
	return values{
		registrationIDName: iottype.TextOrNull(r.RegistrationID), deviceIDName: iottype.TextOrNull(r.DeviceID),
		"assigned_hub": iottype.TextOrNull(r.AssignedHub),
		"status":       iottype.TextOrNull(r.Status), "substatus": iottype.TextOrNull(r.Substatus),
		"error_code": code, "error_message": iottype.TextOrNull(r.ErrorMessage),
		createdName: iottype.TextOrNull(r.CreatedDateTimeUTC), lastUpdatedName: iottype.TextOrNull(r.LastUpdatedDateTimeUTC),
	}
}

func registrationObject(ctx context.Context, r azdps.Registration) (types.Object, diag.Diagnostics) {
	return configure.Object(ctx, computedObject("", registrationViewAttributes()).GetType(), registrationView(r))
}

func registrationViewAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		registrationIDName: computedText("The device's name towards DPS."),
		deviceIDName:       computedText("The device's ID in its hub; null unless it is assigned."),
		"assigned_hub":     computedText("Host name of the device's hub; null unless it is assigned."),
		"status": computedText("`unassigned`, `assigning`, `assigned`, `failed` or `disabled`. A refused attempt " +
			"overwrites the record of an assignment."),
		"substatus":     computedText("How an assignment came about, such as `initialAssignment`."),
		"error_code":    schema.Int64Attribute{Computed: true, MarkdownDescription: "Code of a failure; null without one."},
		"error_message": computedText("Message of a failure; null without one."),
		createdName:     computedText("When the device was first recorded, in UTC."),
		lastUpdatedName: computedText("When the record last changed, in UTC."),
	}
}
