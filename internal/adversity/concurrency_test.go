// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// Somebody else changes the object before each call of an update in turn. What they did is never overwritten unless the
// plan showed it: either the update goes on around it, or it stops and says what they did, attribute by attribute.
func TestFaces_whenSomebodyElseWritesAmidAnUpdate(t *testing.T) {
	t.Parallel()
	for _, m := range managedFaces() {
		if m.drift == nil || !m.does("read") {
			continue
		}
		t.Run(m.typeName+" "+m.title, func(t *testing.T) {
			t.Parallel()
			calm := m.rehearsed(t, "update")
			calm.eachCall(t, func(t *testing.T, at int) {
				t.Helper()
				meetSomebody(t, m, at, calm.planned)
			})
		})
	}
}

// meetSomebody has somebody write before the call with a number; planned is that of the first one after the plan.
func meetSomebody(t *testing.T, m managed, at, planned int) {
	t.Helper()
	a := m.begin(t, "update")
	a.meet(t, at, planned, func() bool {
		m.drift(a.at)
		return false
	})
}

// meet has something happen before the call with a number, which changes facts unless it loses. It fails the test when
// the verb overwrites them without having planned so, or fails without saying what was changed.
func (a *managedAttempt) meet(t *testing.T, at, planned int, happen func() (lost bool)) {
	t.Helper()
	a.door = nil // What happens may let the device in.
	before, theirs, calls, lost := a.facts(a.at), map[string]string{}, 0, false
	a.at.box.watch()
	a.at.box.before = func() {
		if calls++; calls == at+1 {
			lost = happen()
			theirs = differing(before, a.facts(a.at))
		}
	}
	said := a.run()
	a.at.box.before = nil
	if len(theirs) == 0 && !lost {
		t.Fatal("nobody has changed anything, so that this proves nothing")
	}
	a.mustRespect(said, theirs, at >= planned)
	a.finish(said)
}

// differing are the facts that are new; of an object that is gone all that were.
func differing(before, after map[string]string) map[string]string {
	changed := map[string]string{}
	for _, facts := range []map[string]string{before, after} {
		for name := range facts {
			if before[name] != after[name] {
				changed[name] = after[name]
			}
		}
	}
	return changed
}

// mustRespect fails the test when what others have written was overwritten, though the plan was made before, or when
// what went wrong is not said. Before its plan is made a destroy may meet anything: the plan then shows it.
func (a *managedAttempt) mustRespect(said acctest.Step, theirs map[string]string, plannedBefore bool) {
	a.at.T.Helper()
	now := a.facts(a.at)
	mayDiffer := a.typeName == disallowType || a.typeName == groupDisallowType ||
		a.verb == "delete" && now == nil && !plannedBefore
	for name, value := range theirs {
		if (said.Failed() || plannedBefore) && !mayDiffer && now[name] != value {
			a.at.T.Errorf("%s of somebody else was overwritten: %s is %s\n%s", name, value, now[name], said.Errors())
		}
	}
	mustSayWhatOthersDid(a.at.T, said)
}

// mustSayWhatOthersDid fails the test when something failed and does not say why.
func mustSayWhatOthersDid(t testing.TB, said acctest.Step) {
	t.Helper()
	if said.Failed() && !saysWhatOthersDid.MatchString(said.Errors()) {
		t.Errorf("it should say what somebody else did: %s", said.Errors())
	}
}

// saysWhatOthersDid is how an error tells it: attribute by attribute, or of an object that came, or went.
var saysWhatOthersDid = regexp.MustCompile(
	`-> |omebody else|enabled meanwhile|is enabled|exists already|after the plan was made|which is absent now`)

// Two people apply to one object at once, each from the same state with a plan of their own: before each call of the
// one in turn, the other's whole apply happens. One wins; the other goes on around what is new, or says what it is.
func TestFaces_whenTwoAppliesMeet(t *testing.T) {
	t.Parallel()
	rivalled := slices.DeleteFunc(managedFaces(), func(m managed) bool { return m.rival == nil })
	eachVerb(t, rivalled, func(t *testing.T, calm *managedAttempt) {
		t.Helper()
		calm.eachCall(t, func(t *testing.T, at int) {
			t.Helper()
			calm.meetRival(t, calm.verb, at, calm.planned)
		})
	})
}

func (m managed) meetRival(t *testing.T, verb string, at, planned int) {
	t.Helper()
	a := m.begin(t, verb)
	a.lost = verb == "create" // The object is the other's.
	rival := a.second()
	wanted := m.rival(a.at)
	if rival.State.IsNull() {
		delete(wanted, "desired_access") // A new block has nothing to restore.
	}
	theirs := rival.Plan(rival.Config(wanted))
	theirs.MustSucceed(t)
	a.meet(t, at, planned, func() bool {
		said := rival.Apply(theirs)
		mustSayWhatOthersDid(t, said)
		return said.Failed()
	})
}

// second is the same object as somebody else has it, with a provider of their own, whose calls nobody watches.
func (a *managedAttempt) second() *acctest.Object {
	watched := a.at.Adjust
	a.at.Adjust = nil
	defer func() { a.at.Adjust = watched }()
	second := a.at.NewObject(a.typeName)
	second.State, second.Private = a.State, a.Private
	return second
}
