// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// groupBlock is a configuration that blocks a group; more are further lines of the resource.
func groupBlock(id string, more ...string) string {
	return fmt.Sprintf(`resource "azureiot_dps_enrollment_group_disallow" "sold" {
  enrollment_group_id = %q
  %s
}
`, id, strings.Join(more, "\n  "))
}

const (
	keepIdentities   = `hub_identity_action = "keep"`
	deleteIdentities = `hub_identity_action = "delete"`
)

// populate registers devices of the group "plant", two in the hub north and one in south.
func (s *stage) populate() {
	s.T.Helper()
	for id, hub := range map[string]string{"sensor-1": "north", "sensor-2": "north", "sensor-3": "south"} {
		if err := s.Emulator.SetLinkedHubs(hub); err != nil {
			s.T.Fatal(err)
		}
		s.NewDevice(id).MustRegister()
	}
}

// setGroup has the operator set the group's status.
func (s *stage) setGroup(status string) {
	s.T.Helper()
	s.SetGroup("plant", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = &status })
}

// playGroupBlock shuts a group, its devices after it, has somebody enable both again, repairs that, and restores it.
func playGroupBlock(s *stage) {
	s.populate()
	s.ticketed("group-block-create", groupBlock("plant"))
	s.Fail("", http.MethodPost, "^/devices/query$", http.StatusForbidden, 0)
	s.apply(groupBlock("plant", keepIdentities))
	s.scene("group-block-disable-unread", groupBlock("plant"), "-refresh=false")
	s.Emulator.ClearFaults()
	s.apply(groupBlock("plant", keepIdentities)) // Now the hubs can be asked.
	s.scene("group-block-disable", groupBlock("plant"))
	s.scene("group-block-delete-identities", groupBlock("plant", deleteIdentities, "delete_registrations = true"))
	s.scene("group-block-hub-unlisted", groupBlock("plant", keepIdentities,
		`additional_iothub_hostnames = ["rogue.azure-devices.net"]`))
	s.apply(groupBlock("plant"))
	s.scene("group-block-unchanged", groupBlock("plant"))
	s.setGroup("enabled")
	s.SetIdentityStatus("north", "sensor-1", "enabled")
	s.scene("group-block-drift-repair", groupBlock("plant"))
	s.apply(groupBlock("plant"))
	s.ticketed("group-block-restore", groupBlock("plant", `desired_access = "restored"`))
}

// playGroupBlockLeft blocks a group that was shut before, has a device let in by an enrollment of its own, and ends
// the management of the block.
func playGroupBlockLeft(s *stage) {
	s.populate()
	s.AddGroup("company", s.Root)
	s.AddGroup("plant-copy", s.Intermediate)
	s.setGroup("disabled")
	s.scene("group-block-create-shut", groupBlock("plant", keepIdentities))
	s.apply(groupBlock("plant", keepIdentities))
	s.apply(groupBlock("plant", keepIdentities))
	s.AddKeyedEntry("sensor-2", nil)
	s.ticketed("group-block-admitted", groupBlock("plant"))
	// Commands differ in whether a destroy is planned from the state or from what a refresh has just found.
	s.apply(groupBlock("plant", keepIdentities), "-refresh-only")
	s.ticketed("group-block-destroy", "")
	s.ticketed("group-block-forget", `removed {
  from = azureiot_dps_enrollment_group_disallow.sold
  lifecycle {
    destroy = false
  }
}
`)
	s.scene("group-block-replace-asked", groupBlock("plant", keepIdentities),
		"-replace=azureiot_dps_enrollment_group_disallow.sold")
	s.cli.Run("state", "rm", "azureiot_dps_enrollment_group_disallow.sold").Must(0)
	imported := "import {\n  to = azureiot_dps_enrollment_group_disallow.sold\n  id = \"plant\"\n}\n\n" +
		groupBlock("plant", keepIdentities)
	s.scene("group-block-import", imported)
	s.apply(imported)
	if err := s.DPS.DeleteEnrollmentGroup(s.Context(), "plant", nil); err != nil {
		s.T.Fatal(err)
	}
	s.scene("group-block-group-deleted", groupBlock("plant"))
}
