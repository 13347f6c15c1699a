// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// Attributes that only an individual enrollment has.
const (
	registrationIDName    = "registration_id"
	deviceIDName          = "device_id"
	deviceInformationName = "optional_device_information"
)

func individualSchema() schema.Schema {
	own := map[string]schema.Attribute{
		registrationIDName: idAttribute(
			"The device's name towards DPS, for an X.509 device the common name of its certificate",
			iotvalidator.RegistrationID()),
		deviceIDName: schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The device's ID in its hub, where letter case has a meaning. Default: the registration ID. " +
				"A change counts when the device is assigned for the first time, or again after its registration record was " +
				"deleted.",
			Validators: []validator.String{iotvalidator.DeviceID()},
		},
		attestationName: individualKind().shape.attestationAttribute(
			"X.509 certificates of the device itself, self-signed or not."),
		deviceInformationName: schema.StringAttribute{
			Optional: true, CustomType: iottype.JSON(),
			MarkdownDescription: "Anything about the device as a JSON object (`jsonencode`); DPS keeps it with the " +
				"entry.",
			Validators:    []validator.String{iotvalidator.JSONObject()},
			PlanModifiers: []planmodifier.String{iotplan.KeepPrior(iottype.JSON())},
		},
	}
	return schema.Schema{
		MarkdownDescription: "An individual enrollment of an Azure IoT Hub Device Provisioning Service (DPS): the entry of " +
			"one device, which decides about it before any enrollment group is asked. A disabled one keeps its device out of " +
			"DPS even where an enabled group would let it in.\n\nIt says nothing to a hub: a device that is assigned already " +
			"stays connected. Keeping a device out of both is what `azureiot_dps_device_disallow` does.\n\n" + rollingText,
		Attributes: withShared(own),
	}
}

// rollingText is the recipe that TestRoll_ofADevicesCertificateLeavesNoGap follows.
const rollingText = "To roll a device's certificate without a gap: put the new one, with the same common name, into " +
	"the free slot and apply, so that either is accepted; install it on the device and have the device register again, " +
	"which also puts its thumbprint into the hub; then move it into the slot of the old one, which leaves the entry, " +
	"and apply."
