// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

// Overview is what a person may see of a hub: no secret is in it.
type Overview struct {
	Devices []DeviceRow
	All     int
}

// DeviceRow is a device.
type DeviceRow struct {
	ID, Status, Reason, Authentication string
	Edge                               bool
	Modules, Messages                  int
	Connection                         string
	LastActivity                       string
}

// Overview shows up to most devices, in the order of their IDs.
func (h *Hub) Overview(most int) Overview {
	h.mu.RLock()
	defer h.mu.RUnlock()
	o := Overview{All: len(h.ids)}
	for _, id := range h.ids[:min(most, len(h.ids))] {
		d := h.devices[id]
		o.Devices = append(o.Devices, DeviceRow{
			id, d.status(), textOf(d.statusReason), d.auth.kind, d.edge, len(d.modules), len(d.messages),
			d.connectionState(), timeText(d.lastActivity),
		})
	}
	return o
}
