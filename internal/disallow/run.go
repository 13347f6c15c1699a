// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// run is one apply. What is known of the device is brought up to date after every step, so that it can go to state
// wherever the run ends.
type run struct {
	services *azure.Services
	reader   *facts.Reader
	want     wanted
	scope    scope
	ledger   ledger

	// f is what was last seen of the device; first are the identities that stood when the run began.
	f     facts.Evidence
	first map[deprovision.IdentityID]facts.Identity
	watch deprovision.Watch
	m     memory
	// previous is where each object stood before it was first touched.
	previous deprovision.State
	paths    []deprovision.ReenrollPath
}

// scope is what an apply may do: the effects of its plan, and, where that left them open, what the identities of the
// device turn out to need.
type scope struct {
	effects []deprovision.Effect
	// open says that the plan left identities open, creating that there was no block before.
	open, creating bool
	// formerReason is the reason that an earlier apply wrote, and that a new one may replace.
	formerReason string
	// rewriting says that what an identity says of the block has changed.
	rewriting bool
}

// on is the effect that the plan names for an identity.
func (s scope) on(id deprovision.IdentityID) (deprovision.Effect, bool) {
	return deprovision.EffectOn(s.effects, deprovision.TargetIdentity, id.String())
}

// of is the first effect on a kind of object.
func (s scope) of(target deprovision.Target) deprovision.Effect {
	for _, effect := range s.effects {
		if effect.Target == target {
			return effect
		}
	}
	return deprovision.Effect{Action: deprovision.None}
}

// ledger is what an apply has done.
type ledger struct {
	done []deprovision.Effect
	// touched says that something was written, or may have been; unsure, that the entry may have been made, and that an
	// error has said so.
	touched, unsure bool
}

func (l *ledger) did(effect deprovision.Effect) {
	if !slices.Contains(l.done, effect) {
		l.done = append(l.done, effect)
	}
	deprovision.SortEffects(l.done)
}

// registrationDeleted is the setting delete_registration of a state: once it is set and the record is not deleted yet,
// the next plan deletes it.
func (l *ledger) registrationDeleted(plan deviceModel) types.Bool {
	if !plan.DeleteRegistration.ValueBool() {
		return plan.DeleteRegistration
	}
	return types.BoolValue(slices.ContainsFunc(l.done, func(effect deprovision.Effect) bool {
		return effect.Target == deprovision.TargetRegistration
	}))
}

// evidence is what is known now, in deprovision's words.
func (r *run) evidence() deprovision.Evidence { return evidenceOf(r.f, r.want, r.m, r.watch, r.paths) }

// note remembers what is known of an identity, noteEntry what is known of the entry.
func (r *run) note(id deprovision.IdentityID, remembered identityMemory) {
	r.m = r.m.with(id, remembered)
}

func (r *run) noteEntry(remembered entryMemory) { r.m.Entry = remembered }

// see makes what a hub said of an identity part of what is known.
func (r *run) see(id deprovision.IdentityID, identity facts.Identity) {
	known := r.f.Identities[id]
	identity.Recorded, identity.Remembered, identity.HubNamed = known.Recorded, known.Remembered, known.HubNamed
	identity.Named, identity.Proven = known.Named, identity.Proven || stillProven(known, identity)
	r.f.Identities[id] = identity
}

// stillProven tells whether what proved an identity holds although it is not to be seen any more, because the entry
// that held the certificate is gone: it is the same identity.
func stillProven(before, now facts.Identity) bool {
	return before.Proven && before.Device != nil && now.Device != nil &&
		before.Device.GenerationID == now.Device.GenerationID
}

// reread reads an identity again.
func (r *run) reread(ctx context.Context, id deprovision.IdentityID) facts.Identity {
	r.see(id, r.reader.Identity(ctx, r.question(), r.f, id))
	return r.f.Identities[id]
}

func (r *run) question() facts.Question { return r.want.question(r.m, reading{}) }

// block carries out the effects that shut the device out: DPS first, then, once no assignment is in flight any more,
// each identity, all of them read again.
func (r *run) block(ctx context.Context) diagnostics {
	if diags := (entryWriter{r}).block(ctx, r.scope.of(deprovision.TargetEnrollment)); diags.HasError() {
		return diags
	}
	if diags := r.lookAgain(ctx); diags.HasError() {
		return diags
	}
	var diags diagnostics
	for _, id := range deprovision.SortedIDs(r.f.Identities) {
		diags.Append(r.blockIdentity(ctx, id)...)
	}
	if diags.HasError() {
		return diags
	}
	if effect := r.scope.of(deprovision.TargetRegistration); effect.Action == deprovision.Delete {
		diags.Append(entryWriter{r}.deleteRegistration(ctx, effect)...)
	}
	return diags
}

// lookAgain looks at everything once more now that DPS refuses the device: what it did until then has come to its end.
// What was known of the whereabouts still holds, since nobody else has written the entry in between.
func (r *run) lookAgain(ctx context.Context) diagnostics {
	before, placed := r.f, r.evidence().Placed()
	q := r.question()
	for id, identity := range r.f.Identities {
		q.Known[id] = facts.Known{Tied: identity.Any()}
	}
	again, err := r.reader.LookAgain(ctx, q, r.f)
	if err != nil {
		return diagnostics{r.words().lookUpFailed(err)}
	}
	for id, identity := range again.Identities {
		identity.Proven = identity.Proven || stillProven(before.Identities[id], identity)
		again.Identities[id] = identity
	}
	r.f, r.watch = again, deprovision.Watch{}
	r.m = r.m.learn(r.f)
	if r.f.Assigning() {
		return diagnostics{r.words().stillAssigning()}
	}
	r.watch = deprovision.Watch{Unbroken: !slippedAway(before, again), Placed: placed}
	return nil
}

// slippedAway tells whether the device has gone to a hub that nobody knows between a look and the write that shut it
// out, and a refused try has overwritten where. A device that had never registered has a record by now that began
// before the write; one that had, has moved, which DPS does by deleting its identity where the record told that it was.
func slippedAway(before, now facts.Evidence) bool {
	if now.Record == nil || now.Record.AssignedHub != "" {
		return false
	}
	moved := false
	for id, identity := range now.Identities {
		stood := before.Identities[id]
		if identity.Device != nil && identity.Any() && stood.Device == nil {
			return false // This is where it went.
		}
		moved = moved || stood.Recorded && stood.Device != nil && identity.Status == deprovision.Absent
	}
	return moved || before.Record == nil && !begunSince(now)
}

// decide says what the identities need as they are now.
func (r *run) decide() deprovision.Decision {
	intent := r.want.intent()
	intent.RewriteIdentities = r.scope.rewriting
	return deprovision.Decide(r.evidence(), intent, deprovision.Prior{Exists: !r.scope.creating, Previous: r.previous})
}

// blockIdentity carries out the effect on one identity. In what the plan left open, what is found is acted on.
// Otherwise only what the effects name is touched, and whatever else is found is reported and left for the next plan.
func (r *run) blockIdentity(ctx context.Context, id deprovision.IdentityID) diagnostics {
	identity, decision := r.f.Identities[id], r.decide()
	needed, _ := deprovision.EffectOn(decision.Effects, deprovision.TargetIdentity, id.String())
	if needed.Target == "" { // A new block lists only what is certain.
		needed = r.want.identities.OfIdentity(id, r.evidence().State().Identities[id])
	}
	planned, named := r.scope.on(id)
	switch {
	case identity.Status == deprovision.Unreachable && identity.Any() && r.want.identities != deprovision.Keeping:
		return diagnostics{r.words().identityUnread(id, identity)}
	case named && planned.Action != deprovision.None:
		return identityWriter{r}.dispose(ctx, id, planned)
	case named && needed.Action != deprovision.None:
		return diagnostics{r.words().staleObject(planned, identity.Status)}
	case !named && !r.scope.open:
		return r.unplanned(id, needed)
	case needed.Action == deprovision.None:
		r.noteBefore(id, identity)
		r.ledger.did(needed)
		return nil
	}
	r.noteBefore(id, identity)
	return identityWriter{r}.dispose(ctx, id, needed)
}

// unplanned reports an identity that the plan did not name: the state of an update can hold no more than its plan, and
// what is left out of both may never be found again. Where there is none, there is nothing to be left out.
func (r *run) unplanned(id deprovision.IdentityID, needed deprovision.Effect) diagnostics {
	identity := r.f.Identities[id]
	if identity.Status == deprovision.Unreachable || identity.Device != nil || needed.Action != deprovision.None {
		return diagnostics{r.words().identityAppeared(id)}
	}
	if _, planned := r.scope.on(id); !planned {
		delete(r.f.Identities, id)
	}
	return nil
}
