// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// birth plans the status of an entry that is made. One that replaces a disabled entry stays disabled unless
// configuration writes "enabled" out: Terraform plans it without the old entry, so that the service is asked whether
// there is one.
func (r *entryResource) birth(
	ctx context.Context, private iotstate.Private, config, plan model,
) (model, diag.Diagnostics) {
	born := iotplan.Birth{
		Host: plan.DPSHostname.ValueString(), ID: plan.ID.ValueString(), Configured: !config.ProvisioningStatus.IsNull(),
	}
	var diags diag.Diagnostics
	if !born.Configured {
		was, more := r.standingBefore(ctx, private, born, plan)
		diags.Append(more...)
		switch placed := born.Host != "" && born.ID != ""; {
		case was.Disabled() && placed:
			plan.ProvisioningStatus = types.StringValue(azdps.StatusDisabled)
			diags.Append(iotplan.StaysDisabled(statusName, r.kind.noun, born.ID, born.Host))
		case was.Disabled(): // Whether it is the same device is known only when the entry is made.
			plan.ProvisioningStatus = types.StringUnknown()
		}
	}
	born.Status = plan.ProvisioningStatus.ValueString()
	return plan, append(diags, born.Keep(ctx, private)...)
}

// standingBefore is the status that the entry had before a replacement.
func (r *entryResource) standingBefore(
	ctx context.Context, private iotstate.Getter, born iotplan.Birth, plan model,
) (iotplan.Standing, diag.Diagnostics) {
	if !r.Services.Known() {
		return iotplan.Standing{}, nil
	}
	return born.Before(ctx, private, func() (iotplan.Standing, bool) {
		here, anywhere := r.kind.object(born.Host, born.ID), r.kind.object("", born.ID)
		return azure.Peek[iotplan.Standing](&r.Services.Handover, here, anywhere)
	}, func() (iotplan.Standing, diag.Diagnostics) {
		w, diags := r.newWriter(plan)
		if diags.HasError() || w.dps.Silent() {
			return iotplan.Standing{}, diags
		}
		was, err := w.standing(ctx)
		if err != nil {
			w.dps.NoteSilence(err)
			diags.Append(iotplan.BeforeUnknown(w.attempt("read", w.kind.reading), err))
		}
		return was, diags
	})
}

// standing is the status of the entry; the zero value when there is none.
func (w *writer) standing(ctx context.Context) (iotplan.Standing, error) {
	exists, disabled, known := w.store.listed(ctx, w.id)
	if !known {
		found, err := w.find(ctx)
		if err != nil {
			return iotplan.Standing{}, err
		}
		exists, disabled = found != nil, found != nil && found.Disabled()
	}
	switch {
	case !exists:
		return iotplan.Standing{}, nil
	case disabled:
		return iotplan.Standing{Status: azdps.StatusDisabled}, nil
	}
	return iotplan.Standing{Status: azdps.StatusEnabled}, nil
}

// noteMove notes the status of a disabled entry that moves to another instance, where it is made disabled, or to where
// it is not known yet.
func (r *entryResource) noteMove(
	ctx context.Context, private iotstate.Setter, config, plan, prior model,
) diag.Diagnostics {
	var moved iotplan.Standing
	sameHost := iotplan.SameHost(plan.DPSHostname, prior.DPSHostname)
	sameID := iottype.RegistrationID().Same(plan.ID.ValueString(), prior.ID.ValueString())
	if config.ProvisioningStatus.IsNull() && (plan.ID.IsUnknown() || sameID && !sameHost) {
		moved.Status = prior.ProvisioningStatus.ValueString()
	}
	diags := moved.KeepMoved(ctx, private)
	if moved.Disabled() && sameID { // Terraform shows no warnings of the plan that follows for the half that creates.
		diags.Append(iotplan.StaysDisabled(
			statusName, r.kind.noun, prior.ID.ValueString(), prior.DPSHostname.ValueString()))
	}
	return diags
}

// reborn tells whether the Create behind this Delete makes the same entry again, be it at another instance.
func (w *writer) reborn(fate iotplan.Fate) bool {
	return fate.Reborn(w.id, iottype.RegistrationID().Same)
}

// handOver leaves the status with which the entry is made again.
func (w *writer) handOver(fate iotplan.Fate, was string) {
	host, standing := fate.HandsOver(w.reborn(fate), w.host, iotplan.Standing{Status: was})
	azure.Leave(&w.services.Handover, w.kind.object(host, w.id), standing)
}
