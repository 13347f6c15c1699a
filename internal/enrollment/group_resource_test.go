// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"fmt"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

const group = "azureiot_dps_enrollment_group.factory"

func groupConfig(pem, more string) string {
	return fmt.Sprintf(`resource "azureiot_dps_enrollment_group" "factory" {
  enrollment_group_id = "factory"
  attestation = { x509 = { signing_certificates = { primary = %s } } }
  %s
}
`, acctest.HCL(pem), more)
}

func TestAccEnrollmentGroup_letsItsDevicesInAndPlansNothingAfterwards(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	device := w.NewDevice("sensor-1")
	device.MustBeRefused()
	cli := w.NewCLI(groupConfig(w.Intermediate.PEM(), ""))
	cli.Plan().Must(2).Says(`+ provisioning_status = "enabled"`, `+ subject_common_name = "Plant Factory"`)
	cli.Apply().Must(0)
	cli.Plan().Must(0)
	device.MustBeIn("hub1")
	cli.Destroy().Must(0)
	w.NewDevice("sensor-2").MustBeRefused()
}

func TestAccEnrollmentGroup_importOfTheSameConfigurationPlansNothing(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	w.AddGroup("factory", w.Intermediate)
	cli := w.NewCLI(groupConfig(w.Intermediate.PEM(), ""))
	cli.Run("import", "-no-color", "-input=false", group, "FACTORY").Must(0)
	cli.Plan().Must(0)
	cli.Run("state", "rm", group).Must(0)
	cli.Run("import", "-no-color", "-input=false", group, w.Emulator.DPSHostname()+"/factory").Must(0)
	cli.Plan().Must(0)
}
