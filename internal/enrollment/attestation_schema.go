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
