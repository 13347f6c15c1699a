// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// testClock is a clock that moves only when told.
type testClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// lockedReader makes a seeded source fit for concurrent requests.
type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *lockedReader) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(p)
}

// testHub is a hub with a fixed clock and seeded randomness, spoken to in HTTP.
type testHub struct {
	*Hub
	t      testing.TB
	clock  *testClock
	tokens *caller.Issuer
}

// testBirth is when every test hub starts: 2020-09-01T20:58:36.1634714Z.
func testBirth() time.Time { return time.Date(2020, 9, 1, 20, 58, 36, 163471400, time.UTC) }

func newTestHub(t testing.TB, choices Choices) *testHub {
	t.Helper()
	return newTestHubWith(t, Config{Choices: choices})
}

func newTestHubWith(t testing.TB, o Config) *testHub {
	t.Helper()
	clock := &testClock{now: testBirth()}
	o.Name = "hub1"
	o.Hostname = "localhost:8443"
	o.Now = clock.Now
	o.Random = wire.Random{Reader: &lockedReader{r: rand.NewChaCha8([32]byte{1, 2, 3})}}
	o.Tokens = caller.NewIssuer(o.Now, o.Random, "")
	o.Limit = func(wire.Bucket) time.Duration { return 0 }
	return &testHub{Hub: New(o), t: t, clock: clock, tokens: o.Tokens}
}

// testAnswer is a response with its body read.
type testAnswer struct {
	t      testing.TB
	status int
	header http.Header
	body   string
}

// sas is the token of a policy.
func (h *testHub) sas(policy string) string {
	h.t.Helper()
	p, found := h.front.Policies.Find(policy)
	if !found {
		h.t.Fatalf("there is no policy %s", policy)
	}
	return deviceToken(h.Hostname(), p.Keys[0], policy, h.clock.Now().Add(time.Hour))
}

// entra is the token of an application with data actions, given without their common prefix.
func (h *testHub) entra(actions ...string) string {
	h.t.Helper()
	const id = "someone@example.com"
	h.tokens.RevokeRoles(id)
	for _, a := range actions {
		if err := h.tokens.GrantRole(id, "Microsoft.Devices/IotHubs/"+a); err != nil {
			h.t.Fatal(err)
		}
	}
	return "Bearer " + h.tokens.Issue(caller.Grant{
		ClientID: id, Audience: "https://iothubs.azure.net", Lifetime: time.Hour,
	})
}

// sendAs makes a service-side request; ifMatch "" sends no such header.
func (h *testHub) sendAs(authorization, method, path, ifMatch, body string) testAnswer {
	h.t.Helper()
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	if !strings.Contains(path, "api-version") {
		path += separator + "api-version=2021-04-12"
	}
	r := newRequest(method, path, body)
	if ifMatch != "" {
		r.Header.Set("If-Match", ifMatch)
	}
	return h.serve(r, authorization)
}

func (h *testHub) serve(r *http.Request, authorization string) testAnswer {
	h.t.Helper()
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return testAnswer{t: h.t, status: w.Code, header: w.Header(), body: w.Body.String()}
}

// send makes a request as iothubowner.
func (h *testHub) send(method, path, ifMatch, body string) testAnswer {
	h.t.Helper()
	return h.sendAs(h.sas("iothubowner"), method, path, ifMatch, body)
}

func (h *testHub) get(path string) testAnswer {
	h.t.Helper()
	return h.send(http.MethodGet, path, "", "")
}

// create makes a device and expects it to work.
func (h *testHub) create(id, body string) testAnswer {
	h.t.Helper()
	return h.send(http.MethodPut, "/devices/"+id, "", body).want(http.StatusOK)
}

func (h *testHub) createMinimal(id string) testAnswer {
	h.t.Helper()
	return h.create(id, `{"deviceId":"`+id+`"}`)
}

// want checks the status.
func (a testAnswer) want(status int) testAnswer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d; body %s", a.status, status, a.body)
	}
	return a
}

// wantCode checks status and header of a refusal.
func (a testAnswer) wantCode(status int, code string) testAnswer {
	a.t.Helper()
	a.want(status)
	if got := a.header.Get("iothub-errorcode"); got != code {
		a.t.Fatalf("iothub-errorcode %q, want %q; body %s", got, code, a.body)
	}
	return a
}

// wantBody checks the body byte for byte.
func (a testAnswer) wantBody(body string) testAnswer {
	a.t.Helper()
	if a.body != body {
		a.t.Fatalf("body\n%s\nwant\n%s", a.body, body)
	}
	return a
}

// wantText checks that the body contains the text.
func (a testAnswer) wantText(text string) testAnswer {
	a.t.Helper()
	if !strings.Contains(a.body, text) {
		a.t.Fatalf("body %s lacks %q", a.body, text)
	}
	return a
}

// field reads a member of the body by a path of names, "" when absent or null.
func (a testAnswer) field(path ...string) string {
	a.t.Helper()
	raw := json.RawMessage(a.body)
	for _, name := range path {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(raw, &members); err != nil {
			return ""
		}
		raw = members[name]
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// newRequest makes a request as a server sees it.
func newRequest(method, path, body string) *http.Request {
	return httptest.NewRequest(method, path, strings.NewReader(body))
}
