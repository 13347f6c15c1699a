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
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/composite"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/unchanged"
)

// noun names the resource in sentences.
const noun = "disallow of device"

// deviceResource is azureiot_dps_device_disallow: one device kept out of DPS and of its hubs. Its identity is the
// registration ID at a DPS instance. Deleting it forgets it and changes nothing in Azure.
type deviceResource struct {
	configure.Resource[*azure.Services]
}

var (
	_ configure.Managed                   = &deviceResource{}
	_ resource.ResourceWithValidateConfig = &deviceResource{}
)

// deviceModel is azureiot_dps_device_disallow in Terraform's types.
type deviceModel struct {
	asked
	told
}

// NewDeviceResource makes azureiot_dps_device_disallow.
func NewDeviceResource() resource.Resource {
	return &deviceResource{configure.Resource[*azure.Services]{
		Name: "dps_device_disallow", Describe: deviceSchema,
		Identity: configure.IdentitySchema(
			"dps_hostname", "Host name of the DPS instance. Default: the provider block's.",
			"registration_id", "The registration ID of the device."),
	}}
}

// ValidateConfig checks what no attribute can check by itself.
func (r *deviceResource) ValidateConfig(
	ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse,
) {
	config, diags := configure.Decode[deviceModel](ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(config.validate()...)
}

// Alone names what no check of a configuration compares with anything else: a registration ID is compared with the
// common name of a certificate.
func (r *deviceResource) Alone(config unchanged.Attributes) []string {
	if !config.Null("certificate_pem") {
		return nil
	}
	return []string{"registration_id", "device_id", "reason"}
}

// Create blocks the device. Every error here taints the object, and Terraform then replaces it: the delete half changes
// nothing, and the create half recognises the entry by its mark, so that the device stays blocked throughout.
func (r *deviceResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan, diags := configure.Decode[deviceModel](ctx, req.Plan)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	out, diags := r.create(ctx, plan)
	resp.Diagnostics.Append(diags...)
	out.memory.Unfinished = resp.Diagnostics.HasError()
	if out.memory.Unfinished {
		if !out.keep {
			return // Nothing was written: no state, no taint, and the next plan is a clean create.
		}
		plan.DeleteRegistration = out.ledger.registrationDeleted(plan)
	}
	resp.Diagnostics.Append(out.store(ctx, plan.asked, resp.Private, &resp.State)...)
	resp.Diagnostics.Append(plan.identify(ctx, resp.Identity)...)
}

// Read looks up what has drifted. A hub that cannot be read is a warning and reads unreachable: the rest stays
// readable. An entry that is gone reads absent; the resource stays, so that the next plan makes the entry again in
// place.
func (r *deviceResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state, diags := configure.Decode[deviceModel](ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(state.identify(ctx, resp.Identity)...)
	if !r.Services.Known() && !state.imported() {
		resp.Diagnostics.Append(iotdiag.NotRefreshed(noun, state.RegistrationID.ValueString()))
		return
	}
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	var out outcome
	if state.imported() {
		state, out, diags = r.completeImport(ctx, state)
	} else {
		out, diags = r.refresh(ctx, state, remembered)
	}
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(out.store(ctx, state.asked, resp.Private, &resp.State)...)
}

// refresh looks up what has drifted.
func (r *deviceResource) refresh(
	ctx context.Context, state deviceModel, remembered memory,
) (outcome, diag.Diagnostics) {
	want, diags := state.asked.expand(ctx)
	prior, more := state.told.expand(ctx)
	if diags.Append(more...); diags.HasError() {
		return outcome{}, diags
	}
	ask, diags := r.ask(want)
	if diags.HasError() {
		return outcome{}, diags
	}
	f, stands, err := ask.reader.Refresh(ctx, want.question(remembered, prior))
	switch {
	case err != nil:
		return outcome{}, diag.Diagnostics{ask.lookUpFailed(err)}
	case stands:
		return outcome{Block: prior, memory: remembered}, nil
	}
	s := want.sight(f, remembered, prior.Paths)
	now := s.drift(prior)
	decision := deprovision.Decide(s.evidence(), want.change(want, s.m, s.evidence()), s.m.prior(now, want.Restore))
	s.m.Unfinished = s.m.Unfinished && decision.Changes()
	out := outcome{Block: now, memory: s.remembered()}
	if now.Same(prior) && !remembered.outdatedBy(out.memory, out.memory.settled(now, want)) {
		out.memory = remembered.unlessNews(out.memory)
	}
	return out, append(diags, ask.standingWarnings(s)...)
}

// completeImport reads what only a first read after an import can tell: who made the entry, where the device stood
// before, and the settings that the entry and the identities show.
func (r *deviceResource) completeImport(ctx context.Context, m deviceModel) (deviceModel, outcome, diag.Diagnostics) {
	want, diags := m.asked.expand(ctx)
	if diags.HasError() {
		return m, outcome{}, diags
	}
	want.Enrollment = deprovision.Disabling // Whatever is wanted later, nothing is deleted by an import.
	a, ask, diags := r.arrive(ctx, want, handover{}, false, nil)
	if diags.HasError() {
		return m, outcome{}, diags
	}
	if a.f.Entry == nil {
		diags.AddAttributeError(path.Root("registration_id"), "Cannot import: no individual enrollment",
			"The DPS instance "+ask.host+" has no individual enrollment \""+want.RegistrationID+
				"\", so that nothing blocks the device there. Create the resource instead.")
		return m, outcome{}, diags
	}
	if a.f.Mark != nil && a.f.Entry.DeviceID != nil {
		m.DeviceID = types.StringValue(*a.f.Entry.DeviceID)
	}
	if reason := a.f.Reason(); reason != "" {
		m.Reason = types.StringValue(reason)
	}
	if thumbprint := facts.Thumbprint(a.f.Entry); thumbprint != "" {
		m.CertificatePEM = iottype.CertificatePEM().Value(certificate.ThumbprintPrefix + thumbprint)
	}
	now := deprovision.Block{Created: a.f.Mark != nil, Previous: a.decision.Previous}
	diags.Append(ask.standingWarnings(a.sight)...)
	return m, outcome{Block: now.At(a.evidence()), memory: a.remembered()}, diags
}

// Update touches what the planned effects name and nothing else. When it fails, the state says what is true and keeps
// the former settings, so that the next plan takes up what is left; also what was found out without a write is kept,
// or the next plan could not show it.
func (r *deviceResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan, diags := configure.Decode[deviceModel](ctx, req.Plan)
	resp.Diagnostics.Append(diags...)
	state, diags := configure.Decode[deviceModel](ctx, req.State)
	resp.Diagnostics.Append(diags...)
	config, diags := configure.Decode[deviceModel](ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	written := plan
	if iottype.IsSet(config.CertificatePEM) {
		written.CertificatePEM = config.CertificatePEM // The state may keep only its stand-in.
	}
	out, diags := r.update(ctx, written, state, remembered)
	resp.Diagnostics.Append(diags...)
	settled := plan
	if resp.Diagnostics.HasError() {
		if !out.keep {
			resp.Diagnostics.Append(state.identify(ctx, resp.Identity)...)
			return // Nothing was found out: the state stays as it is.
		}
		settled = state
		if out.ledger.touched {
			out.memory.Unfinished = true
			settled = state.unfinished(plan, out.ledger.registrationDeleted(plan))
		}
	} else {
		out.memory.Unfinished = false
	}
	resp.Diagnostics.Append(out.store(ctx, settled.asked, resp.Private, &resp.State)...)
	resp.Diagnostics.Append(settled.identify(ctx, resp.Identity)...)
}

// Delete changes nothing in Azure. What the object knows about the time before the block is left for a Create of the
// same device in this apply, which is what a replacement is.
func (r *deviceResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state, diags := configure.Decode[deviceModel](ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() || r.Services == nil {
		return
	}
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	block, diags := state.told.expand(ctx)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	host := r.Services.DPSHost(state.DPSHostname.ValueString())
	azure.Leave(&r.Services.Handover, azure.EnrollmentObject(host, state.RegistrationID.ValueString()),
		handover{block, remembered, state.DesiredAccess.ValueString() == iotplan.AccessRestored})
}

// ImportState takes "registration-id", or "dps-host/registration-id" for another instance than the provider block's, or
// a resource identity.
func (r *deviceResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	composite.Address{
		IDName: "registration_id", Form: "registration-id", Problem: iotvalidator.RegistrationIDProblem,
	}.Import(ctx, req, resp, r.Services.DPSHost)
}

// unfinished are the settings of a state m after an update to plan that came to no end: the former ones, so that the
// next plan takes up what is left. What restoring means is known already, and the record is deleted once.
func (m deviceModel) unfinished(plan deviceModel, registrationDeleted types.Bool) deviceModel {
	if plan.DesiredAccess.ValueString() == iotplan.AccessBlocked {
		m.DesiredAccess = plan.DesiredAccess
	}
	if !registrationDeleted.ValueBool() {
		m.DeleteRegistration = registrationDeleted
	}
	return m
}

// imported tells whether this is the state of an import that has not been read yet.
func (m deviceModel) imported() bool { return m.EnrollmentOrigin.IsNull() }

// identify says which block it is.
func (a asked) identify(ctx context.Context, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	return configure.Identify(ctx, identity, map[string]string{
		"registration_id": a.RegistrationID.ValueString(), "dps_hostname": a.DPSHostname.ValueString(),
	})
}

// registrationDeleted is the setting delete_registration of a state: once it is set and the record is not deleted yet,
// the next plan deletes it.
func (l *ledger) registrationDeleted(plan deviceModel) types.Bool {
	if !plan.DeleteRegistration.ValueBool() {
		return plan.DeleteRegistration
	}
	return types.BoolValue(slices.ContainsFunc(l.done, func(effect deprovision.Effect) bool {
		return effect.Target == deprovision.TargetRegistration
	}))
}

// store keeps what is true now, with the settings that hold.
func (o outcome) store(
	ctx context.Context, settings asked, private iotstate.Setter, state configure.Target,
) diag.Diagnostics {
	told, diags := flatten(ctx, o.Block, unknowns{})
	diags.Append(memoryKey().Keep(ctx, private, o.memory)...)
	return append(diags, configure.Store(ctx, state, deviceModel{asked: settings, told: told})...)
}

// Values of the settings.
const (
	actionDisable = string(deprovision.Disabling)
	actionDelete  = string(deprovision.Deleting)
	actionKeep    = string(deprovision.Keeping)
)

// asked are the attributes that configuration sets.
type asked struct {
	RegistrationID            iottype.TextValue `tfsdk:"registration_id"`
	DPSHostname               iottype.TextValue `tfsdk:"dps_hostname"`
	CertificatePEM            iottype.TextValue `tfsdk:"certificate_pem"`
	CertificateChainPEM       iottype.TextValue `tfsdk:"certificate_chain_pem"`
	DeviceID                  types.String      `tfsdk:"device_id"`
	AdditionalIoTHubHostnames types.Set         `tfsdk:"additional_iothub_hostnames"`
	Reason                    types.String      `tfsdk:"reason"`
	DesiredAccess             types.String      `tfsdk:"desired_access"`
	EnrollmentAction          types.String      `tfsdk:"enrollment_action"`
	HubIdentityAction         types.String      `tfsdk:"hub_identity_action"`
	DeleteRegistration        types.Bool        `tfsdk:"delete_registration"`
	OnDestroy                 types.String      `tfsdk:"on_destroy"`
}

// same tells whether two models ask for the same.
func (a asked) same(other asked) bool { return len(configure.Differences(a, other)) == 0 }

// sameDevice tells whether two models mean the same device of the same DPS instance, for certain.
func (a asked) sameDevice(other asked) bool {
	return !other.RegistrationID.IsUnknown() && iotplan.SameHost(a.DPSHostname, other.DPSHostname) &&
		iottype.RegistrationID().Same(a.RegistrationID.ValueString(), other.RegistrationID.ValueString())
}

// wanted is what configuration asks, in Go's types.
type wanted struct {
	deprovision.Intent

	dpsHostname string
	leaf        *leaf
	above       deprovision.Chain
	deviceID    string
	hubs        []string
	reason      string
}

// leaf is the device's own certificate as it was given; of a stand-in only link's thumbprint is known.
type leaf struct {
	link            deprovision.Certificate
	pem, commonName string
	thumbprintSHA1  string
}

// expand decodes known settings; the validators have checked each by itself.
func (a asked) expand(ctx context.Context) (wanted, diag.Diagnostics) {
	w := wanted{
		Intent: deprovision.Intent{
			RegistrationID:     a.RegistrationID.ValueString(),
			Restore:            a.DesiredAccess.ValueString() == iotplan.AccessRestored,
			Enrollment:         deprovision.Disposal(a.EnrollmentAction.ValueString()),
			Identities:         deprovision.Disposal(a.HubIdentityAction.ValueString()),
			DeleteRegistration: a.DeleteRegistration.ValueBool(),
		},
		dpsHostname: a.DPSHostname.ValueString(),
		deviceID:    a.DeviceID.ValueString(),
		reason:      a.Reason.ValueString(),
	}
	var diags diag.Diagnostics
	if !a.AdditionalIoTHubHostnames.IsNull() {
		diags.Append(a.AdditionalIoTHubHostnames.ElementsAs(ctx, &w.hubs, false)...)
		for i, host := range w.hubs {
			w.hubs[i] = azrest.FoldHost(host)
		}
		slices.Sort(w.hubs)
		w.hubs = slices.Compact(w.hubs)
	}
	diags.Append(w.takeCertificates(a)...)
	return w, diags
}

// takeCertificates reads the leaf and the chain above it.
func (w *wanted) takeCertificates(a asked) diag.Diagnostics {
	if a.CertificatePEM.IsNull() {
		return nil
	}
	text := a.CertificatePEM.ValueString()
	if thumbprint, ok := certificate.IsThumbprint(text); ok {
		w.leaf = &leaf{link: deprovision.Certificate{ThumbprintSHA256: thumbprint}}
	} else {
		parsed, err := certificate.Parse(text)
		if err != nil {
			return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(
				path.Root("certificate_pem"), "Invalid certificate", iotdiag.Sentence(err))}
		}
		w.leaf = &leaf{
			link: facts.Certificate(parsed), pem: parsed.PEM(), commonName: parsed.SubjectCommonName,
			thumbprintSHA1: parsed.ThumbprintSHA1,
		}
	}
	if a.CertificateChainPEM.IsNull() {
		return nil
	}
	above, err := certificate.ParseChain(a.CertificateChainPEM.ValueString())
	if err != nil {
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(
			path.Root("certificate_chain_pem"), "Invalid certificate chain", iotdiag.Sentence(err))}
	}
	for _, link := range above {
		w.above = append(w.above, facts.Certificate(link))
	}
	return nil
}

// sameLeaf tells whether two settings give the same certificate.
func (w wanted) sameLeaf(other wanted) bool {
	if w.leaf == nil || other.leaf == nil {
		return w.leaf == other.leaf
	}
	return strings.EqualFold(w.leaf.link.ThumbprintSHA256, other.leaf.link.ThumbprintSHA256)
}

// writable is the PEM of the leaf, which an entry can be made from; empty when none, or only a stand-in, is given.
func (w wanted) writable() string {
	if w.leaf == nil {
		return ""
	}
	return w.leaf.pem
}

// chain is the leaf and what stands above it. Of a certificate of which only the thumbprint is given, an entry that
// holds it tells the names.
func (w wanted) chain(held []deprovision.Certificate) deprovision.Chain {
	if w.leaf == nil {
		return nil
	}
	link := w.leaf.link
	if link.Subject == "" {
		i := slices.IndexFunc(held, func(c deprovision.Certificate) bool {
			return strings.EqualFold(c.ThumbprintSHA256, link.ThumbprintSHA256)
		})
		if i < 0 {
			return nil
		}
		link = held[i]
	}
	return append(deprovision.Chain{link}, w.above...)
}

// validate checks the settings against each other. What is unknown is checked when it becomes known, at plan or apply.
func (a asked) validate() diag.Diagnostics {
	var diags diag.Diagnostics
	leafKnown := iottype.IsSet(a.CertificatePEM)
	if a.CertificatePEM.IsNull() && iottype.IsSet(a.CertificateChainPEM) {
		diags.AddAttributeError(path.Root("certificate_chain_pem"), "Certificate chain without a certificate",
			"The chain is what stands above certificate_pem; give certificate_pem too.")
	}
	if !leafKnown {
		return diags
	}
	leaf, err := certificate.Parse(a.CertificatePEM.ValueString())
	if err != nil {
		return diags // A stand-in, or the attribute's own validator has said what is wrong.
	}
	id := a.RegistrationID
	if iottype.IsSet(id) && !strings.EqualFold(id.ValueString(), leaf.SubjectCommonName) {
		diags.AddAttributeError(path.Root("certificate_pem"), "Certificate of another device",
			fmt.Sprintf("The certificate's common name is %q, and registration_id is another. DPS takes the registration ID "+
				"of an X.509 device from the common name and would never apply this entry to the device. Give the certificate of "+
				"this device, or the common name as registration_id.",
				leaf.SubjectCommonName))
	}
	return append(diags, a.validateChain(leaf)...)
}

func (a asked) validateChain(leaf certificate.Certificate) diag.Diagnostics {
	if !iottype.IsSet(a.CertificateChainPEM) {
		return nil
	}
	chain, err := certificate.ParseChain(a.CertificateChainPEM.ValueString())
	if err != nil {
		return nil // The attribute's own validator has said what is wrong.
	}
	if err := certificate.CheckOrder(leaf, chain); err != nil {
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(
			path.Root("certificate_chain_pem"), "Certificate chain out of order", iotdiag.Sentence(err))}
	}
	return nil
}
