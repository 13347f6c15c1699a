// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/unchanged"
)

var _ unchanged.Resource = &identityResource{}

// Names are those that a read sets.
func (r *identityResource) Names(state unchanged.Attributes) (map[string]string, bool) {
	host, placed := state.Text(hostnameName)
	id, named := state.Text(deviceIDName)
	return map[string]string{hostnameName: host, deviceIDName: id}, placed && named && host != "" && id != ""
}

// Refreshed tells what Read would find: state stands while the identity has the ETag, which a twin shows.
func (r *identityResource) Refreshed(
	ctx context.Context, state unchanged.Attributes, private unchanged.Private,
) unchanged.Finding {
	host, _ := state.Text(hostnameName)
	id, _ := state.Text(deviceIDName)
	if !r.Services.Known() || state.Null(generationIDName) {
		return unchanged.NotAsked
	}
	remembered, diags := memoryKey().Recall(ctx, private)
	hub, err := r.Services.Hub(host, azure.HubNamed)
	switch {
	case err != nil, len(diags) > 0, remembered.ETag == "":
		return unchanged.NotAsked
	case r.unmoved(ctx, hub, id, remembered.ETag):
		return unchanged.Same
	}
	return unchanged.Changed
}

// Computes names what Planned answers for.
func (r *identityResource) Computes() []string {
	return []string{hostnameName, statusName, statusReasonName, deviceScopeName, generationIDName}
}

// Planned tells whether ModifyPlan would leave everything as it is.
func (r *identityResource) Planned(
	ctx context.Context, config, prior unchanged.Attributes, private unchanged.Private,
) bool {
	host, placed := prior.Text(hostnameName)
	id, named := prior.Text(deviceIDName)
	_, read := prior.Text(statusName)
	if !placed || !named || !read || host == "" || !r.Services.Known() {
		return false
	}
	if config.Null(hostnameName) && !iottype.Hostname().Same(r.Services.HubHost(""), host) {
		return false
	}
	if _, err := r.Services.Hub(host, azure.HubNamed); err != nil {
		return false
	}
	if !reasonStands(ctx, config, prior, private) || !scopeStands(prior) {
		return false
	}
	asked := identityModel{IoTHubHostname: iottype.Hostname().Value(host), DeviceID: types.StringValue(id)}
	if configured, ok := config.Text(statusName); ok {
		asked.Status = types.StringValue(configured)
	}
	return !r.claimEnabled(asked, asked).HasError()
}

// reasonStands tells whether a plan leaves the reason: it clears one that was configuration's and has gone from there.
func reasonStands(ctx context.Context, config, prior unchanged.Attributes, private unchanged.Private) bool {
	remembered, diags := memoryKey().Recall(ctx, private)
	cleared := config.Null(statusReasonName) && remembered.ReasonConfigured && !prior.Null(statusReasonName)
	return len(diags) == 0 && !cleared
}

// scopeStands tells whether a plan leaves the scope: it clears that of a leaf.
func scopeStands(prior unchanged.Attributes) bool {
	edge, known := prior.Bool(edgeEnabledName)
	return known && (edge || prior.Null(deviceScopeName))
}
