// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package caller

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

// Service names one of the two services a bearer token can be for.
type Service int

// The services.
const (
	DPS Service = iota
	Hub
)

// audience is the resource that tokens for the service name.
func (s Service) audience() string {
	return [...]string{"https://azure-devices-provisioning.net", "https://iothubs.azure.net"}[s]
}

// actionPrefix begins the data actions of the service.
func (s Service) actionPrefix() string {
	return [...]string{"Microsoft.Devices/provisioningServices/", "Microsoft.Devices/IotHubs/"}[s]
}

// roleActions are the data actions of the built-in roles. Owner and Contributor have
// none, which is what surprises people.
func roleActions() map[string][]string {
	dps, hub := DPS.actionPrefix(), Hub.actionPrefix()
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

// Issuer stands in for Microsoft Entra ID: it gives bearer tokens to applications
// and knows their roles.
type Issuer struct {
	now func() time.Time
	key []byte

	mu      sync.Mutex
	secrets map[string]string
	actions map[string][]string
}

// NewIssuer makes an issuer that knows nobody.
func NewIssuer(now func() time.Time, random wire.Random) *Issuer {
	return &Issuer{
		now: now, key: random.Bytes(32), secrets: map[string]string{}, actions: map[string][]string{},
	}
}

// AddApplication lets an application get tokens from the token endpoint, with
// its secret or with an assertion (client certificate, workload identity), whose
// signature is not verified.
func (t *Issuer) AddApplication(clientID, secret string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.secrets[clientID] = secret
}

// GrantRole gives a client ID a built-in role, or one data action when role begins with
// "Microsoft.Devices/" (a star stands for any text). It counts at once, also for tokens
// that were issued before.
func (t *Issuer) GrantRole(clientID, role string) error {
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
	t.mu.Lock()
	defer t.mu.Unlock()
	t.actions[clientID] = append(t.actions[clientID], granted...)
	return nil
}

// RevokeRoles takes all roles from a client ID.
func (t *Issuer) RevokeRoles(clientID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.actions, clientID)
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
func (t *Issuer) recognise(token string, s Service) (Caller, bool) {
	signed, signature, found := cutLast(token, ".")
	mac, err := base64.RawURLEncoding.DecodeString(signature)
	if !found || err != nil || !hmac.Equal(mac, hmacSHA256(t.key, signed)) {
		return Caller{}, false
	}
	_, payload, _ := strings.Cut(signed, ".")
	raw, err := base64.RawURLEncoding.DecodeString(payload)
	var c claims
	if err != nil || json.Unmarshal(raw, &c) != nil {
		return Caller{}, false
	}
	if c.Audience != s.audience() || t.now().Unix() >= c.Expires {
		return Caller{}, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var granted []string
	for _, a := range t.actions[c.AppID] {
		if rest, ours := strings.CutPrefix(a, s.actionPrefix()); ours {
			granted = append(granted, rest)
		}
	}
	return New(Entra, c.AppID, granted...), true
}

func cutLast(s, separator string) (before, after string, found bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}

// issue makes a token for an audience.
func (t *Issuer) issue(issuer, tenant, clientID, audience string) string {
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
func (t *Issuer) authorised(r *http.Request) bool {
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
