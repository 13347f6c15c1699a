// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package world

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Authority is a certificate authority of a test.
type Authority struct {
	Certificate *x509.Certificate
	Key         *ecdsa.PrivateKey
	// below are the certificates from this authority up to, not including, the root.
	below [][]byte
}

// NewAuthority makes a root.
func NewAuthority(t *testing.T, name string) *Authority {
	t.Helper()
	return Issue(t, pkix.Name{CommonName: name}, true, nil)
}

// Intermediate makes an authority below another.
func (a *Authority) Intermediate(t *testing.T, name string) *Authority {
	t.Helper()
	i := Issue(t, pkix.Name{CommonName: name}, true, a)
	i.below = append([][]byte{i.Certificate.Raw}, a.below...)
	return i
}

// Device makes a leaf with its chain, without the root.
func (a *Authority) Device(t *testing.T, name string) tls.Certificate {
	t.Helper()
	leaf := Issue(t, pkix.Name{CommonName: name}, false, a)
	return tls.Certificate{
		Certificate: append([][]byte{leaf.Certificate.Raw}, a.below...), PrivateKey: leaf.Key, Leaf: leaf.Certificate,
	}
}

// PEM is the authority's own certificate.
func (a *Authority) PEM() string { return PEMOf(a.Certificate.Raw) }

// SelfSigned makes a leaf that nobody else has signed.
func SelfSigned(t *testing.T, name string) tls.Certificate {
	t.Helper()
	leaf := Issue(t, pkix.Name{CommonName: name}, false, nil)
	return tls.Certificate{Certificate: [][]byte{leaf.Certificate.Raw}, PrivateKey: leaf.Key, Leaf: leaf.Certificate}
}

// Issue makes a certificate; without a parent it signs itself.
func Issue(t *testing.T, subject pkix.Name, ca bool, parent *Authority) *Authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: subject,
		NotBefore: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC),
		IsCA: ca, BasicConstraintsValid: true,
	}
	if ca {
		template.KeyUsage = x509.KeyUsageCertSign
	}
	signer, signerKey := template, key
	if parent != nil {
		signer, signerKey = parent.Certificate, parent.Key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer, key.Public(), signerKey)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &Authority{Certificate: c, Key: key}
}

// PEMOf writes a certificate as text.
func PEMOf(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// Thumbprint is that of the leaf, SHA-256 in upper-case hex.
func Thumbprint(c tls.Certificate) string {
	sum := sha256.Sum256(c.Certificate[0])
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// Device is one device's way to the device API.
type Device struct {
	World *World
	ID    string
	// key signs, unless client shows a certificate.
	Key    string
	Client *http.Client
	Body   string
}

// SymmetricDevice is a device that signs with a key.
func (w *World) SymmetricDevice(id, key string) *Device {
	return &Device{World: w, ID: id, Key: key, Client: w.Client()}
}

// X509Device is a device that shows a certificate.
func (w *World) X509Device(id string, c tls.Certificate) *Device {
	return &Device{World: w, ID: id, Client: w.Client(c)}
}

// Call makes a call of the device API, below the path of the registration.
func (d *Device) Call(method, tail, body string) Result {
	d.World.T.Helper()
	scope := d.World.IDScope()
	header := map[string]string{}
	if d.Key != "" {
		sr := url.QueryEscape(scope + "/registrations/" + d.ID)
		header["Authorization"] = Sign(d.World.T, d.Key, sr, d.World.Clock.Now().Add(time.Hour), "registration")
	}
	path := "/" + scope + "/registrations/" + url.PathEscape(d.ID) + tail
	return d.World.Do(Call{
		Client: d.Client, Method: method, Path: path, Body: body, Header: header, Version: "2021-06-01",
	})
}

// Begin calls register.
func (d *Device) Begin() Result {
	d.World.T.Helper()
	body := d.Body
	if body == "" {
		body = `{"registrationId":"` + d.ID + `"}`
	}
	return d.Call(http.MethodPut, "/register", body)
}

// Poll asks how an operation stands.
func (d *Device) Poll(operationID string) Result {
	d.World.T.Helper()
	return d.Call(http.MethodGet, "/operations/"+operationID, "{}")
}

// Register tries to the end: the final poll, or the refusal.
func (d *Device) Register() Result {
	d.World.T.Helper()
	r := d.Begin()
	if r.Status != http.StatusAccepted {
		return r
	}
	id, _ := r.Object(d.World.T)["operationId"].(string)
	return d.Poll(id)
}

// Outcome is the registration state of a finished registration.
func (d *Device) Outcome() map[string]any {
	d.World.T.Helper()
	r := d.Register()
	WantStatus(d.World.T, r, http.StatusOK)
	state, _ := r.Object(d.World.T)["registrationState"].(map[string]any)
	return state
}

// Admitted registers and wants it to end assigned.
func (d *Device) Admitted() map[string]any {
	d.World.T.Helper()
	s := d.Outcome()
	if s["status"] != "assigned" {
		d.World.T.Fatalf("the device %s ended %v", d.ID, s)
	}
	return s
}
