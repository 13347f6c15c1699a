// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
)

// identityList is what "terraform query" asks for device identities: the resource, whose name and identity it has,
// looked for instead of managed.
type identityList struct {
	identityResource
}

var _ list.ListResourceWithConfigure = &identityList{}

// NewIdentityList lists azureiot_iothub_device_identity.
func NewIdentityList() list.ListResource { return &identityList{*newIdentityResource()} }

// ListResourceConfigSchema has the filters of the data source that lists the same.
func (l *identityList) ListResourceConfigSchema(
	_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds device identities of a hub for `terraform query` (Terraform 1.14 or newer), all or " +
			"those that pass filters, to import them. They are what the hub's index says, which lags: a new identity is " +
			"missing for seconds, sometimes for minutes, and a deleted one may linger.\n\nConfiguration that Terraform " +
			"generates of them changes nothing, and leaves `status` and `status_reason` out, so that no pipeline undoes what " +
			"operations disabled. Keys are in no answer.\n\nThe hub filters: each hundred that is found is one call, which " +
			"counts against the hub's limit of queries, until as many are found as Terraform's `limit` says (100 unless " +
			"set); none is read by itself. The basic tiers have no queries.",
		Attributes: configure.ListArguments(filterAttributes()),
	}
}

// List streams the identities that the hub finds.
func (l *identityList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	filter, diags := configure.Decode[identitiesFilter](ctx, req.Config)
	wanted, more := filter.selection(ctx)
	hub, unopened := openHub(l.Services, l.Services.HubHost(filter.IoTHubHostname.ValueString()))
	if diags.Append(append(more, unopened...)...); diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = configure.Results(req.Limit, each(pages(ctx, hub, wanted.query(), int(req.Limit))),
		func(twin aziothub.Twin) list.ListResult { return l.result(ctx, req, hub.Host(), twin) },
		func(err error) diag.Diagnostic { return queryFailed(l.Services, hub.Host(), wanted, err) })
}

// result is an identity as Terraform lists it.
func (l *identityList) result(
	ctx context.Context, req list.ListRequest, host string, twin aziothub.Twin,
) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = twin.DeviceID
	imported := tfsdk.State{Schema: result.Resource.Schema, Raw: result.Resource.Raw}
	result.Diagnostics.Append(configure.Import(ctx, &imported, map[string]string{
		deviceIDName: twin.DeviceID, hostnameName: host,
	})...)
	prior, diags := configure.Decode[identityModel](ctx, imported)
	result.Diagnostics.Append(diags...)
	result.Diagnostics.Append(identify(ctx, result.Identity, prior)...)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, flatten(deviceOf(twin), prior).forConfiguration())...)
	}
	return result
}

// forConfiguration is the identity as configuration is generated of it: the status and its reason are left as they are
// found. A query does not tell the generation, which nobody configures.
func (m identityModel) forConfiguration() identityModel {
	m.Status, m.StatusReason, m.GenerationID = types.StringNull(), types.StringNull(), types.StringNull()
	return m
}
