// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// Object names an object of a service, so that two names of one object are equal: host names have one spelling, and
// letter case has a meaning in device IDs only.
type Object struct{ kind, host, id string }

// EnrollmentObject is an individual enrollment of the DPS instance at host.
func EnrollmentObject(host, registrationID string) Object {
	return Object{"individual enrollment", azrest.FoldHost(host), strings.ToLower(registrationID)}
}

// GroupObject is an enrollment group of the DPS instance at host.
func GroupObject(host, enrollmentGroupID string) Object {
	return Object{"enrollment group", azrest.FoldHost(host), strings.ToLower(enrollmentGroupID)}
}

// IdentityObject is a device identity of the hub at host.
func IdentityObject(host, deviceID string) Object {
	return Object{"device identity", azrest.FoldHost(host), deviceID}
}
