// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"context"
	"maps"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// answersLimit is how old answers may be that are not asked for again. Terraform applies a resource as soon as it has
// planned it again; what takes longer is looked at anew.
const answersLimit = time.Minute

// Answers are what the services have answered to a look, for one that follows at once and would ask the same. Calls
// that failed are not among them.
type Answers struct {
	at time.Time
	// dps says that DPS was asked for entry and record; nil where there is none.
	dps    bool
	entry  *azdps.IndividualEnrollment
	record *azdps.Registration
	heard  heard
}

// heard is what hubs have answered; nil for an identity that does not exist.
type heard map[deprovision.IdentityID]*aziothub.Device

func (h heard) note(id deprovision.IdentityID, device *aziothub.Device) {
	if h != nil {
		h[id] = device
	}
}

// Answers are what the services have answered to the look that e comes from.
func (r *Reader) Answers(e Evidence) Answers {
	return Answers{at: r.services.Now(), dps: true, entry: e.Entry, record: e.Record, heard: e.heard}
}

// HubAnswers are what hubs have answered about identities, those that are absent or could not be read left out.
func (r *Reader) HubAnswers(identities map[deprovision.IdentityID]Identity) Answers {
	answers := Answers{at: r.services.Now(), heard: heard{}}
	for id, identity := range identities {
		if identity.Device != nil {
			answers.heard[id] = identity.Device
		}
	}
	return answers
}

// Fresh tells whether the answers are young enough for another look now.
func (a Answers) Fresh(now time.Time) bool {
	age := now.Sub(a.at)
	return age >= 0 && age <= answersLimit
}

// EntryStands tells whether an entry (nil: none) is still as it was answered. It asks DPS.
func (r *Reader) EntryStands(
	ctx context.Context, registrationID string, was *azdps.IndividualEnrollment,
) (bool, error) {
	now, err := r.Entry(ctx, registrationID)
	if err != nil || now == nil || was == nil {
		return err == nil && now == was, err
	}
	return now.ETag == was.ETag, nil
}

func (a *Answers) recall(into heard) {
	if a != nil {
		maps.Copy(into, a.heard)
	}
}

func (r *Reader) entryOf(ctx context.Context, q Question) (*azdps.IndividualEnrollment, error) {
	if q.Answers != nil && q.Answers.dps {
		return q.Answers.entry, nil
	}
	return r.Entry(ctx, q.RegistrationID)
}

func (r *Reader) recordOf(ctx context.Context, q Question) (*azdps.Registration, error) {
	if q.Answers != nil && q.Answers.dps {
		return q.Answers.record, nil
	}
	return r.settled(ctx, q.RegistrationID, retryLimit)
}
