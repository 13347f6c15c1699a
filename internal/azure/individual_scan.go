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

// IndividualEnrollmentUnchanged tells whether the list of the instance's individual enrollments proves that an entry
// still has the ETag with which it was read before. False says nothing: read the entry. Of many entries nearly all are
// answered by a few pages; one page at most is read for each that is asked for, so that a small configuration on a huge
// instance costs at most twice its single reads.
func (i *Instance) IndividualEnrollmentUnchanged(ctx context.Context, registrationID string, etag azcore.ETag) bool {
	if etag == "" {
		return false
	}
	i.individuals.mu.Lock()
	defer i.individuals.mu.Unlock()
	found, listed := i.individuals.find(ctx, registrationID)
	return listed && found.etag == etag
}

// ListedIndividualEnrollment tells what the list of the instance's individual enrollments says of an entry: whether
// there is one, and whether it is disabled. known is false when the list says nothing: read the entry. It is for plans
// of many new entries, most of which exist nowhere, and costs no more than IndividualEnrollmentUnchanged does.
func (i *Instance) ListedIndividualEnrollment(
	ctx context.Context, registrationID string,
) (exists, disabled, known bool) {
	i.individuals.mu.Lock()
	defer i.individuals.mu.Unlock()
	found, listed := i.individuals.find(ctx, registrationID)
	if listed {
		return true, found.disabled, found.etag != ""
	}
	return false, false, i.individuals.complete
}

// ForgetIndividualEnrollment drops what the list says of an entry, now and later: it was written.
func (i *Instance) ForgetIndividualEnrollment(registrationID string) {
	i.individuals.mu.Lock()
	defer i.individuals.mu.Unlock()
	i.individuals.entries[strings.ToLower(registrationID)] = listedEntry{}
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
