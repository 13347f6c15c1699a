// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// Attributes of a device identity.
const (
	deviceIDName       = "device_id"
	hostnameName       = "iothub_hostname"
	statusName         = "status"
	statusReasonName   = "status_reason"
	authenticationName = "authentication"
	edgeEnabledName    = "edge_enabled"
	parentScopeName    = "parent_scope"
	onDestroyName      = "on_destroy"
	deviceScopeName    = "device_scope"
	generationIDName   = "generation_id"
)

// identityModel is azureiot_iothub_device_identity in Terraform's types.
type identityModel struct {
	DeviceID       types.String      `tfsdk:"device_id"`
	IoTHubHostname iottype.TextValue `tfsdk:"iothub_hostname"`
	Status         types.String      `tfsdk:"status"`
	StatusReason   types.String      `tfsdk:"status_reason"`
	Authentication types.Object      `tfsdk:"authentication"`
	EdgeEnabled    types.Bool        `tfsdk:"edge_enabled"`
	ParentScope    types.String      `tfsdk:"parent_scope"`
	OnDestroy      types.String      `tfsdk:"on_destroy"`

	DeviceScope  types.String `tfsdk:"device_scope"`
	GenerationID types.String `tfsdk:"generation_id"`
}

// imported tells whether the model only names an identity that nothing has been read of yet.
func (m identityModel) imported() bool { return m.GenerationID.IsNull() }

// managed is what the model asks for, or says; everything in it must be known.
func (m identityModel) managed() managed {
	s := managed{
		status:         aziothub.StatusEnabled,
		reason:         m.StatusReason.ValueString(),
		authentication: expandAuthentication(m.Authentication),
		edge:           m.EdgeEnabled.ValueBool(),
		parent:         m.ParentScope.ValueString(),
	}
	if m.Status.ValueString() == aziothub.StatusDisabled {
		s.status = aziothub.StatusDisabled
	}
	return s
}

// flatten says an identity in Terraform's types. What the hub does not know stays as prior has it; authentication that
// prior does not manage is left out, except after an import, which shows what configuration can ask for.
func flatten(d aziothub.Device, prior identityModel) identityModel {
	s := managedOf(d)
	m := identityModel{
		DeviceID:       types.StringValue(d.DeviceID),
		IoTHubHostname: prior.IoTHubHostname,
		Status:         types.StringValue(s.status),
		StatusReason:   iottype.TextOrNull(s.reason),
		Authentication: types.ObjectNull(authenticationType().AttrTypes),
		EdgeEnabled:    types.BoolValue(s.edge),
		ParentScope:    iottype.TextOrNull(s.parent),
		OnDestroy:      prior.OnDestroy,
		DeviceScope:    types.StringPointerValue(ownScope(d)),
		GenerationID:   types.StringValue(d.GenerationID),
	}
	if !prior.Authentication.IsNull() || prior.imported() && s.authentication.canBeAskedFor() {
		m.Authentication = flattenAuthentication(s.authentication, prior.Authentication)
	}
	return m
}
