// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"context"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// Asker asks the services of one provider block.
type Asker struct {
	services *azure.Services
	dps      *azdps.Client
}

// NewAsker makes an asker for the services and the DPS instance at dpsHostname (empty: the block's own).
func NewAsker(services *azure.Services, dpsHostname string) (*Asker, error) {
	dps, err := services.DPS(dpsHostname)
	if err != nil {
		return nil, err
	}
	return &Asker{services: services, dps: dps}, nil
}

// DPS is the client of the instance that is asked.
func (a *Asker) DPS() *azdps.Client { return a.dps }

// settlePause is the time between two looks at an assignment in flight; devices poll at the same pace.
const settlePause = 2 * time.Second

// Ask looks everything else up about the device of an entry (nil: none), for a new block: the record (waiting shortly
// while it says assigning, so that a device which registers again and again does not change the answer), the groups,
// and every hub worth a look.
func (a *Asker) Ask(ctx context.Context, entry *azdps.IndividualEnrollment, q Question) (Answer, error) {
	answer := newAnswer(entry)
	var err error
	answer.Registration, err = a.Settled(ctx, q.RegistrationID, 30*time.Second)
	if err != nil {
		return Answer{}, err
	}
	if err := a.askGroups(ctx, &answer); err != nil {
		return Answer{}, err
	}
	a.askHubs(ctx, q, &answer, true)
	return answer, nil
}

// Refresh looks up what may have drifted in a block that exists, of which entry (nil: none) has just been read. While
// it is disabled and hubs are known, nothing is asked about the record (the entry carries its state) or in other hubs.
func (a *Asker) Refresh(ctx context.Context, entry *azdps.IndividualEnrollment, q Question) (Answer, error) {
	answer := newAnswer(entry)
	search := answer.Enrollment != deprovision.Disabled || len(q.Remembered) == 0
	if search {
		var err error
		if answer.Registration, err = a.Registration(ctx, q.RegistrationID); err != nil {
			return Answer{}, err
		}
	} else {
		answer.Registration = entry.RegistrationState
	}
	if err := a.askGroups(ctx, &answer); err != nil {
		return Answer{}, err
	}
	a.askHubs(ctx, q, &answer, search)
	return answer, nil
}

// SearchAgain looks into every hub worth a look once more, with the registration record as it is now: a device that
// nobody knew may have registered between an answer and the block.
func (a *Asker) SearchAgain(
	ctx context.Context, q Question, answer Answer, registration *azdps.Registration,
) Answer {
	answer.Registration = registration
	a.askHubs(ctx, q, &answer, true)
	return answer
}

func newAnswer(entry *azdps.IndividualEnrollment) Answer {
	return Answer{Entry: entry, Enrollment: EntryStatus(entry)}
}

// Entry reads the individual enrollment; nil when there is none.
func (a *Asker) Entry(ctx context.Context, registrationID string) (*azdps.IndividualEnrollment, error) {
	entry, err := a.dps.GetIndividualEnrollment(ctx, registrationID)
	switch {
	case azrest.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, &Error{Call: ReadEntry, ID: registrationID, Host: a.dps.Host(), Err: err}
	}
	return &entry, nil
}

// EntryStatus is the status of an entry that may be nil. A status that is null or missing lets the device in.
func EntryStatus(entry *azdps.IndividualEnrollment) deprovision.Status {
	switch {
	case entry == nil:
		return deprovision.Absent
	case entry.Disabled():
		return deprovision.Disabled
	}
	return deprovision.Enabled
}

// Registration reads the registration record; nil when there is none.
func (a *Asker) Registration(ctx context.Context, registrationID string) (*azdps.Registration, error) {
	registration, err := a.dps.GetRegistration(ctx, registrationID)
	switch {
	case azrest.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, &Error{Call: ReadRegistration, ID: registrationID, Host: a.dps.Host(), Err: err}
	}
	return &registration, nil
}

// Settled reads the registration record and, while it says assigning, waits up to limit until it is final. What is
// returned may therefore still be assigning.
func (a *Asker) Settled(ctx context.Context, registrationID string, limit time.Duration) (*azdps.Registration, error) {
	for waited := time.Duration(0); ; waited += settlePause {
		registration, err := a.Registration(ctx, registrationID)
		if err != nil || !Assigning(registration) || waited >= limit {
			return registration, err
		}
		if err := a.services.Sleep(ctx, settlePause); err != nil {
			return nil, &Error{Call: ReadRegistration, ID: registrationID, Host: a.dps.Host(), Err: err}
		}
	}
}

// Assigning tells whether an assignment is in flight.
func Assigning(registration *azdps.Registration) bool {
	return registration != nil && registration.Status == azdps.RegistrationAssigning
}

func (a *Asker) askGroups(ctx context.Context, answer *Answer) error {
	groups, err := a.services.EnrollmentGroups(ctx, a.dps)
	if err != nil {
		return &Error{Call: ListGroups, ID: "*", Host: a.dps.Host(), Err: err}
	}
	answer.Groups = Groups(groups)
	for _, group := range groups {
		answer.groupHubs = append(answer.groupHubs, group.IoTHubs...)
	}
	return nil
}

// FreshGroups lists the groups now, for a decision just before a delete.
func (a *Asker) FreshGroups(ctx context.Context) ([]deprovision.Group, error) {
	groups, err := azure.ListEnrollmentGroups(ctx, a.dps)
	if err != nil {
		return nil, &Error{Call: ListGroups, ID: "*", Host: a.dps.Host(), Err: err}
	}
	return Groups(groups), nil
}
