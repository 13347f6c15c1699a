// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
)

// countLimit bounds how many registration records a destroy plan counts: each hundred is a call.
const countLimit = 1000

// planDestroy says what destroying leads to, and notes what it found for the Delete that follows.
func (r *entryResource) planDestroy(ctx context.Context, private iotstate.Private, state model) diagnostics {
	if state.OnDestroy.ValueString() == iotplan.DestroyPrevent {
		return diagnostics{prevented(r.kind, state, "destroy")}
	}
	found, seen, diags := r.lookAt(ctx, state)
	diags.Append(seen.Keep(ctx, private)...)
	if found != nil {
		diags.Append(r.destroyed(ctx, *found, state)...)
	}
	return diags
}

func prevented(k kind, m model, verb string) diag.Diagnostic {
	return iotplan.Prevented(k.noun, m.ID.ValueString(), m.DPSHostname.ValueString(), verb)
}

// sighting is an entry as a plan finds it.
type sighting struct {
	model
	// record is the registration record that the service shows with the entry; nil for none.
	record *azdps.Registration
}

// lookAt reads an entry that is to be destroyed, nil when it is gone: Terraform 1.11 plans the destroy of a resource
// that left the configuration from a state that it has not refreshed. Where it cannot be read, state has to do, and a
// Delete goes by that.
func (r *entryResource) lookAt(ctx context.Context, state model) (*sighting, iotplan.Seen, diagnostics) {
	last := &sighting{model: state}
	if !r.Services.Known() {
		return last, iotplan.Seen{}, nil
	}
	w, diags := r.newWriter(state)
	if diags.HasError() {
		return last, iotplan.Seen{}, diags
	}
	found, err := w.find(ctx)
	switch {
	case err != nil:
		a := w.attempt("read", w.kind.reading)
		a.Afterwards = fmt.Sprintf("What is said of it here is what Terraform last saw (%s).",
			state.ProvisioningStatus.ValueString())
		return last, iotplan.Seen{}, diagnostics{iotdiag.Warned(a, err)}
	case found == nil:
		return nil, iotplan.Seen{}, nil
	}
	now := flatten(r.kind.shape, *found, state)
	return &sighting{now, found.Registration}, iotplan.Seen{Status: now.ProvisioningStatus.ValueString()}, nil
}

// destroyed warns of what destroying leads to. now is the entry as it is, state how Terraform last saw it.
func (r *entryResource) destroyed(ctx context.Context, now sighting, state model) diagnostics {
	var diags diagnostics
	id := now.ID.ValueString()
	switch state.OnDestroy.ValueString() {
	case iotplan.DestroyKeep:
		return diagnostics{diag.NewWarningDiagnostic(iotdiag.Titled(r.kind.noun)+" stays", fmt.Sprintf(
			"on_destroy is %q: the %s %q stays in DPS as it is, %s, and Terraform forgets it.",
			iotplan.DestroyKeep, r.kind.noun, id, now.ProvisioningStatus.ValueString()))}
	case iotplan.DestroyDisable:
		diags.AddWarning(iotdiag.Titled(r.kind.noun)+" is disabled, not deleted", fmt.Sprintf(
			"on_destroy is %q: the %s %q stays in DPS, disabled, and Terraform forgets it.",
			iotplan.DestroyDisable, r.kind.noun, id))
		return append(diags, r.hubAccess(ctx, now)...)
	}
	if now.ProvisioningStatus.ValueString() == azdps.StatusDisabled {
		diags.Append(deletesDisabled(r.kind, now.model, state))
	}
	if !r.Services.Known() {
		return diags
	}
	w, more := r.newWriter(state)
	if more.HasError() {
		return append(diags, more...)
	}
	listed, err := w.dps.EnrollmentGroups(ctx)
	if err != nil {
		a := w.attempt("list", iotdiag.ReadEnrollmentGroup())
		a.Noun, a.ID = "enrollment groups", "*"
		a.Afterwards = fmt.Sprintf("Whether a group would let devices in once the %s %q is deleted is not known.",
			r.kind.noun, id)
		diags.Append(iotdiag.Warned(a, err))
	}
	if r.kind.group {
		diags.Append(w.waysPastGroup(listed)...)
		return append(diags, w.recordsLeft(ctx, state)...)
	}
	diags.Append(w.waysPastEntry(now.model, listed)...)
	return append(diags, r.hubAccess(ctx, now)...)
}

// deletesDisabled is the warning of a plan that deletes an entry which keeps devices out.
func deletesDisabled(k kind, now, state model) diag.Diagnostic {
	text := fmt.Sprintf("The %s %q is disabled now", k.noun, now.ID.ValueString())
	if state.ProvisioningStatus.ValueString() != azdps.StatusDisabled {
		text += ", by somebody else since Terraform last saw it"
	}
	if k.group {
		text += ", so that no device registers through it. Once it is deleted, other enabled enrollment groups that cover " +
			"these devices let them in."
	} else {
		text += ", which keeps its device out of DPS. Once it is deleted, an enabled enrollment group that covers the " +
			"device lets it in again."
	}
	if block := blockOf(now); block != "" {
		text += " " + block
	}
	return diag.NewWarningDiagnostic("Disabled "+k.noun+" is deleted", text)
}

// waysPastEntry names the enabled groups that would let the device in without its individual enrollment.
func (w *writer) waysPastEntry(state model, listed []azdps.EnrollmentGroup) diagnostics {
	a := w.kind.shape.decode(state.Attestation)
	device := deprovision.Device{RegistrationID: w.id, Attestation: deprovision.Unknown, Groups: facts.Groups(listed)}
	entry := deprovision.IndividualEnrollment{Status: deprovision.Status(state.ProvisioningStatus.ValueString())}
	switch {
	case a.certificates != nil:
		device.Attestation = deprovision.X509
		entry.Certificates = slotCertificates(a.certificates, state)
	case entry.Status == deprovision.Disabled:
		// An entry that blocks a device may be of another kind than the device's credential.
	case a.tpm != nil:
		device.Attestation = deprovision.TPM
	case a.keys != nil:
		device.Attestation = deprovision.SymmetricKey
	}
	entry.Attestation, device.Individual = device.Attestation, &entry
	return w.waysIn(deprovision.ReenrollPaths(device), fmt.Sprintf("the device %q", w.id),
		"Once its individual enrollment is deleted")
}

// slotCertificates are the certificates of the slots as far as state tells of them.
func slotCertificates(slots *certificateSlots, state model) []deprovision.Certificate {
	var known []deprovision.Certificate
	for _, name := range []string{primaryName, secondaryName} {
		text := slots.slot(name)
		if !isSet(text) {
			continue
		}
		if c, err := certificate.Parse(text.ValueString()); err == nil {
			known = append(known, deprovision.Certificate{
				Subject: c.Subject, Issuer: c.Issuer, ThumbprintSHA256: c.ThumbprintSHA256, SelfSigned: c.SelfSigned,
			})
			continue
		}
		told := objectIn(state.Certificates, name)
		known = append(known, deprovision.Certificate{
			Subject:          "CN=" + stringIn(told, "subject_common_name").ValueString(),
			Issuer:           stringIn(told, "issuer").ValueString(),
			ThumbprintSHA256: stringIn(told, thumbprintSHA256Name).ValueString(),
		})
	}
	return known
}

// waysPastGroup names the other enabled groups that would let the devices of an X.509 group in: those higher in the
// chain of its certificates, or with the same ones.
func (w *writer) waysPastGroup(listed []azdps.EnrollmentGroup) diagnostics {
	var own deprovision.Group
	var others []deprovision.Group
	for _, g := range facts.Groups(listed) {
		if strings.EqualFold(g.ID, w.id) {
			own = g
		} else {
			others = append(others, g)
		}
	}
	if own.Attestation != deprovision.X509 {
		return nil
	}
	found := map[string]deprovision.ReenrollPath{}
	for _, chain := range deviceChains(own) {
		device := deprovision.Device{Attestation: deprovision.X509, Chain: chain, Groups: others}
		for _, p := range deprovision.ReenrollPaths(device) {
			if before, ok := found[p.EnrollmentGroupID]; !ok || before.Match == deprovision.MatchPossible {
				found[p.EnrollmentGroupID] = p
			}
		}
	}
	var paths []deprovision.ReenrollPath
	for _, g := range others {
		if p, ok := found[g.ID]; ok {
			paths = append(paths, p)
		}
	}
	return w.waysIn(paths, "devices of this group", fmt.Sprintf("Once the enrollment group %q is deleted", w.id))
}

// deviceChains are the chains that devices of a group have, from just below its certificates upwards; one of which
// nothing is known when the group only refers to certificates.
func deviceChains(g deprovision.Group) []deprovision.Chain {
	var chains []deprovision.Chain
	for _, authority := range g.Certificates {
		chains = append(chains, deprovision.Chain{{Issuer: authority.Subject}, authority})
	}
	if len(chains) == 0 {
		return []deprovision.Chain{nil}
	}
	return chains
}

func (w *writer) waysIn(paths []deprovision.ReenrollPath, whom, when string) diagnostics {
	var certain, possible []string
	for _, p := range paths {
		if p.Match == deprovision.MatchPossible {
			possible = append(possible, fmt.Sprintf("%q", p.EnrollmentGroupID))
		} else {
			certain = append(certain, fmt.Sprintf("%q (%s)", p.EnrollmentGroupID, p.Match))
		}
	}
	if len(paths) == 0 {
		return nil
	}
	var said []string
	if len(certain) > 0 {
		said = append(said, "would be let in by the enabled enrollment groups "+strings.Join(certain, ", "))
	}
	if len(possible) > 0 {
		said = append(said, "may be let in by "+strings.Join(possible, ", "))
	}
	text := fmt.Sprintf("%s, %s %s.", when, whom, strings.Join(said, ", and "))
	if slices.ContainsFunc(paths, func(p deprovision.ReenrollPath) bool { return p.Match == deprovision.MatchIssuer }) {
		text += " What is known by its issuer goes by the name of a CA, which another CA may bear."
	}
	if !w.kind.group {
		text += " To keep the device out, disable the entry instead (on_destroy = \"disable\"), or disable these groups."
	}
	return diagnostics{diag.NewWarningDiagnostic("Devices could come back", text)}
}

// recordsLeft says how many registration records stay behind, or go as well.
func (w *writer) recordsLeft(ctx context.Context, state model) diagnostics {
	count, err := w.countRegistrations(ctx)
	if err != nil {
		a := w.attempt("list", iotdiag.ReadRegistration())
		a.Noun = "registration records of enrollment group"
		a.Afterwards = "How many records the group leaves behind is not known."
		return diagnostics{iotdiag.Warned(a, err)}
	}
	if count == 0 {
		return nil
	}
	number := fmt.Sprint(count)
	if count > countLimit {
		number = fmt.Sprintf("more than %d", countLimit)
	}
	if state.DeleteRegistrations.ValueBool() {
		return diagnostics{diag.NewWarningDiagnostic("Registration records are deleted", fmt.Sprintf(
			"The enrollment group %q is disabled first, then its registration records (%s) are deleted, then the group. The "+
				"devices stay in their hubs.", w.id, number))}
	}
	return diagnostics{diag.NewWarningDiagnostic("Registration records stay", fmt.Sprintf(
		"The enrollment group %q leaves its registration records behind (%s); they count against the quota of the DPS "+
			"instance. With %s = true they are deleted as well. The devices stay in their hubs.",
		w.id, number, deleteRegistrationsName))}
}

func (w *writer) countRegistrations(ctx context.Context) (int, error) {
	count := 0
	for pager := w.dps.NewListRegistrationsPager(w.id, nil); pager.More() && count <= countLimit; {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return 0, err
		}
		count += len(page.Items)
	}
	return count, nil
}
