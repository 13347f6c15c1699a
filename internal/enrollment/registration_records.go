// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

// countLimit bounds how many registration records a destroy plan counts: each hundred is a call.
const countLimit = 1000

// records are the registration records of a group.
type records struct {
	subject

	dps *azure.Instance
}

func (w *writer) records() records { return records{subject: w.subject, dps: w.dps} }

// delete deletes them, page by page, each time from the start of what is left: a continuation of a list that shrinks
// might pass over some. Each is deleted once: a device that goes on trying makes its record anew, which then tells of a
// refusal only.
func (r records) delete(ctx context.Context) diag.Diagnostics {
	for deleted := map[string]bool{}; ; {
		records, err := r.some(ctx, deleted)
		if err != nil {
			return diag.Diagnostics{r.failed("list", r.id, iotdiag.ReadRegistration(), err)}
		}
		if len(records) == 0 {
			return nil
		}
		for _, record := range records {
			if deleted[record.RegistrationID] {
				return diag.Diagnostics{r.failed("delete", record.RegistrationID, iotdiag.DeleteRegistration(),
					errors.New("the service says that the record is deleted, and lists it again"))}
			}
			removed := removeRegistration(ctx, r.dps, azdps.Registration{RegistrationID: record.RegistrationID})
			if removed.Outcome != writes.Done {
				return diag.Diagnostics{r.failed(
					"delete", record.RegistrationID, iotdiag.DeleteRegistration(), removed.Err)}
			}
			deleted[record.RegistrationID] = true
		}
	}
}

// some are those of the first page that has any to delete; none when there are none.
func (r records) some(ctx context.Context, deleted map[string]bool) ([]azdps.Registration, error) {
	for pager := r.dps.NewListRegistrationsPager(r.id, nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		left := slices.DeleteFunc(page.Items, func(record azdps.Registration) bool {
			return deleted[record.RegistrationID] && record.AssignedHub == ""
		})
		if err != nil || len(left) > 0 {
			return left, err
		}
	}
	return nil, nil
}

// warning says how many registration records stay behind, or go as well.
func (r records) warning(ctx context.Context, state model) diag.Diagnostics {
	count, err := r.count(ctx)
	if err != nil {
		a := r.attempt("list", iotdiag.ReadRegistration())
		a.Noun = "registration records of enrollment group"
		a.Afterwards = "How many records the group leaves behind is not known."
		return diag.Diagnostics{iotdiag.Warned(a, err)}
	}
	if count == 0 {
		return nil
	}
	number := fmt.Sprint(count)
	if count > countLimit {
		number = fmt.Sprintf("more than %d", countLimit)
	}
	if state.DeleteRegistrations.ValueBool() {
		return diag.Diagnostics{diag.NewWarningDiagnostic("Registration records are deleted", fmt.Sprintf(
			"The enrollment group %q is disabled first, then its registration records (%s) are deleted, then the group. The "+
				"devices stay in their hubs.", r.id, number))}
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Registration records stay", fmt.Sprintf(
		"The enrollment group %q leaves its registration records behind (%s); they count against the quota of the DPS "+
			"instance. With %s = true they are deleted as well. The devices stay in their hubs.",
		r.id, number, deleteRegistrationsName))}
}

func (r records) count(ctx context.Context) (int, error) {
	count := 0
	for pager := r.dps.NewListRegistrationsPager(r.id, nil); pager.More() && count <= countLimit; {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return 0, err
		}
		count += len(page.Items)
	}
	return count, nil
}

func (r records) failed(verb, id string, needs iotdiag.Right, err error) diag.Diagnostic {
	a := r.attempt(verb, needs)
	a.Noun, a.ID = "registration record", id
	if verb == "list" {
		a.Noun = "registration records of enrollment group"
	}
	a.Afterwards = fmt.Sprintf(
		"The %s %q stays, disabled: no device registers through it. Destroying again goes on from here.",
		r.kind.noun, r.id)
	return iotdiag.Failed(a, err)
}
