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

	"github.com/azureiot/terraform-provider-azureiot/internal/composite"
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

func groupStatusAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Computed:            true,
		MarkdownDescription: "Status of the enrollment group: `enabled`, `disabled` or `absent`. Planned to its goal.",
	}
}

func hubsAttribute() schema.MapNestedAttribute {
	count := func(text string) schema.Int64Attribute {
		return schema.Int64Attribute{Computed: true, MarkdownDescription: text}
	}
	return schema.MapNestedAttribute{
		Computed: true,
		MarkdownDescription: "The devices of the group, counted by the host name of their hub. Unknown in a plan that " +
			"acts: devices may register until the group is shut.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"registered": count("Devices of the group that are known to be in this hub. Those that have not been read " +
				"yet are in none of the other counts."),
			"enabled":  count("Identities that the hub lets in."),
			"disabled": count("Identities that are disabled."),
			"absent":   count("Identities that do not exist, or not any more."),
			"unreachable": count("Identities that could not be read; they may be anything. Devices of which the hub could " +
				"not be asked whether it lets them in count as well, wherever else they are."),
		}},
	}
}

func pendingCountAttribute() schema.Int64Attribute {
	return schema.Int64Attribute{
		Computed: true,
		MarkdownDescription: "How many identities are not known to be where `hub_identity_action` is to leave them. An " +
			"apply that ends with more than 0 ends with an error; the next one goes on.",
	}
}

func unplacedCountAttribute() schema.Int64Attribute {
	return schema.Int64Attribute{
		Computed: true,
		MarkdownDescription: "How many devices have been in a hub of which nothing tells any more. A warning names the " +
			"first; `additional_iothub_hostnames` settles it.",
	}
}

func accessAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Computed: true,
		MarkdownDescription: "`blocked`: the group is disabled, or absent and no other group can let its devices in; " +
			"every identity of every device is disabled or absent, and it is known where each device can have one; no " +
			"device has an enabled individual enrollment. `allowed`: the group is enabled, or absent while another group " +
			"could let its devices in. `partially_blocked`: anything else.",
	}
}

func admittedAttribute() schema.SetAttribute {
	return schema.SetAttribute{
		Computed: true, ElementType: types.StringType,
		MarkdownDescription: "Registration IDs of devices of the group, at most the first hundred, that have an enabled " +
			"individual enrollment of their own, which the group's status does not stop. Block them with " +
			"`azureiot_dps_device_disallow`.",
	}
}

func admittedCountAttribute() schema.Int64Attribute {
	return schema.Int64Attribute{
		Computed: true, MarkdownDescription: "How many devices there are of which `individually_admitted` names the first.",
	}
}

func reenrollPathsAttribute() schema.SetNestedAttribute {
	return composite.ReenrollPaths(
		"Other enabled enrollment groups that could let devices of this group in if it were deleted, such as one for a CA "+
			"higher in the chain. While the group is disabled DPS does not look further.",
		"ID of the other enrollment group. Where more than three are merely `possible`, `*` stands for all of these.",
		"How certain that is: `thumbprint` (its certificate is one of this group's), `issuer` (its name stands above them), "+
			"or `possible` (nothing known excludes it).")
}

func effectsAttribute() schema.SetNestedAttribute {
	return composite.GroupEffects(composite.EffectWords{
		Effects: "What the last change does, one element for each kind of object, hub and change of status, with its " +
			"count; objects that are left alone too. Unknown in the plan of a new block, whose warning has the counts as they " +
			"are. The plan of a change has exact counts: no apply deletes more than they say, and one that disables more, " +
			"because somebody enabled a device meanwhile, says so. A plan without changes keeps the last effects.",
		Target: "`dps_enrollment_group`, `iothub_device_identity` or `dps_registration`.",
		Object: "The group's ID, for identities the host name of the hub.",
		Action: "`disable`, `enable`, `delete`, or `none`.",
		From: "Status before. The apply looks first at identities that are `unread` or `unreachable`, so that their number " +
			"is the most that it writes. `registered` for registration records.",
		To: "Status afterwards.",
	}, "How many objects.")
}
