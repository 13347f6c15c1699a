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
	// width is how many identities of a hub are read at a time.
	width = 4
	// tellEvery is the time between two lines of the log.
	tellEvery = 5 * time.Second
)

// pace is until when a hub is asked, and what is told of it meanwhile.
type pace struct {
	services *azure.Services
	host     string
	deadline time.Time

	started, told time.Time
}

func (p *pace) now() time.Time { return p.services.Now() }

// over tells whether the work is to stop: its time has come, or Terraform was interrupted.
func (p *pace) over(ctx context.Context) bool { return ctx.Err() != nil || !p.now().Before(p.deadline) }

// tell logs every few seconds what is waited for, how many are left, and until when.
func (p *pace) tell(ctx context.Context, done, left int) {
	if now := p.now(); now.Sub(p.told) >= tellEvery {
		p.told = now
		tflog.Info(ctx, "Working through the devices of a hub", map[string]any{
			"host": p.host, "done": done, "left": left, "until": p.deadline.Format(time.RFC3339),
			"enough_for_the_rest": p.forecast(done, left).String(),
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
