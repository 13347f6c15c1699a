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

// subject is the entry of which diagnostics speak.
type subject struct {
	services *azure.Services
	kind     kind
	// id is the entry's, host its DPS instance.
	id, host string
}

// object names the entry for what resources tell each other.
func (s subject) object() azure.Object { return s.kind.object(s.host, s.id) }

func (s subject) attempt(verb string, needs iotdiag.Right) iotdiag.Attempt {
	return iotdiag.Attempt{
		Verb: verb, Noun: s.kind.noun, ID: s.id, Host: s.host, Mode: s.services.Mode(s.host), Needs: needs,
	}
}

func (s subject) readFailed(err error) diag.Diagnostic {
	a := s.attempt("read", s.kind.reading)
	a.Afterwards = letGo(s.services, s.kind, s.host, s.id)
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

func (s subject) deleteFailed(removed writes.Result[entry]) diag.Diagnostic {
	a := s.attempt("delete", s.kind.deleting)
	if removed.Outcome == writes.Unknown {
		a.Afterwards = "It may have been deleted all the same: plan again."
	}
	return iotdiag.Failed(a, removed.Err)
}

func (s subject) keysUnreadable(err error) diag.Diagnostic {
	a := s.attempt("read the keys of", iotdiag.ReadKeys())
	a.Afterwards = "A write of a symmetric-key entry has to send its keys along, or the service would make new ones. " +
		"Nothing was written."
	return iotdiag.Failed(a, err)
}

func (s subject) howToImport() string {
	return fmt.Sprintf("To manage it here, import it:\n\n  import {\n    to = azureiot_%s.<name>\n    id = %q\n  }",
		s.kind.typeName, s.id)
}

func (s subject) exists() diag.Diagnostic {
	summary := iotdiag.Titled(s.kind.noun) + " exists already"
	return diag.NewAttributeErrorDiagnostic(path.Root(s.kind.idName), summary, fmt.Sprintf(
		"There is %s %s %q at %s, and creating never overwrites one. Nothing was changed. %s",
		article(s.kind.noun), s.kind.noun, s.id, s.host, s.howToImport()))
}

func (s subject) nothingToImport() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(s.kind.idName), "Cannot import: no "+s.kind.noun, fmt.Sprintf(
		"There is no %s %q at %s. Check the ID and the DPS instance.", s.kind.noun, s.id, s.host))
}

func (s subject) gone() diag.Diagnostic {
	return diag.NewWarningDiagnostic(iotdiag.Titled(s.kind.noun)+" is gone", fmt.Sprintf(
		"The %s %q at %s was deleted outside of Terraform. The next apply creates it again.",
		s.kind.noun, s.id, s.host))
}

func (s subject) vanished() diag.Diagnostic {
	return s.planAgain(fmt.Sprintf("The %s %q was deleted after the plan was made.", s.kind.noun, s.id))
}

func (s subject) changedMeanwhile() diag.Diagnostic {
	return s.planAgain(fmt.Sprintf(
		"The %s %q was changed while Terraform was replacing it.", s.kind.noun, s.id))
}

func (s subject) disabledMeanwhile() diag.Diagnostic {
	return s.planAgain(fmt.Sprintf(
		"The %s %q was disabled after the plan was made, and deleting it could let its devices back in.", s.kind.noun, s.id))
}

// stale names what somebody else changed; of the status it also says how.
func (s subject) stale(planned, now model, differing []string) diag.Diagnostic {
	text := fmt.Sprintf("Somebody else changed the %s %q after the plan was made: %s.",
		s.kind.noun, s.id, strings.Join(differing, ", "))
	if !planned.ProvisioningStatus.Equal(now.ProvisioningStatus) {
		text += fmt.Sprintf(" It is %s now.", now.ProvisioningStatus.ValueString())
	}
	return s.planAgain(text)
}

func (s subject) planAgain(what string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("The plan is stale", what+" Nothing was written; plan again.")
}

// storedOtherwise is what a create says of an echo that is not what was sent.
func (s subject) storedOtherwise(differing []string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("DPS stored something else", fmt.Sprintf(
		"The %s %q was created, but DPS answers with other values than were sent for: %s. The next plan shows which.",
		s.kind.noun, s.id, strings.Join(differing, ", ")))
}

func (s subject) notStored(differing []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("DPS did not store the change", fmt.Sprintf(
		"The %s %q was written, but DPS answers with other values than were sent for: %s. Plan again; if it stays so, ask "+
			"Azure support.", s.kind.noun, s.id, strings.Join(differing, ", ")))
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
