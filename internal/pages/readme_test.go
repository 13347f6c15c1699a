// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// readme applies the first configuration, with a stand-in for azurerm, then the block in a change of its own.
func readme(s *story) {
	w := acctest.NewWorld(s.t)
	w.Setenv("AZUREIOT_DPS_CONNECTION_STRING", "")
	w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", "")
	w.Beside = map[string]func() tfprotov6.ProviderServer{
		"hashicorp/azurerm": providerserver.NewProtocol6(azurerm{w}),
	}
	s.into(w)
	device := w.NewDevice("sensor-thl-002")
	s.WriteFile("factory-ca.pem", w.Intermediate.PEM())
	s.WriteFile("sensor-thl-002.pem", device.Certificate.PEM())

	s.file("main.tf", `provider "azurerm"`)
	s.Apply().Must(0).DoesNotSay("Warning")
	s.Plan().Must(0)
	device.MustBeIn("hub1")

	s.file("block.tf", `"azureiot_dps_device_disallow" "stolen"`)
	s.prints("will be created", s.Plan().Must(2).Output, "contoso-hub.azure-devices.net", w.Hostname("hub1"))
	s.Apply("plan.out").Must(0)
	s.Plan().Must(0)
	device.MustBeOut("hub1")

	s.withoutKeys(w)
	s.installs()
	s.cannotRun("make demo", "CI runs both targets, and make test would run this test again")
}

// withoutKeys signs in with Microsoft Entra ID, by the provider block that README has for it.
func (s *story) withoutKeys(w *acctest.World) {
	s.t.Helper()
	w.Emulator.AddApplication("ci", "for tests")
	for _, role := range []string{"Device Provisioning Service Data Contributor", "IoT Hub Data Contributor"} {
		if err := w.Emulator.GrantRole("ci", role); err != nil {
			s.t.Fatal(err)
		}
	}
	for name, value := range map[string]string{
		"AZURE_AUTHORITY_HOST": w.Emulator.AuthorityURL(), "ARM_TENANT_ID": "emulator",
		"ARM_CLIENT_ID": "ci", "ARM_CLIENT_SECRET": "for tests",
	} {
		w.Setenv(name, value)
	}
	const begin = `provider "azureiot" {`
	before, rest, _ := strings.Cut(s.shows(`provider "azurerm"`), begin)
	_, after, _ := strings.Cut(rest, "\n}\n")
	s.WriteFile("main.tf", before+after+s.shows("service_operations_host_name"))
	s.Plan().Must(0)
}

// installs a local build as README says, and has Terraform take it from there.
func (s *story) installs() {
	s.t.Helper()
	env := s.newUser()
	here := s.world.NewCLI("")
	here.Script("cd "+s.checkout()+"\n"+inItsRegistry(s.shows("plugins=")), env...).Must(0)
	required, _, _ := strings.Cut(s.shows("required_providers"), "\n}\n")
	lines := slices.DeleteFunc(strings.Split(required+"\n}\n", "\n"), func(line string) bool {
		return strings.Contains(line, "hashicorp/azurerm")
	})
	here.WriteFile("main.tf", strings.Join(lines, "\n"))
	here.Script(s.shows("terraform init"), env...).Must(0).Says("Installed azureiot/azureiot v0.1.0")
	if err := os.RemoveAll(filepath.Join(here.Dir(), ".terraform")); err != nil {
		s.t.Fatal(err)
	}
}

// inItsRegistry is what a page says of Terraform's registry, said of that of the command which the tests run.
func inItsRegistry(text string) string {
	if host := os.Getenv("TF_ACC_PROVIDER_HOST"); host != "" {
		return strings.ReplaceAll(text, "registry.terraform.io", host)
	}
	return text
}

// newUser is the environment of somebody with Go and Terraform, and nothing of ours: a home of their own, in which Go
// keeps what it has downloaded already.
func (s *story) newUser() []string {
	s.t.Helper()
	env := []string{"HOME=" + s.t.TempDir(), "TF_REATTACH_PROVIDERS=", "TF_CLI_CONFIG_FILE="}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH"} {
		out, err := exec.CommandContext(s.world.Context(), "go", "env", name).Output()
		if err != nil {
			s.t.Fatal(err)
		}
		env = append(env, name+"="+strings.TrimSpace(string(out)))
	}
	return env
}
