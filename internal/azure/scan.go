// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// fewReads is how many entries of an instance are read one by one before a list is tried: a page of the list costs as
// much as one entry.
const fewReads = 4

// manyAsked is how many questions are asked before a list that has answered hardly one in ten of them counts as one of
// others' entries.
const manyAsked = 50

// scan answers questions about the entries of one kind in an instance from their list, which is read page by page and
// only as far as it pays: pages and single reads together are at most two for each question. Of many entries nearly all
// are answered by a few pages, and a small configuration on a huge instance costs at most twice its single reads.
type scan[T any] struct {
	pager *runtime.Pager[azrest.Page[T]]
	get   func(ctx context.Context, id string) (T, error)
	// describe is what a list says of an entry.
	describe func(T) (id string, e listedEntry)

	mu sync.Mutex
	// entries are those of the list by lower-case ID; the zero value stands for what was written since.
	entries map[string]listedEntry
	// answers are those of single reads that have shown another ETag than was asked for. They are used once.
	answers map[string]answer[T]
	// asked counts questions, calls what they have cost, waiting those that may yet cost a single read.
	// answered those that the list has answered.
	asked, calls, waiting, answered int
	// reading says that a page is on its way, and alone counts single reads.
	reading bool
	alone   int
	// done says that there is nothing more to list, or that listing failed; complete that the whole list was read.
	done, complete bool
	// changed is closed when any of this changes.
	changed chan struct{}
}

// listedEntry is what a list says of an entry.
type listedEntry struct {
	etag     azcore.ETag
	disabled bool
}

// finding is what is known of an entry. Its ETag is empty where it is not known to exist; absent says that it does not.
type finding[T any] struct {
	listedEntry

	absent bool
	read   *answer[T] // nil when the entry was not read by itself
}

// answer is that of a single read.
type answer[T any] struct {
	entry T
	err   error
}

func newScan[T any](
	pager *runtime.Pager[azrest.Page[T]], get func(ctx context.Context, id string) (T, error),
	describe func(T) (id string, e listedEntry),
) *scan[T] {
	return &scan[T]{
		pager: pager, get: get, describe: describe, entries: map[string]listedEntry{}, answers: map[string]answer[T]{},
		changed: make(chan struct{}),
	}
}

// unchanged tells whether an entry still has the ETag with which it was read before. False says nothing.
func (s *scan[T]) unchanged(ctx context.Context, id string, etag azcore.ETag) bool {
	if etag == "" {
		return false
	}
	found := s.ask(ctx, id)
	if found.etag == etag {
		return true
	}
	s.stash(ctx, id, found)
	return false
}

// absent tells whether there is no entry: a list that was read to its end does not have it, or a single read says so.
// False says nothing. A list proves no more than that no entry of that ID stood from the first page to the last: one
// that was made meanwhile, or since, is found by the next operation, as if the entry had been read by itself before.
func (s *scan[T]) absent(ctx context.Context, id string) bool {
	found := s.ask(ctx, id)
	if !found.absent {
		s.stash(ctx, id, found)
	}
	return found.absent
}

// stash keeps what was read of an entry for whoever asks for it next.
func (s *scan[T]) stash(ctx context.Context, id string, found finding[T]) {
	if found.read == nil || ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[strings.ToLower(id)] = *found.read
}

// standing tells whether there is an entry, and whether it is disabled. known is false when that has to be asked.
func (s *scan[T]) standing(ctx context.Context, id string) (exists, disabled, known bool) {
	found := s.ask(ctx, id)
	return found.etag != "", found.disabled, found.etag != "" || found.absent
}

// ask finds an entry in the list, or else reads it.
func (s *scan[T]) ask(ctx context.Context, id string) finding[T] {
	key := strings.ToLower(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	found, listed := s.look(ctx, key)
	if listed || s.complete || ctx.Err() != nil {
		return finding[T]{listedEntry: found, absent: !listed && s.complete}
	}
	s.calls++
	s.alone++
	s.mu.Unlock()
	entry, err := s.get(ctx, id)
	s.mu.Lock()
	s.alone--
	s.tell()
	if err == nil {
		_, found = s.describe(entry)
	}
	return finding[T]{listedEntry: found, absent: azrest.IsNotFound(err), read: &answer[T]{entry, err}}
}

// look looks an entry up in what was listed. Where that pays, one of those who look reads a page more, and the others
// wait for it, unless hardly any would find what they look for.
func (s *scan[T]) look(ctx context.Context, key string) (found listedEntry, listed bool) {
	s.asked++
	turn := s.asked
	s.waiting++
	defer func() { s.waiting-- }()
	for {
		found, listed = s.entries[key]
		affordable := s.calls+s.waiting < 2*s.asked
		foreign := s.asked > manyAsked && 10*s.answered < s.asked
		switch {
		case listed:
			s.answered++
			return found, true
		case s.done, turn <= fewReads, ctx.Err() != nil:
			return found, false
		case !s.reading && affordable:
			s.readPage(ctx)
		case foreign, !s.reading && s.alone == 0:
			return found, false
		default:
			s.wait(ctx)
		}
	}
}

// wait waits for a page or for a single read.
func (s *scan[T]) wait(ctx context.Context) {
	changed := s.changed
	s.mu.Unlock()
	defer s.mu.Lock()
	select {
	case <-changed:
	case <-ctx.Done():
	}
}

// tell wakes whoever waits.
func (s *scan[T]) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// readPage reads one page more. A list that cannot be read is given up: single reads tell what is wrong.
func (s *scan[T]) readPage(ctx context.Context) {
	s.reading = true
	s.calls++
	s.mu.Unlock()
	page, err := s.pager.NextPage(ctx)
	s.mu.Lock()
	s.reading = false
	defer s.tell()
	if err != nil {
		s.done = true
		return
	}
	s.keep(page.Items)
	if !s.pager.More() {
		s.done, s.complete = true, true
	}
}

// keep keeps what a list says.
func (s *scan[T]) keep(items []T) {
	for _, item := range items {
		id, e := s.describe(item)
		key := strings.ToLower(id)
		if _, known := s.entries[key]; !known {
			s.entries[key] = e
		}
	}
}

// learn takes over a list that somebody else has read as a whole.
func (s *scan[T]) learn(items []T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep(items)
	s.done, s.complete = true, true
	s.tell()
}

// read reads an entry, unless the answer to a question about it is there.
func (s *scan[T]) read(ctx context.Context, id string) (T, error) {
	key := strings.ToLower(id)
	s.mu.Lock()
	found, stashed := s.answers[key]
	delete(s.answers, key)
	s.mu.Unlock()
	if stashed {
		return found.entry, found.err
	}
	return s.get(ctx, id)
}

// forget drops what is known of an entry, now and later: it was written.
func (s *scan[T]) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := strings.ToLower(id)
	s.entries[key] = listedEntry{}
	delete(s.answers, key)
}
