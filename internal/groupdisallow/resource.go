// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
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

var (
	_ resource.ResourceWithConfigure   = &groupResource{}
	_ resource.ResourceWithModifyPlan  = &groupResource{}
	_ resource.ResourceWithImportState = &groupResource{}
	_ resource.ResourceWithIdentity    = &groupResource{}
)

// NewGroupResource makes azureiot_dps_enrollment_group_disallow.
func NewGroupResource() resource.Resource { return &groupResource{} }

// Metadata names the resource.
func (r *groupResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_dps_enrollment_group_disallow"
}

// IdentitySchema says what names a block.
func (r *groupResource) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = configure.IdentitySchema(
		"dps_hostname", "Host name of the DPS instance. Default: the provider block's.",
		"enrollment_group_id", "The ID of the enrollment group.")
}

// identify says which block it is.
func (a asked) identify(ctx context.Context, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	return configure.Identify(ctx, identity, map[string]string{
		"enrollment_group_id": a.EnrollmentGroupID.ValueString(), "dps_hostname": a.DPSHostname.ValueString(),
	})
}

// Schema describes the resource.
func (r *groupResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = groupSchema()
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
	ctx context.Context, settings asked, unfinished bool, private iotstate.Setter, state composite.State,
) diag.Diagnostics {
	o.memory.Unfinished = unfinished
	told, diags := o.reading.flatten(ctx, unknowns{})
	if o.told != nil {
		told = *o.told
	}
	diags.Append(memoryKey().Keep(ctx, private, o.memory)...)
	return append(diags, state.Set(ctx, model{asked: settings, told: told})...)
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

// told are the attributes that the provider computes.
type told struct {
	GroupStatus               types.String `tfsdk:"group_status"`
	Hubs                      types.Map    `tfsdk:"hubs"`
	PendingCount              types.Int64  `tfsdk:"pending_count"`
	UnplacedCount             types.Int64  `tfsdk:"unplaced_count"`
	Access                    types.String `tfsdk:"access"`
	IndividuallyAdmitted      types.Set    `tfsdk:"individually_admitted"`
	IndividuallyAdmittedCount types.Int64  `tfsdk:"individually_admitted_count"`
	ReenrollPaths             types.Set    `tfsdk:"reenroll_paths"`
	Effects                   types.Set    `tfsdk:"effects"`
}

type timeoutsModel struct {
	Create types.String `tfsdk:"create"`
	Update types.String `tfsdk:"update"`
}

type hubModel struct {
	Registered  types.Int64 `tfsdk:"registered"`
	Enabled     types.Int64 `tfsdk:"enabled"`
	Disabled    types.Int64 `tfsdk:"disabled"`
	Absent      types.Int64 `tfsdk:"absent"`
	Unreachable types.Int64 `tfsdk:"unreachable"`
}

// hubType is the schema's own.
func hubType() attr.Type {
	kind, _ := hubsAttribute().GetType().(types.MapType)
	return kind.ElemType
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

// maxListed is how many devices individually_admitted names.
const maxListed = 100

// reading are the computed attributes in Go's types.
type reading struct {
	status   deprovision.Status
	hubs     map[string]deprovision.HubTally
	pending  int
	unplaced int
	access   deprovision.Access
	admitted []string
	paths    []deprovision.ReenrollPath
	effects  []deprovision.GroupEffect
}

// unknowns say which readings of a plan only the apply can tell: what it looks at.
type unknowns struct{ look bool }

// readingOf is what a standing comes to for settings. Of a group that is restored nothing is pending.
func readingOf(s *standing, w wanted, effects []deprovision.GroupEffect) reading {
	g := s.evidence()
	r := reading{
		status: s.status, hubs: g.Tally(), unplaced: len(g.Unplaced()), access: g.Access(), admitted: g.Admitted(),
		paths: s.paths, effects: effects,
	}
	if !w.restore {
		r.pending = total(g.Pending(w.identities))
	}
	return r
}

func total(counts map[string]int) int {
	sum := 0
	for _, count := range counts {
		sum += count
	}
	return sum
}

// flatten sets every computed attribute: the framework marks all of them unknown as soon as any setting differs.
func (r reading) flatten(ctx context.Context, u unknowns) (told, diag.Diagnostics) {
	t := told{
		GroupStatus: types.StringValue(string(r.status)), PendingCount: types.Int64Value(int64(r.pending)),
		UnplacedCount: types.Int64Value(int64(r.unplaced)), Access: types.StringValue(string(r.access)),
		IndividuallyAdmittedCount: types.Int64Value(int64(len(r.admitted))),
	}
	hubs := make(map[string]hubModel, len(r.hubs))
	for host, tally := range r.hubs {
		hubs[host] = hubModel{
			Registered: types.Int64Value(int64(tally.Registered)), Enabled: types.Int64Value(int64(tally.Enabled)),
			Disabled: types.Int64Value(int64(tally.Disabled)), Absent: types.Int64Value(int64(tally.Absent)),
			Unreachable: types.Int64Value(int64(tally.Unreachable)),
		}
	}
	var diags, more diag.Diagnostics
	t.Hubs, diags = types.MapValueFrom(ctx, hubType(), hubs)
	t.IndividuallyAdmitted, more = types.SetValueFrom(ctx, types.StringType, r.admitted[:min(len(r.admitted), maxListed)])
	diags.Append(more...)
	t.ReenrollPaths, more = composite.FlattenPaths(ctx, r.paths)
	diags.Append(more...)
	t.Effects, more = composite.FlattenGroupEffects(ctx, r.effects)
	diags.Append(more...)
	return t.unknown(u), diags
}

func (t told) unknown(u unknowns) told {
	if u.look {
		t.Hubs, t.UnplacedCount = types.MapUnknown(hubType()), types.Int64Unknown()
		t.IndividuallyAdmitted = types.SetUnknown(types.StringType)
		t.IndividuallyAdmittedCount = types.Int64Unknown()
		if t.Access.ValueString() != string(deprovision.Blocked) {
			t.Access = types.StringUnknown()
		}
	}
	return t
}

// everythingUnknown is told of nothing.
func everythingUnknown() told {
	return told{
		GroupStatus: types.StringUnknown(), Hubs: types.MapUnknown(hubType()), PendingCount: types.Int64Unknown(),
		UnplacedCount: types.Int64Unknown(), Access: types.StringUnknown(),
		IndividuallyAdmitted: types.SetUnknown(types.StringType), IndividuallyAdmittedCount: types.Int64Unknown(),
		ReenrollPaths: composite.UnknownPaths(), Effects: composite.UnknownGroupEffects(),
	}
}
