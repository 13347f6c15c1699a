// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
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

// individual is what the state of an individual enrollment tells package deprovision of its device.
func (s shape) individual(state model) deprovision.IndividualEnrollment {
	a := s.decode(state.Attestation)
	told := deprovision.IndividualEnrollment{
		Status: deprovision.Status(state.ProvisioningStatus.ValueString()), Attestation: deprovision.Unknown,
	}
	switch {
	case a.certificates != nil:
		told.Attestation, told.Certificates = deprovision.X509, a.certificates.known(state.Certificates)
	case told.Status == deprovision.Disabled:
		// An entry that blocks a device may be of another kind than the device's credential.
	case a.tpm != nil:
		told.Attestation = deprovision.TPM
	case a.keys != nil:
		told.Attestation = deprovision.SymmetricKey
	}
	return told
}

// Attributes of x509 that hold certificate slots, and the names of the slots.
const (
	clientCertificatesName  = "client_certificates"
	signingCertificatesName = "signing_certificates"

	primaryName   = "primary"
	secondaryName = "secondary"
)

// certificateSlots are the two places for a certificate: PEM, or a stand-in.
type certificateSlots struct {
	primary, secondary iottype.TextValue
}

func certificateSlotsType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		primaryName: iottype.CertificatePEM(), secondaryName: iottype.CertificatePEM(),
	}}
}

func decodeCertificateSlots(value types.Object) *certificateSlots {
	return &certificateSlots{
		primary:   textIn(value, primaryName, iottype.CertificatePEM()),
		secondary: textIn(value, secondaryName, iottype.CertificatePEM()),
	}
}

func (s *certificateSlots) encode() types.Object {
	if s == nil {
		return types.ObjectNull(certificateSlotsType().AttrTypes)
	}
	return types.ObjectValueMust(certificateSlotsType().AttrTypes, map[string]attr.Value{
		primaryName: s.primary, secondaryName: s.secondary,
	})
}

// slot is the certificate in the slot of that name; null when there are no slots.
func (s *certificateSlots) slot(name string) iottype.TextValue {
	switch {
	case s == nil:
		return iottype.CertificatePEM().Null()
	case name == primaryName:
		return s.primary
	}
	return s.secondary
}

// known are the certificates of the slots; of a stand-in, what told, the attribute certificates, says of it.
func (s *certificateSlots) known(told types.Object) []deprovision.Certificate {
	var known []deprovision.Certificate
	for _, name := range []string{primaryName, secondaryName} {
		text := s.slot(name)
		if !iottype.IsSet(text) {
			continue
		}
		if c, err := certificate.Parse(text.ValueString()); err == nil {
			known = append(known, facts.Certificate(c))
			continue
		}
		of := objectIn(told, name)
		known = append(known, deprovision.Certificate{
			Subject:          "CN=" + stringIn(of, "subject_common_name").ValueString(),
			Issuer:           stringIn(of, "issuer").ValueString(),
			ThumbprintSHA256: stringIn(of, thumbprintSHA256Name).ValueString(),
		})
	}
	return known
}

// expand puts both slots into the place of held, those that the service has.
func (s *certificateSlots) expand(
	shape shape, held *azdps.CertificateSlots,
) (*azdps.CertificateSlots, diag.Diagnostics) {
	primary, diags := expandCertificate(s.primary, shape.certificatePath(primaryName), held)
	secondary, more := expandCertificate(s.secondary, shape.certificatePath(secondaryName), held)
	diags.Append(more...)
	return &azdps.CertificateSlots{Primary: primary, Secondary: secondary, Extra: held.Extra}, diags
}

// expandCertificate sends a certificate given as PEM as it is, and for a stand-in what the service told of the
// certificate that it holds, which keeps it (live tests of the Node SDK).
func expandCertificate(
	text iottype.TextValue, at path.Path, held *azdps.CertificateSlots,
) (*azdps.Certificate, diag.Diagnostics) {
	if !iottype.IsSet(text) {
		return nil, nil
	}
	if thumbprint, ok := certificate.IsThumbprint(text.ValueString()); ok {
		if slot := holding(held, thumbprint); slot != nil {
			return slot, nil
		}
		return nil, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(at, "Certificate not known to DPS", fmt.Sprintf(
			"The entry holds no certificate with the SHA-256 thumbprint %s. Give the certificate itself, as PEM.", thumbprint))}
	}
	parsed, err := certificate.Parse(text.ValueString())
	if err != nil {
		return nil, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(at, "Invalid certificate", iotdiag.Sentence(err))}
	}
	return &azdps.Certificate{Certificate: parsed.PEM()}, nil
}

// holding is the certificate with that thumbprint, from either slot.
func holding(held *azdps.CertificateSlots, thumbprint string) *azdps.Certificate {
	for _, slot := range []*azdps.Certificate{held.Primary, held.Secondary} {
		if slot != nil && slot.Info != nil && strings.EqualFold(slot.Info.SHA256Thumbprint, thumbprint) {
			return slot
		}
	}
	return nil
}

// flattenCertificateSlots keeps the text of prior where the service holds that certificate, and puts a stand-in where
// it holds another one: the service never returns a certificate.
func flattenCertificateSlots(wire *azdps.CertificateSlots, prior *certificateSlots) *certificateSlots {
	return &certificateSlots{
		primary:   flattenCertificate(wire.Primary, prior.slot(primaryName)),
		secondary: flattenCertificate(wire.Secondary, prior.slot(secondaryName)),
	}
}

func flattenCertificate(wire *azdps.Certificate, prior iottype.TextValue) iottype.TextValue {
	if wire == nil || wire.Info == nil {
		return iottype.CertificatePEM().Null()
	}
	standIn := certificate.ThumbprintPrefix + strings.ToUpper(wire.Info.SHA256Thumbprint)
	if iottype.IsSet(prior) && certificate.Same(prior.ValueString(), standIn) {
		return prior
	}
	return iottype.CertificatePEM().Value(standIn)
}

// caReferences name CA certificates of the DPS instance.
type caReferences struct {
	primary, secondary types.String
}

func caReferencesType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		primaryName: types.StringType, secondaryName: types.StringType,
	}}
}

func decodeCAReferences(value types.Object) *caReferences {
	return &caReferences{primary: stringIn(value, primaryName), secondary: stringIn(value, secondaryName)}
}

func (r *caReferences) encode() types.Object {
	if r == nil {
		return types.ObjectNull(caReferencesType().AttrTypes)
	}
	return types.ObjectValueMust(caReferencesType().AttrTypes, map[string]attr.Value{
		primaryName: r.primary, secondaryName: r.secondary,
	})
}

func (r *caReferences) expand() *azdps.CAReferences {
	return &azdps.CAReferences{Primary: r.primary.ValueString(), Secondary: r.secondary.ValueString()}
}

func flattenCAReferences(wire *azdps.CAReferences) *caReferences {
	return &caReferences{primary: iottype.TextOrNull(wire.Primary), secondary: iottype.TextOrNull(wire.Secondary)}
}

// tpmKeys are the public keys of a device's TPM.
type tpmKeys struct {
	endorsementKey, storageRootKey types.String
}

const (
	endorsementKeyName = "endorsement_key"
	storageRootKeyName = "storage_root_key"
)

func tpmType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		endorsementKeyName: types.StringType, storageRootKeyName: types.StringType,
	}}
}

func decodeTPM(value types.Object) *tpmKeys {
	return &tpmKeys{
		endorsementKey: stringIn(value, endorsementKeyName), storageRootKey: stringIn(value, storageRootKeyName),
	}
}

func (k *tpmKeys) encode() types.Object {
	if k == nil {
		return types.ObjectNull(tpmType().AttrTypes)
	}
	return types.ObjectValueMust(tpmType().AttrTypes, map[string]attr.Value{
		endorsementKeyName: k.endorsementKey, storageRootKeyName: k.storageRootKey,
	})
}

func (k *tpmKeys) expand(stored *azdps.TPM) *azdps.TPM {
	wire := &azdps.TPM{EndorsementKey: k.endorsementKey.ValueString(), StorageRootKey: k.storageRootKey.ValueString()}
	if stored != nil {
		wire.Extra = stored.Extra
	}
	return wire
}

// flattenTPM keeps the storage root key of prior when the service tells none for the same endorsement key: nobody has
// recorded whether it ever returns one.
func flattenTPM(wire *azdps.TPM, prior *tpmKeys) *tpmKeys {
	k := &tpmKeys{
		endorsementKey: iottype.TextOrNull(wire.EndorsementKey), storageRootKey: iottype.TextOrNull(wire.StorageRootKey),
	}
	if k.storageRootKey.IsNull() && prior != nil && prior.endorsementKey.Equal(k.endorsementKey) &&
		!prior.storageRootKey.IsUnknown() {
		k.storageRootKey = prior.storageRootKey
	}
	return k
}

// symmetricKey is the attribute symmetric_key. The keys are there in configuration only: plan and state have null.
type symmetricKey struct {
	primary, secondary, version types.String
}

const (
	primaryKeyName   = "primary_key_wo"
	secondaryKeyName = "secondary_key_wo"
	keysVersionName  = "keys_wo_version"
)

func symmetricKeyType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		primaryKeyName: types.StringType, secondaryKeyName: types.StringType, keysVersionName: types.StringType,
	}}
}

func decodeSymmetricKey(value types.Object) *symmetricKey {
	return &symmetricKey{
		primary: stringIn(value, primaryKeyName), secondary: stringIn(value, secondaryKeyName),
		version: stringIn(value, keysVersionName),
	}
}

func (k *symmetricKey) encode() types.Object {
	if k == nil {
		return types.ObjectNull(symmetricKeyType().AttrTypes)
	}
	return types.ObjectValueMust(symmetricKeyType().AttrTypes, map[string]attr.Value{
		primaryKeyName: k.primary, secondaryKeyName: k.secondary, keysVersionName: k.version,
	})
}

// flattenSymmetricKey knows the version only: the service tells nothing of keys.
func flattenSymmetricKey(prior *symmetricKey) *symmetricKey {
	if prior == nil {
		return &symmetricKey{}
	}
	return &symmetricKey{version: prior.version}
}

// movedFrom tells whether the keys of configuration are to be sent: their version is another one than before.
func (k *symmetricKey) movedFrom(before *symmetricKey) bool {
	if k == nil || !iottype.IsSet(k.version) {
		return false
	}
	return before == nil || !k.version.Equal(before.version)
}
