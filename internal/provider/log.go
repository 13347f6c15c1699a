// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// logPolicy writes one line for every exchange with a service: never a body, never a header that authenticates.
type logPolicy struct{}

// Do sends the request and logs how it ended.
func (logPolicy) Do(req *policy.Request) (*http.Response, error) {
	resp, err := req.Next()
	raw := req.Raw()
	fields := map[string]any{"method": raw.Method, "host": raw.URL.Host, "path": raw.URL.Path}
	if resp != nil {
		fields["status"] = resp.StatusCode
		fields["request_id"] = resp.Header.Get("x-ms-request-id")
	}
	tflog.Debug(raw.Context(), "Azure IoT service call", fields)
	return resp, err
}
