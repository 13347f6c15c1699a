// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
)

// Config is what a service is made with. Choices, AssigningPolls and Webhook may be zero.
type Config struct {
	caller.Setting
	// Hostname tells host and port once the service has a listener.
	Hostname func() string
	// IDScope is the scope that devices name; empty means a new one.
	IDScope string
	// Choices decides what the references leave open.
	Choices Choices
	// RetryAfter is what a running registration tells the device to wait.
	RetryAfter time.Duration
	// AssigningPolls is how many looks at a running assignment still see "assigning".
	AssigningPolls int
	// Webhook carries the calls of custom allocations; nil means http.DefaultTransport.
	Webhook http.RoundTripper
}

// New makes an empty service with a new ID scope and new policy keys, linked to no hub.
func New(c Config) *Service {
	if c.IDScope == "" {
		c.IDScope = "0ne" + strings.ToUpper(hex.EncodeToString(c.Random.Bytes(4)))
	}
	return &Service{
		front: caller.Front{
			Service: caller.DPS, Host: c.Hostname, Tokens: c.Tokens, Limit: c.Limit,
			Policies: newPolicies().With(c.Setting, 64),
			MaxBody:  maxRequestSize, Words: words{c.Choices.MissingRoleIs403},
		},
		pageSize: c.PageSize, retryAfter: c.RetryAfter, assigningPolls: c.AssigningPolls,
		idScope: c.IDScope,
		webhook: &http.Client{
			Transport:     c.Webhook,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		serviceRoutes: serviceRoutes(),
		deviceRoutes:  deviceRoutes(),
		prover: prover{
			rules: rules{now: c.Now, random: c.Random, choices: c.Choices, caCertificates: c.CACertificates},
			store: newStore(),
		},
	}
}

// IDScope is the scope that devices name: "0ne" and eight hexadecimal digits.
func (d *Service) IDScope() string { return d.idScope }

// ConnectionStringFor is the connection string of a policy.
func (d *Service) ConnectionStringFor(policy string) (string, bool) {
	return d.front.ConnectionString(policy)
}

// Policies are the shared access policies, with their keys.
func (d *Service) Policies() caller.Policies { return d.front.Policies }

// SetAssigningPolls changes Config.AssigningPolls for later registrations.
func (d *Service) SetAssigningPolls(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.assigningPolls = n
}

// HoldAssignments keeps every operation assigning until release is called; what an
// operation depends on is fixed when it begins.
func (d *Service) HoldAssignments() (release func()) {
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
