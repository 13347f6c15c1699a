// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wiretest

import (
	"context"
	"strings"
	"sync"
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

// ClientOptions returns options for a client that sends to transport, at a time that only waiting moves on, at once.
func ClientOptions(transport policy.Transporter) *azrest.ClientOptions {
	c := NewClock(time.Unix(1_700_000_000, 0))
	o := &azrest.ClientOptions{Options: azrest.Options{
		Now: c.Now, Retry: azrest.RetryOptions{Sleep: c.Sleep, Jitter: func() float64 { return 0 }},
	}}
	o.Transport = transport
	return o
}

// Clock is a clock that only sleeping moves. A client that waits for its turn looks at its clock again and again: one
// that stands still while it sleeps keeps it waiting until it may not wait any more.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that starts at a moment.
func NewClock(at time.Time) *Clock { return &Clock{now: at} }

// Now is the moment on this clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep moves the clock, at once.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
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
