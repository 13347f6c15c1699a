// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"
	"slices"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// restore enables the identities that were disabled here, and the group last, so that a device which is let in finds
// its identity ready.
func (r *run) restore(ctx context.Context, reopens bool) diagnostics {
	if err := r.lookAround(ctx, r.s); err != nil {
		return diagnostics{r.words().lookUpFailed(err)}
	}
	if reopens && (r.s.group == nil || r.s.group.CreatedDateTimeUTC != r.m.Group.Created) {
		return diagnostics{r.words().madeAnew()}
	}
	r.workThrough(ctx, deprovision.Enable, r.mayRestore)
	if diags := r.shutAgain(ctx); diags.HasError() {
		return diags
	}
	if held := r.heldBack(); total(held) > 0 {
		return r.unfinished(held)
	}
	if reopens && r.s.group.Disabled() {
		return r.reopen(ctx)
	}
	return nil
}

// shutAgain disables what was enabled of devices that somebody has blocked by themselves meanwhile: whoever did found
// the identity disabled already, and left it at that. The group then stays shut.
func (r *run) shutAgain(ctx context.Context) diagnostics {
	before := r.s.own
	if err := r.lookAround(ctx, r.s); err != nil {
		return diagnostics{r.words().lookUpFailed(err)}
	}
	blocked := func(id deprovision.IdentityID, s deprovision.Sighting) bool {
		device := deviceKey(id)
		return s.Status == deprovision.Enabled && s.Any() && r.s.own[device] == deprovision.Disabled &&
			before[device] != deprovision.Disabled
	}
	var ids []string
	for id, sighting := range r.s.roll {
		if blocked(id, sighting) {
			ids = append(ids, id.String())
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	r.limits = nil // It is no more than what was just enabled.
	r.workThrough(ctx, deprovision.Disable, blocked)
	return diagnostics{r.words().blockedMeanwhile(ids)}
}

// mayRestore tells whether an identity may have been disabled here. What was found disabled by somebody else was not;
// and a device whose individual enrollment is disabled was blocked by itself.
func (r *run) mayRestore(id deprovision.IdentityID, s deprovision.Sighting) bool {
	ours := s.Status == deprovision.Disabled && s.Ours || s.Status == deprovision.Unread
	return s.Any() && ours && r.s.own[deviceKey(id)] != deprovision.Disabled
}

// heldBack counts, by hub, what may still be disabled because of the block.
func (r *run) heldBack() map[string]int {
	held := map[string]int{}
	for id, sighting := range r.s.roll {
		if r.mayRestore(id, sighting) {
			held[id.Host]++
		}
	}
	return held
}
