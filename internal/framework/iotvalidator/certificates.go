// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotvalidator

import (
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

// CertificatePEM checks one X.509 certificate as PEM, or its stand-in "sha256:<thumbprint>".
func CertificatePEM() validator.String {
	return text{
		rule:    "One X.509 certificate as PEM, or \"sha256:<thumbprint>\" for one that the service already holds.",
		summary: "Invalid certificate",
		problem: func(value string) string {
			if _, ok := certificate.IsThumbprint(value); ok {
				return ""
			}
			if _, err := certificate.Parse(value); err != nil {
				return iotdiag.Sentence(certificate.OfArgument(err))
			}
			return ""
		},
	}
}

// CertificateChainPEM checks one or more X.509 certificates as PEM.
func CertificateChainPEM() validator.String {
	return text{
		rule:    "X.509 certificates as PEM, the issuer of the device's certificate first.",
		summary: "Invalid certificate chain",
		problem: func(value string) string {
			if _, err := certificate.ParseChain(value); err != nil {
				return iotdiag.Sentence(certificate.OfArgument(err))
			}
			return ""
		},
	}
}
