// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

type diagnostics = diag.Diagnostics

// validate checks the settings against each other. What is unknown is checked when it becomes known, at plan or apply.
func (m deviceModel) validate() diagnostics {
	var diags diagnostics
	leafKnown := !m.CertificatePEM.IsNull() && !m.CertificatePEM.IsUnknown()
	if m.CertificatePEM.IsNull() && !m.CertificateChainPEM.IsNull() && !m.CertificateChainPEM.IsUnknown() {
		diags.AddAttributeError(path.Root("certificate_chain_pem"), "Certificate chain without a certificate",
			"The chain is what stands above certificate_pem; give certificate_pem too.")
	}
	if !leafKnown {
		return diags
	}
	leaf, err := certificate.Parse(m.CertificatePEM.ValueString())
	if err != nil {
		return diags // A stand-in, or the attribute's own validator has said what is wrong.
	}
	if id := m.RegistrationID; !id.IsUnknown() && !strings.EqualFold(id.ValueString(), leaf.SubjectCommonName) {
		diags.AddAttributeError(path.Root("certificate_pem"), "Certificate of another device",
			fmt.Sprintf("The certificate's common name is %q, and registration_id is another. DPS takes the registration ID "+
				"of an X.509 device from the common name and would never apply this entry to the device.",
				leaf.SubjectCommonName))
	}
	return append(diags, m.validateChain(leaf)...)
}

func (m deviceModel) validateChain(leaf certificate.Certificate) diagnostics {
	if m.CertificateChainPEM.IsNull() || m.CertificateChainPEM.IsUnknown() {
		return nil
	}
	chain, err := certificate.ParseChain(m.CertificateChainPEM.ValueString())
	if err != nil {
		return nil // The attribute's own validator has said what is wrong.
	}
	if err := certificate.CheckOrder(leaf, chain); err != nil {
		return diagnostics{diag.NewAttributeErrorDiagnostic(
			path.Root("certificate_chain_pem"), "Certificate chain out of order", iotdiag.Sentence(err))}
	}
	return nil
}
