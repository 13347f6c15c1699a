// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// service names one of the two services a bearer token can be for.
type service int

const (
	serviceDPS service = iota
	serviceHub
)

// audience is the resource that tokens for the service name.
func (s service) audience() string {
	return [...]string{"https://azure-devices-provisioning.net", "https://iothubs.azure.net"}[s]
}

// actionPrefix begins the data actions of the service.
func (s service) actionPrefix() string {
	return [...]string{"Microsoft.Devices/provisioningServices/", "Microsoft.Devices/IotHubs/"}[s]
}

// roleActions are the data actions of the built-in roles. Owner and Contributor have
// none, which is what surprises people.
func roleActions() map[string][]string {
	dps, hub := serviceDPS.actionPrefix(), serviceHub.actionPrefix()
	return map[string][]string{
		"Owner":       nil,
		"Contributor": nil,
		"Device Provisioning Service Data Contributor": {dps + "*"},
		"Device Provisioning Service Data Reader":      {dps + "*/read"},
		"IoT Hub Data Contributor":                     {hub + "*"},
		"IoT Hub Data Reader":                          {hub + "*/read", hub + "fileUpload/notifications/action"},
		"IoT Hub Registry Contributor":                 {hub + "devices/*"},
		"IoT Hub Twin Contributor":                     {hub + "twins/*"},
	}
}

// tokenLifetime is what the answers of the token endpoint say.
const tokenLifetime = time.Hour

// tokenIssuer stands in for Microsoft Entra ID: it gives bearer tokens to applications
// and knows their roles.
type tokenIssuer struct {
	now func() time.Time
	key []byte

	mu      sync.Mutex
	secrets map[string]string
	actions map[string][]string
}

func newTokenIssuer(now func() time.Time, random wire.Random) *tokenIssuer {
	return &tokenIssuer{
		now: now, key: random.Bytes(32), secrets: map[string]string{}, actions: map[string][]string{},
	}
}

// AddApplication lets an application get tokens from the emulator's token endpoint, with
// its secret or with an assertion (client certificate, workload identity), whose
// signature is not verified. The authority is "https://" + DPSHostname() with any tenant.
func (e *Emulator) AddApplication(clientID, secret string) {
	e.tokens.mu.Lock()
	defer e.tokens.mu.Unlock()
	e.tokens.secrets[clientID] = secret
}

// GrantRole gives a client ID a built-in role, or one data action when role begins with
// "Microsoft.Devices/" (a star stands for any text). It counts at once, also for tokens
// that were issued before.
func (e *Emulator) GrantRole(clientID, role string) error {
	granted, known := roleActions()[role]
	if strings.HasPrefix(role, "Microsoft.Devices/") {
		granted, known = []string{role}, true
	}
	if !known {
		names := slices.Sorted(maps.Keys(roleActions()))
		return fmt.Errorf("the role %q is none of %s", role, strings.Join(names, ", "))
	}
	if clientID == "" {
		return errors.New("the principal is empty")
	}
	e.tokens.mu.Lock()
	defer e.tokens.mu.Unlock()
	e.tokens.actions[clientID] = append(e.tokens.actions[clientID], granted...)
	return nil
}

// RevokeRoles takes all roles from a client ID.
func (e *Emulator) RevokeRoles(clientID string) {
	e.tokens.mu.Lock()
	defer e.tokens.mu.Unlock()
	delete(e.tokens.actions, clientID)
}

// claims are what a token says.
type claims struct {
	Audience string `json:"aud"`
	Issuer   string `json:"iss"`
	AppID    string `json:"appid"`
	ObjectID string `json:"oid"`
	TenantID string `json:"tid"`
	IssuedAt int64  `json:"iat"`
	Expires  int64  `json:"exp"`
}

// recognise checks a bearer token for a service. A good token without any role is
// recognised too: what it may do is another question.
func (t *tokenIssuer) recognise(token string, s service) (caller, bool) {
	signed, signature, found := cutLast(token, ".")
	mac, err := base64.RawURLEncoding.DecodeString(signature)
	if !found || err != nil || !hmac.Equal(mac, hmacSHA256(t.key, signed)) {
		return caller{}, false
	}
	_, payload, _ := strings.Cut(signed, ".")
	raw, err := base64.RawURLEncoding.DecodeString(payload)
	var c claims
	if err != nil || json.Unmarshal(raw, &c) != nil {
		return caller{}, false
	}
	if c.Audience != s.audience() || t.now().Unix() >= c.Expires {
		return caller{}, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var granted []string
	for _, a := range t.actions[c.AppID] {
		if rest, ours := strings.CutPrefix(a, s.actionPrefix()); ours {
			granted = append(granted, rest)
		}
	}
	return newCaller(modeEntra, c.AppID, granted), true
}

func cutLast(s, separator string) (before, after string, found bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}

// issue makes a token for an audience.
func (t *tokenIssuer) issue(issuer, tenant, clientID, audience string) string {
	now := t.now()
	payload := wire.JSON(claims{
		Audience: audience, Issuer: issuer, AppID: clientID, ObjectID: clientID, TenantID: tenant,
		IssuedAt: now.Unix(), Expires: now.Add(tokenLifetime).Unix(),
	})
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(payload)
	return signed + "." + encode(hmacSHA256(t.key, signed))
}

// authorised says whether an application proved itself.
func (t *tokenIssuer) authorised(r *http.Request) bool {
	t.mu.Lock()
	secret, known := t.secrets[r.PostFormValue("client_id")]
	t.mu.Unlock()
	if !known {
		return false
	}
	if assertion := r.PostFormValue("client_assertion"); assertion != "" {
		return strings.Count(assertion, ".") == 2
	}
	return secret != "" && hmac.Equal([]byte(secret), []byte(r.PostFormValue("client_secret")))
}
