// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"errors"
	"fmt"

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
// might pass over some.
func (r records) delete(ctx context.Context) diag.Diagnostics {
	for before := ""; ; {
		records, err := r.some(ctx)
		switch {
		case err != nil:
			return diag.Diagnostics{r.failed("list", r.id, iotdiag.ReadRegistration(), err)}
		case len(records) == 0:
			return nil
		case records[0].RegistrationID == before:
			return diag.Diagnostics{r.failed("delete", before, iotdiag.DeleteRegistration(),
				errors.New("the service says that the record is deleted, and lists it again"))}
		}
		before = records[0].RegistrationID
		for _, record := range records {
			removed := removeRegistration(ctx, r.dps, azdps.Registration{RegistrationID: record.RegistrationID})
			if removed.Outcome != writes.Done {
				return diag.Diagnostics{r.failed(
					"delete", record.RegistrationID, iotdiag.DeleteRegistration(), removed.Err)}
			}
		}
	}
}

// some are those of the first page that is not empty; none when there are none.
func (r records) some(ctx context.Context) ([]azdps.Registration, error) {
	for pager := r.dps.NewListRegistrationsPager(r.id, nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		if err != nil || len(page.Items) > 0 {
			return page.Items, err
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
