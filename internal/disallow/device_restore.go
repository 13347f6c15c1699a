// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// restore undoes a block in reverse: the hubs first, DPS last, so that a device which is let in finds its identity
// ready. Everything that could stop it half-way is looked at before the first write.
func (e *enforcement) restore(ctx context.Context, effects []deprovision.Effect) diagnostics {
	diags := e.checkRestore(ctx, effects)
	if diags.HasError() {
		return diags
	}
	for _, effect := range effects {
		if effect.Target != deprovision.TargetIdentity {
			continue
		}
		if diags.Append(e.enableIdentity(ctx, effect)...); diags.HasError() {
			return diags
		}
	}
	for _, effect := range effects {
		if effect.Target == deprovision.TargetEnrollment {
			diags.Append(e.restoreEntry(ctx, effect)...)
		}
	}
	return diags
}

func (e *enforcement) checkRestore(ctx context.Context, effects []deprovision.Effect) diagnostics {
	var diags diagnostics
	for _, host := range hostsOf(e.now.picture) {
		identity, before := e.now.picture.Identities[host], e.now.previous.Identities[host]
		if identity.Status == deprovision.Unreachable && before.Status == deprovision.Enabled {
			diags.Append(e.hubFailed(e.found[host]))
		}
	}
	for _, effect := range effects {
		host, known := e.hostOf(effect)
		switch {
		case effect.Target == deprovision.TargetIdentity && !known:
			diags.Append(e.staleObject(effect, deprovision.Absent))
		case effect.Target == deprovision.TargetIdentity && e.memory.madeAnew(e.found[host]):
			diags.Append(e.identityMadeAnew(e.found[host]))
		case effect.Action == deprovision.Delete && e.entry != nil && !e.ownUnchanged():
			diags.Append(e.entryChanged())
		case effect.Target == deprovision.TargetEnrollment && effect.Action == deprovision.Enable && e.entry != nil:
			body := *e.entry
			diags.Append(e.addKeys(ctx, &body)...)
		}
	}
	return diags
}

func (e *enforcement) restoreEntry(ctx context.Context, effect deprovision.Effect) diagnostics {
	var diags diagnostics
	switch effect.Action {
	case deprovision.Enable:
		diags = e.setEntryStatus(ctx, azdps.StatusEnabled)
	case deprovision.Delete:
		diags = e.removeOwnEntry(ctx)
	default:
	}
	if !diags.HasError() {
		e.did(effect)
	}
	return diags
}

// ownUnchanged tells whether the entry is the one that this resource made and says what it said then.
func (e *enforcement) ownUnchanged() bool {
	_, ours := markOf(e.entry)
	return ours && e.memory.EntryDigest != "" && e.memory.EntryDigest == digestOf(e.entry)
}

// removeOwnEntry deletes the entry that this resource made, unless somebody has changed it since.
func (e *enforcement) removeOwnEntry(ctx context.Context) diagnostics {
	if e.entry != nil && !e.ownUnchanged() {
		return diagnostics{e.entryChanged()}
	}
	diags := e.removeEntry(ctx)
	if !diags.HasError() {
		e.memory.EntryDigest = ""
	}
	return diags
}

// enableIdentity enables an identity that this resource disabled, if it is still the same one.
func (e *enforcement) enableIdentity(ctx context.Context, effect deprovision.Effect) diagnostics {
	host, _ := e.hostOf(effect)
	for range conflictTries {
		identity := e.readIdentity(ctx, host)
		switch {
		case identity.Status == deprovision.Unreachable:
			return diagnostics{e.hubFailed(identity)}
		case identity.Status == deprovision.Absent:
			return diagnostics{e.identityVanished(host)}
		case e.memory.madeAnew(identity):
			return diagnostics{e.identityMadeAnew(identity)}
		case identity.Status == deprovision.Enabled:
			e.released(host, effect)
			return nil
		}
		conflicted, diags := e.putIdentity(ctx, identity, e.enabled(identity))
		if diags.HasError() {
			return diags
		}
		if !conflicted {
			e.released(host, effect)
			return nil
		}
	}
	return diagnostics{e.identityContended(host)}
}

// released notes an identity that is enabled again; a later block finds it anew.
func (e *enforcement) released(host string, effect deprovision.Effect) {
	delete(e.memory.Held, host)
	e.did(effect)
}

// enabled is the identity enabled, with the reason that stood there before the block.
func (e *enforcement) enabled(identity facts.Identity) aziothub.Device {
	device := *identity.Device
	device.Status = aziothub.StatusEnabled
	if shown := device.StatusReason; shown != nil && *shown == e.formerReason {
		device.StatusReason = e.memory.Held[identity.Host].Reason
	}
	return device
}

func (e *enforcement) hostOf(effect deprovision.Effect) (string, bool) {
	for host, identity := range e.now.picture.Identities {
		if deprovision.IdentityObject(host, identity.DeviceID) == effect.Object {
			return host, true
		}
	}
	return "", false
}
