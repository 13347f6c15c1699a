// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package authority

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

const (
	// pipelineIssuer stands for GitHub, Azure DevOps and clusters alike.
	pipelineIssuer = "https://pipelines.emulator.invalid"
	// exchange is whom their tokens are for ("Workload identity federation").
	exchange = "api://AzureADTokenExchange"
)

// job may ask for tokens about a subject.
type job struct {
	subject    string
	connection string // Azure DevOps: through which service connection
	lifetime   time.Duration
}

// FederatedToken makes a token about a subject, as a cluster puts into the file of a pod, or
// a pipeline into a variable.
func (a *Authority) FederatedToken(subject string, lifetime time.Duration) string {
	now := a.now()
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(wire.JSON(claims{
		Issuer: pipelineIssuer, Subject: subject, Audience: exchange,
		From: now.Unix(), Expires: now.Add(lifetime).Unix(),
	}))
	token := signed + "." + encode(a.sign(signed))
	a.keep(token)
	return token
}

func (a *Authority) sign(text string) []byte {
	mac := hmac.New(sha256.New, a.key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// GitHubJob starts a job that may ask for tokens about a subject; its token goes to "https://HOST/github/token".
func (a *Authority) GitHubJob(subject string) (bearer string) {
	return a.start(job{subject: subject, lifetime: 5 * time.Minute})
}

// DevOpsJob starts a job that may ask for tokens about a subject through a service
// connection; its token goes to "https://HOST/devops/token".
func (a *Authority) DevOpsJob(connection, subject string) (bearer string) {
	return a.start(job{subject: subject, connection: connection, lifetime: 10 * time.Minute})
}

func (a *Authority) start(j job) string {
	bearer := a.random.Key(24)
	a.keep(bearer)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.jobs[bearer] = j
	return bearer
}

// servePipeline gives a job its token, in GitHub's or in Azure DevOps' way.
func (a *Authority) servePipeline(w http.ResponseWriter, r *http.Request, platform string) {
	bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	a.mu.Lock()
	j, known := a.jobs[bearer]
	a.mu.Unlock()
	query := r.URL.Query()
	devOps := platform == "devops" && r.Method == http.MethodPost
	switch {
	case !known || devOps != (j.connection != ""):
		write(w, http.StatusUnauthorized, map[string]string{"message": "The job may not ask for tokens."})
	case devOps && (query.Get("serviceConnectionId") != j.connection || query.Get("api-version") == ""):
		write(w, http.StatusNotFound, map[string]string{"message": "There is no such service connection."})
	case devOps:
		write(w, http.StatusOK, map[string]string{"oidcToken": a.FederatedToken(j.subject, j.lifetime)})
	case query.Get("audience") != exchange:
		write(w, http.StatusOK, map[string]string{"value": "for.another.audience"})
	default:
		write(w, http.StatusOK, map[string]string{"value": a.FederatedToken(j.subject, j.lifetime)})
	}
}

// checkFederated refuses a token of a pipeline or cluster that does not count as the application's.
func (a *Authority) checkFederated(app *application, t token) *refusal {
	switch {
	case !hmac.Equal(t.signature, a.sign(t.signed)):
		return &refusal{http.StatusUnauthorized, "invalid_client", 700211,
			"No matching federated identity record found for presented assertion issuer."}
	case t.claims.Audience != exchange:
		return &refusal{http.StatusUnauthorized, "invalid_client", 700212,
			"No matching federated identity record found for presented assertion audience."}
	case !slices.Contains(app.subjects, t.claims.Subject):
		return &refusal{http.StatusUnauthorized, "invalid_client", 700213,
			"No matching federated identity record found for presented assertion subject."}
	}
	return a.checkTime(t)
}
