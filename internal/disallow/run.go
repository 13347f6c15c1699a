// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

// run is one apply. What is known of the device is brought up to date after every step, so that it can go to state
// wherever the run ends.
type run struct {
	asker
	sight
	scope  scope
	ledger ledger
	// first are the identities that stood when the run began.
	first map[deprovision.IdentityID]facts.Identity
	// previous is where each object stood before it was first touched.
	previous deprovision.State
}

// scope is what an apply may do: the effects of its plan, and, where that left them open, what the identities of the
// device turn out to need.
type scope struct {
	deprovision.Effects

	// open says that the plan left identities open, creating that there was no block before.
	open, creating bool
	// formerReason is the reason that an earlier apply wrote, and that a new one may replace.
	formerReason string
	// rewriting says that what an identity says of the block has changed.
	rewriting bool
}

// ledger is what an apply has done.
type ledger struct {
	done deprovision.Effects
	// touched says that something was written, or may have been; unsure, that the entry may have been made, and that an
	// error has said so.
	touched, unsure bool
}

func (l *ledger) did(effect deprovision.Effect) { l.done = l.done.With(effect) }

// begin is a run that finds the device as s shows it.
func (a asker) begin(s sight, d deprovision.Decision, allowed scope) *run {
	a.standing = "" // It is said when the run has ended.
	return &run{asker: a, sight: s, scope: allowed, first: s.f.Identities, previous: d.Previous.Clone()}
}

// block carries out the effects that shut the device out: DPS first, then, once no assignment is in flight any more,
// each identity, all of them read again.
func (r *run) block(ctx context.Context) diag.Diagnostics {
	door := r.scope.Of(deprovision.TargetEnrollment)
	if diags := (entryWriter{r}).block(azrest.UrgentTask(ctx), door); diags.HasError() {
		return diags
	}
	ctx = azrest.OneTask(ctx) // The sooner this device is done with, the sooner Terraform begins with the next.
	if diags := r.lookAgain(ctx); diags.HasError() {
		return diags
	}
	var diags diag.Diagnostics
	for id := range r.f.InOrder() {
		diags.Append(r.blockIdentity(ctx, id)...)
	}
	if diags.HasError() {
		return diags
	}
	if effect := r.scope.Of(deprovision.TargetRegistration); effect.Action == deprovision.Delete {
		diags.Append(r.deleteRegistration(ctx, effect)...)
	}
	return diags
}

// lookAgain looks at everything once more now that DPS refuses the device: what it did until then has come to its end.
// What was known of the whereabouts still holds, since nobody else has written the entry in between.
func (r *run) lookAgain(ctx context.Context) diag.Diagnostics {
	before, placed := r.f, r.evidence().Placed()
	q := r.question()
	for id, identity := range r.f.Identities {
		q.Known[id] = facts.Known{Tied: identity.Any()}
	}
	again, err := r.reader.LookAgain(ctx, q, r.f)
	if err != nil {
		return diag.Diagnostics{r.lookUpFailed(err)}
	}
	r.f, r.watch = again, deprovision.Watch{}
	r.m = r.m.learn(r.f)
	if r.f.Assigning() {
		return diag.Diagnostics{r.stillAssigning()}
	}
	r.watch = deprovision.Watch{Unbroken: !again.SlippedAway(before), Placed: placed}
	return nil
}

// decide says what the identities need as they are now.
func (r *run) decide() deprovision.Decision {
	intent := r.want.Intent
	intent.RewriteIdentities = r.scope.rewriting
	return deprovision.Decide(r.evidence(), intent, deprovision.Prior{Exists: !r.scope.creating, Previous: r.previous})
}

// restore undoes a block in reverse: the hubs first, DPS last, so that a device which is let in finds its identity
// ready. Everything that could stop it half-way is looked at before the first write.
func (r *run) restore(ctx context.Context) diag.Diagnostics {
	if r.scope.open {
		r.openRestore()
	}
	if diags := r.checkRestore(ctx); diags.HasError() {
		return diags
	}
	for id := range r.f.InOrder() {
		effect, _ := r.scope.OnIdentity(id)
		if effect.Action != deprovision.Enable {
			continue
		}
		if diags := (identityWriter{r}).restore(ctx, id, effect); diags.HasError() {
			return diags
		}
	}
	return entryWriter{r}.restoreEntry(ctx, r.scope.Of(deprovision.TargetEnrollment))
}

// openRestore works the effects out anew for identities that could not be read when the restore was planned.
func (r *run) openRestore() {
	decision := deprovision.Decide(r.evidence(), r.want.Intent, deprovision.Prior{
		Exists: true, Previous: r.previous, Removable: entryWriter{r}.ownUnchanged(), Reenable: r.m.Entry.Disabled != "",
	})
	r.scope.Effects = r.scope.CompletedBy(decision.Effects)
}

func (r *run) checkRestore(ctx context.Context) diag.Diagnostics {
	var diags diag.Diagnostics
	for id, identity := range r.f.InOrder() {
		diags.Append(r.checkHeld(id, identity)...)
	}
	return append(diags, entryWriter{r}.checkRestore(ctx, r.scope.Of(deprovision.TargetEnrollment))...)
}

// outcome is what is true at the end of a run. failed says that it came to no end.
func (r *run) outcome(d deprovision.Decision, failed bool) outcome {
	if !failed {
		// Whoever came back has been shut out again.
		r.m.CameBack = false
		last := facts.SeenOf(r.f.Entry, r.f.Record)
		if r.f.Entry == nil {
			r.m.Seen = &last
		}
	}
	now := d.Block
	now.Created, now.Previous = r.f.Entry == nil && d.Created || r.f.Mark != nil, r.previous
	if failed || r.scope.open {
		now.Effects = r.ledger.done
	}
	return outcome{Block: now.At(r.evidence()), memory: r.remembered(), ledger: r.ledger, keep: r.ledger.touched}
}

// checkOutcome compares where the device stands with what the plan said. A difference is an error of our own, with the
// true state kept: core would call it a defect of the provider.
func (r *run) checkOutcome(plan deviceModel, promised, now deprovision.Block) diag.Diagnostics {
	if !plan.missedBy(promised, now) {
		return nil
	}
	return diag.Diagnostics{r.otherOutcome(promised, now)}
}

// told adds to the errors of a run what is true of the block now that it has ended.
func (r *run) told(diags diag.Diagnostics) diag.Diagnostics {
	standing := standingOf(r.ledger, r.scope.creating, r.f.Enrollment())
	all := make(diag.Diagnostics, 0, len(diags))
	for _, d := range diags {
		switch located, ok := d.(diag.DiagnosticWithPath); {
		case d.Severity() != diag.SeverityError || standing == "":
			all = append(all, d)
		case ok:
			all.AddAttributeError(located.Path(), d.Summary(), d.Detail()+"\n\n"+standing)
		default:
			all.AddError(d.Summary(), d.Detail()+"\n\n"+standing)
		}
	}
	return all
}

func (s subject) stillAssigning() diag.Diagnostic {
	return s.plainError("An assignment is still in flight", fmt.Sprintf(
		"The registration record of %q still says assigning after %s, so that the hub in which the device ends up is not "+
			"known.", s.id, facts.SettleLimit))
}

func (s subject) staleObject(effect deprovision.Effect, now deprovision.Status) diag.Diagnostic {
	planned := fmt.Sprintf("lead to %s", effect.To)
	if effect.From != "" {
		planned = fmt.Sprintf("lead from %s to %s", effect.From, effect.To)
	}
	return s.plainError("The plan is stale", fmt.Sprintf(
		"The plan was to %s for %s %s, which is %s now. Plan again.", planned, effect.Target, effect.Object, now))
}

func (s subject) otherOutcome(planned, now deprovision.Block) diag.Diagnostic {
	return s.plainError("The device changed during the apply", fmt.Sprintf(
		"Somebody, or the device itself, changed something after this apply began.\nPlanned:\n%s\nNow:\n%s\nPlan again.",
		planned.Lines(s.id), now.Lines(s.id)))
}

func (s subject) entryAppeared() diag.Diagnostic {
	return s.plainError("The plan is stale", fmt.Sprintf(
		"An individual enrollment %q appeared after the plan was made, and this resource did not make it. Plan again: the "+
			"new plan shows what happens to it.", s.id))
}

// outcome is how an apply ended: what is true now, and whether anything of it must be kept although it failed.
type outcome struct {
	deprovision.Block

	memory memory
	ledger ledger
	keep   bool
}

func (r *run) deleteRegistration(ctx context.Context, effect deprovision.Effect) diag.Diagnostics {
	err := r.reader.DPS().DeleteRegistration(ctx, r.want.RegistrationID, nil)
	if err != nil && !azrest.IsNotFound(err) {
		r.ledger.touched = r.ledger.touched || azrest.MaybeDone(err)
		return diag.Diagnostics{r.registrationFailed(err)}
	}
	// That the device was somewhere which nothing names any more is not forgotten with its record.
	r.m.Astray, r.f = r.evidence().Astray(), r.f.WithoutRecord()
	r.ledger.touched = true
	r.ledger.did(effect)
	return nil
}

func (s subject) registrationFailed(err error) diag.Diagnostic {
	return iotdiag.Failed(s.attempt(
		"delete", nounRegistration, s.id, s.host, iotdiag.DeleteRegistration()), err)
}

// update carries out the planned effects, or, where identities were open at plan, what they turn out to need.
func (r *deviceResource) update(ctx context.Context, plan, state deviceModel, m memory) (outcome, diag.Diagnostics) {
	c, diags := changeOf(ctx, plan, state, m)
	promised, more := plan.told.expand(ctx)
	if diags.Append(more...); diags.HasError() {
		return outcome{}, diags
	}
	planned, _ := planned(c.decision, c.prior.Paths)
	stored := outcome{Block: planned, memory: m, keep: true}
	if !c.acts() && !c.regroups {
		return stored, diags
	}
	ask, diags := r.ask(c.want)
	if diags.HasError() {
		return outcome{}, diags
	}
	run, diags := c.begin(ctx, ask, r.saidToPlan(c.want))
	if diags.HasError() {
		return outcome{}, diags
	}
	if !c.acts() {
		return run.regrouped(stored), nil
	}
	diags = run.checkFresh(c)
	if diags.HasError() {
		diags = run.told(diags)
		return run.found(c), diags
	}
	if diags.Append(run.carryOut(ctx)...); diags.HasError() {
		out := run.outcome(c.decision, true)
		out.Irreversible = c.prior.Irreversible && !c.have.Restore || run.ledger.done.Delete()
		return out, run.told(diags)
	}
	out := run.outcome(c.decision, false)
	if !c.decision.Unknown.Paths {
		run.f.Listed, run.paths = false, c.prior.Paths
		out.Paths, out.Access = c.prior.Paths, run.evidence().Access()
	}
	diags.Append(run.checkOutcome(plan, promised, out.Block)...)
	diags.Append(run.standingWarnings(run.sight)...)
	return out, run.told(diags)
}

// begin looks at the device as an update finds it. said are the answers that its plan got, if any.
func (c change) begin(ctx context.Context, ask asker, said *facts.Answers) (*run, diag.Diagnostics) {
	want := c.want
	if want.Restore {
		want.hubs = c.have.hubs // Hubs that are just named are nothing that a block has touched.
	}
	q := want.question(c.m, c.prior)
	q.Answers = said
	f, err := ask.reader.Look(ctx, q)
	if err != nil {
		return nil, diag.Diagnostics{ask.lookUpFailed(err)}
	}
	s := want.sight(f, c.m, c.prior.Paths)
	if f.Mark != nil {
		s.m.Entry = s.m.Entry.recognise(f.Entry)
	}
	return ask.begin(s, c.decision, scope{
		Effects: c.decision.Effects, open: c.decision.Unknown.Identities, formerReason: c.have.reason,
		rewriting: c.rewriting,
	}), nil
}

// carryOut does what the scope says.
func (r *run) carryOut(ctx context.Context) diag.Diagnostics {
	if r.want.Restore {
		return r.restore(ctx)
	}
	if diags := r.keysReadable(); diags.HasError() {
		return diags
	}
	return r.block(ctx)
}

// regrouped finds the groups that match another certificate; nothing else changes.
func (r *run) regrouped(stored outcome) outcome {
	r.watch, r.paths = deprovision.Watch{Unbroken: true, Placed: r.m.Placed}, nil
	evidence := r.evidence()
	stored.Paths, stored.memory.Proof = evidence.Paths, evidence.Proof
	if stored.State.Enrollment == deprovision.Absent {
		stored.Access = evidence.Access()
	}
	return stored
}

// found is what an update has found out that ends before it wrote anything: the settings stay as they were, and the
// next plan shows what there is.
func (r *run) found(c change) outcome {
	r.want = c.have
	now := r.drift(c.prior)
	return outcome{Block: now, memory: r.remembered(), keep: true}
}

// checkFresh compares what is there now with what the plan was made from, before anything is written. An object that is
// already where the plan leads is no difference: an answer may have been lost.
func (r *run) checkFresh(c change) diag.Diagnostics {
	var diags diag.Diagnostics
	now, from, to := r.f.Enrollment(), c.prior.State.Enrollment, c.decision.State.Enrollment
	effect := r.scope.Of(deprovision.TargetEnrollment)
	switch {
	case effect.Action == deprovision.CreateDisabled && r.f.Entry != nil:
		diags.Append(r.entryAppeared())
	case now != from && now != to:
		diags.Append(r.staleObject(effect, now))
	case r.f.Entry != nil && from != deprovision.Absent && (r.f.Mark != nil) != c.prior.Created:
		diags.Append(r.entryMadeAnew())
	}
	for id := range r.f.InOrder() {
		diags.Append(r.checkIdentity(id, c)...)
	}
	for id, was := range c.prior.State.Identities {
		if _, found := r.f.Identities[id]; !found && !r.scope.open && was != deprovision.Absent {
			planned, _ := r.scope.OnIdentity(id)
			diags.Append(r.staleObject(planned, deprovision.Absent))
		}
	}
	return diags
}

func (r *run) checkIdentity(id deprovision.IdentityID, c change) diag.Diagnostics {
	identity := r.f.Identities[id]
	now := identity.Said()
	was, known := c.prior.State.Identities[id]
	planned, named := r.scope.OnIdentity(id)
	switch {
	case !known && r.want.Restore:
		delete(r.f.Identities, id)
		return nil
	case !known && !r.scope.open:
		return r.unplanned(id, r.want.Identities.OfIdentity(id, now))
	case !named, now == was, now == planned.To, was == deprovision.Unreachable, now == deprovision.Unreachable:
		return nil // What cannot be read is reported when it is acted on.
	}
	return diag.Diagnostics{r.staleObject(planned, now)}
}
