// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"encoding/pem"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// The application and tenant of the guide.
const (
	application = "11111111-1111-1111-1111-111111111111"
	tenant      = "00000000-0000-0000-0000-000000000000"
	subject     = "repo:contoso/plant"
)

// signingIn assigns the roles of the guide, and then reads with each way to sign in that it shows.
func signingIn(s *story) {
	w := acctest.NewWorld(s.t)
	w.Beside = map[string]func() tfprotov6.ProviderServer{
		"hashicorp/azurerm": providerserver.NewProtocol6(azurerm{w}),
	}
	s.into(w)
	s.assignsRoles()
	w.Setenv("AZUREIOT_DPS_CONNECTION_STRING", "")
	w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", "")
	w.Setenv("AZURE_AUTHORITY_HOST", w.Emulator.AuthorityURL())
	w.Emulator.AddApplication(application, "for tests")
	authority := w.Emulator.Authority()
	authority.Federate(application, subject)
	authority.AddIdentity(application)
	token := s.WriteFile("token", authority.FederatedToken(subject, time.Hour))

	s.signsIn("oidc_token_file_path", map[string]string{"/run/secrets/token": token}, nil)
	s.signsIn("use_msi", nil, map[string]string{
		"ARM_MSI_ENDPOINT": w.Emulator.MachineURL() + "/metadata/identity/oauth2/token",
	})
	s.signsIn("use_aks_workload_identity", nil, map[string]string{
		"AZURE_TENANT_ID": tenant, "AZURE_CLIENT_ID": application, "AZURE_FEDERATED_TOKEN_FILE": token,
	})
	s.does("openssl req").Must(0)
	s.certifies("terraform.crt")
	s.signsIn("client_certificate_path", map[string]string{
		`"terraform.pem"`: `"` + filepath.Join(s.Dir(), "terraform.pem") + `"`,
	}, nil)
	s.signsIn("client_secret_file_path", map[string]string{
		"/run/secrets/terraform": s.WriteFile("secret", "for tests"),
	}, nil)
	s.runsAsPipeline("${{ vars.TENANT_ID }}", map[string]string{
		"ACTIONS_ID_TOKEN_REQUEST_URL":   w.Emulator.AuthorityURL() + "github/token",
		"ACTIONS_ID_TOKEN_REQUEST_TOKEN": authority.GitHubJob(subject),
	})
	s.runsAsPipeline("$(serviceConnectionId)", map[string]string{
		"SYSTEM_OIDCREQUESTURI": w.Emulator.AuthorityURL() + "devops/token",
	})
	s.cannotRun("dps_hostname = ", "there is no Azure CLI here; tests of the provider have a stand-in for it")
	s.hasStrings()
}

// assignsRoles has the stand-in for azurerm assign what the guide has it assign, to the application.
func (s *story) assignsRoles() {
	s.t.Helper()
	roles := s.world.NewCLI(s.replaced("azurerm_role_assignment", []string{
		"azurerm_iothub_dps.dps.id", `"/dps"`, "azurerm_iothub.hub.id", `"/hub"`,
	}))
	roles.Apply("-var=terraform_object_id=" + application).Must(0).Says("3 added")
	s.WriteFile("reads.tf", "data \"azureiot_dps_enrollment_groups\" \"all\" {}\n"+
		"data \"azureiot_iothub_device_identities\" \"all\" {\n  iothub_hostname = \""+s.world.Hostname("hub1")+"\"\n}\n")
}

// signsIn reads from DPS and hub with the provider block that has words, and with the variables of a platform.
func (s *story) signsIn(words string, replace, platform map[string]string) {
	s.t.Helper()
	pairs := []string{"contoso.azure-devices-provisioning.net", s.world.Emulator.DPSHostname()}
	for from, to := range replace {
		pairs = append(pairs, from, to)
	}
	s.file("main.tf", words, pairs...)
	s.reads(words, platform)
}

// reads plans with the variables of a platform, which are gone afterwards.
func (s *story) reads(way string, platform map[string]string) {
	s.t.Helper()
	for name, value := range platform {
		s.world.Setenv(name, value)
	}
	s.world.Emulator.ClearJournal()
	if run := s.Plan(); run.Code != 0 || len(s.world.Emulator.Journal()) < 2 {
		s.t.Errorf("%s: it should sign in and read from both services: %s", way, run.Output)
	}
	for name := range platform {
		s.world.Setenv(name, "")
	}
}

// certifies makes a certificate known for the application.
func (s *story) certifies(name string) {
	s.t.Helper()
	raw, err := os.ReadFile(filepath.Join(s.Dir(), name))
	if err != nil {
		s.t.Fatal(err)
	}
	block, _ := pem.Decode(raw)
	if err := s.world.Emulator.Authority().AddCertificate(application, block.Bytes); err != nil {
		s.t.Fatal(err)
	}
}

// runsAsPipeline sets the variables of the page's workflow, with what its platform puts in and sets besides.
func (s *story) runsAsPipeline(words string, platform map[string]string) {
	s.t.Helper()
	put := strings.NewReplacer("${{ vars.TENANT_ID }}", tenant, "$(tenantId)", tenant,
		"${{ vars.CLIENT_ID }}", application, "$(clientId)", application, "$(serviceConnectionId)", "connection-1",
		"$(System.AccessToken)", s.world.Emulator.Authority().DevOpsJob("connection-1", subject))
	variable := regexp.MustCompile(`(?m)^  ([A-Z_]+): "?(.*?)"?$`)
	for _, match := range variable.FindAllStringSubmatch(s.shows(words), -1) {
		platform[match[1]] = put.Replace(match[2])
	}
	s.WriteFile("main.tf", "provider \"azureiot\" {\n  dps_hostname = \""+s.world.Emulator.DPSHostname()+"\"\n}\n")
	s.reads(words, platform)
}

// hasStrings signs in with connection strings, as the variables that the page shows.
func (s *story) hasStrings() {
	s.t.Helper()
	w := s.world
	s.WriteFile("main.tf", "")
	platform := map[string]string{}
	given := map[string]string{
		"AZUREIOT_DPS_CONNECTION_STRING":     w.Emulator.DPSConnectionString(),
		"AZUREIOT_IOTHUB_CONNECTION_STRINGS": w.Emulator.Hub("hub1").ConnectionString(),
	}
	exported := regexp.MustCompile(`export ([A-Z_]+)=`)
	for _, match := range exported.FindAllStringSubmatch(s.shows("export AZUREIOT_DPS"), -1) {
		platform[match[1]] = given[match[1]]
	}
	s.reads("connection strings", platform)
}
