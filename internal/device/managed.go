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
