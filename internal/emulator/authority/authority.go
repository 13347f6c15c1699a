// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package authority

import (
	"bytes"
	"crypto/hmac"
	"crypto/x509"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// Authority knows applications and managed identities, and gives them tokens.
type Authority struct {
	now    func() time.Time
	tokens *caller.Issuer
	random wire.Random
	key    []byte // of the tokens of pipelines and clusters

	mu           sync.Mutex
	lifetime     time.Duration
	applications map[string]*application
	jobs         map[string]job
	identities   []string
	header       string
	arcFolder    string
	arcKeys      []string
	secrets      []string
}

// application is a registered one with what it can prove itself with.
type application struct {
	secrets      []secret
	certificates []*x509.Certificate
	subjects     []string
}

type secret struct {
	value string
	ends  time.Time
}

// New makes an authority without applications.
func New(now func() time.Time, random wire.Random, tokens *caller.Issuer) *Authority {
	return &Authority{
		now: now, tokens: tokens, random: random, key: random.Bytes(32), lifetime: time.Hour,
		applications: map[string]*application{}, jobs: map[string]job{}, header: random.GUID(),
	}
}

// change gives f an application, which is made when there is none.
func (a *Authority) change(clientID string, f func(*application)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.applications[clientID] == nil {
		a.applications[clientID] = &application{}
	}
	f(a.applications[clientID])
}

// AddSecret lets an application prove itself with a secret until a moment; the zero time is far away.
func (a *Authority) AddSecret(clientID, value string, ends time.Time) {
	a.keep(value)
	a.change(clientID, func(app *application) { app.secrets = append(app.secrets, secret{value, ends}) })
}

// AddCertificate lets an application prove itself with the key of a certificate, in DER.
func (a *Authority) AddCertificate(clientID string, der []byte) error {
	c, err := x509.ParseCertificate(der)
	if err == nil {
		a.change(clientID, func(app *application) { app.certificates = append(app.certificates, c) })
	}
	return err
}

// Federate lets an application prove itself with the tokens of a pipeline or a cluster that
// are about a subject, such as "repo:contoso/plant:ref:refs/heads/main".
func (a *Authority) Federate(clientID, subject string) {
	a.change(clientID, func(app *application) { app.subjects = append(app.subjects, subject) })
}

// SetTokenLifetime changes how long tokens are good; an hour at first.
func (a *Authority) SetTokenLifetime(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lifetime = d
}

// Secrets are all that nobody else may see: secrets, headers, the tokens of jobs, and every token that was given away.
func (a *Authority) Secrets() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Concat(a.secrets, []string{a.header}, a.arcKeys, a.tokens.Issued())
}

// keep remembers a secret.
func (a *Authority) keep(secret string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if secret != "" {
		a.secrets = append(a.secrets, secret)
	}
}

// refusal is an answer of the token endpoint, with the number of Microsoft Entra ID's error.
type refusal struct {
	status int
	code   string
	number int
	text   string
}

// checkSecret refuses a secret that is not one of the application's, or no longer.
func (a *Authority) checkSecret(app *application, given string) *refusal {
	for _, s := range app.secrets {
		switch {
		case !hmac.Equal([]byte(s.value), []byte(given)):
		case !s.ends.IsZero() && !a.now().Before(s.ends):
			return &refusal{http.StatusUnauthorized, "invalid_client", 7000222, "The provided client secret keys are expired."}
		default:
			return nil
		}
	}
	return &refusal{http.StatusUnauthorized, "invalid_client", 7000215, "Invalid client secret provided."}
}

// checkApplication refuses an application that has not proven itself.
func (a *Authority) checkApplication(r *http.Request, endpoint string) *refusal {
	a.mu.Lock()
	defer a.mu.Unlock()
	id := r.PostFormValue("client_id")
	app := a.applications[id]
	given, assertion := r.PostFormValue("client_secret"), r.PostFormValue("client_assertion")
	switch {
	case app == nil:
		return &refusal{http.StatusBadRequest, "unauthorized_client", 700016,
			"Application with this identifier was not found in the directory."}
	case assertion != "":
		return a.checkAssertion(app, id, endpoint, assertion)
	case given != "":
		return a.checkSecret(app, given)
	}
	return &refusal{http.StatusUnauthorized, "invalid_client", 7000218,
		"The request body must contain the following parameter: 'client_assertion' or 'client_secret'."}
}

// checkAssertion refuses a claim to be an application: its own, signed with a certificate's
// key, or a pipeline's or a cluster's about it.
func (a *Authority) checkAssertion(app *application, id, endpoint, text string) *refusal {
	t, err := parseToken(text)
	if err != nil {
		return &refusal{http.StatusBadRequest, "invalid_request", 50027, "JWT token is invalid or malformed."}
	}
	if t.claims.Issuer == pipelineIssuer {
		return a.checkFederated(app, t)
	}
	c := find(app.certificates, t)
	switch {
	case c == nil:
		return &refusal{http.StatusUnauthorized, "invalid_client", 700027, "The certificate with identifier used to sign " +
			"the client assertion is not registered on application."}
	case !t.signedBy(c):
		return &refusal{http.StatusUnauthorized, "invalid_client", 700027, "Client assertion failed signature validation."}
	case t.claims.Issuer != id || t.claims.Subject != id || t.claims.Audience != endpoint:
		return &refusal{http.StatusUnauthorized, "invalid_client", 700021, "Client assertion application identifier " +
			"or audience doesn't match."}
	}
	return a.checkTime(t)
}

func (a *Authority) checkTime(t token) *refusal {
	now := a.now()
	if now.Unix() >= t.claims.Expires+int64(caller.Skew.Seconds()) || now.Add(caller.Skew).Unix() < t.claims.From {
		return &refusal{http.StatusUnauthorized, "invalid_client", 700024,
			"Client assertion is not within its valid time range."}
	}
	return nil
}

// find is the certificate that an assertion names by its thumbprint.
func find(certificates []*x509.Certificate, t token) *x509.Certificate {
	for _, c := range certificates {
		if bytes.Equal(t.thumbprint(), sha256Of(c.Raw)) || bytes.Equal(t.thumbprint(), sha1Of(c.Raw)) {
			return c
		}
	}
	return nil
}

// trimmed is a resource as its audience is spelled.
func trimmed(resource string) string { return strings.TrimSuffix(resource, "/") }
