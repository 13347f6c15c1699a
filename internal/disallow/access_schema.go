// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

func accessSchema() schema.Schema {
	attributes := accessNames()
	maps.Copy(attributes, accessAnswers())
	return schema.Schema{
		MarkdownDescription: "Which device this is, whether it may come in, and why: from its registration ID, its ID in a " +
			"hub, its certificate or a thumbprint. It looks and decides as `azureiot_dps_device_disallow` does when it is " +
			"new, so that the two do not disagree; it remembers nothing, and writes nothing. That nothing is found is no " +
			"error.\n\n" +
			"In a `check` block it watches a device from which nothing is managed here.\n\n" +
			"It costs one call for the entry, one for the registration record, one for each hundred enrollment groups, and " +
			"one for each hub and each of the device's names there. Where only a device ID or a thumbprint is given and DPS " +
			"knows no device of that name, individual enrollments are listed, a hundred a call, and at most a thousand.",
		Attributes: attributes,
	}
}

// accessNames are the attributes that name the device.
func accessNames() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"registration_id": schema.StringAttribute{
			Optional: true, Computed: true, CustomType: iottype.RegistrationID(),
			MarkdownDescription: "The device's name towards DPS; letter case has no meaning. Where it is left out, it is what " +
				"was found, and null where it is not known which device this is.",
			Validators: []validator.String{iotvalidator.RegistrationID()},
		},
		"dps_hostname": schema.StringAttribute{
			Optional: true, Computed: true, CustomType: iottype.Hostname(),
			MarkdownDescription: "Host name of the DPS instance. Default: the provider block's.",
			Validators:          []validator.String{iotvalidator.DPSHostname()},
		},
		"device_id": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The device's ID in a hub, where letter case has a meaning. By itself it means the device of " +
				"that registration ID, or else the one whose individual enrollment has this device ID or holds the certificate " +
				"that the identity shows. Beside `registration_id` or `certificate_pem` it is one name more under which the hubs " +
				"are searched.",
			Validators: []validator.String{iotvalidator.DeviceID()},
		},
		"certificate_pem": schema.StringAttribute{
			Optional: true, CustomType: iottype.CertificatePEM(),
			MarkdownDescription: "The device's own (leaf) certificate as PEM. Its common name is the registration ID, and " +
				"must be `registration_id` where that is given too. It tells which groups are above the device, and proves " +
				"identities that a search of the hubs finds.",
			Validators: []validator.String{iotvalidator.CertificatePEM()},
		},
		"certificate_chain_pem": schema.StringAttribute{
			Optional: true, CustomType: iottype.CertificateChainPEM(),
			MarkdownDescription: "The certificates above `certificate_pem` as PEM, the leaf's issuer first.",
			Validators:          []validator.String{iotvalidator.CertificateChainPEM()},
		},
		"thumbprint": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "SHA-1 or SHA-256 thumbprint of the device's certificate, alone: the device whose individual " +
				"enrollment holds it. A device that only a group covers is not found by it.",
			Validators: []validator.String{iotvalidator.Thumbprint()},
		},
		"additional_iothub_hostnames": schema.SetAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Hubs in which the device is known to be, besides the one it is assigned to.",
			Validators: []validator.Set{
				setvalidator.NoNullValues(), setvalidator.ValueStringsAre(iotvalidator.HubHostname()),
			},
		},
	}
}

func computedText(text string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: text}
}

// accessAnswers are the attributes that are found.
func accessAnswers() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"device_ids": schema.SetAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "The names that the device has or had in hubs, as its entry, its registration record and its " +
				"identities say.",
		},
		"governing":      governingAttribute(),
		"groups":         coveringAttribute(),
		"registration":   recordAttribute(),
		"hub_identities": accessIdentitiesAttribute(),
		"access": computedText("`blocked`: DPS refuses the device, every identity is disabled or absent, and it is known " +
			"where it can have one. `partially_blocked`: DPS refuses it, and a hub lets it in or may. `allowed`: DPS lets " +
			"it in, or nothing known rules that out. Null where it is not known which device this is."),
		"reasons": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Why, one sentence each: what DPS does, which groups could let the device in, what each hub " +
				"does, and what is not known. Their order is stable. They are for people: their wording may change.",
		},
		"complete": schema.BoolAttribute{
			Computed: true,
			MarkdownDescription: "Whether every hub that anything names could be read, and the individual enrollments, where " +
				"they were searched, to their end.",
		},
	}
}

func governingAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Computed:            true,
		MarkdownDescription: "The entry that decides whether DPS lets the device in.",
		Attributes: map[string]schema.Attribute{
			"kind": computedText("`individual`, `group`, `possible` (one of `rivals`, or none) or `none`."),
			"id":   computedText("Registration ID or enrollment group ID; null for `possible` and `none`."),
			"status": computedText("`enabled` or `disabled`; `unverified` for `possible`, `absent` for `none`. A disabled " +
				"group refuses the device, also where an enabled one stands above it."),
			"match": computedText("How a group was found: `thumbprint`, `issuer` or `possible`; null for others."),
			"rivals": schema.SetAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "IDs of the groups that may govern instead.",
			},
		},
	}
}

func coveringAttribute() schema.SetNestedAttribute {
	return schema.SetNestedAttribute{
		Computed:            true,
		MarkdownDescription: "The enrollment groups that cover the device or may, whatever their status.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"enrollment_group_id": computedText("ID of the enrollment group."),
			"status":              computedText("`enabled` or `disabled`."),
			"match": computedText("How certain that is: `thumbprint` (the group's certificate is in the device's chain), " +
				"`issuer` (its name is), or `possible` (nothing known excludes it)."),
		}},
	}
}

func recordAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Computed:            true,
		MarkdownDescription: "What DPS remembers of the device's last try to register; null when it has no record.",
		Attributes: map[string]schema.Attribute{
			"status":                     computedText("`unassigned`, `assigning`, `assigned`, `failed` or `disabled`."),
			"assigned_hub":               computedText("Host name of its hub; null unless it is assigned."),
			"device_id":                  computedText("Its ID there; null unless it is assigned."),
			"last_updated_date_time_utc": computedText("When the record last changed, in UTC."),
		},
	}
}

func accessIdentitiesAttribute() schema.MapAttribute {
	return schema.MapAttribute{
		Computed: true, ElementType: types.StringType,
		MarkdownDescription: "The device's identities, from `host/device` to status: every identity that its registration " +
			"record, a mark of a block or configuration names, or that a search of the hubs finds under one of its names. " +
			identityStatuses,
	}
}
