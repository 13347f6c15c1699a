// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

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

// putIdentity writes an identity, which replaces it whole, and reads it back.
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
	if result.ByOthers {
		return false, nil
	}
	return r.settle(ctx, id, verb, result.Outcome, result.Err, func(now facts.Identity) bool {
		return now.Device != nil && now.Device.StandsAs(device)
	})
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

// settle reads back what a write has led to: the hub's answer to it may be no more than an echo.
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
