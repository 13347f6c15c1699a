// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"crypto/x509"
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
	calls    methodCalls
	roots    *x509.CertPool

	mu sync.RWMutex
	registry
}

// Config is what a hub is made with.
type Config struct {
	caller.Setting
	// Name is the hub's name, as it stands in error texts.
	Name string
	// Hostname is host and port.
	Hostname string
	// Choices decides what the references leave open.
	Choices Choices
}

// New makes an empty hub with new policy keys.
func New(o Config) *Hub {
	h := &Hub{
		name: o.Name, hostname: o.Hostname, pageSize: o.PageSize, routes: routes(), roots: x509.NewCertPool(),
		calls: methodCalls{after: time.After, waiting: map[string]*methodCall{}, news: make(chan struct{})},
		registry: registry{
			minter: minter{now: o.Now, random: o.Random}, choices: o.Choices,
			devices: map[string]*device{}, scopes: map[string]string{},
		},
	}
	if h.pageSize <= 0 || h.pageSize > maxQueryPage {
		h.pageSize = maxQueryPage
	}
	for _, ca := range o.CACertificates {
		h.roots.AddCert(ca)
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
		}.With(o.Setting, 32),
	}
	return h
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
