// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"slices"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// settleLimit bounds the wait for an assignment that began before the block. Devices give up sooner.
const settleLimit = 10 * time.Minute

// create blocks the device for the first time.
func (e *enforcement) create(ctx context.Context, plan deviceModel) diagnostics {
	answer, err := e.lookUp(ctx)
	if err != nil {
		return diagnostics{e.lookUpFailed(err)}
	}
	e.take(answer)
	e.now.origin, e.now.previous = originOf(e.entry), previousOf(e.entry, e.now.picture)
	e.takeHandover()
	e.now.reversible = reversibleGoal(plan).ValueBool()
	diags := e.refuseDelete(e.now.paths)
	if diags.HasError() {
		return diags
	}
	goal, unknown := e.createGoal()
	planned, more := plan.readings(ctx)
	if diags.Append(more...); diags.HasError() {
		return diags
	}
	if !plan.Effects.IsUnknown() && (unknown.effects || !slices.Equal(planned.effects, goal.effects)) {
		diags.Append(e.stale(planned.effects, goal.effects))
		return diags
	}
	diags.Append(e.block(ctx, goal.effects, !plan.HubIdentities.IsUnknown())...)
	e.now.effects = e.done
	if diags.HasError() {
		return diags
	}
	if !plan.Effects.IsUnknown() {
		e.now.effects = planned.effects
	}
	diags.Append(e.checkOutcome(plan, planned)...)
	diags.Append(e.hubWarnings()...)
	return diags
}

// checkOutcome compares where the device stands with what the plan said. A difference is an error of our own, with
// the true state kept: core would call it a defect of the provider.
func (e *enforcement) checkOutcome(plan deviceModel, planned readings) diagnostics {
	var diags diagnostics
	if now := e.now.picture.Enrollment; !plan.EnrollmentStatus.IsUnknown() && planned.picture.Enrollment != now {
		diags.Append(e.staleObject(deprovision.Effect{
			Target: deprovision.TargetEnrollment, Object: e.want.registrationID, To: planned.picture.Enrollment,
		}, now))
	}
	for host, identity := range planned.picture.Identities {
		if now := e.now.picture.Identities[host]; identity.Status != "" && identity.Status != now.Status {
			diags.Append(e.staleObject(deprovision.Effect{
				Target: deprovision.TargetIdentity, Object: deprovision.IdentityObject(host, identity.DeviceID),
				To: identity.Status,
			}, now.Status))
		}
	}
	if !plan.HubIdentities.IsUnknown() {
		for host := range e.now.picture.Identities {
			if _, known := planned.picture.Identities[host]; !known && !diags.HasError() {
				diags.Append(e.hubAppeared(host))
			}
		}
	}
	return diags
}

// takeHandover takes what the deleted half of a replacement knew of the time before the block, where neither the
// entry's mark nor the services still tell it.
func (e *enforcement) takeHandover() {
	host := e.services.DPSHost(e.want.dpsHostname)
	item, ok := e.services.Handover.Take(handoverKind, host, e.want.registrationID)
	if !ok {
		return
	}
	left, ok := item.(handover)
	if !ok || left.origin != e.now.origin || left.previous.Enrollment == "" {
		return
	}
	e.now.previous = left.previous
	for host, generation := range left.generations {
		e.memory.remember(host, generation)
	}
}

// refresh brings the readings of a state up to date.
func (e *enforcement) refresh(ctx context.Context, state deviceModel) diagnostics {
	prior, diags := state.readings(ctx)
	if diags.HasError() {
		return diags
	}
	answer, err := e.asker.Refresh(ctx, e.question(prior.picture.Identities))
	if err != nil {
		diags.Append(e.lookUpFailed(err))
		return diags
	}
	e.now = prior
	e.take(answer)
	e.memory.EntryChanged = e.entry != nil && e.memory.EntryETag != "" && e.memory.EntryETag != string(e.entry.ETag)
	e.forgetGenerations()
	diags.Append(e.hubWarnings()...)
	return diags
}

// forgetGenerations drops identities that were made anew since they were disabled from what restoring means.
func (e *enforcement) forgetGenerations() {
	for host, generation := range e.memory.Generations {
		identity, known := e.found[host]
		if known && identity.Device != nil && identity.Device.GenerationID != generation {
			delete(e.memory.Generations, host)
			delete(e.now.previous.Identities, host)
		}
	}
}

// update carries out the planned effects, or, where hubs were out of reach at plan, what the hubs turn out to need.
func (e *enforcement) update(ctx context.Context, plan, state deviceModel) diagnostics {
	prior, diags := state.readings(ctx)
	planned, more := plan.readings(ctx)
	diags.Append(more...)
	have, more := state.settings(ctx)
	if diags.Append(more...); diags.HasError() {
		return diags
	}
	e.now = prior
	e.now.origin, e.now.previous, e.now.reversible = planned.origin, planned.previous, planned.reversible
	known := !plan.Effects.IsUnknown()
	if known && len(planned.effects) == 0 {
		e.now.effects = planned.effects
		return diags // Only settings changed: nobody is called.
	}
	if diags.Append(e.lookAgain(ctx, prior)...); diags.HasError() {
		return diags
	}
	effects := planned.effects
	if !known {
		effects = e.effectsNow(have)
	} else if diags.Append(e.checkFresh(effects)...); diags.HasError() {
		return diags
	}
	if e.want.restore {
		diags.Append(e.restore(ctx, effects)...)
	} else {
		diags.Append(e.refuseDelete(e.now.paths)...)
		if !diags.HasError() {
			diags.Append(e.block(ctx, effects, known)...)
		}
	}
	e.now.paths = prior.paths
	e.assess()
	e.now.effects = e.done
	if diags.HasError() {
		return diags
	}
	if known {
		e.now.effects = planned.effects
	}
	diags.Append(e.checkOutcome(plan, planned)...)
	diags.Append(e.hubWarnings()...)
	return diags
}

// lookAgain reads what the effects are about, just before they are carried out.
func (e *enforcement) lookAgain(ctx context.Context, prior readings) diagnostics {
	answer, err := e.asker.Refresh(ctx, e.question(prior.picture.Identities))
	if err != nil {
		return diagnostics{e.lookUpFailed(err)}
	}
	e.take(answer)
	return nil
}

// effectsNow are the effects of blocking what is there now.
func (e *enforcement) effectsNow(have settings) []deprovision.Effect {
	_, effects := e.blockEffects(e.now.picture)
	changed := deprovision.Changes(effects)
	if e.want.deleteRegistration && !have.deleteRegistration {
		changed = append(changed, deprovision.DeleteRegistration(e.want.registrationID))
	}
	deprovision.SortEffects(changed)
	return changed
}

// checkFresh compares what the effects start from with what is there now. An object that is already where its effect
// leads is no difference: an answer may have been lost.
func (e *enforcement) checkFresh(effects []deprovision.Effect) diagnostics {
	var diags diagnostics
	for _, effect := range effects {
		now, known := e.statusOf(effect)
		if !known || now == effect.From || now == effect.To {
			continue
		}
		diags.Append(e.staleObject(effect, now))
	}
	return diags
}

// statusOf is the present status of the object of an effect; known is false for registration records, whose status
// means nothing, and for hubs that cannot be read now, which the step itself reports.
func (e *enforcement) statusOf(effect deprovision.Effect) (status deprovision.Status, known bool) {
	switch effect.Target {
	case deprovision.TargetRegistration:
		return "", false
	case deprovision.TargetEnrollment:
		return e.now.picture.Enrollment, true
	case deprovision.TargetIdentity:
		for host, identity := range e.now.picture.Identities {
			if deprovision.IdentityObject(host, identity.DeviceID) == effect.Object {
				return identity.Status, identity.Status != deprovision.Unreachable
			}
		}
		return deprovision.Absent, true
	}
	return "", false
}

// block carries out effects that shut the device out: DPS first, then, once no assignment is in flight any more, each
// hub. planned says that the plan named every hub, so that one that appears now is reported and left for the next
// plan.
func (e *enforcement) block(ctx context.Context, effects []deprovision.Effect, planned bool) diagnostics {
	diags := e.blockEntry(ctx, effects)
	if diags.HasError() {
		return diags
	}
	if diags.Append(e.settle(ctx)...); diags.HasError() {
		return diags
	}
	for _, host := range hostsOf(e.now.picture) {
		diags.Append(e.blockHub(ctx, host, effects, planned)...)
	}
	if diags.HasError() {
		return diags
	}
	for _, effect := range effects {
		if effect.Target == deprovision.TargetRegistration {
			diags.Append(e.deleteRegistration(ctx, effect)...)
		}
	}
	return diags
}

func (e *enforcement) blockEntry(ctx context.Context, effects []deprovision.Effect) diagnostics {
	for _, effect := range effects {
		if effect.Target != deprovision.TargetEnrollment {
			continue
		}
		var diags diagnostics
		switch effect.Action {
		case deprovision.CreateDisabled:
			diags = e.createEntry(ctx)
		case deprovision.Disable:
			diags = e.setEntryStatus(ctx, azdps.StatusDisabled)
		case deprovision.Delete:
			diags = e.deleteEntry(ctx)
		default:
			diags = e.rewriteEntry(ctx)
		}
		if !diags.HasError() {
			e.did(effect)
		}
		return diags
	}
	return nil
}

// settle waits until no assignment is in flight any more: one that began before the block ends after it, and may put
// the device into a hub that nobody has looked at.
func (e *enforcement) settle(ctx context.Context) diagnostics {
	registration, err := e.asker.Settled(ctx, e.want.registrationID, settleLimit)
	switch {
	case err != nil:
		return diagnostics{e.lookUpFailed(err)}
	case facts.Assigning(registration):
		return diagnostics{e.stillAssigning()}
	case registration == nil || registration.AssignedHub == "":
		return nil
	}
	if _, known := e.hostKnown(registration.AssignedHub); !known {
		identity := e.asker.Identity(ctx, registration.AssignedHub, []string{registration.DeviceID}, facts.Assigned)
		e.see(identity)
		e.now.previous.Identities[identity.Host] = deprovision.Identity{
			DeviceID: identity.DeviceID, Status: identity.Status,
		}
	}
	return nil
}

// did notes an effect that was carried out.
func (e *enforcement) did(effect deprovision.Effect) {
	e.done = append(e.done, effect)
	deprovision.SortEffects(e.done)
}
