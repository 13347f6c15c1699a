// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

const earlierConfig = `
resource "azureiot_dps_device_disallow" "dev" {
  registration_id = "dev"
}
`

// earlierScene has an earlier version apply a configuration, which did not know the attribute reason of a block.
func earlierScene(t *testing.T, config string) (scene, *acctest.CLI) {
	t.Helper()
	s := newScene(t)
	factoryWithDevice(s)
	cli := s.NewCLI(config)
	cli.Earlier(disallowType, "reason")
	cli.Apply().Must(0)
	return s, cli
}

// A state file that an earlier version has written, which knew fewer attributes, is read, and changes nothing.
func TestCommand_readsTheStateOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	s, cli := earlierScene(t, earlierConfig)
	if strings.Contains(cli.State(), `"reason"`) {
		t.Fatal("an earlier version does not know it, so that this proves nothing")
	}
	cli.Present()
	cli.Plan().Must(0)
	cli.Write(strings.Replace(earlierConfig, "}", "  reason = \"stolen\"\n}", 1))
	cli.Apply().Must(0)
	cli.Plan().Must(0)
	s.device.MustBeOut("north")
}

// A plan that an earlier version has saved, which knew fewer attributes, is refused by Terraform with nothing written;
// one that is made anew is carried out.
func TestCommand_isGivenThePlanOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]string{"to create": "", "to update": earlierConfig} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, cli := earlierScene(t, first)
			cli.Write(strings.Replace(earlierConfig, "}", "  hub_identity_action = \"keep\"\n}", 1))
			cli.Plan().Must(2)
			cli.Present()
			s.Emulator.ClearJournal()
			cli.Run("apply", "-no-color", "-input=false", "plan.out").Must(1).Says("attributes is required")
			s.MustNotHaveWritten()
			cli.Apply().Must(0)
			cli.Plan().Must(0)
		})
	}
}

// Of what a saved plan says to its destroy, besides what it shows, an earlier version said less, or said it otherwise.
// The destroy does what the plan shows, or fails and can be planned again.
func TestFaces_whenThePlanOfADestroyIsOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	for _, m := range managedFaces() {
		if !m.does("delete") {
			continue
		}
		t.Run(m.typeName+" "+m.title, func(t *testing.T) {
			t.Parallel()
			for note := range m.begin(t, "delete").plannedToGo(t).Notes(t) {
				for _, value := range []string{"", "{}", "null", `{"version":0}`, "7"} {
					a := m.begin(t, "delete")
					a.finish(a.Apply(a.plannedToGo(t).Noting(t, note, value)))
				}
			}
		})
	}
}

func (a *managedAttempt) plannedToGo(t *testing.T) acctest.Step {
	t.Helper()
	a.MustRefresh()
	return a.Plan(a.Nothing()).MustSucceed(t)
}
