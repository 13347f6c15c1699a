// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/unchanged"
)

// entryResource is azureiot_dps_individual_enrollment or azureiot_dps_enrollment_group: the lifecycle that both kinds
// of entries share. Its identity is the entry's ID at a DPS instance. What deleting it does is the attribute
// on_destroy.
type entryResource struct {
	configure.Resource[*azure.Services]

	kind kind
}

var (
	_ configure.Managed                   = &entryResource{}
	_ resource.ResourceWithValidateConfig = &entryResource{}
)

// NewIndividualResource makes azureiot_dps_individual_enrollment: the DPS entry of one device, which decides about it
// before any group is asked. Deleting it leaves the device in its hub, and an enabled group that covers the device
// applies from then on.
func NewIndividualResource() resource.Resource { return newEntryResource(individualKind()) }

// NewGroupResource makes azureiot_dps_enrollment_group: the DPS entry of all devices that share a certificate authority
// or a key. Deleting it leaves its devices in their hubs, and their registration records in DPS.
func NewGroupResource() resource.Resource { return newEntryResource(groupKind()) }

func newEntryResource(k kind) *entryResource {
	return &entryResource{kind: k, Resource: configure.Resource[*azure.Services]{
		Name: k.typeName, Describe: k.schema,
		Identity: configure.IdentitySchema(
			dpsHostnameName, "Host name of the DPS instance. Default: the provider block's.",
			k.idName, "The ID of the "+k.noun+"."),
	}}
}

// Metadata also says that its identity may change: the provider block may be pointed at another DPS instance.
func (r *entryResource) Metadata(
	ctx context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse,
) {
	r.Resource.Metadata(ctx, req, resp)
	resp.ResourceBehavior.MutableIdentity = true
}

// ValidateConfig checks what no attribute can check by itself.
func (r *entryResource) ValidateConfig(
	ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse,
) {
	config, diags := r.kind.decode(ctx, req.Config)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(config.validate(r.kind)...)
}

// Create makes the entry with one write. After that was accepted it returns no error, so that nothing is ever tainted.
func (r *entryResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	config, diags := r.kind.decode(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	plan, diags := r.kind.decode(ctx, req.Plan)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	w, diags := r.newWriter(plan)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	state, diags := w.create(ctx, config, plan)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.set(ctx, &resp.State, state)...)
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, state)...)
	if w.wrote != nil {
		resp.Diagnostics.Append(memoryKey().Keep(ctx, resp.Private, *w.wrote)...)
	}
}

// Read says what the service has; where a list of entries proves that this one has not changed, state stands without a
// call of its own. An entry that is gone leaves the state, with a warning.
func (r *entryResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	prior, diags := r.kind.decode(ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	imported := !iottype.IsSet(prior.ProvisioningStatus)
	if !r.Services.Known() && !imported {
		resp.Diagnostics.Append(iotdiag.NotRefreshed(r.kind.noun, prior.ID.ValueString()))
		resp.Diagnostics.Append(r.identify(ctx, resp.Identity, prior)...)
		return
	}
	complete := iottype.IsSet(prior.DPSHostname)
	prior.DPSHostname = r.hostOf(prior, false)
	w, diags := r.newWriter(prior)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	// A Terraform without identities does not send one, and the framework wants one even for an entry that is gone.
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, prior)...)
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if complete && !unchanged.Asked(ctx) && w.store.unchanged(ctx, w.id, remembered.ETag) {
		return
	}
	e, err := w.store.refresh(ctx, w.id)
	switch {
	case azrest.IsNotFound(err) && imported:
		resp.Diagnostics.Append(w.nothingToImport())
		return
	case azrest.IsNotFound(err):
		resp.Diagnostics.Append(w.gone())
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.Append(w.readFailed(err))
		return
	}
	resp.Diagnostics.Append(r.set(ctx, &resp.State, flatten(r.kind.shape, e, prior))...)
	resp.Diagnostics.Append(memoryKey().Keep(ctx, resp.Private, memory{ETag: e.ETag})...)
}

// Update writes nothing when nothing of the entry changes (as with on_destroy), and nothing to an entry that somebody
// else changed after the plan was made.
func (r *entryResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	config, diags := r.kind.decode(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	plan, diags := r.kind.decode(ctx, req.Plan)
	resp.Diagnostics.Append(diags...)
	prior, diags := r.kind.decode(ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	w, diags := r.newWriter(plan)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	state, diags := w.update(ctx, config, plan, prior)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(r.set(ctx, &resp.State, state)...)
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, state)...)
	if w.wrote != nil {
		resp.Diagnostics.Append(memoryKey().Keep(ctx, resp.Private, *w.wrote)...)
	}
}

// Delete does what on_destroy says.
func (r *entryResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state, diags := r.kind.decode(ctx, req.State)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	w, diags := r.newWriter(state)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	fate, diags := iotplan.RecallFate(ctx, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	remembered, diags := memoryKey().Recall(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(w.destroy(ctx, state, fate, remembered)...)
}

// target is what a model is written to: a plan or a state.
type target interface {
	Set(ctx context.Context, value any) diag.Diagnostics
}

func (r *entryResource) set(ctx context.Context, to target, m model) diag.Diagnostics {
	object, diags := r.kind.encode(ctx, m)
	if diags.HasError() {
		return diags
	}
	return to.Set(ctx, object)
}

// newWriter opens the DPS instance that m means.
func (r *entryResource) newWriter(m model) (*writer, diag.Diagnostics) {
	dps, err := r.Services.DPS(m.DPSHostname.ValueString())
	if err != nil {
		return nil, diag.Diagnostics{r.unreachable(m, err)}
	}
	w := openWriter(r.Services, r.kind, dps, m.ID.ValueString())
	return &w, nil
}

// identify sets the resource's identity.
func (r *entryResource) identify(ctx context.Context, identity *tfsdk.ResourceIdentity, m model) diag.Diagnostics {
	return configure.Identify(ctx, identity, map[string]string{
		dpsHostnameName: r.Services.DPSHost(m.DPSHostname.ValueString()), r.kind.idName: m.ID.ValueString(),
	})
}

// unreachable says what the provider block lacks for the instance that m is in.
func (r *entryResource) unreachable(m model, err error) diag.Diagnostic {
	if advice := letGo(r.Services, r.kind, m.DPSHostname.ValueString(), m.ID.ValueString()); advice != "" {
		err = fmt.Errorf("%w\n\n%s", err, advice)
	}
	return iotdiag.NotConfigured(path.Root(dpsHostnameName), err)
}

func (s subject) gone() diag.Diagnostic {
	return diag.NewWarningDiagnostic(iotdiag.Titled(s.kind.noun)+" is gone", fmt.Sprintf(
		"The %s %q at %s was deleted outside of Terraform. The next apply creates it again.",
		s.kind.noun, s.id, s.host))
}

func (s subject) nothingToImport() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(s.kind.idName), "Cannot import: no "+s.kind.noun, fmt.Sprintf(
		"There is no %s %q at %s. Check the ID and the DPS instance.", s.kind.noun, s.id, s.host))
}

// ImportState takes the ID of an entry, its full address "host/ID", or its identity. The read that follows fills the
// rest.
func (r *entryResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	host, id, diags := r.importAddress(ctx, req)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	host = r.Services.DPSHost(host)
	resp.Diagnostics.Append(configure.Import(ctx, &resp.State, map[string]string{
		r.kind.idName: id, dpsHostnameName: host,
	})...)
	if resp.Identity != nil {
		resp.Diagnostics.Append(r.identify(ctx, resp.Identity, newModel(host, id))...)
	}
}

func (r *entryResource) importAddress(
	ctx context.Context, req resource.ImportStateRequest,
) (host, id string, diags diag.Diagnostics) {
	host, id, found, diags := configure.ImportAddress(ctx, req, dpsHostnameName, r.kind.idName)
	if id == "" || strings.Contains(id, "/") || found && host == "" {
		diags.AddError("Invalid import ID", fmt.Sprintf("It names no %s. Give the ID alone (letters, digits, \"-\", \".\", "+
			"\"_\" and \":\"), or \"host/ID\" with the host name of the DPS instance, without a scheme.", r.kind.noun))
	}
	return host, id, diags
}

var _ unchanged.Resource = &entryResource{}

// Names are those that a read sets.
func (r *entryResource) Names(state unchanged.Attributes) (map[string]string, bool) {
	host, placed := state.Text(dpsHostnameName)
	id, named := state.Text(r.kind.idName)
	return map[string]string{dpsHostnameName: host, r.kind.idName: id}, placed && named && host != "" && id != ""
}

// Refreshed tells what Read would find: state stands when a list of entries proves it.
func (r *entryResource) Refreshed(
	ctx context.Context, state unchanged.Attributes, private unchanged.Private,
) unchanged.Finding {
	host, _ := state.Text(dpsHostnameName)
	id, _ := state.Text(r.kind.idName)
	if _, complete := state.Text(statusName); !complete || !r.Services.Known() {
		return unchanged.NotAsked
	}
	remembered, diags := memoryKey().Recall(ctx, private)
	dps, err := r.Services.DPS(host)
	switch {
	case err != nil, len(diags) > 0, remembered.ETag == "":
		return unchanged.NotAsked
	case r.kind.open(dps).unchanged(ctx, id, remembered.ETag):
		return unchanged.Same
	}
	return unchanged.Changed
}

// Alone names what no check of a configuration compares with anything else: a registration ID is compared with the
// common names of a device's certificates.
func (r *entryResource) Alone(config unchanged.Attributes) []string {
	if !config.Below(attestationName).Null(x509Name) {
		return nil
	}
	return []string{r.kind.idName, deviceIDName}
}

// Computes names what Planned answers for.
func (r *entryResource) Computes() []string {
	return []string{dpsHostnameName, statusName, certificatesName}
}

// Planned tells whether ModifyPlan would leave everything as it is.
func (r *entryResource) Planned(
	ctx context.Context, config, prior unchanged.Attributes, private unchanged.Private,
) bool {
	host, placed := prior.Text(dpsHostnameName)
	id, named := prior.Text(r.kind.idName)
	status, read := prior.Text(statusName)
	moved, diags := iotplan.RecallMoved(ctx, private)
	if !placed || !named || !read || host == "" || !r.Services.Known() || len(diags) > 0 || moved != (iotplan.Standing{}) {
		return false
	}
	if config.Null(dpsHostnameName) && !iottype.Hostname().Same(r.Services.DPSHost(""), host) {
		return false
	}
	if _, err := r.Services.DPS(host); err != nil {
		return false
	}
	if !r.certificatesStand(prior, status) {
		return false
	}
	asked := newModel(host, id)
	if configured, ok := config.Text(statusName); ok {
		asked.ProvisioningStatus = types.StringValue(configured)
	}
	return !r.claimEnabled(asked, asked).HasError()
}

// certificatesStand tells whether the facts of certificates are those of the certificates, and none ends soon.
func (r *entryResource) certificatesStand(prior unchanged.Attributes, status string) bool {
	x509 := prior.Below(attestationName).Below(x509Name)
	if x509 == nil || x509.Null(r.kind.shape.certificates) {
		return prior.Null(certificatesName)
	}
	slots, told := x509.Below(r.kind.shape.certificates), prior.Below(certificatesName)
	for _, name := range []string{primaryName, secondaryName} {
		if slots.Null(name) && told.Null(name) {
			continue
		}
		text, given := slots.Text(name)
		facts := told.Below(name)
		if !given || !factsStand(text, facts) || status != azdps.StatusDisabled && r.endsSoon(facts) {
			return false
		}
	}
	return true
}

// factsStand tells whether facts are those of a certificate.
func factsStand(text string, facts unchanged.Attributes) bool {
	told, ok := facts.Text(thumbprintSHA256Name)
	thumbprint, isThumbprint := certificate.IsThumbprint(text)
	if !isThumbprint {
		parsed, err := certificate.Parse(text)
		if err != nil {
			return false
		}
		thumbprint = parsed.ThumbprintSHA256
	}
	return ok && thumbprint != "" && strings.EqualFold(told, thumbprint)
}

// endsSoon tells whether there may be something to say of the end of a certificate.
func (r *entryResource) endsSoon(facts unchanged.Attributes) bool {
	text, _ := facts.Text(notAfterName)
	end, err := time.Parse(time.RFC3339, text)
	return err != nil || end.Sub(r.Services.Now()) < noticePeriod
}

// memory is what is remembered of an entry besides its state.
type memory struct {
	// ETag is the one with which the entry was what state says; empty when state may say something else.
	ETag azcore.ETag `json:"etag"`
}

// memoryKey is where private state keeps the memory. Its version is raised when state comes to say more of an entry
// than it did, so that every entry is read once. A memory that cannot be read has no ETag: the entry is read anew.
func memoryKey() iotstate.Key[memory] { return iotstate.Key[memory]{Name: "entry", Version: 1} }

// entryList is what "terraform query" asks for entries of a kind: the resource, whose name and identity it has, looked
// for instead of managed.
type entryList struct {
	entryResource
}

var _ list.ListResourceWithConfigure = &entryList{}

// NewIndividualList lists azureiot_dps_individual_enrollment.
func NewIndividualList() list.ListResource { return &entryList{*newEntryResource(individualKind())} }

// NewGroupList lists azureiot_dps_enrollment_group.
func NewGroupList() list.ListResource { return &entryList{*newEntryResource(groupKind())} }

// ListResourceConfigSchema has the filters of the data source that lists the same.
func (l *entryList) ListResourceConfigSchema(
	_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse,
) {
	attributes := l.kind.filterAttributes()
	attributes[dpsHostnameName] = instanceAttribute()
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds " + l.kind.noun + "s of a DPS instance for `terraform query` (Terraform 1.14 or " +
			"newer), all or those that pass filters, to import them.\n\nConfiguration that Terraform generates of them " +
			"changes nothing, and leaves `provisioning_status` out, so that no pipeline undoes what operations disabled. Keys " +
			"are in no answer; the address of a custom allocation's webhook, which usually carries a key, is left out, and " +
			"stays as it is.\n\nEach hundred that DPS has is one call, until as many are found as Terraform's `limit` says " +
			"(100 unless set); none is read by itself.",
		Attributes: configure.ListArguments(attributes),
	}
}

// List streams the entries that pass the filters, in the order in which DPS has them.
func (l *entryList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	asked, diags := configure.Decode[types.Object](ctx, req.Config)
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	r, diags := newReader(l.Services, textIn(asked, dpsHostnameName, iottype.Hostname()))
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = configure.Results(req.Limit, l.kind.found(ctx, r, asked),
		func(e entry) list.ListResult { return l.result(ctx, req, r.dps.Host(), e) },
		func(err error) diag.Diagnostic { return r.listFailed(l.kind, err) })
}

// found are the entries that are asked for, and the error that ends reading them.
func (k kind) found(ctx context.Context, r *reader, asked types.Object) iter.Seq2[entry, error] {
	now := r.services.Now()
	return func(show func(entry, error) bool) {
		for e, err := range k.open(r.dps).stream(ctx) {
			if (err != nil || k.wanted(e, asked, now)) && !show(e, err) {
				return
			}
		}
	}
}

// result is an entry as Terraform lists it.
func (l *entryList) result(ctx context.Context, req list.ListRequest, host string, e entry) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = e.ID
	named := newModel(host, e.ID)
	result.Diagnostics.Append(l.identify(ctx, result.Identity, named)...)
	if !req.IncludeResource {
		return result
	}
	imported := tfsdk.State{Schema: result.Resource.Schema, Raw: result.Resource.Raw}
	result.Diagnostics.Append(configure.Import(ctx, &imported, map[string]string{
		l.kind.idName: e.ID, dpsHostnameName: host,
	})...)
	prior, diags := l.kind.decode(ctx, imported)
	result.Diagnostics.Append(diags...)
	result.Diagnostics.Append(l.set(ctx, result.Resource, flatten(l.kind.shape, e, prior).forConfiguration())...)
	return result
}

// forConfiguration is the entry as configuration is generated of it: the status is left as it is found, and the address
// of a webhook as it usually carries a key.
func (m model) forConfiguration() model {
	m.ProvisioningStatus = types.StringNull()
	m.CustomAllocation = withoutWebhookURL(m.CustomAllocation)
	return m
}
