// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// ModifyPlan plans what is computed and says what a change leads to.
func (r *entryResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if req.Plan.Raw.IsNull() {
		state, diags := r.kind.decode(ctx, req.State)
		if resp.Diagnostics.Append(diags...); !diags.HasError() {
			resp.Diagnostics.Append(r.planDestroy(ctx, resp.Private, state)...)
		}
		return
	}
	plan, diags := r.kind.decode(ctx, req.Plan)
	resp.Diagnostics.Append(diags...)
	prior := newModel("", "")
	isNew := req.State.Raw.IsNull()
	if !isNew {
		prior, diags = r.kind.decode(ctx, req.State)
		resp.Diagnostics.Append(diags...)
	}
	config, diags := r.kind.decode(ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	prior.DPSHostname = r.hostOf(prior, isNew)
	plan.DPSHostname = iotplan.Host(config.DPSHostname, prior.DPSHostname, r.Services.DPSHost(""), r.Services.Known())
	if plan.DPSHostname.IsNull() {
		resp.Diagnostics.Append(r.noInstance())
		return
	}
	resp.Diagnostics.Append(r.claimEnabled(config, plan)...)
	if resp.Diagnostics.Append(r.refused(plan, isNew)...); resp.Diagnostics.HasError() {
		return
	}
	plan.Certificates = r.plannedCertificates(plan, prior)
	if isNew {
		plan, diags = r.birth(ctx, resp.Private, config, plan)
		resp.Diagnostics.Append(diags...)
		resp.Diagnostics.Append(r.claimBorn(config, plan)...)
	} else {
		resp.Diagnostics.Append(r.noteMove(ctx, resp.Private, config, plan, prior)...)
		resp.Diagnostics.Append(r.planChange(ctx, plan, prior)...)
		if !iotplan.SameHost(plan.DPSHostname, prior.DPSHostname) {
			resp.RequiresReplace.Append(path.Root(dpsHostnameName))
		}
	}
	if r.Services != nil {
		resp.Diagnostics.Append(r.certificateWarnings(plan, r.Services.Now())...)
	}
	resp.Diagnostics.Append(r.set(ctx, &resp.Plan, plan)...)
}

func (r *entryResource) plannedCertificates(plan, prior model) types.Object {
	x509 := objectIn(plan.Attestation, x509Name)
	slots, _ := x509.Attributes()[r.kind.shape.certificates].(types.Object)
	if plan.Attestation.IsUnknown() || x509.IsUnknown() || slots.IsUnknown() {
		return unknownCertificates()
	}
	return certificates(r.kind.shape.decode(plan.Attestation).certificates, prior.Certificates, nil)
}

// planChange warns of what an update or a replacement leads to.
func (r *entryResource) planChange(ctx context.Context, plan, prior model) diag.Diagnostics {
	id := prior.ID.ValueString()
	if !r.sameEntry(plan, prior) {
		if prior.OnDestroy.ValueString() == iotplan.DestroyPrevent {
			return diag.Diagnostics{prevented(r.kind, prior, "replace")}
		}
		return r.planLoss(ctx, prior)
	}
	was := prior.ProvisioningStatus.ValueString()
	switch is := plan.ProvisioningStatus.ValueString(); {
	case is == azdps.StatusEnabled && was == azdps.StatusDisabled:
		return diag.Diagnostics{enabledAgain(r.kind, id, blockOf(prior))}
	case is == azdps.StatusDisabled && was == azdps.StatusEnabled:
		return r.hubAccess(ctx, sighting{model: prior})
	}
	return nil
}

// planLoss warns of what it leads to that an entry of another name takes the place of this one.
func (r *entryResource) planLoss(ctx context.Context, prior model) diag.Diagnostics {
	found, _, diags := r.lookAt(ctx, prior)
	if found != nil {
		diags.Append(r.destroyed(ctx, *found, prior)...)
	}
	return diags
}

// sameEntry tells whether both models name the same entry; one whose name is not known yet may be the same.
func (r *entryResource) sameEntry(plan, prior model) bool {
	sameID := plan.ID.IsUnknown() || iottype.RegistrationID().Same(plan.ID.ValueString(), prior.ID.ValueString())
	return sameID && (plan.DPSHostname.IsUnknown() || iotplan.SameHost(plan.DPSHostname, prior.DPSHostname))
}

// hostOf is the DPS instance that an entry is in; null for a new one. A state without one means the provider block's.
func (r *entryResource) hostOf(prior model, isNew bool) iottype.TextValue {
	if host := r.Services.DPSHost(""); !isNew && !iottype.IsSet(prior.DPSHostname) && host != "" {
		return iottype.Hostname().Value(host)
	}
	return prior.DPSHostname
}

// noInstance is the error of a plan for which nothing names a DPS instance.
func (r *entryResource) noInstance() diag.Diagnostic {
	_, err := r.Services.DPS("")
	return iotdiag.NotConfigured(path.Root(dpsHostnameName), err)
}

// claimEnabled has a configuration that writes "enabled" out contradict a composite of the same provider block that
// blocks the device: each apply of the one would undo the other's.
func (r *entryResource) claimEnabled(config, plan model) diag.Diagnostics {
	host, id := plan.DPSHostname.ValueString(), plan.ID.ValueString()
	explicit := config.ProvisioningStatus.ValueString() == azdps.StatusEnabled
	if !explicit || r.Services == nil || host == "" || id == "" {
		return nil
	}
	block, contradicted := r.Services.Claims.Make(azure.ClaimEnabled, r.kind.object(host, id), r.claimant(id))
	if !contradicted {
		return nil
	}
	return diag.Diagnostics{iotplan.EnabledAndBlocked(statusName, r.kind.noun, id, host, block)}
}

// claimBorn warns of an entry that is made enabled beside the composite that blocks it.
func (r *entryResource) claimBorn(config, plan model) diag.Diagnostics {
	host, id := plan.DPSHostname.ValueString(), plan.ID.ValueString()
	enabled := config.ProvisioningStatus.IsNull() && plan.ProvisioningStatus.ValueString() == azdps.StatusEnabled
	if !enabled || r.Services == nil || host == "" || id == "" {
		return nil
	}
	block, blocked := r.Services.Claims.Make(azure.ClaimBorn, r.kind.object(host, id), r.claimant(id))
	if !blocked {
		return nil
	}
	return diag.Diagnostics{iotplan.BornBesideBlock(path.Root(statusName), r.claimant(id), statusName, block)}
}

// claimant is how others name the resource of an entry.
func (r *entryResource) claimant(id string) string {
	return fmt.Sprintf("azureiot_%s %q", r.kind.typeName, id)
}

// blockOf names the block that disabled the entry, if its mark is on it: azureiot_dps_device_disallow marks the entries
// that it makes in their device information.
func blockOf(prior model) string {
	mark := facts.ReadMark([]byte(prior.DeviceInformation.ValueString()))
	if mark == nil {
		return ""
	}
	text := "It was made by azureiot_dps_device_disallow to block the device"
	if mark.Reason != "" {
		text += fmt.Sprintf(" (reason: %q)", mark.Reason)
	}
	return text + "; lift the block there."
}

// enabledAgain is the warning of an update that lets devices in which something or somebody had refused.
func enabledAgain(k kind, id, block string) diag.Diagnostic {
	text := fmt.Sprintf("The %s %q is %s, and this plan enables it because provisioning_status = %q is configured. "+
		"Leave the attribute out to keep the status as it is found.", k.noun, id, azdps.StatusDisabled, azdps.StatusEnabled)
	if block != "" {
		text += " " + block
	}
	return diag.NewAttributeWarningDiagnostic(path.Root(statusName), iotdiag.Titled(k.noun)+" is enabled again", text)
}

// refused is what is known to make an apply of a plan fail, so that it does not plan: the provider block has no
// credential for the instance, or a new entry is to have a certificate of which only the thumbprint is given.
func (r *entryResource) refused(plan model, isNew bool) diag.Diagnostics {
	var diags diag.Diagnostics
	if r.Services.Known() && !plan.DPSHostname.IsUnknown() {
		if _, err := r.Services.DPS(plan.DPSHostname.ValueString()); err != nil {
			diags.Append(iotdiag.NotConfigured(path.Root(dpsHostnameName), err))
		}
	}
	slots := r.kind.shape.decode(plan.Attestation).certificates
	if !isNew || slots == nil {
		return diags
	}
	for _, name := range []string{primaryName, secondaryName} {
		_, more := expandCertificate(slots.slot(name), r.kind.shape.certificatePath(name), &azdps.CertificateSlots{})
		diags.Append(more...)
	}
	return diags
}

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
