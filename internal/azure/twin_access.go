// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"strings"
	"sync"
)

// twinAccess remembers the hubs whose twins may not be read: by a principal without the right, or in a basic tier.
// The zero value is ready for use.
type twinAccess struct {
	mu      sync.Mutex
	refused map[string]bool
}

// TwinsReadable tells whether this operation has not yet been refused a twin of the hub at host.
func (s *Services) TwinsReadable(host string) bool {
	s.twins.mu.Lock()
	defer s.twins.mu.Unlock()
	return !s.twins.refused[strings.ToLower(host)]
}

// TwinsRefused notes that the hub at host refused a twin. It tells whether that is news, so that one line is logged.
func (s *Services) TwinsRefused(host string) (news bool) {
	s.twins.mu.Lock()
	defer s.twins.mu.Unlock()
	key := strings.ToLower(host)
	if s.twins.refused[key] {
		return false
	}
	if s.twins.refused == nil {
		s.twins.refused = map[string]bool{}
	}
	s.twins.refused[key] = true
	return true
}
