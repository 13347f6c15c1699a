// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// entryList is what "terraform query" asks for entries of a kind: the resource, whose name and identity it has, looked
// for instead of managed.
type entryList struct {
	entryResource
}

var _ list.ListResourceWithConfigure = &entryList{}

// NewIndividualList lists azureiot_dps_individual_enrollment.
func NewIndividualList() list.ListResource { return &entryList{entryResource{kind: individualKind()}} }

// NewGroupList lists azureiot_dps_enrollment_group.
func NewGroupList() list.ListResource { return &entryList{entryResource{kind: groupKind()}} }

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
