// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// namePolicy tells the services in the User-Agent header which version of the provider asks, before what the SDK says
// of itself.
type namePolicy struct{ version string }

// Do sends the request with the provider's name.
func (p namePolicy) Do(req *policy.Request) (*http.Response, error) {
	header := req.Raw().Header
	header.Set("User-Agent", "terraform-provider-azureiot/"+p.version+" "+header.Get("User-Agent"))
	return req.Next()
}
