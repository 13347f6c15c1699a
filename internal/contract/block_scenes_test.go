// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// block is a configuration that blocks a device; more are further lines of the resource.
func block(device *acctest.Device, more ...string) string {
	return fmt.Sprintf(`resource "azureiot_dps_device_disallow" "stolen" {
  registration_id = %q
  certificate_pem = %s
  reason          = "stolen from plant Thale"
  %s
}
`, device.RegistrationID(), acctest.HCL(device.Certificate.PEM()), strings.Join(more, "\n  "))
}

// hubOf has a device register, and tells the hub.
func (s *stage) hubOf(device *acctest.Device) string {
	s.T.Helper()
	assigned := device.MustRegister().AssignedHub
	for _, hub := range s.Emulator.Hubs() {
		if hub.Hostname() == assigned {
			return hub.Name()
		}
	}
	s.T.Fatalf("there is no hub %s", assigned)
	return ""
}

// playBlock blocks a device, has somebody let it in again, repairs that, and restores it.
func playBlock(s *stage) {
	device := s.NewDevice("sensor-1")
	hub := s.hubOf(device)
	s.scene("create", block(device))
	s.apply(block(device))
	s.scene("unchanged", block(device))
	s.SetEntryStatus("sensor-1", "enabled")
	s.SetIdentityStatus(hub, "sensor-1", "enabled")
	s.scene("drift-repair", block(device))
	s.apply(block(device))
	s.DeleteEntry("sensor-1")
	s.scene("drift-entry-deleted", block(device))
	s.apply(block(device))
	s.ticketed("restore", block(device, `desired_access = "restored"`))
	other := map[string]string{"north": "south", "south": "north"}[hub]
	s.ticketed("hub-named", block(device, fmt.Sprintf("additional_iothub_hostnames = [%q]", s.Hostname(other))))
	s.scene("identity-deleted", block(device, `hub_identity_action = "delete"`))
	s.scene("identity-kept", block(device, `hub_identity_action = "keep"`))
}

// playWaysOut ends the management of a block in every way that Terraform has.
func playWaysOut(s *stage) {
	device, other := s.NewDevice("sensor-1"), s.NewDevice("sensor-2")
	device.MustRegister()
	other.MustRegister()
	chain := "certificate_chain_pem = " + acctest.HCL(device.Certificate.ChainPEM())
	s.apply(block(device, chain))
	s.ticketed("delete", "")
	s.ticketed("forget", `removed {
  from = azureiot_dps_device_disallow.stolen
  lifecycle {
    destroy = false
  }
}
`)
	s.ticketed("replace", block(other))
	s.scene("replace-asked", block(device), "-replace=azureiot_dps_device_disallow.stolen")
	s.cli.Run("taint", "azureiot_dps_device_disallow.stolen").Must(0)
	s.scene("replace-tainted", block(device))
}

// playOtherBlocks blocks devices that stand otherwise.
func playOtherBlocks(s *stage) {
	adopted := s.DeviceWith("sensor-adopted", s.until("sensor-adopted", late))
	adopted.MustRegister()
	s.scene("create-and-delete-identity", block(adopted, `hub_identity_action = "delete"`))
	s.ticketed("create-and-keep-identity", block(adopted, `hub_identity_action = "keep"`))
	s.scene("create-named-hub", block(adopted,
		fmt.Sprintf("additional_iothub_hostnames = [%q, %q]", s.Hostname("north"), s.Hostname("south"))))
	s.apply(entryOf(adopted, ""))
	s.scene("create-adopted", entryOf(adopted, "")+block(adopted))
	s.apply(entryOf(adopted, "") + block(adopted))
	s.ticketed("restore-adopted", entryOf(adopted, "")+block(adopted, `desired_access = "restored"`))
}

// playEndOfLife blocks devices for good, and one that operations had shut out before.
func playEndOfLife(s *stage) {
	own, err := devicesim.SelfSigned("sensor-own")
	if err != nil {
		s.T.Fatal(err)
	}
	device := s.DeviceWith("sensor-own", own)
	s.apply(entryOf(device, ""))
	device.MustRegister()
	s.cli.Run("state", "rm", "azureiot_dps_individual_enrollment.plain").Must(0)
	s.scene("create-and-delete-everything", block(device, `enrollment_action = "delete"`,
		`hub_identity_action = "delete"`, "delete_registration = true"))

	shut := s.NewDevice("sensor-shut")
	hub := s.hubOf(shut)
	s.apply(block(shut))
	s.cli.Run("state", "rm", "azureiot_dps_device_disallow.stolen").Must(0)
	s.SetEntry("sensor-shut", func(e *entry) { e.OptionalDeviceInformation = nil })
	named := fmt.Sprintf("additional_iothub_hostnames = [%q, %q]", s.Hostname("north"), s.Hostname("south"))
	s.apply(block(shut, named))
	if s.IdentityStatus(hub, "sensor-shut") != "disabled" {
		s.T.Fatal("the identity should be disabled")
	}
	s.scene("restore-of-nothing", block(shut, named, `desired_access = "restored"`))
}

// playUnknown blocks devices of which not everything is known.
func playUnknown(s *stage) {
	unseen := s.NewDevice("sensor-unseen")
	s.ticketed("never-seen", block(unseen))
	s.scene("never-seen-kept", block(unseen, `hub_identity_action = "keep"`))

	lost := s.NewDevice("sensor-lost")
	hub := s.hubOf(lost)
	s.Fail(s.Hostname(hub), "", "^/devices/", http.StatusUnauthorized, 0)
	s.scene("hub-unreadable", block(lost))
	s.Emulator.ClearFaults()
	// Shut out by hand and refused once, its record names no hub, and no hub that is known has it.
	all := s.Getenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS")
	s.apply(block(lost, `hub_identity_action = "keep"`))
	s.Clock.Advance(time.Second)
	lost.MustBeRefused()
	other := map[string]string{"north": "south", "south": "north"}[hub]
	s.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", s.Emulator.Hub(other).ConnectionString())
	s.cli.Run("state", "rm", "azureiot_dps_device_disallow.stolen").Must(0)
	s.SetEntry("sensor-lost", func(e *entry) { e.OptionalDeviceInformation = nil })
	s.ticketed("whereabouts-unknown", block(lost))
	s.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", all)
	s.scene("setting-unknown", `resource "terraform_data" "wish" {
  input = "blocked"
}

`+block(lost, `desired_access = terraform_data.wish.output`))
}

// playImport imports blocks: a disabled entry, and an enabled one.
func playImport(s *stage) {
	device := s.NewDevice("sensor-1")
	hub := s.hubOf(device)
	s.apply(block(device))
	s.cli.Run("state", "rm", "azureiot_dps_device_disallow.stolen").Must(0)
	imported := "import {\n  to = azureiot_dps_device_disallow.stolen\n  id = \"sensor-1\"\n}\n\n" + block(device)
	s.scene("import", imported)
	s.SetIdentityStatus(hub, "sensor-1", "enabled")
	s.scene("import-kept", strings.Replace(imported, "reason ", "hub_identity_action = \"keep\"\n  reason ", 1))
	s.SetEntryStatus("sensor-1", "enabled")
	s.SetIdentityStatus(hub, "sensor-1", "enabled")
	s.scene("import-enabled", imported)
}
