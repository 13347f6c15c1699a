// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azdps

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// EnrollmentGroupsPage is one page of enrollment groups, without keys and certificates.
type EnrollmentGroupsPage = azrest.Page[EnrollmentGroup]

// GetEnrollmentGroup reads an enrollment group. Symmetric keys and certificates are not part of the answer.
func (c *Client) GetEnrollmentGroup(ctx context.Context, enrollmentGroupID string) (EnrollmentGroup, error) {
	return get[EnrollmentGroup](ctx, c, enrollmentGroups, enrollmentGroupID)
}

// PutEnrollmentGroup creates an enrollment group or, with WriteOptions, replaces all of one. What only the service
// writes (ETag, dates) is not sent. The answer carries the symmetric keys.
func (c *Client) PutEnrollmentGroup(ctx context.Context, g EnrollmentGroup, o *WriteOptions) (EnrollmentGroup, error) {
	g.Enrollment = g.toWrite()
	return put(ctx, c, enrollmentGroups, g.EnrollmentGroupID, g, o)
}

// DeleteEnrollmentGroup deletes an enrollment group. Its devices stay in their hubs, and their registration records
// stay as well and count against the quota.
func (c *Client) DeleteEnrollmentGroup(ctx context.Context, enrollmentGroupID string, o *WriteOptions) error {
	return remove(ctx, c, enrollmentGroups, enrollmentGroupID, o)
}

// GetEnrollmentGroupAttestation reads how the group's devices prove themselves, symmetric keys included. It needs a
// data action of its own (attestationmechanism/details/action).
func (c *Client) GetEnrollmentGroupAttestation(ctx context.Context, enrollmentGroupID string) (Attestation, error) {
	return attestation(ctx, c, enrollmentGroups, enrollmentGroupID)
}

// NewListEnrollmentGroupsPager lists all enrollment groups. o may be nil.
func (c *Client) NewListEnrollmentGroupsPager(o *ListOptions) *runtime.Pager[EnrollmentGroupsPage] {
	return list[EnrollmentGroup](c, []string{enrollmentGroups}, everything{"SELECT *"}, o)
}
