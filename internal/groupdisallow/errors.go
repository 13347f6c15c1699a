// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/composite"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

// maxNamed is how many devices a diagnostic names.
const maxNamed = 5

// subject is the group of which diagnostics speak.
type subject struct {
	services *azure.Services
	// id is the group's, host its DPS instance.
	id, host string
}

func (s subject) attempt(verb, noun, id, host string, needs iotdiag.Right) iotdiag.Attempt {
	return iotdiag.Attempt{Verb: verb, Noun: noun, ID: id, Host: host, Mode: s.services.Mode(host), Needs: needs}
}

func (s subject) failed(verb, noun, id string, needs iotdiag.Right, err error) diag.Diagnostic {
	return iotdiag.Failed(s.attempt(verb, noun, id, s.host, needs), err)
}

// lookUpFailed is a call to DPS without whose answer nothing can be said.
func (s subject) lookUpFailed(err error) diag.Diagnostic {
	return composite.LookUpFailed(err, s.attempt)
}

func (s subject) keysUnreadable(err error) diag.Diagnostic {
	a := s.attempt("read the keys of", nounGroup, s.id, s.host, iotdiag.ReadKeys())
	a.Afterwards = "A write of a symmetric-key group has to send its keys along, or the service would make new ones."
	return iotdiag.Failed(a, err)
}

func (s subject) noSuchGroup() diag.Diagnostic {
	return diag.NewErrorDiagnostic("No such enrollment group", fmt.Sprintf(
		"There is no enrollment group %q at %s. Check the spelling.",
		s.id, s.host))
}

// notYetMade is a plan of a group that does not exist: the same apply may make it.
func (s subject) notYetMade() diag.Diagnostic {
	return diag.NewWarningDiagnostic("No such enrollment group yet", fmt.Sprintf(
		"There is no enrollment group %q at %s, and no device has registered through one of that name. Unless it is made "+
			"before it is disallowed, the apply fails. Check the spelling.", s.id, s.host))
}

func (s subject) notStored(verb string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Group is not as it was written", fmt.Sprintf(
		"DPS accepted to %s the enrollment group %q at %s, and reads otherwise: somebody else changed it at the same "+
			"moment. Plan again.", verb, s.id, s.host))
}

func (s subject) madeAnew() diag.Diagnostic {
	return diag.NewErrorDiagnostic("Group was made anew", fmt.Sprintf(
		"The enrollment group %q at %s is not the one that this resource disabled: it was deleted since, or another one "+
			"took its place. Nothing was restored. Plan again.", s.id, s.host))
}

func (s subject) enabledMeanwhile() diag.Diagnostic {
	return diag.NewErrorDiagnostic("Group was enabled meanwhile", fmt.Sprintf(
		"Somebody enabled the enrollment group %q at %s while its devices were being worked through, and others may have "+
			"come in. Plan again.", s.id, s.host))
}

func (s subject) blockedMeanwhile(ids []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Devices were blocked meanwhile", fmt.Sprintf(
		"Individual enrollments of devices of the enrollment group %q at %s were disabled while their identities were being "+
			"restored. These identities are to stay disabled, and were written so again unless an error says otherwise: %s. "+
			"Plan again.", s.id, s.host, strings.Join(ids, ", ")))
}

func (s subject) stillAssigning(count int) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Assignments are still in flight", fmt.Sprintf(
		"%d devices of the enrollment group %q are being assigned to a hub since before the group was disabled, and DPS has "+
			"not finished. Where they end is not known yet.", count, s.id))
}

// recordsLeft is an apply whose time ended while it deleted records.
func (s subject) recordsLeft(l ledger) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Registration records are left", fmt.Sprintf(
		"Every device of the enrollment group %q is blocked, and %d of its registration records are still to be deleted: "+
			"the time that timeouts gives is over.", s.id, l.recordsLeft))
}

// unfinished is what an apply ends with that has left identities pending, and why.
func (r *run) unfinished(pending map[string]int) diag.Diagnostics {
	var diags diag.Diagnostics
	if len(r.ledger.failures) > 0 {
		diags.Append(r.devicesFailed(r.ledger.failures))
	}
	for _, host := range slices.Sorted(maps.Keys(r.ledger.lost)) {
		err := r.ledger.lost[host]
		a := r.attempt("work through", "devices of enrollment group", r.want.groupID, host, rightsAt(err))
		diags.Append(iotdiag.Failed(a, err))
	}
	if total(r.ledger.over) > 0 {
		diags.AddError("More devices than planned", fmt.Sprintf(
			"%d identities of devices of the enrollment group %q were left alone: no more are deleted or enabled than the "+
				"plan says, and there are more. Plan again.", total(r.ledger.over), r.want.groupID))
	}
	return append(diags, r.pending(pending, r.ledger, r.want.restore))
}

// rightsAt are what a call to a hub takes that was refused.
func rightsAt(err error) iotdiag.Right {
	refusal, ok := azrest.AsError(err)
	switch {
	case ok && (refusal.Path == "/devices/query" || strings.HasPrefix(refusal.Path, "/twins/")):
		return iotdiag.QueryTwins()
	case ok && refusal.Method == http.MethodPost:
		return iotdiag.WriteInBulk()
	}
	return iotdiag.ReadDeviceIdentity()
}

// devicesFailed names the first devices that could not be brought to their goal.
func (s subject) devicesFailed(failures []failure) diag.Diagnostic {
	lines := make([]string, 0, maxNamed)
	for _, f := range failures[:min(len(failures), maxNamed)] {
		lines = append(lines, fmt.Sprintf("  %s/%s: %s", f.host, f.deviceID, iotdiag.Sentence(f.err)))
	}
	if more := len(failures) - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("  and %d more", more))
	}
	return diag.NewErrorDiagnostic("Some devices failed", fmt.Sprintf(
		"%d devices of the enrollment group %q could not be brought to where they are to be; the others were not held "+
			"up:\n%s",
		len(failures), s.id, strings.Join(lines, "\n")))
}

func (s subject) pending(pending map[string]int, l ledger, restore bool) diag.Diagnostic {
	summary, what := "Group is not blocked yet", "blocked"
	if restore {
		summary, what = "Group is not restored yet", "restored"
	}
	reason := ""
	if left := total(l.left); left > 0 && len(l.lost) == 0 {
		reason = fmt.Sprintf("\n\nThe time that timeouts gives is over, and %d were not come to.", left)
		if l.forecast > 0 {
			reason += fmt.Sprintf(" At the pace so far they take about %s more.", l.forecast.Round(time.Second))
		}
	}
	return diag.NewErrorDiagnostic(summary, fmt.Sprintf(
		"%d identities of devices of the enrollment group %q are pending, that is not known to be %s: %s.%s",
		total(pending), s.id, what, byHub(pending), reason))
}

// byHub lists counts by hub.
func byHub(counts map[string]int) string {
	var parts []string
	for _, host := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d in %s", counts[host], host))
	}
	return strings.Join(parts, ", ")
}

// ended adds to the errors of an apply what is true of the group now that it has ended.
func (r *run) ended(diags diag.Diagnostics, creating bool) diag.Diagnostics {
	after := "Nothing was written."
	if r.ledger.touched {
		after = fmt.Sprintf("The enrollment group is %s. ", r.s.status)
		if r.ledger.unsure {
			after = "Whether the enrollment group was written is not known. "
		}
		after += "The next apply goes on from here; nothing is done twice."
		if creating {
			after += " Terraform marks the resource tainted and replaces it, which undoes nothing; \"terraform untaint\" lets " +
				"the next apply finish this same object instead."
		}
	}
	all := make(diag.Diagnostics, 0, len(diags))
	for _, d := range diags {
		if d.Severity() == diag.SeverityError {
			d = diag.NewErrorDiagnostic(d.Summary(), d.Detail()+"\n\n"+after)
		}
		all = append(all, d)
	}
	return all
}
