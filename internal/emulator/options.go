// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"cmp"
	"net/http"
	"time"
)

// HubOptions names one IoT Hub of an emulator.
type HubOptions struct {
	// Name is the hub's short name, unique without case.
	Name string
	// Addr is the address to listen on; default a free port.
	Addr string
}

// Options says what to start. The zero value is one provisioning service with one hub on free ports.
type Options struct {
	// Listen is the IP address for addresses that name none; default 127.0.0.1. Only with one that is not on the loopback
	// interface can other machines reach the emulator, which nothing but its keys protects then.
	Listen string
	// PublicHost is what the services are called, in place of localhost or their IP address.
	PublicHost string
	// DPSAddr is the address of the provisioning service; default a free port.
	DPSAddr string
	// AuthorityAddr is the address of the authority that gives tokens; default a free port.
	AuthorityAddr string
	// ServerNames are further names and IP addresses for which the server certificate is good, as when a proxy leads a
	// public name here.
	ServerNames []string
	// Cloud is the Azure cloud whose token audiences the services have: "public" (default), "usgovernment" or "china".
	Cloud string
	// AdminAddr is the address of the admin listener; empty means none.
	AdminAddr string
	// Hubs are the linked hubs; default one named "hub1".
	Hubs []HubOptions
	// DPSPolicies and HubPolicies are further shared access policies of the provisioning
	// service and of each hub: their permissions by name.
	DPSPolicies, HubPolicies map[string][]string
	// Seed is the world to start with; nil means an empty one with new keys.
	Seed *Seed
	// FixedCredentials gives policies and ID scope the same values at each start, where the seed does not say them.
	FixedCredentials bool
	// CACertificates are verified CA certificates (PEM) by name, for CA references.
	CACertificates map[string][]byte
	// Now is the clock of the services; default time.Now.
	Now func() time.Time
	// PageSize is the default and largest page of queries; default 100.
	PageSize int
	// AssigningPolls is how many looks at a running assignment still see "assigning"; default 0.
	AssigningPolls int
	// RetryAfter is what a running registration tells the device to wait, in whole
	// seconds; default 3 s, as the service was seen to say.
	RetryAfter time.Duration
	// WebhookTransport carries the calls of custom allocations; default http.DefaultTransport.
	WebhookTransport http.RoundTripper
	// Choices decides what is unknown about the real services.
	Choices Choices
	// Observe is called after every exchange over HTTP that a service answered itself, with both
	// bodies, which hold keys. Several requests may call it at once. Default none.
	Observe func(request *http.Request, answer *http.Response)
}

// withDefaults fills in what is not given.
func (o Options) withDefaults() Options {
	o.Listen = cmp.Or(o.Listen, loopback)
	if o.Seed == nil {
		o.Seed = &Seed{}
	}
	if len(o.Hubs) == 0 {
		o.Hubs = o.Seed.hubs()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.PageSize <= 0 {
		o.PageSize = 100
	}
	if o.RetryAfter <= 0 {
		o.RetryAfter = 3 * time.Second
	}
	return o
}
