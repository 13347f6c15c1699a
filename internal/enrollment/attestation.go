// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// Attributes of attestation.
const (
	attestationName  = "attestation"
	x509Name         = "x509"
	caReferencesName = "ca_references"
	tpmName          = "tpm"
	symmetricKeyName = "symmetric_key"
)

// shape is how the devices of one kind of entry may prove themselves.
type shape struct {
	// certificates names the attribute of x509 that holds the certificate slots.
	certificates string
	// references tells whether x509 may name CA certificates of the instance, tpm whether a TPM may be used.
	references, tpm bool
}

// attestation is how devices prove themselves, as configuration, plan or state says it. At most one member is set; none
// is when the kind is not known yet.
type attestation struct {
	certificates *certificateSlots
	references   *caReferences
	tpm          *tpmKeys
	keys         *symmetricKey
}

// attestationType is Terraform's type of the attribute.
func (s shape) attestationType() types.ObjectType {
	members := map[string]attr.Type{x509Name: s.x509Type(), symmetricKeyName: symmetricKeyType()}
	if s.tpm {
		members[tpmName] = tpmType()
	}
	return types.ObjectType{AttrTypes: members}
}

func (s shape) x509Type() types.ObjectType {
	members := map[string]attr.Type{s.certificates: certificateSlotsType()}
	if s.references {
		members[caReferencesName] = caReferencesType()
	}
	return types.ObjectType{AttrTypes: members}
}

// certificatePath is the attribute of a certificate slot.
func (s shape) certificatePath(slot string) path.Path {
	return path.Root(attestationName).AtName(x509Name).AtName(s.certificates).AtName(slot)
}

// decode reads the attribute. What is not known yet reads as not set; validators see to everything else.
func (s shape) decode(value types.Object) attestation {
	var a attestation
	x509 := objectIn(value, x509Name)
	if slots := objectIn(x509, s.certificates); iottype.IsSet(slots) {
		a.certificates = decodeCertificateSlots(slots)
	}
	if references := objectIn(x509, caReferencesName); iottype.IsSet(references) {
		a.references = decodeCAReferences(references)
	}
	if tpm := objectIn(value, tpmName); iottype.IsSet(tpm) {
		a.tpm = decodeTPM(tpm)
	}
	if keys := objectIn(value, symmetricKeyName); iottype.IsSet(keys) {
		a.keys = decodeSymmetricKey(keys)
	}
	return a
}

// encode is the reverse of decode for what is known.
func (s shape) encode(a attestation) types.Object {
	x509 := types.ObjectNull(s.x509Type().AttrTypes)
	if a.certificates != nil || a.references != nil {
		members := map[string]attr.Value{s.certificates: a.certificates.encode()}
		if s.references {
			members[caReferencesName] = a.references.encode()
		}
		x509 = types.ObjectValueMust(s.x509Type().AttrTypes, members)
	}
	members := map[string]attr.Value{x509Name: x509, symmetricKeyName: a.keys.encode()}
	if s.tpm {
		members[tpmName] = a.tpm.encode()
	}
	return types.ObjectValueMust(s.attestationType().AttrTypes, members)
}

// expand puts the attestation that is asked for in the place of stored, the one that the service has (the zero value
// when the entry is new).
func (s shape) expand(a attestation, stored azdps.Attestation) (azdps.Attestation, diag.Diagnostics) {
	var wire azdps.Attestation
	var diags diag.Diagnostics
	switch {
	case a.certificates != nil || a.references != nil:
		wire.Type = azdps.AttestationX509
		wire.X509, diags = s.expandX509(a, stored.X509)
	case a.tpm != nil:
		wire.Type, wire.TPM = azdps.AttestationTPM, a.tpm.expand(stored.TPM)
	case a.keys != nil:
		wire.Type, wire.SymmetricKey = azdps.AttestationSymmetricKey, &azdps.SymmetricKey{}
	}
	if wire.Type == stored.Type {
		wire.Extra = stored.Extra
	}
	return wire, diags
}

func (s shape) expandX509(a attestation, stored *azdps.X509) (*azdps.X509, diag.Diagnostics) {
	wire, held := &azdps.X509{}, &azdps.CertificateSlots{}
	if stored != nil {
		wire.Extra = stored.Extra
		if slots := s.slots(stored); slots != nil {
			held = slots
		}
	}
	if a.references != nil {
		wire.CAReferences = a.references.expand()
		return wire, nil
	}
	slots, diags := a.certificates.expand(s, held)
	if s.certificates == clientCertificatesName {
		wire.ClientCertificates = slots
	} else {
		wire.SigningCertificates = slots
	}
	return wire, diags
}

// slots are the certificate slots of this kind of entry.
func (s shape) slots(wire *azdps.X509) *azdps.CertificateSlots {
	switch {
	case wire == nil:
		return nil
	case s.certificates == clientCertificatesName:
		return wire.ClientCertificates
	}
	return wire.SigningCertificates
}

// flatten says the service's attestation in the words of prior.
func (s shape) flatten(wire azdps.Attestation, prior attestation) attestation {
	switch wire.Type {
	case azdps.AttestationX509:
		var a attestation
		if slots := s.slots(wire.X509); slots != nil {
			a.certificates = flattenCertificateSlots(slots, prior.certificates)
		}
		if s.references && wire.X509 != nil && wire.X509.CAReferences != nil {
			a.references = flattenCAReferences(wire.X509.CAReferences)
		}
		return a
	case azdps.AttestationTPM:
		if s.tpm && wire.TPM != nil {
			return attestation{tpm: flattenTPM(wire.TPM, prior.tpm)}
		}
	case azdps.AttestationSymmetricKey:
		return attestation{keys: flattenSymmetricKey(prior.keys)}
	}
	return attestation{}
}
