// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mqtt

import (
	"bufio"
	"io"
	"net"
	"testing"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"
)

func TestOutbox_saysNothingBeforeTheClientIsLetIn_andForgetsWhatIsAcknowledged(t *testing.T) {
	t.Parallel()
	here, there := net.Pipe()
	defer func() { _ = there.Close() }()
	s := newSession(newServer(Setting{}, dps{}), here, nil, TLS)
	defer s.end()
	if s.push("a", nil, func() {}) {
		t.Error("a client is told something before it is let in")
	}
	s.subs, s.since = newSubscriptions(), time.Unix(1, 0)
	s.subs.add("a", 1)
	taken := make(chan struct{}, 2)
	if !s.push("a", []byte("x"), func() { taken <- struct{}{} }) {
		t.Fatal("nothing is told")
	}
	p, err := readPacket(bufio.NewReader(there))
	if err != nil || p.FixedHeader.Type != packets.Publish || p.FixedHeader.Qos != 1 || p.PacketID != 1 {
		t.Fatalf("%v: %v", err, p)
	}
	for range 2 {
		s.acknowledged(p.PacketID)
	}
	if len(taken) != 1 || len(s.unacknowledged) != 0 {
		t.Errorf("taken %d times, %d still on their way", len(taken), len(s.unacknowledged))
	}
}

// A client that does not read, or does not acknowledge, loses its connection before it fills the memory.
func TestOutbox_isBounded(t *testing.T) {
	t.Parallel()
	for _, qos := range []byte{0, 1} {
		here, there := net.Pipe()
		defer func() { _ = there.Close() }()
		s := newSession(newServer(Setting{}, dps{}), here, nil, TLS)
		s.subs, s.since = newSubscriptions(), time.Unix(1, 0)
		s.subs.add("a", qos)
		told := 0
		for told <= 2*maxOutbox && s.push("a", []byte("x"), func() {}) {
			told++
			if qos == 1 { // It reads, and says nothing.
				_, _ = io.ReadFull(there, make([]byte, len("a")+len("x")+6))
			}
		}
		if _, connected := s.connectedSince(); connected || told > 2*maxOutbox {
			t.Errorf("told %d times, connected %v", told, connected)
		}
		s.end()
	}
}

func TestMatches_followsTheLevels(t *testing.T) {
	t.Parallel()
	for filter, topics := range map[string]map[string]bool{
		"a/#":   {"a": true, "a/b": true, "a/b/c": true, "ab": false},
		"a/+/c": {"a/b/c": true, "a/c": false, "a/b/d": false, "a/b/c/d": false},
		"a/b":   {"a/b": true, "a": false, "a/b/c": false},
	} {
		for topic, want := range topics {
			if matches(filter, topic) != want {
				t.Errorf("%s fits %s: %v", topic, filter, !want)
			}
		}
	}
}
