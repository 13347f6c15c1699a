// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"

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

// ServeHTTP answers devices and services.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	reply, p := h.answer(r)
	h.write(w, r, reply, p)
}

// answer authenticates and throttles everybody but devices, which prove themselves.
func (h *Hub) answer(r *http.Request) (*wire.Reply, *wire.Problem) {
	segments := wire.Segments(r.URL)
	if _, ofDevice := wire.Match("devices/*/messages/*", segments); ofDevice {
		return h.answerDevice(r)
	}
	c, known := h.tokens.Recognise(r, h.Hostname(), caller.Hub, h.policies)
	if !known {
		return nil, unauthorized(r, caller.Caller{})
	}
	if found, _, _ := h.routes.Find(r.Method, segments); found != nil && h.limit(found.Bucket) > 0 {
		return nil, throttled()
	}
	return h.answerService(r, c)
}

// answerService answers a request of an authenticated caller.
func (h *Hub) answerService(r *http.Request, c caller.Caller) (*wire.Reply, *wire.Problem) {
	q := &call{
		caller: c, query: r.URL.Query(), header: r.Header, ifMatch: wire.ParseIfMatch(r.Header.Get("If-Match")),
	}
	if p := checkVersion(q.query.Get("api-version")); p != nil {
		return nil, p
	}
	found, ids, _ := h.routes.Find(r.Method, wire.Segments(r.URL))
	if found == nil {
		return nil, notModelled(r)
	}
	if !allows(found, c) {
		return nil, unauthorized(r, c)
	}
	ids = append(ids, "", "")
	q.deviceID, q.moduleID = ids[0], ids[1]
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		return nil, problemf(codeMessageTooLarge, "The request is too large")
	}
	q.body = body
	return found.Run(h, q)
}

// write sends an answer or a refusal with the headers that every recorded answer has.
func (h *Hub) write(w http.ResponseWriter, r *http.Request, reply *wire.Reply, p *wire.Problem) {
	requestID := h.random.GUID()
	if p != nil {
		reply = h.refusal(r, p, requestID)
	}
	w.Header().Set("Server", "Microsoft-HTTPAPI/2.0")
	w.Header().Set("Vary", "Origin")
	reply.Write(w, requestID)
}

// checkVersion takes any dated api-version; which ones the service still takes is
// unknown.
func checkVersion(version string) *wire.Problem {
	if !wire.IsVersion(version) {
		return problemf(codeInvalidProtocolVersion, "The api-version is missing or invalid")
	}
	return nil
}
