// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
)

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
