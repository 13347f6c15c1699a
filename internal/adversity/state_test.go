// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// edited is a change that somebody has made to a state file by hand.
type edited struct {
	name string
	// change changes an attribute.
	change func(attributes map[string]any, name string)
	// refused says that the provider does not read it, and names the attribute.
	refused bool
}

func edits() []edited {
	return []edited{
		{name: "missing", change: func(attributes map[string]any, name string) { delete(attributes, name) }},
		{name: "null", change: func(attributes map[string]any, name string) { attributes[name] = nil }},
		{name: "of another type", change: func(attributes map[string]any, name string) {
			if _, list := attributes[name].([]any); list {
				attributes[name] = map[string]any{"a": 1}
			} else {
				attributes[name] = []any{map[string]any{"a": 1}}
			}
		}, refused: true},
		{name: "nonsense", change: func(attributes map[string]any, name string) {
			if text, ok := attributes[name].(string); ok {
				attributes[name] = "nonsense of " + text
			}
		}},
	}
}

// A state file is edited by hand, or was written by a version that knew fewer attributes: it is read, or refused with
// the name of what is wrong in it. What is read is corrected by the next refresh, or a plan shows what comes of it;
// neither ends the provider, writes anything, or lets the device in.
func TestFaces_whenTheStateFileIsEdited(t *testing.T) {
	t.Parallel()
	for _, m := range managedFaces() {
		if len(m.verbs) > 0 { // The other rows of the same resource have the same attributes.
			continue
		}
		t.Run(m.typeName+" "+m.title, func(t *testing.T) {
			t.Parallel()
			a := m.begin(t, "update")
			state, private := a.State, a.Private
			for name := range acctest.Attributes(state) {
				for _, edit := range edits() {
					a.State, a.Private = state, private
					a.mustBearEdit(t, name, edit)
				}
			}
			a.State, a.Private = state, private
			a.finish(a.run())
		})
	}
}

func (a *managedAttempt) mustBearEdit(t *testing.T, name string, edit edited) {
	t.Helper()
	var attributes map[string]any
	if err := json.Unmarshal(a.StateJSON(), &attributes); err != nil {
		t.Fatal(err)
	}
	edit.change(attributes, name)
	said := a.Upgrade([]byte(acctest.JSON(t, attributes)))
	if said.Failed() != edit.refused || edit.refused && !strings.Contains(said.Errors(), name) {
		t.Errorf("%s is %s: refused: %t, want %t: %s", name, edit.name, said.Failed(), edit.refused, said.Errors())
	}
	if !said.Failed() {
		a.mustOnlyLook(t)
	}
}

// mustOnlyLook refreshes and plans, which may fail, and writes nothing.
func (a *managedAttempt) mustOnlyLook(t *testing.T) {
	t.Helper()
	a.Reconfigure()
	a.at.Emulator.ClearJournal()
	before := a.at.box.setBefore(nil) // The device would be seen as a writer of its record.
	if !a.Refresh().Failed() {
		a.Plan(a.wanted)
	}
	a.at.MustNotHaveWritten()
	a.at.box.setBefore(before)
}

// What the provider keeps beside the state is lost, cut or exchanged.
func TestFaces_whenThePrivateStateIsEdited(t *testing.T) {
	t.Parallel()
	for _, m := range managedFaces() {
		t.Run(m.typeName+" "+m.title, func(t *testing.T) {
			t.Parallel()
			a := m.begin(t, "update")
			private := a.Private
			var kept map[string][]byte
			if err := json.Unmarshal(private, &kept); err != nil {
				t.Fatal(err)
			}
			for name := range kept {
				for _, value := range []string{"", "{", "null", "[]", `"text"`, `{"a":1}`, "7"} {
					changed := map[string][]byte{}
					for other, same := range kept {
						changed[other] = same
					}
					changed[name] = []byte(value)
					a.Private = []byte(acctest.JSON(t, changed))
					a.mustOnlyLook(t)
				}
			}
			a.Private = private
			a.finish(a.run())
		})
	}
}

// What is no state at all is refused.
func TestFaces_whenTheStateFileIsNone(t *testing.T) {
	t.Parallel()
	for _, m := range managedFaces() {
		if len(m.verbs) > 0 {
			continue
		}
		t.Run(m.typeName+" "+m.title, func(t *testing.T) {
			t.Parallel()
			a := m.begin(t, "update")
			for _, text := range []string{"{", `"text"`, "[1]", "7", "true"} {
				if said := a.Upgrade([]byte(text)); !said.Failed() {
					t.Errorf("%s should be refused", text)
				}
			}
			a.finish(a.run())
		})
	}
}
