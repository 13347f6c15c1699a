// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

// destroy does what on_destroy says.
func (w *writer) destroy(
	ctx context.Context, state model, fate iotplan.Fate, remembered memory,
) diag.Diagnostics {
	switch {
	case state.OnDestroy.ValueString() == iotplan.DestroyPrevent:
		return diag.Diagnostics{iotplan.Prevented(w.kind.noun, w.id, w.host, "destroy")}
	case deletesAsShown(state, fate) && remembered.ETag != "":
		return w.removeAsShown(ctx, state, fate, remembered)
	}
	found, err := w.find(ctx)
	if err != nil {
		return diag.Diagnostics{w.readFailed(err)}
	}
	return w.destroyFound(ctx, state, fate, found)
}

// deletesAsShown tells whether a delete is all that there is to do, if the entry is what state says: the plan of the
// destroy has shown it with the same status.
func deletesAsShown(state model, fate iotplan.Fate) bool {
	onDestroy, status := state.OnDestroy.ValueString(), state.ProvisioningStatus.ValueString()
	deletes := onDestroy != iotplan.DestroyKeep && onDestroy != iotplan.DestroyDisable
	shown := fate.Seen != nil && status != "" && fate.Seen.Status == status
	return deletes && shown && !state.DeleteRegistrations.ValueBool()
}

// removeAsShown deletes the entry without reading it, only while it has the ETag with which it was what state says.
// One that has another by now is read, and judged by what it is.
func (w *writer) removeAsShown(
	ctx context.Context, state model, fate iotplan.Fate, remembered memory,
) diag.Diagnostics {
	was := state.ProvisioningStatus.ValueString()
	removed := writes.Remove(func() error {
		err := w.store.remove(ctx, w.id, &azdps.WriteOptions{OnlyIfUnchanged: &remembered.ETag})
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
	onDestroy := state.OnDestroy.ValueString()
	stored, reborn := *found, w.reborn(fate)
	matters := reborn || onDestroy != iotplan.DestroyKeep && onDestroy != iotplan.DestroyDisable
	if stored.Disabled() && matters && !fate.Foresaw(reborn, state.ProvisioningStatus.ValueString()) {
		return diag.Diagnostics{w.disabledMeanwhile()}
	}
	w.handOver(fate, flattenStatus(stored).ValueString())
	switch onDestroy {
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
