// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// tellEvery is the time between two words about the same wait.
const tellEvery = 5 * time.Second

// Wait is what is told of calls that wait. It has nothing of what was asked or answered.
type Wait struct {
	// Service and Host are who is waited for.
	Service, Host string
	// Bucket is the throttle that the service says is used up; empty when the service has other reasons.
	Bucket string
	// Reason is the status of the answer, or that there was none; empty for calls that wait for their turn only.
	Reason string
	// Left is how long the wait is to last from now on.
	Left time.Duration
	// Waiting is how many calls wait, the one that tells of it included.
	Waiting int
	// Begins says that the wait begins now; otherwise it lasts.
	Begins bool
}

// gates are those of one service at one host, by their buckets.
type gates struct {
	mu   sync.Mutex
	made map[Bucket]*gate
}

func (g *gates) of(b Bucket) *gate {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.made[b] == nil {
		g.made[b] = &gate{bucket: b}
	}
	return g.made[b]
}

// enter waits until it is a call's turn, at most for so long. slept is how long that took; the error is the context's.
func (r *retries) enter(
	ctx context.Context, g *gate, t *turn, most time.Duration,
) (p pass, slept time.Duration, err error) {
	defer g.forget(t)
	for {
		if err := ctx.Err(); err != nil {
			return p, slept, err
		}
		left := most - slept
		p, wait := g.admit(t, r.now(), left <= 0)
		if wait <= 0 {
			return p, slept, nil
		}
		wait = min(wait, left)
		err := r.pause(ctx, Wait{Bucket: g.bucket.Name, Left: wait}, g)
		if slept += wait; err != nil {
			return p, slept, err
		}
	}
}

// pause waits, and tells of it every few seconds. g is the gate that is waited for, nil for none.
func (r *retries) pause(ctx context.Context, w Wait, g *gate) error {
	for w.Left > 0 {
		step := w.Left
		if r.onWait != nil {
			step = min(step, tellEvery)
		}
		if err := r.options.Sleep(ctx, step); err != nil {
			return err
		}
		if w.Left -= step; w.Left > 0 {
			r.tell(ctx, w, g)
		}
	}
	return ctx.Err()
}

// tell tells of a wait; of one for a gate, whoever comes first tells for all.
func (r *retries) tell(ctx context.Context, w Wait, g *gate) {
	if r.onWait == nil {
		return
	}
	w.Service, w.Host, w.Waiting = r.service.Name, r.host, 1
	if g != nil {
		waiting, due := g.due(r.now(), w.Begins)
		if !due {
			return
		}
		w.Waiting = max(waiting, 1)
	}
	r.onWait(ctx, w)
}

// due tells how many calls wait, and whether it is time to say so again.
func (g *gate) due(now time.Time, always bool) (waiting int, due bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !always && now.Sub(g.told) < tellEvery {
		return len(g.queue), false
	}
	g.told = now
	return len(g.queue), true
}

// reasonOf says why a try has to be repeated.
func reasonOf(resp *http.Response) string {
	if resp == nil {
		return "no answer"
	}
	return strings.TrimSpace(strconv.Itoa(resp.StatusCode) + " " + http.StatusText(resp.StatusCode))
}
