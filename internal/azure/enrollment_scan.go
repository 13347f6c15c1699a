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
	// done says that there is nothing more to read, or that reading failed; complete that the whole list was read.
	done, complete bool
	// entries are those of the list by lower-case ID; the zero value stands for what was written since.
	entries map[string]listedEntry
}

// listedEntry is what a list says of an entry.
type listedEntry struct {
	etag     azcore.ETag
	disabled bool
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
			pager: dps.NewListIndividualEnrollmentsPager(nil), entries: map[string]listedEntry{},
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
	found, listed := scan.find(ctx, registrationID)
	return listed && found.etag == etag
}

// ListedIndividualEnrollment tells what the list of an instance's individual enrollments says of an entry: whether
// there is one, and whether it is disabled. known is false when the list says nothing: read the entry. It is for plans
// of many new entries, most of which exist nowhere, and costs no more than IndividualEnrollmentUnchanged does.
func (s *Services) ListedIndividualEnrollment(
	ctx context.Context, dps *azdps.Client, registrationID string,
) (exists, disabled, known bool) {
	scan := s.individualScan(dps)
	scan.mu.Lock()
	defer scan.mu.Unlock()
	found, listed := scan.find(ctx, registrationID)
	if listed {
		return true, found.disabled, found.etag != ""
	}
	return false, false, scan.complete
}

// find looks an entry up in what was listed, and reads a page more where that pays.
func (s *individualScan) find(ctx context.Context, registrationID string) (listedEntry, bool) {
	key := strings.ToLower(registrationID)
	s.asked++
	if _, listed := s.entries[key]; !listed && s.asked > fewReads && s.pages < s.asked {
		s.readPage(ctx)
	}
	found, listed := s.entries[key]
	return found, listed
}

// readPage reads one page more. A list that cannot be read is given up: single reads tell what is wrong.
func (s *individualScan) readPage(ctx context.Context) {
	if s.done {
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
		if _, written := s.entries[key]; !written {
			s.entries[key] = listedEntry{etag: item.ETag, disabled: item.Disabled()}
		}
	}
	s.complete = !s.pager.More()
	s.done = s.complete
}

// ForgetIndividualEnrollment drops what the list says of an entry, now and later: it was written.
func (s *Services) ForgetIndividualEnrollment(dps *azdps.Client, registrationID string) {
	scan := s.individualScan(dps)
	scan.mu.Lock()
	defer scan.mu.Unlock()
	scan.entries[strings.ToLower(registrationID)] = listedEntry{}
}

// EnrollmentGroupUnchanged is the same for an enrollment group. Groups are few (a quota of some hundred), so that the
// list is read as a whole, or used when it was read anyway.
func (s *Services) EnrollmentGroupUnchanged(
	ctx context.Context, dps *azdps.Client, enrollmentGroupID string, etag azcore.ETag,
) bool {
	if etag == "" {
		return false
	}
	found, known := s.listedGroup(ctx, dps, enrollmentGroupID)
	return known && found != nil && found.ETag == etag
}

// ListedEnrollmentGroup is ListedIndividualEnrollment for an enrollment group.
func (s *Services) ListedEnrollmentGroup(
	ctx context.Context, dps *azdps.Client, enrollmentGroupID string,
) (exists, disabled, known bool) {
	found, known := s.listedGroup(ctx, dps, enrollmentGroupID)
	return found != nil, found != nil && found.Disabled(), known
}

// listedGroup looks a group up in the list where reading that pays; known is false when it does not.
func (s *Services) listedGroup(
	ctx context.Context, dps *azdps.Client, enrollmentGroupID string,
) (found *azdps.EnrollmentGroup, known bool) {
	scan := s.groupScan(dps)
	scan.mu.Lock()
	scan.asked++
	useless := scan.failed || scan.asked <= fewReads && !s.enrollmentGroupsRead(dps)
	scan.mu.Unlock()
	if useless {
		return nil, false
	}
	groups, err := s.EnrollmentGroups(ctx, dps)
	if err != nil {
		scan.mu.Lock()
		defer scan.mu.Unlock()
		scan.failed = true
		return nil, false
	}
	for i := range groups {
		if strings.EqualFold(groups[i].EnrollmentGroupID, enrollmentGroupID) {
			return &groups[i], true
		}
	}
	return nil, true
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
