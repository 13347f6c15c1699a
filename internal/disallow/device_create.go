// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/composite"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
)

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

// planCreate looks the device up. The status of the entry depends on configuration alone; without a registration the
// identities are unknown and not none, because the apply blocks whatever has appeared by then.
func (r *deviceResource) planCreate(ctx context.Context, plan deviceModel) (deviceModel, diag.Diagnostics) {
	if !configure.Known(ctx, plan.asked) || !r.Services.Known() {
		return r.planUnknown(ctx, plan)
	}
	want, diags := plan.asked.expand(ctx)
	if diags.HasError() {
		return plan, diags
	}
	if want.Restore {
		return plan, append(diags, composite.NothingToRestore())
	}
	// An apply plans before it shuts DPS: that must not wait for the hub's part in blocks before it.
	a, ask, more := r.arrive(azrest.UrgentTask(ctx), want, handover{}, false, nil)
	if diags.Append(more...); ask.reader == nil {
		return plan, diags
	}
	diags.Append(ask.createWarnings(a)...)
	diags.Append(ask.unheardOf(a.sight)...)
	diags.Append(ask.standingWarnings(a.sight)...)
	diags.Append(ask.gatewayWarnings(ctx, a.decision.Effects, a.f.Identities)...)
	r.tellApply(want, ask.reader.Answers(a.f))
	goal, unknown := planned(a.decision, nil)
	unknown.previous, unknown.paths = true, true // The next try of the device, and the next group, may change them.
	told, more := flatten(ctx, goal, unknown)
	return deviceModel{asked: plan.asked, told: told}, append(diags, more...)
}

// planUnknown plans when a setting or the provider block is not known yet: what configuration decides alone is planned.
func (r *deviceResource) planUnknown(ctx context.Context, plan deviceModel) (deviceModel, diag.Diagnostics) {
	told, diags := flatten(ctx, deprovision.Block{}, everythingUnknown())
	told.EnrollmentStatus, told.Reversible = enrollmentGoal(plan), reversibleGoal(plan)
	return deviceModel{asked: plan.asked, told: told}, diags
}

func enrollmentGoal(plan deviceModel) types.String {
	switch {
	case plan.EnrollmentAction.IsUnknown() || plan.DesiredAccess.IsUnknown(),
		plan.DesiredAccess.ValueString() == iotplan.AccessRestored:
		return types.StringUnknown()
	case plan.EnrollmentAction.ValueString() == actionDelete:
		return types.StringValue(string(deprovision.Absent))
	}
	return types.StringValue(string(deprovision.Disabled))
}

// reversibleGoal of a new block depends on configuration alone.
func reversibleGoal(plan deviceModel) types.Bool {
	if plan.EnrollmentAction.IsUnknown() || plan.HubIdentityAction.IsUnknown() {
		return types.BoolUnknown()
	}
	return types.BoolValue(plan.EnrollmentAction.ValueString() != actionDelete &&
		plan.HubIdentityAction.ValueString() != actionDelete)
}

// createWarnings tell what a new block finds now. Core reports a device that changes before the apply in words that no
// provider can replace, so that this warning, which is printed above them, says what they mean.
func (s subject) createWarnings(a arrival) diag.Diagnostics {
	d := a.decision
	found := fmt.Sprintf("Device %q as it is now, and what the apply does:\n%s", s.id, d.Effects)
	switch {
	case len(a.f.Identities) == 0:
		found += "\n  iothub_device_identity: no hub is known to have one; the apply blocks whatever has appeared by then"
	case d.Unknown.Identities:
		found += "\n  iothub_device_identity: only the apply can tell for certain; it blocks whatever proves to be the " +
			"device by then"
	}
	return diag.Diagnostics{iotdiag.Warning("Device is disallowed",
		found, pathsWarning(a.evidence().Paths), deleteWarning(s.id, d.Effects),
		"If Terraform reports \"inconsistent final plan\" for this resource during the apply, the device changed after "+
			"this plan was made and nothing was written; plan again.")}
}

// unheardOf warns of a registration ID that nothing knows: it may be mistyped, and then the block shuts nobody out.
func (s subject) unheardOf(seen sight) diag.Diagnostics {
	f := seen.f
	if f.Entry != nil || f.Record != nil {
		return nil
	}
	for _, identity := range f.Identities {
		if identity.Device != nil {
			return nil
		}
	}
	for _, path := range seen.evidence().Paths {
		if path.Match != deprovision.MatchPossible {
			return nil // The certificate that was given ties the device to a group.
		}
	}
	return diag.Diagnostics{iotdiag.Warning("Device is not known", fmt.Sprintf(
		"Neither DPS nor a hub has heard of %q: there is no enrollment, no registration record and no identity of that "+
			"name. Check the spelling. If it is right, the device is blocked before it ever registers.", s.id))}
}

func pathsWarning(paths []deprovision.ReenrollPath) string {
	if len(paths) == 0 {
		return ""
	}
	return fmt.Sprintf("If its individual enrollment vanished, these enabled groups could let the device in again: %s.",
		deprovision.NamePaths(paths))
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
