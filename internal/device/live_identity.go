// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// liveIdentity is an identity read for a data source or an ephemeral resource, with the host as it is to be shown.
type liveIdentity struct {
	aziothub.Device

	host iottype.TextValue
}

// What data source and ephemeral resource say of the attributes that name an identity.
const (
	deviceIDText = "The device's ID in the hub; letter case counts."
	hostnameText = "Host name of the IoT hub. Default: `iothub_hostname` of the provider block."
)

// readNow reads an identity of the configured hub, or of the provider block's. That there is none is an error.
func readNow(
	ctx context.Context, services *azure.Services, configured iottype.TextValue, id string,
) (liveIdentity, diag.Diagnostics) {
	host := services.HubHost(configured.ValueString())
	hub, diags := openHub(services, host)
	switch {
	case diags.HasError() && !services.Known():
		return liveIdentity{}, diag.Diagnostics{hubNotKnown(id)}
	case diags.HasError():
		return liveIdentity{}, diags
	}
	found, err := hub.GetDevice(ctx, id)
	switch {
	case azrest.IsNotFound(err):
		return liveIdentity{}, diag.Diagnostics{noIdentity(host, id)}
	case err != nil:
		return liveIdentity{}, diag.Diagnostics{readFailed(services, hub.Host(), id, err)}
	}
	return liveIdentity{Device: found, host: iottype.Hostname().Value(host)}, nil
}

func hubNotKnown(id string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Hub is not known yet", fmt.Sprintf(
		"The device identity %q is to be read now, and the provider block gets its hub or its credential only during the "+
			"apply. Make the hub in an apply of its own first, or give iothub_hostname here.", id))
}

func noIdentity(host, id string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(deviceIDName), "No such device identity", fmt.Sprintf(
		"%s has no device identity %q. Letter case counts in device IDs.", host, id))
}
