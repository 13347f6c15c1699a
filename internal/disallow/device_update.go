// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

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

func changeOf(ctx context.Context, plan, state deviceModel, m memory) (change, diagnostics) {
	c := change{m: m}
	var diags, more diagnostics
	c.want, diags = plan.asked.expand(ctx)
	c.have, more = state.asked.expand(ctx)
	diags.Append(more...)
	c.prior, more = state.told.expand(ctx)
	if diags.Append(more...); diags.HasError() {
		return c, diags
	}
	c.ways = c.prior.paths
	evidence := evidenceIn(c.prior, m, c.want)
	intent := c.want.change(c.have, m, evidence)
	c.rewriting = intent.RewriteIdentities
	c.decision = deprovision.Decide(evidence, intent, c.prior.prior(m, c.have.restore))
	c.regroups = !c.want.sameLeaf(c.have) || !sameChain(c.want.above, c.have.above)
	c.decision.Unknown.Paths = c.decision.Unknown.Paths || c.regroups
	if c.regroups && c.decision.Goal.Enrollment == deprovision.Absent {
		c.decision.Unknown.Access = true
	}
	return c, diags
}

func sameChain(a, b deprovision.Chain) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// acts tells whether the update does anything besides storing settings.
func (c change) acts() bool { return c.decision.Changes() || c.decision.Access != c.prior.access }

// update carries out the planned effects, or, where identities were open at plan, what they turn out to need.
func (r *deviceResource) update(ctx context.Context, plan, state deviceModel, m memory) (outcome, diagnostics) {
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
	reader, diags := r.reader(c.want)
	if diags.HasError() {
		return outcome{}, diags
	}
	run, diags := r.begin(ctx, reader, c)
	if diags.HasError() {
		return outcome{}, diags
	}
	if !c.acts() {
		return run.regrouped(ctx, stored)
	}
	if diags = run.checkFresh(c); diags.HasError() {
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
		out.reading.paths = c.prior.paths
		run.f.Listed, run.paths = false, c.prior.paths
		out.reading.access = run.evidence().Access()
	}
	diags.Append(run.checkOutcome(plan, promised, out.reading)...)
	diags.Append(run.words().standingWarnings(run.f, run.evidence(), c.want)...)
	return out, run.told(diags)
}

// begin looks at the device as an update finds it.
func (r *deviceResource) begin(ctx context.Context, reader *facts.Reader, c change) (*run, diagnostics) {
	want := c.want
	if want.restore {
		want.hubs = c.have.hubs // Hubs that are just named are nothing that a block has touched.
	}
	run := &run{
		services: r.Services, reader: reader, want: want, m: c.m, previous: c.decision.Previous.Clone(),
		paths: c.prior.paths,
		scope: scope{
			effects: c.decision.Effects, open: c.decision.Unknown.Identities, formerReason: c.have.reason,
			rewriting: c.rewriting,
		},
	}
	entry, err := reader.Entry(ctx, want.registrationID)
	if err == nil {
		run.f, err = reader.Look(ctx, want.question(c.m, c.prior), entry)
	}
	if err != nil {
		return nil, run.told(diagnostics{run.words().lookUpFailed(err)})
	}
	run.m = run.m.learn(run.f)
	if run.f.Mark != nil {
		run.noteEntry(run.m.Entry.recognise(run.f.Entry))
	}
	run.watch, run.first = watchOf(run.f, c.m), run.f.Identities
	return run, nil
}

// carryOut does what the scope says.
func (r *run) carryOut(ctx context.Context) diagnostics {
	if r.want.restore {
		return r.restore(ctx)
	}
	if diags := r.keysReadable(); diags.HasError() {
		return diags
	}
	return r.block(ctx)
}

// regrouped finds the groups that match another certificate; nothing else changes.
func (r *run) regrouped(_ context.Context, stored outcome) (outcome, diagnostics) {
	evidence := evidenceOf(r.f, r.want, r.m, deprovision.Watch{Unbroken: true, Placed: r.m.Placed}, nil)
	stored.reading.paths, stored.memory.Proof = evidence.Paths, evidence.Proof
	if stored.reading.state.Enrollment == deprovision.Absent {
		stored.reading.access = evidence.Access()
	}
	return stored, nil
}

// found is what an update has found out that ends before it wrote anything: the settings stay as they were, and the
// next plan shows what there is.
func (r *run) found(c change) outcome {
	r.want = c.have
	m, now := drift(r.f, r.m, c.prior, c.have)
	r.m = m
	evidence := r.evidence()
	now.state, now.access, now.paths = evidence.State(), evidence.Access(), c.prior.paths
	if evidence.Enrollment != deprovision.Disabled {
		now.paths = evidence.Paths
	}
	return outcome{reading: now, memory: r.m.after(r.f, evidence), keep: true}
}

// checkFresh compares what is there now with what the plan was made from, before anything is written. An object that is
// already where the plan leads is no difference: an answer may have been lost.
func (r *run) checkFresh(c change) diagnostics {
	var diags diagnostics
	now, from, to := r.f.Enrollment(), c.prior.state.Enrollment, c.decision.Goal.Enrollment
	effect := r.scope.of(deprovision.TargetEnrollment)
	switch {
	case effect.Action == deprovision.CreateDisabled && r.f.Entry != nil:
		diags.Append(r.words().entryAppeared())
	case now != from && now != to:
		diags.Append(r.words().staleObject(effect, now))
	case r.f.Entry != nil && from != deprovision.Absent && (r.f.Mark != nil) != c.prior.created:
		diags.Append(r.words().entryMadeAnew())
	}
	for _, id := range deprovision.SortedIDs(r.f.Identities) {
		diags.Append(r.checkIdentity(id, c)...)
	}
	for id, was := range c.prior.state.Identities {
		if _, found := r.f.Identities[id]; !found && !r.scope.open && was != deprovision.Absent {
			planned, _ := r.scope.on(id)
			diags.Append(r.words().staleObject(planned, deprovision.Absent))
		}
	}
	return diags
}

func (r *run) checkIdentity(id deprovision.IdentityID, c change) diagnostics {
	identity := r.f.Identities[id]
	now := deprovision.Sighting{Ties: identity.Ties, Status: identity.Status}.Said()
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
	return diagnostics{r.words().staleObject(planned, now)}
}
