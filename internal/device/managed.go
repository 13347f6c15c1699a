// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"fmt"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
)

// managed is what is managed of an identity.
type managed struct {
	status string
	// reason is empty when there is none.
	reason string
	// authentication is nil when it is left as it is found.
	authentication *authentication
	edge           bool
	// parent is the scope of the parent, empty when there is none.
	parent string
}

// difference is an attribute in which two are not the same, by its name in Terraform.
type difference struct{ attribute, from, to string }

// String says the difference as a plan does.
func (d difference) String() string { return fmt.Sprintf("%s: %s -> %s", d.attribute, d.from, d.to) }

// managedOf is what the hub's answer says of the managed attributes.
func managedOf(d aziothub.Device) managed {
	s := managed{status: aziothub.StatusEnabled, edge: isEdge(d), parent: parentOf(d)}
	if d.Disabled() {
		s.status = aziothub.StatusDisabled
	}
	if d.StatusReason != nil {
		s.reason = *d.StatusReason
	}
	if d.Authentication != nil {
		s.authentication = authenticationOf(*d.Authentication)
	}
	return s
}

// differences lists in what b is not as a. Authentication counts only where both know it.
func differences(a, b managed) []difference {
	var found []difference
	compare := func(attribute, from, to string) {
		if from != to {
			found = append(found, difference{attribute, from, to})
		}
	}
	compare(statusName, said(a.status), said(b.status))
	compare(statusReasonName, said(a.reason), said(b.reason))
	if a.authentication != nil && b.authentication != nil {
		from, to := a.authentication, b.authentication
		compare(authenticationName+"."+typeName, said(from.kind), said(to.kind))
		for slot, name := range thumbprintNames() {
			compare(authenticationName+"."+name,
				said(strings.ToUpper(from.thumbprints[slot])), said(strings.ToUpper(to.thumbprints[slot])))
		}
	}
	compare(edgeEnabledName, fmt.Sprint(a.edge), fmt.Sprint(b.edge))
	compare(parentScopeName, said(a.parent), said(b.parent))
	return found
}

// conflicts lists what somebody else changed: the attributes that are now neither as they were nor as they are wanted.
func conflicts(before, now, want managed) []difference {
	unwanted := map[string]bool{}
	for _, d := range differences(now, want) {
		unwanted[d.attribute] = true
	}
	var found []difference
	for _, d := range differences(before, now) {
		if unwanted[d.attribute] {
			found = append(found, d)
		}
	}
	return found
}

func said(value string) string {
	if value == "" {
		return "null"
	}
	return fmt.Sprintf("%q", value)
}

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
