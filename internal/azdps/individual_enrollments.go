// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azdps

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// IndividualEnrollmentsPage is one page of individual enrollments, without registration states, keys and
// certificates.
type IndividualEnrollmentsPage = azrest.Page[IndividualEnrollment]

// GetIndividualEnrollment reads an individual enrollment and its registration state. Symmetric keys and certificates
// are not part of the answer.
func (c *Client) GetIndividualEnrollment(ctx context.Context, registrationID string) (IndividualEnrollment, error) {
	return get[IndividualEnrollment](ctx, c, individualEnrollments, registrationID)
}

// PutIndividualEnrollment creates an individual enrollment or, with WriteOptions, replaces all of one. What only the
// service writes (registration state, ETag, dates) is not sent. The answer carries the symmetric keys.
func (c *Client) PutIndividualEnrollment(
	ctx context.Context, e IndividualEnrollment, o *WriteOptions,
) (IndividualEnrollment, error) {
	e.RegistrationState, e.Enrollment = nil, e.toWrite()
	return put(ctx, c, individualEnrollments, e.RegistrationID, e, o)
}

// DeleteIndividualEnrollment deletes an individual enrollment. The device stays in its hub, and an enrollment group
// that matches it applies from now on.
func (c *Client) DeleteIndividualEnrollment(ctx context.Context, registrationID string, o *WriteOptions) error {
	return remove(ctx, c, individualEnrollments, registrationID, o)
}

// GetIndividualEnrollmentAttestation reads how the device proves itself, symmetric keys included. It needs a data
// action of its own (attestationmechanism/details/action).
func (c *Client) GetIndividualEnrollmentAttestation(ctx context.Context, registrationID string) (Attestation, error) {
	return attestation(ctx, c, individualEnrollments, registrationID)
}

// NewListIndividualEnrollmentsPager lists all individual enrollments. o may be nil.
func (c *Client) NewListIndividualEnrollmentsPager(o *ListOptions) *runtime.Pager[IndividualEnrollmentsPage] {
	return list[IndividualEnrollment](c, []string{individualEnrollments}, everything{"SELECT *"}, o)
}
