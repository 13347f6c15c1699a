// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/json"
	"maps"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// Exported is a device on its way from one hub to another. Its contents are the hub's own business.
type Exported struct {
	device device
}

// Provision creates the identity that the provisioning service assigned, or replaces
// the authentication of an existing one, whose twin, capabilities and status stay.
func (h *Hub) Provision(p wire.Assignment) error {
	auth := authentication{kind: authSelfSigned, thumbprints: [2]string{p.Thumbprint}}
	if p.SymmetricKeys != nil {
		auth = authentication{kind: authSAS, keys: *p.SymmetricKeys}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if d := h.devices[p.DeviceID]; d != nil {
		d.auth = auth
		d.counter++
		if h.choices.ProvisioningEnables && d.disabled {
			d.setStatus(false, h.now())
			d.statusReason = nil
		}
		return nil
	}
	if problem := h.provisionNew(p, auth); problem != nil {
		return problem
	}
	return nil
}

func (h *Hub) provisionNew(p wire.Assignment, auth authentication) *wire.Problem {
	if !validID(p.DeviceID) {
		return problemf(codeArgumentInvalid, "The device ID in the request is invalid")
	}
	if problem := h.checkDeviceLimit(); problem != nil {
		return problem
	}
	change, problem := assignedTwin(p)
	if problem != nil {
		return problem
	}
	d := &device{id: p.DeviceID, identity: h.newIdentity(auth, h.now())}
	if d.twin, problem = d.twin.born(change, h.now()); problem != nil {
		return problem
	}
	scope, parents, problem := h.place(d.id, nil, scoping{edge: p.Edge}, d.generation)
	if problem != nil {
		return problem
	}
	h.insert(d)
	h.settle(d, p.Edge, scope, parents)
	return nil
}

func assignedTwin(p wire.Assignment) (twinChange, *wire.Problem) {
	var c twinChange
	for section, raw := range map[*part]json.RawMessage{&c.tags: p.Tags, &c.desired: p.Desired} {
		if len(raw) > 0 && section.UnmarshalJSON(raw) != nil {
			return c, problemf(codeArgumentInvalid, "BadRequest")
		}
	}
	return c.ofUser(), nil
}

// Export gives a copy of a device away for a move to another hub; the device stays until Remove.
func (h *Hub) Export(deviceID string) (Exported, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	d := h.devices[deviceID]
	if d == nil {
		return Exported{}, false
	}
	return Exported{device: d.copied()}, true
}

// copied is a device that shares nothing changeable with d: connections and messages stay behind.
func (d *device) copied() device {
	c := *d
	c.presence, c.messages = presence{}, nil
	c.modules = maps.Clone(d.modules)
	for id, m := range c.modules {
		moved := *m
		moved.presence = presence{}
		c.modules[id] = &moved
	}
	return c
}

// Import takes a moved device in: status, authentication, capabilities, modules
// and twin come along, generation and ETags are this hub's. A parent stays behind,
// because scopes belong to a hub. A device that is here already takes the moved twin.
func (h *Hub) Import(moved Exported) {
	h.mu.Lock()
	defer h.mu.Unlock()
	d := moved.device.copied()
	if existing := h.devices[d.id]; existing != nil {
		existing.twin = d.twin
		existing.counter++
		return
	}
	d.generation, d.counter, d.created = h.nextGeneration(), h.firstETag(), h.now()
	for _, m := range d.modules {
		m.generation, m.counter, m.created = h.nextGeneration(), h.firstETag(), h.now()
	}
	d.scope, d.parents = "", nil
	h.insert(&d)
	if d.edge {
		d.scope, _, _ = h.place(d.id, nil, scoping{edge: true}, d.generation)
		h.scopes[d.scope] = d.id
	}
}

// Remove deletes a device without further questions; removing what is not there is no error.
func (h *Hub) Remove(deviceID string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if d := h.devices[deviceID]; d != nil {
		h.drop(d)
	}
}
