// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"context"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

const (
	// retryLimit bounds the wait for an assignment that is in flight at a first look, so that a device which registers
	// again and again does not change the answer.
	retryLimit = 30 * time.Second
	// SettleLimit bounds the wait for an assignment that began before the block. Devices give up sooner.
	SettleLimit = 10 * time.Minute
)

// LookAtFirst is Look where nothing is remembered of the device but what the mark of its entry says.
func (r *Reader) LookAtFirst(ctx context.Context, q Question) (Evidence, error) {
	entry, err := r.entryOf(ctx, q)
	if err != nil {
		return Evidence{}, err
	}
	if mark := MarkOf(entry); mark != nil {
		for _, marked := range mark.Identities {
			q.Known[marked.ID()] = Known{Tied: true}
		}
	}
	return r.look(ctx, q, entry)
}

// Look asks everything about a device.
func (r *Reader) Look(ctx context.Context, q Question) (Evidence, error) {
	entry, err := r.Entry(ctx, q.RegistrationID)
	if err != nil {
		return Evidence{}, err
	}
	return r.look(ctx, q, entry)
}

func (r *Reader) look(ctx context.Context, q Question, entry *azdps.IndividualEnrollment) (Evidence, error) {
	record, err := r.recordOf(ctx, q)
	if err != nil {
		return Evidence{}, err
	}
	e := newEvidence(entry, record)
	q.Answers.recall(e.heard)
	if err := r.listGroups(ctx, &e); err != nil {
		return Evidence{}, err
	}
	r.readAll(ctx, q, &e)
	return e, nil
}

// readAll reads what something names, searches, and reads what the user names in the hubs that the search has found.
func (r *Reader) readAll(ctx context.Context, q Question, e *Evidence) {
	r.readTied(ctx, q, e)
	r.search(ctx, q, e)
	r.readTied(ctx, q, e)
}

// unread tells whether a hub could not be searched when it was last tried.
func (q Question) unread() bool {
	for _, known := range q.Known {
		if known.Unread && !known.Tied {
			return true
		}
	}
	return false
}

// Governing asks for the entry, and for the groups as they are now: what decides whether DPS lets the device in.
func (r *Reader) Governing(ctx context.Context, registrationID string) (Evidence, error) {
	entry, err := r.Entry(ctx, registrationID)
	if err != nil {
		return Evidence{}, err
	}
	e := newEvidence(entry, nil)
	e.Groups, err = r.FreshGroups(ctx)
	e.Listed = err == nil
	return e, err
}

// Groups asks for the groups alone, of a device of which nothing else is known.
func (r *Reader) Groups(ctx context.Context) (Evidence, error) {
	e := newEvidence(nil, nil)
	err := r.listGroups(ctx, &e)
	return e, err
}

// LookAgain looks at everything once more when DPS has shut the device out, and waits until no assignment is in flight:
// one that began before the block ends after it, and may put the device into a hub that nobody has looked at. The
// record may still say assigning when it gives up.
func (r *Reader) LookAgain(ctx context.Context, q Question, before Evidence) (Evidence, error) {
	record, err := r.settled(ctx, q.RegistrationID, SettleLimit)
	if err != nil {
		return before, err
	}
	e := newEvidence(before.Entry, record)
	e.Groups, e.groupHubs, e.Listed = before.Groups, before.groupHubs, before.Listed
	if !e.Listed {
		if err := r.listGroups(ctx, &e); err != nil {
			return before, err
		}
	}
	r.readAll(ctx, q, &e)
	for id, identity := range e.Identities {
		identity.Proven = identity.Proven || identity.provenAs(before.Identities[id])
		e.Identities[id] = identity
	}
	return e, nil
}

func newEvidence(entry *azdps.IndividualEnrollment, record *azdps.Registration) Evidence {
	return Evidence{
		Entry: entry, Mark: MarkOf(entry), Record: record,
		Identities: map[deprovision.IdentityID]Identity{}, Unread: map[string]error{}, heard: heard{},
	}
}

// With is the evidence with what was just read or written of the entry.
func (e Evidence) With(entry *azdps.IndividualEnrollment) Evidence {
	e.Entry, e.Mark = entry, MarkOf(entry)
	return e
}

// WithoutRecord is the evidence once the registration record was deleted.
func (e Evidence) WithoutRecord() Evidence {
	e.Record = nil
	if e.Entry != nil {
		entry := *e.Entry
		entry.RegistrationState, e.Entry = nil, &entry
	}
	return e
}
