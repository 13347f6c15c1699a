// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"
)

// Hub is one emulated IoT Hub: its identity registry, its twins and its query
// endpoint, and the check that a device's own credentials are good.
type Hub struct {
	name     string
	hostname func() string
	now      func() time.Time
	random   io.Reader
	choices  HubChoices
	pageSize int
	policies []hubPolicy

	mu sync.RWMutex
}

// hubConfig is what the emulator gives each of its hubs.
type hubConfig struct {
	// Name is the hub's name, as it stands in error texts.
	Name string
	// Hostname tells host and port once the hub's listener exists.
	Hostname func() string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Random feeds keys, ETags and request IDs. It must allow concurrent reads;
	// nil means crypto/rand.
	Random io.Reader
	// Choices decides what the references leave open; nil means the zero value.
	Choices *HubChoices
	// PageSize is the query's default page; 0 means 100.
	PageSize int
	// CACertificates are the CA certificates (PEM) registered at this hub, by
	// name: devices of type certificateAuthority must chain to one of them.
	CACertificates map[string][]byte
}

// HubChoices switches the hub's behaviour where the real service's is unknown or
// where sources differ. The zero value is what the emulator does by default.
type HubChoices struct{}

// hubPolicy is a shared access policy of a hub.
type hubPolicy struct {
	name               string
	primary, secondary string
	permissions        []string
}

// provisionedDevice is what the provisioning service asks of a hub.
type provisionedDevice struct {
	DeviceID      string
	Edge          bool
	SymmetricKeys *[2]string
	Thumbprint    string
	Tags, Desired json.RawMessage
}

// exportedDevice is a device on its way from one hub to another.
type exportedDevice struct {
	DeviceID string
}

func newHub(o hubConfig) *Hub { return &Hub{name: o.Name, hostname: o.Hostname} }

// Name is the hub's short name.
func (h *Hub) Name() string { return h.name }

// Hostname is the hub's "localhost:PORT".
func (h *Hub) Hostname() string { return h.hostname() }

// ConnectionString is that of the policy iothubowner.
func (h *Hub) ConnectionString() string {
	s, _ := h.ConnectionStringFor("iothubowner")
	return s
}

// ConnectionStringFor is the service connection string of a policy: iothubowner,
// service, device, registryRead or registryReadWrite.
func (h *Hub) ConnectionStringFor(policy string) (string, bool) {
	primary, _, _, ok := h.policyKeys(policy)
	if !ok {
		return "", false
	}
	return fmt.Sprintf("HostName=%s;SharedAccessKeyName=%s;SharedAccessKey=%s", h.Hostname(), policy, primary), true
}

// policyKeys gives a policy's two keys (base64) and its permissions: RegistryRead,
// RegistryWrite, ServiceConnect, DeviceConnect.
func (h *Hub) policyKeys(policy string) (primary, secondary string, permissions []string, ok bool) {
	for _, p := range h.policies {
		if p.name == policy {
			return p.primary, p.secondary, p.permissions, true
		}
	}
	return "", "", nil, false
}

func newKey(random io.Reader) string {
	var raw [32]byte
	_, _ = io.ReadFull(random, raw[:])
	return base64.StdEncoding.EncodeToString(raw[:])
}
