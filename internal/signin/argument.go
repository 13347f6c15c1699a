// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package signin

// Kind is what an argument holds.
type Kind int

// The kinds. A secret is a text that nobody may see.
const (
	Text Kind = iota
	Secret
	Flag
	List
)

// Argument is one argument of the provider block.
type Argument struct {
	// Name is azurerm's.
	Name string
	Kind Kind
	// Variables stand in for the argument, the first that is set; they are azurerm's.
	Variables []string
	// Meaning is what it is for, in Markdown.
	Meaning string
}

// Names of arguments.
const (
	tenantID            = "tenant_id"
	auxiliaryTenantIDs  = "auxiliary_tenant_ids"
	subscriptionID      = "subscription_id"
	clientID            = "client_id"
	clientIDFile        = "client_id_file_path"
	clientSecret        = "client_secret"
	clientSecretFile    = "client_secret_file_path"
	certificate         = "client_certificate"
	certificatePath     = "client_certificate_path"
	certificatePassword = "client_certificate_password"
	useOIDC             = "use_oidc"
	oidcToken           = "oidc_token"
	oidcTokenFile       = "oidc_token_file_path"
	oidcRequestURL      = "oidc_request_url"
	oidcRequestToken    = "oidc_request_token"
	serviceConnection   = "ado_pipeline_service_connection_id"
	useAKS              = "use_aks_workload_identity"
	useMSI              = "use_msi"
	msiEndpoint         = "msi_endpoint"
	msiAPIVersion       = "msi_api_version"
	useCLI              = "use_cli"
)

// Arguments are all of them, in the order of the documentation.
func Arguments() []Argument {
	return []Argument{
		{tenantID, Text, []string{"ARM_TENANT_ID"}, "Tenant of the Microsoft Entra principal."},
		{auxiliaryTenantIDs, List, []string{"ARM_AUXILIARY_TENANT_IDS"}, "Up to three more tenants for which the principal " +
			"may get tokens, separated by semicolons in the variable. DPS and IoT Hub ask for tokens of `tenant_id` only."},
		{subscriptionID, Text, []string{"ARM_SUBSCRIPTION_ID"}, "Subscription by which the Azure CLI chooses among its " +
			"logins. No other method needs one."},
		{clientID, Text, []string{"ARM_CLIENT_ID"}, "Application (client) ID of the principal; for a managed identity, " +
			"which one."},
		{clientIDFile, Text, []string{"ARM_CLIENT_ID_FILE_PATH"}, "Path of a file with the client ID."},
		{clientSecret, Secret, []string{"ARM_CLIENT_SECRET"}, "Secret of the principal. A wrong one fails; nothing else is " +
			"tried."},
		{clientSecretFile, Text, []string{"ARM_CLIENT_SECRET_FILE_PATH"}, "Path of a file with the secret."},
		{certificate, Secret, []string{"ARM_CLIENT_CERTIFICATE"}, "Client certificate with its key, PKCS#12 or PEM, base64."},
		{certificatePath, Text, []string{"ARM_CLIENT_CERTIFICATE_PATH"}, "Path of a file with the client certificate and " +
			"its key, PKCS#12 or PEM."},
		{certificatePassword, Secret, []string{"ARM_CLIENT_CERTIFICATE_PASSWORD"}, "Password of the client certificate."},
		{useOIDC, Flag, []string{"ARM_USE_OIDC"}, "Sign in with a token of the pipeline (GitHub, Azure DevOps, or a given " +
			"one). Default: `false`."},
		{oidcToken, Secret, []string{"ARM_OIDC_TOKEN"}, "The pipeline's token itself."},
		{oidcTokenFile, Text, []string{"ARM_OIDC_TOKEN_FILE_PATH"}, "Path of a file with the pipeline's token. It is read " +
			"whenever a token is needed."},
		{oidcRequestURL, Text, []string{"ARM_OIDC_REQUEST_URL"}, "Where to request the pipeline's token; GitHub and Azure " +
			"DevOps set variables of their own."},
		{oidcRequestToken, Secret, []string{"ARM_OIDC_REQUEST_TOKEN"}, "What authorises the request for the pipeline's " +
			"token."},
		{serviceConnection, Text, []string{
			"ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID",
		}, "Azure DevOps service connection to sign in through."},
		{useAKS, Flag, []string{"ARM_USE_AKS_WORKLOAD_IDENTITY"}, "Sign in with AKS workload identity. Default: `false`."},
		{useMSI, Flag, []string{"ARM_USE_MSI"}, "Sign in as a managed identity of the machine. Default: `false`."},
		{msiEndpoint, Text, []string{"ARM_MSI_ENDPOINT"}, "Where to ask for tokens of a managed identity. Default: what " +
			"the platform's variables say, or the metadata service of virtual machines."},
		{msiAPIVersion, Text, []string{"ARM_MSI_API_VERSION"}, "API version in which `msi_endpoint` is asked."},
		{useCLI, Flag, []string{"ARM_USE_CLI"}, "Sign in with the login of the Azure CLI when nothing else is configured. " +
			"Default: `true`."},
	}
}

// argument finds an argument by its name.
func argument(name string) Argument {
	for _, a := range Arguments() {
		if a.Name == name {
			return a
		}
	}
	return Argument{Name: name}
}
