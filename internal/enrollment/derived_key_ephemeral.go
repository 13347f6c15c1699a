// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// derivedKeyEphemeral is azureiot_dps_derived_device_key: the keys with which one device of a symmetric-key group
// proves itself.
type derivedKeyEphemeral struct {
	configure.Ephemeral[*azure.Services]
}

var _ ephemeral.EphemeralResourceWithConfigure = &derivedKeyEphemeral{}

// NewDerivedKeyEphemeral makes azureiot_dps_derived_device_key.
func NewDerivedKeyEphemeral() ephemeral.EphemeralResource { return &derivedKeyEphemeral{} }

type derivedKeys struct {
	EnrollmentGroupID types.String `tfsdk:"enrollment_group_id"`
	RegistrationID    types.String `tfsdk:"registration_id"`
	keysResult
}

// Metadata names the ephemeral resource.
func (e *derivedKeyEphemeral) Metadata(
	_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_dps_derived_device_key"
}

// Schema describes the ephemeral resource.
func (e *derivedKeyEphemeral) Schema(
	_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse,
) {
	attributes := keysAttributes("the device, derived from the group's")
	attributes[enrollmentGroupIDName] = schema.StringAttribute{
		Required: true, MarkdownDescription: "ID of an enrollment group with symmetric-key attestation.",
		Validators: []validator.String{iotvalidator.EnrollmentGroupID()},
	}
	attributes[registrationIDName] = schema.StringAttribute{
		Required: true,
		MarkdownDescription: "The device's name towards DPS, in exactly the spelling that the device uses: another letter " +
			"case gives another key.",
		Validators: []validator.String{iotvalidator.RegistrationID()},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The keys of one device of a symmetric-key enrollment group, derived from the group's keys, " +
			"for putting on the device without passing through state.\n\n" + keysRight,
		Attributes: attributes,
	}
}

// Open reads the group's keys and derives the device's.
func (e *derivedKeyEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	asked, diags := configure.Decode[derivedKeys](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	id, group := asked.RegistrationID.ValueString(), asked.EnrollmentGroupID.ValueString()
	found, diags := readKeys(ctx, e.Services, groupKind(), asked.DPSHostname, group)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	primary, err := sas.DeriveDeviceKey(found.primary, id)
	secondary, secondErr := sas.DeriveDeviceKey(found.secondary, id)
	if err := errors.Join(err, secondErr); err != nil {
		resp.Diagnostics.AddAttributeError(path.Root(enrollmentGroupIDName), "Keys cannot be used", fmt.Sprintf(
			"The keys of the enrollment group %q are none from which others can be derived.", group))
		return
	}
	found.primary, found.secondary = primary, secondary
	resp.Diagnostics.Append(resp.Result.Set(ctx,
		derivedKeys{asked.EnrollmentGroupID, asked.RegistrationID, found.result()})...)
}
