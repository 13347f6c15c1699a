// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package authority

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// maxTokenRequest is the most that the endpoint reads.
const maxTokenRequest = 96 << 10

// tokenError is an error of the token endpoint, worded as Microsoft Entra ID words it.
type tokenError struct {
	Error            string `json:"error"`
	ErrorDescription string `json:"error_description"`
	ErrorCodes       []int  `json:"error_codes"`
	Timestamp        string `json:"timestamp"`
	TraceID          string `json:"trace_id"`
	CorrelationID    string `json:"correlation_id"`
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

// cloudMetadata is what a metadata service says, as far as anybody here asks.
type cloudMetadata struct {
	Name            string            `json:"name"`
	ResourceManager string            `json:"resourceManager"`
	Authentication  map[string]string `json:"authentication"`
}

// ServeHTTP answers, over TLS, what identity libraries, pipelines and azurerm ask for.
func (a *Authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	base := "https://" + r.Host
	tenant, rest, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
	authority := base + "/" + tenant
	switch r.Method + " " + strings.ToLower(rest) {
	case "GET v2.0/.well-known/openid-configuration":
		write(w, http.StatusOK, tenantDiscovery{
			TokenEndpoint:         authority + "/oauth2/v2.0/token",
			TokenAuthMethods:      []string{"client_secret_post", "private_key_jwt"},
			Issuer:                authority + "/v2.0",
			AuthorizationEndpoint: authority + "/oauth2/v2.0/authorize",
		})
	case "GET discovery/instance":
		write(w, http.StatusOK, instanceDiscovery{
			TenantDiscoveryEndpoint: authority + "/v2.0/.well-known/openid-configuration",
			APIVersion:              "1.1",
			Metadata:                []instanceMetadata{{r.Host, r.Host, []string{r.Host}}},
		})
	case "GET endpoints":
		write(w, http.StatusOK, cloudMetadata{
			Name: "Emulator", ResourceManager: base, Authentication: map[string]string{"loginEndpoint": base + "/"},
		})
	case "POST oauth2/v2.0/token", "POST oauth2/token":
		a.serveToken(w, r, tenant)
	case "GET token", "POST token":
		a.servePipeline(w, r, tenant)
	default:
		http.NotFound(w, r)
	}
}

// serveToken answers the client credentials grant. The scope (or, in the older form, the
// resource) names the service; roles are looked up when the token is used.
func (a *Authority) serveToken(w http.ResponseWriter, r *http.Request, tenant string) {
	r.Body = http.MaxBytesReader(w, r.Body, maxTokenRequest)
	endpoint := "https://" + r.Host + r.URL.Path
	if r.PostFormValue("grant_type") != "client_credentials" {
		a.refuse(w, &refusal{http.StatusBadRequest, "unsupported_grant_type", 70003,
			"The emulator issues tokens for the client credentials grant only."})
		return
	}
	if refused := a.checkApplication(r, endpoint); refused != nil {
		a.refuse(w, refused)
		return
	}
	audience := r.PostFormValue("resource")
	for scope := range strings.FieldsSeq(r.PostFormValue("scope")) {
		if resource, found := strings.CutSuffix(scope, "/.default"); found {
			audience = resource
		}
	}
	if audience = trimmed(audience); !a.tokens.Serves(audience) {
		a.refuse(w, &refusal{http.StatusBadRequest, "invalid_resource", 500011,
			"The resource principal was not found in the emulator's cloud."})
		return
	}
	token, seconds := a.issue("https://"+r.Host+"/"+tenant+"/v2.0", tenant, r.PostFormValue("client_id"), audience)
	write(w, http.StatusOK, tokenAnswer{
		TokenType: "Bearer", ExpiresIn: seconds, ExtExpiresIn: seconds, AccessToken: token,
	})
}

// issue makes a token, and says for how many seconds it is good.
func (a *Authority) issue(issuer, tenant, clientID, audience string) (token string, seconds int) {
	a.mu.Lock()
	lifetime := a.lifetime
	a.mu.Unlock()
	return a.tokens.Issue(caller.Grant{
		Issuer: issuer, Tenant: tenant, ClientID: clientID, Audience: audience, Lifetime: lifetime,
	}), int(lifetime / time.Second)
}

func (a *Authority) refuse(w http.ResponseWriter, f *refusal) {
	trace, correlation, at := a.random.GUID(), a.random.GUID(), a.now().UTC().Format("2006-01-02 15:04:05Z")
	write(w, f.status, tokenError{
		Error: f.code, ErrorCodes: []int{f.number}, Timestamp: at, TraceID: trace, CorrelationID: correlation,
		ErrorDescription: fmt.Sprintf("AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s",
			f.number, f.text, trace, correlation, at),
	})
}

func write(w http.ResponseWriter, status int, document any) {
	w.Header().Set("Cache-Control", "no-store")
	wire.WriteJSON(w, status, document)
}

// Refuse answers an injected error.
func (a *Authority) Refuse(w http.ResponseWriter, _ *http.Request, status int) {
	a.refuse(w, &refusal{status, "temporarily_unavailable", 90033, "A transient error has occurred. Please try again."})
}
