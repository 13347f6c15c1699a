// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/composite"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

// create blocks the device for the first time.
func (r *deviceResource) create(ctx context.Context, plan deviceModel) (outcome, diag.Diagnostics) {
	want, diags := plan.asked.expand(ctx)
	promised, more := plan.told.expand(ctx)
	if diags.Append(more...); diags.HasError() {
		return outcome{}, diags
	}
	// If this create is one half of a replacement.
	left, replacing := azure.Take[handover](&r.Services.Handover, r.entryObject(want))
	a, ask, diags := r.arriveAsPlanned(ctx, want, left, plan.HubIdentities.IsUnknown())
	if diags.HasError() {
		return left.outcome(replacing), diags
	}
	run := ask.begin(a.sight, a.decision, scope{
		Effects: a.decision.Effects, open: a.decision.Unknown.Identities || plan.HubIdentities.IsUnknown(), creating: true,
	})
	if staleCreate(plan, promised, a.decision) {
		return left.outcome(replacing), run.told(run.staleCreate(promised.Effects, a.decision.Effects))
	}
	if diags.Append(run.keysReadable()...); diags.HasError() {
		return left.outcome(replacing), run.told(diags)
	}
	diags.Append(run.block(ctx)...)
	out := run.outcome(a.decision, diags.HasError())
	out.keep = run.ledger.touched || replacing
	if !diags.HasError() {
		diags.Append(run.checkOutcome(plan, promised, out.Block)...)
		diags.Append(run.standingWarnings(run.sight)...)
	}
	return out, run.told(diags)
}

// staleCreate tells whether the device is not as it was planned, as far as the plan could tell.
func staleCreate(plan deviceModel, promised deprovision.Block, d deprovision.Decision) bool {
	if !plan.EnrollmentOrigin.IsUnknown() && promised.Created != d.Created {
		return true
	}
	return !plan.Effects.IsUnknown() && (d.Unknown.Identities || !slices.Equal(promised.Effects, d.Effects))
}

// staleCreate says why what was planned is not what is necessary now: a hub could be read then and cannot be read any
// more, or the device has changed.
func (r *run) staleCreate(planned, now deprovision.Effects) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, host := range slices.Sorted(maps.Keys(r.f.Unread)) {
		id := deprovision.IdentityID{Host: host, DeviceID: r.want.RegistrationID}
		diags.Append(r.identityUnread(id, facts.Identity{Err: r.f.Unread[host]}))
	}
	if diags.HasError() {
		return diags
	}
	return diag.Diagnostics{r.stale(planned, now)}
}

func (s subject) stale(planned, now deprovision.Effects) diag.Diagnostic {
	return s.plainError("The plan is stale", fmt.Sprintf(
		"The device changed after the plan was made. Planned:\n%s\nNecessary now:\n%s\nPlan again.",
		planned, now))
}

// handover is what a Delete leaves for the Create of the same device: what the deleted half of a replacement knew of
// the time before the block, where neither the entry's mark nor the services still tell it.
type handover struct {
	deprovision.Block

	memory memory
	// restored says that the block was undone: what stands now is how it stood before the next one.
	restored bool
}

// outcome is what is true when a create ends before it wrote anything: of a replacement, what the old object knew.
func (h handover) outcome(replacing bool) outcome {
	h.Effects = nil
	return outcome{Block: h.Block, memory: h.memory, keep: replacing}
}

// arrival is a device that is not blocked yet, as it was found, with what blocking it leads to.
type arrival struct {
	sight
	decision deprovision.Decision
}

// arrive looks a device up that is not blocked yet, and decides. left is what a replaced object knew; remembering says
// that it tells also where to look: what a plan names was found without it. said are the answers that the plan of this
// apply got, and that are not asked for again. Where nothing could be looked at, there is nobody to ask.
func (r *deviceResource) arrive(
	ctx context.Context, want wanted, left handover, remembering bool, said *facts.Answers,
) (arrival, asker, diag.Diagnostics) {
	ask, diags := r.ask(want)
	if diags.HasError() {
		return arrival{}, asker{}, diags
	}
	q := want.firstQuestion()
	if remembering {
		q = want.question(left.memory, left.Block)
	}
	q.Answers = said
	f, err := ask.reader.LookAtFirst(ctx, q)
	if err != nil {
		return arrival{}, asker{}, diag.Diagnostics{ask.lookUpFailed(err)}
	}
	a := arrival{sight: want.sight(f, left.memory, nil)}
	before := recollect(f, a.m, left)
	a.m = before.memory
	a.decision = deprovision.Decide(a.evidence(), want.Intent, deprovision.Prior{Previous: before.state})
	a.decision.Created = f.Entry == nil || f.Mark != nil
	if said == nil { // The plan that got the answers has looked.
		diags.Append(ask.namesake(ctx, a.sight)...)
	}
	return a, ask, append(diags, refuseDelete(want, a.evidence())...)
}

// arriveAsPlanned is arrive for the apply of a plan, with what the services said to the plan a moment ago: so that no
// hub is asked before DPS is shut. A write of the entry proves that it is as it was said to be; where none is planned,
// the entry is asked for.
func (r *deviceResource) arriveAsPlanned(
	ctx context.Context, want wanted, left handover, remembering bool,
) (arrival, asker, diag.Diagnostics) {
	said := r.saidToPlan(want)
	a, ask, diags := r.arrive(ctx, want, left, remembering, said)
	if said == nil || ask.reader == nil || a.decision.Effects.Of(deprovision.TargetEnrollment).Action != deprovision.None {
		return a, ask, diags
	}
	stands, err := ask.reader.EntryStands(ctx, want.RegistrationID, a.f.Entry)
	switch {
	case err != nil:
		return arrival{}, asker{}, diag.Diagnostics{ask.lookUpFailed(err)}
	case !stands:
		return r.arrive(ctx, want, left, remembering, nil)
	}
	return a, ask, diags
}

// namesake refuses a registration ID of which DPS knows nothing and which is the hub's name of a device that has
// another: its block would shut nobody out. Where more entries than are looked at may have it, it warns.
func (a asker) namesake(ctx context.Context, seen sight) diag.Diagnostics {
	f := seen.f
	if f.Entry != nil || f.Record != nil {
		return nil
	}
	entry, complete, err := a.reader.Namesake(ctx, seen.want.firstQuestion(), f)
	switch {
	case err != nil:
		tried := a.attempt("list", "individual enrollments", "*", a.host, iotdiag.ReadIndividualEnrollment())
		tried.Afterwards = fmt.Sprintf("Whether %q is the hub's name of a device with another registration ID is not "+
			"known.", a.id)
		return diag.Diagnostics{iotdiag.Warned(tried, err)}
	case entry != nil:
		return diag.Diagnostics{a.otherRegistrationID(entry.RegistrationID)}
	case !complete:
		return diag.Diagnostics{iotdiag.Warning("Not every enrollment was looked at", fmt.Sprintf(
			"DPS has no enrollment and no registration record of %q, and more individual enrollments than are looked at: "+
				"whether one of them has it as its device ID is not known. The registration ID is the device's name towards "+
				"DPS, which may differ from its device ID in the hub.", a.id))}
	}
	return nil
}

// otherRegistrationID is the error of a hub's device ID that was given for a registration ID.
func (s subject) otherRegistrationID(registrationID string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("registration_id"), "This is another device's name in its hub",
		fmt.Sprintf("DPS knows no device %q, but the individual enrollment %q has it as its device ID, or holds the "+
			"certificate that the identity of that name shows. A block of %q would not keep that device out. Use "+
			"registration_id = %q, and device_id for the name in the hub.", s.id, registrationID, s.id, registrationID))
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

// change is an update as it is planned: from prior state, configuration and memory alone.
type change struct {
	want, have wanted
	prior      deprovision.Block
	m          memory
	decision   deprovision.Decision
	// regroups says that another certificate matches other groups.
	regroups bool
	// rewriting says that what the identities say of the block is written anew.
	rewriting bool
	// ways are the groups that could let the device in, for warnings: as they are now where they were asked for.
	ways []deprovision.ReenrollPath
}

func changeOf(ctx context.Context, plan, state deviceModel, m memory) (change, diag.Diagnostics) {
	c := change{m: m}
	var diags, more diag.Diagnostics
	c.want, diags = plan.asked.expand(ctx)
	c.have, more = state.asked.expand(ctx)
	diags.Append(more...)
	c.prior, more = state.told.expand(ctx)
	if diags.Append(more...); diags.HasError() {
		return c, diags
	}
	c.ways = c.prior.Paths
	evidence := m.evidence(c.prior, c.want)
	intent := c.want.change(c.have, m, evidence)
	c.rewriting = intent.RewriteIdentities
	c.decision = deprovision.Decide(evidence, intent, m.prior(c.prior, c.have.Restore))
	c.regroups = !c.want.sameLeaf(c.have) || !slices.Equal(c.want.above, c.have.above)
	c.decision.Unknown.Paths = c.decision.Unknown.Paths || c.regroups
	if c.regroups && c.decision.State.Enrollment == deprovision.Absent {
		c.decision.Unknown.Access = true
	}
	return c, diags
}

// acts tells whether the update does anything besides storing settings.
func (c change) acts() bool { return c.decision.Changes() || c.decision.Access != c.prior.Access }

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
	// maybe is what the entry may be by now, other than it was last read: nothing tells what became of a write.
	maybe deprovision.Status
}

// opens tells whether a write of which nothing tells what became of it may let the device in.
func (l ledger) opens(restoring bool) bool {
	return l.maybe == deprovision.Enabled || restoring && l.maybe == deprovision.Absent
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
		return append(entryWriter{r}.unplace(ctx), r.stillAssigning())
	}
	r.watch = deprovision.Watch{Unbroken: !again.SlippedAway(before), Placed: placed}
	return entryWriter{r}.unplace(ctx)
}

// decide says what the identities need as they are now.
func (r *run) decide() deprovision.Decision {
	intent := r.want.Intent
	intent.RewriteIdentities = r.scope.rewriting
	return deprovision.Decide(r.evidence(), intent, deprovision.Prior{Exists: !r.scope.creating, Previous: r.previous})
}

// blockIdentity carries out the effect on one identity. In what the plan left open, what is found is acted on.
// Otherwise only what the effects name is touched, and whatever else is found is reported and left for the next plan.
func (r *run) blockIdentity(ctx context.Context, id deprovision.IdentityID) diag.Diagnostics {
	identity, decision := r.f.Identities[id], r.decide()
	needed, _ := decision.Effects.OnIdentity(id)
	if needed.Target == "" { // A new block lists only what is certain.
		needed = r.want.Identities.OfIdentity(id, r.evidence().State().Identities[id])
	}
	planned, named := r.scope.OnIdentity(id)
	switch {
	case identity.Status == deprovision.Unreachable && identity.Any() && r.want.Identities != deprovision.Keeping:
		return diag.Diagnostics{r.identityUnread(id, identity)}
	case named && planned.Action != deprovision.None:
		return identityWriter{r}.dispose(ctx, id, planned)
	case named && needed.Action != deprovision.None:
		return diag.Diagnostics{r.staleObject(planned, identity.Status)}
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
func (r *run) unplanned(id deprovision.IdentityID, needed deprovision.Effect) diag.Diagnostics {
	identity := r.f.Identities[id]
	switch {
	case identity.Status == deprovision.Unreachable && identity.Device == nil:
		return diag.Diagnostics{r.identityUnread(id, identity)}
	case identity.Device != nil, needed.Action != deprovision.None:
		return diag.Diagnostics{r.identityAppeared(id)}
	}
	if _, planned := r.scope.OnIdentity(id); !planned {
		delete(r.f.Identities, id)
	}
	return nil
}

// noteBefore notes how an identity stood before it is first touched, where the plan could not tell.
func (r *run) noteBefore(id deprovision.IdentityID, identity facts.Identity) {
	before, known := r.previous.Identities[id]
	touched := before == deprovision.Enabled || before == deprovision.Disabled
	held := r.m.identity(id).Held
	if known && touched && (held == nil || !identity.MadeAnew(held.Generation)) {
		return
	}
	if !identity.Any() || !r.scope.open && !r.scope.creating || !r.scope.creating && identity.Device == nil {
		return
	}
	r.previous.Identities[id] = identity.Said()
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

// checkHeld refuses to restore when an identity that is to be enabled cannot be, or must not.
func (r *run) checkHeld(id deprovision.IdentityID, identity facts.Identity) diag.Diagnostics {
	effect, _ := r.scope.OnIdentity(id)
	kept := r.m.identity(id).Held
	switch {
	case identity.Status == deprovision.Unreachable && kept != nil:
		return diag.Diagnostics{r.identityUnread(id, identity)}
	case effect.Action != deprovision.Enable || identity.Status != deprovision.Disabled:
		return nil
	case kept != nil && identity.MadeAnew(kept.Generation):
		return diag.Diagnostics{r.identityMadeAnew(id)}
	case !kept.ours(identity):
		return diag.Diagnostics{r.identityDisabledElsewhere(id, identity)}
	case identity.Device.HidesKeys():
		return diag.Diagnostics{r.identityKeysHidden(id)}
	}
	return nil
}

// keysReadable refuses to begin when the keys of an identity that is to be disabled cannot be sent along.
func (r *run) keysReadable() diag.Diagnostics {
	var diags diag.Diagnostics
	for id, identity := range r.f.InOrder() {
		disables := r.want.Identities == deprovision.Disabling && identity.Status == deprovision.Enabled && identity.Any()
		if disables && identity.Device.HidesKeys() {
			diags.Append(r.identityKeysHidden(id))
		}
	}
	return diags
}

// reread reads an identity again.
func (r *run) reread(ctx context.Context, id deprovision.IdentityID) facts.Identity {
	return r.reader.ReadAgain(ctx, r.question(), r.f, id)
}

// outcome is how an apply ended: what is true now, and whether anything of it must be kept although it failed.
type outcome struct {
	deprovision.Block

	memory memory
	ledger ledger
	keep   bool
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
	out := outcome{Block: now.At(r.evidence()), memory: r.remembered(), ledger: r.ledger, keep: r.ledger.touched}
	if r.ledger.opens(r.want.Restore) {
		out.Access = deprovision.Allowed // Nothing known rules it out.
	}
	return out
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
	switch {
	case l.maybe != "":
		lines = append(lines, fmt.Sprintf("What became of the device's individual enrollment is not known: it was %s when "+
			"it was last read, and may be %s by now.", enrollment, l.maybe))
	case enrollment == deprovision.Disabled:
		lines = append(lines, "The device stays blocked in DPS: its individual enrollment is disabled.")
	case enrollment == deprovision.Absent:
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

const nothingWritten = "Nothing was written."

// subject is the device of which diagnostics speak.
type subject struct {
	services *azure.Services
	// id is its registration ID, host the DPS instance.
	id, host string
	// standing says what is true of the block, for an error that ends a look; a run says it when it has ended.
	standing string
}

// asker asks the services about its subject.
type asker struct {
	subject
	reader *facts.Reader
}

// ask is how the device is asked about that is wanted to be blocked.
func (r *deviceResource) ask(want wanted) (asker, diag.Diagnostics) {
	return newAsker(r.Services, want)
}

func newAsker(services *azure.Services, want wanted) (asker, diag.Diagnostics) {
	reader, diags := composite.Reader(services, want.dpsHostname)
	if diags.HasError() {
		return asker{}, diags
	}
	return asker{reader: reader, subject: subject{
		services: services, id: want.RegistrationID, host: reader.DPS().Host(), standing: nothingWritten,
	}}, nil
}

func (s subject) attempt(verb, noun, id, host string, needs iotdiag.Right) iotdiag.Attempt {
	a := composite.Attempt(s.services, verb, noun, id, host, needs)
	a.Afterwards = s.standing
	return a
}

// lookUpFailed is a call to DPS without whose answer nothing can be said.
func (s subject) lookUpFailed(err error) diag.Diagnostic {
	return composite.LookUpFailed(err, s.attempt)
}

// plainError is an error that no call caused: what is wrong, then what is true now.
func (s subject) plainError(summary, detail string) diag.Diagnostic {
	if s.standing != "" {
		detail += "\n\n" + s.standing
	}
	return diag.NewErrorDiagnostic(summary, detail)
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

func (s subject) registrationFailed(err error) diag.Diagnostic {
	return iotdiag.Failed(s.attempt(
		"delete", "registration record", s.id, s.host, iotdiag.DeleteRegistration()), err)
}

func (s subject) identityAppeared(id deprovision.IdentityID) diag.Diagnostic {
	return s.plainError("The plan is stale", fmt.Sprintf(
		"After the plan was made the device %q was found in %s, which the plan does not name and which is left as it is "+
			"for now. Plan again: the new plan shows what happens to it.", id.DeviceID, id.Host))
}
