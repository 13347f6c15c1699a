// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package devicesim

import (
	"context"
	"time"
)

const (
	defaultMaxTries = 1000
	defaultRetry    = time.Second
)

// Attempts counts what became of a device that kept trying.
type Attempts struct {
	// Tries is how often the device tried to register.
	Tries int
	// Admissions is how often DPS let it in.
	Admissions int
	// Unreachable is how often there was no answer; such tries prove nothing.
	Unreachable int
}

// KeepTrying registers again and again, whatever the outcome, until the context ends or MaxTries is reached,
// and calls observe (which may be nil) after each try. It proves that a blocked device never gets in.
func (d *Device) KeepTrying(ctx context.Context, observe func(Outcome)) Attempts {
	var n Attempts
	for n.Tries < positive(d.MaxTries, defaultMaxTries) && ctx.Err() == nil {
		o, err := d.Register(ctx)
		if err != nil {
			if ctx.Err() != nil { // the try was cut off, not answered
				return n
			}
			o = Outcome{Status: Unreachable, Message: err.Error()}
			n.Unreachable++
		}
		n.Tries++
		if o.Admitted() {
			n.Admissions++
		}
		if observe != nil {
			observe(o)
		}
		if d.wait(ctx, positive(d.Pause, defaultRetry)) != nil {
			return n
		}
	}
	return n
}

func positive[T int | time.Duration](value, otherwise T) T {
	if value > 0 {
		return value
	}
	return otherwise
}
