// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"encoding/hex"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

const handoverKind = "iothub_device_identity"

// handoverID is a device ID for the handover, which tells no letter case apart; device IDs do.
func handoverID(deviceID string) string { return hex.EncodeToString([]byte(deviceID)) }

// destroy does what on_destroy says. replaced says that a Create of the same resource follows in this apply.
func (w *writer) destroy(ctx context.Context, state identityModel, remembered memory, replaced bool) diagnostics {
	var diags diagnostics
	switch state.OnDestroy.ValueString() {
	case iotplan.DestroyPrevent:
		return diagnostics{prevented(state, "destroy")}
	case iotplan.DestroyKeep:
	case iotplan.DestroyDisable:
		diags = w.disable(ctx, state)
	default:
		return w.remove(ctx, state, azcore.ETag(remembered.ETag))
	}
	if replaced && !diags.HasError() {
		w.services.Handover.Leave(handoverKind, w.hub.Host(), handoverID(w.deviceID),
			handover{generationID: state.GenerationID.ValueString()})
	}
	return diags
}

// disable changes the status and nothing else.
func (w *writer) disable(ctx context.Context, state identityModel) diagnostics {
	now, err := w.hub.GetDevice(ctx, w.deviceID)
	switch {
	case azrest.IsNotFound(err):
		return nil
	case err != nil:
		return diagnostics{w.readFailed(err)}
	case now.GenerationID != state.GenerationID.ValueString():
		return diagnostics{w.madeAnew()}
	}
	want := managed(now)
	want.status, want.authentication = aziothub.StatusDisabled, nil
	_, diags := w.change(ctx, now, managed(now), want)
	return diags
}

// remove deletes the identity that the plan showed: one that was disabled meanwhile, or made anew, stays. An ETag that
// was seen at plan saves looking first.
func (w *writer) remove(ctx context.Context, state identityModel, etag azcore.ETag) diagnostics {
	for range conflictTries {
		if etag == "" {
			now, err := w.hub.GetDevice(ctx, w.deviceID)
			switch {
			case azrest.IsNotFound(err):
				return nil
			case err != nil:
				return diagnostics{w.readFailed(err)}
			case now.GenerationID != state.GenerationID.ValueString():
				return diagnostics{w.madeAnew()}
			case now.Disabled() && state.Status.ValueString() != aziothub.StatusDisabled:
				return diagnostics{w.disabledMeanwhile()}
			}
			etag = now.ETag
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
