// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/signin"
)

// azurermArgument is an argument of azurerm's provider block.
type azurermArgument struct {
	name      string
	kind      tftypes.Type
	variables []string
}

// azurerm are the arguments with which azurerm signs in, and their environment variables (terraform-provider-azurerm
// 5.0, internal/provider/provider.go). Its other arguments are about resources: features, partner IDs, correlation IDs,
// the registration of resource providers, and storage accounts.
func azurerm() []azurermArgument {
	text, flag := tftypes.String, tftypes.Bool
	return []azurermArgument{
		{"subscription_id", text, []string{"ARM_SUBSCRIPTION_ID"}},
		{"tenant_id", text, []string{"ARM_TENANT_ID"}},
		{"auxiliary_tenant_ids", tftypes.List{ElementType: text}, []string{"ARM_AUXILIARY_TENANT_IDS"}},
		{"environment", text, []string{"ARM_ENVIRONMENT"}},
		{"metadata_host", text, []string{"ARM_METADATA_HOSTNAME"}},
		{"client_id", text, []string{"ARM_CLIENT_ID"}},
		{"client_id_file_path", text, []string{"ARM_CLIENT_ID_FILE_PATH"}},
		{"client_certificate", text, []string{"ARM_CLIENT_CERTIFICATE"}},
		{"client_certificate_path", text, []string{"ARM_CLIENT_CERTIFICATE_PATH"}},
		{"client_certificate_password", text, []string{"ARM_CLIENT_CERTIFICATE_PASSWORD"}},
		{"client_secret", text, []string{"ARM_CLIENT_SECRET"}},
		{"client_secret_file_path", text, []string{"ARM_CLIENT_SECRET_FILE_PATH"}},
		{"use_oidc", flag, []string{"ARM_USE_OIDC"}},
		{"ado_pipeline_service_connection_id", text, []string{
			"ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID",
		}},
		{"oidc_request_token", text, []string{
			"ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN",
		}},
		{"oidc_request_url", text, []string{
			"ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL", "SYSTEM_OIDCREQUESTURI",
		}},
		{"oidc_token", text, []string{"ARM_OIDC_TOKEN"}},
		{"oidc_token_file_path", text, []string{"ARM_OIDC_TOKEN_FILE_PATH"}},
		{"use_msi", flag, []string{"ARM_USE_MSI"}},
		{"msi_endpoint", text, []string{"ARM_MSI_ENDPOINT"}},
		{"msi_api_version", text, []string{"ARM_MSI_API_VERSION"}},
		{"use_cli", flag, []string{"ARM_USE_CLI"}},
		{"use_aks_workload_identity", flag, []string{"ARM_USE_AKS_WORKLOAD_IDENTITY"}},
	}
}

func TestProvider_hasAzurermsArgumentsAndVariables(t *testing.T) {
	t.Parallel()
	schema := acctest.NewWorld(t).Schemas()
	for _, theirs := range azurerm() {
		i := slices.IndexFunc(schema.Provider.Block.Attributes, func(a *tfprotov6.SchemaAttribute) bool {
			return a.Name == theirs.name
		})
		if i < 0 {
			t.Errorf("there is no argument %s", theirs.name)
			continue
		}
		ours := schema.Provider.Block.Attributes[i]
		if !ours.Type.Equal(theirs.kind) || !ours.Optional {
			t.Errorf("%s is %s, and azurerm's %s", theirs.name, ours.Type, theirs.kind)
		}
		if !strings.Contains(ours.Description, theirs.variables[0]) {
			t.Errorf("the description of %s does not name %s", theirs.name, theirs.variables[0])
		}
	}
}

// Each variable stands for its argument; those that a platform sets are read by the methods that need them.
func TestSignIn_readsAzurermsVariables(t *testing.T) {
	t.Parallel()
	read := map[string][]string{"environment": {"ARM_ENVIRONMENT"}, "metadata_host": {"ARM_METADATA_HOSTNAME"}}
	for _, a := range signin.Arguments() {
		read[a.Name] = append(read[a.Name], a.Variables...)
	}
	for _, m := range signin.Methods() {
		for name, variables := range m.Platform {
			for _, variable := range variables {
				if !slices.Contains(read[name], variable) && !strings.HasPrefix(variable, "AZURE_") {
					read[name] = append(read[name], variable)
				}
			}
		}
	}
	for _, theirs := range azurerm() {
		if got := read[theirs.name]; !slices.Equal(got, theirs.variables) {
			t.Errorf("%s is read from %v, and by azurerm from %v", theirs.name, got, theirs.variables)
		}
		delete(read, theirs.name)
	}
	if len(read) > 0 {
		t.Errorf("azurerm has no %v", read)
	}
}
