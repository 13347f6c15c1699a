// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

type entry = azdps.IndividualEnrollment

// entryOf is a configuration with the individual enrollment of a device; more is a further line of it.
func entryOf(device *acctest.Device, more string) string {
	return entryWith(device.RegistrationID(), []devicesim.Certificate{device.Certificate}, more)
}

// entryWith is the same with one certificate or two.
func entryWith(id string, certificates []devicesim.Certificate, more string) string {
	return withSlots("azureiot_dps_individual_enrollment", "registration_id", id, "client_certificates", certificates,
		more)
}

func withSlots(kind, name, id, slots string, certificates []devicesim.Certificate, more string) string {
	var lines strings.Builder
	for i, slot := range []string{"primary", "secondary"}[:len(certificates)] {
		fmt.Fprintf(&lines, "        %s = %s\n", slot, acctest.HCL(certificates[i].PEM()))
	}
	return fmt.Sprintf(`resource %q "plain" {
  %s = %q
  attestation = {
    x509 = {
      %s = {
%s      }
    }
  }
  %s
}

`, kind, name, id, slots, lines.String(), more)
}

// until is a certificate that ends on a day of the recordings' calendar.
func (s *stage) until(id, day string) devicesim.Certificate {
	s.T.Helper()
	return s.certificate(day, func(valid devicesim.Option) (devicesim.Certificate, error) {
		return s.Intermediate.Device(id, valid)
	})
}

func (s *stage) certificate(
	day string, issue func(devicesim.Option) (devicesim.Certificate, error),
) devicesim.Certificate {
	s.T.Helper()
	end, err := time.Parse(time.DateOnly, day)
	if err != nil {
		s.T.Fatal(err)
	}
	made, err := issue(devicesim.Valid(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), end))
	if err != nil {
		s.T.Fatal(err)
	}
	return made
}

const (
	soon = "2030-01-20" // 19 days after the plan
	late = "2035-01-01"
)

func playEntry(s *stage) {
	const id = "sensor-1"
	ending, lasting := s.until(id, soon), s.until(id, late)
	one := []devicesim.Certificate{lasting}
	s.scene("entry-create", entryWith(id, one, ""))
	s.scene("entry-certificate-ends", entryWith(id, []devicesim.Certificate{ending}, ""))
	s.scene("entry-certificate-rolls", entryWith(id, []devicesim.Certificate{ending, lasting}, ""))
	s.scene("entry-hub-listed", entryWith(id, one, fmt.Sprintf("iothub_hostnames = [%q]", s.Hostname("north"))))
	s.scene("entry-hub-unlisted", entryWith(id, one, `iothub_hostnames = ["rogue.azure-devices.net"]`))
	s.scene("entry-instance-unlisted", entryWith(id, one, `dps_hostname = "rogue.azure-devices-provisioning.net"`))
	s.scene("entry-unknown", `resource "terraform_data" "wish" {
  input = "disabled"
}

`+entryWith(id, one, "provisioning_status = terraform_data.wish.output"))
	s.scene("entry-hub-unknown", `resource "terraform_data" "hub" {
  input = ["north.azure-devices.net"]
}

`+entryWith(id, one, "iothub_hostnames = terraform_data.hub.output"))
	s.scene("entry-certificate-unknown", `resource "terraform_data" "certificate" {
  input = `+acctest.HCL(lasting.PEM())+`}

resource "azureiot_dps_individual_enrollment" "plain" {
  registration_id = "sensor-1"
  attestation     = { x509 = { client_certificates = { primary = terraform_data.certificate.output } } }
}
`)
	s.apply(entryWith(id, []devicesim.Certificate{ending}, ""))
	s.cli.Run("state", "rm", "azureiot_dps_individual_enrollment.plain").Must(0)
	const imports = "import {\n  to = azureiot_dps_individual_enrollment.plain\n  id = \"sensor-1\"\n}\n\n"
	s.scene("entry-import", imports+entryWith(id, []devicesim.Certificate{ending}, ""))
	s.ticketed("entry-import-pinned", imports+
		entryWith(id, []devicesim.Certificate{ending}, `provisioning_status = "enabled"`))
	s.DeleteEntry(id)
	s.apply(entryWith(id, one, ""))
	s.scene("entry-unchanged", entryWith(id, one, ""))
	s.scene("entry-delete-enabled", "")
	s.scene("entry-disable", entryWith(id, one, `provisioning_status = "disabled"`))
	s.apply(entryWith(id, one, `provisioning_status = "disabled"`))
	s.ticketed("entry-enable", entryWith(id, one, `provisioning_status = "enabled"`))
	s.scene("entry-replace-disabled", entryWith(id, one, ""), "-replace=azureiot_dps_individual_enrollment.plain")
	s.scene("entry-replace-enable", entryWith(id, one, `provisioning_status = "enabled"`),
		"-replace=azureiot_dps_individual_enrollment.plain")
	s.scene("entry-delete-disabled", "")
	s.scene("entry-forget-disabled", "removed {\n  from = azureiot_dps_individual_enrollment.plain\n"+
		"  lifecycle {\n    destroy = false\n  }\n}\n")
}

func playGroup(s *stage) {
	authority := func(day string) devicesim.Certificate {
		return s.certificate(day, func(valid devicesim.Option) (devicesim.Certificate, error) {
			made, err := devicesim.NewAuthority("Plant Roßla", valid)
			if err != nil {
				return devicesim.Certificate{}, err
			}
			return made.Certificate(), nil
		})
	}
	group := func(certificate devicesim.Certificate, more string) string {
		return withSlots("azureiot_dps_enrollment_group", "enrollment_group_id", "rossla", "signing_certificates",
			[]devicesim.Certificate{certificate}, more)
	}
	lasting := authority(late)
	s.scene("group-create", group(lasting, ""))
	s.scene("group-certificate-ends", group(authority(soon), ""))
	s.apply(group(lasting, `provisioning_status = "disabled"`))
	s.scene("group-enable", group(lasting, `provisioning_status = "enabled"`))
	s.scene("group-unlisted-hub", group(lasting, "provisioning_status = \"disabled\"\n  "+
		`iothub_hostnames = ["rogue.azure-devices.net"]`))
}

func playIdentity(s *stage) {
	identity := func(more string) string {
		return fmt.Sprintf("resource \"azureiot_iothub_device_identity\" \"plain\" {\n  device_id = \"pump-1\"\n"+
			"  iothub_hostname = %q\n  %s\n}\n", s.Hostname("north"), more)
	}
	s.scene("identity-create", identity(""))
	s.apply(identity(`status = "disabled"`))
	s.scene("identity-enable", identity(`status = "enabled"`))
	s.scene("identity-delete-disabled", "")
	s.scene("identity-hub-unlisted", `resource "azureiot_iothub_device_identity" "plain" {
  device_id       = "pump-1"
  iothub_hostname = "rogue.azure-devices.net"
}
`)
}
