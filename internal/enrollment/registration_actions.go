// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

const (
	deleteEvidenceName = "delete_evidence"
	whileEnabledName   = "while_enabled"
)

// NewDeleteRegistrationAction makes azureiot_dps_delete_registration: the record of one device is deleted.
func NewDeleteRegistrationAction() action.Action {
	return &dpsAction{name: "dps_delete_registration", invoke: deleteRegistration, schema: func() schema.Schema {
		return schema.Schema{
			MarkdownDescription: "Deletes the registration record of a device, so that its next registration is a first one, " +
				"such as after a change of `device_id` in its enrollment. The device's identity stays in its hub, and can " +
				"connect there. A record that is gone already is no error.\n\n" + evidenceText + "`azureiot_dps_device_disallow` " +
				"finds a device's identities by it: block the device first, and let its `delete_registration` delete the record " +
				"last. A device that only its hub refuses, by a disabled identity, may get another hub once the record is " +
				"gone. Where the record is deleted all the same and the entry is written later, the block says " +
				"`partially_blocked` until its hub is named.",
			Attributes: map[string]schema.Attribute{
				registrationIDName: schema.StringAttribute{
					Required: true, MarkdownDescription: "The device's name towards DPS; letter case has no meaning.",
					Validators: []validator.String{iotvalidator.RegistrationID()},
				},
				deleteEvidenceName: evidenceAttribute("the record"),
			},
		}
	}}
}

// NewPurgeRegistrationsAction makes azureiot_dps_purge_registrations: the records of a group's devices are deleted.
func NewPurgeRegistrationsAction() action.Action {
	return &dpsAction{name: "dps_purge_registrations", invoke: purgeRegistrations, schema: func() schema.Schema {
		return schema.Schema{
			MarkdownDescription: "Deletes the registration records that devices made through an enrollment group; they count " +
				"against the quota, and outlive the group. The devices' identities stay in their hubs, and can connect there. " +
				"Where it was interrupted, invoking it again goes on with what is left.\n\n" +
				"It is refused while the group is enabled: its devices come back at once, to whichever hub the group chooses " +
				"by then. It never changes the group.\n\n" + evidenceText +
				"`azureiot_dps_enrollment_group_disallow` finds devices by it: block the group first, and let its " +
				"`delete_registrations` delete the records when nothing is pending. Save `azureiot_dps_registrations` to know " +
				"later which device was where.",
			Attributes: map[string]schema.Attribute{
				enrollmentGroupIDName: schema.StringAttribute{
					Required: true,
					MarkdownDescription: "ID of the enrollment group, which may have been deleted; letter case has no " +
						"meaning.",
					Validators: []validator.String{iotvalidator.EnrollmentGroupID()},
				},
				whileEnabledName: schema.BoolAttribute{
					Optional: true,
					MarkdownDescription: "Delete the records also while the group is enabled, as before its devices move to other " +
						"hubs. Default: `false`.",
				},
				deleteEvidenceName: evidenceAttribute("records"),
			},
		}
	}}
}

const evidenceText = "A record is evidence when it names a hub, as the only trace of where DPS has put the device, " +
	"when an assignment is under way, or when it says that DPS has refused the device. Such a record is deleted with " +
	"`delete_evidence` only. "

func evidenceAttribute(what string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true, MarkdownDescription: "Delete " + what + " also where that loses evidence. Default: `false`.",
	}
}
