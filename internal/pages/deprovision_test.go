// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import "strings"

// deprovisionAGroup goes the way of the guide with three devices, one of which is disabled already.
func deprovisionAGroup(s *story) {
	w := s.in()
	w.AddGroup("plant-thale", w.Intermediate)
	devices := []string{"sensor-1", "sensor-2", "sensor-3"}
	for _, id := range devices {
		w.NewDevice(id).MustRegister()
	}
	w.SetIdentityStatus("hub1", "sensor-3", "disabled")

	shut := s.shows(`"azureiot_dps_enrollment_group_disallow" "thale"`)
	s.WriteFile("main.tf", shut)
	s.Apply().Must(0)
	if w.IdentityStatus("hub1", "sensor-1") != "enabled" {
		s.t.Error("the first step should leave devices alone")
	}

	fragment := func(words string) string {
		line, _, _ := strings.Cut(s.shows(words), "\n")
		return line + "\n"
	}
	asked := strings.Replace(shut, "  hub_identity_action = \"keep\"\n",
		fragment(`hub_identity_action = "disable"`)+fragment("timeouts = {"), 1)
	s.WriteFile("main.tf", asked)
	s.prints("what the apply does", s.Plan().Must(2).Output, "1990", "2", "10 stay disabled", "1 stays disabled",
		"contoso.azure-devices.net", w.Hostname("hub1"))
	s.Apply("plan.out").Must(0)
	for _, id := range devices {
		if status := w.IdentityStatus("hub1", id); status != "disabled" {
			s.t.Errorf("%s is %s", id, status)
		}
	}

	s.Run("taint", "azureiot_dps_enrollment_group_disallow.thale").Must(0)
	s.does("terraform untaint", "terraform apply", "terraform apply -auto-approve").Must(0)
	s.WriteFile("check.tf", s.shows(`check "thale_stays_out"`))
	s.Plan().Must(0).DoesNotSay("may get in again")
}
