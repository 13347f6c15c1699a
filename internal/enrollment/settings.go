// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"slices"

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
	edgeEnabledName  = "edge_enabled"
	onDestroyName    = "on_destroy"
	certificatesName = "certificates"
)

// settings are the attributes that both kinds of entries have, in Terraform's types.
type settings struct {
	DPSHostname        iottype.TextValue `tfsdk:"dps_hostname"`
	Attestation        types.Object      `tfsdk:"attestation"`
	ProvisioningStatus types.String      `tfsdk:"provisioning_status"`
	AllocationPolicy   types.String      `tfsdk:"allocation_policy"`
	IoTHubHostnames    types.Set         `tfsdk:"iothub_hostnames"`
	CustomAllocation   types.Object      `tfsdk:"custom_allocation"`
	ReprovisionPolicy  types.Object      `tfsdk:"reprovision_policy"`
	InitialTwin        types.Object      `tfsdk:"initial_twin"`
	EdgeEnabled        types.Bool        `tfsdk:"edge_enabled"`
	OnDestroy          types.String      `tfsdk:"on_destroy"`
	Certificates       types.Object      `tfsdk:"certificates"`
}

// model is either kind of entry in Terraform's types. DeviceID and DeviceInformation are an individual enrollment's,
// DeleteRegistrations is a group's.
type model struct {
	ID                  iottype.TextValue
	DeviceID            types.String      `tfsdk:"device_id"`
	DeviceInformation   iottype.TextValue `tfsdk:"optional_device_information"`
	DeleteRegistrations types.Bool
	settings
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
	if isSet(m.DeviceID) {
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
	e.ReprovisionPolicy = expandReprovisionPolicy(m.ReprovisionPolicy, stored.ReprovisionPolicy, isNew)
	e.InitialTwin = expandInitialTwin(m.InitialTwin, stored.InitialTwin)
	e.Capabilities = expandEdge(m.EdgeEnabled, stored.Capabilities, isNew)
	return e, diags
}

// flatten says an entry in Terraform's types. Where the service means what prior says, prior's spelling stays; what the
// service does not know stays as prior has it.
func flatten(s shape, e entry, prior model) model {
	m := model{
		ID:                prior.ID,
		DeviceID:          types.StringPointerValue(e.DeviceID),
		DeviceInformation: flattenJSON(e.DeviceInformation, prior.DeviceInformation),
	}
	if !iottype.RegistrationID().Same(prior.ID.ValueString(), e.ID) {
		m.ID = iottype.RegistrationID().Value(e.ID)
	}
	a := s.flatten(e.Attestation, s.decode(prior.Attestation))
	m.settings = settings{
		DPSHostname:        prior.DPSHostname,
		Attestation:        s.encode(a),
		ProvisioningStatus: flattenStatus(e),
		AllocationPolicy:   flattenAllocationPolicy(e.AllocationPolicy),
		IoTHubHostnames:    flattenHubs(e, prior.IoTHubHostnames),
		CustomAllocation:   flattenCustomAllocation(e.CustomAllocationDefinition, prior.CustomAllocation),
		ReprovisionPolicy:  flattenReprovisionPolicy(e.ReprovisionPolicy),
		InitialTwin:        flattenInitialTwin(e.InitialTwin, prior.InitialTwin),
		EdgeEnabled:        flattenEdge(e.Capabilities),
		OnDestroy:          prior.OnDestroy,
		Certificates:       certificates(a.certificates, prior.Certificates, s.slots(e.Attestation.X509)),
	}
	m.DeleteRegistrations = prior.DeleteRegistrations
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
	return slices.DeleteFunc(configure.Differences(m, other), func(name string) bool {
		return name == dpsHostnameName || name == onDestroyName || name == certificatesName
	})
}
