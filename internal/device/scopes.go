// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import "github.com/azureiot/terraform-provider-azureiot/internal/aziothub"

func isEdge(d aziothub.Device) bool { return d.Capabilities != nil && d.Capabilities.IoTEdge }

// parentOf is the scope of a device's parent. An edge device keeps it in parentScopes, a leaf in deviceScope, which the
// hub copies to parentScopes (observed on live hubs).
func parentOf(d aziothub.Device) string {
	if !isEdge(d) {
		return text(d.DeviceScope)
	}
	if len(d.ParentScopes) == 0 {
		return ""
	}
	return d.ParentScopes[0]
}

// ownScope is the scope by which an edge device can be named as a parent; nil for a leaf.
func ownScope(d aziothub.Device) *string {
	if !isEdge(d) || text(d.DeviceScope) == "" {
		return nil
	}
	return d.DeviceScope
}

// place puts into body what the device may be and who its parent is, as far as one write can. An edge device that
// becomes a leaf loses its parent in that write whatever is sent; the next one gives it its parent.
func place(body *aziothub.Device, edge bool, parent string) {
	was, hadParent := isEdge(*body), parentOf(*body)
	if was != edge || body.Capabilities == nil {
		c := aziothub.Capabilities{IoTEdge: edge}
		if body.Capabilities != nil {
			c.Extra = body.Capabilities.Extra
		}
		body.Capabilities = &c
	}
	switch {
	case was && !edge:
		// Scopes go back as they were read, which is what the Azure CLI sends for this change.
	case edge && !was:
		// A parent's scope in deviceScope would be answered with 503 here (observed on live hubs); the hub makes the new one.
		body.DeviceScope, body.ParentScopes = new(""), scopes(parent)
	case parent == hadParent:
	case edge:
		body.ParentScopes = scopes(parent)
	default:
		// For a leaf the hub looks at deviceScope alone; empty, it detaches.
		body.DeviceScope, body.ParentScopes = &parent, scopes(parent)
	}
}

// scopes are parentScopes with one parent, or none, which is sent all the same.
func scopes(parent string) []string {
	if parent == "" {
		return []string{}
	}
	return []string{parent}
}
