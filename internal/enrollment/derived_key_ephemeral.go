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
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

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
