// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package configure

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Identify says in a resource identity which object it is of. Where the framework gives none, nothing is to be said.
func Identify(ctx context.Context, identity *tfsdk.ResourceIdentity, names map[string]string) diag.Diagnostics {
	if identity == nil {
		return nil
	}
	var diags diag.Diagnostics
	for name, text := range names {
		diags.Append(identity.SetAttribute(ctx, path.Root(name), text)...)
	}
	return diags
}

// ImportAddress is what an import names: the attributes hostName and idName of a resource identity, or an ID that reads
// "id" or "host/id". The host is empty where none is given; slash says that the ID has one.
func ImportAddress(
	ctx context.Context, req resource.ImportStateRequest, hostName, idName string,
) (host, id string, slash bool, diags diag.Diagnostics) {
	if req.ID == "" && req.Identity != nil && !req.Identity.Raw.IsNull() {
		var hostValue, idValue types.String
		diags.Append(req.Identity.GetAttribute(ctx, path.Root(hostName), &hostValue)...)
		diags.Append(req.Identity.GetAttribute(ctx, path.Root(idName), &idValue)...)
		return hostValue.ValueString(), idValue.ValueString(), false, diags
	}
	if host, id, slash = strings.Cut(req.ID, "/"); !slash {
		host, id = "", req.ID
	}
	return host, id, slash, nil
}

// IdentitySchema is that of an object which the attribute idName names at the instance that hostName names.
func IdentitySchema(hostName, host, idName, id string) identityschema.Schema {
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		hostName: identityschema.StringAttribute{OptionalForImport: true, Description: host},
		idName:   identityschema.StringAttribute{RequiredForImport: true, Description: id},
	}}
}
