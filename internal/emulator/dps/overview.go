// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import "strings"

// Overview is what a person may see of a service: no secret is in it.
type Overview struct {
	Enrollments, Groups       []EntryRow
	Registrations             []RecordRow
	EnrollmentsAll, GroupsAll int
	RegistrationsAll          int
}

// EntryRow is an individual enrollment or an enrollment group.
type EntryRow struct{ ID, DeviceID, Attestation, Status, Updated string }

// RecordRow is a registration record.
type RecordRow struct{ ID, Status, Group, Hub, DeviceID, Error, Updated string }

// Overview shows up to most rows of each table, the latest first.
func (d *Service) Overview(most int) Overview {
	d.mu.Lock()
	defer d.mu.Unlock()
	individual, groups := d.entries[kindIndividual], d.entries[kindGroup]
	return Overview{
		Enrollments: rows(individual, most, (*entry).row), EnrollmentsAll: len(individual.byID),
		Groups: rows(groups, most, (*entry).row), GroupsAll: len(groups.byID),
		Registrations: rows(d.records, most, (*record).row), RegistrationsAll: len(d.records.byID),
	}
}

func rows[T, Row any](c *collection[T], most int, row func(T) Row) []Row {
	var all []Row
	for i := len(c.order) - 1; i >= 0 && len(all) < most; i-- {
		if !c.order[i].removed {
			all = append(all, row(c.order[i].value))
		}
	}
	return all
}

func (e *entry) row() EntryRow {
	status := strings.Trim(string(e.ProvisioningStatus), `"`)
	if status == "" || status == "null" {
		status = "enabled"
	}
	return EntryRow{e.id(), e.DeviceID, e.Attestation.Type, status, e.LastUpdatedDateTimeUTC}
}

func (r *record) row() RecordRow {
	return RecordRow{
		r.RegistrationID, r.Status, r.group, r.AssignedHub, r.DeviceID, r.ErrorMessage, r.LastUpdatedDateTimeUTC,
	}
}
