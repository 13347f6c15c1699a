// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"sync"
	"time"
)

// Clock is the clock of one world: it moves only when the provider sleeps, so that no test waits.
type Clock struct {
	mu      sync.Mutex
	now     time.Time
	onSleep func(total time.Duration)
	slept   time.Duration
}

// newClock starts at the present moment, because the certificates of the emulator's TLS are checked against it.
func newClock() *Clock { return &Clock{now: time.Now().UTC()} }

// Now is the moment in this world.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep moves the clock by d and returns at once, after whatever OnSleep does. Whoever is told to end does not sleep.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	c.now = c.now.Add(d)
	c.slept += d
	hook, slept := c.onSleep, c.slept
	c.mu.Unlock()
	if hook != nil {
		hook(slept)
	}
	return ctx.Err()
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// OnSleep has f called whenever the provider sleeps, with the time slept so far: the way to make something happen
// while the provider waits.
func (c *Clock) OnSleep(f func(total time.Duration)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.onSleep = f
}

// Slept is how long the provider has slept.
func (c *Clock) Slept() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.slept
}
