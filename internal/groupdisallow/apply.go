// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
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
) diag.Diagnostics {
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
func (r *groupResource) create(ctx context.Context, plan model) (outcome, diag.Diagnostics) {
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
			diags.Append(run.noSuchGroup())
		} else {
			diags.Append(run.block(ctx, want.deleteRegistrations)...)
		}
	}
	out := run.outcome(run.effects())
	out.keep = run.ledger.touched || replacing
	if !diags.HasError() {
		diags.Append(run.standingWarnings(run.s, want)...)
	}
	return out, run.ended(diags, true)
}

// begin is an apply about to look.
func (r *groupResource) begin(want wanted, m memory, timeout time.Duration) (*run, diag.Diagnostics) {
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
func (r *groupResource) update(ctx context.Context, plan, state model, m memory) (outcome, diag.Diagnostics) {
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
		diags.Append(run.standingWarnings(run.s, c.want)...)
		diags.Append(run.moreDisabled(c.decision.Effects, run.ledger)...)
	}
	return out, run.ended(diags, false)
}

// carryOut does what the change says. Nothing is deleted that it does not count.
func (r *run) carryOut(ctx context.Context, c change) diag.Diagnostics {
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
func (r *run) checkOutcome(plan model, now reading) diag.Diagnostics {
	status, access := plan.GroupStatus, plan.Access
	if (status.IsUnknown() || status.ValueString() == string(now.status)) &&
		(access.IsUnknown() || access.ValueString() == string(now.access)) &&
		(plan.PendingCount.IsUnknown() || plan.PendingCount.ValueInt64() == int64(now.pending)) {
		return nil
	}
	return diag.Diagnostics{r.otherOutcome(plan, now)}
}

const nounGroup = "enrollment group"

// arrive reads the group and, while it still lets devices in, the records: each try that is refused afterwards
// overwrites one, and with it the name of the device's hub.
func (r *run) arrive(ctx context.Context) diag.Diagnostics {
	group, err := r.reader.Group(ctx, r.want.groupID)
	if err != nil {
		return diag.Diagnostics{r.lookUpFailed(err)}
	}
	r.s.sawGroup(group, r.m)
	if group == nil || group.Disabled() {
		return nil
	}
	records, err := r.reader.GroupRecords(ctx, r.want.groupID)
	if err != nil {
		return diag.Diagnostics{r.lookUpFailed(err)}
	}
	r.s.sawRecords(records, r.want.hubs)
	r.s.follow()
	return nil
}

// shut disables the group, unless it is, and reads it back.
func (r *run) shut(ctx context.Context) diag.Diagnostics {
	if r.s.group == nil || r.s.group.Disabled() {
		r.ledger.changed[deprovision.Effect{
			Target: deprovision.TargetGroup, Object: r.want.groupID, Action: deprovision.None,
			From: r.s.status, To: r.s.status,
		}]++
		return nil
	}
	r.m.Group.Before, r.m.Group.Created = deprovision.Enabled, r.s.group.CreatedDateTimeUTC
	return r.putGroup(ctx, "disable", azdps.StatusDisabled, deprovision.Disable)
}

// reopen enables the group again.
func (r *run) reopen(ctx context.Context) diag.Diagnostics {
	return r.putGroup(ctx, "enable", azdps.StatusEnabled, deprovision.Enable)
}

// putGroup gives the group a status and leaves everything else as it was just read.
func (r *run) putGroup(ctx context.Context, verb, status string, action deprovision.Action) diag.Diagnostics {
	before := r.s.status
	body, diags := r.withKeys(ctx, *r.s.group)
	if diags.HasError() {
		return diags
	}
	body.ProvisioningStatus = &status
	is := func(now azdps.EnrollmentGroup) bool { return now.Disabled() == (status == azdps.StatusDisabled) }
	result := writes.Put(func() (azdps.EnrollmentGroup, error) {
		return r.reader.DPS().PutEnrollmentGroup(ctx, body, &azdps.WriteOptions{OnlyIfUnchanged: &r.s.group.ETag})
	}, func() (*azdps.EnrollmentGroup, error) { return r.reader.Group(ctx, r.want.groupID) }, is)
	r.ledger.touched = r.ledger.touched || result.Outcome == writes.Done || result.Outcome == writes.Unknown
	r.reader.DPS().ForgetEnrollmentGroup(r.want.groupID)
	if action == deprovision.Enable && (result.Outcome == writes.Done || result.Outcome == writes.Unknown) {
		opened := *r.s.group // Whatever the read back tells, or cannot tell, it is not known to be shut any more.
		opened.ProvisioningStatus = &status
		r.s.group, r.s.status = &opened, deprovision.Enabled
	}
	r.ledger.unsure = result.Outcome == writes.Unknown
	if result.Outcome == writes.Done && result.Now != nil { // The read back may tell nothing.
		r.s.group, r.s.status = result.Now, facts.GroupStatus(result.Now)
	}
	if result.Outcome != writes.Done {
		return diag.Diagnostics{r.failed(verb, nounGroup, r.want.groupID, iotdiag.WriteEnrollmentGroup(), result.Err)}
	}
	now, err := r.reader.Group(ctx, r.want.groupID)
	if err != nil {
		return diag.Diagnostics{r.lookUpFailed(err)}
	}
	r.s.group, r.s.status = now, facts.GroupStatus(now)
	if now == nil || !is(*now) {
		return diag.Diagnostics{r.notStored(verb)}
	}
	r.ledger.changed[deprovision.Effect{
		Target: deprovision.TargetGroup, Object: r.want.groupID, Action: action, From: before, To: r.s.status,
	}]++
	return nil
}

// withKeys fetches the keys of a symmetric-key group for one write: without them the service may make new ones.
func (r *run) withKeys(ctx context.Context, body azdps.EnrollmentGroup) (azdps.EnrollmentGroup, diag.Diagnostics) {
	if body.Attestation.Type != azdps.AttestationSymmetricKey {
		return body, nil
	}
	shown, err := r.reader.DPS().GetEnrollmentGroupAttestation(ctx, r.want.groupID)
	if err == nil {
		body.Attestation.SymmetricKey, err = shown.Keys()
	}
	if err != nil {
		return body, diag.Diagnostics{r.keysUnreadable(err)}
	}
	return body, nil
}
