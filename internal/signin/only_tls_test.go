// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package signin_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/azureiot/terraform-provider-azureiot/internal/signin"
)

// wire answers every request with one document and notes where requests went.
type wire struct {
	document string

	mu   sync.Mutex
	seen []string
}

func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, req.URL.Scheme+"://"+req.URL.Host)
	return &http.Response{
		StatusCode: http.StatusOK, Request: req, Body: io.NopCloser(strings.NewReader(w.document)),
		Header: http.Header{"Content-Type": {"application/json"}},
	}, nil
}

// Whatever an authority answers, a secret never leaves over plain http.
func TestCredential_neverSendsASecretOverPlainHTTP(t *testing.T) {
	t.Parallel()
	leads := `{"token_endpoint":"http://login.example/t/oauth2/v2.0/token","issuer":"https://login.example/t/v2.0",` +
		`"authorization_endpoint":"https://login.example/t/oauth2/v2.0/authorize","value":"a.b.c"}`
	for name, block := range map[string]values{
		"secret": with(principal(), values{"client_secret": secret}),
		"OIDC":   with(principal(), values{"use_oidc": "true", "oidc_token": "a.b.c"}),
		"GitHub": with(principal(), values{
			"use_oidc": "true", "oidc_request_url": "https://github.example/", "oidc_request_token": secret,
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			choice, problems := choose(block, nil)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			w := &wire{document: leads}
			credential, problems := choice.Credential(signin.Options{
				Authority: "https://login.example/", Custom: true, Client: &http.Client{Transport: w},
			})
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			scopes := policy.TokenRequestOptions{Scopes: []string{"https://x.example/.default"}}
			_, err := credential.GetToken(t.Context(), scopes)
			if err == nil || !strings.Contains(err.Error(), "would not be over https") || strings.Contains(err.Error(), secret) {
				t.Errorf("the error is %v", err)
			}
			for _, where := range w.seen {
				if strings.HasPrefix(where, "http:") {
					t.Errorf("a request went to %s", where)
				}
			}
			if len(w.seen) == 0 {
				t.Error("nobody was asked at all")
			}
		})
	}
}
