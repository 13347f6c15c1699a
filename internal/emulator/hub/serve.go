// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/json"
	"net/http"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// The most that the hub reads of a request. A message has the documented limit (azure-docs,
// iot-hub-devguide-quotas-throttling). For the others none is documented: a twin of as many small values as its own
// limits allow fits when it is sent back with its metadata, and so does a bulk of 100 full devices.
const (
	maxBody     = 2 << 20
	maxBulkBody = 16 << 20
	maxMessage  = 256 << 10
)

// attributesVersion is the first api-version that knows attributes and key regeneration.
const attributesVersion = "2024-03-31"

// call is one request, taken apart.
type call struct {
	caller.Request
	deviceID, moduleID string
	// attributes tells whether the request's api-version knows attributes.
	attributes bool
}

// ServeHTTP answers devices and services.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	reply, p := h.answer(r)
	h.write(w, r, reply, p)
}

func (h *Hub) answer(r *http.Request) (*wire.Reply, *wire.Problem) {
	run, q, p := caller.Admit(&h.front, h.routes, r)
	if p != nil {
		return nil, p
	}
	ids := append(q.IDs, "", "")
	return run(h, &call{
		Request: q, deviceID: ids[0], moduleID: ids[1],
		attributes: r.URL.Query().Get("api-version") >= attributesVersion,
	})
}

// reads holds the lock that a call needs which changes nothing.
func reads(run handler) handler {
	return func(h *Hub, q *call) (*wire.Reply, *wire.Problem) {
		h.mu.RLock()
		defer h.mu.RUnlock()
		return run(h, q)
	}
}

// writes holds the lock of a call that may change something.
func writes(run handler) handler {
	return func(h *Hub, q *call) (*wire.Reply, *wire.Problem) {
		h.mu.Lock()
		defer h.mu.Unlock()
		return run(h, q)
	}
}

// reading reads the body before a call takes its lock. Names of members are compared
// without case, as real clients rely on ("Query", "etag").
func reading[Body any](
	lock func(handler) handler, run func(*Hub, *call, *Body) (*wire.Reply, *wire.Problem),
) handler {
	return func(h *Hub, q *call) (*wire.Reply, *wire.Problem) {
		body := new(Body)
		if err := json.Unmarshal(q.Content, body); err != nil {
			return nil, problemf(codeArgumentInvalid, "BadRequest")
		}
		return lock(func(h *Hub, q *call) (*wire.Reply, *wire.Problem) { return run(h, q, body) })(h, q)
	}
}
