// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// disposeIdentity disables or deletes the identity in a hub, reading it first: an assignment that has just ended may
// have changed it. A write that meets somebody else's change is tried again on what is there then.
func (e *enforcement) disposeIdentity(ctx context.Context, host string, effect deprovision.Effect) diagnostics {
	for range conflictTries {
		identity := e.readIdentity(ctx, host)
		switch {
		case identity.Status == deprovision.Unreachable:
			return diagnostics{e.hubFailed(identity)}
		case identity.Status == deprovision.Unverified:
			return nil // Another identity than the one that was proven to be the device's.
		case identity.Status == deprovision.Absent && effect.To != deprovision.Absent:
			return diagnostics{e.identityVanished(host)}
		}
		conflicted, diags := e.disposeOnce(ctx, identity, effect)
		if diags.HasError() {
			return diags
		}
		if conflicted {
			continue
		}
		e.memory.trust(host)
		e.did(effect)
		return nil
	}
	return diagnostics{e.identityContended(host)}
}

// disposeOnce brings an identity as it was just read to its goal; conflicted says that it has changed meanwhile.
func (e *enforcement) disposeOnce(
	ctx context.Context, identity facts.Identity, effect deprovision.Effect,
) (conflicted bool, diags diagnostics) {
	switch {
	case identity.Status == deprovision.Absent:
		return false, nil
	case effect.Action == deprovision.Delete:
		return e.deleteIdentity(ctx, identity)
	}
	device, shown := *identity.Device, identity.Device.StatusReason
	reason := e.reasonToShow(shown)
	if identity.Status == deprovision.Disabled && (!rewrites(effect) || sameText(shown, reason)) {
		e.memory.hold(identity.Host, device.GenerationID, shown)
		return false, nil
	}
	e.memory.hold(identity.Host, device.GenerationID, shown)
	device.Status, device.StatusReason = aziothub.StatusDisabled, reason
	return e.putIdentity(ctx, identity, device)
}

// reasonToShow is the status reason of a disabled identity that shows another now: the wanted one; without one, none
// where an earlier apply wrote what is shown.
func (e *enforcement) reasonToShow(shown *string) *string {
	switch {
	case e.want.reason != "":
		return &e.want.reason
	case shown != nil && *shown == e.formerReason:
		return nil
	}
	return shown
}

func sameText(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }

// putIdentity writes an identity, which replaces it whole, and reads it back.
func (e *enforcement) putIdentity(
	ctx context.Context, identity facts.Identity, device aziothub.Device,
) (conflicted bool, diags diagnostics) {
	hub, err := e.services.Hub(identity.Host, azure.HubFound)
	if err == nil {
		etag := device.ETag
		_, err = hub.PutDevice(ctx, device, &aziothub.WriteOptions{OnlyIfUnchanged: &etag})
	}
	return e.identityWritten(ctx, identity, verbFor(facts.DeviceStatus(device)), err, func(stored facts.Identity) bool {
		return stored.Device != nil && stored.Device.Disabled() == device.Disabled() &&
			sameText(stored.Device.StatusReason, device.StatusReason)
	})
}

func (e *enforcement) deleteIdentity(
	ctx context.Context, identity facts.Identity,
) (conflicted bool, diags diagnostics) {
	hub, err := e.services.Hub(identity.Host, azure.HubFound)
	if err == nil {
		etag := identity.Device.ETag
		err = hub.DeleteDevice(ctx, identity.DeviceID, &aziothub.WriteOptions{OnlyIfUnchanged: &etag})
		if azrest.IsNotFound(err) {
			err = nil
		}
	}
	return e.identityWritten(ctx, identity, "delete", err, func(stored facts.Identity) bool {
		return stored.Status == deprovision.Absent
	})
}

// identityWritten reads back what a write has led to. A write that nobody answered may have been carried out; so may
// one that met another ETag when an earlier try of it got no answer.
func (e *enforcement) identityWritten(
	ctx context.Context, identity facts.Identity, verb string, failure error, reached func(facts.Identity) bool,
) (conflicted bool, diags diagnostics) {
	met := azrest.IsPreconditionFailed(failure) || azrest.IsNotFound(failure)
	unsure := uncertain(failure)
	if failure != nil && !met && !unsure {
		return false, diagnostics{e.identityFailed(verb, identity, failure)}
	}
	before := e.touched
	e.touched = before || failure == nil || unsure
	stored := e.readIdentity(ctx, identity.Host)
	switch {
	case stored.Status == deprovision.Unreachable && failure != nil:
		return false, diagnostics{e.identityFailed(verb, identity, failure)}
	case stored.Status == deprovision.Unreachable:
		return false, diagnostics{e.hubFailed(stored)}
	case reached(stored) && (failure == nil || unsure):
		return false, nil
	case failure == nil:
		return true, nil
	}
	e.touched = before
	if met {
		return true, nil
	}
	return false, diagnostics{e.identityFailed(verb, identity, failure)}
}

// readIdentity reads the device's identity in a hub of the picture now. What was proven once stays so in this run: the
// entry that proves it may be gone by now.
func (e *enforcement) readIdentity(ctx context.Context, host string) facts.Identity {
	known := e.found[host]
	look := facts.Look{
		Host: host, DeviceIDs: []string{e.now.picture.Identities[host].DeviceID}, Evidence: known.Evidence,
	}
	if known.Proven {
		look.Evidence = facts.Remembered
	}
	identity := e.asker.Identity(ctx, e.question(nil), e.entry, look)
	identity.Evidence = known.Evidence
	identity.Proven = identity.Proven || known.Proven && identity.Device != nil
	e.see(identity)
	return identity
}
