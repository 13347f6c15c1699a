// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// maxBody is the most of a request that the hub reads: a bulk of 100 devices with
// full twins fits.
const maxBody = 16 << 20

// attributesVersion is the first api-version that knows attributes and key regeneration.
const attributesVersion = "2024-03-31"

// call is one service-side request, taken apart.
type call struct {
	caller             caller.Caller
	deviceID, moduleID string
	ifMatch            wire.IfMatch
	query              url.Values
	header             http.Header
	body               []byte
}

// attributes tells whether the request's api-version knows attributes.
func (q *call) attributes() bool { return q.query.Get("api-version") >= attributesVersion }

// decode reads the body; names of members are compared without case, as real clients
// rely on ("Query", "etag").
func (q *call) decode(into any) *wire.Problem {
	if err := json.Unmarshal(q.body, into); err != nil {
		return problemf(codeArgumentInvalid, "BadRequest")
	}
	return nil
}

// operation is what a route does, and what the caller must be allowed: one of the
// permissions under SAS, all of the data actions under Entra.
type operation struct {
	permission string
	actions    []string
	reads      bool
	run        func(*Hub, *call) (*wire.Reply, *wire.Problem)
}

// The calls of a hub that are limited separately; twin writes and the rest are not limited.
const (
	BucketRegistry  wire.Bucket = "hub registry"
	BucketTwinReads wire.Bucket = "hub twin reads"
	BucketQueries   wire.Bucket = "hub queries"
)

// ServeHTTP answers devices, and authenticates and throttles everybody else.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	segments := wire.Segments(r.URL)
	if len(segments) == 4 && strings.EqualFold(segments[0], "devices") && strings.EqualFold(segments[2], "messages") {
		h.serveDevice(w, r)
		return
	}
	c, known := h.tokens.Recognise(r, h.Hostname(), caller.Hub, h.policies)
	if !known {
		h.writeUnauthorized(w, r, caller.Caller{})
		return
	}
	if h.limit(bucketOf(r.Method, segments)) > 0 {
		h.writeThrottled(w, r)
		return
	}
	h.serveRegistry(w, r, c)
}

// bucketOf sorts a call.
func bucketOf(method string, segments []string) wire.Bucket {
	switch strings.ToLower(segments[0]) {
	case "twins":
		if method == http.MethodGet {
			return BucketTwinReads
		}
		return ""
	case "devices":
		if len(segments) == 2 && method == http.MethodPost && strings.EqualFold(segments[1], "query") {
			return BucketQueries
		}
		return BucketRegistry
	}
	return ""
}

// serveRegistry answers a service-side request of an authenticated caller. In mode
// SAS c.May is asked for a policy permission (RegistryRead, RegistryWrite,
// ServiceConnect), in mode Entra for a data action without its prefix
// "Microsoft.Devices/IotHubs/" (devices/read, twins/write, statistics/read, ...).
func (h *Hub) serveRegistry(w http.ResponseWriter, r *http.Request, c caller.Caller) {
	q := &call{caller: c, query: r.URL.Query(), header: r.Header, ifMatch: wire.ParseIfMatch(r.Header.Get("If-Match"))}
	if p := checkVersion(q.query.Get("api-version")); p != nil {
		h.writeProblem(w, r, p)
		return
	}
	op := route(r.Method, wire.Segments(r.URL), q)
	if op == nil {
		h.writeNotModelled(w, r)
		return
	}
	if !op.allows(c) {
		h.writeUnauthorized(w, r, c)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
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
func (h *Hub) run(op *operation, q *call) (*wire.Reply, *wire.Problem) {
	if op.reads {
		h.mu.RLock()
		defer h.mu.RUnlock()
	} else {
		h.mu.Lock()
		defer h.mu.Unlock()
	}
	return op.run(h, q)
}

func (o *operation) allows(c caller.Caller) bool {
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

// checkVersion takes any dated api-version; which ones the service still takes is
// unknown.
func checkVersion(version string) *wire.Problem {
	if !wire.IsVersion(version) {
		return problemf(codeInvalidProtocolVersion, "The api-version is missing or invalid")
	}
	return nil
}
