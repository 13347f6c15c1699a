// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision

import (
	"cmp"
	"slices"
)

// Action is what a change does to one object.
type Action string

// The actions.
const (
	// CreateDisabled is a new entry that is disabled from its first moment.
	CreateDisabled Action = "create_disabled"
	Disable        Action = "disable"
	Enable         Action = "enable"
	Delete         Action = "delete"
	// None is an object that was considered and is left as it is.
	None Action = "none"
)

// Target is the kind of object that a change touches.
type Target string

// The targets.
const (
	TargetEnrollment   Target = "dps_individual_enrollment"
	TargetIdentity     Target = "iothub_device_identity"
	TargetRegistration Target = "dps_registration"
)

// Effect is what one change does to one object.
type Effect struct {
	Target Target
	// Object is the entry's or the record's ID, or "host/device" for an identity.
	Object   string
	Action   Action
	From, To Status
}

// SortEffects sorts in place by target, then by object, then by action, so that the same change always reads the same.
func SortEffects(effects []Effect) {
	slices.SortStableFunc(effects, func(a, b Effect) int {
		return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Object, b.Object), cmp.Compare(a.Action, b.Action))
	})
}
