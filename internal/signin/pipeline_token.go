// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package signin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// entraAudience is what Microsoft Entra ID wants a pipeline's token to be for ("Configure an app to trust an external
// identity provider").
const entraAudience = "api://AzureADTokenExchange"

// byGitHub asks GitHub for the job's token (GitHub, "Configuring OpenID Connect in Azure").
func byGitHub(c *Choice, o Options) (azcore.TokenCredential, []Problem) {
	if c.values[oidcRequestURL].Variable == "SYSTEM_OIDCREQUESTURI" {
		return nil, []Problem{{serviceConnection, "Missing " + serviceConnection, "This is an Azure DevOps pipeline " +
			"(SYSTEM_OIDCREQUESTURI is set), which gives tokens through a service connection: set " + serviceConnection +
			", or the environment variable ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID, to its ID."}}
	}
	return c.requested(o, http.MethodGet, url.Values{"audience": {entraAudience}}, "value")
}

// byServiceConnection asks Azure DevOps for a token of a service connection. azidentity's own credential for it takes
// the address from SYSTEM_OIDCREQUESTURI only, so that oidc_request_url would be ignored.
func byServiceConnection(c *Choice, o Options) (azcore.TokenCredential, []Problem) {
	return c.requested(o, http.MethodPost, url.Values{
		"api-version": {"7.1"}, "serviceConnectionId": {c.text(serviceConnection)},
	}, "oidcToken")
}

// requested signs in with a token that a pipeline's service is asked for; member is where its answer has it.
func (c *Choice) requested(
	o Options, method string, query url.Values, member string,
) (azcore.TokenCredential, []Problem) {
	address := c.values[oidcRequestURL]
	where, err := url.Parse(address.Text)
	if err != nil || where.Host == "" {
		return nil, []Problem{{oidcRequestURL, "Invalid URL" + address.source(), "It is not the URL of a token service."}}
	}
	if where.Scheme != "https" {
		return nil, []Problem{{oidcRequestURL, "Not an https URL" + address.source(),
			"The request carries oidc_request_token, which is sent over https only."}}
	}
	all := where.Query()
	for name, values := range query {
		if !all.Has(name) {
			all[name] = values
		}
	}
	where.RawQuery = all.Encode()
	options := o.client()
	service := runtime.NewPipeline("azureiot-signin", "v0", runtime.PipelineOptions{}, &options)
	return c.federated(o, oidcRequestURL, func(ctx context.Context) (string, error) {
		return askPipeline(ctx, service, method, where.String(), c.text(oidcRequestToken), member)
	})
}

func askPipeline(
	ctx context.Context, service runtime.Pipeline, method, address, bearer, member string,
) (string, error) {
	req, err := runtime.NewRequest(ctx, method, address)
	if err != nil {
		return "", err
	}
	header := req.Raw().Header
	header.Set("Authorization", "Bearer "+bearer)
	header.Set("Accept", "application/json")
	if method == http.MethodPost {
		header.Set("Content-Type", "application/json")
		// Otherwise Azure DevOps answers a bad token with a redirect to its login page.
		header.Set("X-TFS-FedAuthRedirect", "Suppress")
	}
	resp, err := service.Do(req)
	if err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		return "", fmt.Errorf("the pipeline's token service at %s answered %s", req.Raw().URL.Host, resp.Status)
	}
	body, err := runtime.Payload(resp)
	if err != nil {
		return "", fmt.Errorf("the answer of the pipeline's token service ended early: %w", err)
	}
	var answer map[string]any
	if err := json.Unmarshal(body, &answer); err == nil {
		if token, _ := answer[member].(string); token != "" {
			return token, nil
		}
	}
	return "", errors.New("the pipeline's token service answered without a token")
}
