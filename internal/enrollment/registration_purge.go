// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

// purge deletes the records of one enrollment group. All are listed before the first is deleted: a list that shrinks
// while it is read might pass over some, and what may not be deleted is known before anything is.
type purge struct {
	*reader

	group   string
	records []azdps.Registration
	// deleted and changed count the records that are gone, and those that devices have written anew meanwhile.
	deleted, changed int
}

func purgeRegistrations(ctx context.Context, r *reader, asked types.Object, tell teller) diag.Diagnostics {
	p := &purge{reader: r, group: stringIn(asked, enrollmentGroupIDName).ValueString()}
	if !flagged(asked, whileEnabledName) {
		if diags := p.mustBeShut(ctx, tell); diags.HasError() {
			return diags
		}
	}
	if diags := p.list(ctx); diags.HasError() {
		return diags
	}
	tell(fmt.Sprintf("Registration records of enrollment group %q at %s: %d.%s",
		p.group, p.dps.Host(), len(p.records), p.hubs()))
	if evidence := p.evidence(); evidence > 0 && !flagged(asked, deleteEvidenceName) {
		return diag.Diagnostics{p.areTraces(evidence)}
	}
	return p.delete(ctx, tell)
}

// mustBeShut is an error while the group is enabled. One that was deleted lets nobody in by itself.
func (p *purge) mustBeShut(ctx context.Context, tell teller) diag.Diagnostics {
	group, err := azrest.IfFound(p.dps.GetEnrollmentGroup(ctx, p.group))
	switch {
	case err != nil:
		a := p.attempt("read", groupKind().noun, p.group, iotdiag.ReadEnrollmentGroup())
		a.Afterwards = "Nothing was deleted."
		return diag.Diagnostics{iotdiag.Failed(a, err)}
	case group == nil:
		tell(fmt.Sprintf("There is no enrollment group %q at %s any more; its records outlive it.", p.group, p.dps.Host()))
	case !group.Disabled():
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root(whileEnabledName), "Enrollment group is enabled",
			fmt.Sprintf("The enrollment group %q at %s is enabled, so that its devices would come back at once, to whichever "+
				"hub it chooses by then. Nothing was deleted. Disable the group first or, if that is what you want, set "+
				"%s = true.", p.group, p.dps.Host(), whileEnabledName))}
	}
	return nil
}

func (p *purge) list(ctx context.Context) diag.Diagnostics {
	for pager := p.dps.NewListRegistrationsPager(p.group, nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		switch {
		case azrest.IsNotFound(err): // of a group that is gone, and its records with it
			return nil
		case err != nil:
			a := p.attempt("list", registrationNoun+"s of enrollment group", p.group, iotdiag.ReadRegistration())
			a.Afterwards = "Nothing was deleted."
			return diag.Diagnostics{iotdiag.Failed(a, err)}
		}
		p.records = append(p.records, page.Items...)
	}
	return nil
}

// tellEvery is after how many records it is said how many are deleted.
const tellEvery = 100

func (p *purge) delete(ctx context.Context, tell teller) diag.Diagnostics {
	for i, record := range p.records {
		removed := removeRegistration(ctx, p.dps, record)
		switch removed.Outcome {
		case writes.Done:
			p.deleted++
		case writes.Overtaken:
			p.changed++
		default:
			return diag.Diagnostics{p.deleteFailed(record, removed)}
		}
		if done := i + 1; done%tellEvery == 0 && done < len(p.records) {
			tell(p.progress())
		}
	}
	tell(p.progress())
	if p.changed > 0 {
		return diag.Diagnostics{diag.NewWarningDiagnostic("Registration records were left", fmt.Sprintf(
			"%d of %d registration records of enrollment group %q at %s have changed since they were listed: their devices try "+
				"again. Invoking it again deletes them as they are then.", p.changed, len(p.records), p.group, p.dps.Host()))}
	}
	return nil
}

func (p *purge) progress() string {
	return fmt.Sprintf("Deleted %d of %d registration records of enrollment group %q.", p.deleted, len(p.records), p.group)
}

func (p *purge) deleteFailed(record azdps.Registration, removed writes.Result[azdps.Registration]) diag.Diagnostic {
	a := p.attempt("delete", registrationNoun, record.RegistrationID, iotdiag.DeleteRegistration())
	a.Afterwards = p.progress() + " Invoking it again goes on with the rest."
	if removed.Outcome == writes.Unknown {
		a.Afterwards = "It may have been deleted all the same. " + a.Afterwards
	}
	return iotdiag.Failed(a, removed.Err)
}

func (p *purge) evidence() int {
	count := 0
	for _, record := range p.records {
		if isEvidence(record) {
			count++
		}
	}
	return count
}

// hubs says how many devices the records put where, as the end of a sentence; empty when they name no hub.
func (p *purge) hubs() string {
	devices := map[string]int{}
	for _, record := range p.records {
		if record.AssignedHub != "" {
			devices[azrest.FoldHost(record.AssignedHub)]++
		}
	}
	var named []string
	for _, host := range slices.Sorted(maps.Keys(devices)) {
		named = append(named, fmt.Sprintf("%s (%d)", host, devices[host]))
	}
	if named == nil {
		return ""
	}
	return " They name the hubs " + strings.Join(named, ", ") + ", where the devices stay."
}

func (p *purge) areTraces(evidence int) diag.Diagnostic {
	text := fmt.Sprintf("%d of %d registration records of enrollment group %q at %s name the hub in which a device is, "+
		"or say that it was refused, and may be the only trace of it.%s Without them, "+
		"azureiot_dps_enrollment_group_disallow cannot find the devices. Nothing was deleted. If they are to go all the "+
		"same, set %s = true.",
		evidence, len(p.records), p.group, p.dps.Host(), p.hubs(), deleteEvidenceName)
	return diag.NewAttributeErrorDiagnostic(
		path.Root(deleteEvidenceName), "Registration records are evidence", text)
}
