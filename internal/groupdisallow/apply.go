// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
)

// outcome is how an apply or a refresh ended: what is true now, and whether it must be kept although it failed.
type outcome struct {
	reading reading
	// told is what was planned, of an update that does nothing.
	told   *told
	memory memory
	keep   bool
}

// store keeps what is true now, with the settings that hold.
func (o outcome) store(
	ctx context.Context, settings asked, unfinished bool, private iotstate.Setter, state stateSetter,
) diagnostics {
	o.memory.Unfinished = unfinished
	told, diags := o.reading.flatten(ctx, unknowns{})
	if o.told != nil {
		told = *o.told
	}
	diags.Append(memoryKey().Keep(ctx, private, o.memory)...)
	return append(diags, state.Set(ctx, model{asked: settings, told: told})...)
}

// stateSetter is the state of a response.
type stateSetter interface {
	Set(ctx context.Context, val any) diag.Diagnostics
}

// notYet is the setting of a step that was not come to: the next plan takes it up.
func notYet() types.Bool { return types.BoolValue(false) }

// create blocks the group for the first time, or goes on with what a replaced object has begun.
func (r *groupResource) create(ctx context.Context, plan model) (outcome, diagnostics) {
	want, diags := plan.expand(ctx)
	if diags.HasError() {
		return outcome{}, diags
	}
	left, replacing := azure.Take[memory](&r.Services.Handover, r.object(plan.asked))
	run, diags := r.begin(want, left, want.create)
	if diags.HasError() {
		return outcome{}, diags
	}
	if diags = run.arrive(ctx); !diags.HasError() {
		if run.s.group == nil && plan.GroupStatus.ValueString() != string(deprovision.Absent) {
			diags.Append(run.words().noSuchGroup())
		} else {
			diags.Append(run.block(ctx, want.deleteRegistrations)...)
		}
	}
	out := run.outcome(run.effects())
	out.keep = run.ledger.touched || replacing
	if !diags.HasError() {
		diags.Append(run.words().standingWarnings(run.s, want)...)
	}
	return out, run.ended(diags, true)
}

// begin is an apply about to look.
func (r *groupResource) begin(want wanted, m memory, timeout time.Duration) (*run, diagnostics) {
	l, diags := r.looker(want)
	if diags.HasError() {
		return nil, diags
	}
	s := m.standing(deprovision.Absent, nil)
	s.forgetSilent()
	return &run{
		looker: l, m: m, s: &s, deadline: r.Services.Now().Add(timeout),
		ledger: ledger{
			lost: map[string]error{}, over: map[string]int{}, left: map[string]int{},
			changed: map[deprovision.Effect]int{},
		},
	}, nil
}

// outcome is what is true at the end of a run.
func (r *run) outcome(effects []deprovision.GroupEffect) outcome {
	m := r.s.remember(r.m)
	if r.records != nil {
		m.Records = len(r.records)
	}
	return outcome{reading: readingOf(r.s, r.want, effects), memory: m}
}

// effects are what the run has done.
func (r *run) effects() []deprovision.GroupEffect { return deprovision.CountEffects(r.ledger.changed) }

// update carries out what was planned.
func (r *groupResource) update(ctx context.Context, plan, state model, m memory) (outcome, diagnostics) {
	c, diags := changeOf(ctx, plan, state, m)
	if diags.HasError() {
		return outcome{}, diags
	}
	if !c.acts() {
		return outcome{told: &plan.told, memory: m, keep: true}, diags
	}
	run, diags := r.begin(c.want, m, c.want.update)
	if diags.HasError() {
		return outcome{}, diags
	}
	run.s.paths, run.s.proof = c.prior.paths, c.prior.proof
	if diags = run.arrive(ctx); !diags.HasError() {
		diags.Append(run.carryOut(ctx, c)...)
	}
	out := run.outcome(c.decision.Effects)
	out.keep = run.s.looked || run.ledger.touched
	if diags.HasError() {
		out.reading.effects = run.effects()
	} else {
		out.reading.paths = c.prior.paths
		diags.Append(run.checkOutcome(plan, out.reading)...)
		diags.Append(run.words().standingWarnings(run.s, c.want)...)
		diags.Append(run.words().moreDisabled(c.decision.Effects, run.ledger)...)
	}
	return out, run.ended(diags, false)
}

// carryOut does what the change says. Nothing is deleted that it does not count.
func (r *run) carryOut(ctx context.Context, c change) diagnostics {
	if c.want.restore {
		r.limit(c.decision.Effects, deprovision.Enable)
		return r.restore(ctx, slices.ContainsFunc(c.decision.Effects, func(e deprovision.GroupEffect) bool {
			return e.Target == deprovision.TargetGroup && e.Action == deprovision.Enable
		}))
	}
	if c.want.identities == deprovision.Deleting {
		r.limit(c.decision.Effects, deprovision.Delete)
	}
	if c.have.restore && r.s.group != nil && r.s.group.Disabled() {
		r.m.Group.Before = deprovision.Disabled // Somebody else has shut it since it was restored.
	}
	return r.block(ctx, c.want.deletesRecords(&c.have))
}

// limit has no more identities of a hub deleted, or enabled, than the plan counts.
func (r *run) limit(effects []deprovision.GroupEffect, action deprovision.Action) {
	r.limits = map[string]int{}
	for _, e := range effects {
		if e.Target == deprovision.TargetIdentity && e.Action == action {
			r.limits[e.Object] += e.Count
		}
	}
}

// checkOutcome compares what is true with what the plan said. A difference is an error of our own, with the true state
// kept: core would call it a defect of the provider.
func (r *run) checkOutcome(plan model, now reading) diagnostics {
	status, access := plan.GroupStatus, plan.Access
	if (status.IsUnknown() || status.ValueString() == string(now.status)) &&
		(access.IsUnknown() || access.ValueString() == string(now.access)) &&
		(plan.PendingCount.IsUnknown() || plan.PendingCount.ValueInt64() == int64(now.pending)) {
		return nil
	}
	return diagnostics{r.words().otherOutcome(plan, now)}
}
