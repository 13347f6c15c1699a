// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"strings"
	"sync"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// groupList is the snapshot of one instance's enrollment groups: read once per operation, by whoever asks first.
type groupList struct {
	mu     sync.Mutex
	read   bool
	groups []azdps.EnrollmentGroup
}

// EnrollmentGroups lists the enrollment groups of a DPS instance as they were when this operation first asked. An
// error is not remembered: the next one to ask tries again.
func (s *Services) EnrollmentGroups(ctx context.Context, dps *azdps.Client) ([]azdps.EnrollmentGroup, error) {
	s.mu.Lock()
	key := strings.ToLower(dps.Host())
	list := s.groups[key]
	if list == nil {
		list = &groupList{}
		s.groups[key] = list
	}
	s.mu.Unlock()

	list.mu.Lock()
	defer list.mu.Unlock()
	if list.read {
		return list.groups, nil
	}
	groups, err := ListEnrollmentGroups(ctx, dps)
	if err != nil {
		return nil, err
	}
	list.groups, list.read = groups, true
	return groups, nil
}

// ForgetEnrollmentGroups drops the snapshot: a group was written.
func (s *Services) ForgetEnrollmentGroups(dps *azdps.Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.groups, strings.ToLower(dps.Host()))
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
