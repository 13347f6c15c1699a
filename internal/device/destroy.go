// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"fmt"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

// destroy does what on_destroy says. What a Create of the same identity in this apply has to know is handed over: the
// status that the identity has and, if this is one half of a replacement, the identity itself when it stays.
func (w *writer) destroy(ctx context.Context, state identityModel, fate iotplan.Fate) diagnostics {
	onDestroy, replaced := state.OnDestroy.ValueString(), fate.Birth != nil
	switch {
	case onDestroy == iotplan.DestroyPrevent:
		return diagnostics{prevented(state, "destroy")}
	case onDestroy == iotplan.DestroyKeep && !replaced:
		return nil
	case onDestroy != iotplan.DestroyKeep && onDestroy != iotplan.DestroyDisable:
		return w.remove(ctx, state, fate)
	}
	found, diags := w.foreseen(ctx, state, fate)
	if diags.HasError() || found == nil {
		return diags
	}
	if onDestroy == iotplan.DestroyDisable {
		diags = w.disable(ctx, *found)
	}
	if replaced && !diags.HasError() {
		w.leave(state)
	}
	return diags
}

// leave notes that the identity stays, for the Create of the same one.
func (w *writer) leave(state identityModel) {
	azure.Leave(&w.services.Handover, w.object(), handover{generationID: state.GenerationID.ValueString()})
}

// disable changes the status and nothing else.
func (w *writer) disable(ctx context.Context, now aziothub.Device) diagnostics {
	want := managedOf(now)
	want.status, want.authentication = aziothub.StatusDisabled, nil
	_, diags := w.change(ctx, now, managedOf(now), want)
	return diags
}

// foreseen reads the identity that the plan showed; nil when it is gone. One that was made anew since, or disabled
// where that matters, is an error: nothing is done to it.
func (w *writer) foreseen(
	ctx context.Context, state identityModel, fate iotplan.Fate,
) (*aziothub.Device, diagnostics) {
	found, err := w.find(ctx)
	switch {
	case err != nil:
		return nil, diagnostics{w.readFailed(err)}
	case found == nil:
		w.handOver(fate, iotplan.Standing{})
		return nil, nil
	case found.GenerationID != plannedGeneration(state, fate):
		return nil, diagnostics{w.madeAnew()}
	}
	onDestroy, reborn := state.OnDestroy.ValueString(), w.reborn(fate)
	matters := reborn || onDestroy != iotplan.DestroyKeep && onDestroy != iotplan.DestroyDisable
	if found.Disabled() && matters && !fate.Foresaw(reborn, state.Status.ValueString()) {
		return nil, diagnostics{w.disabledMeanwhile()}
	}
	w.handOver(fate, standingOf(*found))
	return found, nil
}

// plannedGeneration is that of the identity that was planned for: the one that the plan saw, or state's.
func plannedGeneration(state identityModel, fate iotplan.Fate) string {
	if fate.Birth == nil && fate.Seen != nil && fate.Seen.Generation != "" {
		return fate.Seen.Generation
	}
	return state.GenerationID.ValueString()
}

// remove deletes the identity that the plan showed. The ETag that the plan saw saves looking first.
func (w *writer) remove(ctx context.Context, state identityModel, fate iotplan.Fate) diagnostics {
	var etag azcore.ETag
	if fate.Birth == nil && fate.Seen != nil && fate.Seen.ETag != "" {
		etag = azcore.ETag(fate.Seen.ETag)
		w.handOver(fate, iotplan.Standing{Status: fate.Seen.Status})
	}
	for range conflictTries {
		if etag == "" {
			found, diags := w.foreseen(ctx, state, fate)
			if diags.HasError() || found == nil {
				return diags
			}
			etag = found.ETag
		}
		removed := writes.Remove(
			func() error {
				return w.hub.DeleteDevice(ctx, w.deviceID, &aziothub.WriteOptions{OnlyIfUnchanged: &etag})
			},
			func() (*aziothub.Device, error) { return w.find(ctx) })
		switch removed.Outcome {
		case writes.Done:
			return nil
		case writes.Overtaken:
			etag = ""
		default:
			return diagnostics{w.deleteFailed(removed)}
		}
	}
	return diagnostics{w.contended()}
}

// planDestroy says what destroying leads to, as things are now, and notes what it found: Terraform 1.11 plans the
// destroy of a resource that left the configuration from a state that it has not refreshed.
func (r *identityResource) planDestroy(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	state, diags := configure.Decode[identityModel](ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	if state.OnDestroy.ValueString() == iotplan.DestroyPrevent {
		resp.Diagnostics.Append(prevented(state, "destroy"))
		return
	}
	now, seen, diags := r.lookAt(ctx, state)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(seen.Keep(ctx, resp.Private)...)
	if now != nil {
		resp.Diagnostics.Append(destroyed(*now, state))
	}
}

// lookAt reads an identity that is to be destroyed: as it is now, nil when it is gone. Where it cannot be read, state
// has to do, and a Delete goes by that.
func (r *identityResource) lookAt(
	ctx context.Context, state identityModel,
) (*identityModel, iotplan.Seen, diagnostics) {
	if !r.Services.Known() {
		return &state, iotplan.Seen{}, nil
	}
	w, diags := r.newWriter(state)
	if diags.HasError() {
		return &state, iotplan.Seen{}, diags
	}
	found, err := w.find(ctx)
	switch {
	case err != nil:
		a := attempt(r.Services, "read", w.hub.Host(), w.deviceID, iotdiag.ReadDeviceIdentity())
		a.Afterwards = fmt.Sprintf("What is said of it here is what Terraform last saw (%s).", state.Status.ValueString())
		return &state, iotplan.Seen{}, diagnostics{iotdiag.Warned(a, err)}
	case found == nil:
		return nil, iotplan.Seen{}, nil
	}
	now := flatten(*found, state)
	return &now, iotplan.Seen{
		Status: now.Status.ValueString(), ETag: string(found.ETag), Generation: found.GenerationID,
	}, nil
}
