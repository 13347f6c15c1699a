// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

// conflictTries bounds how often an action tries again on what somebody else has changed meanwhile.
const conflictTries = 3

// deleteRegistration deletes the record that it has read, and says what that record told.
func deleteRegistration(ctx context.Context, r *reader, asked types.Object, tell teller) diag.Diagnostics {
	id := stringIn(asked, registrationIDName).ValueString()
	for range conflictTries {
		record, err := azrest.IfFound(r.dps.GetRegistration(ctx, id))
		switch {
		case err != nil:
			return diag.Diagnostics{iotdiag.Failed(r.attempt("read", registrationNoun, id, iotdiag.ReadRegistration()), err)}
		case record == nil:
			tell(fmt.Sprintf("There is no registration record of the device %q at %s: nothing is left to do.", id, r.dps.Host()))
			return nil
		case isEvidence(*record) && !flagged(asked, deleteEvidenceName):
			return diag.Diagnostics{isTrace(id, *record)}
		}
		removed := removeRegistration(ctx, r.dps, *record)
		switch removed.Outcome {
		case writes.Done:
			tell(fmt.Sprintf("Deleted the registration record of the device %q at %s. %s", id, r.dps.Host(), tale(*record)))
			return stays(id, *record)
		case writes.Overtaken: // The device has tried again meanwhile, so that it says something else now.
		default:
			a := r.attempt("delete", registrationNoun, id, iotdiag.DeleteRegistration())
			a.Afterwards = tale(*record)
			if removed.Outcome == writes.Unknown {
				a.Afterwards += " It may have been deleted all the same."
			}
			return diag.Diagnostics{iotdiag.Failed(a, removed.Err)}
		}
	}
	return diag.Diagnostics{diag.NewErrorDiagnostic("Registration record keeps changing", fmt.Sprintf(
		"The registration record of the device %q at %s was written anew at every one of %d tries (HTTP 412): the device "+
			"registers again and again. Nothing was deleted.", id, r.dps.Host(), conflictTries))}
}

// removeRegistration deletes a record as it was read: one that has changed since stays.
func removeRegistration(
	ctx context.Context, dps *azure.Instance, record azdps.Registration,
) writes.Result[azdps.Registration] {
	var condition *azdps.WriteOptions
	if record.ETag != "" {
		condition = &azdps.WriteOptions{OnlyIfUnchanged: &record.ETag}
	}
	return writes.Remove(
		func() error { return dps.DeleteRegistration(ctx, record.RegistrationID, condition) },
		func() (*azdps.Registration, error) {
			return azrest.IfFound(dps.GetRegistration(ctx, record.RegistrationID))
		})
}

// isEvidence tells whether a record says something of its device that nothing else may say: the hub, or that it was
// refused, which hides one. A block that finds no record takes the device for one that never came.
func isEvidence(record azdps.Registration) bool {
	return record.AssignedHub != "" || record.Status == azdps.RegistrationAssigning ||
		record.Status == azdps.RegistrationDisabled
}

// tale is what a record said when it was read, as a sentence: once it is deleted, nobody can ask it any more.
func tale(record azdps.Registration) string {
	switch {
	case record.AssignedHub != "":
		return fmt.Sprintf("It named the hub %s, where the device is %q.", record.AssignedHub, deviceIDOf(record))
	case record.Status == azdps.RegistrationDisabled:
		return "It said that DPS had refused the device."
	}
	return fmt.Sprintf("Its status was %q, and it named no hub.", record.Status)
}

func deviceIDOf(record azdps.Registration) string {
	if record.DeviceID == "" {
		return record.RegistrationID
	}
	return record.DeviceID
}

func isTrace(id string, record azdps.Registration) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(deleteEvidenceName), "Registration record is evidence", fmt.Sprintf(
		"The registration record of the device %q may be the only trace of where it is. %s Without it, "+
			"azureiot_dps_device_disallow cannot find the device's identity by itself, and the device's next registration may "+
			"lead to another hub. Nothing was deleted. If the record is to go all the same, set %s = true.",
		id, tale(record), deleteEvidenceName))
}

// stays warns of what a deleted record leaves behind.
func stays(id string, record azdps.Registration) diag.Diagnostics {
	if record.AssignedHub == "" {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Device keeps its hub access", inHub(id, record)+
		" Nothing in DPS tells so any more.")}
}

// inHub says where the record of a device puts it, and what that means.
func inHub(id string, record azdps.Registration) string {
	return fmt.Sprintf("The device %q is in the hub %s, as %q, and can connect there until that identity is disabled.",
		id, record.AssignedHub, deviceIDOf(record))
}
