// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/authority"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/dps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/hub"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/mqtt"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// Emulator is a running provisioning service with its hubs.
type Emulator struct {
	gate      gate
	throttle  throttle
	tokens    *caller.Issuer
	authority *authority.Authority
	dps       *dps.Service
	dpsHost   string
	hubs      []*hub.Hub
	adminAddr string
	// authorityHost is where the authority listens, machine where managed identities do.
	authorityHost, machine string
	// seed is what Reset comes back to.
	seed *Seed
	// ca is the authority of the listeners, cas are the verified CA certificates of devices, as they were given.
	ca  authorityPair
	cas map[string][]byte

	servers []*http.Server
	// services are the provisioning service and the hubs behind their gate, by host name.
	services map[string]http.Handler
	// sessions are those of the provisioning service and of each hub.
	sessions []*mqtt.Server
	serving  sync.WaitGroup
	ending   sync.Once
}

// Start listens and serves until Close. All data is in memory; all keys are new.
func Start(o Options) (*Emulator, error) {
	o = o.withDefaults()
	if err := o.Seed.fits(o); err != nil {
		return nil, inSeed(err)
	}
	texts := o.Seed.caCertificates(o.CACertificates)
	cas, err := parseCACertificates(texts)
	if err != nil {
		return nil, err
	}
	random := wire.Random{Reader: rand.Reader}
	e := &Emulator{
		seed: o.Seed, cas: texts,
		gate: gate{now: o.Now}, throttle: throttle{now: o.Now}, tokens: caller.NewIssuer(o.Now, random, o.Cloud),
		services: map[string]http.Handler{},
	}
	e.authority = authority.New(o.Now, random, e.tokens)
	common := caller.Setting{
		Now: o.Now, Random: random, Tokens: e.tokens, PageSize: o.PageSize, CACertificates: cas,
	}
	ofDPS := common
	ofDPS.Policies, ofDPS.PolicyKeys = o.DPSPolicies, o.policyKeys(o.Seed.DPS.Policies, "dps", 64)
	ofDPS.Limit = func(b wire.Bucket) time.Duration { return e.throttle.wait(e.dpsHost, b) }
	e.dps = dps.New(dps.Config{
		Setting: ofDPS, Hostname: e.DPSHostname, IDScope: o.idScope(), Choices: o.Choices.DPSChoices,
		RetryAfter: o.RetryAfter, AssigningPolls: o.AssigningPolls, Webhook: o.WebhookTransport,
	})
	if err := e.listen(o, common); err != nil {
		return nil, errors.Join(inSeed(err), e.Close())
	}
	return e, nil
}

// listen opens every listener before it serves the first, so that host names are fixed
// before a request can ask for them.
func (e *Emulator) listen(o Options, common caller.Setting) error {
	addresses, err := o.addresses()
	if err != nil {
		return err
	}
	ca, err := o.Seed.authority()
	if err != nil {
		return err
	}
	server, err := ca.issueServer(addresses, o.certified())
	if err != nil {
		return err
	}
	endpoints, err := openEndpoints(addresses, o.PublicHost, server)
	if err != nil {
		return err
	}
	e.ca, e.dpsHost = ca, endpoints[0].host
	var links []dps.Hub
	for i, h := range o.Hubs {
		host := endpoints[i+1].host
		ofHub := common
		ofHub.Policies, ofHub.PolicyKeys = o.HubPolicies, o.policyKeys(o.Seed.hub(h.Name).Policies, "hub/"+h.Name, 32)
		ofHub.Limit = func(b wire.Bucket) time.Duration { return e.throttle.wait(host, b) }
		h := hub.New(hub.Config{Setting: ofHub, Name: h.Name, Hostname: host, Choices: o.Choices.Hub})
		e.hubs, links = append(e.hubs, h), append(links, linked{h})
	}
	e.dps.Link(links...)
	if err := e.plant(); err != nil {
		return closed(endpoints, err)
	}
	e.serveService(endpoints[0], observed(e.dps, o.Observe), e.dps.Refuse,
		mqtt.ForDPS(e.session(o, e.dpsHost, e.dps.Session(), e.dps.Refuse)))
	for i, h := range e.hubs {
		e.serveService(endpoints[i+1], observed(h, o.Observe), h.Refuse,
			mqtt.ForHub(e.session(o, h.Hostname(), h.Session(), h.Refuse), h))
	}
	at := endpoints[len(endpoints)-1]
	e.authorityHost = at.host
	for _, l := range at.listeners {
		e.serve(l, e.gate.wrap(at.host, e.authority, e.authority.Refuse))
	}
	if err := e.listenMachine(); err != nil {
		return err
	}
	return e.listenAdmin(o)
}

// listenMachine opens the plain endpoint for managed identities, which every machine has.
func (e *Emulator) listenMachine() error {
	l, err := listen(net.JoinHostPort(loopback, "0"))
	if err != nil {
		return err
	}
	e.machine = l.Addr().String()
	e.serve(l, e.gate.wrap(e.machine, e.authority.Machine(), e.authority.Refuse))
	return nil
}

// session says how devices of a service are answered that stay connected: through the same gate.
func (e *Emulator) session(o Options, host string, handler http.Handler, refuse refusal) mqtt.Setting {
	return mqtt.Setting{
		Host: host, Handler: e.gate.wrap(host, handler, refuse), Now: o.Now, Panics: e.gate.panics.keep,
	}
}

// serveService serves a service over HTTP and MQTT.
func (e *Emulator) serveService(at endpoint, handler http.Handler, refuse refusal, sessions *mqtt.Server) {
	e.sessions = append(e.sessions, sessions)
	handler = e.gate.wrap(at.host, handler, refuse)
	e.services[at.host] = handler
	handler = stated(sessions.Upgrade(handler))
	speak := func(c net.Conn, state *tls.ConnectionState) { sessions.Serve(c, state, mqtt.TLS) }
	for _, l := range slices.Concat(at.listeners, at.mqtt) {
		e.serve(split(l, speak), handler)
	}
}

// listenAdmin opens the admin listener; an empty address means none.
func (e *Emulator) listenAdmin(o Options) error {
	if o.AdminAddr == "" {
		return nil
	}
	address, err := o.address(o.AdminAddr)
	if err != nil {
		return err
	}
	l, err := listen(address)
	if err != nil {
		return err
	}
	e.adminAddr = publicAddress(l.Addr(), o.PublicHost)
	e.serve(l, e.adminHandler(o.answersTo))
	return nil
}

func (e *Emulator) serve(l net.Listener, handler http.Handler) {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 30 * time.Second,
		// Longer than any hold or latency: a request that waits here has been read by then.
		ReadTimeout: 5 * time.Minute,
		// For clients that do not read their answer.
		WriteTimeout: 10 * time.Minute,
		IdleTimeout:  5 * time.Minute,
		// The certificates of devices do not come in headers.
		MaxHeaderBytes: 64 << 10,
		ConnContext:    withState,
		// Broken handshakes are the clients' business.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	e.servers = append(e.servers, server)
	e.serving.Go(func() { _ = server.Serve(l) })
}

// Close ends all listeners and requests. It may be called more than once. Its error tells, the
// first time, of handlers that panicked, which otherwise only their clients notice.
func (e *Emulator) Close() error {
	var errs []error
	e.ending.Do(func() {
		e.gate.holds.releaseAll()
		for _, s := range e.servers {
			errs = append(errs, s.Close())
		}
		for _, s := range e.sessions {
			s.Close()
		}
		e.serving.Wait()
		errs = append(errs, e.gate.panics.all()...)
	})
	return errors.Join(errs...)
}

// DPSHostname is "localhost:PORT" of the provisioning service, for the service API and the device API alike.
func (e *Emulator) DPSHostname() string { return e.dpsHost }

// DPSConnectionString is that of the policy provisioningserviceowner.
func (e *Emulator) DPSConnectionString() string {
	s, _ := e.DPSConnectionStringFor("provisioningserviceowner")
	return s
}

// DPSConnectionStringFor is the connection string of a policy: provisioningserviceowner,
// serviceconfig, enrollmentread, enrollmentwrite, registrationread, registrationwrite.
func (e *Emulator) DPSConnectionStringFor(policy string) (string, bool) {
	return e.dps.ConnectionStringFor(policy)
}

// DPSPolicies are the shared access policies of the provisioning service.
func (e *Emulator) DPSPolicies() caller.Policies { return e.dps.Policies() }

// IDScope is the scope that devices name: "0ne" and eight hexadecimal digits.
func (e *Emulator) IDScope() string { return e.dps.IDScope() }

// CACertificatePEM is the certificate to trust for all listeners.
func (e *Emulator) CACertificatePEM() []byte { return bytes.Clone(e.ca.pem()) }

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

// Journal lists the exchanges since the start or the last ClearJournal: the latest hundred thousand at least.
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

// Authority gives tokens to applications and managed identities.
func (e *Emulator) Authority() *authority.Authority { return e.authority }

// AuthorityURL is where the authority is asked, for AZURE_AUTHORITY_HOST; any tenant will do.
func (e *Emulator) AuthorityURL() string { return "https://" + e.authorityHost + "/" }

// MachineURL is where the endpoints of managed identities are, without a path.
func (e *Emulator) MachineURL() string { return "http://" + e.machine }

// AddApplication lets an application get tokens from the authority with its secret.
func (e *Emulator) AddApplication(clientID, secret string) {
	e.authority.AddSecret(clientID, secret, time.Time{})
}

// GrantRole gives a client ID a built-in role, or one data action when role begins with "Microsoft.Devices/" (a star
// stands for any text). It counts at once, also for tokens that were issued before.
func (e *Emulator) GrantRole(clientID, role string) error { return e.tokens.GrantRole(clientID, role) }

// RevokeRoles takes all roles from a client ID.
func (e *Emulator) RevokeRoles(clientID string) { e.tokens.RevokeRoles(clientID) }

// SetLatency delays every answer from now on.
func (e *Emulator) SetLatency(d time.Duration) { e.gate.latency.Store(int64(d)) }

// SetAssigningPolls changes Options.AssigningPolls for later registrations.
func (e *Emulator) SetAssigningPolls(n int) { e.dps.SetAssigningPolls(n) }

// HoldAssignments keeps every operation assigning until release is called; what an
// operation depends on is fixed when it begins.
func (e *Emulator) HoldAssignments() (release func()) { return e.dps.HoldAssignments() }

// SetLinkedHubs replaces the hubs linked to the provisioning service, by their short
// names; the hubs themselves keep running.
func (e *Emulator) SetLinkedHubs(names ...string) error {
	var hubs []dps.Hub
	for _, name := range names {
		h := e.Hub(name)
		if h == nil {
			return fmt.Errorf("there is no hub named %q", name)
		}
		hubs = append(hubs, linked{h})
	}
	e.dps.Link(hubs...)
	return nil
}
