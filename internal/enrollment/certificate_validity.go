// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// noticePeriod is how long before its end the only certificate of an entry is warned of.
const noticePeriod = 30 * 24 * time.Hour

// certificateWarnings warn of certificates that have expired, and of the only one when its end is near. A disabled
// entry lets nobody in anyway.
func (r *entryResource) certificateWarnings(plan model, now time.Time) diag.Diagnostics {
	if plan.ProvisioningStatus.ValueString() == azdps.StatusDisabled {
		return nil
	}
	var diags diag.Diagnostics
	for _, name := range []string{primaryName, secondaryName} {
		facts := objectIn(plan.Certificates, name)
		end, err := time.Parse(time.RFC3339, stringIn(facts, notAfterName).ValueString())
		if err != nil {
			continue
		}
		what := fmt.Sprintf("The %s certificate of the %s %q", name, r.kind.noun, plan.ID.ValueString())
		at := r.kind.shape.certificatePath(name)
		switch left := end.Sub(now); {
		case left < 0:
			diags.AddAttributeWarning(at, "Certificate has expired", fmt.Sprintf(
				"%s expired on %s.", what, end.Format(time.DateOnly)))
		case left < noticePeriod && isNull(plan.Certificates, otherSlot(name)):
			diags.AddAttributeWarning(at, "Certificate expires soon", fmt.Sprintf(
				"%s is its only one and expires on %s. Put its successor into the slot %s, have the devices use it, and then "+
					"remove the old one.", what, end.Format(time.DateOnly), otherSlot(name)))
		}
	}
	return diags
}

func otherSlot(name string) string {
	if name == primaryName {
		return secondaryName
	}
	return primaryName
}
