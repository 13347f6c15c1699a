// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"errors"
	"fmt"
	"maps"

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
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// keysEphemeral hands out symmetric keys, read when they are needed.
type keysEphemeral struct {
	configure.Ephemeral[*azure.Services]

	read finder
}

type keyFinder func(ctx context.Context, r *reader, asked types.Object) (azdps.SymmetricKey, diag.Diagnostics)

var _ ephemeral.EphemeralResourceWithConfigure = &keysEphemeral{}

// newKeysEphemeral makes the one that shows whose keys read finds, of what the attributes naming name.
func newKeysEphemeral(
	name, whose, text string, naming map[string]schema.Attribute, read keyFinder,
) ephemeral.EphemeralResource {
	key := func(slot string) schema.StringAttribute {
		return schema.StringAttribute{
			Computed: true, Sensitive: true,
			MarkdownDescription: "The " + slot + " key of " + whose + ", base64. It is written to no state or plan.",
		}
	}
	describe := func() schema.Schema {
		attributes := maps.Clone(naming)
		attributes["primary_key"], attributes["secondary_key"] = key("primary"), key("secondary")
		attributes[dpsHostnameName] = schema.StringAttribute(instanceAttribute())
		return schema.Schema{MarkdownDescription: text + "\n\n" + keysRight, Attributes: attributes}
	}
	find := func(ctx context.Context, r *reader, asked types.Object) (values, diag.Diagnostics) {
		found, diags := read(ctx, r, asked)
		return values{
			"primary_key": types.StringValue(found.PrimaryKey), "secondary_key": types.StringValue(found.SecondaryKey),
		}, diags
	}
	return &keysEphemeral{configure.Ephemeral[*azure.Services]{Name: name, Describe: describe}, find}
}

// NewIndividualKeysEphemeral makes azureiot_dps_individual_enrollment_keys: the symmetric keys of one device's entry.
func NewIndividualKeysEphemeral() ephemeral.EphemeralResource {
	return newKeysEphemeral("dps_individual_enrollment_keys", "the device",
		"The symmetric keys of an individual enrollment, for handing to a secret store or to a write-only argument without "+
			"passing through state.",
		map[string]schema.Attribute{registrationIDName: schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "Registration ID of an individual enrollment with symmetric-key attestation.",
			Validators:          []validator.String{iotvalidator.RegistrationID()},
		}},
		individualKind().readKeys)
}

// NewGroupKeysEphemeral makes azureiot_dps_enrollment_group_keys: the symmetric keys from which those of a group's
// devices are derived.
func NewGroupKeysEphemeral() ephemeral.EphemeralResource {
	return newKeysEphemeral("dps_enrollment_group_keys", "the group",
		"The symmetric keys of an enrollment group, from which the keys of its devices are derived "+
			"(`azureiot_dps_derived_device_key`), without passing through state. A device never gets these keys themselves.",
		map[string]schema.Attribute{enrollmentGroupIDName: keyedGroupAttribute()},
		groupKind().readKeys)
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

// Open reads the keys.
func (e *keysEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	result, diags := e.read.look(ctx, e.Services, req.Config)
	if resp.Diagnostics.Append(diags...); !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.Result.Set(ctx, result)...)
	}
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
	return newKeysEphemeral("dps_derived_device_key", "the device, derived from the group's",
		"The keys of one device of a symmetric-key enrollment group, derived from the group's keys, for putting on the "+
			"device without passing through state.",
		map[string]schema.Attribute{
			enrollmentGroupIDName: keyedGroupAttribute(),
			registrationIDName: schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The device's name towards DPS, in exactly the spelling that the device uses: another " +
					"letter case gives another key.",
				Validators: []validator.String{iotvalidator.RegistrationID()},
			},
		},
		deriveKeys)
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
