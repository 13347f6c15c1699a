// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mqtt_test

import (
	"net/http"
	"testing"

	"github.com/coder/websocket"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

func TestWebSocket_isOpenedUnderItsPathAndProtocolOnly(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	host := w.Hub("hub1").Hostname()
	open := func(path string, header http.Header) (*websocket.Conn, int, error) {
		socket, answer, err := websocket.Dial(t.Context(), "wss://"+host+path, &websocket.DialOptions{
			HTTPClient: w.Client(), Subprotocols: []string{"mqtt"}, HTTPHeader: header,
		})
		if answer == nil {
			t.Fatal(err)
		}
		return socket, answer.StatusCode, err
	}
	socket, _, err := open("/$iothub/websocket", nil)
	if err != nil {
		t.Fatal(err)
	}
	if socket.Subprotocol() != "mqtt" {
		t.Errorf("protocol %q", socket.Subprotocol())
	}
	_ = socket.CloseNow()
	if _, status, err := open("/devices", nil); err == nil || status != http.StatusBadRequest {
		t.Errorf("another path: %d", status)
	}
	// A page that a browser shows must not speak for the device.
	foreign := http.Header{"Origin": {"https://elsewhere.example"}}
	if _, status, err := open("/$iothub/websocket", foreign); err == nil || status != http.StatusForbidden {
		t.Errorf("another origin: %d", status)
	}
	plain := w.Do(world.Call{Host: host, Method: "GET", Path: "/$iothub/websocket", Version: "2021-04-12"})
	world.WantStatus(t, plain, http.StatusNotImplemented)
}
