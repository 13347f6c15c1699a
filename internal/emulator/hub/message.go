// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"net/http"
	"slices"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// maxMessages is how many messages wait for a device at most (azure-docs, iot-hub-devguide-messages-c2d).
const maxMessages = 50

// maxMessageToDevice is the documented limit (azure-docs, iot-hub-devguide-quotas-throttling).
const maxMessageToDevice = 64 << 10

// Message is one from the cloud to a device.
type Message struct {
	ID         string
	Properties map[string]string
	Body       []byte
}

// queued is a message that waits. The device that holds it has not settled it yet.
type queued struct {
	Message
	token string
	// held is the line that it was handed to, locked that a device took it over HTTP.
	held   Line
	locked time.Time
}

// lockTime is how long a message that was received over HTTP is kept from others (azure-docs,
// iot-hub-devguide-messages-c2d).
const lockTime = time.Minute

func (m *queued) free(now time.Time) bool { return m.held == nil && !now.Before(m.locked) }

// waiting counts the messages of a device; modules get none.
func (d *device) waiting(m *module) int {
	if m != nil {
		return 0
	}
	return len(d.messages)
}

// Send queues a message for a device. Services send over AMQP, which the emulator does not speak.
func (h *Hub) Send(deviceID string, m Message) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	d := h.devices[deviceID]
	switch {
	case d == nil:
		return deviceNotFound(deviceID)
	case len(m.Body) > maxMessageToDevice:
		return problemf(codeMessageTooLarge, "a message to a device has at most %d bytes", maxMessageToDevice)
	case len(d.messages) == maxMessages:
		return problemf(codeQueueFull, "%d messages wait for %s", maxMessages, deviceID)
	}
	d.messages = append(d.messages, &queued{Message: m, token: h.random.GUID()})
	h.deliver(d)
	return nil
}

// deliver hands a connected device what waits for it.
func (h *Hub) deliver(d *device) {
	line, now := d.line, h.now()
	if line == nil {
		return
	}
	for _, m := range d.messages {
		if !m.free(now) {
			continue
		}
		m.held = line
		if !line.Message(m.Message, func() { h.took(d.id, m) }) {
			m.held = nil
			return
		}
	}
}

// took forgets a message that its device has taken.
func (h *Hub) took(deviceID string, m *queued) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if d := h.devices[deviceID]; d != nil {
		d.forget(m)
	}
}

func (d *device) forget(m *queued) {
	d.messages = slices.DeleteFunc(d.messages, func(other *queued) bool { return other == m })
}

// release lets go of what a line did not settle.
func (d *device) release(line Line) {
	for _, m := range d.messages {
		if m.held == line {
			m.held = nil
		}
	}
}

// nextMessage answers GET /devices/{id}/messages/deviceBound: the oldest message, which is locked for a minute, or 204
// for an empty queue (azure-docs, iot-hub-devguide-messages-c2d).
func (h *Hub) nextMessage(q *call) (*wire.Reply, *wire.Problem) {
	reply := wire.NoContent()
	p := h.connect(q, func(*identity) {
		now := h.now()
		for _, m := range h.devices[q.deviceID].messages {
			if m.free(now) {
				m.locked = now.Add(lockTime)
				reply = m.reply()
				return
			}
		}
	})
	if p != nil {
		return nil, p
	}
	return reply, nil
}

func (m *queued) reply() *wire.Reply {
	reply := &wire.Reply{Status: http.StatusOK, Body: m.Body, Header: http.Header{}}
	reply.Header.Set("Content-Type", "application/octet-stream")
	reply.Header.Set("ETag", `"`+m.token+`"`)
	if m.ID != "" {
		reply.Header.Set("iothub-messageid", m.ID)
	}
	for name, value := range m.Properties {
		reply.Header.Set("iothub-app-"+name, value)
	}
	return reply
}

// settleMessage answers DELETE /devices/{id}/messages/deviceBound/{token}: the device has the message, or refuses it.
func (h *Hub) settleMessage(q *call) (*wire.Reply, *wire.Problem) {
	return h.locked(q, func(d *device, m *queued) { d.forget(m) })
}

// abandonMessage answers POST /devices/{id}/messages/deviceBound/{token}/abandon: the message waits again.
func (h *Hub) abandonMessage(q *call) (*wire.Reply, *wire.Problem) {
	return h.locked(q, func(_ *device, m *queued) { m.locked = time.Time{} })
}

// locked finds the message that a device holds the lock of.
func (h *Hub) locked(q *call, run func(*device, *queued)) (*wire.Reply, *wire.Problem) {
	lost := problemf(codeLockLost, "The lock of the message is lost")
	p := h.connect(q, func(*identity) {
		d := h.devices[q.deviceID]
		for _, m := range d.messages {
			if m.token == q.thingID && h.now().Before(m.locked) {
				run(d, m)
				lost = nil
				return
			}
		}
	})
	if p == nil {
		p = lost
	}
	if p != nil {
		return nil, p
	}
	return wire.NoContent(), nil
}

// purgeCommands answers DELETE /devices/{id}/commands: it empties the device's queue.
func (h *Hub) purgeCommands(q *call) (*wire.Reply, *wire.Problem) {
	d := h.devices[q.deviceID]
	if d == nil {
		return nil, deviceNotFound(q.deviceID)
	}
	purged := len(d.messages)
	d.messages = nil
	return wire.OK(own{{name: "deviceId", value: q.deviceID}, {name: "totalMessagesPurged", value: purged}}), nil
}
