// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// ImportState takes "host/device-id", or the device ID alone for the provider block's hub, or an identity of the
// resource. Device IDs have no slash, and everything else that they may have stands as it is. The read that follows
// fills the rest.
func (r *identityResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	host, id, slash, diags := configure.ImportAddress(ctx, req, hostnameName, deviceIDName)
	if resp.Diagnostics.Append(diags...); slash && host == "" {
		resp.Diagnostics.AddError("Invalid import ID", fmt.Sprintf("%q begins with a slash. %s", req.ID, importForm))
	}
	resp.Diagnostics.Append(checkImport(ctx, host, id)...)
	if host = r.Services.HubHost(host); host == "" && !resp.Diagnostics.HasError() {
		_, diags := openHub(r.Services, host)
		resp.Diagnostics.Append(diags...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(configure.Import(ctx, &resp.State, map[string]string{deviceIDName: id, hostnameName: host})...)
	resp.Diagnostics.Append(identify(ctx, resp.Identity, identityModel{
		DeviceID: types.StringValue(id), IoTHubHostname: iottype.Hostname().Value(host),
	})...)
}

const importForm = "It reads \"host/device-id\", or \"device-id\" for the provider block's hub."

func checkImport(ctx context.Context, host, id string) diag.Diagnostics {
	var response validator.StringResponse
	iotvalidator.DeviceID().ValidateString(ctx, validator.StringRequest{
		Path: path.Root(deviceIDName), ConfigValue: types.StringValue(id),
	}, &response)
	if host != "" {
		if problem := iotvalidator.HostnameProblem(host); problem != "" {
			response.Diagnostics.AddError("Invalid import ID", problem+" "+importForm)
		}
	}
	return response.Diagnostics
}
