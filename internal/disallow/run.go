// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
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

// begin is a run that finds the device as s shows it.
func (a asker) begin(s sight, d deprovision.Decision, allowed scope) *run {
	a.standing = "" // It is said when the run has ended.
	return &run{asker: a, sight: s, scope: allowed, first: s.f.Identities, previous: d.Previous.Clone()}
}

// block carries out the effects that shut the device out: DPS first, then, once no assignment is in flight any more,
// each identity, all of them read again.
func (r *run) block(ctx context.Context) diag.Diagnostics {
	if diags := (entryWriter{r}).block(ctx, r.scope.Of(deprovision.TargetEnrollment)); diags.HasError() {
		return diags
	}
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

func standingOf(l ledger, creating bool, enrollment deprovision.Status) string {
	switch {
	case l.unsure:
		return ""
	case !l.touched:
		return nothingWritten
	}
	var lines []string
	switch enrollment {
	case deprovision.Disabled:
		lines = append(lines, "The device stays blocked in DPS: its individual enrollment is disabled.")
	case deprovision.Absent:
		lines = append(lines, "The device has no individual enrollment.")
	default:
		lines = append(lines, "The device's individual enrollment is enabled.")
	}
	lines = append(lines, "The next apply goes on from here.")
	if creating {
		lines = append(lines, "Terraform marks the resource tainted and replaces it, which never lets the device in; "+
			"\"terraform untaint\" lets the next apply finish this same object instead.")
	}
	return strings.Join(lines, " ")
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

const nothingWritten = "Nothing was written."

// outcome is how an apply ended: what is true now, and whether anything of it must be kept although it failed.
type outcome struct {
	deprovision.Block

	memory memory
	ledger ledger
	keep   bool
}

// store keeps what is true now, with the settings that hold.
func (o outcome) store(
	ctx context.Context, settings asked, private iotstate.Setter, state stateSetter,
) diag.Diagnostics {
	told, diags := flatten(ctx, o.Block, unknowns{})
	diags.Append(memoryKey().Keep(ctx, private, o.memory)...)
	return append(diags, state.Set(ctx, deviceModel{asked: settings, told: told})...)
}

// stateSetter is the state of a response.
type stateSetter interface {
	Set(ctx context.Context, val any) diag.Diagnostics
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
