// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package composite

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// Address is how an import names a block: its ID, or "dps-host/ID" for another instance than the provider block's.
type Address struct {
	// IDName is the attribute that holds the ID, Form what stands for an ID in words.
	IDName, Form string
	// Problem says what is wrong with an ID; empty when nothing is.
	Problem func(id string) string
}

// Import begins the state of an import. defaultHost completes the host name of the instance.
func (a Address) Import(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
	defaultHost func(host string) string,
) {
	host, id, slash, diags := configure.ImportAddress(ctx, req, hostnameName, a.IDName)
	resp.Diagnostics.Append(diags...)
	problem := a.Problem(id)
	switch {
	case slash && host == "":
		problem = "The host name before the slash is missing."
	case problem == "" && host != "":
		problem = iotvalidator.HostnameProblem(host)
	}
	if problem != "" {
		resp.Diagnostics.AddAttributeError(path.Root(a.IDName), "Invalid import ID",
			fmt.Sprintf("%s It reads %q or %q.", problem, a.Form, "dps-host/"+a.Form))
		return
	}
	names := map[string]string{a.IDName: id, hostnameName: defaultHost(host)}
	resp.Diagnostics.Append(configure.Import(ctx, &resp.State, names)...)
	resp.Diagnostics.Append(configure.Identify(ctx, resp.Identity, names)...)
}
