// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// Attributes that only an enrollment group has.
const (
	enrollmentGroupIDName   = "enrollment_group_id"
	deleteRegistrationsName = "delete_registrations_on_destroy"
)

func groupSchema() schema.Schema {
	own := map[string]schema.Attribute{
		enrollmentGroupIDName: idAttribute("ID of the enrollment group", iotvalidator.EnrollmentGroupID()),
		attestationName: groupKind().shape.attestationAttribute(
			"X.509 certificates signed by a certificate authority; a device's registration ID is its certificate's common " +
				"name."),
		deleteRegistrationsName: schema.BoolAttribute{
			Optional: true, Computed: true, Default: booldefault.StaticBool(false),
			MarkdownDescription: "Whether destroying also deletes the registration records of the group's devices, which " +
				"otherwise stay and count against the quota. The group is disabled first, then the records are deleted, then the " +
				"group; a failure leaves it disabled. Only with `on_destroy = \"delete\"`. Default: `false`.",
		},
	}
	return schema.Schema{
		MarkdownDescription: "An enrollment group of an Azure IoT Hub Device Provisioning Service (DPS): the entry through " +
			"which all devices register that share a certificate authority or derive their keys from a shared " +
			"one.\n\nDestroying it leaves devices in their hubs, where they stay connected; blocking devices is what " +
			"`azureiot_dps_device_disallow` does.\n\n" + rollingAuthorityText,
		Attributes: withShared(own),
	}
}

// rollingAuthorityText is the recipe that TestRoll_ofAnAuthorityLeavesNoGap follows.
const rollingAuthorityText = "To roll the certificate authority without a gap: put the new authority's certificate " +
	"into the free slot and apply, so that devices of either are let in; give the devices certificates of the new " +
	"authority, with the same common names, and have them register again; then move it into the slot of the old one, " +
	"which leaves the group, and apply. Devices that still have a certificate of the old authority cannot register any " +
	"more, and stay connected to their hubs until their identities are disabled."
