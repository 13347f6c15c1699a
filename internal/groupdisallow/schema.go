// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

func groupSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Disallows all devices of an enrollment group, as one reviewable object: the group " +
			"disabled, and then every device that registered through it disabled or deleted in its own IoT hub. For a " +
			"compromised CA or group key, or a plant that was sold.\n\nThe group is disabled first and stays disabled " +
			"whatever fails afterwards. An IoT hub allows some hundred registry operations a minute, so that a large group " +
			"takes longer than one apply: when `timeouts` ends, the apply stops with an error that says how many devices " +
			"are pending, and the next one goes on where it stopped. **Destroying this resource changes nothing in " +
			"Azure:** the devices stay blocked. Letting them back in is always an update that a reviewer sees: " +
			"`desired_access = \"restored\"`.\n\nThe group itself is never deleted here. It may be managed by " +
			"`azureiot_dps_enrollment_group` as well, provided that this leaves `provisioning_status` out.",
		Attributes: map[string]schema.Attribute{
			"enrollment_group_id":         groupIDAttribute(),
			"dps_hostname":                dpsHostnameAttribute(),
			"additional_iothub_hostnames": hubsNamedAttribute(),
			"reason":                      reasonAttribute(),
			"desired_access": iotplan.DesiredAccess("enables exactly the identities that this resource has disabled, and the " +
				"group if it was enabled before and is still the same one."),
			"hub_identity_action":  hubIdentityActionAttribute(),
			"delete_registrations": deleteRegistrationsAttribute(),
			"on_destroy": iotplan.OnDestroy(
				"Neither changes anything in Azure: the devices stay blocked.", iotplan.Keeps(), iotplan.Prevents()),
			"timeouts":                    timeoutsAttribute(),
			"group_status":                groupStatusAttribute(),
			"hubs":                        hubsAttribute(),
			"pending_count":               pendingCountAttribute(),
			"unplaced_count":              unplacedCountAttribute(),
			"access":                      accessAttribute(),
			"individually_admitted":       admittedAttribute(),
			"individually_admitted_count": admittedCountAttribute(),
			"reenroll_paths":              reenrollPathsAttribute(),
			"effects":                     effectsAttribute(),
		},
	}
}

func groupIDAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Required: true, CustomType: iottype.RegistrationID(),
		MarkdownDescription: "ID of the enrollment group. Letter case has no meaning. Changing it replaces the resource, " +
			"and leaves the devices of the former group blocked.",
		Validators: []validator.String{iotvalidator.EnrollmentGroupID()},
		PlanModifiers: []planmodifier.String{
			iotplan.KeepPrior(iottype.RegistrationID()), stringplanmodifier.RequiresReplace(),
		},
	}
}

func dpsHostnameAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, CustomType: iottype.Hostname(),
		MarkdownDescription: "Host name of the DPS instance of the group; the provider block's when it is left out. " +
			"Another instance replaces the resource. Letter case has no meaning.",
		Validators: []validator.String{iotvalidator.Hostname()},
	}
}

func hubsNamedAttribute() schema.SetAttribute {
	return schema.SetAttribute{
		Optional: true, ElementType: types.StringType,
		MarkdownDescription: "Hubs in which devices of the group are although no record tells so any more: a try that is " +
			"refused takes the hub out of the device's registration record (`unplaced_count`). In these hubs every enabled " +
			"identity that bears the ID of a device of the group is taken for it.",
		Validators: []validator.Set{
			setvalidator.NoNullValues(), setvalidator.ValueStringsAre(iotvalidator.Hostname()),
		},
		PlanModifiers: []planmodifier.Set{iotplan.KeepPriorSet(iottype.Hostname())},
	}
}

func reasonAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true,
		MarkdownDescription: "Why the devices are blocked: written to the `statusReason` of each identity that is disabled " +
			"from then on, before a mark by which restoring recognises it, such as `[azureiot:1a2b3c4d]`.",
		Validators: []validator.String{iotvalidator.ReasonBeside(markLength)},
	}
}

func hubIdentityActionAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, Default: stringdefault.StaticString(string(deprovision.Disabling)),
		MarkdownDescription: "What becomes of the devices' identities: `disable` (default), `delete` (for good, with their " +
			"twins and modules), or `keep`, which disables the group only and counts the devices.",
		Validators: []validator.String{iotvalidator.OneOf(
			string(deprovision.Disabling), string(deprovision.Deleting), string(deprovision.Keeping))},
	}
}

func deleteRegistrationsAttribute() schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true, Computed: true, Default: booldefault.StaticBool(false),
		MarkdownDescription: "Deletes the registration records of the devices as the last step, once, when nothing is " +
			"pending; they count against the quota of DPS. Default `false`. A record that a refused try makes afterwards is " +
			"no drift.",
	}
}

func timeoutsAttribute() schema.SingleNestedAttribute {
	duration := func(text string) schema.StringAttribute {
		return schema.StringAttribute{
			Optional: true, MarkdownDescription: text,
			Validators: []validator.String{iotvalidator.Duration(time.Minute, 24*time.Hour)},
		}
	}
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "How long one apply goes on. Then it stops with an error that counts what is pending, and the " +
			"next apply goes on.",
		Attributes: map[string]schema.Attribute{
			"create": duration("For the first apply, such as `\"45m\"`; `60m` when it is left out."),
			"update": duration("For each further apply; `60m` when it is left out."),
		},
	}
}
