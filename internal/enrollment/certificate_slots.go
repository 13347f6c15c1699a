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
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

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
