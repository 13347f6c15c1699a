// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

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

// planUpdate plans from prior state and configuration alone. What is asked of the services here only words warnings and
// refuses a plan; it sets no planned value.
func (r *deviceResource) planUpdate(
	ctx context.Context, plan, state deviceModel, m memory,
) (deviceModel, diag.Diagnostics) {
	c, diags := changeOf(ctx, plan, state, m)
	if diags.HasError() {
		return plan, diags
	}
	diags.Append(openWarning(c.want, c.prior))
	if plan.same(state.asked) && !c.acts() {
		return deviceModel{asked: plan.asked, told: state.told}, diags
	}
	diags.Append(r.askAbout(ctx, &c)...)
	diags.Append(updateWarnings(c)...)
	goal, unknown := planned(c.decision, c.prior.Paths)
	told, more := flatten(ctx, goal, unknown)
	return deviceModel{asked: plan.asked, told: told}, append(diags, more...)
}

// askAbout refuses to block by deleting the entry without proof that no group can let the device in then, and tells of
// gateways that are shut and of groups that let a restored device in. Nobody is asked while the provider block is not
// known.
func (r *deviceResource) askAbout(ctx context.Context, c *change) diag.Diagnostics {
	if !r.Services.Known() {
		if c.decision.State.Enrollment == deprovision.Absent && !c.want.Restore && len(c.prior.Paths) > 0 {
			return refuseDelete(c.want, deprovision.Evidence{Paths: c.prior.Paths})
		}
		return nil
	}
	ask, diags := r.ask(c.want)
	if diags.HasError() {
		return diags
	}
	if c.refusable() || c.want.Restore && !c.have.Restore {
		evidence, err := c.askGroups(ctx, ask.reader)
		if err != nil {
			return append(diags, ask.lookUpFailed(err))
		}
		c.ways = evidence.Paths
		diags.Append(refuseDelete(c.want, evidence)...)
	}
	read := map[deprovision.IdentityID]facts.Identity{}
	diags.Append(ask.gatewayWarnings(ctx, c.decision.Effects, read)...)
	r.tellApply(c.want, ask.reader.HubAnswers(read))
	return diags
}

// refusable tells whether an update blocks by deleting the entry where none did before, or deletes it again.
func (c change) refusable() bool {
	deletes := c.decision.State.Enrollment == deprovision.Absent && c.prior.State.Enrollment != deprovision.Absent
	fresh := c.have.Enrollment != deprovision.Deleting || c.have.Restore
	return !c.want.Restore && c.want.Enrollment == deprovision.Deleting && (deletes || fresh)
}

// askGroups finds out which groups could let the device in without its entry.
func (c change) askGroups(ctx context.Context, reader *facts.Reader) (deprovision.Evidence, error) {
	f, err := reader.Governing(ctx, c.want.RegistrationID)
	return c.want.sight(f, c.m, nil).evidence(), err
}

// openWarning says that a block by deleting does not hold: a group that was added or enabled since lets the device in.
func openWarning(want wanted, prior deprovision.Block) diag.Diagnostic {
	deleted := want.Enrollment == deprovision.Deleting && prior.State.Enrollment == deprovision.Absent
	if want.Restore || !deleted || len(prior.Paths) == 0 {
		return nil
	}
	return warning("Device can get in again", fmt.Sprintf(
		"Device %q has no individual enrollment, and these enabled groups could let it in: %s. Set enrollment_action = "+
			"\"disable\" and apply, so that a disabled entry keeps it out whatever groups there are.",
		want.RegistrationID, deprovision.NamePaths(prior.Paths)))
}

// updateWarnings tell what an update does to the device.
func updateWarnings(c change) diag.Diagnostics {
	if c.want.Restore {
		if c.have.Restore {
			return nil
		}
		return diag.Diagnostics{restoreWarning(c)}
	}
	id, effects := c.want.RegistrationID, c.decision.Effects
	lines, gone := effects, cannotReturn(c.want, c.have, c.prior)
	summary, detail := "", ""
	switch {
	case c.decision.Unknown.Identities:
		summary = "Hubs are looked at again"
		detail = fmt.Sprintf("Some hubs of device %q could not be read, or were just named; the apply blocks the device "+
			"there. What is known already:\n%s", id, lines)
	case len(effects.Changes()) == 0 && gone == "":
		return nil
	case len(effects.Changes()) == 0:
		summary, detail = "What was deleted stays deleted", fmt.Sprintf("Device %q:", id)
	case c.have.Restore:
		summary, detail = "Device is disallowed again", fmt.Sprintf("Device %q, and what the apply does:\n%s", id, lines)
	case c.prior.State.Enrollment == deprovision.Absent && c.have.Enrollment == deprovision.Disabling:
		summary = "Block was removed elsewhere"
		detail = fmt.Sprintf("The individual enrollment %q was deleted outside Terraform: the device may have been let in "+
			"again. The apply does:\n%s", id, lines)
	case c.drifted():
		summary = "Device is blocked again"
		detail = fmt.Sprintf("Device %q is not blocked as this resource wants it. The apply does:\n%s", id, lines)
	default:
		summary, detail = "Block will change", fmt.Sprintf("Device %q, and what the apply does:\n%s", id, lines)
	}
	return diag.Diagnostics{warning(summary, detail, deleteWarning(id, effects), gone)}
}

// drifted tells whether a device is not as the former settings want it.
func (c change) drifted() bool {
	as := deprovision.Decide(c.m.evidence(c.prior, c.have), c.have.Intent, c.m.prior(c.prior, false))
	return slices.ContainsFunc(as.Effects, func(effect deprovision.Effect) bool {
		return effect.Action != deprovision.None && effect.Target != deprovision.TargetRegistration
	})
}

// cannotReturn tells that turning back from delete brings nothing back.
func cannotReturn(want, have wanted, prior deprovision.Block) string {
	entry := have.Enrollment == deprovision.Deleting && want.Enrollment != deprovision.Deleting
	identities := have.Identities == deprovision.Deleting && want.Identities != deprovision.Deleting
	if !prior.Irreversible || !entry && !identities {
		return ""
	}
	return "What was deleted cannot be brought back: a deleted identity stays absent, and an entry that is made now " +
		"only blocks."
}

func restoreWarning(c change) diag.Diagnostic {
	id, d := c.want.RegistrationID, c.decision
	detail := fmt.Sprintf("Device %q is let in again. The apply does:\n%s", id, d.Effects)
	if d.Unknown.Identities {
		detail += "\n  more in hubs that could not be read; the apply does nothing unless it can read them"
	}
	through := "No enabled enrollment group is known to match the device."
	switch {
	case d.State.Enrollment == deprovision.Enabled:
		through = "It gets in through its own individual enrollment."
	case d.State.Enrollment == deprovision.Disabled:
		return warning("Device stays blocked in DPS", strings.Replace(detail, "is let in again", "stays out", 1), fmt.Sprintf(
			"Its individual enrollment %q stays disabled: it was disabled before the block, it was changed since by somebody "+
				"else, or it is not known who disabled it. Enable or delete it yourself if the device is to be let in.", id),
			leftDisabled(c))
	case len(c.ways) > 0:
		through = fmt.Sprintf("It can get in through these enabled groups: %s.", deprovision.NamePaths(c.ways))
	}
	notBack := ""
	if c.prior.Irreversible {
		notBack = "What this resource deleted cannot be brought back."
	}
	return warning("Device is let in again", detail, through, notBack, leftDisabled(c))
}

// leftDisabled names the identities that stay disabled although they were enabled before the block.
func leftDisabled(c change) string {
	var left []string
	for _, id := range deprovision.SortedIDs(c.decision.State.Identities) {
		before := c.prior.Previous.Identities[id]
		if c.decision.State.Identities[id] == deprovision.Disabled && before == deprovision.Enabled {
			left = append(left, id.String())
		}
	}
	if len(left) == 0 {
		return ""
	}
	return fmt.Sprintf("These identities stay disabled, because it is not known that this resource disabled them: %s. "+
		"Enable them yourself if the device is to be let in.", strings.Join(left, ", "))
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
