// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// groupList is the snapshot of an instance's enrollment groups: read once per operation, by whoever asks first.
type groupList struct {
	mu     sync.Mutex
	read   bool
	groups []azdps.EnrollmentGroup
	// asked counts how often the list could have been of use; failed says that it could not be read for that.
	asked  int
	failed bool
}

// EnrollmentGroups lists the enrollment groups as they were when this operation first asked. An error is not
// remembered: the next one to ask tries again.
func (i *Instance) EnrollmentGroups(ctx context.Context) ([]azdps.EnrollmentGroup, error) {
	i.groups.mu.Lock()
	defer i.groups.mu.Unlock()
	return i.groups.list(ctx, i.Client)
}

func (l *groupList) list(ctx context.Context, dps *azdps.Client) ([]azdps.EnrollmentGroup, error) {
	if l.read {
		return l.groups, nil
	}
	groups, err := ListEnrollmentGroups(ctx, dps)
	if err != nil {
		return nil, err
	}
	l.groups, l.read = groups, true
	return groups, nil
}

// ForgetEnrollmentGroups drops the snapshot: a group was written.
func (i *Instance) ForgetEnrollmentGroups() {
	i.groups.mu.Lock()
	defer i.groups.mu.Unlock()
	i.groups.groups, i.groups.read = nil, false
}

// EnrollmentGroupUnchanged is IndividualEnrollmentUnchanged for an enrollment group. Groups are few (a quota of some
// hundred), so that the list is read as a whole, or used when it was read anyway.
func (i *Instance) EnrollmentGroupUnchanged(ctx context.Context, enrollmentGroupID string, etag azcore.ETag) bool {
	if etag == "" {
		return false
	}
	found, known := i.groups.find(ctx, i.Client, enrollmentGroupID)
	return known && found != nil && found.ETag == etag
}

// ListedEnrollmentGroup is ListedIndividualEnrollment for an enrollment group.
func (i *Instance) ListedEnrollmentGroup(
	ctx context.Context, enrollmentGroupID string,
) (exists, disabled, known bool) {
	found, known := i.groups.find(ctx, i.Client, enrollmentGroupID)
	return found != nil, found != nil && found.Disabled(), known
}

// find looks a group up in the list where reading that pays; known is false when it does not.
func (l *groupList) find(
	ctx context.Context, dps *azdps.Client, enrollmentGroupID string,
) (found *azdps.EnrollmentGroup, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked++
	if l.failed || l.asked <= fewReads && !l.read {
		return nil, false
	}
	groups, err := l.list(ctx, dps)
	if err != nil {
		l.failed = true
		return nil, false
	}
	for i := range groups {
		if strings.EqualFold(groups[i].EnrollmentGroupID, enrollmentGroupID) {
			return &groups[i], true
		}
	}
	return nil, true
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
