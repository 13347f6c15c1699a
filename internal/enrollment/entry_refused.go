// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

// refused is what is known to make an apply of a plan fail, so that it does not plan: the provider block has no
// credential for the instance, or a new entry is to have a certificate of which only the thumbprint is given.
func (r *entryResource) refused(plan model, isNew bool) diag.Diagnostics {
	var diags diag.Diagnostics
	if r.Services.Known() && !plan.DPSHostname.IsUnknown() {
		if _, err := r.Services.DPS(plan.DPSHostname.ValueString()); err != nil {
			diags.Append(iotdiag.NotConfigured(path.Root(dpsHostnameName), err))
		}
	}
	slots := r.kind.shape.decode(plan.Attestation).certificates
	if !isNew || slots == nil {
		return diags
	}
	for _, name := range []string{primaryName, secondaryName} {
		_, more := expandCertificate(slots.slot(name), r.kind.shape.certificatePath(name), &azdps.CertificateSlots{})
		diags.Append(more...)
	}
	return diags
}
