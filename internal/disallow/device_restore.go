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
// ready.
func (e *enforcement) restore(ctx context.Context, effects []deprovision.Effect) diagnostics {
	var diags diagnostics
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

func (e *enforcement) restoreEntry(ctx context.Context, effect deprovision.Effect) diagnostics {
	var diags diagnostics
	switch effect.Action {
	case deprovision.Enable:
		diags = e.setEntryStatus(ctx, azdps.StatusEnabled)
	case deprovision.Delete:
		diags = e.removeOwnEntry(ctx)
	default:
		return nil // The entry stays as it is.
	}
	if !diags.HasError() {
		e.did(effect)
	}
	return diags
}

// removeOwnEntry deletes the entry that this resource made, unless somebody has changed it since.
func (e *enforcement) removeOwnEntry(ctx context.Context) diagnostics {
	if e.entry == nil {
		return nil
	}
	_, ours := markOf(e.entry)
	if !ours || e.memory.EntryETag != "" && e.memory.EntryETag != string(e.entry.ETag) {
		return diagnostics{e.entryChanged()}
	}
	return e.removeEntry(ctx)
}

// enableIdentity enables an identity that this resource disabled, if it is still the same one.
func (e *enforcement) enableIdentity(ctx context.Context, effect deprovision.Effect) diagnostics {
	host, ok := e.hostOf(effect)
	if !ok {
		return diagnostics{e.staleObject(effect, deprovision.Absent)}
	}
	for range conflictTries {
		identity := e.readIdentity(ctx, host)
		switch {
		case identity.Status == deprovision.Unreachable:
			return diagnostics{e.hubFailed(identity)}
		case identity.Status == deprovision.Absent:
			return diagnostics{e.identityVanished(host)}
		case e.madeAnew(identity):
			return diagnostics{e.identityMadeAnew(identity)}
		case identity.Status == deprovision.Enabled:
			e.did(effect)
			return nil
		}
		conflicted, diags := e.putIdentity(ctx, identity, enabled(identity, e.want.reason))
		if diags.HasError() {
			return diags
		}
		if !conflicted {
			e.did(effect)
			return nil
		}
	}
	return diagnostics{e.identityContended(host)}
}

// enabled is the identity enabled, without the reason that the block wrote.
func enabled(identity facts.Identity, reason string) aziothub.Device {
	device := *identity.Device
	device.Status = aziothub.StatusEnabled
	if device.StatusReason != nil && *device.StatusReason == reason {
		device.StatusReason = nil
	}
	return device
}

func (e *enforcement) madeAnew(identity facts.Identity) bool {
	generation, known := e.memory.Generations[identity.Host]
	return known && generation != identity.Device.GenerationID
}

func (e *enforcement) hostOf(effect deprovision.Effect) (string, bool) {
	for host, identity := range e.now.picture.Identities {
		if deprovision.IdentityObject(host, identity.DeviceID) == effect.Object {
			return host, true
		}
	}
	return "", false
}
