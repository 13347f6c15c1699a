// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wiretest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// key is base64 of 32 bytes.
const key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

// ConnectionString returns a connection string for a host.
func ConnectionString(t *testing.T, host string) sas.ConnectionString {
	t.Helper()
	cs, err := sas.ParseConnectionString("HostName=" + host + ";SharedAccessKeyName=policy;SharedAccessKey=" + key)
	if err != nil {
		t.Fatal(err)
	}
	return cs
}

// ClientOptions returns options for a client that sends to transport, at a time that stands still, and that waits for
// nothing.
func ClientOptions(transport policy.Transporter) *azrest.ClientOptions {
	o := &azrest.ClientOptions{Options: azrest.Options{
		Now: func() time.Time { return time.Unix(1_700_000_000, 0) },
		Retry: azrest.RetryOptions{
			Sleep:  func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
			Jitter: func() float64 { return 0 },
		},
	}}
	o.Transport = transport
	return o
}

// Credential gives out tokens that start with it and repeat the scopes they are for.
type Credential string

// GetToken returns a token that does not expire.
func (c Credential) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{
		Token: string(c) + strings.Join(o.Scopes, ","), ExpiresOn: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC),
	}, nil
}

// UnusableHosts are texts that no client may take for a host.
func UnusableHosts() []string { return []string{"", "https://h", "h/", "h h", "h:0"} }
