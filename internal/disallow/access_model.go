// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

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
