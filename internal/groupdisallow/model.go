// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// model is azureiot_dps_enrollment_group_disallow in Terraform's types.
type model struct {
	asked
	told
}

// asked are the attributes that configuration sets.
type asked struct {
	EnrollmentGroupID         iottype.TextValue `tfsdk:"enrollment_group_id"`
	DPSHostname               iottype.TextValue `tfsdk:"dps_hostname"`
	AdditionalIoTHubHostnames types.Set         `tfsdk:"additional_iothub_hostnames"`
	Reason                    types.String      `tfsdk:"reason"`
	DesiredAccess             types.String      `tfsdk:"desired_access"`
	HubIdentityAction         types.String      `tfsdk:"hub_identity_action"`
	DeleteRegistrations       types.Bool        `tfsdk:"delete_registrations"`
	OnDestroy                 types.String      `tfsdk:"on_destroy"`
	Timeouts                  types.Object      `tfsdk:"timeouts"`
}

// told are the attributes that the provider computes.
type told struct {
	GroupStatus               types.String `tfsdk:"group_status"`
	Hubs                      types.Map    `tfsdk:"hubs"`
	PendingCount              types.Int64  `tfsdk:"pending_count"`
	UnplacedCount             types.Int64  `tfsdk:"unplaced_count"`
	Access                    types.String `tfsdk:"access"`
	IndividuallyAdmitted      types.Set    `tfsdk:"individually_admitted"`
	IndividuallyAdmittedCount types.Int64  `tfsdk:"individually_admitted_count"`
	ReenrollPaths             types.Set    `tfsdk:"reenroll_paths"`
	Effects                   types.Set    `tfsdk:"effects"`
}

type timeoutsModel struct {
	Create types.String `tfsdk:"create"`
	Update types.String `tfsdk:"update"`
}

type hubModel struct {
	Registered  types.Int64 `tfsdk:"registered"`
	Enabled     types.Int64 `tfsdk:"enabled"`
	Disabled    types.Int64 `tfsdk:"disabled"`
	Absent      types.Int64 `tfsdk:"absent"`
	Unreachable types.Int64 `tfsdk:"unreachable"`
}

type effectModel struct {
	Target types.String `tfsdk:"target"`
	Object types.String `tfsdk:"object"`
	Action types.String `tfsdk:"action"`
	From   types.String `tfsdk:"from"`
	To     types.String `tfsdk:"to"`
	Count  types.Int64  `tfsdk:"count"`
}

type pathModel struct {
	EnrollmentGroupID types.String `tfsdk:"enrollment_group_id"`
	Match             types.String `tfsdk:"match"`
}

// The types are the schema's own.

func timeoutsType() map[string]attr.Type {
	object, _ := timeoutsAttribute().GetType().(types.ObjectType)
	return object.AttrTypes
}

func hubType() attr.Type {
	kind, _ := hubsAttribute().GetType().(types.MapType)
	return kind.ElemType
}

func effectType() attr.Type { return elementOf(effectsAttribute().GetType()) }
func pathType() attr.Type   { return elementOf(reenrollPathsAttribute().GetType()) }

func elementOf(kind attr.Type) attr.Type {
	set, _ := kind.(types.SetType)
	return set.ElemType
}

// sameGroup tells whether two models mean the same group of the same DPS instance, for certain.
func (a asked) sameGroup(other asked) bool {
	return !other.EnrollmentGroupID.IsUnknown() &&
		iottype.RegistrationID().Same(a.EnrollmentGroupID.ValueString(), other.EnrollmentGroupID.ValueString()) &&
		iotplan.SameHost(a.DPSHostname, other.DPSHostname)
}

// unfinished are the settings of a state m after an update to plan that came to no end: the former ones, so that the
// next plan takes up what is left. A group that is to be blocked again is not restored any more.
func (m model) unfinished(plan model) model {
	if plan.DesiredAccess.ValueString() == iotplan.AccessBlocked {
		m.DesiredAccess = plan.DesiredAccess
	}
	m.Timeouts = plan.Timeouts
	return m
}

// imported tells whether this is the state of an import that has not been read yet.
func (m model) imported() bool { return m.GroupStatus.IsNull() }
