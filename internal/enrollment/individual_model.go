// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// individualModel is azureiot_dps_individual_enrollment in Terraform's types.
type individualModel struct {
	RegistrationID    iottype.TextValue `tfsdk:"registration_id"`
	DeviceID          types.String      `tfsdk:"device_id"`
	DeviceInformation iottype.TextValue `tfsdk:"optional_device_information"`
	settings
}

func (m individualModel) model() model {
	return model{
		ID: m.RegistrationID, DeviceID: m.DeviceID, DeviceInformation: m.DeviceInformation, settings: m.settings,
	}
}

func individualModelOf(m model) individualModel {
	return individualModel{
		RegistrationID: m.ID, DeviceID: m.DeviceID, DeviceInformation: m.DeviceInformation, settings: m.settings,
	}
}
