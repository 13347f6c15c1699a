// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

// conflictTries bounds how often a write is tried again on what somebody else has changed meanwhile.
const conflictTries = 5

// entryWriter is a run that works on the individual enrollment.
type entryWriter struct{ *run }

// block carries out the effect on the individual enrollment.
func (r entryWriter) block(ctx context.Context, effect deprovision.Effect) diag.Diagnostics {
	var diags diag.Diagnostics
	switch {
	case effect.Action == deprovision.CreateDisabled:
		diags = r.createEntry(ctx)
	case effect.Rewrites():
		diags = r.rewriteEntry(ctx)
	case effect.Action == deprovision.Disable:
		diags = r.setEntryStatus(ctx, azdps.StatusDisabled)
	case effect.Action == deprovision.Delete:
		diags = r.deleteEntry(ctx)
	}
	if !diags.HasError() && effect.Target != "" {
		r.ledger.did(effect)
	}
	return diags
}

// put writes the entry, and takes what is there afterwards for what is known. A failure is one of the outcome's words.
func (r entryWriter) put(
	ctx context.Context, body azdps.IndividualEnrollment, onlyIfUnchanged bool,
	ours func(azdps.IndividualEnrollment) bool,
) writes.Result[azdps.IndividualEnrollment] {
	defer r.reader.DPS().ForgetIndividualEnrollment(r.want.RegistrationID)
	var options *azdps.WriteOptions
	if onlyIfUnchanged {
		options = &azdps.WriteOptions{OnlyIfUnchanged: &body.ETag}
	}
	result := writes.Put(func() (azdps.IndividualEnrollment, error) {
		return r.reader.DPS().PutIndividualEnrollment(ctx, body, options)
	}, r.readEntry(ctx), ours)
	r.wrote(result)
	return result
}

// wrote takes what became of a write. Keys are dropped, as in the answer to a read.
func (r entryWriter) wrote(result writes.Result[azdps.IndividualEnrollment]) {
	r.ledger.touched = r.ledger.touched || result.Outcome == writes.Done || result.Outcome == writes.Unknown
	if now := result.Now; now != nil {
		now.Attestation.SymmetricKey = nil
		r.f = r.f.With(now)
	} else if result.Outcome == writes.Overtaken {
		r.f = r.f.With(nil)
	}
}

func (r entryWriter) readEntry(ctx context.Context) func() (*azdps.IndividualEnrollment, error) {
	return func() (*azdps.IndividualEnrollment, error) { return r.reader.Entry(ctx, r.want.RegistrationID) }
}

// createEntry makes the entry, born disabled: there is no moment in which it lets the device in.
func (r entryWriter) createEntry(ctx context.Context) diag.Diagnostics {
	evidence := r.evidence()
	mark := r.f.NewMark(r.want.reason, r.previous, evidence.Placed(), evidence.Astray())
	information, err := mark.DeviceInformation()
	if err != nil {
		return diag.Diagnostics{r.entryFailed("create", iotdiag.WriteIndividualEnrollment(), err)}
	}
	body := azdps.IndividualEnrollment{
		RegistrationID: r.want.RegistrationID, OptionalDeviceInformation: information,
		Enrollment: azdps.Enrollment{ProvisioningStatus: new(azdps.StatusDisabled), Attestation: r.want.attestation()},
	}
	if r.want.deviceID != "" {
		body.DeviceID = &r.want.deviceID
	}
	result := r.put(ctx, body, false, func(now azdps.IndividualEnrollment) bool {
		return now.Disabled() && mark.On(&now)
	})
	switch {
	case result.Outcome == writes.Refused, result.Contradicted():
		return diag.Diagnostics{r.entryFailed("create", iotdiag.WriteIndividualEnrollment(), result.Err)}
	case result.Outcome == writes.Overtaken:
		return diag.Diagnostics{r.entryAppeared()}
	case result.Outcome == writes.Unknown:
		// Nothing is known to be there, and the next create recognises what is.
		r.ledger.touched, r.ledger.unsure = false, true
		return diag.Diagnostics{r.entryUncertain(result.Err)}
	}
	diags := r.readBack(ctx, deprovision.Disabled)
	r.m.Entry = r.m.Entry.own(r.f.Entry)
	return diags
}

// attestation of a made entry: the device's certificate, or keys that the service makes and nobody keeps. A disabled
// entry blocks the device whatever way it proves itself (DPS, "How to disenroll").
func (w wanted) attestation() azdps.Attestation {
	if w.writable() == "" {
		return azdps.Attestation{Type: azdps.AttestationSymmetricKey, SymmetricKey: &azdps.SymmetricKey{}}
	}
	return azdps.Attestation{Type: azdps.AttestationX509, X509: &azdps.X509{
		ClientCertificates: &azdps.CertificateSlots{Primary: &azdps.Certificate{Certificate: w.writable()}},
	}}
}

// readBack asks DPS what it stored: an answer to a write may echo what was sent.
func (r entryWriter) readBack(ctx context.Context, want deprovision.Status) diag.Diagnostics {
	entry, err := r.reader.Entry(ctx, r.want.RegistrationID)
	if err != nil {
		return diag.Diagnostics{r.lookUpFailed(err)}
	}
	r.f = r.f.With(entry)
	if got := r.f.Enrollment(); got != want {
		return diag.Diagnostics{r.notStored(want, got)}
	}
	return nil
}

// setEntryStatus changes the status of an existing entry and nothing else. What it is built from is the record just
// read, with the members that we do not know; keys have to be sent along, or the service would make new ones.
func (r entryWriter) setEntryStatus(ctx context.Context, status string) diag.Diagnostics {
	goal, verb := deprovision.Status(status), verbFor(status)
	for range conflictTries {
		if r.f.Entry == nil {
			return diag.Diagnostics{r.entryVanished()}
		}
		switch {
		case goal == deprovision.Enabled && r.m.Entry.another(r.f.Entry):
			return diag.Diagnostics{r.entryMadeAnew()}
		case r.f.Enrollment() == goal:
			// Somebody else was first: what they disabled is not ours to enable again.
			r.m.Entry = r.m.Entry.disabledHere(*r.f.Entry, deprovision.Enabled)
			return nil
		}
		body, diags := r.withKeys(ctx, *r.f.Entry)
		if diags.HasError() {
			return diags
		}
		body.ProvisioningStatus = &status
		result := r.put(ctx, body, true, func(now azdps.IndividualEnrollment) bool {
			return facts.EntryStatus(&now) == goal
		})
		switch {
		case result.Outcome == writes.Done && !result.ByOthers:
			r.m.Entry = r.m.Entry.disabledHere(body, goal)
			return r.readBack(ctx, goal)
		case result.Outcome == writes.Refused, result.Outcome == writes.Unknown:
			return diag.Diagnostics{r.entryFailed(verb, iotdiag.WriteIndividualEnrollment(), result.Err)}
		} // Somebody else was faster: what is there now decides.
	}
	return diag.Diagnostics{r.entryContended()}
}

func verbFor(status string) string {
	if status == azdps.StatusEnabled {
		return "enable"
	}
	return "disable"
}

// withKeys fetches the symmetric keys of an entry for this write only. Those of an entry that was made to block do not
// matter, so that it can do without.
func (r entryWriter) withKeys(
	ctx context.Context, body azdps.IndividualEnrollment,
) (azdps.IndividualEnrollment, diag.Diagnostics) {
	if body.Attestation.Type != azdps.AttestationSymmetricKey {
		return body, nil
	}
	shown, err := r.reader.DPS().GetIndividualEnrollmentAttestation(ctx, r.want.RegistrationID)
	if err == nil {
		body.Attestation.SymmetricKey, err = shown.Keys()
	}
	if err == nil || facts.MarkOf(&body) != nil {
		return body, nil
	}
	return body, diag.Diagnostics{r.keysUnreadable(err)}
}

// rewriteEntry brings the mark, the device ID and the certificate of a made entry up to date; an adopted one is left
// as it is. How the device proves itself is never changed: whether DPS lets an entry change its attestation is not
// documented, and any attestation blocks.
func (r entryWriter) rewriteEntry(ctx context.Context) diag.Diagnostics {
	if r.f.Entry == nil {
		return diag.Diagnostics{r.entryVanished()}
	}
	if r.f.Mark == nil || !r.want.differsFrom(r.f.Entry) {
		return nil
	}
	unchanged := r.m.Entry.Digest == facts.Digest(r.f.Entry)
	body, diags := r.rewritten(ctx)
	if diags.HasError() {
		return diags
	}
	result := r.put(ctx, body, true, func(now azdps.IndividualEnrollment) bool {
		return now.Disabled() && facts.MarkOf(&now) != nil && !r.want.differsFrom(&now)
	})
	switch result.Outcome {
	case writes.Overtaken:
		return diag.Diagnostics{r.entryContended()}
	case writes.Refused, writes.Unknown:
		return diag.Diagnostics{r.entryFailed("change", iotdiag.WriteIndividualEnrollment(), result.Err)}
	default:
	}
	diags = r.readBack(ctx, deprovision.Disabled)
	if unchanged {
		r.m.Entry = r.m.Entry.own(r.f.Entry)
	}
	return diags
}

func (r entryWriter) rewritten(ctx context.Context) (azdps.IndividualEnrollment, diag.Diagnostics) {
	body, mark := *r.f.Entry, *r.f.Mark
	mark.Reason = r.want.reason
	information, err := mark.DeviceInformation()
	if err != nil {
		return body, diag.Diagnostics{r.entryFailed("change", iotdiag.WriteIndividualEnrollment(), err)}
	}
	body.ProvisioningStatus, body.OptionalDeviceInformation = new(azdps.StatusDisabled), information
	if r.want.deviceID != "" {
		body.DeviceID = &r.want.deviceID
	}
	if r.want.otherCertificate(r.f.Entry) {
		body.Attestation = r.want.attestation()
		return body, nil
	}
	return r.withKeys(ctx, body)
}

// deleteEntry deletes the entry, after looking once more whether a group could then let the device in.
func (r entryWriter) deleteEntry(ctx context.Context) diag.Diagnostics {
	groups, err := r.reader.FreshGroups(ctx)
	if err != nil {
		return diag.Diagnostics{r.lookUpFailed(err)}
	}
	r.f.Groups, r.f.Listed = groups, true
	if diags := refuseDelete(r.want, r.evidence()); diags.HasError() {
		return diags
	}
	return r.removeEntry(ctx)
}

func (r entryWriter) removeEntry(ctx context.Context) diag.Diagnostics {
	if r.f.Entry == nil {
		return nil
	}
	defer r.reader.DPS().ForgetIndividualEnrollment(r.want.RegistrationID)
	etag := r.f.Entry.ETag
	result := writes.Remove(func() error {
		return r.reader.DPS().DeleteIndividualEnrollment(
			ctx, r.want.RegistrationID, &azdps.WriteOptions{OnlyIfUnchanged: &etag})
	}, r.readEntry(ctx))
	r.wrote(result)
	if result.Outcome != writes.Done {
		return diag.Diagnostics{r.entryFailed("delete", iotdiag.DeleteIndividualEnrollment(), result.Err)}
	}
	r.f = r.f.With(nil)
	if diags := r.readBack(ctx, deprovision.Absent); diags.HasError() {
		return diags
	}
	r.seeRecordGone(ctx)
	return nil
}

// seeRecordGone looks whether DPS deleted the record with its entry: then nothing has let the device in since, and what
// is known of the whereabouts still holds. If that cannot be read, the next look takes the record for lost.
func (r entryWriter) seeRecordGone(ctx context.Context) {
	record, err := r.reader.Registration(ctx, r.want.RegistrationID)
	if err == nil && record == nil {
		r.m.Astray, r.f = r.evidence().Astray(), r.f.WithoutRecord()
	}
}

// checkRestore refuses to restore when the entry is not the one that was blocked, or cannot be written.
func (r entryWriter) checkRestore(ctx context.Context, effect deprovision.Effect) diag.Diagnostics {
	switch {
	case r.f.Entry == nil:
		return nil
	case effect.Action == deprovision.Delete && !r.ownUnchanged():
		return diag.Diagnostics{r.entryChanged()}
	case effect.Action == deprovision.Enable && r.m.Entry.another(r.f.Entry):
		return diag.Diagnostics{r.entryMadeAnew()}
	case effect.Action == deprovision.Enable:
		_, diags := r.withKeys(ctx, *r.f.Entry)
		return diags
	}
	return nil
}

func (r entryWriter) restoreEntry(ctx context.Context, effect deprovision.Effect) diag.Diagnostics {
	var diags diag.Diagnostics
	switch effect.Action {
	case deprovision.Enable:
		diags = r.setEntryStatus(ctx, azdps.StatusEnabled)
	case deprovision.Delete:
		diags = r.removeOwnEntry(ctx)
	default:
	}
	if diags.HasError() {
		return diags
	}
	for _, planned := range r.scope.Effects {
		r.ledger.did(planned) // Also what was left alone.
	}
	return r.groupsNow(ctx, effect)
}

// groupsNow finds the groups that decide when the entry is gone.
func (r entryWriter) groupsNow(ctx context.Context, effect deprovision.Effect) diag.Diagnostics {
	if effect.Action != deprovision.Delete {
		return nil
	}
	groups, err := r.reader.FreshGroups(ctx)
	if err != nil {
		return diag.Diagnostics{r.lookUpFailed(err)}
	}
	r.f.Groups, r.f.Listed = groups, true
	return nil
}

// ownUnchanged tells whether the entry is the one that this resource made and says what it said then.
func (r entryWriter) ownUnchanged() bool {
	return r.f.Mark != nil && r.m.Entry.Digest != "" && r.m.Entry.Digest == facts.Digest(r.f.Entry)
}

// removeOwnEntry deletes the entry that this resource made, unless somebody has changed it since.
func (r entryWriter) removeOwnEntry(ctx context.Context) diag.Diagnostics {
	if r.f.Entry != nil && !r.ownUnchanged() {
		return diag.Diagnostics{r.entryChanged()}
	}
	diags := r.removeEntry(ctx)
	if !diags.HasError() {
		r.m.Entry = entryMemory{}
	}
	return diags
}

func (s subject) entryFailed(verb string, needs iotdiag.Right, err error) diag.Diagnostic {
	return iotdiag.Failed(s.attempt(verb, nounEntry, s.id, s.host, needs), err)
}

func (s subject) keysUnreadable(err error) diag.Diagnostic {
	a := s.attempt("read the keys of", nounEntry, s.id, s.host, iotdiag.ReadKeys())
	a.Afterwards = "A write of a symmetric-key entry has to send its keys along, or the service would make new ones."
	return iotdiag.Failed(a, err)
}

func (s subject) entryUncertain(err error) diag.Diagnostic {
	a := s.attempt("create", nounEntry, s.id, s.host, iotdiag.WriteIndividualEnrollment())
	a.Afterwards = "The entry may have been written all the same. Then it is disabled and carries the mark of this " +
		"resource, and the next apply recognises it."
	return iotdiag.Failed(a, err)
}

func (s subject) entryVanished() diag.Diagnostic {
	return s.plainError("The plan is stale", fmt.Sprintf(
		"The individual enrollment %q was deleted after the plan was made. Plan again.", s.id))
}

func (s subject) entryContended() diag.Diagnostic {
	return s.plainError("Individual enrollment keeps changing", fmt.Sprintf(
		"Somebody else changed the individual enrollment %q at every one of %d tries. Find out who, then plan again.",
		s.id, conflictTries))
}

func (s subject) entryChanged() diag.Diagnostic {
	return s.plainError("Individual enrollment was changed", fmt.Sprintf(
		"Somebody else has changed the individual enrollment %q since this resource made it. It is left as it is; delete it "+
			"yourself if the device is to be let in.", s.id))
}

func (s subject) notStored(want, got deprovision.Status) diag.Diagnostic {
	return s.plainError("DPS did not store the change", fmt.Sprintf(
		"The individual enrollment %q was written to be %s and reads %s. Plan again; if it stays so, ask Azure support.",
		s.id, want, got))
}

// entryMadeAnew is the error of a restore that meets another entry than the one that was disabled.
func (s subject) entryMadeAnew() diag.Diagnostic {
	return s.plainError("Individual enrollment was made anew", fmt.Sprintf(
		"The individual enrollment %q is not the one that this resource disabled: somebody else has deleted it and made "+
			"another. It is left as it is. Plan again.", s.id))
}
