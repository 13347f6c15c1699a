// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package signin

import (
	"context"
	"encoding/base64"
	"net/http"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// Options are what every credential needs besides its arguments.
type Options struct {
	// Authority is the URL of the Microsoft Entra authority. Custom says that it is none of Microsoft's, so that
	// Microsoft is not asked whether it knows it.
	Authority string
	Custom    bool
	// Client sends requests to the authority and to pipelines; Local those to a managed identity's endpoint on the
	// machine, which proxies must not see.
	Client, Local *http.Client
}

func (o Options) client() azcore.ClientOptions {
	return azcore.ClientOptions{
		Cloud:            cloud.Configuration{ActiveDirectoryAuthorityHost: o.Authority},
		Transport:        o.Client,
		PerRetryPolicies: []policy.Policy{onlyTLS{}},
	}
}

// made turns what a constructor of azidentity returns into a credential, or into a problem of an argument.
func made(name string, credential azcore.TokenCredential, err error) (azcore.TokenCredential, []Problem) {
	if err != nil {
		return nil, []Problem{{name, "Cannot sign in this way", sentence(err)}}
	}
	return credential, nil
}

func bySecret(c *Choice, o Options) (azcore.TokenCredential, []Problem) {
	credential, err := azidentity.NewClientSecretCredential(c.text(tenantID), c.text(clientID), c.text(clientSecret),
		&azidentity.ClientSecretCredentialOptions{
			ClientOptions: o.client(), DisableInstanceDiscovery: o.Custom,
			AdditionallyAllowedTenants: c.values[auxiliaryTenantIDs].List,
		})
	return made(clientSecret, credential, err)
}

func byCertificate(c *Choice, o Options) (azcore.TokenCredential, []Problem) {
	name, value := certificate, c.values[certificate]
	data, err := base64.StdEncoding.DecodeString(value.Text)
	if path, ok := c.values[certificatePath]; ok {
		name, value = certificatePath, path
		data, err = os.ReadFile(path.Text)
	}
	if err != nil {
		return nil, []Problem{{name, "Cannot read the client certificate" + value.source(), sentence(WithoutPath(err))}}
	}
	certificates, key, err := azidentity.ParseCertificates(data, []byte(c.text(certificatePassword)))
	if err != nil {
		return nil, []Problem{{name, "Cannot read the client certificate" + value.source(),
			"It is no PKCS#12 or PEM file with a key, or client_certificate_password is wrong or missing."}}
	}
	credential, err := azidentity.NewClientCertificateCredential(c.text(tenantID), c.text(clientID), certificates, key,
		&azidentity.ClientCertificateCredentialOptions{
			ClientOptions: o.client(), DisableInstanceDiscovery: o.Custom,
			AdditionallyAllowedTenants: c.values[auxiliaryTenantIDs].List,
		})
	return made(name, credential, err)
}

func byWorkloadIdentity(c *Choice, o Options) (azcore.TokenCredential, []Problem) {
	if problem := c.unreadableToken(); problem != nil {
		return nil, problem
	}
	credential, err := azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
		ClientOptions: o.client(), DisableInstanceDiscovery: o.Custom,
		ClientID: c.text(clientID), TenantID: c.text(tenantID), TokenFilePath: c.text(oidcTokenFile),
		AdditionallyAllowedTenants: c.values[auxiliaryTenantIDs].List,
	})
	return made(useAKS, credential, err)
}

func (c *Choice) unreadableToken() []Problem {
	file, ok := c.values[oidcTokenFile]
	if !ok {
		return nil
	}
	if _, err := os.ReadFile(file.Text); err != nil {
		return []Problem{unreadable(oidcTokenFile, file, err)}
	}
	return nil
}

// byAssertion signs in with a pipeline's token that is given, or stands in a file.
func byAssertion(c *Choice, o Options) (azcore.TokenCredential, []Problem) {
	if problem := c.unreadableToken(); problem != nil {
		return nil, problem
	}
	given, ok := c.values[oidcToken]
	if !ok {
		read := func(context.Context) (string, error) { return readToken(c.text(oidcTokenFile)) }
		return c.federated(o, oidcTokenFile, read)
	}
	if _, both := c.values[oidcTokenFile]; both {
		if token, err := readToken(c.text(oidcTokenFile)); err != nil || token != given.Text {
			return nil, []Problem{{oidcToken, "Two different values" + given.source(), "oidc_token" + given.source() +
				" and the file that oidc_token_file_path names" + c.values[oidcTokenFile].source() +
				" say different things. Leave one of them out."}}
		}
	}
	return c.federated(o, oidcToken, func(context.Context) (string, error) { return given.Text, nil })
}

func readToken(path string) (string, error) {
	token, err := os.ReadFile(path)
	return strings.TrimSpace(string(token)), WithoutPath(err)
}

// federated exchanges a pipeline's token for one of Microsoft Entra ID, whenever one is needed.
func (c *Choice) federated(
	o Options, name string, assertion func(context.Context) (string, error),
) (azcore.TokenCredential, []Problem) {
	credential, err := azidentity.NewClientAssertionCredential(c.text(tenantID), c.text(clientID), assertion,
		&azidentity.ClientAssertionCredentialOptions{
			ClientOptions: o.client(), DisableInstanceDiscovery: o.Custom,
			AdditionallyAllowedTenants: c.values[auxiliaryTenantIDs].List,
		})
	return made(name, credential, err)
}

// byCLI leaves the tenant out where a subscription chooses the login: the Azure CLI takes one of the two.
func byCLI(c *Choice, _ Options) (azcore.TokenCredential, []Problem) {
	options := azidentity.AzureCLICredentialOptions{
		Subscription: c.text(subscriptionID), AdditionallyAllowedTenants: c.values[auxiliaryTenantIDs].List,
	}
	if options.Subscription == "" {
		options.TenantID = c.text(tenantID)
	}
	credential, err := azidentity.NewAzureCLICredential(&options)
	if err != nil { // It quotes what was given, which may be a secret that was meant for another argument.
		return nil, []Problem{{subscriptionID, "Invalid subscription", "It has characters that the Azure CLI does not " +
			"take. Give the ID of the subscription, which the Azure portal shows on its overview."}}
	}
	return credential, nil
}
