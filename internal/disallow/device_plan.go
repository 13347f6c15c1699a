// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

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
	composite.Planner[deviceModel]{Destroy: r.planDestroy, Plan: r.plan, Note: r.note}.ModifyPlan(ctx, req, resp)
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

func (r *deviceResource) plan(
	ctx context.Context, req resource.ModifyPlanRequest, plan deviceModel,
) (deviceModel, diag.Diagnostics) {
	config, diags := configure.Decode[deviceModel](ctx, req.Config)
	if diags.HasError() {
		return plan, diags
	}
	if req.State.Raw.IsNull() {
		plan.DPSHostname = iotplan.Host(
			config.DPSHostname, iottype.Hostname().Null(), r.Services.DPSHost(""), r.Services.Known())
		return r.planCreate(ctx, plan)
	}
	state, more := configure.Decode[deviceModel](ctx, req.State)
	diags.Append(more...)
	remembered, more := memoryKey().Recall(ctx, req.Private)
	if diags.Append(more...); diags.HasError() {
		return plan, diags
	}
	plan.DPSHostname = iotplan.Host(
		config.DPSHostname, state.DPSHostname, r.Services.DPSHost(""), r.Services.Known())
	switch {
	case !state.sameDevice(plan.asked):
		planned, more := r.planReplacement(ctx, plan, state, remembered)
		return planned, append(diags, more...)
	case !configure.Known(ctx, plan.asked):
		planned, more := r.planUnknown(ctx, plan)
		planned.EnrollmentStatus, planned.Reversible = types.StringUnknown(), types.BoolUnknown()
		return planned, append(diags, more...)
	}
	planned, more := r.planUpdate(ctx, plan, state, remembered)
	return planned, append(diags, more...)
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
	return diag.Diagnostics{iotdiag.Warning(summary, detail, deleteWarning(id, effects), gone)}
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
