// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pipelines_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
)

// authority signs the certificates of the plant's devices.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	raw, key := issue(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: "Plant Thale"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign,
	}, nil, nil)
	certificate, err := x509.ParseCertificate(raw)
	must(t, err)
	return authority{certificate, key}
}

func issue(t *testing.T, c, issuer *x509.Certificate, by *ecdsa.PrivateKey) ([]byte, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	c.SerialNumber = big.NewInt(time.Now().UnixNano())
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0)
	if issuer == nil {
		issuer, by = c, key
	}
	raw, err := x509.CreateCertificate(rand.Reader, c, issuer, &key.PublicKey, by)
	must(t, err)
	return raw, key
}

func inPEM(raw []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}))
}

// device is a device as it is in the field: it knows where to register, and the hub that it was given.
type device struct {
	r    *repository
	id   string
	leaf []byte
	http *http.Client
	hub  string
}

func (r *repository) device(ca authority, id string) *device {
	r.t.Helper()
	leaf, key := issue(r.t, &x509.Certificate{Subject: pkix.Name{CommonName: id},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}, ca.certificate, ca.key)
	chain := tls.Certificate{Certificate: [][]byte{leaf, ca.certificate.Raw}, PrivateKey: key}
	return &device{r: r, id: id, leaf: leaf, http: r.client(chain)}
}

// client trusts the emulator.
func (r *repository) client(own ...tls.Certificate) *http.Client {
	r.t.Helper()
	ca, err := os.ReadFile(r.emulator["AZUREIOT_CA_CERTIFICATE_FILE"])
	must(r.t, err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: own}}
	r.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// isIn has the device register, and then send a message to the hub that it was last given.
func (d *device) isIn() (dps, hub bool) {
	d.r.t.Helper()
	at := fmt.Sprintf("https://%s/%s/registrations/%s/", d.r.emulator["AZUREIOT_DPS_DEVICE_HOSTNAME"],
		d.r.emulator["AZUREIOT_DPS_ID_SCOPE"], d.id)
	const version = "?api-version=2021-06-01"
	_, answer := ask(d.r.t, d.http, "PUT", at+"register"+version, map[string]any{"registrationId": d.id}, nil)
	for answer["status"] == "assigning" {
		_, answer = ask(d.r.t, d.http, "GET", at+"operations/"+answer["operationId"].(string)+version, nil, nil)
	}
	if state, ok := answer["registrationState"].(map[string]any); ok && answer["status"] == "assigned" {
		d.hub, dps = state["assignedHub"].(string), true
	}
	status, _ := ask(d.r.t, d.http, "POST", fmt.Sprintf("https://%s/devices/%s/messages/events?api-version=2021-04-12",
		d.hub, d.id), "hello", nil)
	return dps, status == http.StatusNoContent
}

func (d *device) mustBe(in bool) {
	d.r.t.Helper()
	if dps, hub := d.isIn(); dps != in || hub != in {
		d.r.t.Fatalf("%s: DPS lets it in: %t, the hub: %t; both should be %t", d.id, dps, hub, in)
	}
}

// portal does what somebody in the portal does: reads an object, changes a member, and writes it.
func (r *repository) portal(connection, path, member string, value any) {
	r.t.Helper()
	parts := map[string]string{}
	for part := range strings.SplitSeq(connection, ";") {
		name, text, _ := strings.Cut(part, "=")
		parts[name] = text
	}
	target := "https://" + parts["HostName"] + path
	header := map[string]string{"Authorization": signature(r.t, parts)}
	status, object := ask(r.t, r.client(), "GET", target, nil, header)
	if status != http.StatusOK {
		r.t.Fatalf("%s answers %d", path, status)
	}
	object[member], header["If-Match"] = value, "*"
	if status, answer := ask(r.t, r.client(), "PUT", target, object, header); status != http.StatusOK {
		r.t.Fatalf("%s answers %d: %v", path, status, answer)
	}
}

func signature(t *testing.T, parts map[string]string) string {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(parts["SharedAccessKey"])
	must(t, err)
	resource, expiry := url.QueryEscape(parts["HostName"]), time.Now().Add(time.Hour).Unix()
	h := hmac.New(sha256.New, key)
	_, _ = fmt.Fprintf(h, "%s\n%d", resource, expiry)
	return fmt.Sprintf("SharedAccessSignature sr=%s&sig=%s&se=%d&skn=%s", resource,
		url.QueryEscape(base64.StdEncoding.EncodeToString(h.Sum(nil))), expiry, parts["SharedAccessKeyName"])
}

func ask(
	t *testing.T, client *http.Client, method, target string, body any, header map[string]string,
) (status int, answer map[string]any) {
	t.Helper()
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		must(t, err)
		content = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, target, content)
	must(t, err)
	request.Header.Set("Content-Type", "application/json")
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := client.Do(request)
	must(t, err)
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	must(t, err)
	_ = json.Unmarshal(raw, &answer) // Not every answer has a body.
	return response.StatusCode, answer
}
