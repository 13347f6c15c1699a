// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
)

// arrival is a device that is not blocked yet, as it was found, with what blocking it leads to.
type arrival struct {
	sight
	decision deprovision.Decision
}

// arrive looks a device up that is not blocked yet, and decides. left is what a replaced object knew; remembering says
// that it tells also where to look: what a plan names was found without it. Where nothing could be looked at, there is
// nobody to ask.
func (r *deviceResource) arrive(
	ctx context.Context, want wanted, left handover, remembering bool,
) (arrival, asker, diag.Diagnostics) {
	ask, diags := r.ask(want)
	if diags.HasError() {
		return arrival{}, asker{}, diags
	}
	q := want.question(memory{}, reading{})
	if remembering {
		q = want.question(left.memory, left.reading)
	}
	f, err := ask.reader.LookAtFirst(ctx, q)
	if err != nil {
		return arrival{}, asker{}, diag.Diagnostics{ask.lookUpFailed(err)}
	}
	a := arrival{sight: want.sight(f, left.memory, nil)}
	before := recollect(f, a.m, left)
	a.m = before.memory
	a.decision = deprovision.Decide(a.evidence(), want.intent(), deprovision.Prior{Previous: before.state})
	a.decision.Created = f.Entry == nil || f.Mark != nil
	diags.Append(ask.namesake(ctx, a.sight)...)
	return a, ask, append(diags, refuseDelete(want, a.evidence())...)
}

// create blocks the device for the first time.
func (r *deviceResource) create(ctx context.Context, plan deviceModel) (outcome, diag.Diagnostics) {
	want, diags := plan.asked.expand(ctx)
	promised, more := plan.told.expand(ctx)
	if diags.Append(more...); diags.HasError() {
		return outcome{}, diags
	}
	object := azure.EnrollmentObject(r.Services.DPSHost(want.dpsHostname), want.registrationID)
	left, replacing := azure.Take[handover](&r.Services.Handover, object) // If this create is one half of a replacement.
	a, ask, diags := r.arrive(ctx, want, left, plan.HubIdentities.IsUnknown())
	if diags.HasError() {
		return left.outcome(replacing), diags
	}
	run := ask.begin(a.sight, a.decision, scope{
		effects: a.decision.Effects, open: a.decision.Unknown.Identities || plan.HubIdentities.IsUnknown(), creating: true,
	})
	if staleCreate(plan, promised, a.decision) {
		return left.outcome(replacing), run.told(diag.Diagnostics{run.stale(promised.effects, a.decision.Effects)})
	}
	if diags.Append(run.keysReadable()...); diags.HasError() {
		return left.outcome(replacing), run.told(diags)
	}
	diags.Append(run.block(ctx)...)
	out := run.outcome(a.decision, diags.HasError())
	out.keep = run.ledger.touched || replacing
	if !diags.HasError() {
		diags.Append(run.checkOutcome(plan, promised, out.reading)...)
		diags.Append(run.standingWarnings(run.sight)...)
	}
	return out, run.told(diags)
}

// staleCreate tells whether the device is not as it was planned, as far as the plan could tell.
func staleCreate(plan deviceModel, promised reading, d deprovision.Decision) bool {
	if plan.Effects.IsUnknown() {
		return false
	}
	certain := func(effects []deprovision.Effect) []deprovision.Effect {
		if !plan.HubIdentities.IsUnknown() {
			return effects
		}
		return slices.DeleteFunc(slices.Clone(effects), func(effect deprovision.Effect) bool {
			return effect.Target == deprovision.TargetIdentity
		})
	}
	return !slices.Equal(certain(promised.effects), certain(d.Effects)) ||
		!plan.HubIdentities.IsUnknown() && d.Unknown.Identities ||
		!plan.EnrollmentOrigin.IsUnknown() && promised.created != d.Created
}

// change is an update as it is planned: from prior state, configuration and memory alone.
type change struct {
	want, have wanted
	prior      reading
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
	c.ways = c.prior.paths
	evidence := m.evidence(c.prior, c.want)
	intent := c.want.change(c.have, m, evidence)
	c.rewriting = intent.RewriteIdentities
	c.decision = deprovision.Decide(evidence, intent, c.prior.prior(m, c.have.restore))
	c.regroups = !c.want.sameLeaf(c.have) || !slices.Equal(c.want.above, c.have.above)
	c.decision.Unknown.Paths = c.decision.Unknown.Paths || c.regroups
	if c.regroups && c.decision.Goal.Enrollment == deprovision.Absent {
		c.decision.Unknown.Access = true
	}
	return c, diags
}

// acts tells whether the update does anything besides storing settings.
func (c change) acts() bool { return c.decision.Changes() || c.decision.Access != c.prior.access }

// update carries out the planned effects, or, where identities were open at plan, what they turn out to need.
func (r *deviceResource) update(ctx context.Context, plan, state deviceModel, m memory) (outcome, diag.Diagnostics) {
	c, diags := changeOf(ctx, plan, state, m)
	promised, more := plan.told.expand(ctx)
	if diags.Append(more...); diags.HasError() {
		return outcome{}, diags
	}
	planned, _ := planned(c.decision, c.prior.paths)
	stored := outcome{reading: planned, memory: m, keep: true}
	if !c.acts() && !c.regroups {
		return stored, diags
	}
	ask, diags := r.ask(c.want)
	if diags.HasError() {
		return outcome{}, diags
	}
	run, diags := c.begin(ctx, ask)
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
		out.reading.irreversible = c.prior.irreversible && !c.have.restore || deprovision.Deletes(run.ledger.done)
		return out, run.told(diags)
	}
	out := run.outcome(c.decision, false)
	if !c.decision.Unknown.Paths {
		run.f.Listed, run.paths = false, c.prior.paths
		out.reading.paths, out.reading.access = c.prior.paths, run.evidence().Access()
	}
	diags.Append(run.checkOutcome(plan, promised, out.reading)...)
	diags.Append(run.standingWarnings(run.sight)...)
	return out, run.told(diags)
}

// begin looks at the device as an update finds it.
func (c change) begin(ctx context.Context, ask asker) (*run, diag.Diagnostics) {
	want := c.want
	if want.restore {
		want.hubs = c.have.hubs // Hubs that are just named are nothing that a block has touched.
	}
	f, err := ask.reader.Look(ctx, want.question(c.m, c.prior))
	if err != nil {
		return nil, diag.Diagnostics{ask.lookUpFailed(err)}
	}
	s := want.sight(f, c.m, c.prior.paths)
	if f.Mark != nil {
		s.m.Entry = s.m.Entry.recognise(f.Entry)
	}
	return ask.begin(s, c.decision, scope{
		effects: c.decision.Effects, open: c.decision.Unknown.Identities, formerReason: c.have.reason,
		rewriting: c.rewriting,
	}), nil
}

// carryOut does what the scope says.
func (r *run) carryOut(ctx context.Context) diag.Diagnostics {
	if r.want.restore {
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
	stored.reading.paths, stored.memory.Proof = evidence.Paths, evidence.Proof
	if stored.reading.state.Enrollment == deprovision.Absent {
		stored.reading.access = evidence.Access()
	}
	return stored
}

// found is what an update has found out that ends before it wrote anything: the settings stay as they were, and the
// next plan shows what there is.
func (r *run) found(c change) outcome {
	r.want = c.have
	now := r.drift(c.prior)
	return outcome{reading: now, memory: r.remembered(), keep: true}
}

// checkFresh compares what is there now with what the plan was made from, before anything is written. An object that is
// already where the plan leads is no difference: an answer may have been lost.
func (r *run) checkFresh(c change) diag.Diagnostics {
	var diags diag.Diagnostics
	now, from, to := r.f.Enrollment(), c.prior.state.Enrollment, c.decision.Goal.Enrollment
	effect := r.scope.of(deprovision.TargetEnrollment)
	switch {
	case effect.Action == deprovision.CreateDisabled && r.f.Entry != nil:
		diags.Append(r.entryAppeared())
	case now != from && now != to:
		diags.Append(r.staleObject(effect, now))
	case r.f.Entry != nil && from != deprovision.Absent && (r.f.Mark != nil) != c.prior.created:
		diags.Append(r.entryMadeAnew())
	}
	for id := range r.f.InOrder() {
		diags.Append(r.checkIdentity(id, c)...)
	}
	for id, was := range c.prior.state.Identities {
		if _, found := r.f.Identities[id]; !found && !r.scope.open && was != deprovision.Absent {
			planned, _ := r.scope.on(id)
			diags.Append(r.staleObject(planned, deprovision.Absent))
		}
	}
	return diags
}

func (r *run) checkIdentity(id deprovision.IdentityID, c change) diag.Diagnostics {
	identity := r.f.Identities[id]
	now := identity.Said()
	was, known := c.prior.state.Identities[id]
	planned, named := r.scope.on(id)
	switch {
	case !known && r.want.restore:
		delete(r.f.Identities, id)
		return nil
	case !known && !r.scope.open:
		return r.unplanned(id, r.want.identities.OfIdentity(id, now))
	case !named, now == was, now == planned.To, was == deprovision.Unreachable, now == deprovision.Unreachable:
		return nil // What cannot be read is reported when it is acted on.
	}
	return diag.Diagnostics{r.staleObject(planned, now)}
}

// outcome is how an apply ended: what is true now, and whether anything of it must be kept although it failed.
type outcome struct {
	reading reading
	memory  memory
	ledger  ledger
	keep    bool
}

// store keeps what is true now, with the settings that hold.
func (o outcome) store(
	ctx context.Context, settings asked, private iotstate.Setter, state stateSetter,
) diag.Diagnostics {
	told, diags := o.reading.flatten(ctx, unknowns{})
	diags.Append(memoryKey().Keep(ctx, private, o.memory)...)
	return append(diags, state.Set(ctx, deviceModel{asked: settings, told: told})...)
}

// stateSetter is the state of a response.
type stateSetter interface {
	Set(ctx context.Context, val any) diag.Diagnostics
}

// outcome is what is true when a create ends before it wrote anything: of a replacement, what the old object knew.
func (h handover) outcome(replacing bool) outcome {
	h.reading.effects = nil
	return outcome{reading: h.reading, memory: h.memory, keep: replacing}
}
