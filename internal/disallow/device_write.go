// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

// conflictTries bounds how often a write is tried again on what somebody else has changed meanwhile.
const conflictTries = 5

// Nouns of what is written, as the services name it.
const (
	nounEntry    = "individual enrollment"
	nounIdentity = "device identity"
)

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
		case result.Outcome == writes.Unknown:
			r.ledger.maybe = goal
			return diag.Diagnostics{r.entryFailed(verb, iotdiag.WriteIndividualEnrollment(), result.Err)}
		case result.Outcome == writes.Refused:
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

// unplace has the mark of an entry that was just made take back that it is known where the device can have an identity:
// whoever has nothing but the mark to go by believes it as long as nobody else has written the entry.
func (r entryWriter) unplace(ctx context.Context) diag.Diagnostics {
	made := r.scope.Of(deprovision.TargetEnrollment).Action == deprovision.CreateDisabled
	if !made || r.f.Mark == nil || !r.f.Mark.Placed || r.evidence().Placed() {
		return nil
	}
	mark := *r.f.Mark
	mark.Placed, mark.Astray = false, r.evidence().Astray()
	information, err := mark.DeviceInformation()
	if err != nil {
		return diag.Diagnostics{r.entryFailed("change", iotdiag.WriteIndividualEnrollment(), err)}
	}
	body, diags := r.withKeys(ctx, *r.f.Entry)
	if diags.HasError() {
		return diags
	}
	body.OptionalDeviceInformation = information
	result := r.put(ctx, body, true, func(now azdps.IndividualEnrollment) bool { return now.Disabled() && mark.On(&now) })
	if result.Outcome != writes.Done {
		return diag.Diagnostics{r.entryFailed("change", iotdiag.WriteIndividualEnrollment(), result.Err)}
	}
	diags = r.readBack(ctx, deprovision.Disabled)
	r.m.Entry = r.m.Entry.own(r.f.Entry)
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
	if result.Outcome == writes.Unknown {
		r.ledger.maybe = deprovision.Absent
	}
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

// differsFrom tells whether a made entry says something else than is wanted of it.
func (w wanted) differsFrom(entry *azdps.IndividualEnrollment) bool {
	mark := facts.MarkOf(entry)
	return mark == nil || mark.Reason != w.reason || w.otherCertificate(entry) ||
		w.deviceID != "" && (entry.DeviceID == nil || *entry.DeviceID != w.deviceID)
}

// otherCertificate tells whether a made entry holds another certificate than the wanted one.
func (w wanted) otherCertificate(entry *azdps.IndividualEnrollment) bool {
	return w.writable() != "" && entry.Attestation.Type == azdps.AttestationX509 &&
		!facts.Holds(entry, w.leaf.link.ThumbprintSHA256)
}

// identityWriter is a run that works on identities.
type identityWriter struct{ *run }

// dispose disables or deletes an identity that was just read. A write that meets somebody else's change is tried again
// on what is there then.
func (r identityWriter) dispose(
	ctx context.Context, id deprovision.IdentityID, effect deprovision.Effect,
) diag.Diagnostics {
	for range conflictTries {
		identity := r.f.Identities[id]
		switch {
		case identity.Status == deprovision.Unreachable:
			return diag.Diagnostics{r.identityUnread(id, identity)}
		case identity.Status == deprovision.Absent && effect.To != deprovision.Absent:
			return diag.Diagnostics{r.identityVanished(id)}
		case r.another(id, identity):
			return diag.Diagnostics{r.identityMadeAnew(id)}
		}
		settled, diags := r.disposeOnce(ctx, id, effect)
		if diags.HasError() {
			return diags
		}
		if settled {
			r.ledger.did(effect)
			return nil
		}
	}
	return diag.Diagnostics{r.identityContended(id)}
}

// another tells whether an identity was made anew since the run began, and may be somebody else's machine by now: no
// certificate proves it.
func (r identityWriter) another(id deprovision.IdentityID, identity facts.Identity) bool {
	before := r.first[id].Device
	return before != nil && !identity.Proven && identity.MadeAnew(before.GenerationID)
}

// disposeOnce brings an identity to its goal; settled is false when somebody else has changed it meanwhile.
func (r identityWriter) disposeOnce(
	ctx context.Context, id deprovision.IdentityID, effect deprovision.Effect,
) (settled bool, diags diag.Diagnostics) {
	identity := r.f.Identities[id]
	switch {
	case identity.Status == deprovision.Absent:
		return true, nil
	case effect.Action == deprovision.Delete:
		return r.deleteIdentity(ctx, id)
	}
	device, shown := *identity.Device, identity.Device.StatusReason
	reason := r.reasonToShow(shown)
	if identity.Status == deprovision.Disabled && (!effect.Rewrites() || sameText(shown, reason)) {
		// Somebody else was first, unless it shows the reason of this block: then an answer to it was lost.
		if r.want.reason != "" && sameText(shown, &r.want.reason) {
			r.hold(id, *identity.Device, shown, shown)
		}
		return true, nil
	}
	device.Status, device.StatusReason = aziothub.StatusDisabled, reason
	settled, diags = r.putIdentity(ctx, id, device)
	if settled && !diags.HasError() {
		r.hold(id, *r.f.Identities[id].Device, shown, reason)
	}
	return settled, diags
}

// hold notes an identity that was disabled here. The reason that stood there first stays noted.
func (r identityWriter) hold(id deprovision.IdentityID, device aziothub.Device, before, wrote *string) {
	if kept := r.m.identity(id).Held; kept != nil && kept.Generation == device.GenerationID {
		before = kept.Before
	}
	r.m = r.m.holding(id, &held{Generation: device.GenerationID, Before: before, Wrote: wrote})
}

// reasonToShow is the status reason of a disabled identity that shows another now: the wanted one; without one, none
// where an earlier apply wrote what is shown.
func (r identityWriter) reasonToShow(shown *string) *string {
	switch {
	case r.want.reason != "":
		return &r.want.reason
	case shown != nil && r.scope.formerReason != "" && *shown == r.scope.formerReason:
		return nil
	}
	return shown
}

// putIdentity writes an identity, which replaces it whole. The hub's answer says what is stored; without one, and where
// it may be an echo, the identity is read back.
func (r identityWriter) putIdentity(
	ctx context.Context, id deprovision.IdentityID, device aziothub.Device,
) (settled bool, diags diag.Diagnostics) {
	if device.HidesKeys() {
		return false, diag.Diagnostics{r.identityKeysHidden(id)}
	}
	verb := verbFor(device.Status)
	hub, err := r.services.Hub(id.Host, azure.HubFound)
	if err != nil {
		return false, diag.Diagnostics{r.identityFailed(verb, id, err)}
	}
	etag := device.ETag
	result := writes.Put(func() (aziothub.Device, error) {
		return hub.PutDevice(ctx, device, &aziothub.WriteOptions{OnlyIfUnchanged: &etag})
	}, r.readIdentity(ctx, id), func(now aziothub.Device) bool { return now.StandsAs(device) })
	switch {
	case result.ByOthers:
		return false, nil
	case result.Outcome == writes.Done && storedAfter(device, *result.Now):
		r.ledger.touched = true
		return r.reader.Answered(r.question(), r.f, id, *result.Now).Device.StandsAs(device), nil
	}
	return r.settle(ctx, id, verb, result.Outcome, result.Err, func(now facts.Identity) bool {
		return now.Device != nil && now.Device.StandsAs(device)
	})
}

// storedAfter tells whether an answer to a write says what the hub has stored, so that it need not be read back: each
// write moves the identity's ETag, and an answer without another one may echo what was sent.
func storedAfter(sent, answer aziothub.Device) bool {
	return answer.DeviceID == sent.DeviceID && answer.GenerationID == sent.GenerationID && answer.ETag != "" &&
		answer.ETag != sent.ETag
}

func (r identityWriter) deleteIdentity(
	ctx context.Context, id deprovision.IdentityID,
) (settled bool, diags diag.Diagnostics) {
	hub, err := r.services.Hub(id.Host, azure.HubFound)
	if err != nil {
		return false, diag.Diagnostics{r.identityFailed("delete", id, err)}
	}
	etag := r.f.Identities[id].Device.ETag
	result := writes.Remove(func() error {
		return hub.DeleteDevice(ctx, id.DeviceID, &aziothub.WriteOptions{OnlyIfUnchanged: &etag})
	}, r.readIdentity(ctx, id))
	return r.settle(ctx, id, "delete", result.Outcome, result.Err, func(now facts.Identity) bool {
		return now.Status == deprovision.Absent
	})
}

// readIdentity reads what became of a write.
func (r identityWriter) readIdentity(ctx context.Context, id deprovision.IdentityID) func() (*aziothub.Device, error) {
	return func() (*aziothub.Device, error) {
		identity := r.reread(ctx, id)
		if identity.Status == deprovision.Unreachable {
			return nil, identity.Unread()
		}
		return identity.Device, nil
	}
}

// settle reads back what a write has led to.
func (r identityWriter) settle(
	ctx context.Context, id deprovision.IdentityID, verb string, outcome writes.Outcome, failure error,
	reached func(facts.Identity) bool,
) (settled bool, diags diag.Diagnostics) {
	r.ledger.touched = r.ledger.touched || outcome == writes.Done || outcome == writes.Unknown
	switch outcome {
	case writes.Overtaken:
		return false, nil
	case writes.Refused, writes.Unknown:
		return false, diag.Diagnostics{r.identityFailed(verb, id, failure)}
	default:
	}
	now := r.reread(ctx, id)
	if now.Status == deprovision.Unreachable {
		return false, diag.Diagnostics{r.identityUnread(id, now)}
	}
	return reached(now), nil
}

// restore enables an identity that was disabled here, if it is still the same one, and disabled for no reason
// of somebody else's.
func (r identityWriter) restore(
	ctx context.Context, id deprovision.IdentityID, effect deprovision.Effect,
) diag.Diagnostics {
	for range conflictTries {
		identity, kept := r.reread(ctx, id), r.m.identity(id).Held
		switch {
		case identity.Status == deprovision.Unreachable:
			return diag.Diagnostics{r.identityUnread(id, identity)}
		case identity.Status == deprovision.Absent:
			return diag.Diagnostics{r.identityVanished(id)}
		case kept != nil && identity.MadeAnew(kept.Generation):
			return diag.Diagnostics{r.identityMadeAnew(id)}
		case identity.Status == deprovision.Enabled:
			r.released(id, effect)
			return nil
		case !kept.ours(identity):
			return diag.Diagnostics{r.identityDisabledElsewhere(id, identity)}
		}
		device := *identity.Device
		device.Status, device.StatusReason = aziothub.StatusEnabled, r.reasonBefore(id, device.StatusReason)
		settled, diags := r.putIdentity(ctx, id, device)
		if diags.HasError() {
			return diags
		}
		if settled {
			r.released(id, effect)
			return nil
		}
	}
	return diag.Diagnostics{r.identityContended(id)}
}

// reasonBefore is the reason that stood there before the block, where the block wrote another.
func (r identityWriter) reasonBefore(id deprovision.IdentityID, shown *string) *string {
	if held := r.m.identity(id).Held; shown != nil && sameText(shown, held.Wrote) {
		return held.Before
	}
	return shown
}

// released notes an identity that is enabled again; a later block finds it anew.
func (r identityWriter) released(id deprovision.IdentityID, effect deprovision.Effect) {
	r.m = r.m.holding(id, nil)
	r.ledger.did(effect)
}

// identityRights are what writing an identity takes.
func identityRights(verb string) iotdiag.Right {
	if verb == "delete" {
		return iotdiag.DeleteDeviceIdentity()
	}
	return iotdiag.WriteDeviceIdentity()
}

func (s subject) identityFailed(verb string, id deprovision.IdentityID, err error) diag.Diagnostic {
	return iotdiag.Failed(s.attempt(verb, nounIdentity, id.DeviceID, id.Host, identityRights(verb)), err)
}

// identityKeysHidden is an error before the write that would destroy the device's keys.
func (s subject) identityKeysHidden(id deprovision.IdentityID) diag.Diagnostic {
	return s.plainError("Cannot disable device identity", fmt.Sprintf(
		"%s does not show the keys of the device identity %q. A write has to send them along, or the hub would make new "+
			"ones and restoring could not bring the device back. Reading them needs the data action %s, or the permission "+
			"%s of a shared access policy. hub_identity_action = \"delete\" needs no keys.", id.Host, id.DeviceID,
		iotdiag.ReadDeviceIdentity().DataAction, iotdiag.ReadDeviceIdentity().Permission))
}

func (s subject) identityVanished(id deprovision.IdentityID) diag.Diagnostic {
	return s.plainError("The plan is stale", fmt.Sprintf(
		"The device identity %q was deleted from %s after the plan was made. Plan again.", id.DeviceID, id.Host))
}

func (s subject) identityContended(id deprovision.IdentityID) diag.Diagnostic {
	return s.plainError("Device identity keeps changing", fmt.Sprintf(
		"Somebody else changed the device identity %q in %s at every one of %d tries. Find out who, then apply again.",
		id.DeviceID, id.Host, conflictTries))
}

func (s subject) identityMadeAnew(id deprovision.IdentityID) diag.Diagnostic {
	return s.plainError("Device identity was made anew", fmt.Sprintf(
		"The device identity %q in %s is not the one that was looked at before: it was deleted and made again, and may be "+
			"another machine's. It is left as it is. Plan again.", id.DeviceID, id.Host))
}

func (s subject) identityDisabledElsewhere(id deprovision.IdentityID, identity facts.Identity) diag.Diagnostic {
	shown := "no reason"
	if reason := identity.Device.StatusReason; reason != nil {
		shown = fmt.Sprintf("the reason %q", *reason)
	}
	return s.plainError("Device identity was disabled elsewhere", fmt.Sprintf(
		"The device identity %q in %s shows %s, which this resource did not write: somebody else has disabled it since. It "+
			"is left as it is. Plan again.", id.DeviceID, id.Host, shown))
}

func (s subject) identityUnread(id deprovision.IdentityID, identity facts.Identity) diag.Diagnostic {
	return iotdiag.Failed(s.attempt("read", nounIdentity, id.DeviceID, id.Host, iotdiag.ReadDeviceIdentity()),
		identity.Unread())
}

// hubUnread warns of a hub that could not be read; the rest stays readable.
func (s subject) hubUnread(id deprovision.IdentityID, identity facts.Identity) diag.Diagnostic {
	a := s.attempt("read", nounIdentity, id.DeviceID, id.Host, iotdiag.ReadDeviceIdentity())
	a.Afterwards = fmt.Sprintf("Whether the device %q is blocked there is not known.", s.id)
	return iotdiag.Warned(a, identity.Unread())
}
