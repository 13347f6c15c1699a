// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"context"
	"net/http"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// Line leads to a device or module that is connected. Its methods return at once, because the hub waits for them.
type Line interface {
	// Desired tells of a change of desired properties.
	Desired(patch []byte, version int64)
	// Invoke asks for a direct method; false when the device listens to none.
	Invoke(id, method string, payload []byte) bool
	// Message hands a message over, to be settled with taken later; false when the device listens to none.
	Message(m Message, taken func()) bool
	// HangUp ends the connection.
	HangUp()
}

// presence is whether an identity is connected.
type presence struct {
	line    Line
	changed time.Time
}

func (p *presence) connectionState() string {
	if p.line == nil {
		return "Disconnected"
	}
	return "Connected"
}

// set changes the line; the one before ends.
func (p *presence) set(line Line, now time.Time) {
	p.hangUp()
	p.line, p.changed = line, now
}

// hangUp ends the connection, whose end the hub hears of later.
func (p *presence) hangUp() {
	if p != nil && p.line != nil {
		p.line.HangUp()
	}
}

// hangUp ends the connections of a device and of its modules.
func (d *device) hangUp() {
	d.presence.hangUp()
	for _, m := range d.modules {
		m.hangUp()
	}
}

type lineKey struct{}

// WithLine is the context of a request that a connected device makes.
func WithLine(ctx context.Context, line Line) context.Context {
	return context.WithValue(ctx, lineKey{}, line)
}

// Session answers devices that are connected, whose requests have a line in their context.
func (h *Hub) Session() http.Handler {
	routes := sessionRoutes()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reply, p := h.answer(routes, r)
		if p != nil {
			// What the Node SDK finds the error code in.
			p.Envelope = wire.Coded
		}
		h.write(w, r, reply, p)
	})
}

// openSession connects a device or a module. A connection that it has already ends: the latest one counts (azure-docs,
// iot-mqtt-connect-to-iot-hub).
func (h *Hub) openSession(q *call) (*wire.Reply, *wire.Problem) {
	line, _ := q.Context().Value(lineKey{}).(Line)
	p := h.connect(q, func(i *identity) {
		h.left(h.devices[q.deviceID], i)
		i.set(line, h.now())
	})
	if p != nil {
		return nil, p
	}
	return wire.NoContent(), nil
}

// Listens hears of a connected device that it listens to more than before.
func (h *Hub) Listens(deviceID, moduleID string, line Line) {
	h.mu.Lock()
	defer h.mu.Unlock()
	d, i := h.found(&call{deviceID: deviceID, moduleID: moduleID})
	if i == nil || i.line != line {
		return
	}
	if moduleID == "" {
		h.deliver(d)
	}
	h.calls.tell()
}

// Left hears that a connection has ended. Messages that nobody settled wait for the next one.
func (h *Hub) Left(deviceID, moduleID string, line Line) {
	h.mu.Lock()
	defer h.mu.Unlock()
	d, i := h.found(&call{deviceID: deviceID, moduleID: moduleID})
	if i == nil || i.line != line {
		return
	}
	h.left(d, i)
}

// left makes an identity disconnected.
func (h *registry) left(d *device, i *identity) {
	if i == d.found() && i.line != nil {
		d.release(i.line)
	}
	i.set(nil, h.now())
}
