// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// groupList is the snapshot of all enrollment groups of an instance: read once per operation, by whoever asks first.
type groupList struct {
	mu     sync.Mutex
	read   bool
	groups []azdps.EnrollmentGroup
	// made is what EnrollmentGroupsAs has made of them.
	made any
}

func scanGroups(dps *azdps.Client) *scan[azdps.EnrollmentGroup] {
	return newScan(dps.NewListEnrollmentGroupsPager(nil), dps.GetEnrollmentGroup,
		func(g azdps.EnrollmentGroup) (string, listedEntry) {
			return g.EnrollmentGroupID, listedEntry{etag: g.ETag, disabled: g.Disabled()}
		})
}

// EnrollmentGroups lists the enrollment groups as they were when this operation first asked. An error is not
// remembered: the next one to ask tries again.
func (i *Instance) EnrollmentGroups(ctx context.Context) ([]azdps.EnrollmentGroup, error) {
	i.allGroups.mu.Lock()
	defer i.allGroups.mu.Unlock()
	return i.listGroups(ctx)
}

// EnrollmentGroupsAs is EnrollmentGroups in the caller's own words, made of the snapshot once for all who ask for the
// same type. They share it.
func EnrollmentGroupsAs[T any](
	ctx context.Context, i *Instance, from func([]azdps.EnrollmentGroup) T,
) (T, error) {
	i.allGroups.mu.Lock()
	defer i.allGroups.mu.Unlock()
	groups, err := i.listGroups(ctx)
	if err != nil {
		var none T
		return none, err
	}
	made, known := i.allGroups.made.(T)
	if !known {
		made = from(groups)
		i.allGroups.made = made
	}
	return made, nil
}

func (i *Instance) listGroups(ctx context.Context) ([]azdps.EnrollmentGroup, error) {
	if i.allGroups.read {
		return i.allGroups.groups, nil
	}
	groups, err := ListEnrollmentGroups(ctx, i.Client)
	if err != nil {
		return nil, err
	}
	i.allGroups.groups, i.allGroups.read, i.allGroups.made = groups, true, nil
	i.groups.learn(groups)
	return groups, nil
}

// ForgetEnrollmentGroup drops the snapshot, and what is known of a group, now and later: it was written.
func (i *Instance) ForgetEnrollmentGroup(enrollmentGroupID string) {
	i.allGroups.mu.Lock()
	defer i.allGroups.mu.Unlock()
	i.allGroups.groups, i.allGroups.read, i.allGroups.made = nil, false, nil
	i.groups.forget(enrollmentGroupID)
}

// EnrollmentGroupUnchanged is IndividualEnrollmentUnchanged for an enrollment group.
func (i *Instance) EnrollmentGroupUnchanged(ctx context.Context, enrollmentGroupID string, etag azcore.ETag) bool {
	return i.groups.unchanged(ctx, enrollmentGroupID, etag)
}

// RefreshEnrollmentGroup is RefreshIndividualEnrollment for an enrollment group.
func (i *Instance) RefreshEnrollmentGroup(
	ctx context.Context, enrollmentGroupID string,
) (azdps.EnrollmentGroup, error) {
	return i.groups.read(ctx, enrollmentGroupID)
}

// ListedEnrollmentGroup is ListedIndividualEnrollment for an enrollment group.
func (i *Instance) ListedEnrollmentGroup(
	ctx context.Context, enrollmentGroupID string,
) (exists, disabled, known bool) {
	return i.groups.standing(ctx, enrollmentGroupID)
}

// ListEnrollmentGroups reads all enrollment groups of a DPS instance now.
func ListEnrollmentGroups(ctx context.Context, dps *azdps.Client) ([]azdps.EnrollmentGroup, error) {
	var groups []azdps.EnrollmentGroup
	for pager := dps.NewListEnrollmentGroupsPager(nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		groups = append(groups, page.Items...)
	}
	return groups, nil
}
