// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure

import "sync"

// Handover passes what a Delete knows to the Create of the same object in the same apply, when Terraform replaces it:
// the delete half gets the old state, the create half nothing. Items of different types do not meet, whatever object
// they are left for. The zero value is ready for use.
//
// It is the second of two ways, and neither can do the other's work. A plan speaks to the Delete that carries it out
// through private state (package iotplan): another process may carry it out. A Create gets no private state of what was
// deleted just before; but one process does both.
type Handover struct {
	mu    sync.Mutex
	items map[any]any
}

// slot is where an item of type T waits for the Create of an object.
type slot[T any] struct{ object Object }

// Leave keeps item for the Create of the object.
func Leave[T any](h *Handover, object Object, item T) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.items == nil {
		h.items = map[any]any{}
	}
	h.items[slot[T]{object}] = item
}

// Peek returns what was left for the first of the objects for which anything was, and leaves it: Terraform plans a
// Create again just before it.
func Peek[T any](h *Handover, objects ...Object) (T, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, object := range objects {
		if item, ok := h.items[slot[T]{object}].(T); ok {
			return item, true
		}
	}
	var none T
	return none, false
}

// Take returns what was left for the object, once.
func Take[T any](h *Handover, object Object) (T, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	item, ok := h.items[slot[T]{object}].(T)
	delete(h.items, slot[T]{object})
	return item, ok
}
