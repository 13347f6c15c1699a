// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

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

// differences names the attributes of the entry in which a and b differ; what only Terraform knows does not count.
func (m model) differences(other model) []string {
	return configure.Differences(m.managed, other.managed)
}
