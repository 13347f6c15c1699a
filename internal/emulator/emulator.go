// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/hub"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// HubOptions names one IoT Hub of an emulator.
type HubOptions struct {
	// Name is the hub's short name, unique without case.
	Name string
	// Addr is the loopback address to listen on; default 127.0.0.1:0.
	Addr string
}

// Options says what to start. The zero value is one provisioning service with one hub
// on free ports.
type Options struct {
	// DPSAddr is the loopback address of the provisioning service; default 127.0.0.1:0.
	DPSAddr string
	// AdminAddr is the loopback address of the admin listener; empty means none.
	AdminAddr string
	// Hubs are the linked hubs; default one named "hub1".
	Hubs []HubOptions
	// CACertificates are verified CA certificates (PEM) by name, for CA references.
	CACertificates map[string][]byte
	// Now is the clock of the services; default time.Now.
	Now func() time.Time
	// PageSize is the default and largest page of queries; default 100.
	PageSize int
	// AssigningPolls is how many looks at a running assignment still see "assigning";
	// default 0.
	AssigningPolls int
	// RetryAfter is what a running registration tells the device to wait, in whole
	// seconds; default 3 s, as the service was seen to say.
	RetryAfter time.Duration
	// WebhookTransport carries the calls of custom allocations; default
	// http.DefaultTransport.
	WebhookTransport http.RoundTripper
	// Choices decides what is unknown about the real services.
	Choices Choices
	// Observe is called after every exchange that a service answered itself, with both
	// bodies, which hold keys. Several requests may call it at once. Default none.
	Observe func(request *http.Request, answer *http.Response)
}

// Hub is one emulated IoT Hub.
type Hub = hub.Hub

// Emulator is a running provisioning service with its hubs.
type Emulator struct {
	now       func() time.Time
	gate      gate
	throttle  throttle
	tokens    *caller.Issuer
	dps       *dps
	hubs      []*hub.Hub
	caPEM     []byte
	adminAddr string

	servers []*http.Server
	serving sync.WaitGroup
	ending  sync.Once
}

// Start listens and serves until Close. All data is in memory; all keys are new.
func Start(o Options) (*Emulator, error) {
	e, err := newEmulator(o)
	if err != nil {
		return nil, err
	}
	if err := e.listen(o); err != nil {
		_ = e.Close()
		return nil, err
	}
	return e, nil
}

func newEmulator(o Options) (*Emulator, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.PageSize <= 0 {
		o.PageSize = 100
	}
	if o.RetryAfter <= 0 {
		o.RetryAfter = 3 * time.Second
	}
	cas, err := parseCACertificates(o.CACertificates)
	if err != nil {
		return nil, err
	}
	random := wire.Random{Reader: rand.Reader}
	e := &Emulator{now: o.Now, throttle: throttle{now: o.Now}, tokens: caller.NewIssuer(o.Now, random)}
	e.dps = &dps{
		now: o.Now, choices: o.Choices, pageSize: o.PageSize, retryAfter: o.RetryAfter,
		idScope: "0ne" + strings.ToUpper(hex.EncodeToString(random.Bytes(4))),
		random:  random, policies: newDPSPolicies(random), tokens: e.tokens, caCertificates: cas,
		webhook: &http.Client{
			Transport:     o.WebhookTransport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		limit:          func(b wire.Bucket) time.Duration { return e.throttle.wait(e.DPSHostname(), b) },
		entries:        [2]*collection[*entry]{newCollection[*entry](), newCollection[*entry]()},
		records:        newCollection[*record](),
		operations:     map[string]*operation{},
		nonces:         map[string]string{},
		assigningPolls: o.AssigningPolls,
	}
	return e, nil
}

func parseCACertificates(pems map[string][]byte) (map[string]*x509.Certificate, error) {
	cas := make(map[string]*x509.Certificate, len(pems))
	for name, text := range pems {
		c, err := certificateFromPEM(text)
		if err != nil {
			return nil, fmt.Errorf("the CA certificate %q is not a PEM certificate: %w", name, err)
		}
		cas[name] = c
	}
	return cas, nil
}

// listen opens every listener before it serves the first, so that host names are fixed
// before a request can ask for them.
func (e *Emulator) listen(o Options) error {
	if len(o.Hubs) == 0 {
		o.Hubs = []HubOptions{{Name: "hub1"}}
	}
	addresses := []string{o.DPSAddr}
	for i, h := range o.Hubs {
		sameName := func(other HubOptions) bool { return strings.EqualFold(other.Name, h.Name) }
		if h.Name == "" || slices.ContainsFunc(o.Hubs[:i], sameName) {
			return fmt.Errorf("the hub name %q is empty or given twice", h.Name)
		}
		addresses = append(addresses, h.Addr)
	}
	caPEM, server, err := newServerIdentity(addresses)
	if err != nil {
		return err
	}
	e.caPEM = caPEM
	endpoints, err := openEndpoints(addresses, server)
	if err != nil {
		return err
	}
	e.dps.hostname = func() string { return endpoints[0].host }
	for i, h := range o.Hubs {
		at := endpoints[i+1]
		e.hubs = append(e.hubs, hub.New(hub.Config{
			Name: h.Name, Hostname: func() string { return at.host }, Now: e.now, Tokens: e.tokens,
			Limit:   func(b wire.Bucket) time.Duration { return e.throttle.wait(at.host, b) },
			Choices: o.Choices.Hub, PageSize: e.dps.pageSize, CACertificates: o.CACertificates,
		}))
	}
	e.dps.link(e.hubs)
	e.serveTLS(endpoints[0], e.gate.wrap(endpoints[0].host, observed(e.tokens.Beside(e.dps), o.Observe), e.dps.refuse))
	for i, hub := range e.hubs {
		e.serveTLS(endpoints[i+1], e.gate.wrap(hub.Hostname(), observed(hub, o.Observe), hub.Refuse))
	}
	return e.listenAdmin(o.AdminAddr)
}

func (e *Emulator) serveTLS(at endpoint, handler http.Handler) {
	for _, l := range at.listeners {
		e.serve(l, handler)
	}
}

// listenAdmin opens the admin listener; an empty address means none.
func (e *Emulator) listenAdmin(address string) error {
	if address == "" {
		return nil
	}
	l, err := listenLoopback(address)
	if err != nil {
		return err
	}
	e.adminAddr = l.Addr().String()
	e.serve(l, e.adminHandler())
	return nil
}

func (e *Emulator) serve(l net.Listener, handler http.Handler) {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 30 * time.Second,
		// Broken handshakes are the clients' business.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	e.servers = append(e.servers, server)
	e.serving.Go(func() { _ = server.Serve(l) })
}

// Close ends all listeners and requests. It may be called more than once.
func (e *Emulator) Close() error {
	var errs []error
	e.ending.Do(func() {
		e.gate.holds.releaseAll()
		for _, s := range e.servers {
			errs = append(errs, s.Close())
		}
		e.serving.Wait()
	})
	return errors.Join(errs...)
}

// DPSHostname is "localhost:PORT" of the provisioning service, for the service API and
// the device API alike.
func (e *Emulator) DPSHostname() string { return e.dps.hostname() }

// DPSConnectionString is that of the policy provisioningserviceowner.
func (e *Emulator) DPSConnectionString() string {
	s, _ := e.DPSConnectionStringFor("provisioningserviceowner")
	return s
}

// DPSConnectionStringFor is the connection string of a policy: provisioningserviceowner,
// serviceconfig, enrollmentread, enrollmentwrite, registrationread, registrationwrite.
func (e *Emulator) DPSConnectionStringFor(policy string) (string, bool) {
	return e.dps.policies.ConnectionString(e.DPSHostname(), policy)
}

// IDScope is the scope that devices name: "0ne" and eight hexadecimal digits.
func (e *Emulator) IDScope() string { return e.dps.idScope }

// CACertificatePEM is the certificate to trust for all listeners.
func (e *Emulator) CACertificatePEM() []byte { return append([]byte(nil), e.caPEM...) }

// Hubs are all hubs in the order of the options.
func (e *Emulator) Hubs() []*Hub { return append([]*Hub(nil), e.hubs...) }

// Hub finds a hub by its short name, without case; nil if there is none.
func (e *Emulator) Hub(name string) *Hub {
	for _, h := range e.hubs {
		if strings.EqualFold(h.Name(), name) {
			return h
		}
	}
	return nil
}

// AdminAddress is "host:port" of the admin listener, empty without one.
func (e *Emulator) AdminAddress() string { return e.adminAddr }

// Journal lists the exchanges since the start or the last ClearJournal.
func (e *Emulator) Journal() []Exchange { return e.gate.journal.list() }

// ClearJournal forgets the exchanges.
func (e *Emulator) ClearJournal() { e.gate.journal.clear() }

// AddFault injects a failure.
func (e *Emulator) AddFault(f Fault) { e.gate.faults.add(f) }

// ClearFaults ends all injected failures.
func (e *Emulator) ClearFaults() { e.gate.faults.clear() }

// Hold makes the next matching request wait before it is carried out. An empty host or
// method and a nil path match anything.
func (e *Emulator) Hold(host, method string, path *regexp.Regexp) *Hold {
	return e.gate.holds.add(host, method, path)
}

// SetThrottles replaces all rate limits and fills their buckets.
func (e *Emulator) SetThrottles(t Throttles) { e.throttle.set(t) }

// AddApplication lets an application get tokens from the emulator's token endpoint, with
// its secret or with an assertion (client certificate, workload identity), whose
// signature is not verified. The authority is "https://" + DPSHostname() with any tenant.
func (e *Emulator) AddApplication(clientID, secret string) { e.tokens.AddApplication(clientID, secret) }

// GrantRole gives a client ID a built-in role, or one data action when role begins with
// "Microsoft.Devices/" (a star stands for any text). It counts at once, also for tokens
// that were issued before.
func (e *Emulator) GrantRole(clientID, role string) error { return e.tokens.GrantRole(clientID, role) }

// RevokeRoles takes all roles from a client ID.
func (e *Emulator) RevokeRoles(clientID string) { e.tokens.RevokeRoles(clientID) }

// SetLatency delays every answer from now on.
func (e *Emulator) SetLatency(d time.Duration) { e.gate.latency.Store(int64(d)) }

// SetAssigningPolls changes Options.AssigningPolls for later registrations.
func (e *Emulator) SetAssigningPolls(n int) {
	e.dps.mu.Lock()
	defer e.dps.mu.Unlock()
	e.dps.assigningPolls = n
}

// HoldAssignments keeps every operation assigning until release is called; what an
// operation depends on is fixed when it begins.
func (e *Emulator) HoldAssignments() (release func()) {
	d := e.dps
	d.mu.Lock()
	defer d.mu.Unlock()
	d.holders++
	return sync.OnceFunc(func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.holders--
		for _, op := range slices.SortedFunc(maps.Values(d.operations), (*operation).compare) {
			d.settle(op)
		}
	})
}

// SetLinkedHubs replaces the hubs linked to the provisioning service, by their short
// names; the hubs themselves keep running.
func (e *Emulator) SetLinkedHubs(names ...string) error {
	var hubs []*Hub
	for _, name := range names {
		h := e.Hub(name)
		if h == nil {
			return fmt.Errorf("there is no hub named %q", name)
		}
		hubs = append(hubs, h)
	}
	e.dps.link(hubs)
	return nil
}

// link replaces the linked hubs.
func (d *dps) link(hubs []*Hub) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hubs = slices.Clone(hubs)
}
