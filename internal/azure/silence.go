// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"strings"
	"sync"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// silence are the hosts that gave no answer in this operation, as those of an instance that the same apply makes. The
// zero value is ready for use.
type silence struct {
	mu    sync.Mutex
	hosts map[string]bool
}

// NoteSilence notes a call to a host that ended in err, if that was no answer.
func (s *Services) NoteSilence(host string, err error) {
	if !azrest.IsTransport(err) {
		return
	}
	s.silence.mu.Lock()
	defer s.silence.mu.Unlock()
	if s.silence.hosts == nil {
		s.silence.hosts = map[string]bool{}
	}
	s.silence.hosts[strings.ToLower(host)] = true
}

// Silent tells whether a call to a host has got no answer, so that one that can be done without is not worth the wait.
func (s *Services) Silent(host string) bool {
	s.silence.mu.Lock()
	defer s.silence.mu.Unlock()
	return s.silence.hosts[strings.ToLower(host)]
}
