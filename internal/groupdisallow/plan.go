// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/composite"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// ModifyPlan says what the apply will do. Of a new block only what no device can change by trying again is planned; a
// change is planned from prior state and memory alone, since core plans again at apply and calls any other outcome a
// defect of the provider.
func (r *groupResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	composite.Planner[model, memory]{
		Services: r.Services, Host: func(m *model) *iottype.TextValue { return &m.DPSHostname }, Memory: memoryKey(),
		Create: r.planCreate, Change: r.planChange, Destroy: r.planDestroy, Note: r.note,
	}.ModifyPlan(ctx, req, resp)
}

// note claims the group, looks for another block of it, and hands on what a new block may replace.
func (r *groupResource) note(
	ctx context.Context, req resource.ModifyPlanRequest, planned model, private iotstate.Setter,
) diag.Diagnostics {
	diags := append(r.claim(planned), r.meet(ctx, req, planned)...)
	if req.State.Raw.IsNull() {
		diags.Append(r.handOn(ctx, planned, private)...)
	}
	return diags
}

// handOn keeps what the refresh of a block that came to no end knows of its devices in the plan that replaces it. Core
// hands no private state of a tainted object to that plan, and what the plan leaves to the half that deletes; that one
// leaves it to the half that creates. By then refused tries have overwritten the records that told of hubs.
func (r *groupResource) handOn(ctx context.Context, plan model, private iotstate.Setter) diag.Diagnostics {
	if r.Services == nil {
		return nil
	}
	left, found := azure.Peek[memory](&r.Services.Handover, r.object(plan.asked))
	if !found {
		return nil
	}
	return memoryKey().Keep(ctx, private, left)
}

// claim tells the provider block that this block keeps the group disabled: another resource that says enabled of it
// would be undone by it, and undo it, in every apply.
func (r *groupResource) claim(plan model) diag.Diagnostics {
	if !r.Services.Known() || plan.DesiredAccess.ValueString() != iotplan.AccessBlocked ||
		plan.EnrollmentGroupID.IsUnknown() || plan.DPSHostname.IsUnknown() {
		return nil
	}
	by := fmt.Sprintf("azureiot_dps_enrollment_group_disallow %q", plan.EnrollmentGroupID.ValueString())
	at := path.Root("enrollment_group_id")
	other, contradicted := r.Services.Claims.Make(azure.ClaimBlocked, r.object(plan.asked), by)
	if born, made := r.Services.Claims.Made(azure.ClaimBorn, r.object(plan.asked)); made {
		return diag.Diagnostics{iotplan.BornBesideBlock(at, born, "provisioning_status", by)}
	}
	if !contradicted {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(at,
		"Two resources contradict each other", fmt.Sprintf(
			"%s keeps a group disabled that %s says is enabled: each apply would undo the other's. Leave provisioning_status "+
				"of that resource out, or set desired_access = \"restored\" here.", by, other))}
}

// meet looks for another block of the group.
func (r *groupResource) meet(ctx context.Context, req resource.ModifyPlanRequest, plan model) diag.Diagnostics {
	if !r.Services.Known() || plan.EnrollmentGroupID.IsUnknown() || plan.DPSHostname.ValueString() == "" {
		return nil
	}
	remembers, diags := memoryKey().Kept(ctx, req.Private)
	access := plan.DesiredAccess.ValueString()
	other, found := r.Services.Blocks.Meet(r.object(plan.asked),
		azure.BlockPlan{Access: access, New: req.State.Raw.IsNull(), Remembers: remembers})
	if found {
		diags.Append(iotplan.TwoBlocks(path.Root("enrollment_group_id"), "azureiot_dps_enrollment_group_disallow",
			fmt.Sprintf("enrollment group %q", plan.EnrollmentGroupID.ValueString()), access, other))
	}
	return diags
}

// planChange plans a block that is there.
func (r *groupResource) planChange(
	ctx context.Context, plan, state model, m memory,
) (model, diag.Diagnostics) {
	switch {
	case !state.sameGroup(plan.asked):
		return r.planReplacement(plan, state, m)
	case !configure.Known(ctx, plan.asked):
		return model{asked: plan.asked, told: everythingUnknown()}, nil
	}
	return planUpdate(ctx, plan, state, m)
}

// planReplacement plans the first half of a replacement. The second is planned for itself once more, without the
// state; here only what prevents it counts.
func (r *groupResource) planReplacement(plan, state model, m memory) (model, diag.Diagnostics) {
	var diags diag.Diagnostics
	if state.OnDestroy.ValueString() == iotplan.DestroyPrevent && !m.Unfinished {
		diags.Append(prevented(state, "replace"))
	}
	return model{asked: plan.asked, told: everythingUnknown()}, diags
}

func prevented(state model, verb string) diag.Diagnostic {
	return iotplan.Prevented(noun, state.EnrollmentGroupID.ValueString(), state.DPSHostname.ValueString(), verb)
}

// planCreate plans what no device can change by trying again: the group. Its counts as they are now are for people. A
// count in the plan would be wrong as soon as a device registers, or a refused try takes the hub out of a record, and
// core would then refuse every apply: the block would be stopped by the devices that it is about.
func (r *groupResource) planCreate(ctx context.Context, plan model) (model, diag.Diagnostics) {
	told := everythingUnknown()
	if !configure.Known(ctx, plan.asked) || !r.Services.Known() {
		return model{asked: plan.asked, told: told}, nil
	}
	want, diags := plan.expand(ctx)
	if diags.HasError() {
		return plan, diags
	}
	if want.restore {
		return plan, append(diags, composite.NothingToRestore())
	}
	l, diags := r.looker(want)
	if diags.HasError() {
		return plan, diags
	}
	left, _ := azure.Peek[memory](&r.Services.Handover, r.object(plan.asked))
	s, err := l.glance(ctx, left)
	if err != nil {
		return plan, diag.Diagnostics{l.lookUpFailed(err)}
	}
	if s.unheardOf() {
		told.GroupStatus, told.PendingCount = types.StringValue(string(deprovision.Disabled)), types.Int64Value(0)
		return model{asked: plan.asked, told: told}, diag.Diagnostics{l.notYetMade()}
	}
	decision := deprovision.DecideGroup(deprovision.GroupEvidence{Status: s.status},
		want.intent(memory{}, nil))
	told.GroupStatus, told.PendingCount = types.StringValue(string(decision.Status)), types.Int64Value(0)
	diags.Append(l.createWarning(s, want))
	return model{asked: plan.asked, told: told}, append(diags, l.standingWarnings(s, want)...)
}

// change is an update as it is planned.
type change struct {
	want, have wanted
	prior      standing
	decision   deprovision.GroupDecision
	m          memory
}

func changeOf(ctx context.Context, plan, state model, m memory) (change, diag.Diagnostics) {
	want, diags := plan.expand(ctx)
	have, more := state.expand(ctx)
	diags.Append(more...)
	paths, more := composite.ExpandPaths(ctx, state.ReenrollPaths)
	if diags.Append(more...); diags.HasError() {
		return change{}, diags
	}
	c := change{want: want, have: have, m: m}
	c.prior = m.standing(deprovision.Status(state.GroupStatus.ValueString()), paths)
	if !want.restore {
		c.nameHubs()
	}
	c.decision = deprovision.DecideGroup(c.prior.evidence(), want.intent(m, &have))
	if want.restore && have.restore {
		c.decision.Effects = nil // Undone once; what happens afterwards is left as it is found.
	}
	return c, diags
}

// nameHubs has the devices of which nothing tells where they are looked for in the hubs that are named now.
func (c *change) nameHubs() {
	for _, id := range c.prior.evidence().Unplaced() {
		for _, host := range c.want.hubs {
			c.prior.tie(host, id, deprovision.Ties{Named: true, HubNamed: true})
		}
	}
}

// acts tells whether the update asks or writes anything.
func (c change) acts() bool {
	if c.want.restore {
		return c.decision.Writes()
	}
	named := slices.ContainsFunc(c.want.hubs, func(host string) bool { return !slices.Contains(c.have.hubs, host) })
	return c.decision.Writes() || named || total(c.prior.evidence().Pending(c.want.identities)) > 0
}

// planUpdate plans from prior state and memory alone.
func planUpdate(ctx context.Context, plan, state model, m memory) (model, diag.Diagnostics) {
	c, diags := changeOf(ctx, plan, state, m)
	if diags.HasError() {
		return plan, diags
	}
	if !c.acts() {
		told := state.told
		if !c.want.restore {
			told.PendingCount = types.Int64Value(0)
		}
		return model{asked: plan.asked, told: told}, diags
	}
	goal := reading{
		status: c.decision.Status, access: c.decision.Access, paths: c.prior.paths, effects: c.decision.Effects,
	}
	told, more := goal.flatten(ctx, unknowns{look: true})
	diags.Append(more...)
	diags.Append(c.warning())
	return model{asked: plan.asked, told: told}, diags
}

// planDestroy says that nothing changes in Azure. An unfinished block is never held by prevent, or every later plan of
// the replacement that Terraform makes of it would fail.
func (r *groupResource) planDestroy(ctx context.Context, state model, m memory) diag.Diagnostics {
	if state.OnDestroy.ValueString() == iotplan.DestroyPrevent && !m.Unfinished {
		return diag.Diagnostics{prevented(state, "destroy")}
	}
	want, diags := state.expand(ctx)
	paths, more := composite.ExpandPaths(ctx, state.ReenrollPaths)
	if diags.Append(more...); diags.HasError() {
		return diags
	}
	last := m.standing(deprovision.Status(state.GroupStatus.ValueString()), paths)
	if r.Services.Known() {
		if l, more := r.looker(want); !more.HasError() {
			if s, err := l.look(ctx, m); err == nil {
				return append(diags, destroyWarning(s, want, true))
			}
		}
	}
	return append(diags, destroyWarning(&last, want, false))
}

// createWarning tells what a new block finds now.
func (s subject) createWarning(now *standing, want wanted) diag.Diagnostic {
	undone := ""
	if now.status != deprovision.Enabled {
		undone = "If this replaces a block that came to no end, nothing is undone on the way: what was disabled stays " +
			"disabled."
	}
	return iotdiag.Warning("Group is disallowed", fmt.Sprintf(
		"Enrollment group %q is %s, and %d devices have registered through it. The apply disables the group first, and "+
			"then %s. As it is now:\n%s", s.id, now.status, len(now.evidence().Members), want.does(), hubLines(now)),
		pathsLine(now), want.forGood(), undone)
}

// does says what becomes of the devices.
func (w wanted) does() string {
	switch w.identities {
	case deprovision.Deleting:
		return "deletes every identity of its devices"
	case deprovision.Keeping:
		return "leaves the identities of its devices as they are"
	default:
	}
	return "disables every identity of its devices that is enabled by then"
}

func (w wanted) forGood() string {
	if w.identities != deprovision.Deleting || w.restore {
		return ""
	}
	return "Deleting cannot be undone: an identity goes with its twin and its modules, and restoring cannot bring it back."
}

// hubLines are the counts of each hub.
func hubLines(s *standing) string {
	tally := s.evidence().Tally()
	var lines []string
	for _, host := range slices.Sorted(maps.Keys(tally)) {
		t := tally[host]
		line := fmt.Sprintf("  %s: %d registered, %d enabled", host, t.Registered, t.Enabled)
		if s.untold[host] {
			line = fmt.Sprintf("  %s: %d registered; the hub has not said within %s how many of them are enabled", host,
				t.Registered, glanceTime)
		}
		for _, other := range []struct {
			count int
			what  string
		}{{t.Disabled, "disabled"}, {t.Absent, "absent"}, {t.Unreachable, "unreachable"}} {
			if other.count > 0 {
				line += fmt.Sprintf(", %d %s", other.count, other.what)
			}
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return "  no hub is known to have a device of it"
	}
	return strings.Join(lines, "\n")
}

func pathsLine(s *standing) string {
	if len(s.paths) == 0 {
		return ""
	}
	return "If the group vanished, these enabled groups could let its devices in: " + deprovision.NamePaths(s.paths) + "."
}

// warning tells what a change does.
func (c change) warning() diag.Diagnostic {
	var lines []string
	for _, e := range c.decision.Effects {
		lines = append(lines, "  "+e.String())
	}
	did := fmt.Sprintf("Enrollment group %q, and what the apply does:\n%s", c.want.groupID, strings.Join(lines, "\n"))
	switch {
	case !c.want.restore && c.have.restore:
		return iotdiag.Warning("Group is disallowed again", did, c.want.forGood())
	case !c.want.restore:
		return iotdiag.Warning("Block of the group goes on", did, c.want.forGood())
	case c.decision.Status == deprovision.Enabled:
		return iotdiag.Warning("Group is let in again", did)
	}
	return iotdiag.Warning("Group stays shut", did, fmt.Sprintf(
		"The enrollment group %q stays %s: it was not enabled before the block, another one took its place since, or nobody "+
			"knows. Enable it yourself if its devices are to be let in.", c.want.groupID, c.decision.Status))
}

// standingWarnings name what keeps the group from being blocked, and how to settle it.
func (s subject) standingWarnings(now *standing, want wanted) diag.Diagnostics {
	var diags diag.Diagnostics
	g := now.evidence()
	unread := map[string]error{}
	maps.Copy(unread, now.unasked)
	maps.Copy(unread, now.silent)
	for _, host := range slices.Sorted(maps.Keys(unread)) {
		if err := unread[host]; err != nil {
			a := s.attempt("read", "devices of enrollment group", s.id, host, rightsAt(err))
			a.Afterwards = "Its devices count as unreachable: whether they are blocked there is not known."
			diags.Append(iotdiag.Warned(a, err))
		}
	}
	if want.restore {
		return append(diags, s.leftDisabled(now)...)
	}
	if unplaced := g.Unplaced(); len(unplaced) > 0 {
		diags.Append(s.unplaced(unplaced, now))
	}
	if unplaced := g.Unplaced(); len(unplaced) == 0 && len(now.suspected) > 0 {
		diags.Append(iotdiag.Warning("Other identities bear the names of devices", fmt.Sprintf(
			"These hubs let identities in that bear the names of devices of the enrollment group %q, which registered "+
				"elsewhere last. Nothing proves that they are these devices, so that they are left alone, and access is no more "+
				"than %q. If they are, name the hub in additional_iothub_hostnames.%s",
			s.id, deprovision.PartiallyBlocked, suspects(now))))
	}
	if admitted := g.Admitted(); len(admitted) > 0 {
		diags.Append(iotdiag.Warning("Devices have enrollments of their own", fmt.Sprintf(
			"%d devices of the enrollment group %q have an enabled individual enrollment, which lets them in whatever the "+
				"group's status is: %s. Block them with azureiot_dps_device_disallow.", len(admitted), s.id, first(admitted))))
	}
	return diags
}

// unplaced tells of devices that may have an identity that nobody knows.
func (s subject) unplaced(ids []string, now *standing) diag.Diagnostic {
	suspected := suspects(now)
	if suspected != "" {
		suspected = "These hubs have identities of such names. A name proves nothing, so that they are left alone:" +
			suspected
	}
	return iotdiag.Warning("Whereabouts of devices are not known", fmt.Sprintf(
		"DPS refuses %d devices of the enrollment group %q of which nothing tells where they have been: a try that was "+
			"refused has overwritten their registration records, or somebody has deleted these (%s). A hub may still let them "+
			"in, so that access is no more than %q. Name the hubs in which they are in additional_iothub_hostnames, or block "+
			"them with azureiot_dps_device_disallow.", len(ids), s.id, first(ids), deprovision.PartiallyBlocked), suspected)
}

// suspects lists, by hub, the identities that bear the names of devices.
func suspects(now *standing) string {
	lines := ""
	for _, host := range slices.Sorted(maps.Keys(now.suspected)) {
		lines += fmt.Sprintf("\n  %s: %s", host, first(slices.Sorted(slices.Values(now.suspected[host]))))
	}
	return lines
}

// leftDisabled tells of identities that a restored group leaves disabled.
func (s subject) leftDisabled(now *standing) diag.Diagnostics {
	left := map[string]int{}
	for id, sighting := range now.roll {
		if sighting.Status == deprovision.Disabled {
			left[id.Host]++
		}
	}
	if total(left) == 0 {
		return nil
	}
	return diag.Diagnostics{iotdiag.Warning("Identities stay disabled", fmt.Sprintf(
		"%d identities of devices of the enrollment group %q stay disabled, because this resource did not disable them or "+
			"because the device's own individual enrollment is disabled: %s. Enable them yourself if the devices are to be "+
			"let in.",
		total(left), s.id, byHub(left)))}
}

// first names the first of some devices.
func first(ids []string) string {
	named := strings.Join(ids[:min(len(ids), maxNamed)], ", ")
	if more := len(ids) - maxNamed; more > 0 {
		named += fmt.Sprintf(" and %d more", more)
	}
	return named
}

// moreDisabled tells of an apply that disabled more than its plan said: somebody had enabled a device meanwhile, or one
// had registered.
func (s subject) moreDisabled(planned []deprovision.GroupEffect, l ledger) diag.Diagnostics {
	counts := map[string]int{}
	for effect, count := range l.changed {
		if effect.Target == deprovision.TargetIdentity && effect.Action == deprovision.Disable {
			counts[effect.Object] += count
		}
	}
	for _, effect := range planned {
		if effect.Target == deprovision.TargetIdentity && effect.Action == deprovision.Disable {
			counts[effect.Object] -= effect.Count
		}
	}
	maps.DeleteFunc(counts, func(_ string, more int) bool { return more <= 0 })
	if len(counts) == 0 {
		return nil
	}
	return diag.Diagnostics{iotdiag.Warning("More devices were disabled than planned", fmt.Sprintf(
		"Devices of the enrollment group %q were enabled, had registered or could be read only after the plan, and are "+
			"disabled too: %s.",
		s.id, byHub(counts)))}
}

func (s subject) otherOutcome(plan model, now reading) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Outcome is not as planned", fmt.Sprintf(
		"The enrollment group %q at %s changed during the apply. Planned were group_status %q and access %q; what is "+
			"true is %q and %q, with %d pending. Plan again.",
		s.id, s.host, plan.GroupStatus.ValueString(), plan.Access.ValueString(), now.status, now.access, now.pending))
}

// destroyWarning says where the group stands when nobody watches it any more.
func destroyWarning(now *standing, want wanted, fresh bool) diag.Diagnostic {
	asOf := ""
	if !fresh {
		asOf = "The services could not be asked: this is what was last known."
	}
	access := now.evidence().Access()
	if want.restore || access == deprovision.Allowed {
		return iotdiag.Warning("Group is not watched any more", fmt.Sprintf(
			"Destroying changes nothing in Azure. The enrollment group %q is not blocked by this resource now, and nobody "+
				"watches its devices any more.", want.groupID), asOf)
	}
	summary, more := "Devices of the group stay blocked", ""
	if access == deprovision.PartiallyBlocked {
		summary, more = "Devices of the group stay blocked in part", " Not every device is known to be out of its hub."
	}
	return iotdiag.Warning(summary, fmt.Sprintf(
		"Destroying changes nothing in Azure. The enrollment group %q stays %s, its devices as they are; Terraform only "+
			"forgets them.%s To let them in again, set desired_access = %q and apply.\n%s",
		want.groupID, now.status, more, iotplan.AccessRestored, hubLines(now)), pathsLine(now), asOf)
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

// maxListed is how many devices individually_admitted names.
const maxListed = 100

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
