// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"strings"
	"sync"
)

// Handover passes what a Delete knows to the Create of the same object in the same apply, when Terraform replaces it:
// the delete half gets the old state, the create half nothing. The zero value is ready for use.
type Handover struct {
	mu    sync.Mutex
	items map[string]any
}

// Leave keeps item for the Create of the object kind/host/id.
func (h *Handover) Leave(kind, host, id string, item any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.items == nil {
		h.items = map[string]any{}
	}
	h.items[handoverKey(kind, host, id)] = item
}

// Peek returns what was left for the object kind/host/id, and leaves it: Terraform plans a Create again just before it.
func (h *Handover) Peek(kind, host, id string) (any, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	item, ok := h.items[handoverKey(kind, host, id)]
	return item, ok
}

// Take returns what was left for the object kind/host/id, once.
func (h *Handover) Take(kind, host, id string) (any, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	key := handoverKey(kind, host, id)
	item, ok := h.items[key]
	delete(h.items, key)
	return item, ok
}

func handoverKey(kind, host, id string) string {
	return kind + "\n" + strings.ToLower(host) + "\n" + strings.ToLower(id)
}
