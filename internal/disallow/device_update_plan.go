// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"slices"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// updatePlan is what an update leads to, worked out from prior state and configuration alone: core plans again at apply
// and calls any other outcome a defect of the provider.
type updatePlan struct {
	goal    readings
	unknown unknowns
}

// changes tells whether the update does anything besides storing settings.
func (u updatePlan) changes() bool { return len(u.goal.effects) > 0 || u.unknown.effects }

func newUpdatePlan(want, have settings, prior readings, remembered memory) updatePlan {
	u := updatePlan{goal: prior}
	u.goal.previous, u.goal.effects = prior.previous.Clone(), []deprovision.Effect{}
	switch {
	case want.restore && have.restore:
		// Undone once; what happens afterwards is left as it is found.
		u.goal.picture = prior.picture.Clone()
	case want.restore:
		var effects []deprovision.Effect
		u.goal.picture, effects = deprovision.Restore(want.registrationID, deprovision.Undoing{
			Previous: prior.previous, Removable: prior.origin == originCreated && !remembered.EntryChanged,
		}, prior.picture)
		u.goal.effects = deprovision.Changes(effects)
	default:
		u.block(want, have, prior)
	}
	u.leaveUnknown(want, have, prior, remembered)
	u.goal.access = deprovision.AccessOf(u.goal.picture.Enrollment, u.goal.picture.Statuses(), prior.paths)
	return u
}

// block plans an update that blocks: whatever is not at its goal, and what is to be rewritten because its reason or its
// certificate changed.
func (u *updatePlan) block(want, have settings, prior readings) {
	if have.restore {
		u.goal.previous, u.goal.reversible = prior.picture.Clone(), true
	}
	picture, effects := deprovision.Block(want.intent(), prior.picture)
	changed := deprovision.Changes(effects)
	changed = append(changed, rewriting(want, have, prior)...)
	if want.deleteRegistration && (!have.deleteRegistration || have.restore) {
		changed = append(changed, deprovision.DeleteRegistration(want.registrationID))
	}
	deprovision.SortEffects(changed)
	u.goal.picture, u.goal.effects = picture, changed
	u.goal.reversible = u.goal.reversible && !deprovision.Deletes(changed)
	if prior.picture.Enrollment == deprovision.Absent && picture.Enrollment == deprovision.Disabled {
		u.goal.origin, u.goal.previous.Enrollment = originCreated, deprovision.Absent
	}
	for host, identity := range prior.picture.Identities {
		before := u.goal.previous.Identities[host]
		known := readable(before.Status) && before.DeviceID == identity.DeviceID
		_, touched := effectOn(changed, deprovision.IdentityObject(host, identity.DeviceID))
		if touched && !known {
			u.goal.previous.Identities[host] = identity
		}
	}
}

// readable tells whether a status is one that a hub told of an identity that exists.
func readable(status deprovision.Status) bool {
	return status == deprovision.Enabled || status == deprovision.Disabled
}

// rewrites tells whether an effect changes what an object says and not its status.
func rewrites(effect deprovision.Effect) bool {
	return effect.Action == deprovision.Disable && effect.From == effect.To
}

// rewriting are the effects on objects that are at their goal and written all the same: the reason of what this
// resource disabled, and what an entry says that it made.
func rewriting(want, have settings, prior readings) []deprovision.Effect {
	if have.restore {
		return nil
	}
	rewrite := deprovision.Effect{
		Action: deprovision.Disable, From: deprovision.Disabled, To: deprovision.Disabled,
	}
	var effects []deprovision.Effect
	reason := want.reason != have.reason
	made := prior.origin == originCreated && prior.picture.Enrollment == deprovision.Disabled
	if made && want.enrollment == deprovision.Disabling && (reason || want.deviceID != "" &&
		want.deviceID != have.deviceID || want.leafPEM != "" && !want.sameLeaf(have)) {
		rewrite.Target, rewrite.Object = deprovision.TargetEnrollment, want.registrationID
		effects = append(effects, rewrite)
	}
	for host, identity := range prior.picture.Identities {
		disabledHere := identity.Status == deprovision.Disabled &&
			prior.previous.Identities[host].Status != deprovision.Disabled
		if reason && disabledHere && want.identities == deprovision.Disabling {
			rewrite.Target = deprovision.TargetIdentity
			rewrite.Object = deprovision.IdentityObject(host, identity.DeviceID)
			effects = append(effects, rewrite)
		}
	}
	return effects
}

// leaveUnknown marks what only the apply can tell: hubs that could not be read, hubs that were just named, and the
// groups that match another certificate.
func (u *updatePlan) leaveUnknown(want, have settings, prior readings, remembered memory) {
	open := map[string]bool{}
	switch {
	case want.restore && have.restore:
	case want.restore:
		for host, identity := range prior.picture.Identities {
			before := prior.previous.Identities[host].Status
			open[host] = identity.Status == deprovision.Unreachable && before == deprovision.Enabled
		}
	default:
		for host, identity := range prior.picture.Identities {
			_, held := remembered.Held[host]
			renamed := want.deviceID != "" && want.deviceID != identity.DeviceID && !held
			open[host] = identity.Status == deprovision.Unreachable && want.identities != deprovision.Keeping ||
				identity.Status == deprovision.Unverified && slices.Contains(want.hubs, host) ||
				identity.Status == deprovision.Absent && renamed
		}
		for _, host := range want.hubs {
			if _, known := prior.picture.Identities[host]; !known {
				open[host] = true
				u.goal.picture.Identities[host] = deprovision.Identity{}
			}
		}
	}
	u.unknown.identity = func(host string) bool { return open[host] }
	for host := range open {
		if open[host] {
			u.unknown.effects, u.unknown.access, u.unknown.previous = true, true, true
			u.goal.reversible = u.goal.reversible && (want.restore || want.identities != deprovision.Deleting)
		}
	}
	if !want.sameLeaf(have) || !slices.Equal(want.above, have.above) {
		u.unknown.paths = true
		u.unknown.access = u.unknown.access || u.goal.picture.Enrollment == deprovision.Absent
	}
}

func hostsOf(picture deprovision.Picture) []string { return sortedHosts(picture.Identities) }
