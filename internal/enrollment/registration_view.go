// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// registrationView is what data sources tell of a registration record: what DPS remembers of a device's last attempt to
// register.
func registrationView(r azdps.Registration) values {
	code := types.Int64Null()
	if r.ErrorCode != 0 {
		code = types.Int64Value(int64(r.ErrorCode))
	}
	return values{
		registrationIDName: iottype.TextOrNull(r.RegistrationID), deviceIDName: iottype.TextOrNull(r.DeviceID),
		"assigned_hub": iottype.TextOrNull(r.AssignedHub),
		"status":       iottype.TextOrNull(r.Status), "substatus": iottype.TextOrNull(r.Substatus),
		"error_code": code, "error_message": iottype.TextOrNull(r.ErrorMessage),
		createdName: iottype.TextOrNull(r.CreatedDateTimeUTC), lastUpdatedName: iottype.TextOrNull(r.LastUpdatedDateTimeUTC),
	}
}

func registrationObject(ctx context.Context, r azdps.Registration) (types.Object, diag.Diagnostics) {
	return configure.Object(ctx, computedObject("", registrationViewAttributes()).GetType(), registrationView(r))
}

func registrationViewAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		registrationIDName: computedText("The device's name towards DPS."),
		deviceIDName:       computedText("The device's ID in its hub; null unless it is assigned."),
		"assigned_hub":     computedText("Host name of the device's hub; null unless it is assigned."),
		"status": computedText("`unassigned`, `assigning`, `assigned`, `failed` or `disabled`. A refused attempt " +
			"overwrites the record of an assignment."),
		"substatus":     computedText("How an assignment came about, such as `initialAssignment`."),
		"error_code":    schema.Int64Attribute{Computed: true, MarkdownDescription: "Code of a failure; null without one."},
		"error_message": computedText("Message of a failure; null without one."),
		createdName:     computedText("When the device was first recorded, in UTC."),
		lastUpdatedName: computedText("When the record last changed, in UTC."),
	}
}
