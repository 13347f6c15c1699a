// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

// unreachable says what the provider block lacks for the instance that m is in.
func (r *entryResource) unreachable(m model, err error) diag.Diagnostic {
	if advice := letGo(r.Services, r.kind, m.DPSHostname.ValueString(), m.ID.ValueString()); advice != "" {
		err = fmt.Errorf("%w\n\n%s", err, advice)
	}
	return iotdiag.NotConfigured(path.Root(dpsHostnameName), err)
}

// letGo tells how to have Terraform forget an entry whose instance cannot be read; empty for the block's own instance.
// An entry stays where it was made when the block is pointed elsewhere.
func letGo(services *azure.Services, k kind, host, id string) string {
	if host == "" || azrest.SameHost(host, services.DPSHost("")) {
		return ""
	}
	return fmt.Sprintf("The %s %q is at %s, which is not the DPS instance of the provider block. To leave it there and "+
		"have Terraform forget it, use a removed block or terraform state rm.", k.noun, id, host)
}

func (w *writer) attempt(verb string, needs iotdiag.Right) iotdiag.Attempt {
	return iotdiag.Attempt{
		Verb: verb, Noun: w.kind.noun, ID: w.id, Host: w.dps.Host(), Mode: w.services.Mode(w.dps.Host()), Needs: needs,
	}
}

func (w *writer) readFailed(err error) diag.Diagnostic {
	a := w.attempt("read", w.kind.reading)
	a.Afterwards = letGo(w.services, w.kind, w.dps.Host(), w.id)
	return iotdiag.Failed(a, err)
}

// writeFailed also says that a write may have been carried out of which nobody knows, or which may still arrive.
func (w *writer) writeFailed(verb string, written writes.Result[entry]) diag.Diagnostic {
	a := w.attempt(verb, w.kind.writing)
	if azrest.MaybeDone(written.Err) {
		a.Afterwards = "The write may have been carried out all the same: plan again."
		if verb == "create" {
			a.Afterwards = "The write may have been carried out all the same. " + w.howToImport()
		}
	}
	if w.deletedDisabled {
		a.Afterwards = strings.TrimSpace(a.Afterwards + "\n\n" + iotplan.GoneDisabled(statusName, w.kind.noun))
	}
	return iotdiag.Failed(a, written.Err)
}

func (w *writer) deleteFailed(removed writes.Result[entry]) diag.Diagnostic {
	a := w.attempt("delete", w.kind.deleting)
	if removed.Outcome == writes.Unknown {
		a.Afterwards = "It may have been deleted all the same: plan again."
	}
	return iotdiag.Failed(a, removed.Err)
}

func (w *writer) keysUnreadable(err error) diag.Diagnostic {
	a := w.attempt("read the keys of", iotdiag.ReadKeys())
	a.Afterwards = "A write of a symmetric-key entry has to send its keys along, or the service would make new ones. " +
		"Nothing was written."
	return iotdiag.Failed(a, err)
}

func (w *writer) registrationsFailed(verb, id string, needs iotdiag.Right, err error) diag.Diagnostic {
	a := w.attempt(verb, needs)
	a.Noun, a.ID = "registration record", id
	if verb == "list" {
		a.Noun = "registration records of enrollment group"
	}
	a.Afterwards = fmt.Sprintf(
		"The %s %q stays, disabled: no device registers through it. Destroying again goes on from here.",
		w.kind.noun, w.id)
	return iotdiag.Failed(a, err)
}

func (w *writer) howToImport() string {
	return fmt.Sprintf("To manage it here, import it:\n\n  import {\n    to = azureiot_%s.<name>\n    id = %q\n  }",
		w.kind.typeName, w.id)
}

func (w *writer) exists() diag.Diagnostic {
	summary := iotdiag.Titled(w.kind.noun) + " exists already"
	return diag.NewAttributeErrorDiagnostic(path.Root(w.kind.idName), summary, fmt.Sprintf(
		"There is %s %s %q at %s, and creating never overwrites one. Nothing was changed. %s",
		article(w.kind.noun), w.kind.noun, w.id, w.dps.Host(), w.howToImport()))
}

func (w *writer) gone() diag.Diagnostic {
	return diag.NewWarningDiagnostic(iotdiag.Titled(w.kind.noun)+" is gone", fmt.Sprintf(
		"The %s %q at %s was deleted outside of Terraform. The next apply creates it again.",
		w.kind.noun, w.id, w.dps.Host()))
}

func (w *writer) vanished() diag.Diagnostic {
	return w.planAgain(fmt.Sprintf("The %s %q was deleted after the plan was made.", w.kind.noun, w.id))
}

func (w *writer) changedMeanwhile() diag.Diagnostic {
	return w.planAgain(fmt.Sprintf(
		"The %s %q was changed while Terraform was replacing it.", w.kind.noun, w.id))
}

func (w *writer) disabledMeanwhile() diag.Diagnostic {
	return w.planAgain(fmt.Sprintf(
		"The %s %q was disabled after the plan was made, and deleting it could let its devices back in.", w.kind.noun, w.id))
}

// stale names what somebody else changed; of the status it also says how.
func (w *writer) stale(planned, now model, differing []string) diag.Diagnostic {
	text := fmt.Sprintf("Somebody else changed the %s %q after the plan was made: %s.",
		w.kind.noun, w.id, strings.Join(differing, ", "))
	if !planned.ProvisioningStatus.Equal(now.ProvisioningStatus) {
		text += fmt.Sprintf(" It is %s now.", now.ProvisioningStatus.ValueString())
	}
	return w.planAgain(text)
}

func (w *writer) planAgain(what string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("The plan is stale", what+" Nothing was written; plan again.")
}

// storedOtherwise is what a create says of an echo that is not what was sent.
func (w *writer) storedOtherwise(differing []string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("DPS stored something else", fmt.Sprintf(
		"The %s %q was created, but DPS answers with other values than were sent for: %s. The next plan shows which.",
		w.kind.noun, w.id, strings.Join(differing, ", ")))
}

func (w *writer) notStored(differing []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("DPS did not store the change", fmt.Sprintf(
		"The %s %q was written, but DPS answers with other values than were sent for: %s. Plan again; if it stays so, ask "+
			"Azure support.", w.kind.noun, w.id, strings.Join(differing, ", ")))
}

// enabledAgain is the warning of an update that lets devices in which something or somebody had refused.
func enabledAgain(k kind, id, block string) diag.Diagnostic {
	text := fmt.Sprintf("The %s %q is %s, and this plan enables it because provisioning_status = %q is configured. "+
		"Leave the attribute out to keep the status as it is found.", k.noun, id, azdps.StatusDisabled, azdps.StatusEnabled)
	if block != "" {
		text += " " + block
	}
	return diag.NewAttributeWarningDiagnostic(path.Root(statusName), iotdiag.Titled(k.noun)+" is enabled again", text)
}

func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an"
	}
	return "a"
}
