// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// birth plans the status of an entry that is made. One that replaces a disabled entry stays disabled unless
// configuration writes "enabled" out: Terraform plans it without the old entry, so that the service is asked whether
// there is one.
func (r *entryResource) birth(
	ctx context.Context, private iotstate.Private, config, plan model,
) (model, diagnostics) {
	born := iotplan.Birth{
		Host: plan.DPSHostname.ValueString(), ID: plan.ID.ValueString(), Configured: !config.ProvisioningStatus.IsNull(),
	}
	var diags diagnostics
	if !born.Configured {
		was, more := r.standingBefore(ctx, private, plan)
		diags.Append(more...)
		switch placed := born.Host != "" && born.ID != ""; {
		case was.Disabled() && placed:
			plan.ProvisioningStatus = types.StringValue(azdps.StatusDisabled)
			diags.Append(staysDisabled(r.kind, born.ID, born.Host))
		case was.Disabled(): // Whether it is the same device is known only when the entry is made.
			plan.ProvisioningStatus = types.StringUnknown()
		}
	}
	born.Status = plan.ProvisioningStatus.ValueString()
	return plan, append(diags, born.Keep(ctx, private)...)
}

// standingBefore is the status that the entry had before a replacement: what its Delete has handed over by now, what
// the plan of its move has noted, or what the service says.
func (r *entryResource) standingBefore(
	ctx context.Context, private iotstate.Private, plan model,
) (iotplan.Standing, diagnostics) {
	if !r.Services.Known() {
		return iotplan.Standing{}, nil
	}
	host, id := plan.DPSHostname.ValueString(), plan.ID.ValueString()
	here, anywhere := r.kind.object(host, id), r.kind.object("", id)
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
	if w.dps.Silent() {
		return moved, diags
	}
	status, err := w.status(ctx)
	if err != nil {
		w.dps.NoteSilence(err)
		a := w.attempt("read", w.kind.reading)
		a.Afterwards = fmt.Sprintf("Whether the %s exists, and is disabled, is not known to this plan. One that turns out "+
			"to be disabled is not replaced by an enabled one.", w.kind.noun)
		diags.Append(iotdiag.Warned(a, err))
	}
	return iotplan.Standing{Status: status}, diags
}

// status is the status of the entry; empty when there is none.
func (w *writer) status(ctx context.Context) (string, error) {
	exists, disabled, known := w.store.listed(ctx, w.id)
	if !known {
		found, err := w.find(ctx)
		if err != nil {
			return "", err
		}
		exists, disabled = found != nil, found != nil && found.Disabled()
	}
	switch {
	case !exists:
		return "", nil
	case disabled:
		return azdps.StatusDisabled, nil
	}
	return azdps.StatusEnabled, nil
}

// noteMove notes the status of a disabled entry that moves to another instance, where it is made disabled, or to where
// it is not known yet.
func (r *entryResource) noteMove(
	ctx context.Context, private iotstate.Setter, config, plan, prior model,
) diagnostics {
	var moved iotplan.Standing
	sameHost := iotplan.SameHost(plan.DPSHostname, prior.DPSHostname)
	sameID := iottype.RegistrationID().Same(plan.ID.ValueString(), prior.ID.ValueString())
	if config.ProvisioningStatus.IsNull() && (plan.ID.IsUnknown() || sameID && !sameHost) {
		moved.Status = prior.ProvisioningStatus.ValueString()
	}
	diags := moved.KeepMoved(ctx, private)
	if moved.Disabled() && sameID { // Terraform shows no warnings of the plan that follows for the half that creates.
		diags.Append(staysDisabled(r.kind, prior.ID.ValueString(), prior.DPSHostname.ValueString()))
	}
	return diags
}

// reborn tells whether the Create behind this Delete makes the same entry again, be it at another instance.
func (w *writer) reborn(fate iotplan.Fate) bool {
	return fate.Reborn(w.id, iottype.RegistrationID().Same)
}

// handOver leaves the status with which the entry is made again.
func (w *writer) handOver(fate iotplan.Fate, was string) {
	host, standing := fate.HandsOver(w.reborn(fate), w.dps.Host(), iotplan.Standing{Status: was})
	azure.Leave(&w.services.Handover, w.kind.object(host, w.id), standing)
}

// staysDisabled is the warning of a plan that makes an entry disabled because there is a disabled one.
func staysDisabled(k kind, id, host string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root(statusName), iotdiag.Titled(k.noun)+" stays disabled", fmt.Sprintf(
		"The %s %q at %s was found disabled, and provisioning_status is left out, so that the one that replaces it is made "+
			"disabled as well; only %q, written out, enables it. If Terraform reports an inconsistent final plan here, it was "+
			"disabled after the plan was made: nothing was written, plan again.", k.noun, id, host, azdps.StatusEnabled))
}
