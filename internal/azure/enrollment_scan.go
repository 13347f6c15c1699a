// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// fewReads is how many entries of an instance are read one by one before a list is tried: a page of the list costs as
// much as one entry.
const fewReads = 4

// enrollmentScans are the lists of one operation, by host. The zero value is ready for use.
type enrollmentScans struct {
	mu          sync.Mutex
	individuals map[string]*individualScan
	groups      map[string]*groupScan
}

// individualScan is the list of an instance's individual enrollments, read page by page and only as far as it pays.
type individualScan struct {
	mu    sync.Mutex
	asked int
	pages int
	pager *runtime.Pager[azdps.IndividualEnrollmentsPage]
	// done says that there is nothing more to read, or that reading failed.
	done bool
	// etags are those of the list by lower-case ID; empty for what was written since.
	etags map[string]azcore.ETag
}

// groupScan counts how often the list of an instance's groups could have been of use.
type groupScan struct {
	mu     sync.Mutex
	asked  int
	failed bool
}

func (s *Services) individualScan(dps *azdps.Client) *individualScan {
	s.scans.mu.Lock()
	defer s.scans.mu.Unlock()
	key := strings.ToLower(dps.Host())
	if s.scans.individuals == nil {
		s.scans.individuals = map[string]*individualScan{}
	}
	if s.scans.individuals[key] == nil {
		s.scans.individuals[key] = &individualScan{
			pager: dps.NewListIndividualEnrollmentsPager(nil), etags: map[string]azcore.ETag{},
		}
	}
	return s.scans.individuals[key]
}

func (s *Services) groupScan(dps *azdps.Client) *groupScan {
	s.scans.mu.Lock()
	defer s.scans.mu.Unlock()
	key := strings.ToLower(dps.Host())
	if s.scans.groups == nil {
		s.scans.groups = map[string]*groupScan{}
	}
	if s.scans.groups[key] == nil {
		s.scans.groups[key] = &groupScan{}
	}
	return s.scans.groups[key]
}

// IndividualEnrollmentUnchanged tells whether the list of an instance's individual enrollments proves that an entry
// still has the ETag with which it was read before. False says nothing: read the entry. Of many entries nearly all are
// answered by a few pages; one page at most is read for each that is asked for, so that a small configuration on a huge
// instance costs at most twice its single reads.
func (s *Services) IndividualEnrollmentUnchanged(
	ctx context.Context, dps *azdps.Client, registrationID string, etag azcore.ETag,
) bool {
	if etag == "" {
		return false
	}
	scan := s.individualScan(dps)
	scan.mu.Lock()
	defer scan.mu.Unlock()
	key := strings.ToLower(registrationID)
	scan.asked++
	if _, listed := scan.etags[key]; !listed && scan.asked > fewReads && scan.pages < scan.asked {
		scan.readPage(ctx)
	}
	return scan.etags[key] == etag
}

// readPage reads one page more. A list that cannot be read is given up: single reads tell what is wrong.
func (s *individualScan) readPage(ctx context.Context) {
	if s.done = s.done || !s.pager.More(); s.done {
		return
	}
	page, err := s.pager.NextPage(ctx)
	s.pages++
	if err != nil {
		s.done = true
		return
	}
	for _, item := range page.Items {
		key := strings.ToLower(item.RegistrationID)
		if _, written := s.etags[key]; !written {
			s.etags[key] = item.ETag
		}
	}
}

// ForgetIndividualEnrollment drops what the list says of an entry, now and later: it was written.
func (s *Services) ForgetIndividualEnrollment(dps *azdps.Client, registrationID string) {
	scan := s.individualScan(dps)
	scan.mu.Lock()
	defer scan.mu.Unlock()
	scan.etags[strings.ToLower(registrationID)] = ""
}

// EnrollmentGroupUnchanged is the same for an enrollment group. Groups are few (a quota of some hundred), so that the
// list is read as a whole, or used when it was read anyway.
func (s *Services) EnrollmentGroupUnchanged(
	ctx context.Context, dps *azdps.Client, enrollmentGroupID string, etag azcore.ETag,
) bool {
	if etag == "" {
		return false
	}
	scan := s.groupScan(dps)
	scan.mu.Lock()
	scan.asked++
	useless := scan.failed || scan.asked <= fewReads && !s.enrollmentGroupsRead(dps)
	scan.mu.Unlock()
	if useless {
		return false
	}
	groups, err := s.EnrollmentGroups(ctx, dps)
	if err != nil {
		scan.mu.Lock()
		defer scan.mu.Unlock()
		scan.failed = true
		return false
	}
	for _, group := range groups {
		if strings.EqualFold(group.EnrollmentGroupID, enrollmentGroupID) {
			return group.ETag == etag
		}
	}
	return false
}

// enrollmentGroupsRead tells whether somebody has read the list of the groups already.
func (s *Services) enrollmentGroupsRead(dps *azdps.Client) bool {
	s.mu.Lock()
	list := s.groups[strings.ToLower(dps.Host())]
	s.mu.Unlock()
	if list == nil {
		return false
	}
	list.mu.Lock()
	defer list.mu.Unlock()
	return list.read
}
