// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"sync/atomic"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// Hub is an IoT hub: its client, and what was learnt of it in this operation.
type Hub struct {
	*aziothub.Client
	silence

	twinsRefused atomic.Bool
}

// NewHub is the hub that a client asks.
func NewHub(client *aziothub.Client) *Hub { return &Hub{Client: client} }

// TwinsReadable tells whether this operation has not yet been refused a twin of the hub: to a principal without the
// right, or in a basic tier.
func (h *Hub) TwinsReadable() bool { return !h.twinsRefused.Load() }

// TwinsRefused notes that the hub refused a twin. It tells whether that is news, so that one line is logged.
func (h *Hub) TwinsRefused() (news bool) { return !h.twinsRefused.Swap(true) }

// silence is that of a host that gave no answer in this operation, as that of an instance that the same apply makes.
type silence struct{ noted atomic.Bool }

// NoteSilence notes a call that ended in err, if that was no answer.
func (s *silence) NoteSilence(err error) {
	if azrest.IsTransport(err) {
		s.noted.Store(true)
	}
}

// Silent tells whether a call has got no answer, so that one that can be done without is not worth the wait.
func (s *silence) Silent() bool { return s.noted.Load() }
