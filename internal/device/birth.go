// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
)

func standingOf(d aziothub.Device) iotplan.Standing {
	s := managed(d)
	return iotplan.Standing{Status: s.status, Reason: s.reason}
}

// birth plans the status of an identity that is made. One that replaces a disabled identity stays disabled, with its
// reason, unless configuration writes "enabled" out: Terraform plans it without the old identity, so that the hub is
// asked whether there is one.
func (r *identityResource) birth(
	ctx context.Context, private iotstate.Private, config, plan identityModel,
) (identityModel, diagnostics) {
	born := iotplan.Birth{
		Host: plan.IoTHubHostname.ValueString(), ID: plan.DeviceID.ValueString(), Configured: !config.Status.IsNull(),
	}
	var diags diagnostics
	if !born.Configured {
		was, more := r.standingBefore(ctx, private, plan)
		diags.Append(more...)
		plan = asBefore(config, plan, was)
		if plan.Status.ValueString() == aziothub.StatusDisabled {
			diags.Append(staysDisabled(born.ID, born.Host))
		}
	}
	born.Status, born.Reason = plan.Status.ValueString(), plan.StatusReason.ValueString()
	return plan, append(diags, born.Keep(ctx, private)...)
}

// asBefore plans the status, and the reason where none is configured, that a disabled identity had before. Where it is
// not known yet which identity is made, that is known only when it is.
func asBefore(config, plan identityModel, was iotplan.Standing) identityModel {
	reason := textOrNull(was.Reason)
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

// standingBefore is the status that the identity had before a replacement: what its Delete has handed over by now, what
// the plan of its move has noted, or what the hub says.
func (r *identityResource) standingBefore(
	ctx context.Context, private iotstate.Private, plan identityModel,
) (iotplan.Standing, diagnostics) {
	if !r.Services.Known() {
		return iotplan.Standing{}, nil
	}
	host, id := plan.IoTHubHostname.ValueString(), plan.DeviceID.ValueString()
	here, anywhere := azure.IdentityObject(host, id), azure.IdentityObject("", id)
	if was, ok := azure.Peek[iotplan.Standing](&r.Services.Handover, here, anywhere); ok {
		return was, nil
	}
	moved, diags := iotplan.RecallMoved(ctx, private)
	if moved.Disabled() || host == "" || id == "" {
		return moved, diags
	}
	w, more := r.newWriter(plan)
	if diags.Append(more...); diags.HasError() {
		return iotplan.Standing{}, diags
	}
	if w.hub.Silent() {
		return moved, diags
	}
	was, err := w.standing(ctx)
	if err != nil {
		w.hub.NoteSilence(err)
		a := attempt(r.Services, "read", host, id, iotdiag.ReadDeviceIdentity())
		a.Afterwards = "Whether the device identity exists, and is disabled, is not known to this plan. One that turns out " +
			"to be disabled is not replaced by an enabled one."
		diags.Append(iotdiag.Warned(a, err))
	}
	return was, diags
}

// noteMove notes the status of a disabled identity that moves to another hub, where it is made disabled, or to where it
// is not known yet.
func noteMove(ctx context.Context, private iotstate.Setter, config, plan, prior identityModel) diagnostics {
	var moved iotplan.Standing
	same := plan.DeviceID.Equal(prior.DeviceID)
	if config.Status.IsNull() && (plan.DeviceID.IsUnknown() || same && !sameHost(plan, prior)) {
		moved = iotplan.Standing{Status: prior.Status.ValueString(), Reason: prior.StatusReason.ValueString()}
	}
	diags := moved.KeepMoved(ctx, private)
	if moved.Disabled() && same { // Terraform shows no warnings of the plan that follows for the half that creates.
		diags.Append(staysDisabled(prior.DeviceID.ValueString(), prior.IoTHubHostname.ValueString()))
	}
	return diags
}

// standing asks the twin, which may be read 60 times as often as an identity, where twins can be read.
func (w *writer) standing(ctx context.Context) (iotplan.Standing, error) {
	if w.hub.TwinsReadable() {
		twin, err := w.hub.GetTwin(ctx, w.deviceID)
		switch {
		case azrest.IsNotFound(err):
			return iotplan.Standing{}, nil
		case err == nil && twin.Status != "":
			return iotplan.Standing{Status: twin.Status, Reason: text(twin.StatusReason)}, nil
		case azrest.IsUnauthorized(err) || azrest.IsForbidden(err):
			w.hub.TwinsRefused()
		}
	}
	found, err := w.find(ctx)
	if err != nil || found == nil {
		return iotplan.Standing{}, err
	}
	return standingOf(*found), nil
}

func sameID(a, b string) bool { return a == b }

// reborn tells whether the Create behind this Delete makes the same device's identity again, be it in another hub.
func (w *writer) reborn(fate iotplan.Fate) bool { return fate.Reborn(w.deviceID, sameID) }

// handOver leaves the status with which the identity is made again.
func (w *writer) handOver(fate iotplan.Fate, was iotplan.Standing) {
	host, standing := fate.HandsOver(w.reborn(fate), w.hub.Host(), was)
	azure.Leave(&w.services.Handover, azure.IdentityObject(host, w.deviceID), standing)
}

// staysDisabled is the warning of a plan that makes an identity disabled because there is a disabled one.
func staysDisabled(id, host string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root(statusName), "Device identity stays disabled", fmt.Sprintf(
		"The device identity %q in %s was found disabled, and status is left out, so that the one that replaces it is made "+
			"disabled as well; only %q, written out, enables it. If Terraform reports an inconsistent final plan here, it was "+
			"disabled after the plan was made: nothing was written, plan again.", id, host, aziothub.StatusEnabled))
}
