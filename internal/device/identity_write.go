// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

const (
	// mostSteps is how many writes a change takes at most: two, when an edge device becomes a leaf with a parent.
	mostSteps = 2
	// conflictTries bounds how often a write is tried that meets somebody else's.
	conflictTries = 3
)

// writer works on one identity of one hub.
type writer struct {
	services *azure.Services
	hub      *azure.Hub
	deviceID string
	// keys are to be the identity's; nil leaves them as they are found.
	keys *aziothub.SymmetricKey
	// deletedDisabled says that the other half of a replacement has deleted the identity, which was disabled.
	deletedDisabled bool
	// wrote says that a write was carried out.
	wrote bool
}

// handover is what a Delete that left its identity in place leaves for the Create of the same one.
type handover struct{ generationID string }

// object names the identity for the Create of the same one.
func (w *writer) object() azure.Object { return azure.IdentityObject(w.hub.Host(), w.deviceID) }

// create makes the identity with one write, or takes over the one that the other half of a replacement left.
func (w *writer) create(ctx context.Context, want managed) (aziothub.Device, diagnostics) {
	left, diags := w.takeOver(ctx)
	was, _ := azure.Take[iotplan.Standing](&w.services.Handover, w.object())
	w.deletedDisabled = was.Disabled()
	switch {
	case diags.HasError():
		return aziothub.Device{}, diags
	case left != nil:
		return w.change(ctx, *left, managedOf(*left), want)
	}
	began := w.services.Now()
	body := w.newDevice(want)
	written := w.put(ctx, body, nil, func(found aziothub.Device) bool { return isOwn(found, body, began) })
	switch {
	case written.Outcome == writes.Done:
		return *written.Now, nil
	case exists(written.Err):
		return aziothub.Device{}, diagnostics{w.exists()}
	}
	return aziothub.Device{}, diagnostics{w.createFailed(written)}
}

// newDevice is the identity as it is born. Keys that nobody gave are made here.
func (w *writer) newDevice(want managed) aziothub.Device {
	if want.authentication == nil {
		want.authentication = &authentication{kind: aziothub.AuthenticationSAS}
	}
	if want.authentication.kind == aziothub.AuthenticationSAS && w.keys == nil {
		w.keys = newKeys()
	}
	body := step(aziothub.Device{DeviceID: w.deviceID}, want, w.keys)
	if want.edge {
		body.DeviceScope = nil // The hub makes it, and ignores what is sent.
	}
	return body
}

func pointer(value string) *string {
	if value == "" {
		return nil
	}
	return &value
}

// takeOver reads the identity that the Delete of this apply left in place; nil when there is none.
func (w *writer) takeOver(ctx context.Context) (*aziothub.Device, diagnostics) {
	note, ok := azure.Take[handover](&w.services.Handover, w.object())
	if !ok {
		return nil, nil
	}
	found, err := w.find(ctx)
	switch {
	case err != nil:
		return nil, diagnostics{w.readFailed(err)}
	case found != nil && found.GenerationID != note.generationID:
		return nil, diagnostics{w.madeAnew()}
	}
	return found, nil
}

// change brings an identity, as it was just read, to what is wanted, and returns it as it is then. before is what the
// plan started from: what differs from it is somebody else's, and is not overwritten.
func (w *writer) change(
	ctx context.Context, now aziothub.Device, before, want managed,
) (aziothub.Device, diagnostics) {
	for steps, tries := 0, 0; ; {
		if foreign := conflicts(before, managedOf(now), want); len(foreign) > 0 {
			return now, diagnostics{w.stale(foreign)}
		}
		if w.reached(now, want) {
			return now, nil
		}
		if steps == mostSteps {
			return now, diagnostics{w.notStored(differences(managedOf(now), want))}
		}
		if w.keys == nil && !keysShown(now) {
			return now, diagnostics{w.keysHidden()}
		}
		written := w.put(ctx, step(now, want, w.keys), &now.ETag, func(found aziothub.Device) bool {
			return carriedOut(found, now, want)
		})
		if written.Outcome != writes.Done {
			if diags := w.givesWay(now, written); diags.HasError() {
				return now, diags
			}
			if tries++; tries == conflictTries {
				return now, diagnostics{w.contended()}
			}
			now = *written.Now
			continue
		}
		now, before, w.wrote = *written.Now, managedOf(*written.Now), true
		steps++
	}
}

// update changes the identity as planned, from what is there now.
func (w *writer) update(ctx context.Context, plan, prior identityModel) (aziothub.Device, diagnostics) {
	now, err := w.hub.GetDevice(ctx, w.deviceID)
	switch {
	case azrest.IsNotFound(err):
		return now, diagnostics{w.vanished()}
	case err != nil:
		return now, diagnostics{w.readFailed(err)}
	case now.GenerationID != prior.GenerationID.ValueString():
		return now, diagnostics{w.madeAnew()}
	}
	return w.change(ctx, now, prior.managed(), plan.managed())
}

// put sends a body, over the identity with this ETag or to make one. ours tells whether an identity is what was sent,
// which is asked only when the hub may have carried out a write that failed: one that was refused without doubt was
// somebody else's.
func (w *writer) put(
	ctx context.Context, body aziothub.Device, etag *azcore.ETag, ours func(aziothub.Device) bool,
) writes.Result[aziothub.Device] {
	var failure error
	return writes.Put(func() (aziothub.Device, error) {
		echo, err := w.hub.PutDevice(ctx, body, &aziothub.WriteOptions{OnlyIfUnchanged: etag})
		failure = err
		return echo, err
	}, func() (*aziothub.Device, error) { return w.find(ctx) }, func(found aziothub.Device) bool {
		return azrest.MaybeDone(failure) && ours(found)
	})
}

// find reads the identity; nil when there is none.
func (w *writer) find(ctx context.Context) (*aziothub.Device, error) {
	return azrest.IfFound(w.hub.GetDevice(ctx, w.deviceID))
}

// step is what one write sends: everything that was read, and what of the change it can do.
func step(now aziothub.Device, want managed, keys *aziothub.SymmetricKey) aziothub.Device {
	body := now
	body.Status, body.StatusReason = want.status, pointer(want.reason)
	authenticate(&body, want.authentication, keys)
	place(&body, want.edge, want.parent)
	return body
}

// reached tells whether an identity is as it is wanted.
func (w *writer) reached(d aziothub.Device, want managed) bool {
	if w.keys != nil && (d.Authentication == nil || !sameKeys(d.Authentication.SymmetricKey, w.keys)) {
		return false
	}
	return len(differences(managedOf(d), want)) == 0
}

// givesWay is no error when somebody else's write came before one that failed, so that it can be tried again on what is
// there now.
func (w *writer) givesWay(before aziothub.Device, written writes.Result[aziothub.Device]) diagnostics {
	now := written.Now
	switch {
	case written.Outcome == writes.Overtaken && now == nil:
		return diagnostics{w.vanished()}
	case now == nil, written.Outcome == writes.Refused && now.ETag == before.ETag:
		return diagnostics{w.changeFailed(written)}
	case now.GenerationID != before.GenerationID:
		return diagnostics{w.madeAnew()}
	}
	return nil
}

// carriedOut tells whether found is what one step from before towards want leads to.
func carriedOut(found, before aziothub.Device, want managed) bool {
	if isEdge(before) && !want.edge {
		want.parent = ""
	}
	return found.ETag != before.ETag && found.GenerationID == before.GenerationID &&
		len(differences(managedOf(found), want)) == 0
}
