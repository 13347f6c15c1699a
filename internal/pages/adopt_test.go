// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// adopt goes both ways of the guide with a grown fleet, in which every other object is disabled afterwards.
func adopt(s *story) {
	w := grown(s.t)
	s.into(w)
	if err := os.Mkdir(filepath.Join(s.Dir(), "inventory"), 0o700); err != nil {
		s.t.Fatal(err)
	}
	s.file("inventory/main.tf", `output "fleet"`)
	s.does("output -json fleet", "inventory apply", "inventory apply -auto-approve").Must(0)

	s.file("main.tf", "jsondecode(file(")
	planned := s.does("terraform init\nterraform plan\n", "terraform plan", "terraform plan -no-color").Must(0)
	s.prints("253 to import", planned.Output)

	s.WriteFile("main.tf", required)
	generated := filepath.Join(s.Dir(), "generated.tf")
	s.does("-generate-config-out").Must(0)
	s.does("sed -i -E").Must(0)
	written, err := os.ReadFile(generated)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, line := range strings.Split(string(written), "\n") {
		if strings.Contains(line, "status") {
			s.t.Errorf("the generated configuration takes a status in hand: %s", line)
		}
	}
	w.Emulator.ClearJournal()
	s.Apply().Must(0).Says("253 imported, 0 added, 0 changed, 0 destroyed")
	w.MustNotHaveWritten()
	w.SetEntryStatus("key-001", "disabled")
	w.SetIdentityStatus("hub1", "pump-001", "disabled")
	s.Plan().Must(0)
	s.cannotRun("opa eval", "tests of examples/policies call its engine")

	s.removesAnother()
}

// removesAnother has Terraform forget what made an entry, and import the entry.
func (s *story) removesAnother() {
	s.t.Helper()
	w := s.world.For(s.t)
	w.Beside = map[string]func() tfprotov6.ProviderServer{
		"hashicorp/null": providerserver.NewProtocol6(other{"null"}),
	}
	there := w.NewCLI("resource \"null_resource\" \"enroll\" {}\n")
	there.Apply().Must(0)
	fleet{w, s.t}.entry("sensor-1", 0, acctest.Keyed())
	there.Write(strings.ReplaceAll(s.shows("null_resource.enroll"), "\t", "  "))
	there.Plan().Must(2).Says("1 to import, 0 to add, 0 to change, 0 to destroy")
	there.Apply().Must(0)
	w.MustHaveEntry("sensor-1", "disabled")
}
