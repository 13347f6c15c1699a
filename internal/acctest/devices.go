// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"slices"
	"sync"

	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// Device is a device of a world, with what proves it.
type Device struct {
	*devicesim.Device

	Certificate devicesim.Certificate
	world       *World
}

// NewDevice makes a device with a certificate of the world's factory, for which a group may let it in.
func (w *World) NewDevice(registrationID string) *Device {
	w.T.Helper()
	certificate, err := w.Intermediate.Device(registrationID)
	must(w.T, err)
	return w.DeviceWith(registrationID, certificate)
}

// DeviceWith makes a device with a given certificate.
func (w *World) DeviceWith(registrationID string, certificate devicesim.Certificate) *Device {
	d := w.DeviceBy(registrationID, devicesim.X509(certificate))
	d.Certificate = certificate
	w.secrets.keepKeyOf(certificate)
	return d
}

// DeviceBy makes a device with any credential.
func (w *World) DeviceBy(registrationID string, credential devicesim.Credential) *Device {
	w.T.Helper()
	d := devicesim.New(devicesim.Service{
		DPSHostname: w.Emulator.DPSHostname(), IDScope: w.Emulator.IDScope(),
		CACertificatePEM: w.Emulator.CACertificatePEM(),
	}, registrationID, credential)
	d.Wait, d.Now = devicesim.Yield, w.Clock.Now
	w.T.Cleanup(d.Close)
	return &Device{Device: d, world: w}
}

// MustRegister has the device register, and fails the test unless it is let in.
func (d *Device) MustRegister() devicesim.Outcome {
	d.world.T.Helper()
	outcome, err := d.Register(d.world.Context())
	must(d.world.T, err)
	if !outcome.Admitted() {
		d.world.T.Fatalf("device %s should be let in: %s", d.RegistrationID(), outcome)
	}
	return outcome
}

// MustBeRefused fails the test when DPS lets the device in.
func (d *Device) MustBeRefused() devicesim.Outcome {
	d.world.T.Helper()
	outcome, err := d.Register(d.world.Context())
	must(d.world.T, err)
	if outcome.Status != devicesim.Disabled && outcome.Status != devicesim.Refused {
		d.world.T.Fatalf("device %s should be refused: %s", d.RegistrationID(), outcome)
	}
	return outcome
}

// Connects tells whether a hub accepts the device.
func (d *Device) Connects(hub string) bool {
	d.world.T.Helper()
	connection, err := d.Connect(d.world.Context(), d.world.Hostname(hub), d.RegistrationID())
	must(d.world.T, err)
	return connection.Accepted
}

// MustBeOut fails the test unless DPS and the hub both turn the device away.
func (d *Device) MustBeOut(hub string) {
	d.world.T.Helper()
	d.MustBeRefused()
	if d.Connects(hub) {
		d.world.T.Fatalf("device %s should not be able to connect to %s", d.RegistrationID(), hub)
	}
}

// MustBeIn fails the test unless DPS lets the device in and its hub accepts it.
func (d *Device) MustBeIn(hub string) {
	d.world.T.Helper()
	d.MustRegister()
	if !d.Connects(hub) {
		d.world.T.Fatalf("device %s should be able to connect to %s", d.RegistrationID(), hub)
	}
}

// Persistence watches a device that tries again and again.
type Persistence struct {
	mu       sync.Mutex
	outcomes []devicesim.Outcome
	tried    chan struct{}
	stop     func()
	done     chan struct{}
}

// TryContinuously has the device register again and again until Stop.
func (d *Device) TryContinuously() *Persistence {
	ctx, cancel := contextWithCancel(d.world.Context())
	p := &Persistence{tried: make(chan struct{}, 1), stop: cancel, done: make(chan struct{})}
	d.MaxTries = 1_000_000
	go func() {
		defer close(p.done)
		d.KeepTrying(ctx, func(outcome devicesim.Outcome) {
			p.mu.Lock()
			p.outcomes = append(p.outcomes, outcome)
			p.mu.Unlock()
			select {
			case p.tried <- struct{}{}:
			default:
			}
		})
	}()
	d.world.T.Cleanup(func() { p.Stop() })
	return p
}

// Stop ends the trying and returns what became of every try.
func (p *Persistence) Stop() []devicesim.Outcome {
	p.stop()
	<-p.done
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.outcomes)
}

// Mark is the number of tries so far.
func (p *Persistence) Mark() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.outcomes)
}

// AwaitTries waits until the device has tried n times more.
func (p *Persistence) AwaitTries(n int) {
	for goal := p.Mark() + n; p.Mark() < goal; {
		select {
		case <-p.tried:
		case <-p.done:
			return
		}
	}
}

// AdmittedSince tells how many tries after mark were let in.
func (p *Persistence) AdmittedSince(mark int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	admitted := 0
	for _, outcome := range p.outcomes[mark:] {
		if outcome.Admitted() {
			admitted++
		}
	}
	return admitted
}
