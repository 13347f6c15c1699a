// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

const benchEntries = 100_000

// benchDPS is a provisioning service as the emulator serves it, but for the gate and TLS.
type benchDPS struct {
	handler http.Handler
	token   string
}

func newBenchDPS(b *testing.B) *benchDPS {
	b.Helper()
	const host = "localhost:8443"
	random := wire.Random{Reader: rand.Reader}
	tokens := caller.NewIssuer(time.Now, random, "")
	service := New(Config{
		Setting: caller.Setting{
			Now: time.Now, Random: random, Tokens: tokens, PageSize: 100,
			Limit: func(wire.Bucket) time.Duration { return 0 },
		},
		Hostname: func() string { return host },
	})
	policy, _ := service.front.Policies.Find("provisioningserviceowner")
	key, err := base64.StdEncoding.DecodeString(policy.Keys[0])
	if err != nil {
		b.Fatal(err)
	}
	expiry := time.Now().Add(time.Hour).Unix()
	mac := hmac.New(sha256.New, key)
	_, _ = fmt.Fprintf(mac, "%s\n%d", url.QueryEscape(host), expiry)
	return &benchDPS{
		handler: service,
		token: fmt.Sprintf("SharedAccessSignature sr=%s&sig=%s&se=%d&skn=provisioningserviceowner", url.QueryEscape(host),
			url.QueryEscape(base64.StdEncoding.EncodeToString(mac.Sum(nil))), expiry),
	}
}

func (d *benchDPS) send(b *testing.B, method, path, body string) *httptest.ResponseRecorder {
	b.Helper()
	r := httptest.NewRequest(method, "https://localhost:8443"+path+"?api-version=2021-10-01", strings.NewReader(body))
	r.Header.Set("Authorization", d.token)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	if w.Code >= 300 {
		b.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w
}

func benchEntry(i int) (path, body string) {
	id := fmt.Sprintf("device-%06d", i)
	return "/enrollments/" + id, `{"registrationId":"` + id + `","attestation":{"type":"symmetricKey"},` +
		`"initialTwin":{"tags":{"site":"x","floor":1},"properties":{"desired":{"mode":"on","interval":60}}},` +
		`"provisioningStatus":"enabled"}`
}

// newFullDPS has 100,000 individual enrollments with keys and an initial twin.
func newFullDPS(b *testing.B) *benchDPS {
	b.Helper()
	d := newBenchDPS(b)
	for i := range benchEntries {
		path, body := benchEntry(i)
		d.send(b, http.MethodPut, path, body)
	}
	b.ResetTimer()
	return d
}

func BenchmarkDPSGet(b *testing.B) {
	d := newFullDPS(b)
	for i := range b.N {
		path, _ := benchEntry(i % benchEntries)
		d.send(b, http.MethodGet, path, "")
	}
}

func BenchmarkDPSCreateAndDelete(b *testing.B) {
	d := newFullDPS(b)
	path, body := benchEntry(benchEntries)
	for range b.N {
		d.send(b, http.MethodPut, path, body)
		d.send(b, http.MethodDelete, path, "")
	}
}

func BenchmarkDPSPage(b *testing.B) {
	d := newFullDPS(b)
	for range b.N {
		d.send(b, http.MethodPost, "/enrollments/query", `{"query":"*"}`)
	}
}

// BenchmarkDPSMemory reports the heap that 100,000 individual enrollments take.
func BenchmarkDPSMemory(b *testing.B) {
	for range b.N {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		d := newFullDPS(b)
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MB")
		runtime.KeepAlive(d)
	}
}
