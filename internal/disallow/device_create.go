// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"slices"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// create blocks the device for the first time.
func (e *enforcement) create(ctx context.Context, plan deviceModel) diagnostics {
	planned, diags := plan.readings(ctx)
	if diags.HasError() {
		return diags
	}
	e.creating, e.searching = true, plan.HubIdentities.IsUnknown()
	left := e.takeHandover()
	hosts := map[string]string{}
	if e.searching { // What the plan names was found without it.
		hosts = left.hosts()
	}
	if err := e.lookUp(ctx, hosts); err != nil {
		return diagnostics{e.lookUpFailed(err)}
	}
	e.begin(left)
	if diags.Append(e.refuseDelete(e.now.paths)...); diags.HasError() {
		return diags
	}
	goal, unknown := e.createGoal()
	e.now.reversible = goal.reversible
	if !plan.Effects.IsUnknown() && (unknown.effects || !slices.Equal(planned.effects, goal.effects)) ||
		!plan.EnrollmentOrigin.IsUnknown() && planned.origin != goal.origin {
		diags.Append(e.stale(planned.effects, goal.effects))
		return diags
	}
	diags.Append(e.block(ctx, goal.effects)...)
	e.now.effects = e.done
	if diags.HasError() {
		return diags
	}
	if !e.searching {
		e.now.effects = goal.effects
	}
	diags.Append(e.checkOutcome(plan, planned)...)
	diags.Append(e.hubWarnings()...)
	return diags
}

// begin works out what restoring will mean: where each object stands before this resource first touches it. The mark
// of our own entry remembers that, and so does what a replaced object left; otherwise it is as found.
func (e *enforcement) begin(left handover) {
	e.now.origin, e.now.previous = originOf(e.entry), e.now.picture.Clone()
	found, marked := markOf(e.entry)
	if marked {
		e.recognise()
		e.now.previous.Enrollment = deprovision.Absent
		for host, identity := range found.Identities {
			e.stoodBefore(lower(host), deprovision.Identity{
				DeviceID: identity.DeviceID, Status: deprovision.Status(identity.Status),
			}, heldIdentity{Generation: identity.GenerationID})
		}
	}
	before := left.readings.previous
	if left.readings.origin != e.now.origin || before.Enrollment == "" {
		return
	}
	e.now.previous.Enrollment = before.Enrollment
	for host, identity := range before.Identities {
		e.stoodBefore(host, identity, left.memory.Held[host])
	}
}

// stoodBefore says how an identity stood before an earlier block, unless it is another one by now.
func (e *enforcement) stoodBefore(host string, before deprovision.Identity, held heldIdentity) {
	found, known := e.found[host]
	if known && found.Device != nil && held.Generation != "" && found.Device.GenerationID != held.Generation {
		return
	}
	if known && !readable(before.Status) {
		return
	}
	e.now.previous.Identities[host] = before
	if held.Generation != "" {
		e.memory.hold(host, held.Generation, held.Reason)
	}
}

// createGoal is what a new block leads to, and what of it only the apply can tell.
func (e *enforcement) createGoal() (readings, unknowns) {
	picture, effects := deprovision.Block(e.want.intent(), e.now.picture)
	if e.want.deleteRegistration {
		effects = append(effects, deprovision.DeleteRegistration(e.want.registrationID))
		deprovision.SortEffects(effects)
	}
	goal := readings{
		picture: picture, origin: originOf(e.entry), effects: effects, reversible: e.want.reversible(),
		access: deprovision.AccessOf(picture.Enrollment, picture.Statuses(), e.now.paths),
	}
	unknown := unknowns{previous: true, paths: true}
	located, fleeting := e.located()
	if located && !anyWith(picture, deprovision.Unreachable) {
		return goal, unknown
	}
	unknown.identities, unknown.effects = true, true
	unknown.access = fleeting || e.want.identities == deprovision.Keeping || anyWith(picture, deprovision.Unverified)
	goal.access = deprovision.Blocked
	return goal, unknown
}

// located tells whether the hubs that were found can be planned. What only the registration record says cannot, where
// the device's next try may overwrite it (a refused one does) or make the identity that is missing now; fleeting says
// that the apply may then not even know the identity for the device's.
func (e *enforcement) located() (located, fleeting bool) {
	shut := deprovision.Governing(e.device(e.answer.Groups)).Status == deprovision.Disabled
	for _, identity := range e.found {
		switch {
		case identity.Evidence == facts.Remembered, identity.Proven && shut:
			located = true
		case identity.Evidence != facts.Recorded:
		case shut:
			return false, true
		case identity.Status == deprovision.Absent:
			return false, false
		default:
			located = true
		}
	}
	return located, false
}

func anyWith(picture deprovision.Picture, status deprovision.Status) bool {
	for _, identity := range picture.Identities {
		if identity.Status == status {
			return true
		}
	}
	return false
}

const handoverKind = "dps_device_disallow"

// handover is what a Delete leaves for the Create of the same device: what the deleted half of a replacement knew of
// the time before the block, where neither the entry's mark nor the services still tell it.
type handover struct {
	readings readings
	memory   memory
}

// hosts are the hubs in which the device is known to have an identity.
func (h handover) hosts() map[string]string {
	hosts := map[string]string{}
	for host, identity := range h.readings.picture.Identities {
		_, acted := h.memory.Held[host]
		if acted || !h.memory.suspects(host) && identity.Status != deprovision.Unverified {
			hosts[host] = identity.DeviceID
		}
	}
	return hosts
}

// takeHandover takes over what a replaced object left, if this create is a replacement.
func (e *enforcement) takeHandover() handover {
	host := e.services.DPSHost(e.want.dpsHostname)
	item, _ := e.services.Handover.Take(handoverKind, host, e.want.registrationID)
	left, replacing := item.(handover)
	if replacing {
		e.replacing, e.now, e.memory = true, left.readings, left.memory
		e.now.effects = []deprovision.Effect{}
	}
	return left
}

// checkOutcome compares where the device stands with what the plan said. A difference is an error of our own, with the
// true state kept: core would call it a defect of the provider.
func (e *enforcement) checkOutcome(plan deviceModel, planned readings) diagnostics {
	differs := !plan.EnrollmentStatus.IsUnknown() && planned.picture.Enrollment != e.now.picture.Enrollment ||
		!plan.Access.IsUnknown() && planned.access != e.now.access ||
		!plan.Reversible.IsUnknown() && planned.reversible != e.now.reversible
	if !plan.HubIdentities.IsUnknown() {
		differs = differs || len(planned.picture.Identities) != len(e.now.picture.Identities)
		for host, identity := range planned.picture.Identities {
			differs = differs || identity.Status != "" && identity != e.now.picture.Identities[host]
		}
	}
	if !differs {
		return nil
	}
	return diagnostics{e.otherOutcome(planned)}
}
