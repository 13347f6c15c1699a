// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import "slices"

// registry is what a hub stores, and the rules by which it may be changed.
type registry struct {
	minter
	choices Choices
	devices map[string]*device
	ids     []string          // of devices, sorted
	scopes  map[string]string // scope of an edge device -> its ID
	ghosts  []ghost           // deleted devices that the query index still shows
}

// insert adds a device to the registry.
func (h *registry) insert(d *device) {
	at, _ := slices.BinarySearch(h.ids, d.id)
	h.ids = slices.Insert(h.ids, at, d.id)
	h.devices[d.id] = d
}

// drop takes a device out of the registry, and with it its modules and twins. Its
// children keep the scope that no longer exists.
func (h *registry) drop(d *device) {
	if at, found := slices.BinarySearch(h.ids, d.id); found {
		h.ids = slices.Delete(h.ids, at, at+1)
	}
	delete(h.devices, d.id)
	d.hangUp()
	if d.edge {
		delete(h.scopes, d.scope)
	}
	if h.choices.QueryLag > 0 {
		now := h.now()
		// They go in the order in which they came.
		for len(h.ghosts) > 0 && !h.ghosts[0].until.After(now) {
			h.ghosts = h.ghosts[1:]
		}
		h.ghosts = append(h.ghosts, ghost{device: d, until: now.Add(h.choices.QueryLag)})
	}
}
