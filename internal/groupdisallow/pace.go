// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
)

const (
	// width is how many identities of a hub are read at a time while it lets them through.
	width = 4
	// throttled is how long a read takes that the hub made wait.
	throttled = 5 * time.Second
	// rest is how long a hub is left alone then, besides: its bucket fills meanwhile, and a refusal costs one call in some
	// seventy instead of one in twenty. Buckets hold what a minute lets through, so that nothing runs over.
	rest = 30 * time.Second
	// few devices are read without a rest: the wait for the refused call has made room for them.
	few = 15
	// tellEvery is the time between two lines of the log.
	tellEvery = 5 * time.Second
)

// pace is how fast a hub is asked, until when, and what is told of it meanwhile.
type pace struct {
	services *azure.Services
	host     string
	deadline time.Time

	started, told time.Time
	slow          bool
}

func (p *pace) now() time.Time { return p.services.Now() }

// over tells whether the work is to stop: its time has come, or Terraform was interrupted.
func (p *pace) over(ctx context.Context) bool { return ctx.Err() != nil || !p.now().Before(p.deadline) }

// width is how many identities are read at a time.
func (p *pace) width() int {
	if p.slow {
		return 1
	}
	return width
}

// took notes how long the hub took for something. One that made it wait is asked one by one from then on, after a rest
// if many devices are left.
func (p *pace) took(ctx context.Context, began time.Time, left int) {
	if p.now().Sub(began) < throttled {
		return
	}
	p.slow = true
	if time := p.deadline.Sub(p.now()); time > 0 && left > few {
		_ = p.services.Sleep(ctx, min(rest, time)) // Whoever is interrupted finds out before the next call.
	}
}

// keepTo waits until a round that began has lasted so long: a hub lets a hundred reads of twins through in a second.
func (p *pace) keepTo(ctx context.Context, began time.Time, least time.Duration) {
	if left := least - p.now().Sub(began); left > 0 {
		_ = p.services.Sleep(ctx, left)
	}
}

// tell logs every few seconds what is waited for, how many are left, and until when.
func (p *pace) tell(ctx context.Context, done, left int) {
	if now := p.now(); now.Sub(p.told) >= tellEvery {
		p.told = now
		tflog.Info(ctx, "Working through the devices of a hub", map[string]any{
			"host": p.host, "done": done, "left": left, "until": p.deadline.Format(time.RFC3339),
			"enough_for_the_rest": p.forecast(done, left).String(), "throttled": p.slow,
		})
	}
}

// forecast is how long the rest takes at the pace so far; 0 when nobody knows.
func (p *pace) forecast(done, left int) time.Duration {
	if done == 0 {
		return 0
	}
	return (p.now().Sub(p.started) * time.Duration(left) / time.Duration(done)).Round(time.Second)
}
