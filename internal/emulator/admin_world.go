// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"fmt"
	"net/http"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/hub"
)

// adminMessage is a message to a device in the admin listener's JSON.
type adminMessage struct {
	Hub        string            `json:"hub"`
	DeviceID   string            `json:"device_id"`
	MessageID  string            `json:"message_id"`
	Properties map[string]string `json:"properties"`
	Body       string            `json:"body"`
}

// send sends the message.
func (m adminMessage) send(e *Emulator) error {
	h := e.Hub(m.Hub)
	if h == nil {
		return fmt.Errorf("there is no hub named %q", m.Hub)
	}
	return h.Send(m.DeviceID, hub.Message{ID: m.MessageID, Properties: m.Properties, Body: []byte(m.Body)})
}

// SendMessage sends a message to a device of a hub, as services do over AMQP.
func (e *Emulator) SendMessage(hub, deviceID, body string) error {
	return adminMessage{Hub: hub, DeviceID: deviceID, Body: body}.send(e)
}

// controlWorld adds what concerns everything that the services remember.
func (e *Emulator) controlWorld(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", e.servePage)
	mux.HandleFunc("GET /dump", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := e.WriteDump(w); err != nil {
			cut(w) // The client must not take a part for the whole.
		}
	})
	mux.HandleFunc("POST /messages", control(func(m adminMessage) error { return m.send(e) }))
	mux.HandleFunc("POST /reset", func(w http.ResponseWriter, _ *http.Request) {
		if err := e.Reset(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}
