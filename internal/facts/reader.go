// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"context"
	"slices"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// Reader asks the services of one provider block.
type Reader struct {
	services *azure.Services
	dps      *azure.Instance
}

// NewReader makes a reader for the services and the DPS instance at dpsHostname (empty: the block's own).
func NewReader(services *azure.Services, dpsHostname string) (*Reader, error) {
	dps, err := services.DPS(dpsHostname)
	if err != nil {
		return nil, err
	}
	return &Reader{services: services, dps: dps}, nil
}

// DPS is the instance that is asked.
func (r *Reader) DPS() *azure.Instance { return r.dps }

// settlePause is the time between two looks at an assignment in flight; devices poll at the same pace.
const settlePause = 2 * time.Second

// Entry reads the individual enrollment; nil when there is none.
func (r *Reader) Entry(ctx context.Context, registrationID string) (*azdps.IndividualEnrollment, error) {
	entry, err := r.dps.GetIndividualEnrollment(ctx, registrationID)
	return answered(r, ReadEntry, registrationID, entry, err)
}

// refreshed is the individual enrollment as it was read when the list did not tell whether it is unchanged, or as it is
// read now.
func (r *Reader) refreshed(ctx context.Context, registrationID string) (*azdps.IndividualEnrollment, error) {
	entry, err := r.dps.RefreshIndividualEnrollment(ctx, registrationID)
	return answered(r, ReadEntry, registrationID, entry, err)
}

// answered is what a call that reads has returned; nil when there is none.
func answered[T any](r *Reader, call Call, id string, object T, err error) (*T, error) {
	found, err := azrest.IfFound(object, err)
	if err != nil {
		return nil, &Error{Call: call, ID: id, Host: r.dps.Host(), Err: err}
	}
	return found, nil
}

// EntryStatus is the status of an entry that may be nil.
func EntryStatus(entry *azdps.IndividualEnrollment) deprovision.Status { return statusOf(entry) }

// statusOf is a status where null or a missing one lets devices in.
func statusOf[T interface{ Disabled() bool }](object *T) deprovision.Status {
	switch {
	case object == nil:
		return deprovision.Absent
	case (*object).Disabled():
		return deprovision.Disabled
	}
	return deprovision.Enabled
}

// Registration reads the registration record; nil when there is none.
func (r *Reader) Registration(ctx context.Context, registrationID string) (*azdps.Registration, error) {
	registration, err := r.dps.GetRegistration(ctx, registrationID)
	return answered(r, ReadRegistration, registrationID, registration, err)
}

// settled reads the registration record and, while it says assigning, waits up to limit until it is final. What is
// returned may therefore still be assigning.
func (r *Reader) settled(ctx context.Context, registrationID string, limit time.Duration) (*azdps.Registration, error) {
	for waited := time.Duration(0); ; waited += settlePause {
		record, err := r.Registration(ctx, registrationID)
		if err != nil || !Assigning(record) || waited >= limit {
			return record, err
		}
		if err := r.services.Sleep(ctx, settlePause); err != nil {
			return nil, &Error{Call: ReadRegistration, ID: registrationID, Host: r.dps.Host(), Err: err}
		}
	}
}

// Assigning tells whether an assignment is in flight.
func Assigning(registration *azdps.Registration) bool {
	return registration != nil && registration.Status == azdps.RegistrationAssigning
}

func (r *Reader) listGroups(ctx context.Context, e *Evidence) error {
	known, err := azure.EnrollmentGroupsAs(ctx, r.dps, knowGroups)
	if err != nil {
		return &Error{Call: ListGroups, ID: "*", Host: r.dps.Host(), Err: err}
	}
	e.Groups, e.groupHubs, e.Listed = known.groups, known.hubs, true
	return nil
}

// knownGroups are all groups of an instance, read once for all devices, and the hubs that they name, each once.
type knownGroups struct {
	groups []deprovision.Group
	hubs   []string
}

func knowGroups(groups []azdps.EnrollmentGroup) knownGroups {
	known := knownGroups{groups: Groups(groups)}
	for i, group := range groups {
		known.groups[i] = known.groups[i].Read()
		known.hubs = append(known.hubs, group.IoTHubs...)
		if group.IoTHubHostName != nil && *group.IoTHubHostName != "" {
			known.hubs = append(known.hubs, *group.IoTHubHostName)
		}
	}
	slices.Sort(known.hubs)
	known.hubs = slices.Compact(known.hubs)
	return known
}

// FreshGroups lists the groups now, for a decision just before a delete.
func (r *Reader) FreshGroups(ctx context.Context) ([]deprovision.Group, error) {
	groups, err := azure.ListEnrollmentGroups(ctx, r.dps.Client)
	if err != nil {
		return nil, &Error{Call: ListGroups, ID: "*", Host: r.dps.Host(), Err: err}
	}
	return Groups(groups), nil
}

// Call is the kind of call that failed.
type Call int

const (
	// ReadEntry reads an individual enrollment.
	ReadEntry Call = iota
	// ReadRegistration reads a registration record.
	ReadRegistration
	// ListGroups lists the enrollment groups.
	ListGroups
	// ListEntries lists the individual enrollments.
	ListEntries
	// ReadGroup reads an enrollment group.
	ReadGroup
	// ListRegistrations lists the registration records of an enrollment group.
	ListRegistrations
)

// Error is a call to DPS that failed; without its answer there is no evidence at all.
type Error struct {
	Call     Call
	ID, Host string
	Err      error
}

func (e *Error) Error() string { return e.Err.Error() }

// Unwrap is the client's error.
func (e *Error) Unwrap() error { return e.Err }
