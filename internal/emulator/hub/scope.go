// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"slices"
	"strconv"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// scopePrefix begins every scope; clients cut the device ID out between it and the
// last dash, so its form is part of the contract.
const scopePrefix = "ms-azure-iot-edge://"

// scoping is what a write wants of a device's place among gateways.
type scoping struct {
	edge    bool
	scope   string   // deviceScope, "" when absent
	parents []string // parentScopes
	trusted bool     // bulk: scopes are taken as they come (C# integration tests)
}

func scopingOf(body *identityRequest) scoping {
	s := scoping{scope: textOf(body.DeviceScope)}
	if body.Capabilities != nil {
		s.edge = body.Capabilities.IotEdge
	}
	if body.ParentScopes != nil {
		s.parents = slices.DeleteFunc(slices.Clone(*body.ParentScopes), func(p string) bool { return p == "" })
	}
	return s
}

// place works out scope and parents of a device (nil when it is being created) without
// changing it: a leaf's parent is its deviceScope, an edge device's is parentScopes.
func (h *registry) place(
	id string, d *device, s scoping, generation int64,
) (scope string, parents []string, p *wire.Problem) {
	if !s.edge {
		if d != nil && d.edge {
			// Turning an edge device into a leaf drops the parent in that write (observed live).
			return "", nil, nil
		}
		// A leaf sent with parentScopes only is silently unparented (observed live).
		if s.scope == "" {
			return "", nil, nil
		}
		return s.scope, []string{s.scope}, h.checkParents(id, d, []string{s.scope}, s.trusted)
	}
	switch {
	case d == nil:
		// A scope that the client sends is ignored on create (observed live).
		scope = scopePrefix + id + "-" + strconv.FormatInt(generation, 10)
	case !d.edge && s.scope != "" && !s.trusted:
		// A live hub answers 503 to a leaf that becomes an edge device with a deviceScope.
		return "", nil, problemf(codeServiceUnavailable, "ServiceUnavailable")
	case !d.edge:
		// The toggled device gets a scope without ticks (observed live).
		scope = scopePrefix + id + "-"
	case s.scope != d.scope && !s.trusted:
		return "", nil, problemf(codeArgumentInvalid, "Device scope is immutable")
	default:
		scope = d.scope
	}
	return scope, s.parents, h.checkParents(id, d, s.parents, s.trusted)
}

// checkParents refuses parents that do not exist, more than one, the device itself and cycles. What stands on the
// device already may stay, or a child of a deleted gateway could not be written any more.
func (h *registry) checkParents(id string, d *device, parents []string, trusted bool) *wire.Problem {
	if trusted || len(parents) == 0 || d != nil && slices.Equal(d.parents, parents) {
		return nil
	}
	if len(parents) > 1 {
		return problemf(codeArgumentInvalid, "At most one parent scope can be set")
	}
	for scope, seen := parents[0], map[string]bool{}; ; {
		parent, found := h.scopes[scope]
		switch {
		case !found && len(seen) == 0:
			return problemf(codeInvalidDeviceScope, "Invalid device scope")
		case !found:
			return nil
		case parent == id || seen[parent]:
			return problemf(codeInvalidDeviceScope, "A device cannot be its own parent")
		}
		seen[parent] = true
		if len(h.devices[parent].parents) == 0 {
			return nil
		}
		scope = h.devices[parent].parents[0]
	}
}

// settle puts a device in its place, and makes or removes the two modules that every edge device has.
func (h *registry) settle(d *device, edge bool, scope string, parents []string) {
	if d.edge {
		delete(h.scopes, d.scope)
	}
	wasEdge := d.edge
	d.edge, d.scope, d.parents = edge, scope, parents
	if edge {
		h.scopes[scope] = d.id
	}
	switch {
	case edge && !wasEdge:
		if d.modules == nil {
			d.modules = map[string]*module{}
		}
		managedBy := "iotEdge"
		for _, id := range systemModules() {
			m := &module{identity: h.newModuleIdentity(authentication{kind: authNone}), id: id, managedBy: &managedBy}
			d.modules[id] = m
		}
	case !edge && wasEdge:
		for _, id := range systemModules() {
			d.dropModule(id)
		}
	}
}

// systemModules are the ones an edge device is born with.
func systemModules() []string { return []string{"$edgeAgent", "$edgeHub"} }
