// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
)

// inventory is a configuration with one of everything: a blocked device, an entry, a group, and two identities.
func (s *stage) inventory(stolen, listed *acctest.Device) string {
	return block(stolen) + entryOf(listed, "") + fmt.Sprintf(`resource "azureiot_dps_enrollment_group" "keys" {
  enrollment_group_id = "keys"
  attestation         = { symmetric_key = {} }
}

resource "azureiot_iothub_device_identity" "pump" {
  device_id       = "pump-1"
  iothub_hostname = %[1]q
}

resource "azureiot_iothub_device_identity" "valve" {
  device_id       = "valve-1"
  iothub_hostname = %[1]q
  authentication  = { type = "selfSigned", primary_thumbprint = %[2]q }
}
`, s.Hostname("north"), strings.Repeat("AB", 32))
}

// playOutside has people change something of everything behind Terraform's back.
func playOutside(s *stage) {
	stolen := s.NewDevice("sensor-1")
	listed := s.DeviceWith("sensor-2", s.until("sensor-2", late))
	hub := s.hubOf(stolen)
	config := s.inventory(stolen, listed)
	s.apply(config)
	s.scene("outside-nothing", config, "-refresh-only")

	s.SetEntryStatus("sensor-1", "enabled")
	if err := s.Emulator.SetLinkedHubs(map[string]string{"north": "south", "south": "north"}[hub]); err != nil {
		s.T.Fatal(err)
	}
	s.Clock.Advance(time.Second)
	stolen.MustRegister()
	s.SetEntry("sensor-2", func(e *entry) {
		e.Attestation.X509.ClientCertificates.Primary = &azdps.Certificate{Certificate: s.until("sensor-2", soon).PEM()}
	})
	if err := s.DPS.DeleteEnrollmentGroup(s.Context(), "keys", nil); err != nil {
		s.T.Fatal(err)
	}
	s.DeleteIdentity("north", "pump-1")
	s.AddIdentity("north", "pump-1", nil)
	s.SetIdentity("north", "valve-1", func(d *aziothub.Device) {
		rolled := strings.Repeat("CD", 32)
		d.Authentication.X509Thumbprint.PrimaryThumbprint = &rolled
		d.Status = aziothub.StatusDisabled
	})
	s.scene("outside-everything", config, "-refresh-only")
}
