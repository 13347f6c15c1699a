// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package world

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

// Clock is a settable clock that starts at a moment with a fraction worth formatting.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock stands at that moment.
func NewClock() *Clock {
	return &Clock{now: time.Date(2026, 3, 4, 5, 6, 7, 120_000_000, time.UTC)}
}

// Now is where the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves it.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// World is one emulator and an HTTP client that trusts it.
type World struct {
	*emulator.Emulator
	T     *testing.T
	Clock *Clock
}

// Start starts an emulator for one test, with a clock that stands unless o brings its own.
func Start(t *testing.T, o emulator.Options) *World {
	t.Helper()
	c := NewClock()
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
	return &World{Emulator: e, T: t, Clock: c}
}

// Choosing says what the provisioning service does where nobody knows.
func Choosing(c emulator.DPSChoices) emulator.Options {
	return emulator.Options{Choices: emulator.Choices{DPSChoices: c}}
}

// Client trusts the emulator and may show a certificate; one per device, because a
// connection keeps the certificate of its handshake.
func (w *World) Client(certificates ...tls.Certificate) *http.Client {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(w.CACertificatePEM())
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: certificates}}
	w.T.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// Result is an answer with its body read.
type Result struct {
	Status int
	Header http.Header
	Body   string
}

// Object decodes the body.
func (r Result) Object(t *testing.T) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(r.Body), &m); err != nil {
		t.Fatalf("status %d, body %q: %v", r.Status, r.Body, err)
	}
	return m
}

// ErrorCode is the number in an error body of the provisioning service.
func (r Result) ErrorCode(t *testing.T) int {
	t.Helper()
	code, _ := r.Object(t)["errorCode"].(float64)
	return int(code)
}

// Call is one raw request.
type Call struct {
	Client       *http.Client
	Host         string
	Method, Path string
	Body         string
	Header       map[string]string
	Version      string
	NoVersion    bool
}

// Do makes a call, which must be answered.
func (w *World) Do(c Call) Result {
	w.T.Helper()
	r, err := w.Try(c)
	if err != nil {
		w.T.Fatal(err)
	}
	return r
}

// Try makes a call: of the provisioning service, unless it names another host.
func (w *World) Try(c Call) (Result, error) {
	w.T.Helper()
	if c.Client == nil {
		c.Client = w.Client()
	}
	if c.Host == "" {
		c.Host = w.DPSHostname()
	}
	if c.Version == "" {
		c.Version = "2021-10-01"
	}
	target := "https://" + c.Host + c.Path
	if !c.NoVersion {
		target += "?api-version=" + c.Version
	}
	var body io.Reader
	if c.Body != "" {
		body = strings.NewReader(c.Body)
	}
	r, err := http.NewRequestWithContext(w.T.Context(), c.Method, target, body)
	if err != nil {
		w.T.Fatal(err)
	}
	if c.Body != "" {
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	for name, value := range c.Header {
		r.Header.Set(name, value)
	}
	response, err := c.Client.Do(r)
	if err != nil {
		return Result{}, err
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return Result{}, err
	}
	return Result{Status: response.StatusCode, Header: response.Header, Body: string(content)}, nil
}

// Service makes a service-side call with the owner's token; pairs are extra headers.
func (w *World) Service(method, path, body string, pairs ...string) Result {
	w.T.Helper()
	return w.Do(w.ServiceCall(method, path, body, pairs...))
}

// ServiceCall is the call that Service makes.
func (w *World) ServiceCall(method, path, body string, pairs ...string) Call {
	w.T.Helper()
	header := map[string]string{"Authorization": w.Token(w.DPSConnectionString())}
	for i := 0; i+1 < len(pairs); i += 2 {
		header[pairs[i]] = pairs[i+1]
	}
	return Call{Method: method, Path: path, Body: body, Header: header}
}

// Token signs for the host of a connection string.
func (w *World) Token(connectionString string) string {
	w.T.Helper()
	parts := map[string]string{}
	for part := range strings.SplitSeq(connectionString, ";") {
		name, value, _ := strings.Cut(part, "=")
		parts[name] = value
	}
	return Sign(w.T, parts["SharedAccessKey"], url.QueryEscape(parts["HostName"]),
		w.Clock.Now().Add(time.Hour), parts["SharedAccessKeyName"])
}

// Sign makes a token over sr exactly as given.
func Sign(t testing.TB, key, sr string, expiry time.Time, name string) string {
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

// Derive makes a device's key from a group's.
func Derive(t *testing.T, groupKey, registrationID string) string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(groupKey)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, raw)
	_, _ = mac.Write([]byte(registrationID))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Key is a user's own key of n bytes.
func Key(n int) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, n)) }

// Quote writes a value as JSON.
func Quote(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// WantStatus ends the test on any other status.
func WantStatus(t *testing.T, r Result, status int) {
	t.Helper()
	if r.Status != status {
		t.Fatalf("status %d, want %d; body %s", r.Status, status, r.Body)
	}
}

// WantProblem checks the status, the number and the shape of an error answer.
func WantProblem(t *testing.T, r Result, status, code int) {
	t.Helper()
	WantStatus(t, r, status)
	if got := r.ErrorCode(t); got != code {
		t.Errorf("errorCode %d, want %d; body %s", got, code, r.Body)
	}
	if got := r.Header.Get("X-Ms-Error-Code"); got != fmt.Sprint(code) {
		t.Errorf("x-ms-error-code %q, want %d", got, code)
	}
	if o := r.Object(t); o["trackingId"] != r.Header.Get("X-Ms-Request-Id") || o["message"] == "" {
		t.Errorf("error body %s does not fit request ID %s", r.Body, r.Header.Get("X-Ms-Request-Id"))
	}
}

// DecodeBase64 reads what must be base64.
func DecodeBase64(t *testing.T, text string) string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
