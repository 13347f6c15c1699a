// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
)

// planDestroy says what destroying leads to, and notes what it found for the Delete that follows.
func (r *entryResource) planDestroy(ctx context.Context, private iotstate.Private, state model) diag.Diagnostics {
	if state.OnDestroy.ValueString() == iotplan.DestroyPrevent {
		return diag.Diagnostics{prevented(r.kind, state, "destroy")}
	}
	found, seen, diags := r.lookAt(ctx, state)
	diags.Append(seen.Keep(ctx, private)...)
	if found != nil {
		diags.Append(r.destroyed(ctx, *found, state)...)
	}
	return diags
}

func prevented(k kind, m model, verb string) diag.Diagnostic {
	return iotplan.Prevented(k.noun, m.ID.ValueString(), m.DPSHostname.ValueString(), verb)
}

// sighting is an entry as a plan finds it.
type sighting struct {
	model
	// record is the registration record that the service shows with the entry; nil for none.
	record *azdps.Registration
}

// lookAt reads an entry that is to be destroyed, nil when it is gone: Terraform 1.11 plans the destroy of a resource
// that left the configuration from a state that it has not refreshed. Where it cannot be read, state has to do, and a
// Delete goes by that.
func (r *entryResource) lookAt(ctx context.Context, state model) (*sighting, iotplan.Seen, diag.Diagnostics) {
	last := &sighting{model: state}
	if !r.Services.Known() {
		return last, iotplan.Seen{}, nil
	}
	w, diags := r.newWriter(state)
	if diags.HasError() {
		return last, iotplan.Seen{}, diags
	}
	found, err := w.find(ctx)
	switch {
	case err != nil:
		a := w.attempt("read", w.kind.reading)
		a.Afterwards = fmt.Sprintf("What is said of it here is what Terraform last saw (%s).",
			state.ProvisioningStatus.ValueString())
		return last, iotplan.Seen{}, diag.Diagnostics{iotdiag.Warned(a, err)}
	case found == nil:
		return nil, iotplan.Seen{}, nil
	}
	now := flatten(r.kind.shape, *found, state)
	return &sighting{now, found.Registration}, iotplan.Seen{Status: now.ProvisioningStatus.ValueString()}, nil
}

// destroyed warns of what destroying leads to. now is the entry as it is, state how Terraform last saw it.
func (r *entryResource) destroyed(ctx context.Context, now sighting, state model) diag.Diagnostics {
	var diags diag.Diagnostics
	id := now.ID.ValueString()
	switch state.OnDestroy.ValueString() {
	case iotplan.DestroyKeep:
		return diag.Diagnostics{diag.NewWarningDiagnostic(iotdiag.Titled(r.kind.noun)+" stays", fmt.Sprintf(
			"on_destroy is %q: the %s %q stays in DPS as it is, %s, and Terraform forgets it.",
			iotplan.DestroyKeep, r.kind.noun, id, now.ProvisioningStatus.ValueString()))}
	case iotplan.DestroyDisable:
		diags.AddWarning(iotdiag.Titled(r.kind.noun)+" is disabled, not deleted", fmt.Sprintf(
			"on_destroy is %q: the %s %q stays in DPS, disabled, and Terraform forgets it.",
			iotplan.DestroyDisable, r.kind.noun, id))
		return append(diags, r.hubAccess(ctx, now)...)
	}
	if now.ProvisioningStatus.ValueString() == azdps.StatusDisabled {
		diags.Append(deletesDisabled(r.kind, now.model, state))
	}
	if !r.Services.Known() {
		return diags
	}
	w, more := r.newWriter(state)
	if more.HasError() {
		return append(diags, more...)
	}
	listed, err := w.dps.EnrollmentGroups(ctx)
	if err != nil {
		a := w.attempt("list", iotdiag.ReadEnrollmentGroup())
		a.Noun, a.ID = "enrollment groups", "*"
		a.Afterwards = fmt.Sprintf("Whether a group would let devices in once the %s %q is deleted is not known.",
			r.kind.noun, id)
		diags.Append(iotdiag.Warned(a, err))
	}
	if r.kind.group {
		diags.Append(w.waysPastGroup(listed)...)
		return append(diags, w.records().warning(ctx, state)...)
	}
	diags.Append(w.waysPastEntry(now.model, listed)...)
	return append(diags, r.hubAccess(ctx, now)...)
}

// deletesDisabled is the warning of a plan that deletes an entry which keeps devices out.
func deletesDisabled(k kind, now, state model) diag.Diagnostic {
	text := fmt.Sprintf("The %s %q is disabled now", k.noun, now.ID.ValueString())
	if state.ProvisioningStatus.ValueString() != azdps.StatusDisabled {
		text += ", by somebody else since Terraform last saw it"
	}
	if k.group {
		text += ", so that no device registers through it. Once it is deleted, other enabled enrollment groups that cover " +
			"these devices let them in."
	} else {
		text += ", which keeps its device out of DPS. Once it is deleted, an enabled enrollment group that covers the " +
			"device lets it in again."
	}
	if block := blockOf(now); block != "" {
		text += " " + block
	}
	return diag.NewWarningDiagnostic("Disabled "+k.noun+" is deleted", text)
}
