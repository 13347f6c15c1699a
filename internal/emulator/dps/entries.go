// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"net/http"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// getEntry answers GET. Only an individual enrollment carries the registration state,
// "unassigned" until the first attempt.
func (d *Service) getEntry(r serviceRequest) (*wire.Reply, *wire.Problem) {
	e, found := d.entries[r.kind].get(r.id)
	if !found {
		return nil, notFound(r.kind)
	}
	v := e.view(false)
	if r.kind == kindIndividual {
		v.RegistrationState = &registrationState{RegistrationID: e.RegistrationID, Status: statusUnassigned}
		d.lookAt(e.RegistrationID)
		if rec, registered := d.records.get(e.RegistrationID); registered {
			v.RegistrationState = &rec.registrationState
		}
	}
	return wire.OK(v), nil
}

// readEntry reads the body of a PUT.
func (d *Service) readEntry(r serviceRequest) (*entry, *wire.Problem) {
	body, p := d.parseEntry(r.kind, r.Content)
	if p == nil && !strings.EqualFold(body.id(), r.id) {
		p = invalid("The ID in the body differs from the ID in the path.")
	}
	return body, p
}

// putEntry answers PUT; the answer is the one place besides attestationmechanism that shows symmetric keys.
func (d *Service) putEntry(r serviceRequest, body *entry) (*wire.Reply, *wire.Problem) {
	stored, p := d.writeEntry(r.kind, body, r.IfMatch)
	if p != nil {
		return nil, p
	}
	return wire.OK(stored.view(true)), nil
}

// writeEntry is one PUT or one bulk item: the precondition, the checks, the write.
func (d *Service) writeEntry(k kind, body *entry, ifMatch wire.IfMatch) (*entry, *wire.Problem) {
	existing, found := d.entries[k].get(body.id())
	if p := d.checkPrecondition(k, existing, ifMatch); p != nil {
		return nil, p
	}
	if !found {
		existing = nil
	}
	stored, p := d.prepare(k, body, existing)
	if p != nil {
		return nil, p
	}
	if k == kindGroup && !d.roomFor(stored, existing) {
		return nil, refused(k.code(http.StatusForbidden), "The limit of enrollment groups is reached.")
	}
	d.entries[k].put(stored.id(), stored)
	return stored, nil
}

// maxGroups is how many groups of one attestation type an instance takes (azure-docs, iot-dps-limits, 2024-03).
const maxGroups = 100

// roomFor tells whether a group may be stored in the place of another, which may be nil.
func (d *Service) roomFor(group, existing *entry) bool {
	alike := 0
	for g := range d.entries[kindGroup].all {
		if g != existing && g.Attestation.Type == group.Attestation.Type {
			alike++
		}
	}
	return alike < maxGroups
}

// checkPrecondition: without If-Match a PUT only creates (409 on an existing entry, as
// recorded); with one it only updates.
func (d *Service) checkPrecondition(k kind, existing *entry, ifMatch wire.IfMatch) *wire.Problem {
	switch {
	case existing == nil && !ifMatch.Given:
		return nil
	case existing == nil && (ifMatch.Any || d.choices.MissingEntryIs404):
		return notFound(k)
	case existing == nil:
		return preconditionFailed(k)
	case !ifMatch.Given:
		return alreadyExists(k)
	case !ifMatch.Matches(existing.ETag):
		return preconditionFailed(k)
	}
	return nil
}

func (d *Service) deleteEntry(r serviceRequest) (*wire.Reply, *wire.Problem) {
	if p := d.removeEntry(r.kind, r.id, r.IfMatch); p != nil {
		return nil, p
	}
	return wire.NoContent(), nil
}

// removeEntry is one DELETE or one bulk item; no entity tag means unconditional.
func (d *Service) removeEntry(k kind, id string, ifMatch wire.IfMatch) *wire.Problem {
	e, found := d.entries[k].get(id)
	if !found {
		return notFound(k)
	}
	if ifMatch.Given && !ifMatch.Matches(e.ETag) {
		return preconditionFailed(k)
	}
	d.entries[k].remove(id)
	if k == kindIndividual && !d.choices.DeleteKeepsRecord {
		d.records.remove(id)
	}
	return nil
}

// attestationMechanism reveals symmetric keys; of certificates it tells no more than a GET does.
func (d *Service) attestationMechanism(r serviceRequest) (*wire.Reply, *wire.Problem) {
	e, found := d.entries[r.kind].get(r.id)
	if !found {
		return nil, notFound(r.kind)
	}
	return wire.OK(e.attestationView(true)), nil
}
