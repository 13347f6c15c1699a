// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// signsIn makes the world of a page on signing in: nothing is configured with which to sign in, and what is read needs
// rights at both services.
func (s *story) signsIn() *acctest.World {
	s.t.Helper()
	w := acctest.NewWorld(s.t)
	w.Beside = map[string]func() tfprotov6.ProviderServer{
		"hashicorp/azurerm": providerserver.NewProtocol6(azurerm{w}),
	}
	s.into(w)
	w.Setenv("AZUREIOT_DPS_CONNECTION_STRING", "")
	w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", "")
	w.Setenv("AZURE_AUTHORITY_HOST", w.Emulator.AuthorityURL())
	s.WriteFile("reads.tf", "data \"azureiot_dps_enrollment_groups\" \"all\" {}\n"+
		"data \"azureiot_iothub_device_identities\" \"all\" {\n  iothub_hostname = \""+w.Hostname("hub1")+"\"\n}\n")
	return w
}

// hasRoles is signsIn for pages that begin where the application has its roles.
func (s *story) hasRoles() *acctest.World {
	s.t.Helper()
	w := s.signsIn()
	for _, role := range []string{"Device Provisioning Service Data Reader", "IoT Hub Data Reader"} {
		if err := w.Emulator.GrantRole(application, role); err != nil {
			s.t.Fatal(err)
		}
	}
	return w
}

// block writes the provider block that has words, for the instance of this world.
func (s *story) block(words string, replace ...string) {
	s.t.Helper()
	s.file("main.tf", words, append(replace, "contoso.azure-devices-provisioning.net", s.world.Emulator.DPSHostname())...)
}

// with sets variables until it is called again; "" takes one away.
func (s *story) with(platform map[string]string) {
	s.t.Helper()
	for name, value := range platform {
		s.world.Setenv(name, value)
	}
}

// reads plans, with the variables of a platform, what both services have to be asked for.
func (s *story) reads(platform map[string]string) {
	s.t.Helper()
	s.with(platform)
	s.world.Emulator.ClearJournal()
	if run := s.Plan(); run.Code != 0 || len(s.world.Emulator.Journal()) < 2 {
		s.t.Errorf("it should sign in and read from both services: %s", run.Output)
	}
}

// fails plans with variables with which the page says that it fails, and how.
func (s *story) fails(shown string, platform map[string]string) {
	s.t.Helper()
	s.with(platform)
	s.prints(shown, s.Plan().Must(1).Output)
}

// job are the variables of the page's workflow, with what its platform puts in.
func (s *story) job(words string, puts ...string) map[string]string {
	s.t.Helper()
	variables := map[string]string{}
	variable := regexp.MustCompile(`(?m)^ +([A-Z_]+): "?(.*?)"?$`)
	for _, match := range variable.FindAllStringSubmatch(s.shows(words), -1) {
		variables[match[1]] = strings.NewReplacer(puts...).Replace(match[2])
	}
	return variables
}

// signingIn makes the application of the guide and assigns the roles to it, with each of both tools; then it may write.
func signingIn(s *story) {
	w := s.signsIn()
	w.Emulator.AddApplication(application, itsSecret)
	s.WriteFile("main.tf", "provider \"azureiot\" {\n  dps_hostname = \""+w.Emulator.DPSHostname()+"\"\n}\n")
	s.with(map[string]string{"ARM_TENANT_ID": tenant, "ARM_CLIENT_ID": application, "ARM_CLIENT_SECRET": itsSecret})
	writes := "resource \"azureiot_dps_individual_enrollment\" \"it\" {\n  registration_id = \"it\"\n" +
		"  attestation = { symmetric_key = {} }\n}\nresource \"azureiot_iothub_device_identity\" \"it\" {\n" +
		"  iothub_hostname = \"" + w.Hostname("hub1") + "\"\n  device_id = \"it\"\n}\n"

	s.azure(s.shows("az ad app create"), s.shows("az role assignment create"))
	s.WriteFile("writes.tf", writes)
	s.Apply().Must(0)
	s.Destroy().Must(0)

	w.Emulator.RevokeRoles(application)
	roles := w.NewCLI(s.replaced("azurerm_role_assignment", []string{
		"azurerm_iothub_dps.dps.id", `"/dps"`, "azurerm_iothub.hub.id", `"/hub"`,
	}))
	roles.Apply("-var=terraform_object_id=" + application).Must(0).Says("3 added")
	s.Apply().Must(0)
}

func signingInWithASecret(s *story) {
	w := s.hasRoles()
	s.azure(s.shows("az ad app credential reset"))
	s.block("client_secret_file_path", "terraform.secret", filepath.Join(s.Dir(), "terraform.secret"))
	s.reads(nil)
	w.Emulator.Authority().AddSecret(application, "ended-secret-of-it", w.Clock.Now())
	s.WriteFile("terraform.secret", "ended-secret-of-it")
	s.fails("AADSTS7000222", nil)
	s.WriteFile("terraform.secret", "the ID of the secret")
	s.fails("AADSTS7000215", nil)
	s.fails("Two different values", map[string]string{"ARM_CLIENT_SECRET": "of somebody else"})
}

func signingInWithACertificate(s *story) {
	s.hasRoles()
	s.azure(s.shows("openssl req"))
	s.block("client_certificate_path", "terraform.pem", filepath.Join(s.Dir(), "terraform.pem"))
	s.reads(nil)
	s.Script("cp terraform.crt terraform.pem").Must(0)
	s.fails("Cannot read the client certificate", nil)
	s.Script("openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=other -keyout terraform.key -out terraform.crt\n" +
		"cat terraform.key terraform.crt > terraform.pem").Must(0)
	s.fails("AADSTS700027", nil)
}

func signingInFromGitHub(s *story) {
	w := s.hasRoles()
	const subject = "repo:contoso/plant:environment:apply"
	s.azure(s.shows("federated-credential create"))
	s.block("dps_hostname")
	job := s.job("id-token: write", "${{ vars.TENANT_ID }}", tenant, "${{ vars.CLIENT_ID }}", application)
	github := map[string]string{
		"ACTIONS_ID_TOKEN_REQUEST_URL":   w.Emulator.AuthorityURL() + "github/token",
		"ACTIONS_ID_TOKEN_REQUEST_TOKEN": w.Emulator.Authority().GitHubJob(subject),
	}
	s.with(job)
	s.reads(github)
	s.fails("AADSTS700213", map[string]string{
		"ACTIONS_ID_TOKEN_REQUEST_TOKEN": w.Emulator.Authority().GitHubJob("repo:contoso/plant:ref:refs/heads/main"),
	})
	s.fails("id-token: write", map[string]string{
		"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "", "ACTIONS_ID_TOKEN_REQUEST_URL": "",
	})
}

func signingInFromDevOps(s *story) {
	w := s.hasRoles()
	const subject = "sc://contoso/plant/fleet"
	s.azure(strings.Replace(s.shows("federated-credential create"), "SUBJECT", subject, 1))
	s.block("dps_hostname")
	s.with(s.job("$(serviceConnectionId)", "$(tenantId)", tenant, "$(clientId)", application,
		"$(serviceConnectionId)", "connection-1", "$(System.AccessToken)",
		w.Emulator.Authority().DevOpsJob("connection-1", subject)))
	s.reads(map[string]string{"SYSTEM_OIDCREQUESTURI": w.Emulator.AuthorityURL() + "devops/token"})
	s.fails("404 Not Found", map[string]string{"ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID": "fleet"})
	s.fails("Missing oidc_request_token", map[string]string{"SYSTEM_ACCESSTOKEN": ""})
}

func signingInWithAToken(s *story) {
	w := s.hasRoles()
	authority := w.Emulator.Authority()
	s.azure(s.shows("federated-credential create"))
	run := "organization:contoso:project:fleet:workspace:thale:run_phase:plan"
	token := s.WriteFile("token", authority.FederatedToken(run, time.Hour))

	s.block("tfc_azure_dynamic_credentials")
	client := s.WriteFile("client", application)
	s.WriteFile("run.auto.tfvars", fmt.Sprintf("tfc_azure_dynamic_credentials = {\n  aliases = {}\n"+
		"  default = { client_id_file_path = %q, oidc_token_file_path = %q }\n}\n", client, token))
	s.reads(map[string]string{"ARM_TENANT_ID": tenant})
	s.WriteFile("token", authority.FederatedToken(strings.Replace(run, "thale", "other", 1), time.Hour))
	s.fails("AADSTS700213", nil)

	const gitlab = "project_path:contoso/plant:ref_type:branch:ref:main"
	authority.Federate(application, gitlab)
	s.block("/run/secrets/token", "/run/secrets/token", s.WriteFile("token", authority.FederatedToken(gitlab, time.Hour)))
	s.reads(nil)
	s.WriteFile("token", authority.FederatedToken(gitlab, -time.Hour))
	s.fails("AADSTS700024", nil)

	s.WriteFile("main.tf", "provider \"azureiot\" {\n  dps_hostname = \""+w.Emulator.DPSHostname()+"\"\n}\n")
	s.with(s.job("id_tokens:", "$TENANT_ID", tenant, "$CLIENT_ID", application))
	s.reads(map[string]string{"ARM_OIDC_TOKEN": authority.FederatedToken(gitlab, time.Hour)})
}

func signingInAsAMachine(s *story) {
	w := s.hasRoles()
	s.azure(s.shows("az identity create"))
	s.block("use_msi")
	s.reads(map[string]string{"ARM_MSI_ENDPOINT": w.Emulator.MachineURL() + "/metadata/identity/oauth2/token"})
	s.block("use_msi", application, "22222222-2222-2222-2222-222222222222")
	s.fails("the requested identity", nil)
}

func signingInFromAPod(s *story) {
	w := s.hasRoles()
	s.azure(s.shows("az aks show"))
	s.block("use_aks_workload_identity")
	token := w.Emulator.Authority().FederatedToken("system:serviceaccount:terraform:runner", time.Hour)
	s.reads(map[string]string{
		"AZURE_TENANT_ID": tenant, "AZURE_CLIENT_ID": application, "AZURE_FEDERATED_TOKEN_FILE": s.WriteFile("token", token),
	})
	s.WriteFile("token", w.Emulator.Authority().FederatedToken("system:serviceaccount:terraform:default", time.Hour))
	s.fails("AADSTS700213", nil)
	s.fails("Missing oidc_token_file_path", map[string]string{"AZURE_FEDERATED_TOKEN_FILE": ""})
}

func signingInWithTheAzureCLI(s *story) {
	w := s.hasRoles()
	s.azure(s.shows("az login"), s.shows("az ad signed-in-user"))
	config := s.replaced("dps_hostname", []string{"contoso.azure-devices-provisioning.net", w.Emulator.DPSHostname()}) +
		"data \"azureiot_dps_enrollment_groups\" \"all\" {}\n"
	program := acctest.BuildProvider(s.t)
	w.NewBinaryCLI(config, program, s.besideAzureCLI(), s.login()).Plan().Must(0)
	s.prints("Please run", w.NewBinaryCLI(config, program, s.besideAzureCLI()).Plan().Must(1).Output)
	s.prints("not found on path", w.NewBinaryCLI(config, program, "PATH=/nowhere").Plan().Must(1).Output)
}

func signingInWithStrings(s *story) {
	w := s.signsIn()
	s.azure(s.shows("az iot dps policy create"))
	s.shows("azurerm_iothub_dps_shared_access_policy.terraform") // README's first configuration, which is applied there
	s.WriteFile("main.tf", "")
	given := map[string]string{
		"AZUREIOT_DPS_CONNECTION_STRING":     w.Emulator.DPSConnectionString(),
		"AZUREIOT_IOTHUB_CONNECTION_STRINGS": w.Emulator.Hub("hub1").ConnectionString(),
	}
	exported := regexp.MustCompile(`export ([A-Z_]+)=`)
	platform := map[string]string{}
	for _, match := range exported.FindAllStringSubmatch(s.shows("export AZUREIOT_DPS"), -1) {
		platform[match[1]] = given[match[1]]
	}
	s.reads(platform)
	s.fails("No credential for the hub", map[string]string{
		"ARM_USE_CLI": "false",
		"AZUREIOT_IOTHUB_CONNECTION_STRINGS": "HostName=other.azure-devices.net;SharedAccessKeyName=terraform;" +
			"SharedAccessKey=bm90IGEgcmVhbCBrZXk=",
	})
	s.fails("has no SharedAccessKey", map[string]string{
		"AZUREIOT_DPS_CONNECTION_STRING": "HostName=contoso.azure-devices-provisioning.net;SharedAccessKeyName=terraform",
	})
}
