// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"crypto/rand"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// identity is what a device and a module have in common.
type identity struct {
	generation   int64
	counter      uint64 // the ETag's
	created      time.Time
	lastActivity time.Time
	auth         authentication
	attributes   tree
	twin         twin
	presence
}

// device is a device identity with everything that goes when it goes.
type device struct {
	identity
	id            string
	disabled      bool
	statusReason  *string
	statusUpdated time.Time
	edge          bool
	scope         string
	parents       []string
	modules       map[string]*module
	messages      []*queued
}

// module is a module identity.
type module struct {
	identity
	id        string
	managedBy *string
}

// found is the identity of a device that may be missing.
func (d *device) found() *identity {
	if d == nil {
		return nil
	}
	return &d.identity
}

// found is the identity of a module that may be missing.
func (m *module) found() *identity {
	if m == nil {
		return nil
	}
	return &m.identity
}

// ghost is a deleted device that queries still return until the index catches up.
type ghost struct {
	device *device
	until  time.Time
}

// minter makes what is new about an identity.
type minter struct {
	now       func() time.Time
	random    wire.Random
	lastTicks int64
}

// newIdentity starts an identity's counters; twinBorn is what its twin gives as $lastUpdated.
func (h *minter) newIdentity(a authentication, twinBorn time.Time) identity {
	return identity{
		generation: h.nextGeneration(), counter: h.firstETag(), created: h.now(), auth: a, twin: newTwin(twinBorn),
	}
}

// nextGeneration is a new generation ID. A clock that stands still must not give a re-created device its old one.
func (h *minter) nextGeneration() int64 {
	h.lastTicks = max(h.lastTicks+1, ticks(h.now()))
	return h.lastTicks
}

// firstETag is the random start of an identity's counter; all recorded ones have nine digits.
func (h *minter) firstETag() uint64 {
	n, err := rand.Int(h.random.Reader, big.NewInt(900_000_000))
	if err != nil {
		return 100_000_000
	}
	return 100_000_000 + n.Uint64()
}

func (i *identity) etag() string { return wireETag(i.counter) }

func (d *device) status() string {
	if d.disabled {
		return "disabled"
	}
	return "enabled"
}

// setStatus changes the status; the time moves only when the status does (recorded).
func (d *device) setStatus(disabled bool, now time.Time) {
	if d.disabled != disabled {
		d.disabled, d.statusUpdated = disabled, now
	}
	if disabled {
		d.hangUp()
	}
}

// wire writes the device, or its module m, which has no status and no scopes. Answers to a create have times without a
// zone and always parentScopes; others leave parentScopes out unless set or asked for (recorded, as the order is).
func (d *device) wire(m *module, created, echoParents, attributes bool) own {
	at := wire.Time
	if created {
		at = wire.TimeWithoutZone
	}
	i, ofDevice, o := &d.identity, m == nil, own{}
	if m != nil {
		i = &m.identity
		o.add("moduleId", m.id, true)
		o.add("managedBy", m.managedBy, true)
	}
	o.add("deviceId", d.id, true)
	o.add("generationId", strconv.FormatInt(i.generation, 10), true)
	o.add("etag", i.etag(), true)
	o.add("connectionState", i.connectionState(), true)
	o.add("status", d.status(), ofDevice)
	o.add("statusReason", d.statusReason, ofDevice)
	o.add("connectionStateUpdatedTime", at(i.changed), true)
	o.add("statusUpdatedTime", at(d.statusUpdated), ofDevice)
	o.add("lastActivityTime", at(i.lastActivity), true)
	o.add("cloudToDeviceMessageCount", d.waiting(m), true)
	o.add("attributes", i.attributes, attributes && i.attributes != nil)
	o.add("authentication", i.auth.wire(), true)
	o.add("capabilities", own{{name: "iotEdge", value: d.edge}}, ofDevice)
	o.add("deviceScope", d.scope, ofDevice && d.scope != "")
	parents := append([]string{}, d.parents...)
	o.add("parentScopes", parents, ofDevice && (created || echoParents || len(parents) > 0))
	return o
}

// validID tells whether the service takes the text as device or module ID: 1 to 128
// ASCII letters, digits and - : . + % _ # * ? ! ( ) , = @ ; $ '.
func validID(id string) bool {
	if id == "" || len(id) > 128 {
		return false
	}
	return !strings.ContainsFunc(id, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !letter && !strings.ContainsRune("-:.+%_#*?!(),=@;$'", r)
	})
}

// checkPut applies the table for PUT: without If-Match it creates, with If-Match it replaces, and a missing object
// beats a wrong ETag (observed live). exists is what the service says when something is there already.
func (c *Choices) checkPut(m wire.IfMatch, i *identity, missing, exists *wire.Problem) *wire.Problem {
	switch {
	case i == nil && !m.Given, i != nil && m.Given && m.Matches(i.etag()):
		return nil
	case i == nil && !m.Any && c.StaleETagOnMissingIs412:
		return staleETag()
	case i == nil:
		return missing
	case !m.Given:
		return exists
	default:
		return staleETag()
	}
}

// checkDelete applies the table for DELETE, where live hubs insist on If-Match.
func (c *Choices) checkDelete(m wire.IfMatch, i *identity, missing *wire.Problem) *wire.Problem {
	switch {
	case !m.Given && c.DeleteWithoutIfMatch:
		if i == nil {
			return missing
		}
		return nil
	case !m.Given && i == nil && c.MissingBeforeETagMissing:
		return missing
	case !m.Given:
		return problemf(codePreconditionFailed, "Etag missing")
	case i == nil && !m.Any && c.StaleETagOnMissingIs412:
		return staleETag()
	case i == nil:
		return missing
	case !m.Matches(i.etag()):
		return staleETag()
	}
	return nil
}
