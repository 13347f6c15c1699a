// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"fmt"

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
	marked := newMark(e.want.reason, e.found)
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
	if _, err := e.asker.DPS().PutIndividualEnrollment(ctx, body, nil); err != nil {
		return e.createdAfterAll(ctx, marked, err)
	}
	e.touched = true
	return e.readBack(ctx, deprovision.Disabled)
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
	if !azrest.IsConflict(failure) && !azrest.IsTransport(failure) && !serverFault(failure) {
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
	e.touched = true
	e.takeEntry(entry)
	return nil
}

func serverFault(err error) bool {
	fault, ok := azrest.AsError(err)
	return ok && fault.Status >= 500
}

// takeEntry makes entry what is known of the individual enrollment.
func (e *enforcement) takeEntry(entry *azdps.IndividualEnrollment) {
	e.entry = entry
	e.now.picture.Enrollment = facts.EntryStatus(entry)
	if entry != nil {
		e.memory.EntryETag, e.memory.EntryChanged = string(entry.ETag), false
	}
	e.assess()
}

// readBack asks DPS what it stored: an answer to a write may echo what was sent.
func (e *enforcement) readBack(ctx context.Context, want deprovision.Status) diagnostics {
	entry, err := e.asker.Entry(ctx, e.want.registrationID)
	if err != nil {
		return diagnostics{e.lookUpFailed(err)}
	}
	e.takeEntry(entry)
	if got := e.now.picture.Enrollment; got != want {
		return diagnostics{e.notStored(want, got)}
	}
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
		_, err := e.asker.DPS().PutIndividualEnrollment(ctx, body, &azdps.WriteOptions{OnlyIfUnchanged: &body.ETag})
		if err == nil {
			e.touched = true
			return e.readBack(ctx, goal)
		}
		if !azrest.IsPreconditionFailed(err) {
			return diagnostics{e.entryFailed(verbFor(goal), iotdiag.WriteIndividualEnrollment(), err)}
		}
		if diags := e.readEntry(ctx); diags.HasError() {
			return diags
		}
	}
	return diagnostics{e.entryContended()}
}

func verbFor(status deprovision.Status) string {
	if status == deprovision.Enabled {
		return "enable"
	}
	return "disable"
}

func (e *enforcement) readEntry(ctx context.Context) diagnostics {
	entry, err := e.asker.Entry(ctx, e.want.registrationID)
	if err != nil {
		return diagnostics{e.lookUpFailed(err)}
	}
	e.takeEntry(entry)
	return nil
}

// addKeys fetches the symmetric keys of an entry that is somebody else's, for this write only. Those of an entry that
// was made to block do not matter.
func (e *enforcement) addKeys(ctx context.Context, body *azdps.IndividualEnrollment) diagnostics {
	if _, ours := markOf(body); ours || body.Attestation.Type != azdps.AttestationSymmetricKey {
		return nil
	}
	shown, err := e.asker.DPS().GetIndividualEnrollmentAttestation(ctx, e.want.registrationID)
	if err != nil {
		return diagnostics{e.keysUnreadable(err)}
	}
	if shown.SymmetricKey == nil || shown.SymmetricKey.PrimaryKey == "" {
		return diagnostics{e.keysUnreadable(fmt.Errorf("the service showed no keys"))}
	}
	body.Attestation.SymmetricKey = shown.SymmetricKey
	return nil
}

// rewriteEntry brings the mark and the certificate of a made entry up to date; an adopted one is left as it is.
func (e *enforcement) rewriteEntry(ctx context.Context) diagnostics {
	marked, ours := markOf(e.entry)
	if !ours || !e.rewriting(marked) {
		return nil
	}
	marked.Reason = e.want.reason
	information, err := marked.deviceInformation()
	if err != nil {
		return diagnostics{e.entryFailed("change", iotdiag.WriteIndividualEnrollment(), err)}
	}
	body := *e.entry
	status := azdps.StatusDisabled
	body.ProvisioningStatus, body.OptionalDeviceInformation = &status, information
	if e.want.leafPEM != "" {
		body.Attestation = e.attestation()
	}
	if e.want.deviceID != "" {
		body.DeviceID = &e.want.deviceID
	}
	_, err = e.asker.DPS().PutIndividualEnrollment(ctx, body, &azdps.WriteOptions{OnlyIfUnchanged: &body.ETag})
	if err != nil {
		return diagnostics{e.entryFailed("change", iotdiag.WriteIndividualEnrollment(), err)}
	}
	e.touched = true
	return e.readBack(ctx, deprovision.Disabled)
}

// rewriting tells whether a made entry differs from what is wanted of it.
func (e *enforcement) rewriting(marked mark) bool {
	if marked.Reason != e.want.reason {
		return true
	}
	if e.want.deviceID != "" && (e.entry.DeviceID == nil || *e.entry.DeviceID != e.want.deviceID) {
		return true
	}
	return e.want.leafPEM != "" && !facts.Holds(e.entry, e.want.leaf.ThumbprintSHA256)
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
	etag := e.entry.ETag
	err := e.asker.DPS().DeleteIndividualEnrollment(ctx, e.want.registrationID,
		&azdps.WriteOptions{OnlyIfUnchanged: &etag})
	if err != nil && !azrest.IsNotFound(err) {
		return diagnostics{e.entryFailed("delete", iotdiag.DeleteIndividualEnrollment(), err)}
	}
	e.touched = true
	e.memory.EntryETag = ""
	return e.readBack(ctx, deprovision.Absent)
}

func (e *enforcement) deleteRegistration(ctx context.Context, effect deprovision.Effect) diagnostics {
	err := e.asker.DPS().DeleteRegistration(ctx, e.want.registrationID, nil)
	if err != nil && !azrest.IsNotFound(err) {
		return diagnostics{e.registrationFailed(err)}
	}
	e.touched = true
	e.did(effect)
	return nil
}
