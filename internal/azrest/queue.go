// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"
)

// turn is a call's part of the queue at a gate.
type turn struct {
	// place is before those with a higher one.
	place int
	// from is when the service wants to see the call at the earliest: others need not wait for it until then.
	from time.Time
	// due is when it asks again. Nobody waits for one that is late.
	due time.Time
}

// task is calls that belong together, with their place in the queue of each gate.
type task struct {
	urgent bool

	mu     sync.Mutex
	places map[*gate]int
}

type taskKey struct{}

// OneTask has the calls that belong together, such as those for one device, wait in the place of the first of them:
// what was begun first then ends first, instead of everything at about the same time.
func OneTask(ctx context.Context) context.Context { return withTask(ctx, false) }

// UrgentTask has the calls go before all others that wait.
func UrgentTask(ctx context.Context) context.Context { return withTask(ctx, true) }

func withTask(ctx context.Context, urgent bool) context.Context {
	return context.WithValue(ctx, taskKey{}, &task{urgent: urgent, places: map[*gate]int{}})
}

// placeOf is the place of a call that comes to the gate now.
func (g *gate) placeOf(ctx context.Context) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.arrivals++
	t, ok := ctx.Value(taskKey{}).(*task)
	if !ok {
		return g.arrivals
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.places[g] == 0 {
		t.places[g] = g.arrivals
		if t.urgent {
			t.places[g] -= math.MaxInt32
		}
	}
	return t.places[g]
}

// admit lets a call pass if it is its turn, or if it must. Otherwise the call waits, and is to ask again after a while.
func (g *gate) admit(t *turn, now time.Time, must bool) (p pass, wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := later(g.moment(now, g.ahead(t, now)), t.from)
	if must || !at.After(now) {
		return g.let(now), 0
	}
	if t.due = at; !slices.Contains(g.queue, t) {
		g.queue = append(g.queue, t)
	}
	return p, at.Sub(now)
}

// ahead counts the calls that go before another.
func (g *gate) ahead(t *turn, now time.Time) int {
	count, open := 0, later(now, later(g.until, t.from))
	for _, other := range g.queue {
		if other != t && other.place < t.place && !other.from.After(open) && !other.due.Before(now) {
			count++
		}
	}
	return count
}

// forget takes a call out of the queue.
func (g *gate) forget(t *turn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.queue = slices.DeleteFunc(g.queue, func(other *turn) bool { return other == t })
}
