// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// withShared adds the attributes that both kinds of entries have, apart from attestation.
func withShared(own map[string]schema.Attribute) map[string]schema.Attribute {
	return configure.Attributes(own, statusAttributes(), allocationAttributes(), deviceAttributes())
}

// idAttribute is the attribute that holds the ID of an entry.
func idAttribute(text string, check validator.String) schema.StringAttribute {
	return schema.StringAttribute{
		Required: true, CustomType: iottype.RegistrationID(),
		MarkdownDescription: text + ": 1 to 128 letters, digits, `-`, `.`, `_` and `:`. Letter case has no meaning. " +
			"Changing it replaces the resource.",
		Validators: []validator.String{check},
		PlanModifiers: []planmodifier.String{
			iotplan.KeepPrior(iottype.RegistrationID()), stringplanmodifier.RequiresReplace(),
		},
	}
}

func statusAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		dpsHostnameName: schema.StringAttribute{
			Optional: true, Computed: true, CustomType: iottype.Hostname(),
			MarkdownDescription: "Host name of the DPS instance. Default: the provider block's. When it changes, also by way " +
				"of the provider block, the resource is replaced; letter case, and writing the block's out, change nothing.",
			Validators: []validator.String{iotvalidator.DPSHostname()},
		},
		statusName: schema.StringAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: "Whether devices may register: `enabled` or `disabled`. Left out, the entry is created " +
				"enabled and afterwards left as it is found, also when it is replaced (as with `-replace` or after `taint`), so " +
				"that an apply never undoes what operations disabled. Only `enabled`, written out, enables again, with a warning " +
				"in the plan; it is an error when `azureiot_dps_device_disallow` blocks the same device with the same provider " +
				"block.",
			Validators:    []validator.String{iotvalidator.OneOf(azdps.StatusEnabled, azdps.StatusDisabled)},
			PlanModifiers: []planmodifier.String{iotplan.AsFound(azdps.StatusEnabled)},
		},
		onDestroyName: iotplan.OnDestroy("",
			iotplan.Policy{Value: iotplan.DestroyDelete, Does: "deletes the entry"},
			iotplan.Disables(), iotplan.Keeps(), iotplan.Prevents()),
		certificatesName: schema.SingleNestedAttribute{
			Computed: true,
			MarkdownDescription: "What the certificates in the slots of `attestation` say, known in the plan when they are " +
				"given as PEM. Null without such certificates.",
			Attributes: map[string]schema.Attribute{
				primaryName: schema.SingleNestedAttribute{
					Computed: true, MarkdownDescription: "The certificate of the first slot.", Attributes: factsAttributes(),
				},
				secondaryName: schema.SingleNestedAttribute{
					Computed: true, MarkdownDescription: "The certificate of the second slot.", Attributes: factsAttributes(),
				},
			},
		},
	}
}

func factsAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{}
	for name, text := range factsTexts() {
		attributes[name] = schema.StringAttribute{Computed: true, MarkdownDescription: text}
	}
	return attributes
}

// factsTexts describe the facts of a certificate.
func factsTexts() map[string]string {
	return map[string]string{
		"subject_common_name": "Common name of the subject.",
		"issuer":              "Distinguished name of the issuer, the most specific part first.",
		"serial_number":       "Serial number in upper-case hexadecimal.",
		"thumbprint_sha1":     "SHA-1 thumbprint in upper-case hexadecimal.",
		thumbprintSHA256Name:  "SHA-256 thumbprint in upper-case hexadecimal.",
		"not_before":          "Begin of the validity in UTC (RFC 3339).",
		notAfterName:          "End of the validity in UTC (RFC 3339).",
	}
}

func allocationAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		allocationPolicyName: schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "How a device's hub is chosen: `hashed`, `geoLatency`, `static` (exactly one hub in " +
				"`iothub_hostnames`) or `custom` (with `custom_allocation`). Default: the policy of the DPS instance.",
			Validators: []validator.String{iotvalidator.OneOf(allocationPolicies()...)},
		},
		iothubHostnamesName: schema.SetAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Host names of the hubs to choose from; each is linked to the DPS instance. Default: all " +
				"linked hubs.",
			Validators: []validator.Set{
				setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(iotvalidator.HubHostname()),
			},
			PlanModifiers: []planmodifier.Set{iotplan.KeepPriorSet(iottype.Hostname())},
		},
		customAllocationName: schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "The webhook that chooses the hub when `allocation_policy` is `custom`.",
			Attributes: map[string]schema.Attribute{
				webhookURLName: schema.StringAttribute{
					Optional: true, Computed: true, Sensitive: true,
					MarkdownDescription: "Address of the webhook, https. Left out, an existing one stays as it is found, also " +
						"after an import; a new one has to be given. Sensitive, because it usually carries a function key: it is " +
						"hidden in the output and stored in state.",
					Validators:    []validator.String{iotvalidator.WebhookURL()},
					PlanModifiers: []planmodifier.String{iotplan.KeepFound()},
				},
				apiVersionName: schema.StringAttribute{
					Required: true,
					MarkdownDescription: "API version of the document that the webhook is sent, such as `2021-10-01`; " +
						"`2018-09-01-preview` or later.",
					Validators: []validator.String{iotvalidator.WebhookAPIVersion()},
				},
			},
		},
		reprovisionPolicyName: schema.SingleNestedAttribute{
			Optional: true, Computed: true, Default: objectdefault.StaticValue(reprovisionPolicy(true, true)),
			MarkdownDescription: "What happens when a device that has a hub registers again. Default: it is assigned anew, " +
				"and its data moves along.",
			Validators: []validator.Object{iotvalidator.NotEmpty(updateHubAssignmentName, migrateDeviceDataName)},
			Attributes: map[string]schema.Attribute{
				updateHubAssignmentName: schema.BoolAttribute{
					Optional: true, Computed: true, Default: booldefault.StaticBool(true),
					MarkdownDescription: "Whether the hub is chosen anew. Default: `true`.",
				},
				migrateDeviceDataName: schema.BoolAttribute{
					Optional: true, Computed: true, Default: booldefault.StaticBool(true),
					MarkdownDescription: "Whether twin and capabilities move to the new hub; otherwise it starts from " +
						"`initial_twin`. Default: `true`.",
				},
			},
		},
	}
}

func deviceAttributes() map[string]schema.Attribute {
	twinPart := func(text string, check validator.String) schema.StringAttribute {
		return schema.StringAttribute{
			Optional: true, CustomType: iottype.JSON(), MarkdownDescription: text,
			Validators:    []validator.String{check},
			PlanModifiers: []planmodifier.String{iotplan.KeepPrior(iottype.JSON())},
		}
	}
	return map[string]schema.Attribute{
		initialTwinName: schema.SingleNestedAttribute{
			Optional: true,
			MarkdownDescription: "The twin that a device gets in its hub when it is first assigned. Changing it does not " +
				"touch devices that are assigned already.",
			Validators: []validator.Object{iotvalidator.NotEmpty(tagsName, desiredPropertiesName)},
			Attributes: map[string]schema.Attribute{
				tagsName: twinPart("Tags of the twin as a JSON object (`jsonencode`), within the limits of a hub: keys without "+
					"`.`, `$`, `#` and space, integers of at most 52 bits, 10 levels, 8 KB.", iotvalidator.TwinTags()),
				desiredPropertiesName: twinPart("Desired properties of the twin as a JSON object (`jsonencode`), within the "+
					"limits of a hub: the same as for tags, 32 KB.", iotvalidator.TwinDesiredProperties()),
			},
		},
		edgeEnabledName: schema.BoolAttribute{
			Optional: true, Computed: true, Default: booldefault.StaticBool(false),
			MarkdownDescription: "Whether devices are IoT Edge devices in their hub. Default: `false`.",
		},
	}
}
