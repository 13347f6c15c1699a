// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package authority_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

const (
	dpsScope = "https://azure-devices-provisioning.net/.default"
	hubScope = "https://iothubs.azure.net/.default"
	endpoint = "/tenant/oauth2/v2.0/token"
)

func host(w *world.World) string {
	return strings.Trim(strings.TrimPrefix(w.AuthorityURL(), "https://"), "/")
}

// ask sends a form to the token endpoint.
func ask(w *world.World, form url.Values) world.Result {
	w.T.Helper()
	return w.Do(world.Call{
		Host: host(w), Method: "POST", Path: endpoint, Body: form.Encode(), NoVersion: true,
		Header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"},
	})
}

func form(pairs ...string) url.Values {
	all := url.Values{"grant_type": {"client_credentials"}, "client_id": {"app"}, "scope": {dpsScope}}
	for i := 0; i < len(pairs); i += 2 {
		all.Set(pairs[i], pairs[i+1])
	}
	return all
}

// numberOf is the number of an error of Microsoft Entra ID; 0 for a token.
func numberOf(t *testing.T, r world.Result) int {
	t.Helper()
	codes, _ := r.Object(t)["error_codes"].([]any)
	if len(codes) == 0 {
		return 0
	}
	number, _ := codes[0].(float64)
	return int(number)
}

func TestSecret_isCheckedAndEnds(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.AddApplication("app", "s3cret")
	w.AddApplication("bare", "")
	w.Authority().AddSecret("app", "short-lived", w.Clock.Now().Add(time.Hour))
	for name, c := range map[string]struct {
		form   url.Values
		status int
		number int
	}{
		"right":       {form("client_secret", "s3cret"), 200, 0},
		"second":      {form("client_secret", "short-lived"), 200, 0},
		"wrong":       {form("client_secret", "wrong"), 401, 7000215},
		"none":        {form(), 401, 7000218},
		"nobody":      {form("client_id", "nobody", "client_secret", "s3cret"), 400, 700016},
		"grant":       {form("client_secret", "s3cret", "grant_type", "password"), 400, 70003},
		"scope":       {form("client_secret", "s3cret", "scope", "https://graph.microsoft.com/.default"), 400, 500011},
		"assertion":   {form("client_assertion", "a.b.c"), 400, 50027},
		"with openid": {form("client_secret", "s3cret", "scope", "openid "+hubScope+" offline_access"), 200, 0},
		"resource":    {form("client_secret", "s3cret", "scope", "", "resource", "https://iothubs.azure.net/"), 200, 0},
	} {
		r := ask(w, c.form)
		if r.Status != c.status || numberOf(t, r) != c.number {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
		if strings.Contains(r.Body, "s3cret") {
			t.Errorf("%s: the secret is repeated", name)
		}
	}
	w.Clock.Advance(time.Hour)
	if r := ask(w, form("client_secret", "short-lived")); r.Status != 401 || numberOf(t, r) != 7000222 {
		t.Errorf("after its end: %d %s", r.Status, r.Body)
	}
}

func TestAudience_isThatOfTheCloud(t *testing.T) {
	t.Parallel()
	for cloud, want := range map[string]map[string]int{
		"":             {hubScope: 200, "https://iothubs.azure.us/.default": 400, dpsScope: 200},
		"china":        {hubScope: 200, "https://iothubs.azure.us/.default": 400, dpsScope: 200},
		"usgovernment": {hubScope: 400, "https://iothubs.azure.us/.default": 200, dpsScope: 200},
	} {
		w := world.Start(t, emulator.Options{Cloud: cloud})
		w.AddApplication("app", "s3cret")
		for scope, status := range want {
			if r := ask(w, form("client_secret", "s3cret", "scope", scope)); r.Status != status {
				t.Errorf("%s, %s: %d", cloud, scope, r.Status)
			}
		}
	}
}

// signer is a certificate with its key.
type signer struct {
	der []byte
	key *rsa.PrivateKey
}

func newSigner(t *testing.T) signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "app"}, NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return signer{der, key}
}

// assert signs claims, as an identity library does; change may spoil them.
func (s signer) assert(t *testing.T, w *world.World, change func(claims map[string]any)) string {
	t.Helper()
	now := w.Clock.Now()
	claims := map[string]any{
		"iss": "app", "sub": "app", "aud": "https://" + host(w) + endpoint, "nbf": now.Unix(),
		"exp": now.Add(10 * time.Minute).Unix(),
	}
	change(claims)
	encode := base64.RawURLEncoding.EncodeToString
	thumbprint := sha256.Sum256(s.der)
	head, err1 := json.Marshal(map[string]string{"alg": "PS256", "x5t#S256": encode(thumbprint[:])})
	body, err2 := json.Marshal(claims)
	signed := encode(head) + "." + encode(body)
	digest := sha256.Sum256([]byte(signed))
	signature, err3 := rsa.SignPSS(rand.Reader, s.key, crypto.SHA256, digest[:], nil)
	if err1 != nil || err2 != nil || err3 != nil {
		t.Fatal(err1, err2, err3)
	}
	return signed + "." + encode(signature)
}

func TestCertificate_signatureIsChecked(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	own, other := newSigner(t), newSigner(t)
	if err := w.Authority().AddCertificate("app", own.der); err != nil {
		t.Fatal(err)
	}
	set := func(name string, value any) func(map[string]any) {
		return func(claims map[string]any) { claims[name] = value }
	}
	keep := func(map[string]any) {}
	now := w.Clock.Now()
	forged := own
	forged.key = other.key
	for name, c := range map[string]struct {
		assertion string
		number    int
	}{
		"right":                {own.assert(t, w, keep), 0},
		"a little ahead":       {own.assert(t, w, set("nbf", now.Add(4*time.Minute).Unix())), 0},
		"of another":           {other.assert(t, w, keep), 700027},
		"another's key":        {forged.assert(t, w, keep), 700027},
		"about another":        {own.assert(t, w, set("sub", "other")), 700021},
		"for another endpoint": {own.assert(t, w, set("aud", "https://login.microsoftonline.com/")), 700021},
		"expired":              {own.assert(t, w, set("exp", now.Add(-6*time.Minute).Unix())), 700024},
		"far ahead":            {own.assert(t, w, set("nbf", now.Add(6*time.Minute).Unix())), 700024},
	} {
		if r := ask(w, form("client_assertion", c.assertion)); numberOf(t, r) != c.number {
			t.Errorf("%s: %s", name, r.Body)
		}
	}
}

func TestFederation_countsForItsSubject(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	a := w.Authority()
	a.Federate("app", "repo:contoso/plant")
	good := a.FederatedToken("repo:contoso/plant", time.Hour)
	for name, c := range map[string]struct {
		assertion string
		number    int
	}{
		"right":         {good, 0},
		"other subject": {a.FederatedToken("repo:contoso/other", time.Hour), 700213},
		"changed":       {good[:len(good)-4] + "AAAA", 700211},
		"expired":       {a.FederatedToken("repo:contoso/plant", -6*time.Minute), 700024},
	} {
		if r := ask(w, form("client_assertion", c.assertion)); numberOf(t, r) != c.number {
			t.Errorf("%s: %s", name, r.Body)
		}
	}
}

func TestPipelines_giveTokensToTheirJobs(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	github := w.Authority().GitHubJob("repo:contoso/plant")
	devops := w.Authority().DevOpsJob("connection-1", "sc://contoso/plant")
	for name, c := range map[string]struct {
		method, path, bearer string
		status               int
		member               string
	}{
		"GitHub":           {"GET", "/github/token?audience=api://AzureADTokenExchange", github, 200, "value"},
		"GitHub, wrong":    {"GET", "/github/token", "x", 401, ""},
		"GitHub as DevOps": {"POST", "/devops/token?api-version=7.1&serviceConnectionId=connection-1", github, 401, ""},
		"DevOps": {
			"POST", "/devops/token?api-version=7.1&serviceConnectionId=connection-1", devops, 200, "oidcToken",
		},
		"DevOps, connection": {"POST", "/devops/token?api-version=7.1&serviceConnectionId=other", devops, 404, ""},
	} {
		r := w.Do(world.Call{
			Host: host(w), Method: c.method, Path: c.path, NoVersion: true,
			Header: map[string]string{"Authorization": "Bearer " + c.bearer},
		})
		if r.Status != c.status || c.member != "" && r.Object(t)[c.member] == nil {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
}

func TestDiscovery_namesTheEndpoint(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	base := "https://" + host(w)
	get := func(path string) map[string]any {
		r := w.Do(world.Call{Host: host(w), Method: "GET", Path: path, NoVersion: true})
		world.WantStatus(t, r, 200)
		return r.Object(t)
	}
	o := get("/t1/v2.0/.well-known/openid-configuration")
	if o["token_endpoint"] != base+"/t1/oauth2/v2.0/token" || o["issuer"] != base+"/t1/v2.0" ||
		o["authorization_endpoint"] == nil {
		t.Errorf("document %v", o)
	}
	if get("/common/discovery/instance")["metadata"] == nil {
		t.Error("no metadata of the instance")
	}
	login, _ := get("/metadata/endpoints?api-version=2022-09-01")["authentication"].(map[string]any)
	if login["loginEndpoint"] != base+"/" {
		t.Errorf("login endpoint %v", login)
	}
	world.WantStatus(t, w.Do(world.Call{Host: host(w), Method: "GET", Path: "/enrollments/a", NoVersion: true}), 404)
}
