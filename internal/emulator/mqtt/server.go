// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mqtt

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/hub"
)

// The ways in which a client connects.
const (
	TLS       = "MQTT"
	WebSocket = "MQTT over WebSocket"
)

// Server holds the sessions of one service.
type Server struct {
	host    string
	handler http.Handler
	dialect dialect
	now     func() time.Time
	panics  func(error)

	mu       sync.Mutex
	sessions map[*session]struct{}
	closed   bool
	running  sync.WaitGroup
	// kept are the subscriptions of clients that ask to be remembered.
	kept map[string]*subscriptions
}

// Setting is what every server needs.
type Setting struct {
	// Host is the service's host name.
	Host string
	// Handler answers requests of clients that are connected.
	Handler http.Handler
	Now     func() time.Time
	// Panics hears of what went wrong in a session.
	Panics func(error)
}

// ForDPS serves devices of a provisioning service.
func ForDPS(o Setting) *Server { return newServer(o, dps{}) }

// ForHub serves devices of a hub.
func ForHub(o Setting, h *hub.Hub) *Server { return newServer(o, iotHub{h}) }

func newServer(o Setting, d dialect) *Server {
	return &Server{
		host: o.Host, handler: o.Handler, dialect: d, now: o.Now, panics: o.Panics,
		sessions: map[*session]struct{}{}, kept: map[string]*subscriptions{},
	}
}

// Host is the service's host name.
func (s *Server) Host() string { return s.host }

// Serve speaks with a client until its connection ends. tls is nil where the connection has none.
func (s *Server) Serve(conn net.Conn, state *tls.ConnectionState, transport string) {
	n := newSession(s, conn, state, transport)
	defer n.end()
	if !s.add(n) {
		return
	}
	defer s.remove(n)
	defer func() {
		if reason := recover(); reason != nil {
			s.panics(fmt.Errorf("MQTT client %q: %v\n%s", n.client.id, reason, debug.Stack()))
		}
	}()
	n.run()
}

func (s *Server) add(n *session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.sessions[n] = struct{}{}
	s.running.Add(1)
	return true
}

func (s *Server) remove(n *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, n)
	s.running.Done()
}

// Close ends all sessions.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	for n := range s.sessions {
		n.end()
	}
	s.mu.Unlock()
	s.running.Wait()
}

// Connection is a client's connection.
type Connection struct {
	ClientID, Transport string
	Since               time.Time
}

// Connections are those of clients that were let in, in the order of their IDs.
func (s *Server) Connections() []Connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Connection
	for n := range s.sessions {
		if since, connected := n.connectedSince(); connected {
			all = append(all, Connection{n.client.id, n.transport, since})
		}
	}
	slices.SortFunc(all, func(a, b Connection) int {
		return cmp.Or(cmp.Compare(a.ClientID, b.ClientID), a.Since.Compare(b.Since))
	})
	return all
}

// subscribed gives a client its subscriptions: those that it had, if it asks to be remembered.
func (s *Server) subscribed(clientID string, clean bool) (subs *subscriptions, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	subs, known = s.kept[clientID]
	if clean {
		delete(s.kept, clientID)
		return newSubscriptions(), false
	}
	if !known {
		subs = newSubscriptions()
		s.kept[clientID] = subs
	}
	return subs, known
}
