// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotblock"
)

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
			"enabled":     count("Identities that the hub lets in."),
			"disabled":    count("Identities that are disabled."),
			"absent":      count("Identities that do not exist, or not any more."),
			"unreachable": count("Identities that could not be read; they may be anything."),
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
	return iotblock.ReenrollPaths(
		"Other enabled enrollment groups that could let devices of this group in if it were deleted, such as one for a CA "+
			"higher in the chain. While the group is disabled DPS does not look further.",
		"ID of the other enrollment group. Where more than three are merely `possible`, `*` stands for all of these.",
		"How certain that is: `thumbprint` (its certificate is one of this group's), `issuer` (its name stands above them), "+
			"or `possible` (nothing known excludes it).")
}

func effectsAttribute() schema.SetNestedAttribute {
	return iotblock.GroupEffects(iotblock.EffectWords{
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
