// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// maxHubBody is the most of a request that the hub reads: a bulk of 100 devices with
// full twins fits.
const maxHubBody = 16 << 20

// attributesVersion is the first api-version that knows attributes and key regeneration.
const attributesVersion = "2024-03-31"

// hubCall is one service-side request, taken apart.
type hubCall struct {
	caller             caller.Caller
	deviceID, moduleID string
	ifMatch            wire.IfMatch
	query              url.Values
	header             http.Header
	body               []byte
}

// attributes tells whether the request's api-version knows attributes.
func (q *hubCall) attributes() bool { return q.query.Get("api-version") >= attributesVersion }

// decode reads the body; names of members are compared without case, as real clients
// rely on ("Query", "etag").
func (q *hubCall) decode(into any) *wire.Problem {
	if err := json.Unmarshal(q.body, into); err != nil {
		return problemf(codeArgumentInvalid, "BadRequest")
	}
	return nil
}

// hubOperation is what a route does, and what the caller must be allowed: one of the
// permissions under SAS, all of the data actions under Entra.
type hubOperation struct {
	permission string
	actions    []string
	reads      bool
	run        func(*Hub, *hubCall) (*wire.Reply, *wire.Problem)
}

// serveRegistry answers a service-side request of an authenticated caller. In mode
// SAS c.May is asked for a policy permission (RegistryRead, RegistryWrite,
// ServiceConnect), in mode Entra for a data action without its prefix
// "Microsoft.Devices/IotHubs/" (devices/read, twins/write, statistics/read, ...).
func (h *Hub) serveRegistry(w http.ResponseWriter, r *http.Request, c caller.Caller) {
	q := &hubCall{caller: c, query: r.URL.Query(), header: r.Header, ifMatch: wire.ParseIfMatch(r.Header.Get("If-Match"))}
	if p := checkHubVersion(q.query.Get("api-version")); p != nil {
		h.writeProblem(w, r, p)
		return
	}
	op := hubRoute(r.Method, wire.Segments(r.URL), q)
	if op == nil {
		h.writeNotModelled(w, r)
		return
	}
	if !op.allows(c) {
		h.writeUnauthorized(w, r, c)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxHubBody))
	if err != nil {
		h.writeProblem(w, r, problemf(codeMessageTooLarge, "The request is too large"))
		return
	}
	q.body = body
	reply, p := h.run(op, q)
	if p != nil {
		h.writeProblem(w, r, p)
		return
	}
	h.write(w, reply, h.random.GUID())
}

// run holds the lock that the operation needs.
func (h *Hub) run(op *hubOperation, q *hubCall) (*wire.Reply, *wire.Problem) {
	if op.reads {
		h.mu.RLock()
		defer h.mu.RUnlock()
	} else {
		h.mu.Lock()
		defer h.mu.Unlock()
	}
	return op.run(h, q)
}

func (o *hubOperation) allows(c caller.Caller) bool {
	if c.Mode != caller.Entra {
		// RegistryWrite implies reading (azure-docs, iot-hub-dev-guide-sas).
		return c.May(o.permission) || o.permission == "RegistryRead" && c.May("RegistryWrite")
	}
	for _, a := range o.actions {
		if !c.May(a) {
			return false
		}
	}
	return true
}

// checkHubVersion takes any dated api-version; which ones the service still takes is
// unknown.
func checkHubVersion(version string) *wire.Problem {
	if !wire.IsVersion(version) {
		return problemf(codeInvalidProtocolVersion, "The api-version is missing or invalid")
	}
	return nil
}
