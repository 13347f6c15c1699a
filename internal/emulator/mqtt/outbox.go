// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mqtt

import (
	"time"

	"github.com/mochi-mqtt/server/v2/packets"
)

const (
	// maxOutbox is how many packets wait for a client at most. One that does not read them loses its connection.
	maxOutbox = 1000
	// writePatience is how long a client may take to read.
	writePatience = 10 * time.Second
)

// outbox is what waits to be sent.
type outbox struct {
	waiting []letter
	sending bool
	lastID  uint16
	// unacknowledged are those that the client has to acknowledge, with whom to tell.
	unacknowledged map[uint16]func()
}

// letter is a packet, and what happens when it is sent.
type letter struct {
	text []byte
	sent func()
}

// send has a packet sent; false when the connection has ended.
func (s *session) send(p packets.Packet) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.post(p, func() {})
}

// push publishes what the service says, if the client listens; taken hears, later, that it has it.
func (s *session) push(topic string, payload []byte, taken func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.since.IsZero() || s.ended {
		return false
	}
	qos, listens := s.subs.of(topic)
	if !listens {
		return false
	}
	p := packets.Packet{FixedHeader: header(packets.Publish), TopicName: topic, Payload: payload}
	if qos == 0 {
		return s.post(p, taken)
	}
	p.FixedHeader.Qos, p.PacketID = qos, s.nextID()
	s.unacknowledged[p.PacketID] = taken
	return s.post(p, func() {})
}

// nextID is a packet ID that no packet on its way has.
func (s *session) nextID() uint16 {
	if s.unacknowledged == nil {
		s.unacknowledged = map[uint16]func(){}
	}
	for {
		s.lastID = max(1, s.lastID+1)
		if _, used := s.unacknowledged[s.lastID]; !used {
			return s.lastID
		}
	}
}

func (s *session) acknowledged(id uint16) {
	s.mu.Lock()
	taken := s.unacknowledged[id]
	delete(s.unacknowledged, id)
	s.mu.Unlock()
	if taken != nil {
		taken()
	}
}

// post puts a packet behind the others. One that sends them is started where there is none.
func (s *session) post(p packets.Packet, sent func()) bool {
	text, err := encode(p)
	if err != nil || len(s.waiting) == maxOutbox || len(s.unacknowledged) > maxOutbox {
		s.close()
	}
	if s.ended {
		return false
	}
	s.waiting = append(s.waiting, letter{text, sent})
	if !s.sending {
		s.sending = true
		go s.deliver()
	}
	return true
}

// deliver sends what waits.
func (s *session) deliver() {
	for {
		s.mu.Lock()
		letters := s.waiting
		s.waiting = nil
		if len(letters) == 0 || s.ended {
			s.sending = false
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
		for _, l := range letters {
			if !s.write(l.text) {
				s.end()
				return
			}
			l.sent()
		}
	}
}

func (s *session) write(text []byte) bool {
	if s.conn.SetWriteDeadline(time.Now().Add(writePatience)) != nil {
		return false
	}
	_, err := s.conn.Write(text)
	return err == nil
}
