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

// block carries out effects that shut the device out: DPS first, then, once no assignment is in flight any more, each
// hub. In hubs that the plan left open, what is found there is acted on. Otherwise only what the effects name is
// touched, and a hub that appears is reported and left for the next plan.
func (e *enforcement) block(ctx context.Context, effects []deprovision.Effect) diagnostics {
	diags := e.blockEntry(ctx, effects)
	if diags.HasError() {
		return diags
	}
	if diags.Append(e.settle(ctx)...); diags.HasError() {
		return diags
	}
	if diags.Append(e.readAbsent(ctx)...); diags.HasError() {
		return diags
	}
	for _, host := range hostsOf(e.now.picture) {
		diags.Append(e.blockHub(ctx, host, effects)...)
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
		switch {
		case effect.Action == deprovision.CreateDisabled:
			diags = e.createEntry(ctx)
		case rewrites(effect):
			diags = e.rewriteEntry(ctx)
		case effect.Action == deprovision.Disable:
			diags = e.setEntryStatus(ctx, azdps.StatusDisabled)
		case effect.Action == deprovision.Delete:
			diags = e.deleteEntry(ctx)
		}
		if !diags.HasError() {
			e.did(effect)
		}
		return diags
	}
	return nil
}

// settle waits until no assignment is in flight any more: one that began before the block ends after it, and may put
// the device into a hub that nobody has looked at. Where the plan knew no hub, or the record names none, the hubs are
// searched once more: the device may have come in just before the block, and have overwritten its record since.
func (e *enforcement) settle(ctx context.Context) diagnostics {
	registration, err := e.asker.Settled(ctx, e.want.registrationID, settleLimit)
	switch {
	case err != nil:
		return diagnostics{e.lookUpFailed(err)}
	case facts.Assigning(registration):
		return diagnostics{e.stillAssigning()}
	}
	if e.searching || registration == nil || registration.AssignedHub == "" {
		again := e.asker.SearchAgain(ctx, e.question(e.now.picture.Identities), e.answer, registration)
		for _, host := range sortedHosts(again.Identities) {
			e.discover(again.Identities[host])
		}
		return nil
	}
	look := facts.Look{
		Host: lower(registration.AssignedHub), DeviceIDs: []string{registration.DeviceID}, Evidence: facts.Recorded,
	}
	if _, known := e.now.picture.Identities[look.Host]; !known {
		e.discover(e.asker.Identity(ctx, e.question(nil), e.entry, look))
	}
	return nil
}

// readAbsent reads again where the device had no identity when it was looked up: it may have come in just before the
// block.
func (e *enforcement) readAbsent(ctx context.Context) diagnostics {
	if e.want.identities == deprovision.Keeping {
		return nil
	}
	var diags diagnostics
	for _, host := range hostsOf(e.now.picture) {
		if e.now.picture.Identities[host].Status != deprovision.Absent {
			continue
		}
		identity := e.readIdentity(ctx, host)
		switch {
		case identity.Status == deprovision.Unreachable:
			diags.Append(e.hubFailed(identity))
		case identity.Device != nil:
			e.appeared = append(e.appeared, host)
			e.stoodAs(identity)
		}
	}
	return diags
}

// discover adds an identity in a hub that was not known before.
func (e *enforcement) discover(identity facts.Identity) {
	if known, ok := e.now.picture.Identities[identity.Host]; ok && known.Status != deprovision.Unreachable {
		return
	}
	e.see(identity)
	e.appeared = append(e.appeared, identity.Host)
	if identity.Status == deprovision.Unverified {
		e.memory.Suspected = append(e.memory.Suspected, identity.Host)
	}
	e.stoodAs(identity)
}

// stoodAs notes how an identity stood before it is first touched. The plan of an update has said so already, except of
// the hubs that it left open.
func (e *enforcement) stoodAs(identity facts.Identity) {
	if !e.creating && (e.open == nil || !e.open(identity.Host)) {
		return
	}
	before, known := e.now.previous.Identities[identity.Host]
	if known && readable(before.Status) && before.DeviceID == identity.DeviceID && !e.memory.madeAnew(identity) {
		return
	}
	if known && before.Status == deprovision.Absent && identity.Status == deprovision.Absent {
		return
	}
	e.now.previous.Identities[identity.Host] = deprovision.Identity{
		DeviceID: identity.DeviceID, Status: identity.Status,
	}
}

// blockHub carries out the effect on the device's identity in one hub.
func (e *enforcement) blockHub(ctx context.Context, host string, effects []deprovision.Effect) diagnostics {
	identity := e.now.picture.Identities[host]
	if e.searching || e.open != nil && e.open(host) {
		return e.blockOpenHub(ctx, host, effects)
	}
	effect, named := effectOn(effects, deprovision.IdentityObject(host, identity.DeviceID))
	switch {
	case named && effect.Action != deprovision.None:
		return e.disposeIdentity(ctx, host, effect)
	case slices.Contains(e.appeared, host):
		return e.unplanned(host)
	case named:
		e.did(effect)
	}
	return nil
}

// blockOpenHub does what a hub turns out to need, and notes it.
func (e *enforcement) blockOpenHub(
	ctx context.Context, host string, effects []deprovision.Effect,
) diagnostics {
	identity := e.now.picture.Identities[host]
	if identity.Status == deprovision.Unreachable && e.want.identities != deprovision.Keeping {
		found := e.readIdentity(ctx, host)
		switch {
		case found.Status == deprovision.Unreachable:
			return diagnostics{e.hubFailed(found)}
		case e.searching && found.Status == deprovision.Absent && found.Evidence == facts.Searched:
			e.overlook(host)
			delete(e.now.previous.Identities, host)
			return nil
		}
		identity = e.now.picture.Identities[host]
	}
	e.stoodAs(e.found[host])
	effect := e.effectOfBlocking(host, identity)
	if planned, named := effectOn(effects, effect.Object); named && rewrites(planned) {
		effect = planned
	}
	if effect.Action == deprovision.None {
		e.did(effect)
		return nil
	}
	return e.disposeIdentity(ctx, host, effect)
}

func (e *enforcement) effectOfBlocking(host string, identity deprovision.Identity) deprovision.Effect {
	_, effects := deprovision.Block(e.want.intent(), deprovision.Picture{
		Enrollment: e.now.picture.Enrollment, Identities: map[string]deprovision.Identity{host: identity},
	})
	effect, _ := effectOn(effects, deprovision.IdentityObject(host, identity.DeviceID))
	return effect
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
func (e *enforcement) unplanned(host string) diagnostics {
	identity := e.now.picture.Identities[host]
	if identity.Status == deprovision.Unreachable {
		return diagnostics{e.hubFailed(e.found[host])}
	}
	// A new block was planned after a search: what nothing proves to be the device's, yet came under its ID since, is
	// more likely the device than not.
	suspicious := e.creating && identity.Status == deprovision.Unverified
	if !suspicious && e.effectOfBlocking(host, identity).Action == deprovision.None {
		e.overlook(host) // The next refresh finds it, and finds nothing to do.
		return nil
	}
	return diagnostics{e.hubAppeared(host)}
}
