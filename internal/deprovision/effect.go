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

// Change returns the effect that takes an object from one status to another, with the action that is needed. None is
// the action where there is nothing to do, or nothing that can be done: what is absent is not enabled, only an entry
// is created in order to block, and no change leads to a status that is not a goal.
func Change(target Target, object string, from, to Status) Effect {
	e := Effect{Target: target, Object: object, Action: None, From: from, To: to}
	switch {
	case from == to:
	case to == Absent:
		e.Action = Delete
	case from == Absent:
		if to == Disabled && target == TargetEnrollment {
			e.Action = CreateDisabled
		}
	case to == Disabled:
		e.Action = Disable
	case to == Enabled:
		e.Action = Enable
	}
	return e
}

// SortEffects sorts in place by target, then by object, then by action, so that the same change always reads the same.
func SortEffects(effects []Effect) {
	slices.SortStableFunc(effects, func(a, b Effect) int {
		return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Object, b.Object), cmp.Compare(a.Action, b.Action))
	})
}
