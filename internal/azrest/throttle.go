// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// bucket is a throttle of the service, as named by a Call.
type bucket string

// gate holds back the calls of a bucket after one of them was throttled: ten calls that wait side by side and then
// all come again are what throttling is meant to end.
type gate struct {
	mu     sync.Mutex
	closed map[bucket]time.Time // until when
}

func newGate() *gate { return &gate{closed: map[bucket]time.Time{}} }

// close holds back the calls of b until the given moment.
func (g *gate) close(b bucket, until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until.After(g.closed[b]) {
		g.closed[b] = until
	}
}

// wait waits, once, until b is open again. Its error is the context's.
func (g *gate) wait(ctx context.Context, b bucket, now time.Time, o RetryOptions) error {
	g.mu.Lock()
	left := g.closed[b].Sub(now)
	g.mu.Unlock()
	if left <= 0 {
		return ctx.Err()
	}
	left += time.Duration(float64(left) / 10 * o.Jitter()) // not all at once
	return o.Sleep(ctx, min(left, o.Budget))
}

// delay is the wait before the next try: what the service asks for, or else base, doubled with each of count
// failures up to the cap. Up to half of it is added at random, or a tenth of what the service asked for.
func (r *retries) delay(resp *http.Response, base time.Duration, count int) time.Duration {
	if resp != nil {
		if asked := retryAfter(resp.Header.Get("Retry-After"), r.now()); asked > 0 {
			return asked + time.Duration(float64(asked)/10*r.options.Jitter())
		}
	}
	wait := min(base, r.options.Cap)
	for i := 1; i < count && wait < r.options.Cap; i++ {
		wait = min(2*wait, r.options.Cap)
	}
	return wait + time.Duration(float64(wait)/2*r.options.Jitter())
}

// retryAfter reads a Retry-After header: seconds, or a date. Anything else, and the past, is zero.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		const longest = 24 * 60 * 60 // beyond any budget, and far from overflowing
		if !(seconds > 0) {
			return 0
		}
		return time.Duration(min(seconds, longest) * float64(time.Second))
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(date.Sub(now), 0)
	}
	return 0
}
