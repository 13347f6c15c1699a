// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"fmt"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

// destroy does what on_destroy says. What a Create of the same identity in this apply has to know is handed over: the
// status that the identity has and, if this is one half of a replacement, the identity itself when it stays.
func (w *writer) destroy(ctx context.Context, state identityModel, fate iotplan.Fate) diag.Diagnostics {
	onDestroy, replaced := state.OnDestroy.ValueString(), fate.Birth != nil
	switch {
	case onDestroy == iotplan.DestroyPrevent:
		return diag.Diagnostics{prevented(state, "destroy")}
	case onDestroy == iotplan.DestroyKeep && !replaced:
		return nil
	case onDestroy != iotplan.DestroyKeep && onDestroy != iotplan.DestroyDisable:
		return w.remove(ctx, state, fate)
	}
	found, diags := w.foreseen(ctx, state, fate)
	if diags.HasError() || found == nil {
		return diags
	}
	if onDestroy == iotplan.DestroyDisable {
		diags = w.disable(ctx, *found)
	}
	if replaced && !diags.HasError() {
		w.leave(state)
	}
	return diags
}

// leave notes that the identity stays, for the Create of the same one.
func (w *writer) leave(state identityModel) {
	azure.Leave(&w.services.Handover, w.object(), handover{generationID: state.GenerationID.ValueString()})
}

// disable changes the status and nothing else.
func (w *writer) disable(ctx context.Context, now aziothub.Device) diag.Diagnostics {
	want := managedOf(now)
	want.status, want.authentication = aziothub.StatusDisabled, nil
	_, diags := w.change(ctx, now, managedOf(now), want)
	return diags
}

// foreseen reads the identity that the plan showed; nil when it is gone. One that was made anew since, or disabled
// where that matters, is an error: nothing is done to it.
func (w *writer) foreseen(
	ctx context.Context, state identityModel, fate iotplan.Fate,
) (*aziothub.Device, diag.Diagnostics) {
	found, err := w.find(ctx)
	switch {
	case err != nil:
		return nil, diag.Diagnostics{w.readFailed(err)}
	case found == nil:
		w.handOver(fate, iotplan.Standing{})
		return nil, nil
	case found.GenerationID != plannedGeneration(state, fate):
		return nil, diag.Diagnostics{w.madeAnew()}
	}
	onDestroy, reborn := state.OnDestroy.ValueString(), w.reborn(fate)
	matters := reborn || onDestroy != iotplan.DestroyKeep && onDestroy != iotplan.DestroyDisable
	if found.Disabled() && matters && !fate.Foresaw(reborn, state.Status.ValueString()) {
		return nil, diag.Diagnostics{w.disabledMeanwhile()}
	}
	if matters {
		if foreign := unforeseen(state, fate, *found); len(foreign) > 0 {
			return nil, diag.Diagnostics{w.stale(foreign)}
		}
	}
	w.handOver(fate, standingOf(*found))
	return found, nil
}

// unforeseen lists in what an identity is not what the plan has shown. That it is disabled is judged already.
func unforeseen(state identityModel, fate iotplan.Fate, found aziothub.Device) []difference {
	if fate.Birth == nil && fate.Seen != nil && fate.Seen.ETag == string(found.ETag) {
		return nil
	}
	before, now := state.managed(), managedOf(found)
	if found.Disabled() {
		before.status, before.reason = now.status, now.reason
	}
	return differences(before, now)
}

// plannedGeneration is that of the identity that was planned for: the one that the plan saw, or state's.
func plannedGeneration(state identityModel, fate iotplan.Fate) string {
	if fate.Birth == nil && fate.Seen != nil && fate.Seen.Generation != "" {
		return fate.Seen.Generation
	}
	return state.GenerationID.ValueString()
}

// remove deletes the identity that the plan showed. The ETag that the plan saw saves looking first.
func (w *writer) remove(ctx context.Context, state identityModel, fate iotplan.Fate) diag.Diagnostics {
	var etag azcore.ETag
	if fate.Birth == nil && fate.Seen != nil && fate.Seen.ETag != "" {
		etag = azcore.ETag(fate.Seen.ETag)
		w.handOver(fate, iotplan.Standing{Status: fate.Seen.Status})
	}
	for range conflictTries {
		if etag == "" {
			found, diags := w.foreseen(ctx, state, fate)
			if diags.HasError() || found == nil {
				return diags
			}
			etag = found.ETag
		}
		removed := writes.Remove(
			func() error {
				return w.hub.DeleteDevice(ctx, w.deviceID, &aziothub.WriteOptions{OnlyIfUnchanged: &etag})
			},
			func() (*aziothub.Device, error) { return w.find(ctx) })
		switch removed.Outcome {
		case writes.Done:
			return nil
		case writes.Overtaken:
			etag = ""
		default:
			return diag.Diagnostics{w.deleteFailed(removed)}
		}
	}
	return diag.Diagnostics{w.contended()}
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

func sameID(a, b string) bool { return a == b }

// reborn tells whether the Create behind this Delete makes the same device's identity again, be it in another hub.
func (w *writer) reborn(fate iotplan.Fate) bool { return fate.Reborn(w.deviceID, sameID) }

// handOver leaves the status with which the identity is made again.
func (w *writer) handOver(fate iotplan.Fate, was iotplan.Standing) {
	host, standing := fate.HandsOver(w.reborn(fate), w.host, was)
	azure.Leave(&w.services.Handover, azure.IdentityObject(host, w.deviceID), standing)
}

func (s subject) deleteFailed(removed writes.Result[aziothub.Device]) diag.Diagnostic {
	a := s.attempt("delete", iotdiag.DeleteDeviceIdentity())
	if removed.Outcome == writes.Unknown {
		a.Afterwards = "It may have been deleted all the same; the next plan shows."
	}
	return iotdiag.Failed(a, removed.Err)
}

func (s subject) disabledMeanwhile() diag.Diagnostic {
	return s.planAgain(fmt.Sprintf("The device identity %q in %s was disabled after the plan was made, and deleting it "+
		"could let its device back in.", s.deviceID, s.host))
}

func prevented(m identityModel, verb string) diag.Diagnostic {
	return iotplan.Prevented(noun, m.DeviceID.ValueString(), m.IoTHubHostname.ValueString(), verb)
}

func planReplacement(prior identityModel) diag.Diagnostics {
	if prior.OnDestroy.ValueString() == iotplan.DestroyPrevent {
		return diag.Diagnostics{prevented(prior, "replace")}
	}
	return diag.Diagnostics{destroyed(prior, prior)}
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
