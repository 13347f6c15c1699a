// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision

// Identity is a device's identity in one hub.
type Identity struct {
	DeviceID string
	Status   Status
}

// Picture is where a device stands: its individual enrollment and its identities by host name.
type Picture struct {
	Enrollment Status
	Identities map[string]Identity
}

// Statuses are the statuses of the identities by host name.
func (p Picture) Statuses() map[string]Status {
	statuses := make(map[string]Status, len(p.Identities))
	for host, identity := range p.Identities {
		statuses[host] = identity.Status
	}
	return statuses
}

// Clone is a copy that shares nothing with p.
func (p Picture) Clone() Picture {
	identities := make(map[string]Identity, len(p.Identities))
	for host, identity := range p.Identities {
		identities[host] = identity
	}
	p.Identities = identities
	return p
}

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

// Intent is what blocking a device is to do.
type Intent struct {
	RegistrationID string
	Enrollment     Disposal
	Identities     Disposal
}

// Block is where the device stands once it is blocked, and what that takes, object by object: an effect with the
// action none says that the object is as it should be. What is unverified is not touched; what is unreachable stays
// so here, and only the apply can tell.
func Block(intent Intent, now Picture) (Picture, []Effect) {
	goal := now.Clone()
	enrollment := blockEnrollment(intent.Enrollment, now.Enrollment)
	enrollment.Object = intent.RegistrationID
	goal.Enrollment = enrollment.To
	effects := []Effect{enrollment}
	for host, identity := range now.Identities {
		effect := blockIdentity(intent.Identities, identity.Status)
		effect.Object = IdentityObject(host, identity.DeviceID)
		effects = append(effects, effect)
		goal.Identities[host] = Identity{DeviceID: identity.DeviceID, Status: effect.To}
	}
	SortEffects(effects)
	return goal, effects
}

func blockEnrollment(disposal Disposal, from Status) Effect {
	effect := Effect{Target: TargetEnrollment, Action: None, From: from, To: from}
	switch {
	case disposal == Deleting && from != Absent:
		effect.Action, effect.To = Delete, Absent
	case disposal == Disabling && from == Absent:
		effect.Action, effect.To = CreateDisabled, Disabled
	case disposal == Disabling && from != Disabled:
		effect.Action, effect.To = Disable, Disabled
	}
	return effect
}

func blockIdentity(disposal Disposal, from Status) Effect {
	effect := Effect{Target: TargetIdentity, Action: None, From: from, To: from}
	switch {
	case from != Enabled && from != Disabled:
	case disposal == Deleting:
		effect.Action, effect.To = Delete, Absent
	case disposal == Disabling && from == Enabled:
		effect.Action, effect.To = Disable, Disabled
	}
	return effect
}

// Undoing says what a block did, so that restoring undoes that and nothing else.
type Undoing struct {
	// Previous is where the device stood before the block.
	Previous Picture
	// Removable says that the entry was made by the block and is unchanged since.
	Removable bool
}

// Restore is where the device stands once a block is undone, and what that takes. It enables nothing that was not
// enabled before and deletes no entry that the block did not make.
func Restore(registrationID string, undoing Undoing, now Picture) (Picture, []Effect) {
	goal := now.Clone()
	enrollment := Effect{
		Target: TargetEnrollment, Object: registrationID, Action: None, From: now.Enrollment, To: now.Enrollment,
	}
	switch {
	case now.Enrollment != Disabled:
	case undoing.Previous.Enrollment == Absent && undoing.Removable:
		enrollment.Action, enrollment.To = Delete, Absent
	case undoing.Previous.Enrollment == Enabled:
		enrollment.Action, enrollment.To = Enable, Enabled
	}
	goal.Enrollment = enrollment.To
	effects := []Effect{enrollment}
	for host, identity := range now.Identities {
		effect := Effect{
			Target: TargetIdentity, Object: IdentityObject(host, identity.DeviceID),
			Action: None, From: identity.Status, To: identity.Status,
		}
		if identity.Status == Disabled && undoing.Previous.Identities[host] == (Identity{identity.DeviceID, Enabled}) {
			effect.Action, effect.To = Enable, Enabled
		}
		goal.Identities[host] = Identity{DeviceID: identity.DeviceID, Status: effect.To}
		effects = append(effects, effect)
	}
	SortEffects(effects)
	return goal, effects
}

// IdentityObject names an identity in an effect: host/device.
func IdentityObject(host, deviceID string) string { return host + "/" + deviceID }

// Registered is what an effect on a registration record goes from. A device that tries again and again overwrites its
// record, so that what the record says is nothing a plan could hold on to.
const Registered Status = "registered"

// DeleteRegistration is the effect of deleting a device's registration record.
func DeleteRegistration(registrationID string) Effect {
	return Effect{
		Target: TargetRegistration, Object: registrationID, Action: Delete, From: Registered, To: Absent,
	}
}

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
	for _, effect := range effects {
		if effect.Action == Delete && effect.Target != TargetRegistration {
			return true
		}
	}
	return false
}
