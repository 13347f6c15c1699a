// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

// hubAccess warns that keeping devices from registering leaves them in the hubs in which they are, and names the hub of
// a single device. It only ever words a warning: no planned value may depend on a record that changes whenever the
// device tries.
func (r *entryResource) hubAccess(ctx context.Context, now sighting) diag.Diagnostics {
	id := now.ID.ValueString()
	if r.kind.group {
		return diag.Diagnostics{diag.NewWarningDiagnostic("Devices keep their hub access", fmt.Sprintf(
			"Devices that registered through the enrollment group %q stay in their hubs, where they can connect until their "+
				"identities are disabled.", id))}
	}
	record := now.record
	if record == nil && r.Services.Known() {
		w, diags := r.newWriter(now.model)
		if diags.HasError() {
			return diags
		}
		found, err := azrest.IfFound(w.dps.GetRegistration(ctx, id))
		if err != nil {
			a := w.attempt("read", iotdiag.ReadRegistration())
			a.Noun, a.Afterwards = registrationNoun, hubNotKnown(id)
			return diag.Diagnostics{iotdiag.Warned(a, err)}
		}
		record = found
	}
	if record == nil || record.AssignedHub == "" && record.Status == azdps.RegistrationUnassigned {
		return nil
	}
	text := hubNotKnown(id)
	if record.AssignedHub != "" {
		text = inHub(id, *record) + " An enrollment decides only about registering."
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Device keeps its hub access", text+
		" azureiot_dps_device_disallow keeps a device out of both.")}
}

// hubNotKnown is said when no registration record names the device's hub: one of a refused attempt names none.
func hubNotKnown(id string) string {
	return fmt.Sprintf("Which hub the device %q is in, if any, is not known; there it can connect until its identity is "+
		"disabled.", id)
}
