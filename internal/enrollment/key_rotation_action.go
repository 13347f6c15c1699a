// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

const keyName = "key"

// NewRotateKeysAction makes azureiot_dps_rotate_keys: one of the two keys of an entry is renewed.
func NewRotateKeysAction() action.Action {
	return &dpsAction{
		name: "dps_rotate_keys", invoke: rotateKeys, validate: validateRotation,
		schema: func() schema.Schema {
			return schema.Schema{MarkdownDescription: rotationText(), Attributes: rotationAttributes()}
		},
	}
}

func rotationText() string {
	return "Renews one of the two symmetric keys of an individual enrollment or of an enrollment group. The " +
		"other key, the status and everything else stay as they are, so that a device that holds the other key, or one " +
		"derived from it, goes on registering.\n\n" +
		"Each invocation makes a new key, and the one that it replaces is refused at once. So rotating takes two " +
		"invocations with devices in between: renew the secondary key; give each device the new one and have it register " +
		"with it; then renew the primary key. A device's identity in its hub has the keys that DPS gave it when it " +
		"registered last: until the device registers again, its hub takes the old keys. [The " +
		"guide](../guides/rotate-keys.md) has every step.\n\n" +
		"The key is made by the provider, of 64 random bytes, and never shown: read it with the ephemeral resources " +
		"`azureiot_dps_individual_enrollment_keys`, `azureiot_dps_enrollment_group_keys` and " +
		"`azureiot_dps_derived_device_key`. Where a resource sends the keys (`primary_key_wo`), renew them there."
}

func rotationAttributes() map[string]schema.Attribute {
	const other = " Give this or `%s`."
	return map[string]schema.Attribute{
		registrationIDName: schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Registration ID of an individual enrollment with symmetric-key attestation; letter case has " +
				"no meaning." + fmt.Sprintf(other, enrollmentGroupIDName),
			Validators: []validator.String{iotvalidator.RegistrationID()},
		},
		enrollmentGroupIDName: schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "ID of an enrollment group with symmetric-key attestation; letter case has no meaning." +
				fmt.Sprintf(other, registrationIDName),
			Validators: []validator.String{iotvalidator.EnrollmentGroupID()},
		},
		keyName: schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "Which key is renewed: `primary` or `secondary`. Devices must hold the other one by then.",
			Validators:          []validator.String{iotvalidator.OneOf(primaryName, secondaryName)},
		},
	}
}

// validateRotation wants one entry. An ID that is not known yet may turn out to be null.
func validateRotation(asked types.Object) diag.Diagnostics {
	device, group := stringIn(asked, registrationIDName), stringIn(asked, enrollmentGroupIDName)
	switch {
	case iottype.IsSet(device) && iottype.IsSet(group):
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root(enrollmentGroupIDName), "Keys of two entries",
			fmt.Sprintf("Both %s and %s are given. An action renews a key of one entry: use one for each.",
				registrationIDName, enrollmentGroupIDName))}
	case device.IsNull() && group.IsNull():
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root(registrationIDName), "Keys of no entry",
			fmt.Sprintf("Give %s for an individual enrollment, or %s for an enrollment group.",
				registrationIDName, enrollmentGroupIDName))}
	}
	return nil
}
