// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// mqttConnect is the first byte of a client that speaks MQTT: the type of CONNECT. No HTTP request begins with it.
const mqttConnect = 0x10

// greetingTime is how long a client may take until its first byte.
const greetingTime = 30 * time.Second

// outOfFiles is how long to wait when there is no room for another connection.
const outOfFiles = 10 * time.Millisecond

// splitter is a listener of a port on which HTTP and MQTT are spoken. It gives away the connections that speak HTTP.
// That they share a port lets devices use the host name of their hub, which has a port, for either.
type splitter struct {
	net.Listener
	mqtt func(net.Conn, *tls.ConnectionState)
	http chan net.Conn
	done chan struct{}

	mu sync.Mutex
	// silent are connections that have said nothing so far.
	silent map[net.Conn]struct{}
	ended  bool
}

// split begins to accept the connections of a listener for TLS.
func split(l net.Listener, mqtt func(net.Conn, *tls.ConnectionState)) *splitter {
	s := &splitter{
		Listener: l, mqtt: mqtt, http: make(chan net.Conn), done: make(chan struct{}), silent: map[net.Conn]struct{}{},
	}
	go s.accept()
	return s
}

func (s *splitter) accept() {
	for {
		conn, err := s.Listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			pause(context.Background(), outOfFiles)
			continue
		}
		if conn, isTLS := conn.(*tls.Conn); isTLS {
			go s.sort(conn)
		}
	}
}

// sort waits for what a client says first.
func (s *splitter) sort(conn *tls.Conn) {
	if !s.note(conn) {
		_ = conn.Close()
		return
	}
	first := make([]byte, 1)
	err := conn.SetDeadline(time.Now().Add(greetingTime))
	if err == nil {
		_, err = conn.Read(first)
	}
	if err == nil {
		err = conn.SetDeadline(time.Time{})
	}
	s.forget(conn)
	state := conn.ConnectionState()
	spoken := &spoken{Conn: conn, first: first, state: &state}
	switch {
	case err != nil:
		enlighten(err)
		_ = conn.Close()
	case first[0] == mqttConnect:
		s.mqtt(spoken, &state)
	default:
		select {
		case s.http <- spoken:
		case <-s.done:
			_ = conn.Close()
		}
	}
}

// enlighten tells a client that does not speak TLS what is wrong, as the server of the standard library does.
func enlighten(err error) {
	var said tls.RecordHeaderError
	methods := []string{"GET", "HEA", "POS", "PUT", "DEL", "OPT"}
	if errors.As(err, &said) && said.Conn != nil && slices.Contains(methods, string(said.RecordHeader[:3])) {
		_, _ = io.WriteString(said.Conn,
			"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")
	}
}

func (s *splitter) note(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.silent[conn] = struct{}{}
	}
	return !s.ended
}

func (s *splitter) forget(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.silent, conn)
}

// Accept gives the next connection that speaks HTTP.
func (s *splitter) Accept() (net.Conn, error) {
	select {
	case conn := <-s.http:
		return conn, nil
	case <-s.done:
		return nil, net.ErrClosed
	}
}

// Close ends the listener, and the connections that it has not given away.
func (s *splitter) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return nil
	}
	s.ended = true
	close(s.done)
	for conn := range s.silent {
		_ = conn.Close()
	}
	return s.Listener.Close()
}

// spoken is a connection whose first byte was looked at.
type spoken struct {
	net.Conn
	first []byte
	state *tls.ConnectionState
}

// Read gives the first byte back.
func (c *spoken) Read(b []byte) (int, error) {
	if len(c.first) > 0 && len(b) > 0 {
		n := copy(b, c.first)
		c.first = nil
		return n, nil
	}
	return c.Conn.Read(b)
}

type stateKey struct{}

// withState keeps what the handshake of a connection has shown for its requests.
func withState(ctx context.Context, conn net.Conn) context.Context {
	if c, isSpoken := conn.(*spoken); isSpoken {
		return context.WithValue(ctx, stateKey{}, c.state)
	}
	return ctx
}

// stated gives requests what the handshake has shown, which the server only knows of connections that are TLS to it.
func stated(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if state, known := r.Context().Value(stateKey{}).(*tls.ConnectionState); known {
			r.TLS = state
		}
		inner.ServeHTTP(w, r)
	})
}
