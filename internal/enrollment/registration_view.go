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
)

// registrationView is what data sources tell of a registration record: what DPS remembers of a device's last attempt to
// register.
func registrationView(r azdps.Registration) values {
	code := types.Int64Null()
	if r.ErrorCode != 0 {
		code = types.Int64Value(int64(r.ErrorCode))
	}
	return values{
		registrationIDName: textOrNull(r.RegistrationID), deviceIDName: textOrNull(r.DeviceID),
		"assigned_hub": textOrNull(r.AssignedHub), "status": textOrNull(r.Status), "substatus": textOrNull(r.Substatus),
		"error_code": code, "error_message": textOrNull(r.ErrorMessage),
		createdName: textOrNull(r.CreatedDateTimeUTC), lastUpdatedName: textOrNull(r.LastUpdatedDateTimeUTC),
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
