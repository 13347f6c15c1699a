// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// individualKeysEphemeral is azureiot_dps_individual_enrollment_keys: the symmetric keys of one device's entry, read
// when they are needed.
type individualKeysEphemeral struct {
	configure.Ephemeral[*azure.Services]
}

// groupKeysEphemeral is azureiot_dps_enrollment_group_keys: the symmetric keys from which those of a group's devices
// are derived.
type groupKeysEphemeral struct {
	configure.Ephemeral[*azure.Services]
}

var (
	_ ephemeral.EphemeralResourceWithConfigure = &individualKeysEphemeral{}
	_ ephemeral.EphemeralResourceWithConfigure = &groupKeysEphemeral{}
)

// NewIndividualKeysEphemeral makes azureiot_dps_individual_enrollment_keys.
func NewIndividualKeysEphemeral() ephemeral.EphemeralResource { return &individualKeysEphemeral{} }

// NewGroupKeysEphemeral makes azureiot_dps_enrollment_group_keys.
func NewGroupKeysEphemeral() ephemeral.EphemeralResource { return &groupKeysEphemeral{} }

// keysResult is what an ephemeral resource hands out.
type keysResult struct {
	DPSHostname  iottype.TextValue `tfsdk:"dps_hostname"`
	PrimaryKey   types.String      `tfsdk:"primary_key"`
	SecondaryKey types.String      `tfsdk:"secondary_key"`
}

type (
	individualKeys struct {
		RegistrationID types.String `tfsdk:"registration_id"`
		keysResult
	}
	groupKeys struct {
		EnrollmentGroupID types.String `tfsdk:"enrollment_group_id"`
		keysResult
	}
)

// Metadata names the ephemeral resource.
func (e *individualKeysEphemeral) Metadata(
	_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_dps_individual_enrollment_keys"
}

// Metadata names the ephemeral resource.
func (e *groupKeysEphemeral) Metadata(
	_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_dps_enrollment_group_keys"
}

// keysAttributes are the attributes of ephemeral resources that hand out keys of something.
func keysAttributes(whose string) map[string]schema.Attribute {
	key := func(slot string) schema.StringAttribute {
		return schema.StringAttribute{
			Computed: true, Sensitive: true,
			MarkdownDescription: "The " + slot + " key of " + whose + ", base64. It is written to no state or plan.",
		}
	}
	return map[string]schema.Attribute{
		dpsHostnameName: schema.StringAttribute{
			Optional: true, Computed: true, CustomType: iottype.Hostname(),
			MarkdownDescription: "Host name of the DPS instance. Default: the provider block's.",
			Validators:          []validator.String{iotvalidator.Hostname()},
		},
		"primary_key": key("primary"), "secondary_key": key("secondary"),
	}
}

const keysRight = "Reading keys takes a right of its own: the data action " +
	"`Microsoft.Devices/provisioningServices/attestationmechanism/details/action` of the role \"Device Provisioning " +
	"Service Data Contributor\", or the permission `EnrollmentWrite` of a shared access policy. Nothing is " +
	"changed.\n\nThe keys are read in plan and apply, so that the entry must exist already. Where the same apply makes " +
	"it, pass its ID through a `terraform_data` resource, whose `output` is known only when the entry is there."

// Schema describes the ephemeral resource.
func (e *individualKeysEphemeral) Schema(
	_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse,
) {
	attributes := keysAttributes("the device")
	attributes[registrationIDName] = schema.StringAttribute{
		Required: true, MarkdownDescription: "Registration ID of an individual enrollment with symmetric-key attestation.",
		Validators: []validator.String{iotvalidator.RegistrationID()},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The symmetric keys of an individual enrollment, for handing to a secret store or to a " +
			"write-only argument without passing through state.\n\n" + keysRight,
		Attributes: attributes,
	}
}

// Schema describes the ephemeral resource.
func (e *groupKeysEphemeral) Schema(
	_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse,
) {
	attributes := keysAttributes("the group")
	attributes[enrollmentGroupIDName] = schema.StringAttribute{
		Required: true, MarkdownDescription: "ID of an enrollment group with symmetric-key attestation.",
		Validators: []validator.String{iotvalidator.EnrollmentGroupID()},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The symmetric keys of an enrollment group, from which the keys of its devices are derived " +
			"(`azureiot_dps_derived_device_key`), without passing through state. A device never gets these keys " +
			"themselves.\n\n" +
			keysRight,
		Attributes: attributes,
	}
}

// Open reads the keys.
func (e *individualKeysEphemeral) Open(
	ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse,
) {
	asked, diags := configure.Decode[individualKeys](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	found, diags := readKeys(ctx, e.Services, individualKind(), asked.DPSHostname, asked.RegistrationID.ValueString())
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Result.Set(ctx, individualKeys{asked.RegistrationID, found.result()})...)
}

// Open reads the keys.
func (e *groupKeysEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	asked, diags := configure.Decode[groupKeys](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	found, diags := readKeys(ctx, e.Services, groupKind(), asked.DPSHostname, asked.EnrollmentGroupID.ValueString())
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Result.Set(ctx, groupKeys{asked.EnrollmentGroupID, found.result()})...)
}
