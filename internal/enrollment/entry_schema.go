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

// attestationAttribute is never computed: it has write-only attributes below it, and a plan must not invent it.
func (s shape) attestationAttribute(x509Text string) schema.SingleNestedAttribute {
	members := map[string]schema.Attribute{
		x509Name:         s.x509Attribute(x509Text),
		symmetricKeyName: symmetricKeyAttribute(),
	}
	kinds := []string{x509Name, symmetricKeyName}
	if s.tpm {
		members[tpmName] = tpmAttribute()
		kinds = []string{x509Name, tpmName, symmetricKeyName}
	}
	return schema.SingleNestedAttribute{
		Required: true,
		MarkdownDescription: "How devices prove themselves to DPS: exactly one of the kinds below. Another kind is an " +
			"update in place.",
		Attributes: members,
		Validators: []validator.Object{iotvalidator.ExactlyOneOf(kinds...)},
	}
}

func (s shape) x509Attribute(text string) schema.SingleNestedAttribute {
	members := map[string]schema.Attribute{}
	checks := []validator.Object{iotvalidator.AtLeastOneOf(s.certificates)}
	if s.references {
		members[s.certificates] = certificateSlotsAttribute(
			"Certificates of the certificate authority that signs the devices' certificates, root or intermediate.", false)
		members[caReferencesName] = caReferencesAttribute()
		checks = []validator.Object{iotvalidator.ExactlyOneOf(s.certificates, caReferencesName)}
	} else {
		members[s.certificates] = certificateSlotsAttribute(
			"The device's own certificates; their common name is `registration_id`.", true)
	}
	return schema.SingleNestedAttribute{
		Optional: true, MarkdownDescription: text, Attributes: members, Validators: checks,
	}
}

func certificateSlotsAttribute(text string, required bool) schema.SingleNestedAttribute {
	slot := func(text string) schema.StringAttribute {
		return schema.StringAttribute{
			Optional: true, CustomType: iottype.CertificatePEM(), MarkdownDescription: text,
			Validators:    []validator.String{iotvalidator.CertificatePEM()},
			PlanModifiers: []planmodifier.String{iotplan.KeepPrior(iottype.CertificatePEM())},
		}
	}
	return schema.SingleNestedAttribute{
		Required: required, Optional: !required,
		MarkdownDescription: text + " One of the two slots suffices; the other one is for rolling over without a gap.",
		Attributes: map[string]schema.Attribute{
			primaryName: slot("Certificate of the first slot as PEM. DPS never returns a certificate: one that it has and " +
				"Terraform does not, as after an import, reads `sha256:<thumbprint>`, which may also be written here."),
			secondaryName: slot("Certificate of the second slot, in the same form. Either certificate is accepted."),
		},
		Validators: []validator.Object{iotvalidator.AtLeastOneOf(primaryName, secondaryName)},
	}
}

func caReferencesAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "Verified CA certificates of the DPS instance by name (`azurerm_iothub_dps_certificate`), " +
			"instead of certificates given here.",
		Attributes: map[string]schema.Attribute{
			primaryName: schema.StringAttribute{
				Optional: true, MarkdownDescription: "Name of the first CA certificate.",
				Validators: []validator.String{iotvalidator.CAReference()},
			},
			secondaryName: schema.StringAttribute{
				Optional: true, MarkdownDescription: "Name of the second CA certificate. A device may descend from either.",
				Validators: []validator.String{iotvalidator.CAReference()},
			},
		},
		Validators: []validator.Object{iotvalidator.AtLeastOneOf(primaryName, secondaryName)},
	}
}

func tpmAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "The device's TPM, by its public keys.",
		Attributes: map[string]schema.Attribute{
			endorsementKeyName: schema.StringAttribute{
				Required: true, MarkdownDescription: "Public part of the TPM's endorsement key, base64. It is not a secret.",
				Validators: []validator.String{iotvalidator.TPMKey()},
			},
			storageRootKeyName: schema.StringAttribute{
				Optional: true, MarkdownDescription: "Public part of the TPM's storage root key, base64. DPS does not compare it.",
				Validators: []validator.String{iotvalidator.TPMKey()},
			},
		},
	}
}

// symmetricKeyAttribute has keys that are not marked sensitive: what is write-only is shown nowhere, and of two
// sensitive attributes in one object Terraform 1.11 says, now and then, that a refresh-only plan has changes when it
// has none.
func symmetricKeyAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "A shared key. Without keys given (`symmetric_key = {}`) the service makes them. Keys are in " +
			"no state and no plan; the ephemeral resources read them when they are needed.",
		Attributes: map[string]schema.Attribute{
			primaryKeyName: schema.StringAttribute{
				Optional: true, WriteOnly: true,
				MarkdownDescription: "The primary key, base64 of 16 to 64 bytes. Write-only: it is sent when the entry is made " +
					"and when `keys_wo_version` changes, and is stored neither in state nor in the plan.",
				Validators: []validator.String{iotvalidator.SymmetricKey()},
			},
			secondaryKeyName: schema.StringAttribute{
				Optional: true, WriteOnly: true,
				MarkdownDescription: "The secondary key, base64 of 16 to 64 bytes. Write-only like the primary one: never in " +
					"state or plan. Of two keys the one that is not given is made by the service, or kept as it is.",
				Validators: []validator.String{iotvalidator.SymmetricKey()},
			},
			keysVersionName: schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "What says which keys are given, such as a number to raise or a date: when it changes, " +
					"the keys are sent. Terraform keeps no keys and cannot see otherwise that they changed. Required with keys.",
				Validators: []validator.String{iotvalidator.NotBlank("version of keys")},
			},
		},
	}
}
