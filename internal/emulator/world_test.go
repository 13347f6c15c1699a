// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// clock is a settable clock that starts at a moment with a fraction worth formatting.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock {
	return &clock{now: time.Date(2026, 3, 4, 5, 6, 7, 120_000_000, time.UTC)}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is one emulator and an HTTP client that trusts it.
type world struct {
	*emulator.Emulator
	t     *testing.T
	clock *clock
}

func start(t *testing.T, o emulator.Options) *world {
	t.Helper()
	c := newClock()
	if o.Now == nil {
		o.Now = c.Now
	}
	e, err := emulator.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return &world{Emulator: e, t: t, clock: c}
}

// choosing says what the provisioning service does where nobody knows.
func choosing(c emulator.DPSChoices) emulator.Options {
	return emulator.Options{Choices: emulator.Choices{DPSChoices: c}}
}

// client trusts the emulator and may show a certificate; one per device, because a
// connection keeps the certificate of its handshake.
func (w *world) client(certificates ...tls.Certificate) *http.Client {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(w.CACertificatePEM())
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: certificates}}
	w.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// result is an answer with its body read.
type result struct {
	status int
	header http.Header
	body   string
}

// object decodes the body.
func (r result) object(t *testing.T) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(r.body), &m); err != nil {
		t.Fatalf("status %d, body %q: %v", r.status, r.body, err)
	}
	return m
}

func (r result) errorCode(t *testing.T) int {
	t.Helper()
	code, _ := r.object(t)["errorCode"].(float64)
	return int(code)
}

// call is one raw request.
type call struct {
	client       *http.Client
	host         string
	method, path string
	body         string
	header       map[string]string
	version      string
	noVersion    bool
}

func (w *world) do(c call) result {
	w.t.Helper()
	r, err := w.try(c)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *world) try(c call) (result, error) {
	w.t.Helper()
	if c.client == nil {
		c.client = w.client()
	}
	if c.host == "" {
		c.host = w.DPSHostname()
	}
	if c.version == "" {
		c.version = "2021-10-01"
	}
	target := "https://" + c.host + c.path
	if !c.noVersion {
		target += "?api-version=" + c.version
	}
	var body io.Reader
	if c.body != "" {
		body = strings.NewReader(c.body)
	}
	r, err := http.NewRequestWithContext(w.t.Context(), c.method, target, body)
	if err != nil {
		w.t.Fatal(err)
	}
	if c.body != "" {
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	response, err := c.client.Do(r)
	if err != nil {
		return result{}, err
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return result{}, err
	}
	return result{status: response.StatusCode, header: response.Header, body: string(content)}, nil
}

// service makes a service-side call with the owner's token; pairs are extra headers.
func (w *world) service(method, path, body string, pairs ...string) result {
	w.t.Helper()
	return w.do(w.serviceCall(method, path, body, pairs...))
}

func (w *world) serviceCall(method, path, body string, pairs ...string) call {
	w.t.Helper()
	header := map[string]string{"Authorization": w.token(w.DPSConnectionString())}
	for i := 0; i+1 < len(pairs); i += 2 {
		header[pairs[i]] = pairs[i+1]
	}
	return call{method: method, path: path, body: body, header: header}
}

// token signs for the host of a connection string.
func (w *world) token(connectionString string) string {
	w.t.Helper()
	parts := map[string]string{}
	for part := range strings.SplitSeq(connectionString, ";") {
		name, value, _ := strings.Cut(part, "=")
		parts[name] = value
	}
	return sign(w.t, parts["SharedAccessKey"], url.QueryEscape(parts["HostName"]),
		w.clock.Now().Add(time.Hour), parts["SharedAccessKeyName"])
}

// sign makes a token over sr exactly as given.
func sign(t *testing.T, key, sr string, expiry time.Time, name string) string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, raw)
	_, _ = fmt.Fprintf(mac, "%s\n%d", sr, expiry.Unix())
	sig := url.QueryEscape(base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	token := fmt.Sprintf("SharedAccessSignature sr=%s&sig=%s&se=%d", sr, sig, expiry.Unix())
	if name != "" {
		token += "&skn=" + name
	}
	return token
}

// derive makes a device's key from a group's.
func derive(t *testing.T, groupKey, registrationID string) string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(groupKey)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, raw)
	_, _ = mac.Write([]byte(registrationID))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// key is a user's own key of n bytes.
func key(n int) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, n)) }

func quote(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func wantStatus(t *testing.T, r result, status int) {
	t.Helper()
	if r.status != status {
		t.Fatalf("status %d, want %d; body %s", r.status, status, r.body)
	}
}

// wantProblem checks the status, the number and the shape of an error answer.
func wantProblem(t *testing.T, r result, status, code int) {
	t.Helper()
	wantStatus(t, r, status)
	if got := r.errorCode(t); got != code {
		t.Errorf("errorCode %d, want %d; body %s", got, code, r.body)
	}
	if got := r.header.Get("X-Ms-Error-Code"); got != fmt.Sprint(code) {
		t.Errorf("x-ms-error-code %q, want %d", got, code)
	}
	if o := r.object(t); o["trackingId"] != r.header.Get("X-Ms-Request-Id") || o["message"] == "" {
		t.Errorf("error body %s does not fit request ID %s", r.body, r.header.Get("X-Ms-Request-Id"))
	}
}

func decodeBase64(t *testing.T, text string) string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
