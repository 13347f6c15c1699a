// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/composite"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// ModifyPlan says what the apply will do. A new block is planned from a look-up; a change of an existing one from prior
// state and configuration alone, since core plans again at apply and calls any other outcome a defect of the provider.
func (r *deviceResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	composite.Planner[deviceModel, memory]{
		Services: r.Services, Host: func(m *deviceModel) *iottype.TextValue { return &m.DPSHostname }, Memory: memoryKey(),
		Create: r.planCreate, Change: r.planChange, Destroy: r.planDestroy, Note: r.note,
	}.ModifyPlan(ctx, req, resp)
}

// note claims the device's objects, and looks for another block of the device.
func (r *deviceResource) note(
	ctx context.Context, req resource.ModifyPlanRequest, planned deviceModel, _ iotstate.Setter,
) diag.Diagnostics {
	return append(r.claim(ctx, planned), r.meet(ctx, req, planned)...)
}

// claim tells the provider block what this block keeps disabled: another resource that says enabled of the same object
// would be undone by it, and undo it, in every apply.
func (r *deviceResource) claim(ctx context.Context, plan deviceModel) diag.Diagnostics {
	blocks := plan.DesiredAccess.ValueString() == iotplan.AccessBlocked
	if !r.Services.Known() || !blocks || plan.RegistrationID.IsUnknown() {
		return nil
	}
	goal, diags := plan.told.expand(ctx)
	by := fmt.Sprintf("azureiot_dps_device_disallow %q", plan.RegistrationID.ValueString())
	host := plan.DPSHostname.ValueString()
	objects := []azure.Object{azure.EnrollmentObject(host, plan.RegistrationID.ValueString())}
	for _, id := range deprovision.SortedIDs(goal.State.Identities) {
		if status := goal.State.Identities[id]; status == deprovision.Disabled || status == deprovision.Absent {
			objects = append(objects, azure.IdentityObject(id.Host, id.DeviceID))
		}
	}
	for i, object := range objects {
		if born, made := r.Services.Claims.Made(azure.ClaimBorn, object); made {
			status := []string{"provisioning_status", "status"}[min(i, 1)]
			diags.Append(iotplan.BornBesideBlock(path.Root("registration_id"), born, status, by))
		}
		if other, contradicted := r.Services.Claims.Make(azure.ClaimBlocked, object, by); contradicted {
			diags.AddAttributeError(path.Root("registration_id"), "Two resources contradict each other", fmt.Sprintf(
				"%s keeps out a device that %s says is enabled: each apply would undo the other's. Leave the status of that "+
					"resource out, or set desired_access = \"restored\" here.", by, other))
		}
	}
	return diags
}

// meet looks for another block of the device.
func (r *deviceResource) meet(
	ctx context.Context, req resource.ModifyPlanRequest, plan deviceModel,
) diag.Diagnostics {
	if !r.Services.Known() || plan.RegistrationID.IsUnknown() || plan.DPSHostname.ValueString() == "" {
		return nil
	}
	remembers, diags := memoryKey().Kept(ctx, req.Private)
	id, access := plan.RegistrationID.ValueString(), plan.DesiredAccess.ValueString()
	other, found := r.Services.Blocks.Meet(azure.EnrollmentObject(plan.DPSHostname.ValueString(), id),
		azure.BlockPlan{Access: access, New: req.State.Raw.IsNull(), Remembers: remembers})
	if found {
		diags.Append(iotplan.TwoBlocks(path.Root("registration_id"), "azureiot_dps_device_disallow",
			fmt.Sprintf("device %q", id), access, other))
	}
	return diags
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
	d, will := a.decision, willDo(a.want.Identities)
	found := fmt.Sprintf("Device %q as it is now, and what the apply does:\n%s", s.id, d.Effects)
	switch {
	case len(a.f.Identities) == 0:
		found += "\n  iothub_device_identity: no hub is known to have one; the apply " + will +
			" whatever has appeared by then"
	case d.Unknown.Identities:
		found += "\n  iothub_device_identity: only the apply can tell for certain; it " + will +
			" whatever proves to be the device by then"
	}
	return diag.Diagnostics{iotdiag.Warning("Device is disallowed",
		found, pathsWarning(a.evidence().Paths), deleteWarning(s.id, d, a.want.Identities),
		"If Terraform reports \"inconsistent final plan\" for this resource during the apply, the device changed after "+
			"this plan was made and nothing was written; plan again.")}
}

// willDo is what an apply does to identities that only the apply can tell.
func willDo(identities deprovision.Disposal) string {
	switch identities {
	case deprovision.Deleting:
		return "deletes"
	case deprovision.Keeping:
		return "leaves alone"
	default:
		return "blocks"
	}
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

// gatewayWarnings count the devices that lose their gateway when an IoT Edge device is shut out of a hub. found are the
// identities that were read already, and then also those that are read here.
func (a asker) gatewayWarnings(
	ctx context.Context, effects deprovision.Effects, found map[deprovision.IdentityID]facts.Identity,
) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, id := range effects.ShutOut() {
		identity, read := found[id]
		if !read {
			identity = a.reader.Identity(ctx, facts.Question{RegistrationID: a.id}, facts.Evidence{}, id)
			found[id] = identity
		}
		if facts.Gateway(identity.Device) {
			diags.Append(a.gatewayWarning(ctx, id.Host, *identity.Device))
		}
	}
	return diags
}

func (a asker) gatewayWarning(ctx context.Context, host string, gateway aziothub.Device) diag.Diagnostic {
	children, err := a.reader.Children(ctx, host, gateway)
	lost := fmt.Sprintf("%d devices have it as their parent, and lose their gateway.", children)
	switch {
	case err != nil:
		lost = fmt.Sprintf("How many devices have it as their parent, and lose their gateway, is not known: %s Counting "+
			"them needs the data action %s, or the permission %s of a shared access policy.",
			iotdiag.Sentence(err), iotdiag.QueryTwins().DataAction, iotdiag.QueryTwins().Permission)
	case children == 0:
		lost = "No device has it as its parent."
	case children == 1:
		lost = "1 device has it as its parent, and loses its gateway."
	}
	return iotdiag.Warning("Device is an IoT Edge gateway", fmt.Sprintf("%q in %s is an IoT Edge device. %s",
		gateway.DeviceID, host, lost))
}

// deleteWarning says what goes for good. Identities that only the apply can tell go as well.
func deleteWarning(id string, d deprovision.Decision, identities deprovision.Disposal) string {
	var goes []string
	if d.Effects.Of(deprovision.TargetEnrollment).Action == deprovision.Delete {
		goes = append(goes, fmt.Sprintf("the individual enrollment %q goes with its settings", id))
	}
	deletes := slices.ContainsFunc(d.Effects, func(e deprovision.Effect) bool {
		return e.Target == deprovision.TargetIdentity && e.Action == deprovision.Delete
	})
	if deletes || d.Unknown.Identities && identities == deprovision.Deleting {
		goes = append(goes, fmt.Sprintf("an identity of %q goes with its twin and its modules", id))
	}
	if len(goes) == 0 {
		return ""
	}
	return fmt.Sprintf("Deleting cannot be undone: %s, and restoring cannot bring it back.", strings.Join(goes, ", "))
}

// planChange plans a block that is there.
func (r *deviceResource) planChange(
	ctx context.Context, plan, state deviceModel, m memory,
) (deviceModel, diag.Diagnostics) {
	switch {
	case !state.sameDevice(plan.asked):
		return r.planReplacement(ctx, plan, state, m)
	case !configure.Known(ctx, plan.asked):
		planned, diags := r.planUnknown(ctx, plan)
		planned.EnrollmentStatus, planned.Reversible = types.StringUnknown(), types.BoolUnknown()
		return planned, diags
	}
	return r.planUpdate(ctx, plan, state, m)
}

// planReplacement plans the first half of a replacement. The second is planned for itself once more, without the
// state; here only what prevents it counts.
func (r *deviceResource) planReplacement(
	ctx context.Context, plan, state deviceModel, m memory,
) (deviceModel, diag.Diagnostics) {
	told, diags := flatten(ctx, deprovision.Block{}, everythingUnknown())
	if state.OnDestroy.ValueString() == iotplan.DestroyPrevent && !m.Unfinished {
		diags.Append(prevented(state, "replace"))
	}
	return deviceModel{asked: plan.asked, told: told}, diags
}

func everythingUnknown() unknowns {
	return unknowns{
		enrollment: true, identities: true, access: true, origin: true, previous: true, reversible: true, effects: true,
		paths: true,
	}
}

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

// refuseDelete is an error unless it is proven that no group can let the device in once its entry is deleted.
func refuseDelete(want wanted, e deprovision.Evidence) diag.Diagnostics {
	if want.Enrollment != deprovision.Deleting || want.Restore || e.Proof != deprovision.ProofNone {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(
		path.Root("enrollment_action"), "Deleting would let the device in", fmt.Sprintf(
			"Without its individual enrollment the device %q could be let in by: %s. Nothing proves that they cannot: a CA can "+
				"be cross-signed, and a device can hold another certificate than is known. Use enrollment_action = \"disable\", "+
				"or disable these groups first.", want.RegistrationID, deprovision.NamePaths(e.Paths)))}
}

// planAnswers is what a plan leaves for the apply of the same settings. Terraform plans each change once more right
// before it applies it, with the provider configured as for the apply, and nothing in that call tells the two apart.
type planAnswers struct {
	want    wanted
	answers facts.Answers
}

// tellApply leaves what the services said to a plan.
func (r *deviceResource) tellApply(want wanted, answers facts.Answers) {
	azure.Leave(&r.Services.Handover, r.entryObject(want), planAnswers{want, answers})
}

// saidToPlan is what the services said to the plan of the same settings a moment ago, once; nil when nothing is left of
// it.
func (r *deviceResource) saidToPlan(want wanted) *facts.Answers {
	left, found := azure.Take[planAnswers](&r.Services.Handover, r.entryObject(want))
	if !found || !reflect.DeepEqual(left.want, want) || !left.answers.Fresh(r.Services.Now()) {
		return nil
	}
	return &left.answers
}

func (r *deviceResource) entryObject(want wanted) azure.Object {
	return azure.EnrollmentObject(r.Services.DPSHost(want.dpsHostname), want.RegistrationID)
}

// openWarning says that a block by deleting does not hold: a group that was added or enabled since lets the device in.
func openWarning(want wanted, prior deprovision.Block) diag.Diagnostic {
	deleted := want.Enrollment == deprovision.Deleting && prior.State.Enrollment == deprovision.Absent
	if want.Restore || !deleted || len(prior.Paths) == 0 {
		return nil
	}
	return iotdiag.Warning("Device can get in again", fmt.Sprintf(
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
		detail = fmt.Sprintf("Some hubs of device %q could not be read, or were just named; the apply %s what it finds of "+
			"it there. What is known already:\n%s", id, willDo(c.want.Identities), lines)
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
	return diag.Diagnostics{iotdiag.Warning(summary, detail, deleteWarning(id, c.decision, c.want.Identities), gone)}
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
		stays := strings.Replace(detail, "is let in again", "stays out", 1)
		return iotdiag.Warning("Device stays blocked in DPS", stays, fmt.Sprintf(
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
	return iotdiag.Warning("Device is let in again", detail, through, notBack, leftDisabled(c))
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

// planDestroy says that nothing changes in Azure. An unfinished block is never held by prevent, or every later plan
// of the replacement that Terraform makes of it would fail. Terraform 1.11 plans the destroy of a resource that was
// removed from configuration from the state as it was last stored, so that the warning is worded from a fresh look.
func (r *deviceResource) planDestroy(ctx context.Context, state deviceModel, m memory) diag.Diagnostics {
	now, diags := state.told.expand(ctx)
	if diags.HasError() {
		return diags
	}
	id := state.RegistrationID.ValueString()
	if state.OnDestroy.ValueString() == iotplan.DestroyPrevent && !m.Unfinished {
		return append(diags, prevented(state, "destroy"))
	}
	restored := state.DesiredAccess.ValueString() == iotplan.AccessRestored
	if !r.Services.Known() {
		return append(diags, destroyWarning(id, now, false, restored))
	}
	fresh, found := r.lookBeforeDestroy(ctx, state, m, now)
	return append(diags, destroyWarning(id, fresh, found, restored))
}

// lookBeforeDestroy is where the device stands now, with the groups that would let it in; found is false when that
// could not be read, and what was last known is returned.
func (r *deviceResource) lookBeforeDestroy(
	ctx context.Context, state deviceModel, m memory, last deprovision.Block,
) (now deprovision.Block, found bool) {
	want, diags := state.asked.expand(ctx)
	if diags.HasError() {
		return last, false
	}
	ask, diags := r.ask(want)
	if diags.HasError() {
		return last, false
	}
	q := want.question(m, last)
	q.Settled = false // The warning tells more than that nothing has changed.
	f, _, err := ask.reader.Refresh(ctx, q)
	if err != nil {
		return last, false
	}
	if f.Groups, err = ask.reader.FreshGroups(ctx); err == nil {
		f.Listed = true
	}
	return last.At(want.sight(f, m, last.Paths).evidence()), true
}

// destroyWarning says where the device stands when nobody watches it any more. Removing the entry by hand afterwards
// would let it in.
func destroyWarning(id string, now deprovision.Block, fresh, restored bool) diag.Diagnostic {
	asOf := ""
	if !fresh {
		asOf = "The services could not be asked: this is what was last known."
	}
	if restored || now.State.Enrollment == deprovision.Enabled || now.Access == deprovision.Allowed {
		return iotdiag.Warning("Device is not watched any more", fmt.Sprintf(
			"Destroying changes nothing in Azure. Device %q is not blocked by this resource now, and nobody watches it any "+
				"more.",
			id), asOf)
	}
	entry := fmt.Sprintf("its individual enrollment stays %s", now.State.Enrollment)
	for _, identity := range deprovision.SortedIDs(now.State.Identities) {
		entry += fmt.Sprintf(", its identity %s stays %s", identity, now.State.Identities[identity])
	}
	back := ""
	if len(now.Paths) > 0 && now.State.Enrollment == deprovision.Disabled {
		back = fmt.Sprintf("Do not delete the disabled individual enrollment by hand: these enabled groups could then let "+
			"the device in again: %s.", deprovision.NamePaths(now.Paths))
	}
	if now.Access == deprovision.PartiallyBlocked {
		return iotdiag.Warning("Device stays blocked in DPS only", fmt.Sprintf(
			"Destroying changes nothing in Azure, and nobody watches device %q any more. DPS keeps refusing it, but a hub may "+
				"still let it in (%s).", id, entry), back, asOf)
	}
	return iotdiag.Warning("Device stays blocked", fmt.Sprintf(
		"Destroying changes nothing in Azure. Device %q stays blocked (%s); Terraform only forgets it. To let a device in "+
			"again, set desired_access = \"restored\" and apply.", id, entry), back, asOf)
}

func prevented(m deviceModel, verb string) diag.Diagnostic {
	return iotplan.Prevented(noun, m.RegistrationID.ValueString(), m.DPSHostname.ValueString(), verb)
}

// told are the attributes that the provider computes.
type told struct {
	EnrollmentStatus types.String `tfsdk:"enrollment_status"`
	HubIdentities    types.Map    `tfsdk:"hub_identities"`
	Access           types.String `tfsdk:"access"`
	EnrollmentOrigin types.String `tfsdk:"enrollment_origin"`
	Previous         types.Object `tfsdk:"previous"`
	Reversible       types.Bool   `tfsdk:"reversible"`
	Effects          types.Set    `tfsdk:"effects"`
	ReenrollPaths    types.Set    `tfsdk:"reenroll_paths"`
}

// Origins of an entry.
const (
	originCreated = "created"
	originAdopted = "adopted"
)

// unknowns say which readings of a plan only the apply can tell.
type unknowns struct {
	enrollment, identities, access, origin, previous, reversible, effects, paths bool
}

func originOf(created bool) string {
	if created {
		return originCreated
	}
	return originAdopted
}

// planned is a decision as the plan of an update says it; what a state says of the groups stays until it is looked at
// again.
func planned(d deprovision.Decision, paths []deprovision.ReenrollPath) (deprovision.Block, unknowns) {
	d.Paths = paths
	return d.Block, unknowns{
		identities: d.Unknown.Identities, effects: d.Unknown.Identities, previous: d.Unknown.Identities,
		access: d.Unknown.Access, paths: d.Unknown.Paths,
	}
}

type previousModel struct {
	EnrollmentStatus types.String `tfsdk:"enrollment_status"`
	HubIdentities    types.Map    `tfsdk:"hub_identities"`
}

// previousType is the schema's own.
func previousType() map[string]attr.Type {
	object, _ := previousAttribute().GetType().(types.ObjectType)
	return object.AttrTypes
}

// expand decodes the computed attributes of a state or a plan; what is unknown reads as empty.
func (t told) expand(ctx context.Context) (deprovision.Block, diag.Diagnostics) {
	b := deprovision.Block{
		Access: deprovision.Access(t.Access.ValueString()), Created: t.EnrollmentOrigin.ValueString() == originCreated,
		Irreversible: iottype.IsSet(t.Reversible) && !t.Reversible.ValueBool(),
	}
	var diags, more diag.Diagnostics
	b.State.Enrollment = deprovision.Status(t.EnrollmentStatus.ValueString())
	b.State.Identities, diags = expandIdentities(ctx, t.HubIdentities)
	b.Previous, more = expandPrevious(ctx, t.Previous)
	diags.Append(more...)
	b.Effects, more = composite.ExpandEffects(ctx, t.Effects)
	diags.Append(more...)
	b.Paths, more = composite.ExpandPaths(ctx, t.ReenrollPaths)
	return b, append(diags, more...)
}

// flatten sets every computed attribute: the framework marks all of them unknown as soon as any setting differs, so
// that nothing may be left to it.
func flatten(ctx context.Context, b deprovision.Block, u unknowns) (told, diag.Diagnostics) {
	t := told{
		EnrollmentStatus: types.StringValue(string(b.State.Enrollment)), Access: types.StringValue(string(b.Access)),
		EnrollmentOrigin: types.StringValue(originOf(b.Created)), Reversible: types.BoolValue(!b.Irreversible),
	}
	var diags, more diag.Diagnostics
	t.HubIdentities, more = flattenIdentities(ctx, b.State.Identities)
	diags.Append(more...)
	t.Previous, more = flattenPrevious(ctx, b.Previous)
	diags.Append(more...)
	t.Effects, more = composite.FlattenEffects(ctx, b.Effects)
	diags.Append(more...)
	t.ReenrollPaths, more = composite.FlattenPaths(ctx, b.Paths)
	return t.unknown(u), append(diags, more...)
}

func (t told) unknown(u unknowns) told {
	if u.enrollment {
		t.EnrollmentStatus = types.StringUnknown()
	}
	if u.identities {
		t.HubIdentities = types.MapUnknown(types.StringType)
	}
	if u.access {
		t.Access = types.StringUnknown()
	}
	if u.origin {
		t.EnrollmentOrigin = types.StringUnknown()
	}
	if u.previous {
		t.Previous = types.ObjectUnknown(previousType())
	}
	if u.reversible {
		t.Reversible = types.BoolUnknown()
	}
	if u.effects {
		t.Effects = composite.UnknownEffects()
	}
	if u.paths {
		t.ReenrollPaths = composite.UnknownPaths()
	}
	return t
}

func flattenIdentities(
	ctx context.Context, identities map[deprovision.IdentityID]deprovision.Status,
) (types.Map, diag.Diagnostics) {
	elements := map[string]string{}
	for id, status := range identities {
		elements[id.String()] = string(status)
	}
	return types.MapValueFrom(ctx, types.StringType, elements)
}

func expandIdentities(
	ctx context.Context, value types.Map,
) (map[deprovision.IdentityID]deprovision.Status, diag.Diagnostics) {
	identities := map[deprovision.IdentityID]deprovision.Status{}
	if !iottype.IsSet(value) {
		return identities, nil
	}
	var elements map[string]string
	diags := value.ElementsAs(ctx, &elements, false)
	for text, status := range elements {
		identities[deprovision.ParseIdentityID(text)] = deprovision.Status(status)
	}
	return identities, diags
}

func flattenPrevious(ctx context.Context, previous deprovision.State) (types.Object, diag.Diagnostics) {
	identities, diags := flattenIdentities(ctx, previous.Identities)
	object, more := types.ObjectValueFrom(ctx, previousType(), previousModel{
		EnrollmentStatus: types.StringValue(string(previous.Enrollment)), HubIdentities: identities,
	})
	return object, append(diags, more...)
}

func expandPrevious(ctx context.Context, value types.Object) (deprovision.State, diag.Diagnostics) {
	if !iottype.IsSet(value) {
		return deprovision.State{}.Clone(), nil
	}
	var model previousModel
	diags := value.As(ctx, &model, basetypes.ObjectAsOptions{})
	identities, more := expandIdentities(ctx, model.HubIdentities)
	return deprovision.State{
		Enrollment: deprovision.Status(model.EnrollmentStatus.ValueString()), Identities: identities,
	}, append(diags, more...)
}

// missedBy tells whether a block stands otherwise than was planned, as far as the plan could tell. promised is what t
// says.
func (t told) missedBy(promised, now deprovision.Block) bool {
	return !t.EnrollmentStatus.IsUnknown() && promised.State.Enrollment != now.State.Enrollment ||
		!t.Access.IsUnknown() && promised.Access != now.Access ||
		!t.Reversible.IsUnknown() && promised.Irreversible != now.Irreversible ||
		!t.HubIdentities.IsUnknown() && !maps.Equal(promised.State.Identities, now.State.Identities)
}
