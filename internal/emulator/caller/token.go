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

// audience is the resource that tokens for the service name in a cloud. The US government's hubs have one of their own
// (IotHubAuthenticationScopes of Microsoft's SDK for .NET).
func (s Service) audience(cloud string) string {
	if s == Hub && cloud == "usgovernment" {
		return "https://iothubs.azure.us"
	}
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

// Issuer makes bearer tokens as Microsoft Entra ID does, recognises its own, and knows the
// roles of principals. Who may have a token is the authority's question.
type Issuer struct {
	now   func() time.Time
	key   []byte
	cloud string

	mu      sync.Mutex
	actions map[string][]string
	issued  []string
}

// NewIssuer makes an issuer that knows nobody, for a cloud: "public", "usgovernment" or "china"; empty means public.
func NewIssuer(now func() time.Time, random wire.Random, cloud string) *Issuer {
	return &Issuer{now: now, key: random.Bytes(32), cloud: cloud, actions: map[string][]string{}}
}

// GrantRole gives a client ID a built-in role, or one data action when role begins with "Microsoft.Devices/" (a star
// stands for any text). It counts at once, also for tokens that were issued before.
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
	From     int64  `json:"nbf"`
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
	now := t.now()
	if c.Audience != s.audience(t.cloud) || now.Unix() >= c.Expires || now.Add(Skew).Unix() < c.From {
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

// Skew is how far the clocks of those who make tokens may be ahead (Microsoft.IdentityModel's default).
const Skew = 5 * time.Minute

// Grant is what a token says.
type Grant struct {
	// Issuer is the URL of the authority, ClientID the principal, Audience the service's resource.
	Issuer, Tenant, ClientID, Audience string
	// Lifetime is how long the token is good.
	Lifetime time.Duration
}

// Issue makes a token.
func (t *Issuer) Issue(g Grant) string {
	now := t.now()
	payload := wire.JSON(claims{
		Audience: g.Audience, Issuer: g.Issuer, AppID: g.ClientID, ObjectID: g.ClientID, TenantID: g.Tenant,
		IssuedAt: now.Unix(), From: now.Unix(), Expires: now.Add(g.Lifetime).Unix(),
	})
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(payload)
	token := signed + "." + encode(hmacSHA256(t.key, signed))
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.issued) == 2*maxIssued {
		t.issued = slices.Clone(t.issued[maxIssued:])
	}
	t.issued = append(t.issued, token)
	return token
}

// maxIssued is how many tokens are remembered at least; of twice as many the older half goes.
const maxIssued = 10_000

// Issued are the latest tokens that were made.
func (t *Issuer) Issued() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.issued)
}

// Serves tells whether a resource is one of the services' audiences.
func (t *Issuer) Serves(resource string) bool {
	return resource == DPS.audience(t.cloud) || resource == Hub.audience(t.cloud)
}
