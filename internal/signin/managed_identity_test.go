// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package signin_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/azureiot/terraform-provider-azureiot/internal/signin"
)

// roundTrip answers a request.
type roundTrip func(req *http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// The endpoint that is given is asked in the version that is given, and keeps its own query.
func TestManagedIdentity_asksTheEndpointInItsVersion(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ version, want string }{
		"given":    {"2019-08-01", "2019-08-01"},
		"left out": {"", "2018-02-01"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// MSAL keeps tokens for the whole process, by client and audience.
			block := values{
				"use_msi": "true", "msi_endpoint": "http://localhost:1/own/token?site=7", "client_id": "version " + name,
			}
			if test.version != "" {
				block["msi_api_version"] = test.version
			}
			choice, problems := choose(block, nil)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			var asked *url.URL
			client := &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
				asked = req.URL
				return &http.Response{StatusCode: http.StatusOK, Request: req, Header: http.Header{}, Body: io.NopCloser(
					strings.NewReader(`{"access_token":"t","expires_in":"3600","resource":"r","token_type":"Bearer"}`))}, nil
			})}
			credential, problems := choice.Credential(signin.Options{Client: client, Local: client})
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			scopes := policy.TokenRequestOptions{Scopes: []string{"https://x.example/.default"}}
			if _, err := credential.GetToken(t.Context(), scopes); err != nil {
				t.Fatal(err)
			}
			query := asked.Query()
			if asked.Host+asked.Path != "localhost:1/own/token" || query.Get("api-version") != test.want ||
				query.Get("site") != "7" || query.Get("resource") != "https://x.example" ||
				query.Get("client_id") != "version "+name {
				t.Errorf("asked %s", asked)
			}
		})
	}
}
