// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// maxModules is the number of modules a device can have besides the system modules.
const maxModules = 50

// newModuleIdentity starts a module. Its fresh twin gives the year 1 as $lastUpdated (recorded).
func (h *minter) newModuleIdentity(a authentication) identity { return h.newIdentity(a, time.Time{}) }

// moduleDevice finds the device of a module call. With SAS, even as iothubowner, a live
// hub answers 401 for a disabled or missing device; Entra callers get the real answer.
func (h *Hub) moduleDevice(q *call) (*device, *wire.Problem) {
	d := h.devices[q.deviceID]
	if q.Caller.Mode != caller.Entra && !h.choices.ModulesIgnoreDeviceState && (d == nil || d.disabled) {
		refused := unauthorized()
		refused.Envelope = wire.Nested
		return nil, refused
	}
	if d == nil {
		return nil, deviceNotFound(q.deviceID)
	}
	return d, nil
}

func (h *Hub) listModules(q *call) (*wire.Reply, *wire.Problem) {
	d, p := h.moduleDevice(q)
	if p != nil {
		return nil, p
	}
	bodies := make([]own, 0, len(d.modules))
	for _, id := range slices.Sorted(maps.Keys(d.modules)) {
		bodies = append(bodies, d.wire(d.modules[id], false, false, q.attributes))
	}
	return wire.OK(bodies), nil
}

func (h *Hub) getModule(q *call) (*wire.Reply, *wire.Problem) {
	d, p := h.moduleDevice(q)
	if p != nil {
		return nil, p
	}
	m := d.modules[q.moduleID]
	if m == nil {
		return nil, moduleNotFound(q.deviceID, q.moduleID)
	}
	return wire.OK(d.wire(m, false, false, q.attributes)), nil
}

// putModule creates or replaces, with the same preconditions as a device but without an
// ETag header in the answer (recorded).
func (h *Hub) putModule(q *call, body *identityRequest) (*wire.Reply, *wire.Problem) {
	d, p := h.moduleDevice(q)
	if p != nil {
		return nil, p
	}
	if p := checkModuleIDs(q, body); p != nil {
		return nil, p
	}
	existing := d.modules[q.moduleID]
	exists := moduleExists(h.name, q.deviceID, q.moduleID)
	exists.Envelope = wire.Coded
	missing := moduleNotFound(q.deviceID, q.moduleID)
	if p := h.choices.checkPut(q.IfMatch, existing.found(), missing, exists); p != nil {
		return nil, p
	}
	m, p := h.putModuleIdentity(d, q.moduleID, body, q.attributes)
	if p != nil {
		return nil, p
	}
	status := http.StatusOK
	if existing == nil {
		status = h.choices.createStatus()
	}
	return wire.Answer(status, d.wire(m, existing == nil, false, q.attributes)), nil
}

func checkModuleIDs(q *call, body *identityRequest) *wire.Problem {
	switch {
	case !validID(q.moduleID):
		return problemf(codeArgumentInvalid, "The module ID in the request is invalid")
	case slices.Contains(systemModules(), q.moduleID) && q.IfMatch.Given:
		return problemf(codeSystemModule, "The system module %s cannot be modified", q.moduleID)
	case strings.HasPrefix(q.moduleID, "$"):
		return problemf(codeArgumentInvalid, "A module ID cannot begin with a dollar sign")
	case body.ModuleID == nil, body.DeviceID == nil:
		return problemf(codeArgumentNull, "deviceId and moduleId")
	case *body.ModuleID != q.moduleID, *body.DeviceID != q.deviceID:
		return problemf(codeArgumentInvalid, "The IDs in the path differ from those in the body")
	}
	return nil
}

// putModuleIdentity replaces everything of the device's module, or makes it.
func (h *registry) putModuleIdentity(
	d *device, id string, body *identityRequest, attributes bool,
) (*module, *wire.Problem) {
	auth, p := h.readAuthentication(body.Authentication, true)
	if p != nil {
		return nil, p
	}
	if attributes {
		if p := checkTree(body.Attributes.values, "attributes", tagLimit); p != nil {
			return nil, p
		}
	}
	m := d.modules[id]
	if m == nil {
		if p := checkModuleLimit(d); p != nil {
			return nil, p
		}
		m = &module{identity: h.newModuleIdentity(auth), id: id}
		if d.modules == nil {
			d.modules = map[string]*module{}
		}
		d.modules[id] = m
	} else {
		m.counter++
		m.auth = auth
	}
	m.managedBy = body.ManagedBy
	if attributes {
		m.attributes = body.Attributes.values
	}
	return m, nil
}

// checkModuleLimit counts the modules that users made.
func checkModuleLimit(d *device) *wire.Problem {
	own := len(d.modules)
	if d.edge {
		own -= len(systemModules())
	}
	if own >= maxModules {
		return problemf(codeTooManyModules, "A device can have at most %d modules", maxModules)
	}
	return nil
}

func (h *Hub) deleteModule(q *call) (*wire.Reply, *wire.Problem) {
	d, p := h.moduleDevice(q)
	if p != nil {
		return nil, p
	}
	m := d.modules[q.moduleID]
	if p := h.choices.checkDelete(q.IfMatch, m.found(), moduleNotFound(q.deviceID, q.moduleID)); p != nil {
		return nil, p
	}
	if m != nil && slices.Contains(systemModules(), q.moduleID) {
		return nil, problemf(codeSystemModule, "The system module %s cannot be modified", q.moduleID)
	}
	d.dropModule(q.moduleID)
	return wire.NoContent(), nil
}

// dropModule forgets a module, which loses its connection.
func (d *device) dropModule(id string) {
	d.modules[id].found().hangUp()
	delete(d.modules, id)
}
