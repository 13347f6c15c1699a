// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
)

// deviceToken signs a token; policy "" is a device's own.
func deviceToken(resource, key, policy string, expiry time.Time) string {
	raw, _ := base64.StdEncoding.DecodeString(key)
	sr := url.QueryEscape(resource)
	mac := hmac.New(sha256.New, raw)
	_, _ = fmt.Fprintf(mac, "%s\n%d", sr, expiry.Unix())
	token := fmt.Sprintf("SharedAccessSignature sr=%s&sig=%s&se=%d", sr,
		url.QueryEscape(base64.StdEncoding.EncodeToString(mac.Sum(nil))), expiry.Unix())
	if policy != "" {
		token += "&skn=" + policy
	}
	return token
}

// connectAs makes the device-facing request with a token or a chain of certificates.
func (h *testHub) connectAs(id, token string, chain ...*x509.Certificate) testAnswer {
	h.t.Helper()
	r := newRequest(http.MethodPost, "/devices/"+id+"/messages/events?api-version=2020-03-13", "hello")
	r.TLS = &tls.ConnectionState{PeerCertificates: chain}
	return h.serve(r, token)
}

// testCertificate is a certificate with the key that can sign others.
type testCertificate struct {
	*x509.Certificate
	key *ecdsa.PrivateKey
}

// issue makes a certificate signed by the issuer, or by itself when that is nil.
func issue(t *testing.T, name string, issuer *testCertificate, isCA bool) *testCertificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: name}, IsCA: isCA, BasicConstraintsValid: true,
		NotBefore: testBirth().Add(-time.Hour), NotAfter: testBirth().Add(time.Hour),
	}
	if isCA {
		template.KeyUsage = x509.KeyUsageCertSign
	}
	parent, signer := template, key
	if issuer != nil {
		parent, signer = issuer.Certificate, issuer.key
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return &testCertificate{c, key}
}

func TestConnect_bySAS(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	primary, secondary := keyOf(32), keyOf(48)
	h.create("dev1", withKeys(primary, secondary))
	h.createMinimal("dev2")
	later, earlier := testBirth().Add(time.Hour), testBirth().Add(-time.Second)
	const resource = "localhost:8443/devices/dev1"
	device, _ := h.front.Policies.Find("device")
	service, _ := h.front.Policies.Find("service")
	for name, c := range map[string]struct {
		id, token string
		want      int
	}{
		"primary":         {"dev1", deviceToken(resource, primary, "", later), 204},
		"secondary":       {"dev1", deviceToken(resource, secondary, "", later), 204},
		"expired":         {"dev1", deviceToken(resource, primary, "", earlier), 401},
		"otherKey":        {"dev1", deviceToken(resource, keyOf(33), "", later), 401},
		"otherDevice":     {"dev2", deviceToken(resource, primary, "", later), 401},
		"unknownDevice":   {"gone", deviceToken("localhost:8443/devices/gone", primary, "", later), 401},
		"prefixOfTheID":   {"dev11", deviceToken(resource, primary, "", later), 401},
		"devicePolicy":    {"dev1", deviceToken("localhost:8443", device.Keys[0], "device", later), 204},
		"servicePolicy":   {"dev1", deviceToken("localhost:8443", service.Keys[0], "service", later), 401},
		"policyUnnamed":   {"dev1", deviceToken("localhost:8443", device.Keys[0], "", later), 401},
		"noCredential":    {"dev1", "", 401},
		"bearer":          {"dev1", "Bearer x", 401},
		"deviceKeyNamed":  {"dev1", deviceToken(resource, primary, "dev1", later), 401},
		"withoutThePort":  {"dev1", deviceToken("localhost/devices/dev1", primary, "", later), 204},
		"anotherHostname": {"dev1", deviceToken("example.org/devices/dev1", primary, "", later), 401},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := h.connectAs(c.id, c.token)
			a.want(c.want)
			if c.want == 401 {
				a.wantCode(401, "IotHubUnauthorizedAccess").wantText("ErrorCode:IotHubUnauthorizedAccess;Unauthorized")
			}
		})
	}
}

// TestConnect_takesASignatureMadeElsewhere holds the check against a token that was not computed here.
func TestConnect_takesASignatureMadeElsewhere(t *testing.T) {
	t.Parallel()
	const key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
	const token = "SharedAccessSignature sr=myhub.azure-devices.net%2Fdevices%2Fdev1" +
		"&sig=v3cEShKGdwuRnUyQS3LODuW9%2B9Pt6pMJ3nmWt%2F5tP1U%3D&se=1767225600"
	h := newTestHub(t, Choices{})
	h.hostname = "myhub.azure-devices.net"
	h.create("dev1", withKeys(key, key))
	h.connectAs("dev1", token).want(204)
	h.connectAs("dev1", strings.Replace(token, "se=1767225600", "se=1767225601", 1)).want(401)
	h.clock.advance(10 * 365 * 24 * time.Hour)
	h.connectAs("dev1", token).want(401)
}

func TestConnect_ofADisabledDevice_isRefusedUntilItIsEnabled(t *testing.T) {
	t.Parallel()
	for choices, want := range map[Choices]string{
		{}: "IotHubUnauthorizedAccess", {DisabledDeviceIs403: true}: "DeviceDisabled",
	} {
		h := newTestHub(t, choices)
		a := h.create("dev1", withKeys(keyOf(32), keyOf(32)))
		token := deviceToken("localhost:8443/devices/dev1", keyOf(32), "", testBirth().Add(time.Hour))
		h.connectAs("dev1", token).want(204)
		h.put("dev1", strings.Replace(a.body, `"enabled"`, `"disabled"`, 1)).want(200)
		if got := h.connectAs("dev1", token).header.Get("iothub-errorcode"); got != want {
			t.Errorf("iothub-errorcode %q, want %q", got, want)
		}
		h.connectAs("dev1", deviceToken("localhost:8443/devices/dev1", keyOf(16), "", testBirth().Add(time.Hour))).
			wantCode(401, "IotHubUnauthorizedAccess")
		h.put("dev1", a.body).want(200)
		h.connectAs("dev1", token).want(204)
		h.send(http.MethodDelete, "/devices/dev1", "*", "").want(204)
		h.connectAs("dev1", token).want(401)
	}
}

func TestConnect_countsAsActivityAndLeavesTheETag(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	etag := h.create("dev1", withKeys(keyOf(32), keyOf(32))).field("etag")
	h.clock.advance(time.Minute)
	h.connectAs("dev1", deviceToken("localhost:8443/devices/dev1", keyOf(32), "", testBirth().Add(time.Hour))).want(204)
	a := h.get("/devices/dev1")
	if a.field("lastActivityTime") != "2020-09-01T20:59:36.1634714Z" || a.field("etag") != etag ||
		a.field("connectionState") != "Disconnected" {
		t.Errorf("body %s", a.body)
	}
}

func TestConnect_byThumbprint(t *testing.T) {
	t.Parallel()
	shown, other := issue(t, "anything", nil, false), issue(t, "anything", nil, false)
	short, long := sha1.Sum(shown.Raw), sha256.Sum256(shown.Raw)
	otherLong := sha256.Sum256(other.Raw)
	for name, thumbprints := range map[string][2]string{
		"sha1":      {hex.EncodeToString(short[:]), ""},
		"sha256":    {hex.EncodeToString(long[:]), ""},
		"upperCase": {strings.ToUpper(hex.EncodeToString(long[:])), ""},
		"secondary": {hex.EncodeToString(otherLong[:]), hex.EncodeToString(short[:])},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newTestHub(t, Choices{})
			h.create("dev1", withThumbprints(thumbprints[0], thumbprints[1]))
			h.connectAs("dev1", "", shown.Certificate).want(204)
			h.connectAs("dev1", "").want(401)
			if name != "secondary" {
				h.connectAs("dev1", "", other.Certificate).wantCode(401, "IotHubUnauthorizedAccess")
			}
			h.clock.advance(2 * time.Hour)
			h.connectAs("dev1", "", shown.Certificate).want(401)
			h.clock.advance(-4 * time.Hour)
			h.connectAs("dev1", "", shown.Certificate).want(401)
		})
	}
}

func TestConnect_byCA(t *testing.T) {
	t.Parallel()
	root := issue(t, "root", nil, true)
	intermediate := issue(t, "intermediate", root, true)
	leaf, direct := issue(t, "dev1", intermediate, false), issue(t, "dev1", root, false)
	stranger := issue(t, "dev1", nil, false)
	cas := map[string]*x509.Certificate{"ca": root.Certificate}
	h := newTestHubWith(t, Config{Setting: caller.Setting{CACertificates: cas}})
	const body = `{"deviceId":%q,"authentication":{"type":"certificateAuthority"}}`
	h.create("dev1", fmt.Sprintf(body, "dev1"))
	h.create("DEV1", fmt.Sprintf(body, "DEV1"))

	h.connectAs("dev1", "", direct.Certificate).want(204)
	h.connectAs("dev1", "", leaf.Certificate, intermediate.Certificate).want(204)
	h.connectAs("dev1", "", leaf.Certificate).want(401)
	h.connectAs("dev1", "", stranger.Certificate).want(401)
	h.connectAs("DEV1", "", direct.Certificate).want(401)
	h.clock.advance(2 * time.Hour)
	h.connectAs("dev1", "", direct.Certificate).want(401)
}

func TestConnect_takesOnlyTheCredentialOfTheType(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	shown := issue(t, "dev1", nil, false)
	h.create("dev1", withKeys(keyOf(32), keyOf(32)))
	h.connectAs("dev1", "", shown.Certificate).want(401)
	thumbprint := sha256.Sum256(shown.Raw)
	h.put("dev1", withThumbprints(hex.EncodeToString(thumbprint[:]), "")).want(200)
	token := deviceToken("localhost:8443/devices/dev1", keyOf(32), "", testBirth().Add(time.Hour))
	h.connectAs("dev1", token, shown.Certificate).want(401)
	empty := deviceToken("localhost:8443/devices/dev1", "", "", testBirth().Add(time.Hour))
	h.connectAs("dev1", empty).want(401)
}

func TestConnect_withoutAPIVersion_is400_andElsewhere501(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	for path, want := range map[string]int{
		"/devices/dev1/messages/events":                                      400,
		"/devices/dev1/messages/deviceBound?api-version=2020-03-13":          501,
		"/devices/dev1/modules/m/messages/events?api-version=2020-03-13":     501,
		"/devices/dev1/messages/events/x?api-version=2020-03-13":             501,
		"/devices/dev1/files/notifications?api-version=2020-03-13":           501,
		"/devices/dev1/messages/deviceBound/x/abandon?api-version=2020-3-13": 400,
		"/devices/dev1/messages/deviceBound/x/reject?api-version=2020-03-13": 501,
	} {
		if a := h.serve(newRequest(http.MethodPost, path, ""), ""); a.status != want {
			t.Errorf("%s is %d, want %d", path, a.status, want)
		}
	}
}
