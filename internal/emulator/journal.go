// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"slices"
	"strings"
	"sync"
)

// Exchange is one request that reached the emulator, with the answer's status: 0 while
// it is being carried out, and when a fault dropped it before. Host is host:port of the
// listener; Path is as sent, without the query; no secret is kept.
type Exchange struct {
	Host   string `json:"host"`
	Method string `json:"method"`
	Path   string `json:"path"`
	Status int    `json:"status"`
}

// maxJournal is how many exchanges are kept at least; of twice as many the older half goes,
// so that an emulator that nobody restarts does not fill the memory.
const maxJournal = 100_000

// maxJournalPath is more than any path that a service answers has.
const maxJournalPath = 1 << 10

// journal lists exchanges in the order of their arrival.
type journal struct {
	mu      sync.Mutex
	entries []*Exchange
}

// open notes the arrival of a request; the function notes its status.
func (j *journal) open(host, method, path string) (settle func(status int)) {
	x := &Exchange{Host: host, Method: method, Path: strings.Clone(path[:min(len(path), maxJournalPath)])}
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.entries) == 2*maxJournal {
		j.entries = slices.Clone(j.entries[maxJournal:])
	}
	j.entries = append(j.entries, x)
	return func(status int) {
		j.mu.Lock()
		defer j.mu.Unlock()
		x.Status = status
	}
}

func (j *journal) list() []Exchange {
	all, _ := j.latest(2 * maxJournal)
	return all
}

// latest are the most exchanges that came last, in their order, and how many there are.
func (j *journal) latest(most int) (latest []Exchange, all int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	entries := j.entries[max(0, len(j.entries)-most):]
	latest = make([]Exchange, len(entries))
	for i, x := range entries {
		latest[i] = *x
	}
	return latest, len(j.entries)
}

func (j *journal) clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = nil
}
