// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"encoding/json"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// The states of a registration.
const (
	statusUnassigned = "unassigned"
	statusAssigning  = "assigning"
	statusAssigned   = "assigned"
	statusFailed     = "failed"
	statusDisabled   = "disabled"
)

// registrationState is a registration record on the wire, service side.
type registrationState struct {
	RegistrationID         string          `json:"registrationId"`
	CreatedDateTimeUTC     string          `json:"createdDateTimeUtc,omitempty"`
	AssignedHub            string          `json:"assignedHub,omitempty"`
	DeviceID               string          `json:"deviceId,omitempty"`
	Status                 string          `json:"status"`
	Substatus              string          `json:"substatus,omitempty"`
	ErrorCode              int             `json:"errorCode,omitempty"`
	ErrorMessage           string          `json:"errorMessage,omitempty"`
	LastUpdatedDateTimeUTC string          `json:"lastUpdatedDateTimeUtc,omitempty"`
	ETag                   string          `json:"etag,omitempty"`
	Payload                json.RawMessage `json:"payload,omitempty"`
}

// record is a stored registration, with what the service knows besides the wire.
type record struct {
	registrationState
	// group is the enrollment group of the last attempt, "" for an individual one.
	group string
	// hubs are the host names of all hubs the device has been assigned to.
	hubs []string
}

func (d *Service) getRegistration(r serviceRequest) (*wire.Reply, *wire.Problem) {
	d.lookAt(r.id)
	rec, found := d.records.get(r.id)
	if !found {
		return nil, notFound(kindRegistration)
	}
	return wire.OK(rec.registrationState), nil
}

// deleteRegistration forgets the assignment; the identity in the hub stays.
func (d *Service) deleteRegistration(r serviceRequest) (*wire.Reply, *wire.Problem) {
	rec, found := d.records.get(r.id)
	if !found {
		return nil, notFound(kindRegistration)
	}
	if m := r.IfMatch; m.Given && !m.Matches(rec.ETag) {
		return nil, preconditionFailed(kindRegistration)
	}
	d.records.remove(r.id)
	return wire.NoContent(), nil
}

// queryRegistrations lists the records made through a group, also after the group's
// deletion; the body is optional (the CLI sends none, the SDKs a query).
func (d *Service) queryRegistrations(r serviceRequest) (*wire.Reply, *wire.Problem) {
	if _, found := d.entries[kindGroup].get(r.id); !found && d.choices.UnknownGroupIs404 {
		return nil, notFound(kindGroup)
	}
	through := func(rec *record) bool { return rec.group != "" && strings.EqualFold(rec.group, r.id) }
	return page(d, r, d.records, through, func(rec *record) any { return rec.registrationState })
}
