// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"slices"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// arrival is a device that is not blocked yet, as it was found, with what blocking it leads to.
type arrival struct {
	f        facts.Evidence
	before   before
	evidence deprovision.Evidence
	decision deprovision.Decision
}

// arrive looks a device up that is not blocked yet, and decides. left is what a replaced object knew; remembering says
// that it tells also where to look: what a plan names was found without it.
func (r *deviceResource) arrive(
	ctx context.Context, want wanted, left handover, remembering bool,
) (arrival, *facts.Reader, diagnostics) {
	reader, diags := r.reader(want)
	if diags.HasError() {
		return arrival{}, nil, diags
	}
	words := subject{services: r.Services, id: want.registrationID, host: reader.DPS().Host(), standing: nothingWritten}
	q := want.question(memory{}, reading{})
	if remembering {
		q = want.question(left.memory, left.reading)
	}
	f, err := r.lookUp(ctx, reader, q)
	if err != nil {
		return arrival{}, nil, diagnostics{words.lookUpFailed(err)}
	}
	a := arrival{f: f}
	m := left.memory.learn(f)
	a.before = recollect(f, m, left)
	a.evidence = evidenceOf(f, want, a.before.memory, watchOf(f, left.memory), nil)
	a.decision = deprovision.Decide(a.evidence, want.intent(), deprovision.Prior{Previous: a.before.state})
	a.decision.Created = f.Entry == nil || f.Mark != nil
	diags.Append(words.namesake(ctx, reader, want, f)...)
	diags.Append(refuseDelete(want, a.evidence)...)
	return a, reader, diags
}

// lookUp asks everything about the device. What the mark of its entry remembers counts as known.
func (r *deviceResource) lookUp(
	ctx context.Context, reader *facts.Reader, q facts.Question,
) (facts.Evidence, error) {
	entry, err := reader.Entry(ctx, q.RegistrationID)
	if err != nil {
		return facts.Evidence{}, err
	}
	if mark := facts.MarkOf(entry); mark != nil {
		for _, marked := range mark.Identities {
			q.Known[marked.ID()] = facts.Known{Tied: true}
		}
	}
	return reader.Look(ctx, q, entry)
}

// create blocks the device for the first time.
func (r *deviceResource) create(ctx context.Context, plan deviceModel) (outcome, diagnostics) {
	want, diags := plan.asked.expand(ctx)
	promised, more := plan.told.expand(ctx)
	if diags.Append(more...); diags.HasError() {
		return outcome{}, diags
	}
	object := azure.EnrollmentObject(r.Services.DPSHost(want.dpsHostname), want.registrationID)
	left, replacing := azure.Take[handover](&r.Services.Handover, object) // If this create is one half of a replacement.
	a, reader, diags := r.arrive(ctx, want, left, plan.HubIdentities.IsUnknown())
	if diags.HasError() {
		return left.outcome(replacing), diags
	}
	open := a.decision.Unknown.Identities
	run := &run{
		services: r.Services, reader: reader, want: want, f: a.f, first: a.f.Identities, watch: a.evidence.Watch,
		m: a.before.memory, previous: a.decision.Previous,
		scope: scope{effects: a.decision.Effects, open: open || plan.HubIdentities.IsUnknown(), creating: true},
	}
	if stale := staleCreate(plan, promised, a); stale {
		return left.outcome(replacing), run.told(diagnostics{run.words().stale(promised.effects, a.decision.Effects)})
	}
	if diags.Append(run.keysReadable()...); diags.HasError() {
		return left.outcome(replacing), run.told(diags)
	}
	diags.Append(run.block(ctx)...)
	out := run.outcome(a.decision, diags.HasError())
	out.keep = run.ledger.touched || replacing
	if !diags.HasError() {
		diags.Append(run.checkOutcome(plan, promised, out.reading)...)
		diags.Append(run.words().standingWarnings(run.f, run.evidence(), want)...)
	}
	return out, run.told(diags)
}

// staleCreate tells whether the device is not as it was planned, as far as the plan could tell.
func staleCreate(plan deviceModel, promised reading, a arrival) bool {
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
	return !slices.Equal(certain(promised.effects), certain(a.decision.Effects)) ||
		!plan.HubIdentities.IsUnknown() && a.decision.Unknown.Identities ||
		!plan.EnrollmentOrigin.IsUnknown() && promised.created != a.decision.Created
}

// outcome is what is true when a create ends before it wrote anything: of a replacement, what the old object knew.
func (h handover) outcome(replacing bool) outcome {
	h.reading.effects = []deprovision.Effect{}
	return outcome{reading: h.reading, memory: h.memory, keep: replacing}
}

// keysReadable refuses to begin when the keys of an identity that is to be disabled cannot be sent along.
func (r *run) keysReadable() diagnostics {
	var diags diagnostics
	for _, id := range deprovision.SortedIDs(r.f.Identities) {
		identity := r.f.Identities[id]
		disables := r.want.identities == deprovision.Disabling && identity.Status == deprovision.Enabled && identity.Any()
		if disables && identity.Device.HidesKeys() {
			diags.Append(r.words().identityKeysHidden(id))
		}
	}
	return diags
}
