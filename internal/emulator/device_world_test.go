// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

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

// authority is a certificate authority of a test.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	// below are the certificates from this authority up to, not including, the root.
	below [][]byte
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	return issue(t, pkix.Name{CommonName: name}, true, nil)
}

func (a *authority) intermediate(t *testing.T, name string) *authority {
	t.Helper()
	i := issue(t, pkix.Name{CommonName: name}, true, a)
	i.below = append([][]byte{i.certificate.Raw}, a.below...)
	return i
}

// device makes a leaf with its chain, without the root.
func (a *authority) device(t *testing.T, name string) tls.Certificate {
	t.Helper()
	leaf := issue(t, pkix.Name{CommonName: name}, false, a)
	return tls.Certificate{
		Certificate: append([][]byte{leaf.certificate.Raw}, a.below...), PrivateKey: leaf.key, Leaf: leaf.certificate,
	}
}

func (a *authority) pem() string { return pemOf(a.certificate.Raw) }

func selfSigned(t *testing.T, name string) tls.Certificate {
	t.Helper()
	leaf := issue(t, pkix.Name{CommonName: name}, false, nil)
	return tls.Certificate{Certificate: [][]byte{leaf.certificate.Raw}, PrivateKey: leaf.key, Leaf: leaf.certificate}
}

func issue(t *testing.T, subject pkix.Name, ca bool, parent *authority) *authority {
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
		signer, signerKey = parent.certificate, parent.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer, key.Public(), signerKey)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{certificate: c, key: key}
}

func pemOf(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func thumbprint(c tls.Certificate) string {
	sum := sha256.Sum256(c.Certificate[0])
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// device is one device's way to the device API.
type device struct {
	w  *world
	id string
	// key signs, unless client shows a certificate.
	key    string
	client *http.Client
	body   string
}

func (w *world) symmetricDevice(id, key string) *device {
	return &device{w: w, id: id, key: key, client: w.client()}
}

func (w *world) x509Device(id string, c tls.Certificate) *device {
	return &device{w: w, id: id, client: w.client(c)}
}

func (d *device) call(method, tail, body string) result {
	d.w.t.Helper()
	scope := d.w.IDScope()
	header := map[string]string{}
	if d.key != "" {
		sr := url.QueryEscape(scope + "/registrations/" + d.id)
		header["Authorization"] = sign(d.w.t, d.key, sr, d.w.clock.Now().Add(time.Hour), "registration")
	}
	path := "/" + scope + "/registrations/" + url.PathEscape(d.id) + tail
	return d.w.do(call{client: d.client, method: method, path: path, body: body, header: header, version: "2021-06-01"})
}

func (d *device) begin() result {
	d.w.t.Helper()
	body := d.body
	if body == "" {
		body = `{"registrationId":"` + d.id + `"}`
	}
	return d.call(http.MethodPut, "/register", body)
}

func (d *device) poll(operationID string) result {
	d.w.t.Helper()
	return d.call(http.MethodGet, "/operations/"+operationID, "{}")
}

// register tries to the end: the final poll, or the refusal.
func (d *device) register() result {
	d.w.t.Helper()
	r := d.begin()
	if r.status != http.StatusAccepted {
		return r
	}
	id, _ := r.object(d.w.t)["operationId"].(string)
	return d.poll(id)
}

// outcome is the registration state of a finished registration.
func (d *device) outcome() map[string]any {
	d.w.t.Helper()
	r := d.register()
	wantStatus(d.w.t, r, http.StatusOK)
	state, _ := r.object(d.w.t)["registrationState"].(map[string]any)
	return state
}

// admitted registers and wants it to end assigned.
func (d *device) admitted() map[string]any {
	d.w.t.Helper()
	s := d.outcome()
	if s["status"] != "assigned" {
		d.w.t.Fatalf("the device %s ended %v", d.id, s)
	}
	return s
}
