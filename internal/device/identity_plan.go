// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/unchanged"
)

// ModifyPlan plans what is computed and says what a change leads to. What is planned for an identity that exists comes
// from configuration and prior state alone; the hub is asked about one that is to be made, and for warnings.
func (r *identityResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if req.Plan.Raw.IsNull() {
		r.planDestroy(ctx, req, resp)
		return
	}
	config, diags := configure.Decode[identityModel](ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	plan, diags := configure.Decode[identityModel](ctx, req.Plan)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	var prior *identityModel
	if !req.State.Raw.IsNull() {
		state, diags := configure.Decode[identityModel](ctx, req.State)
		resp.Diagnostics.Append(diags...)
		prior = &state
	}
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	plan, diags = r.planHost(config, plan, prior)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.claimEnabled(config, plan)...)
	if resp.Diagnostics.Append(r.refused(plan)...); resp.Diagnostics.HasError() {
		return
	}
	switch {
	case prior == nil:
		plan, diags = r.birth(ctx, resp.Private, config, planCreate(config, plan))
		resp.Diagnostics.Append(diags...)
		resp.Diagnostics.Append(r.claimBorn(config, plan)...)
	case plan.DeviceID.Equal(prior.DeviceID) && sameHost(plan, *prior):
		plan = planUpdate(config, plan, *prior, remembered)
		resp.Diagnostics.Append(changeWarnings(plan, *prior, sendsKeys(config, *prior))...)
	default:
		plan = planCreate(config, plan)
		resp.Diagnostics.Append(planReplacement(*prior)...)
		resp.Diagnostics.Append(noteMove(ctx, resp.Private, config, plan, *prior)...)
		if !sameHost(plan, *prior) {
			resp.RequiresReplace = append(resp.RequiresReplace, path.Root(hostnameName))
		}
	}
	resp.Diagnostics.Append(configure.Store(ctx, &resp.Plan, plan)...)
}

// planHost plans the hub: the configured one in the spelling that it has in state, or the provider block's.
func (r *identityResource) planHost(
	config, plan identityModel, prior *identityModel,
) (identityModel, diag.Diagnostics) {
	before := iottype.Hostname().Null()
	if prior != nil {
		before = prior.IoTHubHostname
	}
	plan.IoTHubHostname = iotplan.Host(config.IoTHubHostname, before, r.Services.HubHost(""), r.Services.Known())
	if plan.IoTHubHostname.IsNull() {
		_, diags := openHub(r.Services, "")
		return plan, diags
	}
	return plan, nil
}

// refused is the want of a credential for the hub: what cannot be applied does not plan.
func (r *identityResource) refused(plan identityModel) diag.Diagnostics {
	if !r.Services.Known() || plan.IoTHubHostname.IsUnknown() {
		return nil
	}
	_, diags := openHub(r.Services, plan.IoTHubHostname.ValueString())
	return diags
}

// claimEnabled has a configuration that writes "enabled" out contradict a composite of the same provider block that
// blocks the device: each apply of the one would undo the other's.
func (r *identityResource) claimEnabled(config, plan identityModel) diag.Diagnostics {
	host, id := plan.IoTHubHostname.ValueString(), plan.DeviceID.ValueString()
	explicit := config.Status.ValueString() == aziothub.StatusEnabled
	if !explicit || r.Services == nil || host == "" || id == "" {
		return nil
	}
	block, contradicted := r.Services.Claims.Make(azure.ClaimEnabled, azure.IdentityObject(host, id), claimant(id))
	if !contradicted {
		return nil
	}
	return diag.Diagnostics{iotplan.EnabledAndBlocked(statusName, noun, id, host, block)}
}

// claimBorn warns of an identity that is made enabled beside the composite that blocks its device.
func (r *identityResource) claimBorn(config, plan identityModel) diag.Diagnostics {
	host, id := plan.IoTHubHostname.ValueString(), plan.DeviceID.ValueString()
	enabled := config.Status.IsNull() && plan.Status.ValueString() == aziothub.StatusEnabled
	if !enabled || r.Services == nil || host == "" || id == "" {
		return nil
	}
	block, blocked := r.Services.Claims.Make(azure.ClaimBorn, azure.IdentityObject(host, id), claimant(id))
	if !blocked {
		return nil
	}
	return diag.Diagnostics{iotplan.BornBesideBlock(path.Root(statusName), claimant(id), statusName, block)}
}

// claimant is how others name the resource of an identity.
func claimant(id string) string { return fmt.Sprintf("%s %q", resourceType, id) }

func sameHost(a, b identityModel) bool { return iotplan.SameHost(a.IoTHubHostname, b.IoTHubHostname) }

// planCreate plans a new identity.
func planCreate(config, plan identityModel) identityModel {
	plan.StatusReason = config.StatusReason
	plan.DeviceScope = plannedScope(plan, types.StringUnknown())
	plan.GenerationID = types.StringUnknown()
	return plan
}

// birth plans the status of an identity that is made. One that replaces a disabled identity stays disabled, with its
// reason, unless configuration writes "enabled" out: Terraform plans it without the old identity, so that the hub is
// asked whether there is one.
func (r *identityResource) birth(
	ctx context.Context, private iotstate.Private, config, plan identityModel,
) (identityModel, diag.Diagnostics) {
	born := iotplan.Birth{
		Host: plan.IoTHubHostname.ValueString(), ID: plan.DeviceID.ValueString(), Configured: !config.Status.IsNull(),
	}
	var diags diag.Diagnostics
	if !born.Configured {
		was, more := r.standingBefore(ctx, private, born, plan)
		diags.Append(more...)
		plan = asBefore(config, plan, was)
		if plan.Status.ValueString() == aziothub.StatusDisabled {
			diags.Append(iotplan.StaysDisabled(statusName, noun, born.ID, born.Host))
		}
	}
	born.Status, born.Reason = plan.Status.ValueString(), plan.StatusReason.ValueString()
	return plan, append(diags, born.Keep(ctx, private)...)
}

// asBefore plans the status, and the reason where none is configured, that a disabled identity had before. Where it is
// not known yet which identity is made, that is known only when it is.
func asBefore(config, plan identityModel, was iotplan.Standing) identityModel {
	reason := iottype.TextOrNull(was.Reason)
	switch {
	case !was.Disabled():
		return plan
	case plan.DeviceID.IsUnknown() || plan.IoTHubHostname.IsUnknown():
		plan.Status, reason = types.StringUnknown(), types.StringUnknown()
	default:
		plan.Status = types.StringValue(aziothub.StatusDisabled)
	}
	if config.StatusReason.IsNull() {
		plan.StatusReason = reason
	}
	return plan
}

// standingBefore is the status that the identity had before a replacement.
func (r *identityResource) standingBefore(
	ctx context.Context, private iotstate.Getter, born iotplan.Birth, plan identityModel,
) (iotplan.Standing, diag.Diagnostics) {
	if !r.Services.Known() {
		return iotplan.Standing{}, nil
	}
	return born.Before(ctx, private, func() (iotplan.Standing, bool) {
		here, anywhere := azure.IdentityObject(born.Host, born.ID), azure.IdentityObject("", born.ID)
		return azure.Peek[iotplan.Standing](&r.Services.Handover, here, anywhere)
	}, func() (iotplan.Standing, diag.Diagnostics) {
		w, diags := r.newWriter(plan)
		if diags.HasError() || w.hub.Silent() {
			return iotplan.Standing{}, diags
		}
		was, err := w.standing(ctx)
		if err != nil {
			w.hub.NoteSilence(err)
			diags.Append(iotplan.BeforeUnknown(w.attempt("read", iotdiag.ReadDeviceIdentity()), err))
		}
		return was, diags
	})
}

// planUpdate plans a change in place.
func planUpdate(config, plan, prior identityModel, remembered memory) identityModel {
	plan.StatusReason = plannedReason(config, plan, prior, remembered)
	plan.DeviceScope = plannedScope(plan, types.StringUnknown())
	if prior.EdgeEnabled.ValueBool() {
		plan.DeviceScope = plannedScope(plan, prior.DeviceScope)
	}
	plan.GenerationID = prior.GenerationID
	return plan
}

// plannedReason is the configured reason. Left out, the reason stays as it is found; it is cleared when it was
// configuration's before, and when this plan enables the identity, whose reason for being disabled it was.
func plannedReason(config, plan, prior identityModel, remembered memory) types.String {
	enables := plan.Status.ValueString() == aziothub.StatusEnabled &&
		prior.Status.ValueString() == aziothub.StatusDisabled
	switch {
	case !config.StatusReason.IsNull():
		return config.StatusReason
	case remembered.ReasonConfigured, enables:
		return types.StringNull()
	case plan.Status.IsUnknown():
		return types.StringUnknown()
	}
	return prior.StatusReason
}

// plannedScope is null for a leaf; an edge device's is edge.
func plannedScope(plan identityModel, edge types.String) types.String {
	switch {
	case plan.EdgeEnabled.IsUnknown():
		return types.StringUnknown()
	case plan.EdgeEnabled.ValueBool():
		return edge
	}
	return types.StringNull()
}

// changeWarnings tell what an update does to the device. Like all warnings here they name device and hub in the detail,
// because Terraform drops warnings that repeat another one.
func changeWarnings(plan, prior identityModel, sendsKeys bool) diag.Diagnostics {
	want, have := plan.managed(), prior.managed()
	id, host := prior.DeviceID.ValueString(), prior.IoTHubHostname.ValueString()
	var diags diag.Diagnostics
	warn := func(attribute, summary, detail string) {
		diags.AddAttributeWarning(path.Root(attribute), summary, detail)
	}
	subject := fmt.Sprintf("The device identity %q in %s", id, host)
	if !plan.Status.IsUnknown() && want.status != have.status {
		if want.status == aziothub.StatusDisabled {
			warn(statusName, "Device identity is disabled",
				subject+" is disabled: its device cannot connect. "+mayReprovision)
		} else {
			warn(statusName, "Device identity is enabled again", subject+enabledText(have.reason))
		}
	}
	if !plan.EdgeEnabled.IsUnknown() && have.edge && !want.edge {
		warn(edgeEnabledName, "IoT Edge device becomes a leaf",
			subject+" loses its scope and its system modules; devices that name its scope as their parent lose their gateway.")
	}
	return append(diags, authenticationWarnings(subject, plan, prior, sendsKeys)...)
}

func enabledText(reason string) string {
	text := fmt.Sprintf(" is disabled, and this plan enables it because status = %q is configured. Leave the attribute "+
		"out to keep the status as it is found.", aziothub.StatusEnabled)
	if reason != "" {
		text += fmt.Sprintf(" It was disabled with the reason %q, as azureiot_dps_device_disallow or operations leave one; "+
			"a block is lifted there.", reason)
	}
	return text
}

// authenticationWarnings tell which keys and thumbprints stop working.
func authenticationWarnings(subject string, plan, prior identityModel, sendsKeys bool) diag.Diagnostics {
	want, have := expandAuthentication(plan.Authentication), expandAuthentication(prior.Authentication)
	var diags diag.Diagnostics
	summary, detail := "", ""
	switch {
	case plan.Authentication.IsNull() && have != nil:
		summary = "Device authentication is left to others"
		detail = subject + " keeps the keys or thumbprints that it has: authentication is left out, so that Terraform " +
			"forgets it, and the hub is sent nothing of it."
	case want == nil || want.kind == "": // left out as before, or not known yet
		return nil
	case have == nil:
		summary = "Device authentication may change"
		detail = fmt.Sprintf("%s gets the configured authentication (%s). What it has now was left as it was found and is "+
			"not known to this plan: if it is another one, keys that the device has are destroyed, and it is refused until it "+
			"has the new credential.", subject, want.kind)
	case want.kind != have.kind && have.kind == aziothub.AuthenticationSAS:
		summary = "Device keys are destroyed"
		detail = fmt.Sprintf("%s changes its authentication from %s to %s: both symmetric keys are destroyed, and nothing "+
			"brings them back. A device that connects with one of them is refused from then on.", subject, have.kind, want.kind)
	case want.kind != have.kind && want.kind == aziothub.AuthenticationSAS && !sendsKeys:
		summary = "Device keys are generated"
		detail = fmt.Sprintf("%s changes its authentication from %s to %s: the device's certificate is refused from then "+
			"on, and the hub makes two keys, which azureiot_iothub_device_credentials shows.", subject, have.kind, want.kind)
	case want.kind != have.kind:
		summary = "Device authentication changes"
		detail = fmt.Sprintf("%s changes its authentication from %s to %s: what its device proves itself with now is "+
			"refused from then on.", subject, have.kind, want.kind)
	case sendsKeys:
		summary = "Device keys are replaced"
		detail = subject + " gets the keys of the configuration. A device that connects with a key that is not among them " +
			"is refused from then on."
	default:
		return nil
	}
	diags.AddAttributeWarning(path.Root(authenticationName), summary, detail)
	return diags
}

func planReplacement(prior identityModel) diag.Diagnostics {
	if prior.OnDestroy.ValueString() == iotplan.DestroyPrevent {
		return diag.Diagnostics{prevented(prior, "replace")}
	}
	return diag.Diagnostics{destroyed(prior, prior)}
}

// noteMove notes the status of a disabled identity that moves to another hub, where it is made disabled, or to where it
// is not known yet.
func noteMove(ctx context.Context, private iotstate.Setter, config, plan, prior identityModel) diag.Diagnostics {
	var moved iotplan.Standing
	same := plan.DeviceID.Equal(prior.DeviceID)
	if config.Status.IsNull() && (plan.DeviceID.IsUnknown() || same && !sameHost(plan, prior)) {
		moved = iotplan.Standing{Status: prior.Status.ValueString(), Reason: prior.StatusReason.ValueString()}
	}
	diags := moved.KeepMoved(ctx, private)
	if moved.Disabled() && same { // Terraform shows no warnings of the plan that follows for the half that creates.
		diags.Append(iotplan.StaysDisabled(
			statusName, noun, prior.DeviceID.ValueString(), prior.IoTHubHostname.ValueString()))
	}
	return diags
}

// planDestroy says what destroying leads to, as things are now, and notes what it found: Terraform 1.11 plans the
// destroy of a resource that left the configuration from a state that it has not refreshed.
func (r *identityResource) planDestroy(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	state, diags := configure.Decode[identityModel](ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	if state.OnDestroy.ValueString() == iotplan.DestroyPrevent {
		resp.Diagnostics.Append(prevented(state, "destroy"))
		return
	}
	now, seen, diags := r.lookAt(ctx, state)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(seen.Keep(ctx, resp.Private)...)
	if now != nil {
		resp.Diagnostics.Append(destroyed(*now, state))
	}
}

// lookAt reads an identity that is to be destroyed: as it is now, nil when it is gone. Where it cannot be read, state
// has to do, and a Delete goes by that.
func (r *identityResource) lookAt(
	ctx context.Context, state identityModel,
) (*identityModel, iotplan.Seen, diag.Diagnostics) {
	if !r.Services.Known() {
		return &state, iotplan.Seen{}, nil
	}
	w, diags := r.newWriter(state)
	if diags.HasError() {
		return &state, iotplan.Seen{}, diags
	}
	found, err := w.find(ctx)
	switch {
	case err != nil:
		a := w.attempt("read", iotdiag.ReadDeviceIdentity())
		a.Afterwards = fmt.Sprintf("What is said of it here is what Terraform last saw (%s).", state.Status.ValueString())
		return &state, iotplan.Seen{}, diag.Diagnostics{iotdiag.Warned(a, err)}
	case found == nil:
		return nil, iotplan.Seen{}, nil
	}
	now := flatten(*found, state)
	return &now, iotplan.Seen{
		Status: now.Status.ValueString(), ETag: string(found.ETag), Generation: found.GenerationID,
	}, nil
}

func prevented(m identityModel, verb string) diag.Diagnostic {
	return iotplan.Prevented(noun, m.DeviceID.ValueString(), m.IoTHubHostname.ValueString(), verb)
}

// destroyed is the warning of a plan that destroys an identity, or that replaces it by another one. now is how it is,
// state how Terraform last saw it.
func destroyed(now, state identityModel) diag.Diagnostic {
	id, host := now.DeviceID.ValueString(), now.IoTHubHostname.ValueString()
	switch state.OnDestroy.ValueString() {
	case iotplan.DestroyKeep:
		return diag.NewWarningDiagnostic("Device identity stays", fmt.Sprintf(
			"The device identity %q in %s stays as it is (%s): on_destroy is %q. Terraform only forgets it.",
			id, host, now.Status.ValueString(), iotplan.DestroyKeep))
	case iotplan.DestroyDisable:
		return diag.NewWarningDiagnostic("Device identity is disabled", fmt.Sprintf(
			"The device identity %q in %s is disabled and stays there: on_destroy is %q. %s", id, host, iotplan.DestroyDisable,
			mayReprovision))
	}
	text := fmt.Sprintf("The device identity %q is deleted from %s with its keys, twin and modules, which cannot be "+
		"undone.", id, host)
	if now.Status.ValueString() == aziothub.StatusDisabled {
		text += " " + disabledText(now, state)
	}
	text += changedText(now, state)
	if !state.GenerationID.Equal(now.GenerationID) {
		text += " It is not the one that Terraform knew: it was deleted and made again outside Terraform."
	}
	if now.EdgeEnabled.ValueBool() {
		text += " It is an IoT Edge device: devices that name its scope as their parent lose their gateway."
	}
	return diag.NewWarningDiagnostic("Device identity is deleted", text+" "+mayComeBack)
}

// changedText tells of an identity that is not what Terraform shows of it; the status is told already.
func changedText(now, state identityModel) string {
	before := state.managed()
	before.status, before.reason = now.managed().status, now.managed().reason
	var lines []string
	for _, d := range differences(before, now.managed()) {
		lines = append(lines, d.String())
	}
	if len(lines) == 0 {
		return ""
	}
	return fmt.Sprintf(" Somebody else changed it since Terraform last saw it (%s), and it is deleted as it is now.",
		strings.Join(lines, "; "))
}

// disabledText tells of an identity that is disabled now what deleting it undoes.
func disabledText(now, state identityModel) string {
	text := "It is disabled now"
	if reason := now.StatusReason.ValueString(); reason != "" {
		text += fmt.Sprintf(" (reason: %q)", reason)
	}
	if state.Status.ValueString() != aziothub.StatusDisabled {
		text += ", by somebody else since Terraform last saw it"
	}
	return text + ", which keeps its device out of the hub; deleting it undoes that."
}

const (
	mayComeBack = "If DPS has an enabled enrollment for the device, the device can register again and DPS makes it a " +
		"new identity; to keep it out, disallow it with azureiot_dps_device_disallow."
	mayReprovision = "A device that its hub refuses may register with DPS again: an enabled enrollment can then assign " +
		"it to another hub. To keep it out, disallow it with azureiot_dps_device_disallow."
)

var _ unchanged.Resource = &identityResource{}

// Names are those that a read sets.
func (r *identityResource) Names(state unchanged.Attributes) (map[string]string, bool) {
	host, placed := state.Text(hostnameName)
	id, named := state.Text(deviceIDName)
	return map[string]string{hostnameName: host, deviceIDName: id}, placed && named && host != "" && id != ""
}

// Refreshed tells what Read would find: state stands while the identity has the ETag, which a twin shows.
func (r *identityResource) Refreshed(
	ctx context.Context, state unchanged.Attributes, private unchanged.Private,
) unchanged.Finding {
	host, _ := state.Text(hostnameName)
	id, _ := state.Text(deviceIDName)
	if !r.Services.Known() || state.Null(generationIDName) {
		return unchanged.NotAsked
	}
	remembered, diags := memoryKey().Recall(ctx, private)
	hub, err := r.Services.Hub(host, azure.HubNamed)
	switch {
	case err != nil, len(diags) > 0, remembered.ETag == "":
		return unchanged.NotAsked
	case r.unmoved(ctx, hub, id, remembered.ETag):
		return unchanged.Same
	}
	return unchanged.Changed
}

// Alone names what no check of a configuration compares with anything else.
func (r *identityResource) Alone(unchanged.Attributes) []string { return []string{deviceIDName} }

// Computes names what Planned answers for.
func (r *identityResource) Computes() []string {
	return []string{hostnameName, statusName, statusReasonName, deviceScopeName, generationIDName}
}

// Planned tells whether ModifyPlan would leave everything as it is.
func (r *identityResource) Planned(
	ctx context.Context, config, prior unchanged.Attributes, private unchanged.Private,
) bool {
	host, placed := prior.Text(hostnameName)
	id, named := prior.Text(deviceIDName)
	_, read := prior.Text(statusName)
	if !placed || !named || !read || host == "" || !r.Services.Known() {
		return false
	}
	if config.Null(hostnameName) && !iottype.Hostname().Same(r.Services.HubHost(""), host) {
		return false
	}
	if _, err := r.Services.Hub(host, azure.HubNamed); err != nil {
		return false
	}
	if !reasonStands(ctx, config, prior, private) || !scopeStands(prior) {
		return false
	}
	asked := identityModel{IoTHubHostname: iottype.Hostname().Value(host), DeviceID: types.StringValue(id)}
	if configured, ok := config.Text(statusName); ok {
		asked.Status = types.StringValue(configured)
	}
	return !r.claimEnabled(asked, asked).HasError()
}

// reasonStands tells whether a plan leaves the reason: it clears one that was configuration's and has gone from there.
func reasonStands(ctx context.Context, config, prior unchanged.Attributes, private unchanged.Private) bool {
	remembered, diags := memoryKey().Recall(ctx, private)
	cleared := config.Null(statusReasonName) && remembered.ReasonConfigured && !prior.Null(statusReasonName)
	return len(diags) == 0 && !cleared
}

// scopeStands tells whether a plan leaves the scope: it clears that of a leaf.
func scopeStands(prior unchanged.Attributes) bool {
	edge, known := prior.Bool(edgeEnabledName)
	return known && (edge || prior.Null(deviceScopeName))
}
