// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
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

// noticePeriod is how long before its end the only certificate of an entry is warned of.
const noticePeriod = 30 * 24 * time.Hour

// certificateWarnings warn of certificates that have expired, and of the only one when its end is near. A disabled
// entry lets nobody in anyway.
func (r *entryResource) certificateWarnings(plan model, now time.Time) diag.Diagnostics {
	if plan.ProvisioningStatus.ValueString() == azdps.StatusDisabled {
		return nil
	}
	var diags diag.Diagnostics
	for _, name := range []string{primaryName, secondaryName} {
		facts := objectIn(plan.Certificates, name)
		end, err := time.Parse(time.RFC3339, stringIn(facts, notAfterName).ValueString())
		if err != nil {
			continue
		}
		what := fmt.Sprintf("The %s certificate of the %s %q", name, r.kind.noun, plan.ID.ValueString())
		at := r.kind.shape.certificatePath(name)
		switch left := end.Sub(now); {
		case left < 0:
			diags.AddAttributeWarning(at, "Certificate has expired", fmt.Sprintf(
				"%s expired on %s.", what, end.Format(time.DateOnly)))
		case left < noticePeriod && isNull(plan.Certificates, otherSlot(name)):
			diags.AddAttributeWarning(at, "Certificate expires soon", fmt.Sprintf(
				"%s is its only one and expires on %s. Put its successor into the slot %s, have the devices use it, and then "+
					"remove the old one.", what, end.Format(time.DateOnly), otherSlot(name)))
		}
	}
	return diags
}

func otherSlot(name string) string {
	if name == primaryName {
		return secondaryName
	}
	return primaryName
}

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
	seen := iotplan.Seen{Status: now.ProvisioningStatus.ValueString(), ETag: string(found.ETag)}
	return &sighting{now, found.Registration}, seen, nil
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
	diags.Append(deletesChanged(r.kind, now.model, state)...)
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

// deletesChanged warns of a plan that deletes an entry which is not what Terraform shows of it.
func deletesChanged(k kind, now, state model) diag.Diagnostics {
	state.ProvisioningStatus = now.ProvisioningStatus // Which has a warning of its own.
	changes := state.changes(now)
	if len(changes) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Changed "+k.noun+" is deleted", fmt.Sprintf(
		"Somebody else changed the %s %q since Terraform last saw it:\n  %s\n\nWhat this plan shows of it is what it was "+
			"before; it is deleted as it is now.", k.noun, now.ID.ValueString(), strings.Join(changes, "\n  ")))}
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

// waysPastEntry names the enabled groups that would let the device in without its individual enrollment.
func (w *writer) waysPastEntry(state model, listed []azdps.EnrollmentGroup) diag.Diagnostics {
	entry := w.kind.shape.individual(state)
	device := deprovision.Device{
		RegistrationID: w.id, Attestation: entry.Attestation, Individual: &entry, Groups: facts.Groups(listed),
	}
	return w.waysIn(deprovision.ReenrollPaths(device), fmt.Sprintf("the device %q", w.id),
		"Once its individual enrollment is deleted")
}

// waysPastGroup names the other enabled groups that would let the devices of an X.509 group in.
func (w *writer) waysPastGroup(listed []azdps.EnrollmentGroup) diag.Diagnostics {
	return w.waysIn(deprovision.PathsPastGroup(facts.Groups(listed), w.id), "devices of this group",
		fmt.Sprintf("Once the enrollment group %q is deleted", w.id))
}

func (w *writer) waysIn(paths []deprovision.ReenrollPath, whom, when string) diag.Diagnostics {
	var certain, possible []string
	for _, p := range paths {
		if p.Match == deprovision.MatchPossible {
			possible = append(possible, fmt.Sprintf("%q", p.EnrollmentGroupID))
		} else {
			certain = append(certain, fmt.Sprintf("%q (%s)", p.EnrollmentGroupID, p.Match))
		}
	}
	if len(paths) == 0 {
		return nil
	}
	var said []string
	if len(certain) > 0 {
		said = append(said, "would be let in by the enabled enrollment groups "+strings.Join(certain, ", "))
	}
	if len(possible) > 0 {
		said = append(said, "may be let in by "+strings.Join(possible, ", "))
	}
	text := fmt.Sprintf("%s, %s %s.", when, whom, strings.Join(said, ", and "))
	if slices.ContainsFunc(paths, func(p deprovision.ReenrollPath) bool { return p.Match == deprovision.MatchIssuer }) {
		text += " What is known by its issuer goes by the name of a CA, which another CA may bear."
	}
	if !w.kind.group {
		text += " To keep the device out, disable the entry instead (on_destroy = \"disable\"), or disable these groups."
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Devices could come back", text)}
}

// hubAccess warns that keeping devices from registering leaves them in the hubs in which they are, and names the hub of
// a single device. It only ever words a warning: no planned value may depend on a record that changes whenever the
// device tries.
func (r *entryResource) hubAccess(ctx context.Context, now sighting) diag.Diagnostics {
	id := now.ID.ValueString()
	if r.kind.group {
		return diag.Diagnostics{diag.NewWarningDiagnostic("Devices keep their hub access", fmt.Sprintf(
			"Devices that registered through the enrollment group %q stay in their hubs, where they can connect until their "+
				"identities are disabled.", id))}
	}
	record := now.record
	if record == nil && r.Services.Known() {
		w, diags := r.newWriter(now.model)
		if diags.HasError() {
			return diags
		}
		found, err := azrest.IfFound(w.dps.GetRegistration(ctx, id))
		if err != nil {
			a := w.attempt("read", iotdiag.ReadRegistration())
			a.Noun, a.Afterwards = registrationNoun, hubNotKnown(id)
			return diag.Diagnostics{iotdiag.Warned(a, err)}
		}
		record = found
	}
	if record == nil || record.AssignedHub == "" && record.Status == azdps.RegistrationUnassigned {
		return nil
	}
	text := hubNotKnown(id)
	if record.AssignedHub != "" {
		text = inHub(id, *record) + " An enrollment decides only about registering."
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Device keeps its hub access", text+
		" azureiot_dps_device_disallow keeps a device out of both.")}
}

// hubNotKnown is said when no registration record names the device's hub: one of a refused attempt names none.
func hubNotKnown(id string) string {
	return fmt.Sprintf("Which hub the device %q is in, if any, is not known; there it can connect until its identity is "+
		"disabled.", id)
}

// validate checks attributes against each other. What is not known yet is checked when it becomes known.
func (m model) validate(k kind) diag.Diagnostics {
	diags := m.validateAllocation()
	diags.Append(m.validateKeys(k)...)
	diags.Append(m.validateCommonNames(k)...)
	diags.Append(m.validateSlots(k)...)
	diags.Append(m.validateSize(k)...)
	stays := iottype.IsSet(m.OnDestroy) && m.OnDestroy.ValueString() != iotplan.DestroyDelete
	if m.DeleteRegistrations.ValueBool() && stays {
		diags.AddAttributeError(path.Root(deleteRegistrationsName), "Records are deleted with the group only", fmt.Sprintf(
			"on_destroy is %q, so that destroying leaves the group in place, and its records with it. Leave one of the two out.",
			m.OnDestroy.ValueString()))
	}
	return diags
}

// validateAllocation has the rules that the service enforces late, when a device registers, or never (recorded traffic:
// a static policy without a hub is stored).
func (m model) validateAllocation() diag.Diagnostics {
	var diags diag.Diagnostics
	policy := m.AllocationPolicy
	if policy.IsUnknown() {
		return nil
	}
	if policy.ValueString() == azdps.AllocationStatic && !m.IoTHubHostnames.IsUnknown() {
		if count := len(m.IoTHubHostnames.Elements()); count != 1 {
			diags.AddAttributeError(path.Root(iothubHostnamesName), "Static allocation needs exactly one hub", fmt.Sprintf(
				"With allocation_policy = %q every device goes to the one hub in iothub_hostnames, which names %d. Name one there.",
				azdps.AllocationStatic, count))
		}
	}
	custom := policy.ValueString() == azdps.AllocationCustom
	if custom && m.CustomAllocation.IsNull() {
		diags.AddAttributeError(path.Root(allocationPolicyName), "Custom allocation needs a webhook", fmt.Sprintf(
			"With allocation_policy = %q a webhook chooses the hub: give custom_allocation.", azdps.AllocationCustom))
	}
	if !custom && iottype.IsSet(m.CustomAllocation) {
		diags.AddAttributeError(path.Root(customAllocationName), "Webhook is never called", fmt.Sprintf(
			"DPS asks the webhook only with allocation_policy = %q: set that, or leave custom_allocation out.",
			azdps.AllocationCustom))
	}
	return diags
}

// validateKeys ties keys to their version: a key without one could never be changed, and a version without a key would
// seem to change something.
func (m model) validateKeys(k kind) diag.Diagnostics {
	var diags diag.Diagnostics
	keys := k.shape.decode(m.Attestation).keys
	if keys == nil || keys.version.IsUnknown() {
		return nil
	}
	at := path.Root(attestationName).AtName(symmetricKeyName)
	given := iottype.IsSet(keys.primary) || iottype.IsSet(keys.secondary)
	if given && keys.version.IsNull() {
		diags.AddAttributeError(at, "Keys need a version", "A write-only key is sent when the entry is made and when "+
			"keys_wo_version changes; give keys_wo_version, such as 1.")
	}
	if !keys.version.IsNull() && keys.primary.IsNull() && keys.secondary.IsNull() {
		diags.AddAttributeError(at.AtName(keysVersionName), "Version without keys", "There is no key that it could be the "+
			"version of: give primary_key_wo or secondary_key_wo, or leave keys_wo_version out to have the service make the "+
			"keys.")
	}
	return diags
}

// validateCommonNames compares an individual enrollment's certificates with its registration ID: DPS takes the
// registration ID of an X.509 device from its certificate, so that it stores an entry of another name and never applies
// it.
func (m model) validateCommonNames(k kind) diag.Diagnostics {
	slots := k.shape.decode(m.Attestation).certificates
	if k.group || slots == nil || m.ID.IsUnknown() {
		return nil
	}
	var diags diag.Diagnostics
	for _, name := range []string{primaryName, secondaryName} {
		leaf, err := certificate.Parse(slots.slot(name).ValueString())
		if err != nil || strings.EqualFold(leaf.SubjectCommonName, m.ID.ValueString()) {
			continue // A stand-in, nothing, or the attribute's own validator has said what is wrong.
		}
		diags.AddAttributeError(k.shape.certificatePath(name), "Certificate of another device", fmt.Sprintf(
			"The certificate's common name is %q, and registration_id is %q. DPS takes the registration ID of an X.509 device "+
				"from the common name and would never apply this entry to the device. Give the certificate of this device, or "+
				"the common name as registration_id.", leaf.SubjectCommonName, m.ID.ValueString()))
	}
	return diags
}

// validateSlots warns of certificates that do not do what they are given for.
func (m model) validateSlots(k kind) diag.Diagnostics {
	slots := k.shape.decode(m.Attestation).certificates
	if slots == nil {
		return nil
	}
	var diags diag.Diagnostics
	var first certificate.Certificate
	for _, name := range []string{primaryName, secondaryName} {
		given, err := certificate.Parse(slots.slot(name).ValueString())
		if err != nil {
			continue // A stand-in, nothing, or the attribute's own validator has said what is wrong.
		}
		at := k.shape.certificatePath(name)
		if k.group && !given.CA {
			diags.AddAttributeWarning(at, "Certificate of no authority", fmt.Sprintf("The certificate (%s) does not say that "+
				"it is a certification authority's (basic constraints), so that no certificate that it signed is valid (RFC "+
				"5280). Give the certificate of the authority that signs those of the devices.", given.Subject))
		}
		if given.ThumbprintSHA256 == first.ThumbprintSHA256 {
			diags.AddAttributeWarning(at, "Same certificate twice", fmt.Sprintf("Both slots hold the certificate %s. The "+
				"second one is for its successor: leave it out until there is one.", given.Subject))
		}
		first = given
	}
	return diags
}

// maxBodySize is the size of a request that DPS takes ("Quotas and limits").
const maxBodySize = 96 * 1024

// validateSize measures what is known of the request; what is not known yet can only add to it.
func (m model) validateSize(k kind) diag.Diagnostics {
	wire, _ := m.expand(k.shape, entry{})
	body, err := json.Marshal(wire.body(k))
	if err != nil || len(body) <= maxBodySize {
		return nil // What cannot be encoded is no JSON, and its attribute's own validator has said so.
	}
	return diag.Diagnostics{diag.NewErrorDiagnostic("Entry is too large", fmt.Sprintf(
		"Sending the %s takes %d bytes, and DPS takes no more than %d. The largest parts are usually %s.",
		k.noun, len(body), maxBodySize, initialTwinName))}
}
