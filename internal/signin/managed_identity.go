// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package signin

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// byManagedIdentity signs in as an identity of the machine. azidentity finds the platform's endpoint by the platform's
// variables; msi_endpoint replaces that of virtual machines, in the same protocol, as in azurerm.
func byManagedIdentity(c *Choice, o Options) (azcore.TokenCredential, []Problem) {
	options := azidentity.ManagedIdentityCredentialOptions{ClientOptions: o.client()}
	options.Transport = o.Local
	options.PerRetryPolicies = []policy.Policy{onlyTLS{machine: true}}
	// The service is back within 70 seconds of an update ("How to use managed identities on an Azure VM to acquire an
	// access token"); where there is none, nobody shall wait for azidentity's seven minutes.
	options.Retry = policy.RetryOptions{MaxRetries: 4, RetryDelay: 2 * time.Second, TryTimeout: 10 * time.Second}
	if id := c.text(clientID); id != "" {
		options.ID = azidentity.ClientID(id)
	}
	where, problems := c.endpoint()
	if len(problems) > 0 {
		return nil, problems
	}
	options.PerCallPolicies = []policy.Policy{redirected{endpoint: where, version: c.text(msiAPIVersion)}}
	credential, err := azidentity.NewManagedIdentityCredential(&options)
	return made(useMSI, credential, err)
}

// endpoint is msi_endpoint, nil when it is not given.
func (c *Choice) endpoint() (*url.URL, []Problem) {
	value, ok := c.values[msiEndpoint]
	if !ok {
		return nil, nil
	}
	where, err := url.Parse(value.Text)
	if err != nil || where.Host == "" || where.Scheme != "http" && where.Scheme != "https" {
		return nil, []Problem{{msiEndpoint, "Invalid URL" + value.source(),
			"It is not a URL such as http://169.254.169.254/metadata/identity/oauth2/token."}}
	}
	if where.Scheme == "http" && !onMachine(where.Hostname()) {
		return nil, []Problem{{msiEndpoint, "Not an https URL" + value.source(),
			"Tokens come over plain http from an address of the machine or its own network only; this host is elsewhere."}}
	}
	for _, variable := range []string{"IDENTITY_ENDPOINT", "MSI_ENDPOINT"} {
		if other := c.getenv(variable); other != "" && other != value.Text {
			return nil, []Problem{{msiEndpoint, "Two managed identity endpoints" + value.source(), fmt.Sprintf(
				"msi_endpoint is %q%s, and the platform says %q (%s). Leave msi_endpoint out to use the platform's.",
				value.Text, value.source(), other, variable)}}
		}
	}
	return where, nil
}

// redirected sends the requests for a managed identity's tokens to another endpoint, and in another version, when these
// are given.
type redirected struct {
	endpoint *url.URL
	version  string
}

// Do changes the request's address and passes it on.
func (r redirected) Do(req *policy.Request) (*http.Response, error) {
	where := req.Raw().URL
	query := where.Query()
	if r.version != "" {
		query.Set("api-version", r.version)
	}
	if r.endpoint != nil {
		changed := *r.endpoint
		for name, values := range r.endpoint.Query() {
			query[name] = values
		}
		where = &changed
		req.Raw().URL, req.Raw().Host = where, where.Host
	}
	where.RawQuery = query.Encode()
	return req.Next()
}
