// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision

// Disposal is what blocking does to an entry or an identity.
type Disposal string

const (
	// Disabling keeps the object and shuts the device out.
	Disabling Disposal = "disable"
	// Deleting removes the object for good.
	Deleting Disposal = "delete"
	// Keeping leaves the object alone.
	Keeping Disposal = "keep"
)

// ofEnrollment is what blocking does to an individual enrollment.
func (d Disposal) ofEnrollment(registrationID string, from Status) Effect {
	effect := untouched(TargetEnrollment, registrationID, from)
	switch {
	case d == Deleting && from != Absent:
		effect.Action, effect.To = Delete, Absent
	case d == Disabling && from == Absent:
		effect.Action, effect.To = CreateDisabled, Disabled
	case d == Disabling && from != Disabled:
		effect.Action, effect.To = Disable, Disabled
	}
	return effect
}

// OfIdentity is what blocking does to an identity. What is unverified is not touched; what is unreachable stays so
// here, and only the apply can tell.
func (d Disposal) OfIdentity(id IdentityID, from Status) Effect {
	effect := untouched(TargetIdentity, id.String(), from)
	switch {
	case from != Enabled && from != Disabled:
	case d == Deleting:
		effect.Action, effect.To = Delete, Absent
	case d == Disabling && from == Enabled:
		effect.Action, effect.To = Disable, Disabled
	}
	return effect
}

// untouched is an object that is left as it is.
func untouched(target Target, object string, status Status) Effect {
	return Effect{Target: target, Object: object, Action: None, From: status, To: status}
}
