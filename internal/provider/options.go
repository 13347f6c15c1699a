// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto/x509"
	"net/http"
	"os"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// Options replace what the provider takes from the process around it, so that tests are parallel and need no clock. The
// zero value is the real environment and the real time.
type Options struct {
	// Getenv reads an environment variable; os.Getenv by default.
	Getenv func(name string) string
	// Now is the clock; time.Now by default.
	Now func() time.Time
	// Sleep waits for d or until ctx ends; a timer by default.
	Sleep func(ctx context.Context, d time.Duration) error
	// HTTPClient makes the client for both services, which trusts roots (nil: what the system trusts);
	// azrest.NewHTTPClient by default.
	HTTPClient func(roots *x509.CertPool) *http.Client
}

func (o Options) withDefaults() Options {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.HTTPClient == nil {
		o.HTTPClient = azrest.NewHTTPClient
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	return o
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
