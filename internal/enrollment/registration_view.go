// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// registrationView is a registration record: what DPS remembers of a device's last attempt to register.
type registrationView struct {
	RegistrationID         types.String `tfsdk:"registration_id"`
	DeviceID               types.String `tfsdk:"device_id"`
	AssignedHub            types.String `tfsdk:"assigned_hub"`
	Status                 types.String `tfsdk:"status"`
	Substatus              types.String `tfsdk:"substatus"`
	ErrorCode              types.Int64  `tfsdk:"error_code"`
	ErrorMessage           types.String `tfsdk:"error_message"`
	CreatedDateTimeUTC     types.String `tfsdk:"created_date_time_utc"`
	LastUpdatedDateTimeUTC types.String `tfsdk:"last_updated_date_time_utc"`
}

func registrationViewOf(r azdps.Registration) registrationView {
	view := registrationView{
		RegistrationID: textOrNull(r.RegistrationID), DeviceID: textOrNull(r.DeviceID),
		AssignedHub: textOrNull(r.AssignedHub), Status: textOrNull(r.Status), Substatus: textOrNull(r.Substatus),
		ErrorCode: types.Int64Null(), ErrorMessage: textOrNull(r.ErrorMessage),
		CreatedDateTimeUTC:     textOrNull(r.CreatedDateTimeUTC),
		LastUpdatedDateTimeUTC: textOrNull(r.LastUpdatedDateTimeUTC),
	}
	if r.ErrorCode != 0 {
		view.ErrorCode = types.Int64Value(int64(r.ErrorCode))
	}
	return view
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

func registrationType() types.ObjectType {
	members := map[string]attr.Type{}
	for name, attribute := range registrationViewAttributes() {
		members[name] = attribute.GetType()
	}
	return types.ObjectType{AttrTypes: members}
}
