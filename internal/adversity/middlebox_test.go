// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/provider"
)

// call is one call of the provider: the nth with this method to this path of a service, which is a hub by its short
// name, or the DPS.
type call struct {
	service, method, path string
	nth                   int
}

func (c call) String() string {
	return fmt.Sprintf("%s %s %s %d", c.service, c.method, strings.Trim(strings.ReplaceAll(c.path, "/", "."), "."), c.nth)
}

// reads tells whether the call changes nothing: without an answer it is one that was never sent.
func (c call) reads() bool {
	return c.method == http.MethodGet || strings.HasSuffix(c.path, "/query") ||
		strings.HasSuffix(c.path, "/attestationmechanism")
}

// dps is the service that is no hub.
const dps = "DPS"

// middlebox stands between the provider and the services, as proxies do: it notes each call, and has one of them fail.
type middlebox struct {
	world *acctest.World

	mu    sync.Mutex
	seen  map[call]int
	calls []call
	// target meets the fault, and with a lasting one all that follow it to the same path.
	target call
	fault  *fault
	// met says that the fault happened, last is the one that is over.
	met  bool
	last *fault
	// strikeAt is the number of the call that becomes the target of strikes.
	strikeAt int
	strikes  *fault
	// before happens before each call.
	before func()
	// lives is how many calls more get through; negative for all of them.
	lives int
}

// stand puts a middlebox before the services of a world: of each provider that is started from then on.
func stand(w *acctest.World) *middlebox {
	m := &middlebox{world: w, seen: map[call]int{}, lives: -1}
	w.Adjust = func(o *provider.Options) {
		direct := o.HTTPClient
		o.HTTPClient = func(roots *x509.CertPool) *http.Client {
			client := *direct(roots)
			client.Transport = passing{m, client.Transport}
			return &client
		}
	}
	return m
}

// passing is a connection through a middlebox.
type passing struct {
	box  *middlebox
	next http.RoundTripper
}

// RoundTrip notes a call, and passes it on unless it meets the fault.
func (p passing) RoundTrip(r *http.Request) (*http.Response, error) {
	c, fault := p.box.note(r)
	if fault == nil {
		return p.next.RoundTrip(r)
	}
	return fault.happen(c, r, p.next)
}

func (m *middlebox) note(r *http.Request) (call, *fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.before != nil {
		m.before()
	}
	c := call{service: m.serviceOf(r.URL.Host), method: r.Method, path: r.URL.EscapedPath()}
	nth := m.seen[c]
	m.seen[c]++
	c.nth = nth
	m.calls = append(m.calls, c)
	if m.lives == 0 {
		return c, &fault{replace: cut}
	}
	m.lives--
	if m.strikes != nil && len(m.calls) == m.strikeAt+1 {
		m.target, m.fault = c, m.strikes
	}
	if m.fault == nil || !m.fault.meets(c, m.target) {
		return c, nil
	}
	m.met = true
	return c, m.fault
}

func (m *middlebox) serviceOf(host string) string {
	for _, hub := range m.world.Emulator.Hubs() {
		if hub.Hostname() == host {
			return hub.Name()
		}
	}
	return dps
}

// watch begins to count the calls anew.
func (m *middlebox) watch() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen, m.calls = map[call]int{}, nil
}

// harm has a call that is to come meet a fault.
func (m *middlebox) harm(target call, f fault) {
	m.watch()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.target, m.fault, m.met = target, &f, false
}

// strike has the call with a number, counted since the box watches, meet a fault; none withdraws it.
func (m *middlebox) strike(at int, f *fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.strikeAt, m.strikes, m.met = at, f, false
}

// setBefore has something happen before each call, or no longer. What it returns happened until then.
func (m *middlebox) setBefore(happen func()) (former func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	former, m.before = m.before, happen
	return former
}

// calm ends the fault, and tells whether it ever happened.
func (m *middlebox) calm() (met bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last, m.fault = m.fault, nil
	return m.met
}

// denied tells whether the fault was a service that said in its own words that something does not exist.
func (m *middlebox) denied() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.met && m.last != nil && m.last.status == http.StatusNotFound
}

// die has no call get through after some more, and live all of them again.
func (m *middlebox) die(after int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lives = after
}

func (m *middlebox) live() { m.die(-1) }

// noted are the calls since the box watches.
func (m *middlebox) noted() []call {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls
}
