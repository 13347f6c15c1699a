// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

// identity is the block's Microsoft Entra arguments, decoded.
type identity struct {
	tenantID, clientID               string
	secret                           string
	certificate, certificatePassword string
	certificatePath                  string
	useOIDC, useMSI, useAKS, useCLI  bool
	oidcToken, oidcTokenPath         string
	oidcRequestURL, oidcRequestToken string
	serviceConnectionID              string
}

// identity reads the Entra arguments; each has azurerm's name, meaning and environment variable.
func (d *decoder) identity(m model) identity {
	return identity{
		tenantID:            d.firstOf(m.TenantID, "ARM_TENANT_ID"),
		clientID:            d.firstOf(m.ClientID, "ARM_CLIENT_ID"),
		secret:              d.firstOf(m.ClientSecret, "ARM_CLIENT_SECRET"),
		certificate:         d.firstOf(m.ClientCertificate, "ARM_CLIENT_CERTIFICATE"),
		certificatePath:     d.firstOf(m.ClientCertificatePath, "ARM_CLIENT_CERTIFICATE_PATH"),
		certificatePassword: d.firstOf(m.ClientCertificatePassword, "ARM_CLIENT_CERTIFICATE_PASSWORD"),
		useOIDC:             d.flag("use_oidc", m.UseOIDC, "ARM_USE_OIDC", false),
		oidcToken:           d.firstOf(m.OIDCToken, "ARM_OIDC_TOKEN"),
		oidcTokenPath:       d.firstOf(m.OIDCTokenFilePath, "ARM_OIDC_TOKEN_FILE_PATH"),
		oidcRequestURL: d.firstOf(m.OIDCRequestURL,
			"ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL", "SYSTEM_OIDCREQUESTURI"),
		oidcRequestToken: d.firstOf(m.OIDCRequestToken,
			"ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN"),
		serviceConnectionID: d.firstOf(m.ADOPipelineServiceConnectionID,
			"ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID"),
		useMSI: d.flag("use_msi", m.UseMSI, "ARM_USE_MSI", false),
		useAKS: d.flag("use_aks_workload_identity", m.UseAKSWorkloadIdentity, "ARM_USE_AKS_WORKLOAD_IDENTITY", false),
		useCLI: d.flag("use_cli", m.UseCLI, "ARM_USE_CLI", true),
	}
}

// firstOf is the argument's value, or the first environment variable's that is set.
func (d *decoder) firstOf(value types.String, variables ...string) string {
	for _, variable := range variables {
		if text, _ := d.text(value, variable); text != "" {
			return text
		}
	}
	return ""
}

func (d *decoder) flag(argument string, value types.Bool, variable string, otherwise bool) bool {
	switch {
	case value.IsUnknown():
		d.unknown = true
		return otherwise
	case !value.IsNull():
		return value.ValueBool()
	}
	switch text := strings.ToLower(d.getenv(variable)); text {
	case "":
		return otherwise
	case "true", "1":
		return true
	case "false", "0":
		return false
	default:
		d.fail(argument, "Invalid value (from the environment variable "+variable+")",
			fmt.Sprintf("%q is neither true nor false.", text))
		return otherwise
	}
}

// credential makes the one Entra credential that the arguments describe, in azurerm's order: certificate, secret, OIDC,
// workload identity, managed identity, Azure CLI. It is not tried out, and nothing falls back from one to the next.
func (d *decoder) credential(i identity, options azcore.ClientOptions) (azcore.TokenCredential, string) {
	custom := d.getenv("AZURE_AUTHORITY_HOST") != ""
	switch {
	case i.certificate != "" || i.certificatePath != "":
		return d.certificateCredential(i, options, custom), "a client certificate"
	case i.secret != "":
		d.demand("client_id", i.clientID)
		d.demand("tenant_id", i.tenantID)
		return d.made("client_secret")(azidentity.NewClientSecretCredential(i.tenantID, i.clientID, i.secret,
			&azidentity.ClientSecretCredentialOptions{
				ClientOptions: options, DisableInstanceDiscovery: custom,
			})), "a client secret"
	case i.useOIDC:
		return d.oidcCredential(i, options, custom)
	case i.useAKS:
		return d.made("use_aks_workload_identity")(azidentity.NewWorkloadIdentityCredential(
			&azidentity.WorkloadIdentityCredentialOptions{
				ClientOptions: options, ClientID: i.clientID, TenantID: i.tenantID, DisableInstanceDiscovery: custom,
			})), "AKS workload identity"
	case i.useMSI:
		o := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: options}
		if i.clientID != "" {
			o.ID = azidentity.ClientID(i.clientID)
		}
		return d.made("use_msi")(azidentity.NewManagedIdentityCredential(o)), "a managed identity"
	case i.useCLI:
		return d.made("use_cli")(azidentity.NewAzureCLICredential(
			&azidentity.AzureCLICredentialOptions{TenantID: i.tenantID})), "the Azure CLI's login"
	}
	return nil, ""
}

// demand reports an argument that the chosen way of authenticating needs.
func (d *decoder) demand(argument, value string) {
	if value == "" && !d.unknown {
		d.fail(argument, "Missing "+argument, "The chosen way of authenticating needs it: set "+argument+
			" or the environment variable ARM_"+strings.ToUpper(argument)+".")
	}
}

// made turns what a constructor of azidentity returns into a credential, or reports why there is none.
func (d *decoder) made(argument string) func(azcore.TokenCredential, error) azcore.TokenCredential {
	return func(credential azcore.TokenCredential, err error) azcore.TokenCredential {
		if err != nil {
			if !d.unknown {
				d.fail(argument, "Cannot authenticate this way", err.Error())
			}
			return nil
		}
		return credential
	}
}

func (d *decoder) certificateCredential(i identity, options azcore.ClientOptions, custom bool) azcore.TokenCredential {
	d.demand("client_id", i.clientID)
	d.demand("tenant_id", i.tenantID)
	argument := "client_certificate"
	data, err := base64.StdEncoding.DecodeString(i.certificate)
	if i.certificatePath != "" {
		argument = "client_certificate_path"
		data, err = os.ReadFile(i.certificatePath)
	}
	if err != nil {
		d.fail(argument, "Cannot read the client certificate", iotdiag.Sentence(withoutPath(err)))
		return nil
	}
	certificates, key, err := azidentity.ParseCertificates(data, []byte(i.certificatePassword))
	if err != nil {
		d.fail(argument, "Cannot read the client certificate", "It is no PKCS#12 or PEM file with a key, or the "+
			"password is wrong.")
		return nil
	}
	return d.made(argument)(azidentity.NewClientCertificateCredential(i.tenantID, i.clientID, certificates, key,
		&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: custom}))
}

// withoutPath is the error of reading a file without the file's name: people give the secret itself where its path
// belongs.
func withoutPath(err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return fmt.Errorf("the file cannot be read: %w", failed.Err)
	}
	return err
}

// oidcCredential exchanges a token of the pipeline: given, in a file, from Azure DevOps, or from GitHub.
func (d *decoder) oidcCredential(
	i identity, options azcore.ClientOptions, custom bool,
) (azcore.TokenCredential, string) {
	d.demand("client_id", i.clientID)
	d.demand("tenant_id", i.tenantID)
	if i.serviceConnectionID != "" {
		d.demand("oidc_request_token", i.oidcRequestToken)
		return d.made("use_oidc")(azidentity.NewAzurePipelinesCredential(i.tenantID, i.clientID, i.serviceConnectionID,
			i.oidcRequestToken, &azidentity.AzurePipelinesCredentialOptions{
				ClientOptions: options, DisableInstanceDiscovery: custom,
			})), "OIDC (Azure DevOps)"
	}
	var assertion func(context.Context) (string, error)
	switch {
	case i.oidcToken != "":
		assertion = func(context.Context) (string, error) { return i.oidcToken, nil }
	case i.oidcTokenPath != "":
		assertion = func(context.Context) (string, error) {
			token, err := os.ReadFile(i.oidcTokenPath)
			return strings.TrimSpace(string(token)), withoutPath(err)
		}
	case i.oidcRequestURL != "" && i.oidcRequestToken != "":
		assertion = func(ctx context.Context) (string, error) {
			return requestToken(ctx, options.Transport, i.oidcRequestURL, i.oidcRequestToken)
		}
	default:
		if !d.unknown {
			d.fail("use_oidc", "Missing token", "use_oidc needs oidc_token, oidc_token_file_path, or oidc_request_url with "+
				"oidc_request_token (GitHub and Azure DevOps set their variables when the job may request a token).")
		}
		return nil, ""
	}
	return d.made("use_oidc")(azidentity.NewClientAssertionCredential(i.tenantID, i.clientID, assertion,
		&azidentity.ClientAssertionCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: custom})), "OIDC"
}

// requestToken asks GitHub's token service for a token that Entra accepts (GitHub, "OpenID Connect in Azure").
func requestToken(ctx context.Context, transport policy.Transporter, address, bearer string) (string, error) {
	where, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("oidc_request_url is no URL: %w", err)
	}
	query := where.Query()
	query.Set("audience", "api://AzureADTokenExchange")
	where.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, where.String(), nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	req.Header.Set("Accept", "application/json")
	resp, err := transport.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct {
		Value string `json:"value"`
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the pipeline's token service answered %s", resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Value == "" {
		return "", fmt.Errorf("the pipeline's token service answered without a token")
	}
	return answer.Value, nil
}

// cloudOf is where the tokens of an environment come from. AZURE_AUTHORITY_HOST overrides it, as for all Azure SDKs.
func (d *decoder) cloudOf(environment string) cloud.Configuration {
	configuration := cloud.AzurePublic
	switch environment {
	case "usgovernment":
		configuration = cloud.AzureGovernment
	case "china":
		configuration = cloud.AzureChina
	}
	if host := d.getenv("AZURE_AUTHORITY_HOST"); host != "" {
		configuration.ActiveDirectoryAuthorityHost = host
	}
	return configuration
}
