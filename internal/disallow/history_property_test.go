// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// Random histories of people, a device and Terraform, judged by the device itself. Whatever comes:
//
//   - whenever the state says blocked, or the data source does, which remembers nothing, no credential that the device
//     ever had gets in anywhere it ever was (claims); an import, which remembers nothing either, says the same as the
//     data source;
//   - nothing is written that the plan's effects do not name, and nothing at all by plans, refreshes, imports and
//     destroys, or where an error says so;
//   - after a successful apply a refresh finds nothing new, the next plan is empty, and the state says what the
//     services say;
//   - core never finds an outcome inconsistent; a new block of a device that changed after the plan is the one
//     exception, and then nothing is written.
//
// Each lane draws as many histories as rapid's flag -rapid.checks says, a hundred by default.
func TestDeviceDisallow_claimsOnlyWhatTheDeviceBearsOut(t *testing.T) {
	t.Parallel()
	rare := &acctest.Rarities{}
	acctest.Histories(t, lanes, rare, func(t *testing.T) func(*rapid.T) {
		t.Helper()
		stage := newStage(t, rare)
		return func(t *rapid.T) {
			h := stage.begin(t)
			defer h.end()
			h.prologue(t)
			for range rapid.IntRange(2, 7).Draw(t, "events") {
				h.do(drawEvent(t))
			}
		}
	})
	if missing := rare.Missing(dimensions()); len(missing) > 0 {
		t.Errorf("never drawn, so that this proves little: %q", missing)
	}
}

// lanes of a hundred histories each.
const lanes = 10

// replay has a history happen again.
func replay(t *testing.T, events ...string) {
	t.Helper()
	h := newStage(t, &acctest.Rarities{}).begin(t)
	defer h.end()
	for _, event := range events {
		h.do(event)
	}
}

// stage is the world in which the histories of a lane happen, one after another, each with a device of its own: to
// start an emulator for each would take most of the time.
type stage struct {
	w           *acctest.World
	o           *acctest.Object
	rare        *acctest.Rarities
	tpm         *devicesim.SoftwareTPM
	authorities authorities
	devices     atomic.Int64
}

func newStage(t *testing.T, rare *acctest.Rarities) *stage {
	t.Helper()
	s := &stage{w: acctest.NewWorld(t, acctest.Hubs(hubNames()...)), rare: rare}
	var err error
	if s.tpm, err = devicesim.NewSoftwareTPM(); err != nil {
		t.Fatal(err)
	}
	s.o = s.w.NewObject(resourceType)
	other, err := devicesim.NewAuthority("Another Root")
	if err != nil {
		t.Fatal(err)
	}
	s.authorities.factory = s.w.Intermediate
	if s.authorities.cross, err = s.w.Intermediate.CertifiedBy(other); err != nil {
		t.Fatal(err)
	}
	return s
}

// begin clears the stage for a device that holds a certificate of the factory.
func (s *stage) begin(t verdict) *history {
	h := &history{
		verdict: t, w: s.w, rare: s.rare, id: fmt.Sprintf("sensor-%05d", s.devices.Add(1)), tpm: s.tpm,
		authorities: s.authorities, places: map[place]bool{}, erased: map[place]bool{}, remade: map[place]bool{},
	}
	s.w.Emulator.ClearFaults()
	for _, id := range []string{"factory", "everything", "cross", "namesake"} {
		h.group(id, "remove")
	}
	h.link(hubNames()...)
	h.know(hubNames()[:2]...)
	certificate, err := h.authorities.factory.Device(h.id)
	if err != nil {
		h.fail("%v", err)
		return h
	}
	if h.authorities.namesake, err = devicesim.NewAuthority(h.id); err != nil {
		h.fail("%v", err)
		return h
	}
	h.certificate = certificate
	h.hold(h.w.DeviceWith(h.id, certificate))
	h.asked = map[string]any{"registration_id": h.id}
	h.o = s.o
	h.o.Forget()
	return h
}
