// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// update carries out the planned effects, or, where hubs were open at plan, what the hubs turn out to need.
func (e *enforcement) update(ctx context.Context, plan, state deviceModel) diagnostics {
	prior, diags := state.readings(ctx)
	planned, more := plan.readings(ctx)
	diags.Append(more...)
	have, more := state.settings(ctx)
	if diags.Append(more...); diags.HasError() {
		return diags
	}
	u := newUpdatePlan(e.want, have, prior, e.memory)
	e.formerReason, e.now = have.reason, u.goal
	if !u.changes() {
		return e.rereadPaths(ctx, u)
	}
	if e.want.restore {
		e.want.hubs = have.hubs // Hubs that are just named are nothing that a block has touched.
	}
	if err := e.lookAgain(ctx, prior.picture.Identities); err != nil {
		return diagnostics{e.lookUpFailed(err)}
	}
	if diags := e.checkFresh(u, prior); diags.HasError() {
		return diags
	}
	effects := u.goal.effects
	if e.open = u.unknown.identity; u.unknown.effects {
		now := prior
		now.picture = e.now.picture
		effects = newUpdatePlan(e.want, have, now, e.memory).goal.effects
	}
	if e.want.restore {
		diags.Append(e.restore(ctx, effects)...)
	} else {
		diags.Append(e.block(ctx, effects)...)
	}
	if !u.unknown.paths {
		e.now.paths = prior.paths
	}
	e.assess()
	if diags.HasError() {
		e.stopped(prior, have)
		return diags
	}
	if u.unknown.effects {
		e.now.effects = e.done
	}
	diags.Append(e.checkOutcome(plan, planned)...)
	diags.Append(e.hubWarnings()...)
	return diags
}

// rereadPaths finds the groups that match another certificate; nobody is called when only other settings changed.
func (e *enforcement) rereadPaths(ctx context.Context, u updatePlan) diagnostics {
	if !u.unknown.paths {
		return nil
	}
	paths, err := e.askPaths(ctx)
	if err != nil {
		return diagnostics{e.lookUpFailed(err)}
	}
	e.now.paths = paths
	e.assess()
	return nil
}

func (e *enforcement) askPaths(ctx context.Context) ([]deprovision.ReenrollPath, error) {
	entry, err := e.asker.Entry(ctx, e.want.registrationID)
	if err != nil {
		return nil, err
	}
	groups, err := e.asker.FreshGroups(ctx)
	if err != nil {
		return nil, err
	}
	e.entry = entry
	e.memory.learn(entry, nil)
	return e.reenrollPaths(groups), nil
}

// stopped says what is true of an update that came to no end.
func (e *enforcement) stopped(prior readings, have settings) {
	e.now.effects = e.done
	if e.done == nil {
		e.now.effects = []deprovision.Effect{}
	}
	e.now.reversible = (prior.reversible || have.restore) && !deprovision.Deletes(e.done)
	if e.now.origin = prior.origin; e.entry != nil {
		e.now.origin = originOf(e.entry)
	}
}

// checkFresh compares what is there now with what the plan was made from, before anything is written. An object that is
// already where the plan leads is no difference: an answer may have been lost. What the plan does not touch and cannot
// be read now is taken to be as it was.
func (e *enforcement) checkFresh(u updatePlan, prior readings) diagnostics {
	var diags diagnostics
	now, from, to := e.now.picture.Enrollment, prior.picture.Enrollment, u.goal.picture.Enrollment
	switch {
	case from == deprovision.Absent && to == deprovision.Disabled && e.entry != nil:
		diags.Append(e.entryAppeared())
	case now != from && now != to:
		diags.Append(e.staleObject(deprovision.Effect{
			Target: deprovision.TargetEnrollment, Object: e.want.registrationID, From: from, To: to,
		}, now))
	}
	for _, host := range hostsOf(e.now.picture) {
		diags.Append(e.checkIdentity(host, u, prior)...)
	}
	for host := range u.goal.picture.Identities {
		was, known := prior.picture.Identities[host]
		if _, found := e.now.picture.Identities[host]; known && !found {
			e.now.picture.Identities[host] = was
		}
	}
	e.assess()
	return diags
}

func (e *enforcement) checkIdentity(host string, u updatePlan, prior readings) diagnostics {
	identity, was := e.now.picture.Identities[host], prior.picture.Identities[host]
	goal, planned := u.goal.picture.Identities[host]
	effect, named := effectOn(u.goal.effects, deprovision.IdentityObject(host, was.DeviceID))
	switch {
	case !planned:
		if e.want.restore || e.effectOfBlocking(host, identity).Action == deprovision.None {
			e.overlook(host)
			return nil
		}
		return diagnostics{e.hubAppeared(host)}
	case u.unknown.identity(host), identity == was, identity == goal:
		return nil
	case identity.Status == deprovision.Unreachable && !named:
		e.now.picture.Identities[host] = was
		return nil
	case identity.Status == deprovision.Unreachable:
		return nil // The step itself reports it, after what can be done has been done.
	case !named:
		effect = deprovision.Effect{
			Target: deprovision.TargetIdentity, Object: deprovision.IdentityObject(host, was.DeviceID),
			From: was.Status, To: goal.Status,
		}
	}
	return diagnostics{e.staleObject(effect, identity.Status)}
}

// refresh brings the readings of a state up to date. A state that was just imported has none yet.
func (e *enforcement) refresh(ctx context.Context, state deviceModel) diagnostics {
	prior, diags := state.readings(ctx)
	if diags.HasError() {
		return diags
	}
	e.now = prior
	known := prior.picture.Identities
	if state.imported() {
		known = nil
	}
	if err := e.lookAgain(ctx, known); err != nil {
		diags.Append(e.lookUpFailed(err))
		return diags
	}
	if !state.imported() {
		e.compareEntry(prior)
		e.forgetMadeAnew()
		_, effects := deprovision.Block(e.want.intent(), e.now.picture)
		e.memory.Unfinished = e.memory.Unfinished && len(deprovision.Changes(effects)) > 0
	}
	diags.Append(e.hubWarnings()...)
	return diags
}

// compareEntry tells whose the entry is now: somebody may have changed the one that this resource made, or have put
// another in its place, which then stands as it is found for what restoring means.
func (e *enforcement) compareEntry(prior readings) {
	if e.entry == nil {
		e.memory.EntryDigest, e.memory.EntryChanged = "", false
		return
	}
	e.now.origin = originOf(e.entry)
	made := e.now.origin == originCreated
	e.memory.EntryChanged = made && e.memory.EntryDigest != digestOf(e.entry)
	if !made {
		e.memory.EntryDigest = ""
	}
	if e.now.origin == prior.origin || e.want.restore {
		return
	}
	e.now.previous.Enrollment = e.now.picture.Enrollment
	if made {
		e.now.previous.Enrollment = deprovision.Absent
	}
}

// forgetMadeAnew drops identities that were made anew since they were disabled from what restoring means.
func (e *enforcement) forgetMadeAnew() {
	for host := range e.memory.Held {
		if e.memory.madeAnew(e.found[host]) {
			delete(e.memory.Held, host)
			delete(e.now.previous.Identities, host)
		}
	}
}

// registrationDeleted is the setting delete_registration of a state: once it is set and the record is not deleted yet,
// the next plan deletes it.
func (e *enforcement) registrationDeleted(plan deviceModel) types.Bool {
	if !plan.DeleteRegistration.ValueBool() {
		return plan.DeleteRegistration
	}
	done := slices.ContainsFunc(e.done, func(effect deprovision.Effect) bool {
		return effect.Target == deprovision.TargetRegistration
	})
	return types.BoolValue(done)
}
