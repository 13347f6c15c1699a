// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mqtt

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/hub"
)

const (
	// patience is how long a client may take to connect.
	patience = 30 * time.Second
	// maxKeepAlive is the longest that a hub waits for a sign of life; 0 means this (azure-docs,
	// iot-mqtt-connect-to-iot-hub).
	maxKeepAlive = 1767 * time.Second
	// version311 is how a CONNECT says MQTT 3.1.1.
	version311 = 4
	// notGranted is the return code of a subscription that is refused.
	notGranted = 0x80
)

// session is one connection of a client.
type session struct {
	server    *Server
	conn      net.Conn
	reader    *bufio.Reader
	tls       *tls.ConnectionState
	transport string
	context   context.Context
	cancel    context.CancelFunc
	// What CONNECT says.
	client    client
	token     string
	will      *packets.Packet
	keepAlive time.Duration
	subs      *subscriptions

	mu    sync.Mutex
	since time.Time // zero until the client is let in
	ended bool
	outbox
}

func newSession(s *Server, conn net.Conn, state *tls.ConnectionState, transport string) *session {
	n := &session{
		server: s, conn: conn, reader: bufio.NewReaderSize(conn, 256), transport: transport,
	}
	// Of many connections, those without a certificate keep nothing of their handshakes.
	if state != nil && len(state.PeerCertificates) > 0 {
		n.tls = &tls.ConnectionState{HandshakeComplete: true, PeerCertificates: state.PeerCertificates}
	}
	n.context, n.cancel = context.WithCancel(context.Background())
	if line := s.dialect.line(n); line != nil {
		n.context = hub.WithLine(n.context, line)
	}
	return n
}

// run connects the client and does what its packets say.
func (s *session) run() {
	p, err := s.read(patience)
	if err != nil || p.FixedHeader.Type != packets.Connect {
		return
	}
	defer s.server.dialect.left(s)
	code, present := s.open(p)
	if code == nil || !s.greet(*code, present) {
		return
	}
	if present {
		s.server.dialect.listening(s)
	}
	for {
		p, err := s.read(s.keepAlive)
		if err != nil {
			s.sendWill()
			return
		}
		if !s.handle(p) {
			return
		}
	}
}

// open lets the client in or not; without a code it gets no answer.
func (s *session) open(p packets.Packet) (code *byte, present bool) {
	is := func(c packets.Code) *byte { return &c.Code }
	said := p.Connect
	if string(said.ProtocolName) != "MQTT" || p.ProtocolVersion != version311 {
		return is(packets.Err3UnsupportedProtocolVersion), false
	}
	var known bool
	s.client, known = s.server.dialect.identify(said.ClientIdentifier, string(said.Username))
	if !known {
		return is(packets.Err3NotAuthorized), false
	}
	s.token, s.keepAlive = string(said.Password), keepAliveOf(said.Keepalive)
	if said.WillFlag {
		s.will = &packets.Packet{TopicName: said.WillTopic, Payload: said.WillPayload}
	}
	switch status := s.ask(request{method: http.MethodConnect}).status; {
	case status == 0:
		return nil, false
	case status == http.StatusTooManyRequests, status >= http.StatusInternalServerError:
		return is(packets.Err3ServerUnavailable), false
	case status >= http.StatusMultipleChoices:
		return is(packets.Err3NotAuthorized), false
	}
	s.subs, present = s.server.subscribed(s.client.id, said.Clean)
	return is(packets.CodeSuccess), present
}

// keepAliveOf is how long a client may be silent: half as long again as it says (MQTT 3.1.1, 3.1.2.10).
func keepAliveOf(seconds uint16) time.Duration {
	said := time.Duration(seconds) * time.Second
	if said == 0 || said > maxKeepAlive {
		said = maxKeepAlive
	}
	return said + said/2
}

// read waits for a packet.
func (s *session) read(wait time.Duration) (packets.Packet, error) {
	if err := s.conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
		return packets.Packet{}, err
	}
	return readPacket(s.reader)
}

// handle does what a packet says; false ends the connection.
func (s *session) handle(p packets.Packet) bool {
	switch p.FixedHeader.Type {
	case packets.Publish:
		return s.published(p)
	case packets.Puback:
		s.acknowledged(p.PacketID)
		return true
	case packets.Subscribe:
		return s.subscribe(p)
	case packets.Unsubscribe:
		for _, f := range p.Filters {
			s.subs.remove(f.Filter)
		}
		return s.send(packets.Packet{FixedHeader: header(packets.Unsuback), PacketID: p.PacketID})
	case packets.Pingreq:
		return s.send(packets.Packet{FixedHeader: header(packets.Pingresp)})
	}
	// DISCONNECT, or what no client says here.
	return false
}

// published carries a message to the service. With quality of service 2 the services end the connection (azure-docs,
// iot-mqtt-connect-to-iot-hub).
func (s *session) published(p packets.Packet) bool {
	if p.FixedHeader.Qos > 1 {
		return false
	}
	q, known := s.server.dialect.request(s.client, p.TopicName, p.Payload)
	if !known {
		return false
	}
	answer := s.ask(q)
	switch {
	case answer.status == 0, s.server.dialect.refused(answer.status):
		return false
	case q.answer == nil && answer.status >= http.StatusMultipleChoices:
		return false
	}
	if p.FixedHeader.Qos == 1 && !s.send(packets.Packet{FixedHeader: header(packets.Puback), PacketID: p.PacketID}) {
		return false
	}
	if q.answer != nil {
		s.push(q.answer(answer.status, answer.header), answer.body.Bytes(), func() {})
	}
	return true
}

func (s *session) subscribe(p packets.Packet) bool {
	codes := make([]byte, len(p.Filters))
	for i, f := range p.Filters {
		codes[i] = notGranted
		if s.server.dialect.listens(s.client, f.Filter) {
			codes[i] = min(f.Qos, 1)
			s.subs.add(f.Filter, codes[i])
		}
	}
	sent := s.send(packets.Packet{FixedHeader: header(packets.Suback), PacketID: p.PacketID, ReasonCodes: codes})
	s.server.dialect.listening(s)
	return sent
}

// sendWill publishes what the client wanted to be said if its connection ends without its DISCONNECT.
func (s *session) sendWill() {
	if s.will != nil {
		s.published(*s.will)
	}
}

// greet answers CONNECT, before anything else is said; false when that was all.
func (s *session) greet(code byte, present bool) bool {
	text, err := encode(packets.Packet{
		FixedHeader: header(packets.Connack), ReasonCode: code, SessionPresent: present,
	})
	if err != nil || !s.write(text) || code != packets.CodeSuccess.Code {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since = s.server.now()
	return !s.ended
}

func (s *session) connectedSince() (since time.Time, connected bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.since, !s.since.IsZero() && !s.ended
}

// end closes the connection.
func (s *session) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.close()
}

// close is end for who holds the lock. It does not wait for a client that does not read: a hub may wait for it.
func (s *session) close() {
	if !s.ended {
		s.ended = true
		s.cancel()
		go func() { _ = s.conn.Close() }()
	}
}
