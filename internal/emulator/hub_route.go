// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxHubBody is the most of a request that the hub reads: a bulk of 100 devices with
// full twins fits.
const maxHubBody = 16 << 20

// attributesVersion is the first api-version that knows attributes and key regeneration.
const attributesVersion = "2024-03-31"

// hubCall is one service-side request, taken apart.
type hubCall struct {
	caller             caller
	deviceID, moduleID string
	ifMatch            ifMatch
	query              url.Values
	header             http.Header
	body               []byte
}

// attributes tells whether the request's api-version knows attributes.
func (q *hubCall) attributes() bool { return q.query.Get("api-version") >= attributesVersion }

// decode reads the body; names of members are compared without case, as real clients
// rely on ("Query", "etag").
func (q *hubCall) decode(into any) *hubProblem {
	if err := json.Unmarshal(q.body, into); err != nil {
		return problemf(hubArgumentInvalid, "BadRequest")
	}
	return nil
}

// hubReply is an answer that is no refusal.
type hubReply struct {
	status       int
	etag         string
	itemType     string
	continuation string
	body         []byte
}

// hubOperation is what a route does, and what the caller must be allowed: one of the
// permissions under SAS, all of the data actions under Entra.
type hubOperation struct {
	permission string
	actions    []string
	reads      bool
	run        func(*Hub, *hubCall) (*hubReply, *hubProblem)
}

// serveRegistry answers a service-side request of an authenticated caller. In mode
// "sas" c.may is asked for a policy permission (RegistryRead, RegistryWrite,
// ServiceConnect), in mode "entra" for a data action without its prefix
// "Microsoft.Devices/IotHubs/" (devices/read, twins/write, statistics/read, ...).
func (h *Hub) serveRegistry(w http.ResponseWriter, r *http.Request, c caller) {
	q := &hubCall{caller: c, query: r.URL.Query(), header: r.Header, ifMatch: parseIfMatch(r.Header)}
	if p := checkHubVersion(q.query.Get("api-version")); p != nil {
		h.writeProblem(w, r, p)
		return
	}
	op := hubRoute(r.Method, hubSegments(r.URL), q)
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
		h.writeProblem(w, r, problemf(hubMessageTooLarge, "The request is too large"))
		return
	}
	q.body = body
	reply, p := h.run(op, q)
	if p != nil {
		h.writeProblem(w, r, p)
		return
	}
	h.writeReply(w, reply)
}

// run holds the lock that the operation needs.
func (h *Hub) run(op *hubOperation, q *hubCall) (*hubReply, *hubProblem) {
	if op.reads {
		h.mu.RLock()
		defer h.mu.RUnlock()
	} else {
		h.mu.Lock()
		defer h.mu.Unlock()
	}
	return op.run(h, q)
}

func (h *Hub) writeReply(w http.ResponseWriter, reply *hubReply) {
	header := w.Header()
	if reply.etag != "" {
		header.Set("ETag", `"`+reply.etag+`"`)
	}
	if reply.itemType != "" {
		header.Set("x-ms-item-type", reply.itemType)
	}
	if reply.continuation != "" {
		header.Set("x-ms-continuation", reply.continuation)
	}
	h.write(w, reply.status, h.newRequestID(), reply.body)
}

func (o *hubOperation) allows(c caller) bool {
	if c.mode != "entra" {
		// RegistryWrite implies reading (azure-docs, iot-hub-dev-guide-sas).
		return c.may(o.permission) || o.permission == "RegistryRead" && c.may("RegistryWrite")
	}
	for _, a := range o.actions {
		if !c.may(a) {
			return false
		}
	}
	return true
}

// checkHubVersion takes any dated api-version; which ones the service still takes is
// unknown.
func checkHubVersion(version string) *hubProblem {
	date := strings.TrimSuffix(version, "-preview")
	valid := len(date) == len("2021-04-12")
	for i := 0; valid && i < len(date); i++ {
		if i == 4 || i == 7 {
			valid = date[i] == '-'
		} else {
			valid = date[i] >= '0' && date[i] <= '9'
		}
	}
	if !valid {
		return problemf(hubInvalidProtocolVersion, "The api-version is missing or invalid")
	}
	return nil
}

// hubSegments splits the path before it is unescaped, so that an escaped slash or
// percent sign in an ID stays where it is; a slash at the end does not count.
func hubSegments(u *url.URL) []string {
	parts := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	for i, p := range parts {
		// EscapedPath never has an invalid escape.
		if s, err := url.PathUnescape(p); err == nil {
			parts[i] = s
		}
	}
	return parts
}
