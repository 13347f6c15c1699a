// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"net/http"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// logPolicy writes one line for every call of a service, with how often it was sent and over what time: never a body,
// never a header that authenticates.
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
	tries, elapsed := azrest.TriesOf(req)
	fields["tries"], fields["elapsed_ms"] = tries, elapsed.Milliseconds()
	tflog.Debug(raw.Context(), "Azure IoT service call", fields)
	return resp, err
}

// logWait writes what calls wait for: a warning when a service begins to refuse them, and a line while that lasts.
func logWait(ctx context.Context, w azrest.Wait) {
	fields := map[string]any{
		"service": w.Service, "host": w.Host, "seconds": w.Left.Round(time.Millisecond).Seconds(), "waiting_calls": w.Waiting,
	}
	if w.Bucket != "" {
		fields["throttle"] = w.Bucket
	}
	if w.Reason != "" {
		fields["reason"] = w.Reason
	}
	if w.Begins {
		tflog.Warn(ctx, "Waiting for an Azure IoT service", fields)
		return
	}
	tflog.Info(ctx, "Still waiting for an Azure IoT service", fields)
}
