// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mqtt

import (
	"net"
	"net/http"
	"strings"

	"github.com/coder/websocket"
)

// webSocketPath is where both services open WebSockets (azure-docs, iot-mqtt-connect-to-iot-hub).
const webSocketPath = "/$iothub/websocket"

// Upgrade serves clients in WebSockets, and leaves all other requests to next.
func (s *Server) Upgrade(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.EqualFold(r.URL.Path, webSocketPath) || r.Header.Get("Upgrade") == "" {
			next.ServeHTTP(w, r)
			return
		}
		socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"mqtt"}})
		if err != nil {
			return // It has answered.
		}
		socket.SetReadLimit(maxPacket)
		stream := websocket.NetConn(r.Context(), socket, websocket.MessageBinary)
		s.Serve(socketConn{stream, socket}, r.TLS, WebSocket)
	})
}

// socketConn is closed without a word, as a connection is.
type socketConn struct {
	net.Conn
	socket *websocket.Conn
}

// Close ends the WebSocket.
func (c socketConn) Close() error { return c.socket.CloseNow() }
