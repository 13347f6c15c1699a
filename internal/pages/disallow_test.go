// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// disallowADevice goes the way of the guide with one device of a group, then with two at once, and asks each device.
func disallowADevice(s *story) {
	w := s.in()
	w.AddGroup("plant-thale", w.Intermediate)
	stolen, other := w.NewDevice("sensor-thl-002"), w.NewDevice("sensor-thl-003")
	stolen.MustBeIn("hub1")
	block := s.shows(`reason          = "stolen`)
	s.WriteFile("block.tf", block)
	planned := s.does("-out=tfplan", "terraform plan", "terraform plan -no-color").Must(0)
	s.prints("create_disabled", planned.Output, "contoso-hub.azure-devices.net", w.Hostname("hub1"))
	s.does("terraform apply tfplan").Must(0).Says(`access              = "blocked"`)
	stolen.MustBeOut("hub1")
	other.MustBeIn("hub1")

	s.WriteFile("check.tf", s.shows(`check "stolen_stays_out"`))
	w.SetEntryStatus("sensor-thl-002", "enabled")
	s.Plan().Must(2).Says(`"enabled" -> "disabled"`)
	s.Apply().Must(0).DoesNotSay("may get in again")
	stolen.MustBeOut("hub1")
	s.WriteFile("block.tf", strings.Replace(block, "\n}", "\n  hub_identity_action = \"keep\"\n}", 1))
	w.SetIdentityStatus("hub1", "sensor-thl-002", "enabled")
	s.Apply().Must(0).Says("sensor-thl-002 may get in again.")
	s.WriteFile("block.tf", block)
	s.Apply().Must(0)
	s.hiddenHub()

	s.WriteFile("recalled.txt", "sensor-thl-003\nsensor-thl-004\n")
	s.file("recalled.tf", `"recalled"`)
	s.Apply().Must(0).Says("not_out = []")
	other.MustBeOut("hub1")

	s.WriteFile("block.tf", s.shows(`desired_access  = "restored"`))
	s.Apply().Must(0)
	stolen.MustBeIn("hub1")
	other.MustBeOut("hub1")
}

// hiddenHub is a device whose record names no hub any more, and whose hub the provider block does not name.
func (s *story) hiddenHub() {
	s.t.Helper()
	w := s.world
	hidden := w.NewDevice("sensor-thl-010")
	hidden.MustBeIn("hub1")
	w.SetGroup("plant-thale", withStatus(azdps.StatusDisabled))
	hidden.MustBeRefused()
	w.SetGroup("plant-thale", withStatus(azdps.StatusEnabled))
	w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", "")
	named := w.Getenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS")
	w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", "")
	const block = "resource \"azureiot_dps_device_disallow\" \"hidden\" {\n  registration_id = \"sensor-thl-010\"\n%s}\n"
	s.WriteFile("hidden.tf", strings.Replace(block, "%s", "", 1))
	s.Apply("-target=azureiot_dps_device_disallow.hidden").Must(0).Says("partially_blocked")
	w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", named)
	line := strings.Replace(s.shows("additional_iothub_hostnames"), "contoso-hub.azure-devices.net", w.Hostname("hub1"), 1)
	s.WriteFile("hidden.tf", strings.Replace(block, "%s", line, 1))
	s.Apply().Must(0)
	hidden.MustBeOut("hub1")
	w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", w.Hostname("hub1"))
}

func withStatus(status string) func(*azdps.EnrollmentGroup) {
	return func(group *azdps.EnrollmentGroup) { group.ProvisioningStatus = &status }
}
