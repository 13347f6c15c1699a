// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// restore undoes a block in reverse: the hubs first, DPS last, so that a device which is let in finds its identity
// ready. Everything that could stop it half-way is looked at before the first write.
func (r *run) restore(ctx context.Context) diagnostics {
	if r.scope.open {
		r.openRestore()
	}
	if diags := r.checkRestore(ctx); diags.HasError() {
		return diags
	}
	for _, id := range deprovision.SortedIDs(r.f.Identities) {
		effect, _ := r.scope.on(id)
		if effect.Action != deprovision.Enable {
			continue
		}
		if diags := (identityWriter{r}).restore(ctx, id, effect); diags.HasError() {
			return diags
		}
	}
	return entryWriter{r}.restoreEntry(ctx, r.scope.of(deprovision.TargetEnrollment))
}

// openRestore works the effects out anew for identities that could not be read when the restore was planned.
func (r *run) openRestore() {
	decision := deprovision.Decide(r.evidence(), r.want.intent(), deprovision.Prior{
		Exists: true, Previous: r.previous, Removable: entryWriter{r}.ownUnchanged(), Reenable: r.m.Entry.Disabled != "",
	})
	for _, effect := range decision.Effects {
		if _, planned := deprovision.EffectOn(r.scope.effects, effect.Target, effect.Object); !planned {
			r.scope.effects = append(r.scope.effects, effect)
		}
	}
	for i, effect := range r.scope.effects {
		if now, found := deprovision.EffectOn(decision.Effects, effect.Target, effect.Object); found &&
			effect.From == deprovision.Unreachable {
			r.scope.effects[i] = now
		}
	}
}

func (r *run) checkRestore(ctx context.Context) diagnostics {
	var diags diagnostics
	for _, id := range deprovision.SortedIDs(r.f.Identities) {
		identity, kept := r.f.Identities[id], r.m.identity(id).Held
		effect, _ := r.scope.on(id)
		switch {
		case identity.Status == deprovision.Unreachable && kept != nil:
			diags.Append(r.words().identityUnread(id, identity))
		case effect.Action != deprovision.Enable || identity.Status != deprovision.Disabled:
		case kept != nil && madeAnew(identity, kept.Generation):
			diags.Append(r.words().identityMadeAnew(id))
		case !kept.ours(identity):
			diags.Append(r.words().identityDisabledElsewhere(id, identity))
		case identity.Device.HidesKeys():
			diags.Append(r.words().identityKeysHidden(id))
		}
	}
	entry, entries := r.scope.of(deprovision.TargetEnrollment), entryWriter{r}
	switch {
	case r.f.Entry == nil:
	case entry.Action == deprovision.Delete && !entries.ownUnchanged():
		diags.Append(r.words().entryChanged())
	case entry.Action == deprovision.Enable && r.m.Entry.another(r.f.Entry):
		diags.Append(r.words().entryMadeAnew())
	case entry.Action == deprovision.Enable:
		_, more := entries.withKeys(ctx, *r.f.Entry)
		diags.Append(more...)
	}
	return diags
}

func (r entryWriter) restoreEntry(ctx context.Context, effect deprovision.Effect) diagnostics {
	var diags diagnostics
	switch effect.Action {
	case deprovision.Enable:
		diags = r.setEntryStatus(ctx, azdps.StatusEnabled)
	case deprovision.Delete:
		diags = r.removeOwnEntry(ctx)
	default:
	}
	if diags.HasError() {
		return diags
	}
	for _, planned := range r.scope.effects {
		r.ledger.did(planned) // Also what was left alone.
	}
	return r.groupsNow(ctx, effect)
}

// groupsNow finds the groups that decide when the entry is gone.
func (r entryWriter) groupsNow(ctx context.Context, effect deprovision.Effect) diagnostics {
	if effect.Action != deprovision.Delete {
		return nil
	}
	groups, err := r.reader.FreshGroups(ctx)
	if err != nil {
		return diagnostics{r.words().lookUpFailed(err)}
	}
	r.f.Groups, r.f.Listed = groups, true
	return nil
}

// ownUnchanged tells whether the entry is the one that this resource made and says what it said then.
func (r entryWriter) ownUnchanged() bool {
	return r.f.Mark != nil && r.m.Entry.Digest != "" && r.m.Entry.Digest == digestOf(r.f.Entry)
}

// removeOwnEntry deletes the entry that this resource made, unless somebody has changed it since.
func (r entryWriter) removeOwnEntry(ctx context.Context) diagnostics {
	if r.f.Entry != nil && !r.ownUnchanged() {
		return diagnostics{r.words().entryChanged()}
	}
	diags := r.removeEntry(ctx)
	if !diags.HasError() {
		r.noteEntry(entryMemory{})
	}
	return diags
}
