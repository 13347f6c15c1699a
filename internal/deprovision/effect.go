// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
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

// String is the effect as people read it.
func (e Effect) String() string {
	if stays(e.Action, e.From, e.To) {
		return fmt.Sprintf("%s %s: stays %s", e.Target, e.Object, e.To)
	}
	return fmt.Sprintf("%s %s: %s -> %s (%s)", e.Target, e.Object, e.From, e.To, e.Action)
}

// stays tells whether a change leaves an object as it was read. Of one that was not read nothing tells how it stays.
func stays(action Action, from, to Status) bool {
	return action == None && from == to && (to == Enabled || to == Disabled || to == Absent)
}

// Effects are what one change does.
type Effects []Effect

// Sort sorts in place by target, then by object, then by action, so that the same change always reads the same.
func (e Effects) Sort() {
	slices.SortStableFunc(e, func(a, b Effect) int {
		return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Object, b.Object), cmp.Compare(a.Action, b.Action))
	})
}

// With are the effects and one more, in order and each once.
func (e Effects) With(effect Effect) Effects {
	all := slices.Clone(e)
	if !slices.Contains(all, effect) {
		all = append(all, effect)
	}
	all.Sort()
	return all
}

// Changes are the effects that do something.
func (e Effects) Changes() Effects {
	return slices.DeleteFunc(slices.Clone(e), func(effect Effect) bool { return effect.Action == None })
}

// Delete tells whether any effect deletes an entry or an identity, which cannot be undone.
func (e Effects) Delete() bool {
	return slices.ContainsFunc(e, func(effect Effect) bool {
		return effect.Action == Delete && effect.Target != TargetRegistration
	})
}

// ShutOut are the identities that are shut out of their hub, and were not before.
func (e Effects) ShutOut() []IdentityID {
	var shut []IdentityID
	for _, effect := range e {
		shuts := effect.Action == Disable || effect.Action == Delete
		if effect.Target == TargetIdentity && shuts && !effect.Rewrites() {
			shut = append(shut, ParseIdentityID(effect.Object))
		}
	}
	return shut
}

// On finds the effect on an object.
func (e Effects) On(target Target, object string) (Effect, bool) {
	i := slices.IndexFunc(e, func(effect Effect) bool { return effect.Target == target && effect.Object == object })
	if i < 0 {
		return Effect{}, false
	}
	return e[i], true
}

// OnIdentity finds the effect on an identity.
func (e Effects) OnIdentity(id IdentityID) (Effect, bool) { return e.On(TargetIdentity, id.String()) }

// Of is the first effect on a kind of object; without one it is none.
func (e Effects) Of(target Target) Effect {
	for _, effect := range e {
		if effect.Target == target {
			return effect
		}
	}
	return Effect{Action: None}
}

// CompletedBy are the effects with those of now that a plan could not tell, because an object could not be read or was
// not known.
func (e Effects) CompletedBy(now Effects) Effects {
	all := slices.Clone(e)
	for _, effect := range now {
		i := slices.IndexFunc(all, func(planned Effect) bool {
			return planned.Target == effect.Target && planned.Object == effect.Object
		})
		switch {
		case i < 0:
			all = append(all, effect)
		case all[i].From == Unreachable:
			all[i] = effect
		}
	}
	return all
}

// String has a line for each.
func (e Effects) String() string {
	if len(e) == 0 {
		return "  nothing"
	}
	lines := make([]string, 0, len(e))
	for _, effect := range e {
		lines = append(lines, "  "+effect.String())
	}
	return strings.Join(lines, "\n")
}
