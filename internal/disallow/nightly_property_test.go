// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// Whatever people and devices do, a check that reads the list of entries and twins finds the same as one that reads
// each entry and each identity: the same state, the same private state, the same warnings. It does so whether a
// registration record outlives its entry or not.
func TestDeviceDisallow_checkByListAndTwinsFindsWhatSingleReadsFind(t *testing.T) {
	t.Parallel()
	found := map[string]int{}
	fleets := map[bool]*nightly{false: newNightly(t, found), true: newNightly(t, found, recordsOutlive())}
	for _, c := range fleets {
		c.sweep(t)
	}
	rapid.Check(t, func(t *rapid.T) {
		c, touched := fleets[rapid.Bool().Draw(t, "records outlive entries")], map[int]bool{}
		what := ""
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			i := rapid.IntRange(0, len(c.blocks)-1).Draw(t, "device")
			what = rapid.SampledFrom(changes()).Draw(t, "change")
			touched[i] = true
			c.change(i, what)
		}
		c.compare(t, what)
		c.tidy(touched)
	})
	for _, what := range append(changes(), "unchanged", "changed", "warning", "quick") {
		nothing := what == "nothing" || what == "try" || what == "disable group" // The block holds whatever groups come.
		if found[what] == 0 && !nothing {
			t.Errorf("never %s, so that this proves little: %v", what, found)
		}
	}
	t.Logf("what was found: %v", found)
}

// sweep has each change happen to all devices at once.
func (c *nightly) sweep(t *testing.T) {
	t.Helper()
	everyone := map[int]bool{}
	for i := range c.cast {
		everyone[i] = true
	}
	for _, what := range changes() {
		for i := range c.cast {
			c.change(i, what)
		}
		c.compare(t, what)
		c.tidy(everyone)
	}
}

// compare has all blocks checked in both ways, and goes on from what is found.
func (c *nightly) compare(t interface {
	Fatalf(format string, args ...any)
}, what string) {
	before := make([]acctest.Object, len(c.blocks))
	for i, b := range c.blocks {
		before[i] = *b.o
	}
	c.Emulator.ClearJournal()
	quick := c.refresh()
	c.countQuick()
	quickly := make([]acctest.Object, len(c.blocks))
	for i, b := range c.blocks {
		quickly[i], *b.o = *b.o, before[i]
	}
	c.Fail("", "", "^/(twins/|enrollments/query)", http.StatusUnauthorized, 0)
	single := c.refresh()
	c.Emulator.ClearFaults()
	for i, b := range c.blocks {
		if differing := acctest.Differences(quickly[i].State, b.o.State); len(differing) > 0 {
			t.Fatalf("%s: single reads find another state:\n%s", b.id, strings.Join(differing, "\n"))
		}
		if quick[i] != single[i] {
			t.Fatalf("%s: single reads say\n%s\nnot\n%s", b.id, single[i], quick[i])
		}
		if string(quickly[i].Private) != string(b.o.Private) {
			t.Fatalf("%s: single reads remember\n%s\nnot\n%s", b.id, b.o.Private, quickly[i].Private)
		}
		same := before[i].State.Equal(b.o.State) && string(before[i].Private) == string(b.o.Private)
		c.count(what, single[i], same)
	}
}

func (c *nightly) count(what, said string, same bool) {
	if said != "" {
		c.found["warning"]++
	}
	if same {
		c.found["unchanged"]++
		return
	}
	c.found["changed"]++
	c.found[what]++
}

// countQuick counts the blocks of a check of which neither the entry nor an identity was read.
func (c *nightly) countQuick() {
	read := map[string]bool{}
	for _, x := range c.Emulator.Journal() {
		if kind, id, found := strings.Cut(strings.TrimPrefix(x.Path, "/"), "/"); found &&
			(kind == "devices" || kind == "enrollments" && x.Method == http.MethodGet) {
			read[strings.ToLower(id)] = true
		}
	}
	c.found["quick"] += len(c.blocks) - len(read)
}

// refresh refreshes all blocks in one walk and returns what is said of each.
func (c *nightly) refresh() []string {
	var said []string
	c.blocks[0].o.Reconfigure()
	for _, b := range c.blocks {
		step := b.o.Refresh()
		said = append(said, step.Errors()+step.Warnings())
	}
	return said
}
