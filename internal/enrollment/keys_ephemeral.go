// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// keysEphemeral hands out symmetric keys, read when they are needed.
type keysEphemeral struct {
	configure.Ephemeral[*azure.Services]

	// name ends the name of its Terraform type.
	name string
	// schema is without the attributes that name the instance and hold the keys, which are those of whose.
	schema func() schema.Schema
	whose  string
	read   func(ctx context.Context, r *reader, asked types.Object) (azdps.SymmetricKey, diag.Diagnostics)
}

var _ ephemeral.EphemeralResourceWithConfigure = &keysEphemeral{}

// NewIndividualKeysEphemeral makes azureiot_dps_individual_enrollment_keys: the symmetric keys of one device's entry.
func NewIndividualKeysEphemeral() ephemeral.EphemeralResource {
	return &keysEphemeral{
		name: "dps_individual_enrollment_keys", whose: "the device", read: individualKind().readKeys,
		schema: func() schema.Schema {
			return schema.Schema{
				MarkdownDescription: "The symmetric keys of an individual enrollment, for handing to a secret store or to a " +
					"write-only argument without passing through state.\n\n" + keysRight,
				Attributes: map[string]schema.Attribute{
					registrationIDName: schema.StringAttribute{
						Required:            true,
						MarkdownDescription: "Registration ID of an individual enrollment with symmetric-key attestation.",
						Validators:          []validator.String{iotvalidator.RegistrationID()},
					},
				},
			}
		},
	}
}

// NewGroupKeysEphemeral makes azureiot_dps_enrollment_group_keys: the symmetric keys from which those of a group's
// devices are derived.
func NewGroupKeysEphemeral() ephemeral.EphemeralResource {
	return &keysEphemeral{
		name: "dps_enrollment_group_keys", whose: "the group", read: groupKind().readKeys,
		schema: func() schema.Schema {
			return schema.Schema{
				MarkdownDescription: "The symmetric keys of an enrollment group, from which the keys of its devices are derived " +
					"(`azureiot_dps_derived_device_key`), without passing through state. A device never gets these keys " +
					"themselves.\n\n" + keysRight,
				Attributes: map[string]schema.Attribute{enrollmentGroupIDName: keyedGroupAttribute()},
			}
		},
	}
}

func keyedGroupAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Required: true, MarkdownDescription: "ID of an enrollment group with symmetric-key attestation.",
		Validators: []validator.String{iotvalidator.EnrollmentGroupID()},
	}
}

const keysRight = "Reading keys takes a right of its own: the data action " +
	"`Microsoft.Devices/provisioningServices/attestationmechanism/details/action` of the role \"Device Provisioning " +
	"Service Data Contributor\", or the permission `EnrollmentWrite` of a shared access policy. Nothing is " +
	"changed.\n\nThe keys are read in plan and apply, so that the entry must exist already. Where the same apply makes " +
	"it, pass its ID through a `terraform_data` resource, whose `output` is known only when the entry is there."

// Metadata names the ephemeral resource.
func (e *keysEphemeral) Metadata(
	_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_" + e.name
}

// Schema describes the ephemeral resource.
func (e *keysEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	key := func(slot string) schema.StringAttribute {
		return schema.StringAttribute{
			Computed: true, Sensitive: true,
			MarkdownDescription: "The " + slot + " key of " + e.whose + ", base64. It is written to no state or plan.",
		}
	}
	resp.Schema = e.schema()
	resp.Schema.Attributes["primary_key"], resp.Schema.Attributes["secondary_key"] = key("primary"), key("secondary")
	resp.Schema.Attributes[dpsHostnameName] = schema.StringAttribute{
		Optional: true, Computed: true, CustomType: iottype.Hostname(),
		MarkdownDescription: "Host name of the DPS instance. Default: the provider block's.",
		Validators:          []validator.String{iotvalidator.DPSHostname()},
	}
}

// Open reads the keys.
func (e *keysEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	asked, diags := configure.Decode[types.Object](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	r, diags := newReader(e.Services, textIn(asked, dpsHostnameName, iottype.Hostname()))
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	found, diags := e.read(ctx, r, asked)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	result, diags := r.answer(ctx, req.Config.Schema.Type(), asked, values{
		"primary_key": types.StringValue(found.PrimaryKey), "secondary_key": types.StringValue(found.SecondaryKey),
	})
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Result.Set(ctx, result)...)
}

// readKeys has DPS show the symmetric keys of the entry that is asked for. An entry without such keys is an error.
func (k kind) readKeys(ctx context.Context, r *reader, asked types.Object) (azdps.SymmetricKey, diag.Diagnostics) {
	id := stringIn(asked, k.idName).ValueString()
	shown, err := k.open(r.dps).attestation(ctx, id)
	if azrest.IsNotFound(err) {
		return azdps.SymmetricKey{}, diag.Diagnostics{notMadeYet(r, k, id)}
	}
	if err != nil {
		return azdps.SymmetricKey{}, diag.Diagnostics{
			r.failed("read the keys of", k.noun, k.idName, id, iotdiag.ReadKeys(), err),
		}
	}
	if shown.Type != azdps.AttestationSymmetricKey || shown.SymmetricKey == nil || shown.SymmetricKey.PrimaryKey == "" {
		return azdps.SymmetricKey{}, diag.Diagnostics{noKeys(k, id, shown.Type)}
	}
	return *shown.SymmetricKey, nil
}

func noKeys(k kind, id, attestation string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(k.idName), "There are no keys", fmt.Sprintf(
		"The attestation of the %s %q is %q, which has no symmetric keys. "+
			"Leave this out, or name one whose attestation is symmetric_key.", k.noun, id, attestation))
}

// notMadeYet also says how to read the keys of an entry that the same apply makes: Terraform opens ephemeral resources
// while it plans unless an argument is not known yet, and depends_on does not keep it from that.
func notMadeYet(r *reader, k kind, id string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(k.idName), "No such "+k.noun, fmt.Sprintf(
		"There is no %s %q at %s. If the same apply makes it, pass its ID through a terraform_data resource (input and "+
			"output): the output is known only when the entry is there, and the keys are read then.", k.noun, id, r.dps.Host()))
}

// NewDerivedKeyEphemeral makes azureiot_dps_derived_device_key: the keys with which one device of a symmetric-key group
// proves itself.
func NewDerivedKeyEphemeral() ephemeral.EphemeralResource {
	return &keysEphemeral{
		name: "dps_derived_device_key", whose: "the device, derived from the group's", read: deriveKeys,
		schema: func() schema.Schema {
			return schema.Schema{
				MarkdownDescription: "The keys of one device of a symmetric-key enrollment group, derived from the group's keys, " +
					"for putting on the device without passing through state.\n\n" + keysRight,
				Attributes: map[string]schema.Attribute{
					enrollmentGroupIDName: keyedGroupAttribute(),
					registrationIDName: schema.StringAttribute{
						Required: true,
						MarkdownDescription: "The device's name towards DPS, in exactly the spelling that the device uses: another " +
							"letter case gives another key.",
						Validators: []validator.String{iotvalidator.RegistrationID()},
					},
				},
			}
		},
	}
}

// deriveKeys reads the group's keys and derives the device's.
func deriveKeys(ctx context.Context, r *reader, asked types.Object) (azdps.SymmetricKey, diag.Diagnostics) {
	found, diags := groupKind().readKeys(ctx, r, asked)
	if diags.HasError() {
		return azdps.SymmetricKey{}, diags
	}
	id := stringIn(asked, registrationIDName).ValueString()
	primary, err := sas.DeriveDeviceKey(found.PrimaryKey, id)
	secondary, secondErr := sas.DeriveDeviceKey(found.SecondaryKey, id)
	if err := errors.Join(err, secondErr); err != nil {
		return azdps.SymmetricKey{}, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(
			path.Root(enrollmentGroupIDName), "Keys cannot be used", fmt.Sprintf(
				"The keys of the enrollment group %q are none from which others can be derived.",
				stringIn(asked, enrollmentGroupIDName).ValueString()))}
	}
	return azdps.SymmetricKey{PrimaryKey: primary, SecondaryKey: secondary}, diags
}
