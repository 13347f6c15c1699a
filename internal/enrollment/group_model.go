// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// groupModel is azureiot_dps_enrollment_group in Terraform's types.
type groupModel struct {
	EnrollmentGroupID   iottype.TextValue `tfsdk:"enrollment_group_id"`
	DeleteRegistrations types.Bool        `tfsdk:"delete_registrations_on_destroy"`
	settings
}

func (m groupModel) model() model {
	return model{
		ID: m.EnrollmentGroupID, DeviceInformation: iottype.JSON().Null(), DeleteRegistrations: m.DeleteRegistrations,
		settings: m.settings,
	}
}

func groupModelOf(m model) groupModel {
	return groupModel{EnrollmentGroupID: m.ID, DeleteRegistrations: m.DeleteRegistrations, settings: m.settings}
}
