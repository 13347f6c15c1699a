// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"errors"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

// conflictTries bounds how often a write is tried again on what somebody else has changed meanwhile.
const conflictTries = 5

// createEntry makes the entry, born disabled: there is no moment in which it lets the device in.
func (e *enforcement) createEntry(ctx context.Context) diagnostics {
	marked := newMark(e.want.reason, e.now.previous.Identities, e.found)
	information, err := marked.deviceInformation()
	if err != nil {
		return diagnostics{e.entryFailed("create", iotdiag.WriteIndividualEnrollment(), err)}
	}
	status := azdps.StatusDisabled
	body := azdps.IndividualEnrollment{
		RegistrationID: e.want.registrationID, ProvisioningStatus: &status,
		Attestation: e.attestation(), OptionalDeviceInformation: information,
	}
	if e.want.deviceID != "" {
		body.DeviceID = &e.want.deviceID
	}
	answer, err := e.asker.DPS().PutIndividualEnrollment(ctx, body, nil)
	if err == nil {
		e.wrote(answer)
	} else if diags := e.createdAfterAll(ctx, marked, err); diags.HasError() {
		return diags
	}
	e.touched = true
	diags := e.readBack(ctx, deprovision.Disabled)
	e.own()
	return diags
}

// own remembers what the entry that this resource has just written says.
func (e *enforcement) own() {
	if _, ours := markOf(e.entry); ours {
		e.memory.EntryDigest, e.memory.EntryChanged = digestOf(e.entry), false
	}
}

// recognise takes over an entry that this resource made earlier, of which the state knows nothing: what it said then is
// not known, but what this resource never writes is somebody else's.
func (e *enforcement) recognise() {
	if e.memory.EntryDigest != "" {
		return
	}
	if e.own(); !pristine(e.entry) {
		e.memory.EntryDigest, e.memory.EntryChanged = "", true
	}
}

// attestation of a made entry: the device's certificate, or keys that the service makes and nobody keeps. A disabled
// entry blocks the device whatever way it proves itself (DPS, "How to disenroll").
func (e *enforcement) attestation() azdps.Attestation {
	if e.want.leafPEM == "" {
		return azdps.Attestation{Type: azdps.AttestationSymmetricKey, SymmetricKey: &azdps.SymmetricKey{}}
	}
	return azdps.Attestation{Type: azdps.AttestationX509, X509: &azdps.X509{
		ClientCertificates: &azdps.CertificateSlots{Primary: &azdps.Certificate{Certificate: e.want.leafPEM}},
	}}
}

// createdAfterAll looks whether a create that failed was carried out all the same: when its answer was lost, trying
// again ends in a conflict with our own entry.
func (e *enforcement) createdAfterAll(ctx context.Context, written mark, failure error) diagnostics {
	if !azrest.IsConflict(failure) && !uncertain(failure) {
		return diagnostics{e.entryFailed("create", iotdiag.WriteIndividualEnrollment(), failure)}
	}
	entry, err := e.asker.Entry(ctx, e.want.registrationID)
	switch {
	case err != nil:
		return diagnostics{e.entryUncertain(failure)}
	case entry == nil:
		return diagnostics{e.entryFailed("create", iotdiag.WriteIndividualEnrollment(), failure)}
	case !entry.Disabled() || !sameMark(entry, written):
		return diagnostics{e.entryAppeared()}
	}
	e.takeEntry(entry)
	return nil
}

// uncertain tells whether a call that failed may have been carried out all the same, in this or an earlier try.
func uncertain(err error) bool {
	if fault, ok := azrest.AsError(err); ok {
		return fault.Uncertain || fault.Status >= 500
	}
	return azrest.IsTransport(err)
}

// takeEntry makes entry what is known of the individual enrollment.
func (e *enforcement) takeEntry(entry *azdps.IndividualEnrollment) {
	e.entry = entry
	e.now.picture.Enrollment = facts.EntryStatus(entry)
	e.assess()
}

// wrote takes what DPS answered to a write, which may be no more than an echo, until the entry is read back. Keys are
// dropped, as in the answer to a read.
func (e *enforcement) wrote(answer azdps.IndividualEnrollment) {
	answer.Attestation.SymmetricKey = nil
	e.touched = true
	e.takeEntry(&answer)
}

// readBack asks DPS what it stored: an answer to a write may echo what was sent.
func (e *enforcement) readBack(ctx context.Context, want deprovision.Status) diagnostics {
	if diags := e.readEntry(ctx); diags.HasError() {
		return diags
	}
	if got := e.now.picture.Enrollment; got != want {
		return diagnostics{e.notStored(want, got)}
	}
	return nil
}

func (e *enforcement) readEntry(ctx context.Context) diagnostics {
	entry, err := e.asker.Entry(ctx, e.want.registrationID)
	if err != nil {
		return diagnostics{e.lookUpFailed(err)}
	}
	e.takeEntry(entry)
	return nil
}

// setEntryStatus changes the status of an existing entry and nothing else. What it is built from is the record just
// read, with the members that we do not know; keys have to be sent along, or the service would make new ones.
func (e *enforcement) setEntryStatus(ctx context.Context, status string) diagnostics {
	goal := deprovision.Status(status)
	for range conflictTries {
		if e.now.picture.Enrollment == goal {
			return nil
		}
		if e.entry == nil {
			return diagnostics{e.entryVanished()}
		}
		body := *e.entry
		if diags := e.addKeys(ctx, &body); diags.HasError() {
			return diags
		}
		body.ProvisioningStatus = &status
		options := &azdps.WriteOptions{OnlyIfUnchanged: &body.ETag}
		answer, err := e.asker.DPS().PutIndividualEnrollment(ctx, body, options)
		if err == nil {
			e.wrote(answer)
			return e.readBack(ctx, goal)
		}
		if diags := e.met(ctx, err, verbFor(goal), iotdiag.WriteIndividualEnrollment(), goal); diags.HasError() {
			return diags
		}
	}
	return diagnostics{e.entryContended()}
}

// met reads an entry again whose write failed: somebody else may have changed it first, or the write may have been
// carried out all the same. It is an error where neither explains the failure.
func (e *enforcement) met(
	ctx context.Context, failure error, verb string, needs iotdiag.Right, goal deprovision.Status,
) diagnostics {
	conflict := azrest.IsPreconditionFailed(failure)
	if !conflict && !uncertain(failure) {
		return diagnostics{e.entryFailed(verb, needs, failure)}
	}
	before := e.touched
	e.touched = before || uncertain(failure)
	if diags := e.readEntry(ctx); diags.HasError() {
		return diags
	}
	if e.now.picture.Enrollment != goal {
		e.touched = before
		if !conflict {
			return diagnostics{e.entryFailed(verb, needs, failure)}
		}
	}
	return nil
}

func verbFor(status deprovision.Status) string {
	if status == deprovision.Enabled {
		return "enable"
	}
	return "disable"
}

// addKeys fetches the symmetric keys of an entry for this write only. Those of an entry that was made to block do not
// matter, so that it can do without.
func (e *enforcement) addKeys(ctx context.Context, body *azdps.IndividualEnrollment) diagnostics {
	if body.Attestation.Type != azdps.AttestationSymmetricKey {
		return nil
	}
	shown, err := e.asker.DPS().GetIndividualEnrollmentAttestation(ctx, e.want.registrationID)
	_, ours := markOf(body)
	switch {
	case err == nil && shown.SymmetricKey != nil && shown.SymmetricKey.PrimaryKey != "":
		body.Attestation.SymmetricKey = shown.SymmetricKey
		return nil
	case ours:
		return nil
	case err == nil:
		err = errors.New("the service showed no keys")
	}
	return diagnostics{e.keysUnreadable(err)}
}

// rewriteEntry brings the mark, the device ID and the certificate of a made entry up to date; an adopted one is left
// as it is. How the device proves itself is never changed: whether DPS lets an entry change its attestation is not
// documented, and any attestation blocks.
func (e *enforcement) rewriteEntry(ctx context.Context) diagnostics {
	marked, ours := markOf(e.entry)
	if !ours || !e.rewriting(marked) {
		return nil
	}
	unchanged := e.memory.EntryDigest == digestOf(e.entry)
	marked.Reason = e.want.reason
	information, err := marked.deviceInformation()
	if err != nil {
		return diagnostics{e.entryFailed("change", iotdiag.WriteIndividualEnrollment(), err)}
	}
	body := *e.entry
	status := azdps.StatusDisabled
	body.ProvisioningStatus, body.OptionalDeviceInformation = &status, information
	if e.otherCertificate() {
		body.Attestation = e.attestation()
	} else if diags := e.addKeys(ctx, &body); diags.HasError() {
		return diags
	}
	if e.want.deviceID != "" {
		body.DeviceID = &e.want.deviceID
	}
	_, err = e.asker.DPS().PutIndividualEnrollment(ctx, body, &azdps.WriteOptions{OnlyIfUnchanged: &body.ETag})
	if err != nil && !e.rewrittenAfterAll(ctx, err) {
		return diagnostics{e.entryFailed("change", iotdiag.WriteIndividualEnrollment(), err)}
	}
	e.touched = true
	diags := e.readBack(ctx, deprovision.Disabled)
	if unchanged {
		e.own()
	}
	return diags
}

// rewrittenAfterAll looks whether a rewrite that failed was carried out all the same: its answer was lost.
func (e *enforcement) rewrittenAfterAll(ctx context.Context, failure error) bool {
	if !uncertain(failure) || e.readEntry(ctx).HasError() {
		return false
	}
	marked, ours := markOf(e.entry)
	return ours && e.entry.Disabled() && !e.rewriting(marked)
}

// rewriting tells whether a made entry differs from what is wanted of it.
func (e *enforcement) rewriting(marked mark) bool {
	return marked.Reason != e.want.reason || e.otherCertificate() ||
		e.want.deviceID != "" && (e.entry.DeviceID == nil || *e.entry.DeviceID != e.want.deviceID)
}

// otherCertificate tells whether a made entry holds another certificate than the wanted one.
func (e *enforcement) otherCertificate() bool {
	return e.want.leafPEM != "" && e.entry.Attestation.Type == azdps.AttestationX509 &&
		!facts.Holds(e.entry, e.want.leaf.ThumbprintSHA256)
}

// deleteEntry deletes the entry, after looking once more whether a group would then let the device in.
func (e *enforcement) deleteEntry(ctx context.Context) diagnostics {
	groups, err := e.asker.FreshGroups(ctx)
	if err != nil {
		return diagnostics{e.lookUpFailed(err)}
	}
	if diags := e.refuseDelete(e.reenrollPaths(groups)); diags.HasError() {
		return diags
	}
	return e.removeEntry(ctx)
}

func (e *enforcement) removeEntry(ctx context.Context) diagnostics {
	if e.entry == nil {
		return nil
	}
	etag, absent := e.entry.ETag, deprovision.Absent
	err := e.asker.DPS().DeleteIndividualEnrollment(
		ctx, e.want.registrationID, &azdps.WriteOptions{OnlyIfUnchanged: &etag})
	if err != nil && !azrest.IsNotFound(err) {
		diags := e.met(ctx, err, "delete", iotdiag.DeleteIndividualEnrollment(), absent)
		if !diags.HasError() && e.entry != nil {
			diags.Append(e.entryFailed("delete", iotdiag.DeleteIndividualEnrollment(), err))
		}
		return diags
	}
	e.touched = true
	e.takeEntry(nil)
	return e.readBack(ctx, absent)
}

func (e *enforcement) deleteRegistration(ctx context.Context, effect deprovision.Effect) diagnostics {
	err := e.asker.DPS().DeleteRegistration(ctx, e.want.registrationID, nil)
	if err != nil && !azrest.IsNotFound(err) {
		e.touched = e.touched || uncertain(err)
		return diagnostics{e.registrationFailed(err)}
	}
	e.touched = true
	e.did(effect)
	return nil
}
