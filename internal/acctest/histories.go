// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// Histories has random histories happen in so many lanes side by side, and logs what happened how often. In each lane
// stage builds where they happen, one after another, and returns how one of them is drawn and happens.
func Histories(t *testing.T, lanes int, rare *Rarities, stage func(*testing.T) func(*rapid.T)) {
	t.Helper()
	t.Run("histories", func(t *testing.T) {
		for lane := range lanes {
			t.Run(fmt.Sprint(lane), func(t *testing.T) {
				t.Parallel()
				happen := stage(t)
				rapid.Check(t, func(t *rapid.T) {
					for range lane { // So that the lanes have different histories also if -rapid.seed is given.
						_ = rapid.Uint64().Draw(t, "nothing")
					}
					happen(t)
					rare.Count("histories")
				})
			})
		}
	})
	t.Logf("what happened, and how often:\n%s", rare)
}

// Rarities count how often each thing happened in all histories.
type Rarities struct {
	mu     sync.Mutex
	counts map[string]int
}

// Count counts that something happened.
func (r *Rarities) Count(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.counts == nil {
		r.counts = map[string]int{}
	}
	r.counts[what]++
}

// String has a line for each.
func (r *Rarities) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var lines []string
	for _, what := range slices.Sorted(maps.Keys(r.counts)) {
		lines = append(lines, fmt.Sprintf("%7d %s", r.counts[what], what))
	}
	return strings.Join(lines, "\n")
}

// Missing are those of these that never happened.
func (r *Rarities) Missing(these []string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(these), func(what string) bool { return r.counts[what] > 0 })
}
