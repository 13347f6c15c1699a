// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"fmt"

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

// blockIdentity carries out the effect on one identity. In what the plan left open, what is found is acted on.
// Otherwise only what the effects name is touched, and whatever else is found is reported and left for the next plan.
func (r *run) blockIdentity(ctx context.Context, id deprovision.IdentityID) diag.Diagnostics {
	identity, decision := r.f.Identities[id], r.decide()
	needed, _ := decision.Effects.OnIdentity(id)
	if needed.Target == "" { // A new block lists only what is certain.
		needed = r.want.Identities.OfIdentity(id, r.evidence().State().Identities[id])
	}
	planned, named := r.scope.OnIdentity(id)
	switch {
	case identity.Status == deprovision.Unreachable && identity.Any() && r.want.Identities != deprovision.Keeping:
		return diag.Diagnostics{r.identityUnread(id, identity)}
	case named && planned.Action != deprovision.None:
		return identityWriter{r}.dispose(ctx, id, planned)
	case named && needed.Action != deprovision.None:
		return diag.Diagnostics{r.staleObject(planned, identity.Status)}
	case !named && !r.scope.open:
		return r.unplanned(id, needed)
	case needed.Action == deprovision.None:
		r.noteBefore(id, identity)
		r.ledger.did(needed)
		return nil
	}
	r.noteBefore(id, identity)
	return identityWriter{r}.dispose(ctx, id, needed)
}

// noteBefore notes how an identity stood before it is first touched, where the plan could not tell.
func (r *run) noteBefore(id deprovision.IdentityID, identity facts.Identity) {
	before, known := r.previous.Identities[id]
	touched := before == deprovision.Enabled || before == deprovision.Disabled
	held := r.m.identity(id).Held
	if known && touched && (held == nil || !identity.MadeAnew(held.Generation)) {
		return
	}
	if !identity.Any() || !r.scope.open && !r.scope.creating || !r.scope.creating && identity.Device == nil {
		return
	}
	r.previous.Identities[id] = identity.Said()
}

// checkHeld refuses to restore when an identity that is to be enabled cannot be, or must not.
func (r *run) checkHeld(id deprovision.IdentityID, identity facts.Identity) diag.Diagnostics {
	effect, _ := r.scope.OnIdentity(id)
	kept := r.m.identity(id).Held
	switch {
	case identity.Status == deprovision.Unreachable && kept != nil:
		return diag.Diagnostics{r.identityUnread(id, identity)}
	case effect.Action != deprovision.Enable || identity.Status != deprovision.Disabled:
		return nil
	case kept != nil && identity.MadeAnew(kept.Generation):
		return diag.Diagnostics{r.identityMadeAnew(id)}
	case !kept.ours(identity):
		return diag.Diagnostics{r.identityDisabledElsewhere(id, identity)}
	case identity.Device.HidesKeys():
		return diag.Diagnostics{r.identityKeysHidden(id)}
	}
	return nil
}

// keysReadable refuses to begin when the keys of an identity that is to be disabled cannot be sent along.
func (r *run) keysReadable() diag.Diagnostics {
	var diags diag.Diagnostics
	for id, identity := range r.f.InOrder() {
		disables := r.want.Identities == deprovision.Disabling && identity.Status == deprovision.Enabled && identity.Any()
		if disables && identity.Device.HidesKeys() {
			diags.Append(r.identityKeysHidden(id))
		}
	}
	return diags
}

// reread reads an identity again.
func (r *run) reread(ctx context.Context, id deprovision.IdentityID) facts.Identity {
	return r.reader.ReadAgain(ctx, r.question(), r.f, id)
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

// unplanned reports an identity that the plan did not name: the state of an update can hold no more than its plan, and
// what is left out of both may never be found again. Where there is none, there is nothing to be left out.
func (r *run) unplanned(id deprovision.IdentityID, needed deprovision.Effect) diag.Diagnostics {
	identity := r.f.Identities[id]
	switch {
	case identity.Status == deprovision.Unreachable && identity.Device == nil:
		return diag.Diagnostics{r.identityUnread(id, identity)}
	case identity.Device != nil, needed.Action != deprovision.None:
		return diag.Diagnostics{r.identityAppeared(id)}
	}
	if _, planned := r.scope.OnIdentity(id); !planned {
		delete(r.f.Identities, id)
	}
	return nil
}

func (s subject) identityAppeared(id deprovision.IdentityID) diag.Diagnostic {
	return s.plainError("The plan is stale", fmt.Sprintf(
		"After the plan was made the device %q was found in %s, which the plan does not name and which is left as it is "+
			"for now. Plan again: the new plan shows what happens to it.", id.DeviceID, id.Host))
}
