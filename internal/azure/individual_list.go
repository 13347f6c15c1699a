// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

func scanIndividuals(dps *azdps.Client) *scan[azdps.IndividualEnrollment] {
	return newScan(dps.NewListIndividualEnrollmentsPager(nil), dps.GetIndividualEnrollment,
		func(e azdps.IndividualEnrollment) (string, listedEntry) {
			return e.RegistrationID, listedEntry{etag: e.ETag, disabled: e.Disabled()}
		})
}

// IndividualEnrollmentUnchanged tells whether an entry still has the ETag with which it was read before. Of many
// entries a list tells that; those that it does not have in time are read. False says nothing:
// RefreshIndividualEnrollment.
func (i *Instance) IndividualEnrollmentUnchanged(ctx context.Context, registrationID string, etag azcore.ETag) bool {
	return i.individuals.unchanged(ctx, registrationID, etag)
}

// IndividualEnrollmentAbsent tells whether there is no entry, as IndividualEnrollmentUnchanged tells whether one is
// unchanged. False says nothing: RefreshIndividualEnrollment.
func (i *Instance) IndividualEnrollmentAbsent(ctx context.Context, registrationID string) bool {
	return i.individuals.absent(ctx, registrationID)
}

// RefreshIndividualEnrollment reads an entry that IndividualEnrollmentUnchanged did not find unchanged, or
// IndividualEnrollmentAbsent absent. If that took reading it, this is what was read.
func (i *Instance) RefreshIndividualEnrollment(
	ctx context.Context, registrationID string,
) (azdps.IndividualEnrollment, error) {
	return i.individuals.read(ctx, registrationID)
}

// ListedIndividualEnrollment tells whether there is an entry, and whether it is disabled. known is false when that
// could not be found out. It is for plans of many new entries, most of which exist nowhere, and costs no more than
// IndividualEnrollmentUnchanged does.
func (i *Instance) ListedIndividualEnrollment(
	ctx context.Context, registrationID string,
) (exists, disabled, known bool) {
	return i.individuals.standing(ctx, registrationID)
}

// ForgetIndividualEnrollment drops what is known of an entry, now and later: it was written.
func (i *Instance) ForgetIndividualEnrollment(registrationID string) {
	i.individuals.forget(registrationID)
}
