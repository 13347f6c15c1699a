// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"crypto/x509"
	"encoding/pem"
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
	pageSize int
	front    caller.Front
	routes   wire.Routes[handler]
	roots    *x509.CertPool

	mu sync.RWMutex
	registry
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
	// Limit says how long a call must wait, 0 for not at all.
	Limit func(wire.Bucket) time.Duration
	// Policies are further shared access policies: their permissions by name.
	Policies map[string][]string
	// CACertificates are the CA certificates (PEM) registered at this hub, by
	// name: devices of type certificateAuthority must chain to one of them.
	CACertificates map[string][]byte
}

// New makes an empty hub with new policy keys.
func New(o Config) *Hub {
	h := &Hub{
		name: o.Name, hostname: o.Hostname, pageSize: o.PageSize, routes: routes(), roots: x509.NewCertPool(),
		registry: registry{
			minter: minter{now: o.Now, random: o.Random}, choices: o.Choices,
			devices: map[string]*device{}, scopes: map[string]string{},
		},
	}
	if h.pageSize <= 0 || h.pageSize > maxQueryPage {
		h.pageSize = maxQueryPage
	}
	for _, bundle := range o.CACertificates {
		addRegisteredCAs(h.roots, bundle)
	}
	h.front = caller.Front{
		Service: caller.Hub, Host: h.Hostname, Tokens: o.Tokens, Limit: o.Limit, MaxBody: maxBody, Words: words{},
		// The five policies every new hub has (azure-docs, iot-hub-dev-guide-sas).
		Policies: caller.Policies{
			{Name: "iothubowner", Permissions: []string{registryRead, registryWrite, serviceConnect, deviceConnect}},
			{Name: "service", Permissions: []string{serviceConnect}},
			{Name: "device", Permissions: []string{deviceConnect}},
			{Name: "registryRead", Permissions: []string{registryRead}},
			{Name: "registryReadWrite", Permissions: []string{registryRead, registryWrite}},
		}.With(o.Policies, o.Random, 32),
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

// Policies are the shared access policies, with their keys.
func (h *Hub) Policies() caller.Policies { return h.front.Policies }

// ConnectionStringFor is the service connection string of a policy: iothubowner,
// service, device, registryRead or registryReadWrite.
func (h *Hub) ConnectionStringFor(policy string) (string, bool) {
	return h.front.ConnectionString(policy)
}
