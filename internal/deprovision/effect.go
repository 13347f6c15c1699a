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
	TargetGroup        Target = "dps_enrollment_group"
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

// Registered is what an effect on a registration record goes from. A device that tries again and again overwrites its
// record, so that what the record says is nothing a plan could hold on to.
const Registered Status = "registered"

// DeleteRegistration is the effect of deleting a device's registration record.
func DeleteRegistration(registrationID string) Effect {
	return Effect{
		Target: TargetRegistration, Object: registrationID, Action: Delete, From: Registered, To: Absent,
	}
}

// Rewrites tells whether an effect changes what an object says, and not its status: a reason, a certificate.
func (e Effect) Rewrites() bool { return e.Action == Disable && e.From == e.To }

// Changes are the effects that do something.
func Changes(effects []Effect) []Effect {
	changes := []Effect{}
	for _, effect := range effects {
		if effect.Action != None {
			changes = append(changes, effect)
		}
	}
	return changes
}

// Deletes tells whether any effect deletes an entry or an identity, which cannot be undone.
func Deletes(effects []Effect) bool {
	return slices.ContainsFunc(effects, func(effect Effect) bool {
		return effect.Action == Delete && effect.Target != TargetRegistration
	})
}

// EffectOn finds the effect on an object.
func EffectOn(effects []Effect, target Target, object string) (Effect, bool) {
	i := slices.IndexFunc(effects, func(effect Effect) bool {
		return effect.Target == target && effect.Object == object
	})
	if i < 0 {
		return Effect{}, false
	}
	return effects[i], true
}
