// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

const (
	noun         = "device identity"
	resourceType = "azureiot_iothub_device_identity"
)

func attempt(services *azure.Services, verb, host, id string, needs iotdiag.Right) iotdiag.Attempt {
	return iotdiag.Attempt{Verb: verb, Noun: noun, ID: id, Host: host, Mode: services.Mode(host), Needs: needs}
}

func readFailed(services *azure.Services, host, id string, err error) diag.Diagnostic {
	return iotdiag.Failed(attempt(services, "read", host, id, iotdiag.ReadDeviceIdentity()), err)
}

func (w *writer) readFailed(err error) diag.Diagnostic {
	return readFailed(w.services, w.hub.Host(), w.deviceID, err)
}
