// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
)

func standingOf(d aziothub.Device) iotplan.Standing {
	s := managedOf(d)
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
	reason := types.StringPointerValue(pointer(was.Reason))
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
) (iotplan.Standing, diagnostics) {
	if !r.Services.Known() {
		return iotplan.Standing{}, nil
	}
	return born.Before(ctx, private, func() (iotplan.Standing, bool) {
		here, anywhere := azure.IdentityObject(born.Host, born.ID), azure.IdentityObject("", born.ID)
		return azure.Peek[iotplan.Standing](&r.Services.Handover, here, anywhere)
	}, func() (iotplan.Standing, diagnostics) {
		w, diags := r.newWriter(plan)
		if diags.HasError() || w.hub.Silent() {
			return iotplan.Standing{}, diags
		}
		was, err := w.standing(ctx)
		if err != nil {
			w.hub.NoteSilence(err)
			diags.Append(iotplan.BeforeUnknown(
				attempt(r.Services, "read", born.Host, born.ID, iotdiag.ReadDeviceIdentity()), err))
		}
		return was, diags
	})
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
		diags.Append(iotplan.StaysDisabled(
			statusName, noun, prior.DeviceID.ValueString(), prior.IoTHubHostname.ValueString()))
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
