// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

func identitySchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "A device identity: the entry of one device in the registry of an IoT hub, which decides " +
			"whether and how the device may connect.\n\nA change keeps everything that is not managed here exactly as it is: " +
			"keys that are not given, modules, the twin, and members that only newer versions of the service know. An " +
			"identity that exists already (DPS makes them) is never overwritten: import it. Keys never come into state; " +
			"`azureiot_iothub_device_credentials` shows them without storing them.\n\nEnabling and disabling an identity " +
			"decides about its hub alone. To keep a device out for good, in DPS and in its hubs, use " +
			"`azureiot_dps_device_disallow`.",
		Attributes: map[string]schema.Attribute{
			deviceIDName: schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The device's ID in the hub, in which letter case counts. Up to 128 ASCII letters, digits " +
					"and characters of `- : . + % _ # * ? ! ( ) , = @ ; $ '`. Changing it replaces the resource.",
				Validators:    []validator.String{iotvalidator.DeviceID()},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			hostnameName: schema.StringAttribute{
				Optional: true, Computed: true, CustomType: iottype.Hostname(),
				MarkdownDescription: "Host name of the IoT hub, with a port if it is not 443. Default: `iothub_hostname` of the " +
					"provider block. When it changes, also by way of the provider block, the resource is replaced.",
				Validators: []validator.String{iotvalidator.HubHostname()},
			},
			statusName:         statusAttribute(),
			statusReasonName:   statusReasonAttribute(),
			authenticationName: authenticationAttribute(),
			edgeEnabledName:    edgeAttribute(),
			parentScopeName:    parentAttribute(),
			onDestroyName: iotplan.OnDestroy(
				"When a replacement keeps hub and ID, what `disable` or `keep` left is taken over.",
				iotplan.Policy{Value: iotplan.DestroyDelete, Does: "deletes the identity with keys, twin and modules, for good"},
				iotplan.Disables(), iotplan.Keeps(), iotplan.Prevents()),
			deviceScopeName: schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The scope of an IoT Edge device, made by the hub, by which it is named as a parent in " +
					"`parent_scope`. Null for other devices.",
			},
			generationIDName: schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "What tells this identity from one of the same name that was deleted before. When it " +
					"changes, the identity was made anew outside Terraform.",
			},
		},
	}
}

func statusAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: "`enabled` or `disabled`: whether the hub lets the device connect. Left out, a new identity " +
			"is enabled, and one that exists stays as it is found, also when it is replaced (as with `-replace` or after " +
			"`taint`), so that no pipeline undoes what operations disabled. Only an explicit `enabled` enables again, and the " +
			"plan warns of it; it is an error when `azureiot_dps_device_disallow` blocks the same device with the same " +
			"provider block.",
		Validators:    []validator.String{iotvalidator.OneOf(aziothub.StatusEnabled, aziothub.StatusDisabled)},
		PlanModifiers: []planmodifier.String{iotplan.AsFound(aziothub.StatusEnabled)},
	}
}

func statusReasonAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: "Why the identity has its status, at most 128 characters. Left out, a reason stays as it is " +
			"found; it is cleared when it came from configuration before, and when the plan enables the identity.",
		Validators: []validator.String{iotvalidator.Reason()},
	}
}

func edgeAttribute() schema.Attribute {
	return schema.BoolAttribute{
		Optional: true, Computed: true, Default: booldefault.StaticBool(false),
		MarkdownDescription: "Whether the device is an IoT Edge device, which has a scope, the modules `$edgeAgent` and " +
			"`$edgeHub`, and can be the parent of others. Default: `false`. It can be changed both ways; turned off, the " +
			"device loses its scope and those modules, and its children their gateway.",
	}
}

func parentAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional: true,
		MarkdownDescription: "`device_scope` of the IoT Edge device that is this device's parent. Left out, the device " +
			"has none, and is detached from one that it was given elsewhere.",
		Validators: []validator.String{iotvalidator.DeviceScope()},
	}
}

func authenticationAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "How the device proves itself to the hub. The type can be changed in place, which destroys " +
			"the keys or forgets the thumbprints that the device had. Left out, a new identity gets generated keys, and one " +
			"that exists keeps what it has: leave it out where DPS decides.",
		Attributes: map[string]schema.Attribute{
			typeName: schema.StringAttribute{
				Required: true,
				MarkdownDescription: "`sas` (symmetric keys), `selfSigned` (a certificate that the hub knows by its thumbprint; " +
					"DPS makes these for X.509 devices), or `certificateAuthority` (a certificate with the device ID as common " +
					"name, signed by an authority that the hub knows).",
				Validators: []validator.String{iotvalidator.OneOf(authenticationTypes()...)},
			},
			primaryPrint: thumbprintAttribute("Thumbprint of the device's certificate, for `selfSigned`"),
			secondaryPrint: thumbprintAttribute("Thumbprint of a second certificate, for `selfSigned`, so that certificates " +
				"can be rolled"),
			primaryKeyName: keyAttribute("The primary key, for `sas`"),
			secondaryKeyName: keyAttribute("The secondary key, for `sas`; to change one key and keep the other, give the " +
				"other as it is, for instance from `azureiot_iothub_device_credentials`"),
			keysVersionName: schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "What says which keys are given, such as a number to raise or a date: when it changes, the " +
					"keys are sent. Terraform keeps no keys and cannot see otherwise that they changed. Required with keys.",
				Validators: []validator.String{iotvalidator.NotBlank("version of keys")},
			},
		},
	}
}

func thumbprintAttribute(what string) schema.Attribute {
	return schema.StringAttribute{
		Optional: true, CustomType: iottype.Thumbprint(),
		MarkdownDescription: what + ": SHA-1 or SHA-256 in hexadecimal without separators, in any letter case.",
		Validators:          []validator.String{iotvalidator.Thumbprint()},
		PlanModifiers:       []planmodifier.String{iotplan.KeepPrior(iottype.Thumbprint())},
	}
}

// keyAttribute is not marked sensitive: what is write-only is shown nowhere, and two sensitive attributes in one object
// make Terraform 1.11 report, now and then, that a refresh-only plan has changes when it has none.
func keyAttribute(what string) schema.Attribute {
	return schema.StringAttribute{
		Optional: true, WriteOnly: true,
		MarkdownDescription: what + ": base64 of 16 to 64 bytes. Both keys or neither are given; left out, they are " +
			"generated, and kept on every update. It is written to no state or plan.",
		Validators: []validator.String{iotvalidator.SymmetricKey()},
	}
}
