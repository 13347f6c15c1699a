// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/composite"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// noun names the resource in sentences.
const noun = "disallow of enrollment group"

// groupResource is azureiot_dps_enrollment_group_disallow: all devices of one enrollment group kept out of DPS and of
// their hubs. Its identity is the group's ID at a DPS instance. Deleting it forgets it and changes nothing in Azure.
type groupResource struct {
	configure.Resource[*azure.Services]
}

var _ configure.Managed = &groupResource{}

// NewGroupResource makes azureiot_dps_enrollment_group_disallow.
func NewGroupResource() resource.Resource {
	return &groupResource{configure.Resource[*azure.Services]{
		Name: "dps_enrollment_group_disallow", Describe: groupSchema,
		Identity: configure.IdentitySchema(
			"dps_hostname", "Host name of the DPS instance. Default: the provider block's.",
			"enrollment_group_id", "The ID of the enrollment group."),
	}}
}

// identify says which block it is.
func (a asked) identify(ctx context.Context, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	return configure.Identify(ctx, identity, map[string]string{
		"enrollment_group_id": a.EnrollmentGroupID.ValueString(), "dps_hostname": a.DPSHostname.ValueString(),
	})
}

// Create blocks the group. Every error here taints the object, and Terraform then replaces it: the delete half changes
// nothing, and the create half takes up what is left, so that no device gets in on the way.
func (r *groupResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan, diags := configure.Decode[model](ctx, req.Plan)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	out, diags := r.create(ctx, plan)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() && !out.keep {
		return // Nothing was written: no state, no taint, and the next plan is a clean create.
	}
	settled := plan.asked
	if diags.HasError() {
		settled.DeleteRegistrations = notYet()
	}
	resp.Diagnostics.Append(out.store(ctx, settled, diags.HasError(), resp.Private, &resp.State)...)
	resp.Diagnostics.Append(settled.identify(ctx, resp.Identity)...)
}

// Read counts what has drifted. A hub that cannot be read is a warning, and its devices count as unreachable. A group
// that is gone reads absent; the resource stays, and goes on watching the devices.
func (r *groupResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state, diags := configure.Decode[model](ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(state.identify(ctx, resp.Identity)...)
	if !r.Services.Known() && !state.imported() {
		resp.Diagnostics.Append(iotdiag.NotRefreshed(noun, state.EnrollmentGroupID.ValueString()))
		return
	}
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	out, diags := r.refresh(ctx, state, remembered)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(out.store(ctx, state.asked, remembered.Unfinished, resp.Private, &resp.State)...)
	if remembered.Unfinished {
		azure.Leave(&r.Services.Handover, r.object(state.asked), out.memory) // See handOn.
	}
}

// Update goes on with what is pending, or undoes the block. When it comes to no end, the state says what is true and
// keeps the former settings, so that the next plan takes up what is left.
func (r *groupResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan, diags := configure.Decode[model](ctx, req.Plan)
	resp.Diagnostics.Append(diags...)
	state, diags := configure.Decode[model](ctx, req.State)
	resp.Diagnostics.Append(diags...)
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	out, diags := r.update(ctx, plan, state, remembered)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(state.identify(ctx, resp.Identity)...)
	if diags.HasError() && !out.keep {
		return // Nothing was found out: the state stays as it is.
	}
	settled := plan.asked
	if diags.HasError() {
		settled = state.unfinished(plan).asked
	}
	resp.Diagnostics.Append(out.store(ctx, settled, diags.HasError(), resp.Private, &resp.State)...)
}

// Delete changes nothing in Azure. What the object remembers is left for a Create of the same group in this apply,
// which is what a replacement is.
func (r *groupResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state, diags := configure.Decode[model](ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() || r.Services == nil {
		return
	}
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	azure.Leave(&r.Services.Handover, r.object(state.asked), remembered)
}

// object names the group for what resources tell each other.
func (r *groupResource) object(a asked) azure.Object {
	return azure.GroupObject(r.Services.DPSHost(a.DPSHostname.ValueString()), a.EnrollmentGroupID.ValueString())
}

// looker asks the services about the group.
func (r *groupResource) looker(want wanted) (looker, diag.Diagnostics) {
	reader, diags := composite.Reader(r.Services, want.dpsHostname)
	if diags.HasError() {
		return looker{}, diags
	}
	return looker{
		subject: subject{services: r.Services, id: want.groupID, host: reader.DPS().Host()}, reader: reader, want: want,
	}, nil
}

// refresh counts what is there now. Effects say what the last change did, and stay.
func (r *groupResource) refresh(ctx context.Context, state model, m memory) (outcome, diag.Diagnostics) {
	want, diags := state.expand(ctx)
	effects, more := composite.ExpandGroupEffects(ctx, state.Effects)
	if diags.Append(more...); diags.HasError() {
		return outcome{}, diags
	}
	l, diags := r.looker(want)
	if diags.HasError() {
		return outcome{}, diags
	}
	s, err := l.look(ctx, m)
	if err != nil {
		return outcome{}, diag.Diagnostics{l.lookUpFailed(err)}
	}
	if state.imported() && s.unheardOf() {
		return outcome{}, diag.Diagnostics{l.noSuchGroup()}
	}
	now := s.remember(m)
	now.Records = len(s.records)
	return outcome{reading: readingOf(s, want, effects), memory: now}, l.standingWarnings(s, want)
}

// ImportState takes "group-id", or "dps-host/group-id" for another instance than the provider block's.
func (r *groupResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	composite.Address{
		IDName: "enrollment_group_id", Form: "group-id", Problem: iotvalidator.EnrollmentGroupIDProblem,
	}.Import(ctx, req, resp, r.Services.DPSHost)
}

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
	ctx context.Context, settings asked, unfinished bool, private iotstate.Setter, state configure.Target,
) diag.Diagnostics {
	o.memory.Unfinished = unfinished
	told, diags := o.reading.flatten(ctx, unknowns{})
	if o.told != nil {
		told = *o.told
	}
	diags.Append(memoryKey().Keep(ctx, private, o.memory)...)
	return append(diags, configure.Store(ctx, state, model{asked: settings, told: told})...)
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

// model is azureiot_dps_enrollment_group_disallow in Terraform's types.
type model struct {
	asked
	told
}

// asked are the attributes that configuration sets.
type asked struct {
	EnrollmentGroupID         iottype.TextValue `tfsdk:"enrollment_group_id"`
	DPSHostname               iottype.TextValue `tfsdk:"dps_hostname"`
	AdditionalIoTHubHostnames types.Set         `tfsdk:"additional_iothub_hostnames"`
	Reason                    types.String      `tfsdk:"reason"`
	DesiredAccess             types.String      `tfsdk:"desired_access"`
	HubIdentityAction         types.String      `tfsdk:"hub_identity_action"`
	DeleteRegistrations       types.Bool        `tfsdk:"delete_registrations"`
	OnDestroy                 types.String      `tfsdk:"on_destroy"`
	Timeouts                  types.Object      `tfsdk:"timeouts"`
}

type timeoutsModel struct {
	Create types.String `tfsdk:"create"`
	Update types.String `tfsdk:"update"`
}

// sameGroup tells whether two models mean the same group of the same DPS instance, for certain.
func (a asked) sameGroup(other asked) bool {
	return !other.EnrollmentGroupID.IsUnknown() &&
		iottype.RegistrationID().Same(a.EnrollmentGroupID.ValueString(), other.EnrollmentGroupID.ValueString()) &&
		iotplan.SameHost(a.DPSHostname, other.DPSHostname)
}

// unfinished are the settings of a state m after an update to plan that came to no end: the former ones, so that the
// next plan takes up what is left. A group that is to be blocked again is not restored any more.
func (m model) unfinished(plan model) model {
	if plan.DesiredAccess.ValueString() == iotplan.AccessBlocked {
		m.DesiredAccess = plan.DesiredAccess
	}
	m.Timeouts = plan.Timeouts
	return m
}

// imported tells whether this is the state of an import that has not been read yet.
func (m model) imported() bool { return m.GroupStatus.IsNull() }

// defaultTimeout is how long an apply goes on when timeouts does not say it: about what disabling five thousand devices
// in one unit of an S1 hub takes.
const defaultTimeout = time.Hour

// wanted are the settings in Go's types.
type wanted struct {
	groupID, dpsHostname string
	restore              bool
	identities           deprovision.Disposal
	reason               string
	// hubs are those that the user names.
	hubs                []string
	deleteRegistrations bool
	// create and update are how long an apply may take.
	create, update time.Duration
}

func (a asked) expand(ctx context.Context) (wanted, diag.Diagnostics) {
	w := wanted{
		groupID: a.EnrollmentGroupID.ValueString(), dpsHostname: a.DPSHostname.ValueString(),
		restore:    a.DesiredAccess.ValueString() == iotplan.AccessRestored,
		identities: deprovision.Disposal(a.HubIdentityAction.ValueString()), reason: a.Reason.ValueString(),
		deleteRegistrations: a.DeleteRegistrations.ValueBool(), create: defaultTimeout, update: defaultTimeout,
	}
	var diags diag.Diagnostics
	if !a.AdditionalIoTHubHostnames.IsNull() {
		diags.Append(a.AdditionalIoTHubHostnames.ElementsAs(ctx, &w.hubs, false)...)
		for i, host := range w.hubs {
			w.hubs[i] = azrest.FoldHost(host)
		}
	}
	if a.Timeouts.IsNull() || a.Timeouts.IsUnknown() {
		return w, diags
	}
	var timeouts timeoutsModel
	diags.Append(a.Timeouts.As(ctx, &timeouts, basetypes.ObjectAsOptions{UnhandledUnknownAsEmpty: true})...)
	// The attributes' own validators have refused what is no duration.
	if d, err := time.ParseDuration(timeouts.Create.ValueString()); err == nil {
		w.create = d
	}
	if d, err := time.ParseDuration(timeouts.Update.ValueString()); err == nil {
		w.update = d
	}
	return w, diags
}

// intent is what is asked for of a group that stands as the memory tells. have are the settings that were applied last;
// nil for a new block.
func (w wanted) intent(m memory, have *wanted) deprovision.GroupIntent {
	intent := deprovision.GroupIntent{
		EnrollmentGroupID: w.groupID, Restore: w.restore, Identities: w.identities,
		Reenable: m.Group.Before == deprovision.Enabled && m.Group.Created != "" && m.Group.Created == m.Group.Found,
	}
	if w.deletesRecords(have) {
		intent.Registrations = m.Records
	}
	return intent
}

// deletesRecords tells whether the records are to be deleted with this change: once, when that is set.
func (w wanted) deletesRecords(have *wanted) bool {
	return w.deleteRegistrations && !w.restore && (have == nil || !have.deleteRegistrations || have.restore)
}

// maxNamed is how many devices a diagnostic names.
const maxNamed = 5

// subject is the group of which diagnostics speak.
type subject struct {
	services *azure.Services
	// id is the group's, host its DPS instance.
	id, host string
}

func (s subject) attempt(verb, noun, id, host string, needs iotdiag.Right) iotdiag.Attempt {
	return composite.Attempt(s.services, verb, noun, id, host, needs)
}

func (s subject) failed(verb, noun, id string, needs iotdiag.Right, err error) diag.Diagnostic {
	return iotdiag.Failed(s.attempt(verb, noun, id, s.host, needs), err)
}

// lookUpFailed is a call to DPS without whose answer nothing can be said.
func (s subject) lookUpFailed(err error) diag.Diagnostic {
	return composite.LookUpFailed(err, s.attempt)
}

func (s subject) keysUnreadable(err error) diag.Diagnostic {
	a := s.attempt("read the keys of", nounGroup, s.id, s.host, iotdiag.ReadKeys())
	a.Afterwards = "A write of a symmetric-key group has to send its keys along, or the service would make new ones."
	return iotdiag.Failed(a, err)
}

func (s subject) noSuchGroup() diag.Diagnostic {
	return diag.NewErrorDiagnostic("No such enrollment group", fmt.Sprintf(
		"There is no enrollment group %q at %s. Check the spelling.",
		s.id, s.host))
}

// notYetMade is a plan of a group that does not exist: the same apply may make it.
func (s subject) notYetMade() diag.Diagnostic {
	return diag.NewWarningDiagnostic("No such enrollment group yet", fmt.Sprintf(
		"There is no enrollment group %q at %s, and no device has registered through one of that name. Unless it is made "+
			"before it is disallowed, the apply fails. Check the spelling.", s.id, s.host))
}

func (s subject) notStored(verb string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Group is not as it was written", fmt.Sprintf(
		"DPS accepted to %s the enrollment group %q at %s, and reads otherwise: somebody else changed it at the same "+
			"moment. Plan again.", verb, s.id, s.host))
}

func (s subject) madeAnew() diag.Diagnostic {
	return diag.NewErrorDiagnostic("Group was made anew", fmt.Sprintf(
		"The enrollment group %q at %s is not the one that this resource disabled: it was deleted since, or another one "+
			"took its place. Nothing was restored. Plan again.", s.id, s.host))
}

func (s subject) enabledMeanwhile() diag.Diagnostic {
	return diag.NewErrorDiagnostic("Group was enabled meanwhile", fmt.Sprintf(
		"Somebody enabled the enrollment group %q at %s while its devices were being worked through, and others may have "+
			"come in. Plan again.", s.id, s.host))
}

func (s subject) blockedMeanwhile(ids []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Devices were blocked meanwhile", fmt.Sprintf(
		"Individual enrollments of devices of the enrollment group %q at %s were disabled while their identities were being "+
			"restored. These identities are to stay disabled, and were written so again unless an error says otherwise: %s. "+
			"Plan again.", s.id, s.host, strings.Join(ids, ", ")))
}

func (s subject) stillAssigning(count int) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Assignments are still in flight", fmt.Sprintf(
		"%d devices of the enrollment group %q are being assigned to a hub since before the group was disabled, and DPS has "+
			"not finished. Where they end is not known yet.", count, s.id))
}

// recordsLeft is an apply that ended while it deleted records.
func (r *run) recordsLeft() diag.Diagnostic {
	standing := ""
	if r.s.evidence().Access() == deprovision.Blocked {
		standing = " Every device of the group is blocked."
	}
	return diag.NewErrorDiagnostic("Registration records are left", fmt.Sprintf(
		"%d registration records of the enrollment group %q are still to be deleted: %s.%s",
		r.ledger.recordsLeft, r.id, r.ledger.ended(), standing))
}

// ended says why an apply has ended before everything was done.
func (l ledger) ended() string {
	if l.interrupted {
		return "Terraform was interrupted"
	}
	return "the time that timeouts gives is over"
}

// unfinished is what an apply ends with that has left identities pending, and why.
func (r *run) unfinished(pending map[string]int) diag.Diagnostics {
	var diags diag.Diagnostics
	if len(r.ledger.failures) > 0 {
		diags.Append(r.devicesFailed(r.ledger.failures))
	}
	for _, host := range slices.Sorted(maps.Keys(r.ledger.lost)) {
		err := r.ledger.lost[host]
		a := r.attempt("work through", "devices of enrollment group", r.want.groupID, host, rightsAt(err))
		diags.Append(iotdiag.Failed(a, err))
	}
	if total(r.ledger.over) > 0 {
		diags.AddError("More devices than planned", fmt.Sprintf(
			"%d identities of devices of the enrollment group %q were left alone: no more are deleted or enabled than the "+
				"plan says, and there are more. Plan again.", total(r.ledger.over), r.want.groupID))
	}
	return append(diags, r.pending(pending, r.ledger, r.want.restore))
}

// rightsAt are what a call to a hub takes that was refused.
func rightsAt(err error) iotdiag.Right {
	refusal, ok := azrest.AsError(err)
	switch {
	case ok && (refusal.Path == "/devices/query" || strings.HasPrefix(refusal.Path, "/twins/")):
		return iotdiag.QueryTwins()
	case ok && refusal.Method == http.MethodPost:
		return iotdiag.WriteInBulk()
	}
	return iotdiag.ReadDeviceIdentity()
}

// devicesFailed names the first devices that could not be brought to their goal.
func (s subject) devicesFailed(failures []failure) diag.Diagnostic {
	lines := make([]string, 0, maxNamed)
	for _, f := range failures[:min(len(failures), maxNamed)] {
		lines = append(lines, fmt.Sprintf("  %s/%s: %s", f.host, f.deviceID, iotdiag.Sentence(f.err)))
	}
	if more := len(failures) - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("  and %d more", more))
	}
	return diag.NewErrorDiagnostic("Some devices failed", fmt.Sprintf(
		"%d devices of the enrollment group %q could not be brought to where they are to be; the others were not held "+
			"up:\n%s",
		len(failures), s.id, strings.Join(lines, "\n")))
}

func (s subject) pending(pending map[string]int, l ledger, restore bool) diag.Diagnostic {
	summary, what := "Group is not blocked yet", "blocked"
	if restore {
		summary, what = "Group is not restored yet", "restored"
	}
	reason := ""
	if left := total(l.left); left > 0 && len(l.lost) == 0 {
		reason = fmt.Sprintf("\n\n%d were not come to: %s.", left, l.ended())
		if l.forecast > 0 {
			reason += fmt.Sprintf(" At the pace so far they take about %s more.", l.forecast.Round(time.Second))
		}
	}
	return diag.NewErrorDiagnostic(summary, fmt.Sprintf(
		"%d identities of devices of the enrollment group %q are pending, that is not known to be %s: %s.%s",
		total(pending), s.id, what, byHub(pending), reason))
}

// byHub lists counts by hub.
func byHub(counts map[string]int) string {
	var parts []string
	for _, host := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d in %s", counts[host], host))
	}
	return strings.Join(parts, ", ")
}

// ended adds to the errors of an apply what is true of the group now that it has ended.
func (r *run) ended(diags diag.Diagnostics, creating bool) diag.Diagnostics {
	after := "Nothing was written."
	if r.ledger.touched {
		after = fmt.Sprintf("The enrollment group is %s. ", r.s.status)
		if r.ledger.unsure {
			after = "Whether the enrollment group was written is not known. "
		}
		after += "The next apply goes on from here; nothing is done twice."
		if creating {
			after += " Terraform marks the resource tainted and replaces it, which undoes nothing; \"terraform untaint\" lets " +
				"the next apply finish this same object instead."
		}
	}
	all := make(diag.Diagnostics, 0, len(diags))
	for _, d := range diags {
		if d.Severity() == diag.SeverityError {
			d = diag.NewErrorDiagnostic(d.Summary(), d.Detail()+"\n\n"+after)
		}
		all = append(all, d)
	}
	return all
}
