// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

// Options configures a client's pipeline. The zero value is what production uses.
type Options struct {
	// ClientOptions are azcore's: transport, policies, telemetry. Its Retry is not used, see Retry below; bodies are
	// never logged, whatever Logging says.
	azcore.ClientOptions
	// Now is the clock of signatures and retries; nil means time.Now.
	Now func() time.Time
	// Retry says how long and how often a call is tried again.
	Retry RetryOptions
	// OnWait is told when calls begin to wait for the service, and every few seconds while they wait; nil means that
	// nobody wants to know. Several calls may tell at once.
	OnWait func(ctx context.Context, w Wait)
}

// RetryOptions says how long and how often a call is tried again. Zero values mean the defaults.
type RetryOptions struct {
	// Budget is the time within which a throttled call is tried again, measured by Options.Now; default 20 minutes.
	Budget time.Duration
	// Base is the wait after the first refusal of a service that does not say how long to wait; it doubles with each
	// further one. The default is the bucket's, or the service's.
	Base time.Duration
	// Cap is the longest wait that doubling leads to; default 60 seconds. A longer Retry-After is honoured.
	Cap time.Duration
	// Tries is how often a call is sent that gets no answer or a server error; default 5. A host that is gone must
	// not hold up a plan for the whole budget.
	Tries int
	// TryTimeout is how long a single try may take; default 60 seconds, since a hub queues requests before it
	// throttles. It is measured by the real clock.
	TryTimeout time.Duration
	// Sleep waits for d or until ctx ends, whose error it then returns; nil means to really wait.
	Sleep func(ctx context.Context, d time.Duration) error
	// Jitter returns a number in [0,1) that spreads the waits of many clients; nil means a random one.
	Jitter func() float64
}

// Defaults of RetryOptions.
const (
	DefaultBudget     = 20 * time.Minute
	DefaultCap        = time.Minute
	DefaultTries      = 5
	DefaultTryTimeout = time.Minute
)

func (o RetryOptions) withDefaults() RetryOptions {
	o.Budget = orDefault(o.Budget, DefaultBudget)
	o.Cap = orDefault(o.Cap, DefaultCap)
	o.Tries = orDefault(o.Tries, DefaultTries)
	o.TryTimeout = orDefault(o.TryTimeout, DefaultTryTimeout)
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	return o
}

func orDefault[T int | time.Duration](value, fallback T) T {
	if value > 0 {
		return value
	}
	return fallback
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
