// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package caller

import (
	"net/http"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// maxTokenRequest is the most that the endpoint reads.
const maxTokenRequest = 96 << 10

// tokenError is an error of the token endpoint, worded as Entra ID words it.
type tokenError struct {
	Error            string `json:"error"`
	ErrorDescription string `json:"error_description"`
	ErrorCodes       []int  `json:"error_codes"`
}

type tokenAnswer struct {
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
	ExtExpiresIn int    `json:"ext_expires_in"`
	AccessToken  string `json:"access_token"`
}

type tenantDiscovery struct {
	TokenEndpoint         string   `json:"token_endpoint"`
	TokenAuthMethods      []string `json:"token_endpoint_auth_methods_supported"`
	Issuer                string   `json:"issuer"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
}

type instanceDiscovery struct {
	TenantDiscoveryEndpoint string             `json:"tenant_discovery_endpoint"`
	APIVersion              string             `json:"api-version"`
	Metadata                []instanceMetadata `json:"metadata"`
}

type instanceMetadata struct {
	PreferredNetwork string   `json:"preferred_network"`
	PreferredCache   string   `json:"preferred_cache"`
	Aliases          []string `json:"aliases"`
}

// Beside serves a service and, on paths of their own, the documents and the token
// endpoint that identity libraries ask for.
func (t *Issuer) Beside(service http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tenant, rest, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
		authority := "https://" + r.Host + "/" + tenant
		switch r.Method + " " + strings.ToLower(rest) {
		case "GET v2.0/.well-known/openid-configuration":
			writeToken(w, http.StatusOK, tenantDiscovery{
				TokenEndpoint:         authority + "/oauth2/v2.0/token",
				TokenAuthMethods:      []string{"client_secret_post", "private_key_jwt"},
				Issuer:                authority + "/v2.0",
				AuthorizationEndpoint: authority + "/oauth2/v2.0/authorize",
			})
		case "GET discovery/instance":
			writeToken(w, http.StatusOK, instanceDiscovery{
				TenantDiscoveryEndpoint: authority + "/v2.0/.well-known/openid-configuration",
				APIVersion:              "1.1",
				Metadata:                []instanceMetadata{{r.Host, r.Host, []string{r.Host}}},
			})
		case "POST oauth2/v2.0/token", "POST oauth2/token":
			t.serve(w, r, tenant)
		default:
			service.ServeHTTP(w, r)
		}
	})
}

// serve answers the client credentials grant. The scope (or, in the older form, the
// resource) names the service; roles are looked up when the token is used.
func (t *Issuer) serve(w http.ResponseWriter, r *http.Request, tenant string) {
	r.Body = http.MaxBytesReader(w, r.Body, maxTokenRequest)
	if r.PostFormValue("grant_type") != "client_credentials" {
		writeToken(w, http.StatusBadRequest, tokenError{
			Error: "unsupported_grant_type", ErrorCodes: []int{70003},
			ErrorDescription: "AADSTS70003: The emulator issues tokens for the client credentials grant only.",
		})
		return
	}
	if !t.authorised(r) {
		writeToken(w, http.StatusUnauthorized, tokenError{
			Error: "invalid_client", ErrorCodes: []int{7000215},
			ErrorDescription: "AADSTS7000215: Invalid client secret provided, or the application is not known.",
		})
		return
	}
	audience := r.PostFormValue("resource")
	for scope := range strings.FieldsSeq(r.PostFormValue("scope")) {
		if resource, found := strings.CutSuffix(scope, "/.default"); found {
			audience = resource
		}
	}
	audience = strings.TrimSuffix(audience, "/")
	if audience != DPS.audience() && audience != Hub.audience() {
		writeToken(w, http.StatusBadRequest, tokenError{
			Error: "invalid_resource", ErrorCodes: []int{500011},
			ErrorDescription: "AADSTS500011: The resource principal was not found in the emulator.",
		})
		return
	}
	issuer := "https://" + r.Host + "/" + tenant + "/v2.0"
	seconds := int(tokenLifetime / time.Second)
	writeToken(w, http.StatusOK, tokenAnswer{
		TokenType: "Bearer", ExpiresIn: seconds, ExtExpiresIn: seconds,
		AccessToken: t.issue(issuer, tenant, r.PostFormValue("client_id"), audience),
	})
}

func writeToken(w http.ResponseWriter, status int, document any) {
	w.Header().Set("Cache-Control", "no-store")
	wire.WriteJSON(w, status, document)
}
