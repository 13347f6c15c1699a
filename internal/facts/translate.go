// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"slices"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// Groups are enrollment groups as deprovision knows them.
func Groups(groups []azdps.EnrollmentGroup) []deprovision.Group {
	known := make([]deprovision.Group, 0, len(groups))
	for _, group := range groups {
		known = append(known, Group(group))
	}
	return known
}

// Group is an enrollment group as deprovision knows it.
func Group(group azdps.EnrollmentGroup) deprovision.Group {
	known := deprovision.Group{
		ID:          group.EnrollmentGroupID,
		Status:      deprovision.Enabled,
		Attestation: deprovision.Attestation(group.Attestation.Type),
	}
	if group.Disabled() {
		known.Status = deprovision.Disabled
	}
	x509 := group.Attestation.X509
	if x509 == nil {
		return known
	}
	known.Certificates = Certificates(infos(x509.SigningCertificates))
	if refs := x509.CAReferences; refs != nil {
		for _, name := range []string{refs.Primary, refs.Secondary} {
			if name != "" {
				known.CAReferences = append(known.CAReferences, name)
			}
		}
	}
	return known
}

// Individual is an individual enrollment as deprovision knows it; nil when there is none.
func Individual(entry *azdps.IndividualEnrollment) *deprovision.IndividualEnrollment {
	if entry == nil {
		return nil
	}
	return &deprovision.IndividualEnrollment{
		Status:       EntryStatus(entry),
		Attestation:  deprovision.Attestation(entry.Attestation.Type),
		Certificates: Certificates(ClientCertificates(entry)),
	}
}

// Certificates are certificates of which the service tells, as deprovision knows them.
func Certificates(infos []azdps.CertificateInfo) []deprovision.Certificate {
	known := make([]deprovision.Certificate, 0, len(infos))
	for _, info := range infos {
		known = append(known, deprovision.Certificate{
			Subject: info.SubjectName, Issuer: info.IssuerName, ThumbprintSHA256: info.SHA256Thumbprint,
		})
	}
	return known
}

// Certificate is a certificate that was given, as deprovision knows it.
func Certificate(c certificate.Certificate) deprovision.Certificate {
	return deprovision.Certificate{
		Subject: c.Subject, Issuer: c.Issuer, ThumbprintSHA256: c.ThumbprintSHA256, SelfSigned: c.SelfSigned,
	}
}

// ClientCertificates are what the service tells of the client certificates of an entry, which may be nil.
func ClientCertificates(entry *azdps.IndividualEnrollment) []azdps.CertificateInfo {
	if entry == nil || entry.Attestation.X509 == nil {
		return nil
	}
	return infos(entry.Attestation.X509.ClientCertificates)
}

// Holds tells whether an entry has a client certificate with the given SHA-256 thumbprint.
func Holds(entry *azdps.IndividualEnrollment, thumbprintSHA256 string) bool {
	return slices.ContainsFunc(ClientCertificates(entry), func(info azdps.CertificateInfo) bool {
		return strings.EqualFold(info.SHA256Thumbprint, thumbprintSHA256)
	})
}

// Thumbprint is the SHA-256 thumbprint of an entry's primary client certificate; empty when it has none.
func Thumbprint(entry *azdps.IndividualEnrollment) string {
	x509 := entry.Attestation.X509
	if x509 == nil || x509.ClientCertificates == nil || x509.ClientCertificates.Primary == nil ||
		x509.ClientCertificates.Primary.Info == nil {
		return ""
	}
	return x509.ClientCertificates.Primary.Info.SHA256Thumbprint
}

func infos(slots *azdps.CertificateSlots) []azdps.CertificateInfo {
	if slots == nil {
		return nil
	}
	var infos []azdps.CertificateInfo
	for _, slot := range []*azdps.Certificate{slots.Primary, slots.Secondary} {
		if slot != nil && slot.Info != nil {
			infos = append(infos, *slot.Info)
		}
	}
	return infos
}
