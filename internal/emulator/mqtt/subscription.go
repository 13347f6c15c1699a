// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mqtt

import (
	"strings"
	"sync"
)

// subscriptions are the filters that a client listens to, with their quality of service.
type subscriptions struct {
	mu      sync.Mutex
	filters map[string]byte
}

func newSubscriptions() *subscriptions { return &subscriptions{filters: map[string]byte{}} }

func (s *subscriptions) add(filter string, qos byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.filters[filter] = qos
}

func (s *subscriptions) remove(filter string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.filters, filter)
}

// of is the best quality of service at which a client listens to a topic.
func (s *subscriptions) of(topic string) (qos byte, listens bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for filter, q := range s.filters {
		if matches(filter, topic) {
			qos, listens = max(qos, q), true
		}
	}
	return qos, listens
}

// matches tells whether a topic fits a filter (MQTT 3.1.1, 4.7).
func matches(filter, topic string) bool {
	filters, levels := strings.Split(filter, "/"), strings.Split(topic, "/")
	for i, f := range filters {
		switch {
		case f == "#":
			return true
		case i >= len(levels), f != "+" && f != levels[i]:
			return false
		}
	}
	return len(filters) == len(levels)
}
