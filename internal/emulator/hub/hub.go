// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"slices"
	"sync"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// Hub is one emulated IoT Hub: its identity registry, its twins and its query
// endpoint, and the check that a device's own credentials are good.
type Hub struct {
	name     string
	hostname string
	now      func() time.Time
	random   wire.Random
	choices  Choices
	pageSize int
	policies caller.Policies
	tokens   *caller.Issuer
	limit    func(wire.Bucket) time.Duration
	routes   wire.Routes[handler]
	roots    *x509.CertPool

	mu        sync.RWMutex
	devices   map[string]*device
	ids       []string          // of devices, sorted
	scopes    map[string]string // scope of an edge device -> its ID
	ghosts    []ghost           // deleted devices that the query index still shows
	lastTicks int64
}

// Config is what a hub is made with.
type Config struct {
	// Name is the hub's name, as it stands in error texts.
	Name string
	// Hostname is host and port.
	Hostname string
	// Now is the clock.
	Now func() time.Time
	// Random makes keys, ETags and request IDs.
	Random wire.Random
	// Choices decides what the references leave open.
	Choices Choices
	// PageSize is the query's default and largest page; 0 means 100.
	PageSize int
	// Tokens recognises bearer tokens.
	Tokens *caller.Issuer
	// Limit says how long a call must wait, 0 for not at all; nil means no limits.
	Limit func(wire.Bucket) time.Duration
	// CACertificates are the CA certificates (PEM) registered at this hub, by
	// name: devices of type certificateAuthority must chain to one of them.
	CACertificates map[string][]byte
}

// New makes an empty hub with new policy keys.
func New(o Config) *Hub {
	h := &Hub{
		name: o.Name, hostname: o.Hostname, now: o.Now, random: o.Random, choices: o.Choices,
		pageSize: o.PageSize, tokens: o.Tokens, limit: o.Limit, routes: routes(),
		devices: map[string]*device{}, scopes: map[string]string{}, roots: x509.NewCertPool(),
	}
	if h.limit == nil {
		h.limit = func(wire.Bucket) time.Duration { return 0 }
	}
	if h.pageSize <= 0 || h.pageSize > maxQueryPage {
		h.pageSize = maxQueryPage
	}
	for _, bundle := range o.CACertificates {
		addRegisteredCAs(h.roots, bundle)
	}
	// The five policies every new hub has (azure-docs, iot-hub-dev-guide-sas).
	h.policies = caller.Policies{
		{Name: "iothubowner", Permissions: []string{registryRead, registryWrite, serviceConnect, deviceConnect}},
		{Name: "service", Permissions: []string{serviceConnect}},
		{Name: "device", Permissions: []string{deviceConnect}},
		{Name: "registryRead", Permissions: []string{registryRead}},
		{Name: "registryReadWrite", Permissions: []string{registryRead, registryWrite}},
	}
	for i := range h.policies {
		h.policies[i].Keys = [2]string{h.random.Key(32), h.random.Key(32)}
	}
	return h
}

// addRegisteredCAs adds every certificate of a PEM bundle that can be read; the
// emulator's constructor has refused the others.
func addRegisteredCAs(pool *x509.CertPool, bundle []byte) {
	for {
		var block *pem.Block
		if block, bundle = pem.Decode(bundle); block == nil {
			return
		}
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			pool.AddCert(c)
		}
	}
}

// Name is the hub's short name.
func (h *Hub) Name() string { return h.name }

// Hostname is the hub's "localhost:PORT".
func (h *Hub) Hostname() string { return h.hostname }

// ConnectionString is that of the policy iothubowner.
func (h *Hub) ConnectionString() string {
	s, _ := h.ConnectionStringFor("iothubowner")
	return s
}

// ConnectionStringFor is the service connection string of a policy: iothubowner,
// service, device, registryRead or registryReadWrite.
func (h *Hub) ConnectionStringFor(policy string) (string, bool) {
	return h.policies.ConnectionString(h.Hostname(), policy)
}

// nextGeneration is a new generation ID. A clock that stands still must not give a
// re-created device its old one.
func (h *Hub) nextGeneration() int64 {
	h.lastTicks = max(h.lastTicks+1, ticks(h.now()))
	return h.lastTicks
}

// firstETag is the random start of an identity's counter; all recorded ones have nine
// digits.
func (h *Hub) firstETag() uint64 {
	n, err := rand.Int(h.random.Reader, big.NewInt(900_000_000))
	if err != nil {
		return 100_000_000
	}
	return 100_000_000 + n.Uint64()
}

// insert adds a device to the registry.
func (h *Hub) insert(d *device) {
	at, _ := slices.BinarySearch(h.ids, d.id)
	h.ids = slices.Insert(h.ids, at, d.id)
	h.devices[d.id] = d
}

// drop takes a device out of the registry, and with it its modules and twins. Its
// children keep the scope that no longer exists.
func (h *Hub) drop(d *device) {
	if at, found := slices.BinarySearch(h.ids, d.id); found {
		h.ids = slices.Delete(h.ids, at, at+1)
	}
	delete(h.devices, d.id)
	if d.edge {
		delete(h.scopes, d.scope)
	}
	if h.choices.QueryLag > 0 {
		now := h.now()
		h.ghosts = slices.DeleteFunc(h.ghosts, func(g ghost) bool { return !g.until.After(now) })
		h.ghosts = append(h.ghosts, ghost{device: d, until: now.Add(h.choices.QueryLag)})
	}
}
