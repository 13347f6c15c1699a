// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// rollCertificates goes the way of the guide with a device of a group, one of its own, and one that DPS did not make.
// Each is asked with both of its certificates after each step.
func rollCertificates(s *story) {
	w := s.in()
	s.rollsAuthority(w)
	s.rollsDevice(w)
	s.rollsThumbprint(w)
	s.file("ending.tf", `check "certificates_are_rolled_in_time"`)
	s.Apply().Must(0).DoesNotSay("within sixty days")
	now := w.Clock.Now()
	ending := s.signed(w.Intermediate, "sensor-thl-009", devicesim.Valid(now, now.AddDate(0, 0, 59)))
	fleet{w, s.t}.entry("sensor-thl-009", 4, certified(ending))
	s.Plan().Says("within sixty days")
}

func (s *story) rollsAuthority(w *acctest.World) {
	s.t.Helper()
	const id = "sensor-thl-002"
	next := s.authority("Plant Factory 2027")
	s.WriteFile("ca-2026.pem", w.Intermediate.PEM())
	s.WriteFile("ca-2027.pem", next.PEM())
	old, renewed := w.NewDevice(id), w.DeviceWith(id, s.signed(next, id))

	s.file("group.tf", "ca-2026.pem")
	s.Apply().Must(0)
	old.MustBeIn("hub1")
	renewed.MustBeIn("hub1")
	if old.Connects("hub1") {
		s.t.Error("when the device has registered with its new certificate, the hub should know it by that one")
	}
	late := w.NewDevice("sensor-thl-003")
	late.MustBeIn("hub1")
	s.file("group.tf", "ca-2027.pem")
	s.Apply().Must(0)
	renewed.MustBeIn("hub1")
	late.MustBeRefused()
	if !late.Connects("hub1") {
		s.t.Error("a device that has not moved should stay connected to its hub")
	}
	s.WriteFile("group.tf", "")
	s.Apply().Must(0)
}

// certifiedTwice are a device with the certificate of last year, and with this year's, when a block has taken both.
func (s *story) certifiedTwice(w *acctest.World, id, file, words string) (old, renewed *acctest.Device) {
	s.t.Helper()
	old, renewed = w.NewDevice(id), w.NewDevice(id)
	s.WriteFile(id+"-2026.pem", old.Certificate.PEM())
	s.WriteFile(id+"-2027.pem", renewed.Certificate.PEM())
	s.file(file, words)
	s.Apply().Must(0)
	return old, renewed
}

func (s *story) rollsDevice(w *acctest.World) {
	s.t.Helper()
	old, renewed := s.certifiedTwice(w, "sensor-thl-001", "sensor.tf", "client_certificates")
	old.MustBeIn("hub1")
	renewed.MustBeIn("hub1")
}

func (s *story) rollsThumbprint(w *acctest.World) {
	s.t.Helper()
	old, renewed := s.certifiedTwice(w, "pump-1", "pump.tf", "primary_thumbprint")
	if !old.Connects("hub1") || !renewed.Connects("hub1") {
		s.t.Error("the hub should take the certificates of both slots")
	}
}

func (s *story) authority(name string) *devicesim.Authority {
	s.t.Helper()
	authority, err := s.world.Root.Intermediate(name)
	if err != nil {
		s.t.Fatal(err)
	}
	return authority
}

func (s *story) signed(by *devicesim.Authority, name string, o ...devicesim.Option) devicesim.Certificate {
	s.t.Helper()
	certificate, err := by.Device(name, o...)
	if err != nil {
		s.t.Fatal(err)
	}
	return certificate
}
