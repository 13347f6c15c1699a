// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"fmt"
	"regexp"
	"slices"
	"testing"
)

// Somebody else changes the object before each call of an update in turn. What they did is never overwritten unless the
// plan showed it: either the update goes on around it, or it stops and says what they did, attribute by attribute.
func TestFaces_whenSomebodyElseWritesAmidAnUpdate(t *testing.T) {
	t.Parallel()
	for _, m := range managedFaces() {
		if m.drift == nil || len(m.verbs) > 0 && !slices.Contains(m.verbs, "read") {
			continue
		}
		t.Run(m.typeName+" "+m.title, func(t *testing.T) {
			t.Parallel()
			calm := m.begin(t, "update")
			calm.at.box.watch()
			calm.run().MustSucceed(t)
			for at := range calm.at.box.noted() {
				t.Run(fmt.Sprint(at), func(t *testing.T) {
					t.Parallel()
					meetSomebody(t, m, at, calm.planned)
				})
			}
		})
	}
}

// meetSomebody has somebody write before the call with a number; planned is that of the first one after the plan.
func meetSomebody(t *testing.T, m managed, at, planned int) {
	t.Helper()
	a := m.begin(t, "update")
	a.door = nil // The drift may let the device in.
	before, theirs, calls := m.facts(a.at), map[string]string{}, 0
	a.at.box.watch()
	a.at.box.before = func() {
		if calls++; calls == at+1 {
			m.drift(a.at)
			for name, value := range m.facts(a.at) {
				if before[name] != value {
					theirs[name] = value
				}
			}
		}
	}
	said := a.run()
	a.at.box.before = nil
	if len(theirs) == 0 {
		t.Fatal("nobody has changed anything, so that this proves nothing")
	}
	now := m.facts(a.at)
	blocks := m.typeName == disallowType || m.typeName == groupDisallowType
	for name, value := range theirs {
		if (said.Failed() || at >= planned) && !blocks && now[name] != value {
			t.Errorf("%s of somebody else was overwritten: %s is %s\n%s", name, value, now[name], said.Errors())
		}
	}
	if said.Failed() && !regexp.MustCompile(`-> |omebody else|enabled meanwhile|is enabled`).MatchString(said.Errors()) {
		t.Errorf("it should say what somebody else did: %s", said.Errors())
	}
	a.finish(said)
}
