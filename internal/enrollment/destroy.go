// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"fmt"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

// destroy does what on_destroy says.
func (w *writer) destroy(
	ctx context.Context, state model, fate iotplan.Fate, remembered memory,
) diag.Diagnostics {
	switch {
	case state.OnDestroy.ValueString() == iotplan.DestroyPrevent:
		return diag.Diagnostics{iotplan.Prevented(w.kind.noun, w.id, w.host, "destroy")}
	case deletesAsShown(state, fate) && shownETag(fate, remembered) != "":
		return w.removeAsShown(ctx, state, fate, shownETag(fate, remembered))
	}
	found, err := w.find(ctx)
	if err != nil {
		return diag.Diagnostics{w.readFailed(err)}
	}
	return w.destroyFound(ctx, state, fate, found)
}

// deletesAsShown tells whether a delete is all that there is to do, if the entry is what the plan of the destroy has
// shown: it has the same status as in state.
func deletesAsShown(state model, fate iotplan.Fate) bool {
	status := state.ProvisioningStatus.ValueString()
	shown := fate.Seen != nil && status != "" && fate.Seen.Status == status
	return deletes(state) && shown && !state.DeleteRegistrations.ValueBool()
}

func deletes(state model) bool {
	onDestroy := state.OnDestroy.ValueString()
	return onDestroy != iotplan.DestroyKeep && onDestroy != iotplan.DestroyDisable
}

// shownETag is the one with which the entry was what the plan of the destroy has shown; a plan of an earlier version
// has only shown state.
func shownETag(fate iotplan.Fate, remembered memory) azcore.ETag {
	if fate.Seen != nil && fate.Seen.ETag != "" {
		return azcore.ETag(fate.Seen.ETag)
	}
	return remembered.ETag
}

// removeAsShown deletes the entry without reading it, only while it has the ETag with which it was shown. One that has
// another by now is read, and judged by what it is.
func (w *writer) removeAsShown(
	ctx context.Context, state model, fate iotplan.Fate, etag azcore.ETag,
) diag.Diagnostics {
	was := state.ProvisioningStatus.ValueString()
	removed := writes.Remove(func() error {
		err := w.store.remove(ctx, w.id, &azdps.WriteOptions{OnlyIfUnchanged: &etag})
		if azrest.IsNotFound(err) {
			was = ""
		}
		return err
	}, func() (*entry, error) { return w.find(ctx) })
	switch removed.Outcome {
	case writes.Overtaken:
		return w.destroyFound(ctx, state, fate, removed.Now)
	case writes.Done:
		w.handOver(fate, was)
		return nil
	case writes.Refused, writes.Unknown:
	}
	return diag.Diagnostics{w.deleteFailed(removed)}
}

// destroyFound does what on_destroy says to an entry as it was found, nil for none. What a Create of the same entry in
// this apply, which is what a replacement is, has to know is handed over: the status that the entry has, and the entry
// itself when it stays.
func (w *writer) destroyFound(ctx context.Context, state model, fate iotplan.Fate, found *entry) diag.Diagnostics {
	if found == nil {
		w.handOver(fate, "")
		return nil
	}
	stored := *found
	if diags := w.unforeseen(state, fate, stored); diags.HasError() {
		return diags
	}
	w.handOver(fate, flattenStatus(stored).ValueString())
	switch state.OnDestroy.ValueString() {
	case iotplan.DestroyKeep:
		w.leave(stored)
		return nil
	case iotplan.DestroyDisable:
		disabled, diags := w.disable(ctx, stored)
		if !diags.HasError() {
			w.leave(disabled)
		}
		return diags
	}
	if state.DeleteRegistrations.ValueBool() {
		return w.deleteWithRegistrations(ctx, stored)
	}
	return w.remove(ctx, stored)
}

// unforeseen is an error when the entry is not what the plan has shown, where it is deleted, or written over by the
// Create of the same entry.
func (w *writer) unforeseen(state model, fate iotplan.Fate, stored entry) diag.Diagnostics {
	reborn := w.reborn(fate)
	if !reborn && !deletes(state) || fate.Seen != nil && fate.Seen.ETag == string(stored.ETag) {
		return nil
	}
	now := flatten(w.kind.shape, stored, state)
	if stored.Disabled() {
		if !fate.Foresaw(reborn, state.ProvisioningStatus.ValueString()) {
			return diag.Diagnostics{w.disabledMeanwhile()}
		}
		state.ProvisioningStatus = now.ProvisioningStatus
	}
	if changes := state.changes(now); len(changes) > 0 {
		return diag.Diagnostics{w.stale(changes)}
	}
	return nil
}

func (w *writer) leave(e entry) {
	azure.Leave(&w.services.Handover, w.object(), handover{etag: e.ETag})
}

// disable changes the status and nothing else.
func (w *writer) disable(ctx context.Context, stored entry) (entry, diag.Diagnostics) {
	if stored.Disabled() {
		return stored, nil
	}
	body := stored
	body.ProvisioningStatus = new(azdps.StatusDisabled)
	if diags := w.addKeys(ctx, &body, nil, stored); diags.HasError() {
		return stored, diags
	}
	written := w.put(ctx, body, stored, entry.Disabled)
	switch {
	case written.Outcome != writes.Done:
		return stored, diag.Diagnostics{w.writeFailed("disable", written)}
	case !written.Now.Disabled():
		return *written.Now, diag.Diagnostics{w.notStored([]string{statusName})}
	}
	return *written.Now, nil
}

func (w *writer) remove(ctx context.Context, stored entry) diag.Diagnostics {
	removed := writes.Remove(
		func() error { return w.store.remove(ctx, w.id, onlyIfUnchanged(stored)) },
		func() (*entry, error) { return w.find(ctx) })
	if removed.Outcome != writes.Done {
		return diag.Diagnostics{w.deleteFailed(removed)}
	}
	return nil
}

// deleteWithRegistrations disables the group first, because an enabled one would fill the records again; when something
// fails after that, it stays disabled.
func (w *writer) deleteWithRegistrations(ctx context.Context, stored entry) diag.Diagnostics {
	disabled, diags := w.disable(ctx, stored)
	if diags.HasError() {
		return diags
	}
	if diags := w.records().delete(ctx); diags.HasError() {
		return diags
	}
	return w.remove(ctx, disabled)
}

// reborn tells whether the Create behind this Delete makes the same entry again, be it at another instance.
func (w *writer) reborn(fate iotplan.Fate) bool {
	return fate.Reborn(w.id, iottype.RegistrationID().Same)
}

// handOver leaves the status with which the entry is made again.
func (w *writer) handOver(fate iotplan.Fate, was string) {
	host, standing := fate.HandsOver(w.reborn(fate), w.host, iotplan.Standing{Status: was})
	azure.Leave(&w.services.Handover, w.kind.object(host, w.id), standing)
}

// planDestroy says what destroying leads to, and notes what it found for the Delete that follows.
func (r *entryResource) planDestroy(ctx context.Context, private iotstate.Private, state model) diag.Diagnostics {
	if state.OnDestroy.ValueString() == iotplan.DestroyPrevent {
		return diag.Diagnostics{prevented(r.kind, state, "destroy")}
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
func (r *entryResource) lookAt(ctx context.Context, state model) (*sighting, iotplan.Seen, diag.Diagnostics) {
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
		return last, iotplan.Seen{}, diag.Diagnostics{iotdiag.Warned(a, err)}
	case found == nil:
		return nil, iotplan.Seen{}, nil
	}
	now := flatten(r.kind.shape, *found, state)
	seen := iotplan.Seen{Status: now.ProvisioningStatus.ValueString(), ETag: string(found.ETag)}
	return &sighting{now, found.Registration}, seen, nil
}

// destroyed warns of what destroying leads to. now is the entry as it is, state how Terraform last saw it.
func (r *entryResource) destroyed(ctx context.Context, now sighting, state model) diag.Diagnostics {
	var diags diag.Diagnostics
	id := now.ID.ValueString()
	switch state.OnDestroy.ValueString() {
	case iotplan.DestroyKeep:
		return diag.Diagnostics{diag.NewWarningDiagnostic(iotdiag.Titled(r.kind.noun)+" stays", fmt.Sprintf(
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
	diags.Append(deletesChanged(r.kind, now.model, state)...)
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
		return append(diags, w.records().warning(ctx, state)...)
	}
	diags.Append(w.waysPastEntry(now.model, listed)...)
	return append(diags, r.hubAccess(ctx, now)...)
}

// deletesChanged warns of a plan that deletes an entry which is not what Terraform shows of it.
func deletesChanged(k kind, now, state model) diag.Diagnostics {
	state.ProvisioningStatus = now.ProvisioningStatus // Which has a warning of its own.
	changes := state.changes(now)
	if len(changes) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Changed "+k.noun+" is deleted", fmt.Sprintf(
		"Somebody else changed the %s %q since Terraform last saw it:\n  %s\n\nWhat this plan shows of it is what it was "+
			"before; it is deleted as it is now.", k.noun, now.ID.ValueString(), strings.Join(changes, "\n  ")))}
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

// hubAccess warns that keeping devices from registering leaves them in the hubs in which they are, and names the hub of
// a single device. It only ever words a warning: no planned value may depend on a record that changes whenever the
// device tries.
func (r *entryResource) hubAccess(ctx context.Context, now sighting) diag.Diagnostics {
	id := now.ID.ValueString()
	if r.kind.group {
		return diag.Diagnostics{diag.NewWarningDiagnostic("Devices keep their hub access", fmt.Sprintf(
			"Devices that registered through the enrollment group %q stay in their hubs, where they can connect until their "+
				"identities are disabled.", id))}
	}
	record := now.record
	if record == nil && r.Services.Known() {
		w, diags := r.newWriter(now.model)
		if diags.HasError() {
			return diags
		}
		found, err := azrest.IfFound(w.dps.GetRegistration(ctx, id))
		if err != nil {
			a := w.attempt("read", iotdiag.ReadRegistration())
			a.Noun, a.Afterwards = registrationNoun, hubNotKnown(id)
			return diag.Diagnostics{iotdiag.Warned(a, err)}
		}
		record = found
	}
	if record == nil || record.AssignedHub == "" && record.Status == azdps.RegistrationUnassigned {
		return nil
	}
	text := hubNotKnown(id)
	if record.AssignedHub != "" {
		text = inHub(id, *record) + " An enrollment decides only about registering."
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Device keeps its hub access", text+
		" azureiot_dps_device_disallow keeps a device out of both.")}
}

// hubNotKnown is said when no registration record names the device's hub: one of a refused attempt names none.
func hubNotKnown(id string) string {
	return fmt.Sprintf("Which hub the device %q is in, if any, is not known; there it can connect until its identity is "+
		"disabled.", id)
}

func (s subject) deleteFailed(removed writes.Result[entry]) diag.Diagnostic {
	a := s.attempt("delete", s.kind.deleting)
	if removed.Outcome == writes.Unknown {
		a.Afterwards = "It may have been deleted all the same: plan again."
	}
	return iotdiag.Failed(a, removed.Err)
}

func (s subject) disabledMeanwhile() diag.Diagnostic {
	return s.planAgain(fmt.Sprintf(
		"The %s %q was disabled after the plan was made, and deleting it could let its devices back in.", s.kind.noun, s.id))
}
