// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"cmp"
	"maps"
	"slices"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// issued is a certificate with unique names: "root", "factory" and so on. Without an issuer its own key signed it.
func issued(subject, issuer string) deprovision.Certificate {
	return deprovision.Certificate{
		Subject: "CN=" + subject + ", O=Contoso", Issuer: "CN=" + cmp.Or(issuer, subject) + ", O=Contoso",
		ThumbprintSHA256: "AB:" + subject + ":" + issuer, SelfSigned: issuer == "",
	}
}

// unchecked is a certificate of which nobody has checked whether its own key signed it.
func unchecked(c deprovision.Certificate) deprovision.Certificate {
	c.SelfSigned = false
	return c
}

// renewed is another certificate of the same names.
func renewed(c deprovision.Certificate) deprovision.Certificate {
	c.ThumbprintSHA256 += ":renewed"
	return c
}

// bare is a certificate of which the thumbprint is not known.
func bare(c deprovision.Certificate) deprovision.Certificate {
	c.ThumbprintSHA256 = ""
	return c
}

func x509Group(id string, status deprovision.Status, certificates ...deprovision.Certificate) deprovision.Group {
	return deprovision.Group{ID: id, Status: status, Attestation: deprovision.X509, Certificates: certificates}
}

func referringGroup(id string, status deprovision.Status) deprovision.Group {
	return deprovision.Group{
		ID: id, Status: status, Attestation: deprovision.X509, CAReferences: []string{"uploaded-ca"},
	}
}

func keyGroup(id string, status deprovision.Status) deprovision.Group {
	return deprovision.Group{ID: id, Status: status, Attestation: deprovision.SymmetricKey}
}

func x509Entry(status deprovision.Status, leaves ...deprovision.Certificate) *deprovision.IndividualEnrollment {
	return &deprovision.IndividualEnrollment{Status: status, Attestation: deprovision.X509, Certificates: leaves}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
