// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// Values of the settings.
const (
	wantBlocked   = "blocked"
	wantRestored  = "restored"
	actionDisable = string(deprovision.Disabling)
	actionDelete  = string(deprovision.Deleting)
	actionKeep    = string(deprovision.Keeping)
)

// deviceModel is azureiot_dps_device_disallow in Terraform's types.
type deviceModel struct {
	asked
	told
}

// asked are the attributes that configuration sets.
type asked struct {
	RegistrationID            iottype.TextValue `tfsdk:"registration_id"`
	DPSHostname               iottype.TextValue `tfsdk:"dps_hostname"`
	CertificatePEM            iottype.TextValue `tfsdk:"certificate_pem"`
	CertificateChainPEM       iottype.TextValue `tfsdk:"certificate_chain_pem"`
	DeviceID                  types.String      `tfsdk:"device_id"`
	AdditionalIoTHubHostnames types.Set         `tfsdk:"additional_iothub_hostnames"`
	Reason                    types.String      `tfsdk:"reason"`
	DesiredAccess             types.String      `tfsdk:"desired_access"`
	EnrollmentAction          types.String      `tfsdk:"enrollment_action"`
	HubIdentityAction         types.String      `tfsdk:"hub_identity_action"`
	DeleteRegistration        types.Bool        `tfsdk:"delete_registration"`
	OnDestroy                 types.String      `tfsdk:"on_destroy"`
}

// told are the attributes that the provider computes.
type told struct {
	EnrollmentStatus types.String `tfsdk:"enrollment_status"`
	HubIdentities    types.Map    `tfsdk:"hub_identities"`
	Access           types.String `tfsdk:"access"`
	EnrollmentOrigin types.String `tfsdk:"enrollment_origin"`
	Previous         types.Object `tfsdk:"previous"`
	Reversible       types.Bool   `tfsdk:"reversible"`
	Effects          types.Set    `tfsdk:"effects"`
	ReenrollPaths    types.Set    `tfsdk:"reenroll_paths"`
}

// same tells whether two models ask for the same.
func (a asked) same(other asked) bool { return len(configure.Differences(a, other)) == 0 }

// sameDevice tells whether two models mean the same device of the same DPS instance, for certain.
func (a asked) sameDevice(other asked) bool {
	return !other.RegistrationID.IsUnknown() && iotplan.SameHost(a.DPSHostname, other.DPSHostname) &&
		iottype.RegistrationID().Same(a.RegistrationID.ValueString(), other.RegistrationID.ValueString())
}

// unfinished are the settings of a state m after an update to plan that came to no end: the former ones, so that the
// next plan takes up what is left. What restoring means is known already, and the record is deleted once.
func (m deviceModel) unfinished(plan deviceModel, registrationDeleted types.Bool) deviceModel {
	if plan.DesiredAccess.ValueString() == wantBlocked {
		m.DesiredAccess = plan.DesiredAccess
	}
	if !registrationDeleted.ValueBool() {
		m.DeleteRegistration = registrationDeleted
	}
	return m
}

// imported tells whether this is the state of an import that has not been read yet.
func (m deviceModel) imported() bool { return m.EnrollmentOrigin.IsNull() }
