// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/json"
	"net/http"
	"strings"

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
	maxMethod   = 128<<10 + maxMethodFrame
)

// attributesVersion is the first api-version that knows attributes and key regeneration.
const attributesVersion = "2024-03-31"

// call is one request, taken apart.
type call struct {
	caller.Request
	deviceID, moduleID string
	// thingID is that of a message or of a direct method's call.
	thingID string
	// attributes tells whether the request's api-version knows attributes.
	attributes bool
}

// ServeHTTP answers devices and services.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	reply, p := h.answer(h.routes, r)
	h.write(w, r, reply, p)
}

func (h *Hub) answer(routes wire.Routes[handler], r *http.Request) (*wire.Reply, *wire.Problem) {
	run, q, p := caller.Admit(&h.front, routes, r)
	if p != nil {
		return nil, p
	}
	c := &call{Request: q, attributes: r.URL.Query().Get("api-version") >= attributesVersion}
	c.name(wire.Segments(r.URL))
	return run(h, c)
}

// name takes the IDs out of the path: of the device, of its module, and of what is theirs.
func (q *call) name(segments []string) {
	ids := append(q.IDs, "", "", "")
	q.deviceID, ids = ids[0], ids[1:]
	if len(segments) > 3 && strings.EqualFold(segments[2], "modules") {
		q.moduleID, ids = ids[0], ids[1:]
	}
	q.thingID = ids[0]
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
