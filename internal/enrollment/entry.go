// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// entry is an individual enrollment or an enrollment group on the wire: what both have, under an ID.
type entry struct {
	ID string
	// DeviceID, DeviceInformation and Registration are an individual enrollment's.
	DeviceID          *string
	DeviceInformation json.RawMessage
	Registration      *azdps.Registration
	azdps.Enrollment
}

func entryOfIndividual(e azdps.IndividualEnrollment) entry {
	return entry{
		ID: e.RegistrationID, DeviceID: e.DeviceID, DeviceInformation: e.OptionalDeviceInformation,
		Registration: e.RegistrationState, Enrollment: e.Enrollment,
	}
}

// individual is the entry as it is written; what only the service writes is left out by the client.
func (e entry) individual() azdps.IndividualEnrollment {
	return azdps.IndividualEnrollment{
		RegistrationID: e.ID, DeviceID: e.DeviceID, OptionalDeviceInformation: e.DeviceInformation,
		Enrollment: e.Enrollment,
	}
}

func entryOfGroup(g azdps.EnrollmentGroup) entry {
	return entry{ID: g.EnrollmentGroupID, Enrollment: g.Enrollment}
}

// group is the entry as it is written.
func (e entry) group() azdps.EnrollmentGroup {
	return azdps.EnrollmentGroup{EnrollmentGroupID: e.ID, Enrollment: e.Enrollment}
}

// body is what a write of the entry sends.
func (e entry) body(k kind) any {
	if k.group {
		return e.group()
	}
	return e.individual()
}

// kind is what differs between individual enrollments and enrollment groups.
type kind struct {
	// group says that an entry of the kind stands for many devices, and not for one whose name it bears.
	group bool
	// noun names the kind in sentences; typeName ends the name of its Terraform type; idName is the attribute that holds
	// the ID.
	noun, typeName, idName string
	schema                 func() schema.Schema
	// shape is how its devices may prove themselves.
	shape shape
	// rights to read, to write and to delete.
	reading, writing, deleting iotdiag.Right
	open                       func(*azure.Instance) store
	// object names an entry of the kind for what the resources of a provider block have in common.
	object func(host, id string) azure.Object
}

func groupKind() kind {
	return kind{
		group: true,
		noun:  "enrollment group", typeName: "dps_enrollment_group", idName: enrollmentGroupIDName, schema: groupSchema,
		shape:   shape{certificates: signingCertificatesName, references: true},
		reading: iotdiag.ReadEnrollmentGroup(), writing: iotdiag.WriteEnrollmentGroup(),
		deleting: iotdiag.DeleteEnrollmentGroup(),
		open:     groups,
		object:   azure.GroupObject,
	}
}

func individualKind() kind {
	return kind{
		noun: "individual enrollment", typeName: "dps_individual_enrollment", idName: registrationIDName,
		schema: individualSchema, shape: shape{certificates: clientCertificatesName, tpm: true},
		reading: iotdiag.ReadIndividualEnrollment(), writing: iotdiag.WriteIndividualEnrollment(),
		deleting: iotdiag.DeleteIndividualEnrollment(),
		open:     individuals,
		object:   azure.EnrollmentObject,
	}
}

// store is where a DPS instance keeps the entries of one kind.
type store struct {
	// refresh is read after unchanged, which may have read the entry.
	read, refresh func(ctx context.Context, id string) (entry, error)
	// write and remove drop what was listed of an entry, whatever became of it.
	write  func(ctx context.Context, e entry, o *azdps.WriteOptions) (entry, error)
	remove func(ctx context.Context, id string, o *azdps.WriteOptions) error
	// each shows all entries of the kind, without keys and registrations.
	each func(ctx context.Context, show func(entry)) error
	// stream shows them as they are listed now, a page when it is needed, and ends with the error of a page.
	stream func(ctx context.Context) iter.Seq2[entry, error]
	// unchanged tells whether the entry still has this ETag; false says nothing.
	unchanged func(ctx context.Context, id string, etag azcore.ETag) bool
	// listed tells whether there is such an entry and whether it is disabled; known is false when that is not certain.
	listed func(ctx context.Context, id string) (exists, disabled, known bool)
	// attestation is the only call that shows keys.
	attestation func(ctx context.Context, id string) (azdps.Attestation, error)
}

func individuals(dps *azure.Instance) store {
	stream := streaming(dps.NewListIndividualEnrollmentsPager, entryOfIndividual)
	return store{
		read:    reading(dps.GetIndividualEnrollment, entryOfIndividual),
		refresh: reading(dps.RefreshIndividualEnrollment, entryOfIndividual),
		write: func(ctx context.Context, e entry, o *azdps.WriteOptions) (entry, error) {
			defer dps.ForgetIndividualEnrollment(e.ID)
			echo, err := dps.PutIndividualEnrollment(ctx, e.individual(), o)
			return entryOfIndividual(echo), err
		},
		remove: removing(dps.DeleteIndividualEnrollment, dps.ForgetIndividualEnrollment),
		each: func(ctx context.Context, show func(entry)) error {
			for e, err := range stream(ctx) {
				if err != nil {
					return err
				}
				show(e)
			}
			return nil
		},
		stream: stream, unchanged: dps.IndividualEnrollmentUnchanged, listed: dps.ListedIndividualEnrollment,
		attestation: dps.GetIndividualEnrollmentAttestation,
	}
}

func groups(dps *azure.Instance) store {
	return store{
		read:    reading(dps.GetEnrollmentGroup, entryOfGroup),
		refresh: reading(dps.RefreshEnrollmentGroup, entryOfGroup),
		write: func(ctx context.Context, e entry, o *azdps.WriteOptions) (entry, error) {
			defer dps.ForgetEnrollmentGroup(e.ID)
			echo, err := dps.PutEnrollmentGroup(ctx, e.group(), o)
			return entryOfGroup(echo), err
		},
		remove: removing(dps.DeleteEnrollmentGroup, dps.ForgetEnrollmentGroup),
		each: func(ctx context.Context, show func(entry)) error {
			listed, err := dps.EnrollmentGroups(ctx)
			for _, item := range listed {
				show(entryOfGroup(item))
			}
			return err
		},
		stream:    streaming(dps.NewListEnrollmentGroupsPager, entryOfGroup),
		unchanged: dps.EnrollmentGroupUnchanged, listed: dps.ListedEnrollmentGroup,
		attestation: dps.GetEnrollmentGroupAttestation,
	}
}

func reading[T any](
	get func(context.Context, string) (T, error), entryOf func(T) entry,
) func(context.Context, string) (entry, error) {
	return func(ctx context.Context, id string) (entry, error) {
		item, err := get(ctx, id)
		return entryOf(item), err
	}
}

func removing(
	remove func(context.Context, string, *azdps.WriteOptions) error, forget func(id string),
) func(context.Context, string, *azdps.WriteOptions) error {
	return func(ctx context.Context, id string, o *azdps.WriteOptions) error {
		defer forget(id)
		return remove(ctx, id, o)
	}
}

func streaming[T any](
	list func(*azrest.ListOptions) *runtime.Pager[azrest.Page[T]], entryOf func(T) entry,
) func(context.Context) iter.Seq2[entry, error] {
	return func(ctx context.Context) iter.Seq2[entry, error] {
		return func(show func(entry, error) bool) {
			for pager := list(nil); pager.More(); {
				page, err := pager.NextPage(ctx)
				if err != nil {
					show(entry{}, err)
					return
				}
				for _, item := range page.Items {
					if !show(entryOf(item), nil) {
						return
					}
				}
			}
		}
	}
}

// Attributes that both kinds of entries have, besides those that a file is named for.
const (
	dpsHostnameName  = "dps_hostname"
	statusName       = "provisioning_status"
	onDestroyName    = "on_destroy"
	certificatesName = "certificates"
)

// model is either kind of entry in Terraform's types: the attributes of both. Those that a kind does not have are null.
type model struct {
	// ID is the attribute that the kind names.
	ID          iottype.TextValue
	DPSHostname iottype.TextValue `tfsdk:"dps_hostname"`
	OnDestroy   types.String      `tfsdk:"on_destroy"`
	// DeleteRegistrations is a group's.
	DeleteRegistrations types.Bool   `tfsdk:"delete_registrations_on_destroy"`
	Certificates        types.Object `tfsdk:"certificates"`
	managed
}

// managed are the attributes that a write sends. DeviceID and DeviceInformation are an individual enrollment's.
type managed struct {
	DeviceID           types.String      `tfsdk:"device_id"`
	DeviceInformation  iottype.TextValue `tfsdk:"optional_device_information"`
	Attestation        types.Object      `tfsdk:"attestation"`
	ProvisioningStatus types.String      `tfsdk:"provisioning_status"`
	AllocationPolicy   types.String      `tfsdk:"allocation_policy"`
	IoTHubHostnames    types.Set         `tfsdk:"iothub_hostnames"`
	CustomAllocation   types.Object      `tfsdk:"custom_allocation"`
	ReprovisionPolicy  types.Object      `tfsdk:"reprovision_policy"`
	InitialTwin        types.Object      `tfsdk:"initial_twin"`
	EdgeEnabled        types.Bool        `tfsdk:"edge_enabled"`
}

// newModel is a model in which nothing is set but what names the entry: where an import starts.
func newModel(host, id string) model {
	m := model{ID: iottype.RegistrationID().Value(id), DPSHostname: iottype.Hostname().Null()}
	m.DeviceInformation = iottype.JSON().Null()
	if host != "" {
		m.DPSHostname = iottype.Hostname().Value(host)
	}
	return m
}

// decode reads an entry of the kind from a configuration, a plan or a state.
func (k kind) decode(ctx context.Context, source configure.Source) (model, diag.Diagnostics) {
	object, diags := configure.Decode[types.Object](ctx, source)
	m := newModel("", "")
	m.ID = textIn(object, k.idName, iottype.RegistrationID())
	return m, append(diags, configure.Fill(&m, object.Attributes())...)
}

// values are the attributes of an entry of the kind by name.
func (k kind) values(m model) map[string]attr.Value {
	values := configure.Values(m)
	values[k.idName] = m.ID
	return values
}

// encode is the reverse of decode.
func (k kind) encode(ctx context.Context, m model) (types.Object, diag.Diagnostics) {
	return configure.Object(ctx, k.schema().Type(), k.values(m))
}

// expand puts what is asked for into stored, the record just read (the zero value when the entry is new). Members that
// are not known here stay as they were read.
func (m model) expand(s shape, stored entry) (entry, diag.Diagnostics) {
	isNew := stored.ETag == ""
	e := stored
	if isNew {
		e.ID = m.ID.ValueString()
	}
	var diags diag.Diagnostics
	e.Attestation, diags = s.expand(s.decode(m.Attestation), stored.Attestation)
	e.DeviceID = nil
	if iottype.IsSet(m.DeviceID) {
		e.DeviceID = m.DeviceID.ValueStringPointer()
	}
	e.DeviceInformation = expandJSON(m.DeviceInformation, stored.DeviceInformation)
	e.ProvisioningStatus = new(azdps.StatusEnabled)
	if m.ProvisioningStatus.ValueString() == azdps.StatusDisabled {
		e.ProvisioningStatus = new(azdps.StatusDisabled)
	}
	e.AllocationPolicy = expandAllocationPolicy(m.AllocationPolicy)
	expandHubs(m.IoTHubHostnames, &e)
	e.CustomAllocationDefinition = expandCustomAllocation(m.CustomAllocation, stored.CustomAllocationDefinition)
	if custom := e.CustomAllocationDefinition; custom != nil && isMasked(custom.WebhookURL) {
		diags.Append(webhookMasked())
	}
	e.ReprovisionPolicy = expandReprovisionPolicy(m.ReprovisionPolicy, stored.ReprovisionPolicy, isNew)
	e.InitialTwin = expandInitialTwin(m.InitialTwin, stored.InitialTwin)
	e.Capabilities = expandEdge(m.EdgeEnabled, stored.Capabilities, isNew)
	return e, diags
}

// flatten says an entry in Terraform's types. Where the service means what prior says, prior's spelling stays; what the
// service does not know stays as prior has it.
func flatten(s shape, e entry, prior model) model {
	m := prior
	if !iottype.RegistrationID().Same(prior.ID.ValueString(), e.ID) {
		m.ID = iottype.RegistrationID().Value(e.ID)
	}
	a := s.flatten(e.Attestation, s.decode(prior.Attestation))
	m.managed = managed{
		DeviceID:           types.StringPointerValue(e.DeviceID),
		DeviceInformation:  flattenJSON(e.DeviceInformation, prior.DeviceInformation),
		Attestation:        s.encode(a),
		ProvisioningStatus: flattenStatus(e),
		AllocationPolicy:   flattenAllocationPolicy(e.AllocationPolicy),
		IoTHubHostnames:    flattenHubs(e, prior.IoTHubHostnames),
		CustomAllocation:   flattenCustomAllocation(e.CustomAllocationDefinition, prior.CustomAllocation),
		ReprovisionPolicy:  flattenReprovisionPolicy(e.ReprovisionPolicy),
		InitialTwin:        flattenInitialTwin(e.InitialTwin, prior.InitialTwin),
		EdgeEnabled:        flattenEdge(e.Capabilities),
	}
	m.Certificates = certificates(a.certificates, prior.Certificates, s.slots(e.Attestation.X509))
	return m
}

func flattenStatus(e entry) types.String {
	if e.Disabled() {
		return types.StringValue(azdps.StatusDisabled)
	}
	return types.StringValue(azdps.StatusEnabled)
}

// changes tells the differences, with what was and what is.
func (m model) changes(now model) []string { return configure.Changes(m.managed, now.managed) }

// differences names the attributes of the entry in which a and b differ; what only Terraform knows does not count.
func (m model) differences(other model) []string {
	return configure.Differences(m.managed, other.managed)
}

// objectIn is the object attribute of that name; null when it is missing, not known or not an object.
func objectIn(value types.Object, name string) types.Object {
	member, _ := value.Attributes()[name].(types.Object)
	return member
}

// stringIn is the string attribute of that name; null when it is missing.
func stringIn(value types.Object, name string) types.String {
	text, _ := value.Attributes()[name].(types.String)
	return text
}

// int64In is the number of that name; null when it is missing.
func int64In(value types.Object, name string) types.Int64 {
	number, ok := value.Attributes()[name].(types.Int64)
	if !ok {
		return types.Int64Null()
	}
	return number
}

// textIn is the text attribute of that name.
func textIn(value types.Object, name string, kind iottype.Text) iottype.TextValue {
	if text, ok := value.Attributes()[name].(iottype.TextValue); ok {
		return text
	}
	return kind.Null()
}

// boolIn is the flag of that name; true, the default of both, when it is not set.
func boolIn(value types.Object, name string) bool {
	flag, ok := value.Attributes()[name].(types.Bool)
	return !ok || !iottype.IsSet(flag) || flag.ValueBool()
}

func isNull(object types.Object, name string) bool {
	member, ok := object.Attributes()[name]
	return ok && member.IsNull()
}

// expandJSON is the object that is asked for; stored as it was read when it means the same.
func expandJSON(value iottype.TextValue, stored json.RawMessage) json.RawMessage {
	switch {
	case !iottype.IsSet(value):
		if emptyObject(stored) {
			return stored
		}
		return nil
	case stored != nil && iottype.JSON().Same(value.ValueString(), string(stored)):
		return stored
	}
	return json.RawMessage(value.ValueString())
}

// flattenJSON keeps the spelling of prior where it means the same. An object without members and none are the same to a
// device, and clients write either.
func flattenJSON(wire json.RawMessage, prior iottype.TextValue) iottype.TextValue {
	text := prior.ValueString()
	switch {
	case emptyObject(wire) && iottype.IsSet(prior) && emptyObject(json.RawMessage(text)):
		return prior
	case emptyObject(wire):
		return iottype.JSON().Null()
	case iottype.IsSet(prior) && iottype.JSON().Same(text, string(wire)):
		return prior
	}
	var compact bytes.Buffer
	if json.Compact(&compact, wire) != nil {
		return iottype.JSON().Value(string(wire))
	}
	return iottype.JSON().Value(compact.String())
}

// emptyObject tells whether an object is missing or has no members.
func emptyObject(raw json.RawMessage) bool {
	var members map[string]json.RawMessage
	return len(raw) == 0 || json.Unmarshal(raw, &members) == nil && len(members) == 0
}

const edgeEnabledName = "edge_enabled"

// expandEdge leaves capabilities absent where they are absent and the device is not an edge device.
func expandEdge(value types.Bool, stored *azdps.Capabilities, isNew bool) *azdps.Capabilities {
	edge := value.ValueBool()
	switch {
	case stored != nil && stored.IoTEdge == edge:
		return stored
	case stored != nil:
		changed := *stored
		changed.IoTEdge = edge
		return &changed
	case !isNew && !edge:
		return nil
	}
	return &azdps.Capabilities{IoTEdge: edge}
}

func flattenEdge(wire *azdps.Capabilities) types.Bool {
	return types.BoolValue(wire != nil && wire.IoTEdge)
}

// Attributes of reprovision_policy.
const (
	reprovisionPolicyName   = "reprovision_policy"
	updateHubAssignmentName = "update_hub_assignment"
	migrateDeviceDataName   = "migrate_device_data"
)

func reprovisionPolicyType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		updateHubAssignmentName: types.BoolType, migrateDeviceDataName: types.BoolType,
	}}
}

// expandReprovisionPolicy leaves a policy absent where it is absent and what is asked for means the same.
func expandReprovisionPolicy(value types.Object, stored *azdps.ReprovisionPolicy, isNew bool) *azdps.ReprovisionPolicy {
	if !iottype.IsSet(value) {
		return stored
	}
	wire := azdps.ReprovisionPolicy{
		UpdateHubAssignment: boolIn(value, updateHubAssignmentName), MigrateDeviceData: boolIn(value, migrateDeviceDataName),
	}
	if stored != nil {
		wire.Extra = stored.Extra
	} else if !isNew && wire.UpdateHubAssignment && wire.MigrateDeviceData {
		return nil
	}
	return &wire
}

// flattenReprovisionPolicy reads an absent policy as the one that the service then follows: assign anew and take the
// data along ("IoT Hub device reprovisioning concepts").
func flattenReprovisionPolicy(wire *azdps.ReprovisionPolicy) types.Object {
	if wire == nil {
		return reprovisionPolicy(true, true)
	}
	return reprovisionPolicy(wire.UpdateHubAssignment, wire.MigrateDeviceData)
}

func reprovisionPolicy(updateHubAssignment, migrateDeviceData bool) types.Object {
	return types.ObjectValueMust(reprovisionPolicyType().AttrTypes, map[string]attr.Value{
		updateHubAssignmentName: types.BoolValue(updateHubAssignment),
		migrateDeviceDataName:   types.BoolValue(migrateDeviceData),
	})
}

// Attributes of initial_twin.
const (
	initialTwinName       = "initial_twin"
	tagsName              = "tags"
	desiredPropertiesName = "desired_properties"
)

func initialTwinType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		tagsName: iottype.JSON(), desiredPropertiesName: iottype.JSON(),
	}}
}

// expandInitialTwin leaves the parts that mean what is asked for as the service returned them.
func expandInitialTwin(value types.Object, stored *azdps.InitialTwin) *azdps.InitialTwin {
	var wire azdps.InitialTwin
	if stored != nil {
		wire = *stored
	}
	wire.Tags = expandJSON(textIn(value, tagsName, iottype.JSON()), wire.Tags)
	wire.Desired = expandJSON(textIn(value, desiredPropertiesName, iottype.JSON()), wire.Desired)
	if wire.Tags == nil && wire.Desired == nil && wire.Extra == nil && len(wire.PropertiesExtra) == 0 {
		if stored != nil && stored.Tags == nil && stored.Desired == nil {
			return stored
		}
		return nil
	}
	return &wire
}

// flattenInitialTwin is null for a twin without content, unless prior has an object without content.
func flattenInitialTwin(wire *azdps.InitialTwin, prior types.Object) types.Object {
	var tags, desired json.RawMessage
	if wire != nil {
		tags, desired = wire.Tags, wire.Desired
	}
	members := map[string]attr.Value{
		tagsName:              flattenJSON(tags, textIn(prior, tagsName, iottype.JSON())),
		desiredPropertiesName: flattenJSON(desired, textIn(prior, desiredPropertiesName, iottype.JSON())),
	}
	if members[tagsName].IsNull() && members[desiredPropertiesName].IsNull() && !iottype.IsSet(prior) {
		return types.ObjectNull(initialTwinType().AttrTypes)
	}
	return types.ObjectValueMust(initialTwinType().AttrTypes, members)
}
