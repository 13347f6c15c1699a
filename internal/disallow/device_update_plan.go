// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

func enrollmentGoal(plan deviceModel) types.String {
	switch {
	case plan.EnrollmentAction.IsUnknown() || plan.DesiredAccess.IsUnknown(),
		plan.DesiredAccess.ValueString() == wantRestored:
		return types.StringUnknown()
	case plan.EnrollmentAction.ValueString() == actionDelete:
		return types.StringValue(string(deprovision.Absent))
	}
	return types.StringValue(string(deprovision.Disabled))
}

// reversibleGoal of a new block depends on configuration alone.
func reversibleGoal(plan deviceModel) types.Bool {
	if plan.EnrollmentAction.IsUnknown() || plan.HubIdentityAction.IsUnknown() {
		return types.BoolUnknown()
	}
	return types.BoolValue(plan.EnrollmentAction.ValueString() != actionDelete &&
		plan.HubIdentityAction.ValueString() != actionDelete)
}

// updatePlan is what an update leads to, worked out from prior state and configuration alone.
type updatePlan struct {
	goal    readings
	unknown unknowns
	// effects are all effects, also those that do nothing.
	effects []deprovision.Effect
}

func planUpdate(ctx context.Context, plan, state deviceModel, remembered memory) (deviceModel, diagnostics) {
	want, diags := plan.settings(ctx)
	have, more := state.settings(ctx)
	diags.Append(more...)
	prior, more := state.readings(ctx)
	if diags.Append(more...); diags.HasError() {
		return plan, diags
	}
	u := newUpdatePlan(want, have, prior, remembered)
	if plan.sameSettings(state) && len(u.goal.effects) == 0 && !u.unknown.effects {
		return state.copySettings(plan), diags
	}
	diags.Append(updateWarnings(want, have, prior, u)...)
	planned, more := plan.withReadings(ctx, u.goal, u.unknown)
	return planned, append(diags, more...)
}

func newUpdatePlan(want, have settings, prior readings, remembered memory) updatePlan {
	u := updatePlan{goal: prior}
	var picture deprovision.Picture
	switch {
	case want.restore && have.restore:
		picture = prior.picture // Undone once; what happens afterwards is left as it is found.
	case want.restore:
		undoing := deprovision.Undoing{
			Previous:  prior.previous,
			Removable: prior.origin == originCreated && !remembered.EntryChanged,
		}
		picture, u.effects = deprovision.Restore(want.registrationID, undoing, prior.picture)
		u.goal.effects = deprovision.Changes(u.effects)
	default:
		picture = u.block(want, have, prior)
	}
	u.goal.picture = picture
	if u.goal.effects == nil {
		u.goal.effects = []deprovision.Effect{}
	}
	u.goal.access = deprovision.AccessOf(picture.Enrollment, picture.Statuses(), prior.paths)
	u.leaveUnknown(want, prior)
	return u
}

// block plans an update that blocks: whatever is not at its goal, and what is to be rewritten because its reason or its
// certificate changed.
func (u *updatePlan) block(want, have settings, prior readings) deprovision.Picture {
	picture, effects := blockEffects(want, prior.picture)
	u.effects = effects
	changed := deprovision.Changes(effects)
	for _, effect := range effects {
		if effect.Action == deprovision.None && rewritten(effect, want, have, prior) {
			changed = append(changed, effect)
		}
	}
	if want.deleteRegistration && (!have.deleteRegistration || have.restore) {
		changed = append(changed, deprovision.DeleteRegistration(want.registrationID))
	}
	deprovision.SortEffects(changed)
	u.goal.effects = changed
	u.goal.reversible = prior.reversible && !deprovision.Deletes(changed)
	if have.restore {
		u.goal.previous = prior.picture
		u.goal.origin = originAdopted
		if prior.picture.Enrollment == deprovision.Absent {
			u.goal.origin = originCreated
		}
	}
	return picture
}

// rewritten tells whether an object that is at its goal is written all the same: its reason changed, or the
// certificate of an entry that this resource made.
func rewritten(effect deprovision.Effect, want, have settings, prior readings) bool {
	if effect.To != deprovision.Disabled {
		return false
	}
	reason := want.reason != have.reason
	if effect.Target == deprovision.TargetIdentity {
		return reason && want.identities == deprovision.Disabling
	}
	return prior.origin == originCreated &&
		(reason || want.deviceID != have.deviceID || want.leafPEM != "" && want.leafPEM != have.leafPEM)
}

// leaveUnknown marks what only the apply can tell: hubs that could not be read, and hubs that were just named.
func (u *updatePlan) leaveUnknown(want settings, prior readings) {
	if want.restore {
		return
	}
	fresh := map[string]bool{}
	for _, host := range want.hubs {
		if !slices.ContainsFunc(hostsOf(prior.picture), func(known string) bool { return strings.EqualFold(known, host) }) {
			fresh[host] = true
			u.goal.picture.Identities[host] = deprovision.Identity{}
		}
	}
	named := func(host string) bool {
		return slices.ContainsFunc(want.hubs, func(named string) bool { return strings.EqualFold(named, host) })
	}
	u.unknown.identity = func(host string) bool {
		status := prior.picture.Identities[host].Status
		return fresh[host] || status == deprovision.Unreachable || status == deprovision.Unverified && named(host)
	}
	for host := range u.goal.picture.Identities {
		if u.unknown.identity(host) {
			u.unknown.effects, u.unknown.access = true, true
		}
	}
}

func hostsOf(picture deprovision.Picture) []string {
	hosts := make([]string, 0, len(picture.Identities))
	for host := range picture.Identities {
		hosts = append(hosts, host)
	}
	slices.Sort(hosts)
	return hosts
}

func (e *enforcement) blockEffects(now deprovision.Picture) (deprovision.Picture, []deprovision.Effect) {
	return blockEffects(e.want, now)
}

func blockEffects(want settings, now deprovision.Picture) (deprovision.Picture, []deprovision.Effect) {
	return deprovision.Block(want.intent(), now)
}
