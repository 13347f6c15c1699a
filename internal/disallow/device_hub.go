// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"slices"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// see makes what a hub said part of the present picture.
func (e *enforcement) see(identity facts.Identity) {
	if e.found == nil {
		e.found = map[string]facts.Identity{}
	}
	e.found[identity.Host] = identity
	e.now.picture.Identities[identity.Host] = deprovision.Identity{DeviceID: identity.DeviceID, Status: identity.Status}
	e.assess()
}

// hostKnown finds a hub of the picture without regard to letter case.
func (e *enforcement) hostKnown(host string) (string, bool) {
	for known := range e.now.picture.Identities {
		if strings.EqualFold(known, host) {
			return known, true
		}
	}
	return "", false
}

// blockHub carries out the effect on the device's identity in one hub. Without an effect that names it, it is acted
// on only when the plan left the hubs open.
func (e *enforcement) blockHub(
	ctx context.Context, host string, effects []deprovision.Effect, planned bool,
) diagnostics {
	identity := e.now.picture.Identities[host]
	if identity.Status == deprovision.Unverified {
		return nil
	}
	effect, named := effectOn(effects, deprovision.IdentityObject(host, identity.DeviceID))
	if !named && planned {
		return e.unplanned(host, identity)
	}
	if e.want.identities == deprovision.Keeping {
		if identity.Status == deprovision.Unreachable {
			return diagnostics{e.hubFailed(e.found[host])}
		}
		return nil
	}
	return e.disposeIdentity(ctx, host, effect, named)
}

func effectOn(effects []deprovision.Effect, object string) (deprovision.Effect, bool) {
	i := slices.IndexFunc(effects, func(effect deprovision.Effect) bool {
		return effect.Target == deprovision.TargetIdentity && effect.Object == object
	})
	if i < 0 {
		return deprovision.Effect{}, false
	}
	return effects[i], true
}

// unplanned reports a hub that the plan did not name and that is not as it should be.
func (e *enforcement) unplanned(host string, identity deprovision.Identity) diagnostics {
	if identity.Status == deprovision.Unreachable {
		return diagnostics{e.hubFailed(e.found[host])}
	}
	_, effects := e.blockEffects(deprovision.Picture{
		Enrollment: e.now.picture.Enrollment, Identities: map[string]deprovision.Identity{host: identity},
	})
	effect, _ := effectOn(effects, deprovision.IdentityObject(host, identity.DeviceID))
	if effect.Action == deprovision.None {
		return nil
	}
	return diagnostics{e.hubAppeared(host)}
}

// disposeIdentity disables or deletes the identity, reading it first: an assignment that has just ended may have
// changed it. A write that meets somebody else's change is tried again on what is there then.
func (e *enforcement) disposeIdentity(
	ctx context.Context, host string, effect deprovision.Effect, named bool,
) diagnostics {
	before := e.now.picture.Identities[host].Status
	for range conflictTries {
		identity := e.readIdentity(ctx, host)
		if identity.Status == deprovision.Unreachable {
			return diagnostics{e.hubFailed(identity)}
		}
		if named && identity.Status == deprovision.Absent && effect.To != deprovision.Absent {
			return diagnostics{e.identityVanished(host)}
		}
		conflicted, diags := e.disposeOnce(ctx, identity)
		if diags.HasError() {
			return diags
		}
		if conflicted {
			continue
		}
		e.didIdentity(host, effect, named, before)
		return nil
	}
	return diagnostics{e.identityContended(host)}
}

// disposeOnce brings an identity as it was just read to its goal; conflicted says that it has changed meanwhile.
func (e *enforcement) disposeOnce(ctx context.Context, identity facts.Identity) (conflicted bool, diags diagnostics) {
	if identity.Status == deprovision.Absent {
		return false, nil
	}
	if e.want.identities == deprovision.Deleting {
		return e.deleteIdentity(ctx, identity)
	}
	if identity.Status == deprovision.Disabled && !e.reasonDiffers(identity) {
		e.memory.remember(identity.Host, identity.Device.GenerationID)
		return false, nil
	}
	device := *identity.Device
	device.Status = aziothub.StatusDisabled
	if e.want.reason != "" {
		device.StatusReason = &e.want.reason
	}
	e.memory.remember(identity.Host, device.GenerationID)
	return e.putIdentity(ctx, identity, device)
}

// reasonDiffers tells whether the hub shows another reason than the one that is wanted.
func (e *enforcement) reasonDiffers(identity facts.Identity) bool {
	shown := identity.Device.StatusReason
	return e.want.reason != "" && (shown == nil || *shown != e.want.reason)
}

// putIdentity writes an identity, which replaces it whole, and reads it back.
func (e *enforcement) putIdentity(
	ctx context.Context, identity facts.Identity, device aziothub.Device,
) (conflicted bool, diags diagnostics) {
	hub, err := e.services.Hub(identity.Host, azure.HubFound)
	if err != nil {
		return false, diagnostics{e.identityFailed("write", identity, err)}
	}
	etag := device.ETag
	_, err = hub.PutDevice(ctx, device, &aziothub.WriteOptions{OnlyIfUnchanged: &etag})
	switch {
	case azrest.IsPreconditionFailed(err), azrest.IsNotFound(err):
		return true, nil
	case err != nil:
		return false, diagnostics{e.identityFailed(verbFor(deprovision.Status(device.Status)), identity, err)}
	}
	e.touched = true
	stored := e.readIdentity(ctx, identity.Host)
	if stored.Status == deprovision.Unreachable {
		return false, diagnostics{e.hubFailed(stored)}
	}
	return stored.Status != deprovision.Status(device.Status), nil
}

func (e *enforcement) deleteIdentity(
	ctx context.Context, identity facts.Identity,
) (conflicted bool, diags diagnostics) {
	hub, err := e.services.Hub(identity.Host, azure.HubFound)
	if err != nil {
		return false, diagnostics{e.identityFailed("delete", identity, err)}
	}
	etag := identity.Device.ETag
	err = hub.DeleteDevice(ctx, identity.DeviceID, &aziothub.WriteOptions{OnlyIfUnchanged: &etag})
	switch {
	case azrest.IsPreconditionFailed(err):
		return true, nil
	case err != nil && !azrest.IsNotFound(err):
		return false, diagnostics{e.identityFailed("delete", identity, err)}
	}
	e.touched = true
	stored := e.readIdentity(ctx, identity.Host)
	if stored.Status == deprovision.Unreachable {
		return false, diagnostics{e.hubFailed(stored)}
	}
	return stored.Status != deprovision.Absent, nil
}

// readIdentity reads the device's identity in a hub of the picture now.
func (e *enforcement) readIdentity(ctx context.Context, host string) facts.Identity {
	evidence := e.found[host].Evidence
	identity := e.asker.Identity(ctx, host, []string{e.now.picture.Identities[host].DeviceID}, evidence)
	e.see(identity)
	return identity
}

// didIdentity notes what was done to an identity; where the plan left the hubs open it is worked out from what was
// found.
func (e *enforcement) didIdentity(host string, effect deprovision.Effect, named bool, before deprovision.Status) {
	if !named {
		after := e.now.picture.Identities[host]
		_, effects := e.blockEffects(deprovision.Picture{
			Enrollment: e.now.picture.Enrollment,
			Identities: map[string]deprovision.Identity{host: {DeviceID: after.DeviceID, Status: before}},
		})
		effect, _ = effectOn(effects, deprovision.IdentityObject(host, after.DeviceID))
		effect.To = after.Status
	}
	e.did(effect)
}
