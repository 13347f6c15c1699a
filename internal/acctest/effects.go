// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Effects are the effects of a plan, as Effects reads them.
func (s Step) Effects() []string { return Effects(s.Planned) }

// Effects are the effects that a value lists, sorted, each as "target object from->to action", with a count where it
// has one. Those that only the apply can tell are "unknown".
func Effects(value tftypes.Value) []string {
	listed, ok := membersOf(value)["effects"]
	switch {
	case !ok:
		return []string{"none listed"}
	case !listed.IsKnown():
		return []string{"unknown"}
	}
	lines := []string{}
	for _, element := range elementsOf(listed) {
		line := fmt.Sprintf("%s %s %s->%s %s", Text(element, "target"), Text(element, "object"), Text(element, "from"),
			Text(element, "to"), Text(element, "action"))
		if count, counted := membersOf(element)["count"]; counted {
			line += " " + text(count)
		}
		if !element.IsFullyKnown() {
			line = "unknown"
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

// MustHaveEffect fails the test unless one of the effects is the wanted one.
func MustHaveEffect(t testing.TB, effects []string, wanted string) {
	t.Helper()
	if !slices.Contains(effects, wanted) {
		t.Errorf("%q should be among the effects\n  %s", wanted, strings.Join(effects, "\n  "))
	}
}

// MustHaveEffects fails the test unless the effects are the wanted ones, in any order. Objects that are left alone
// count only where one is wanted.
func MustHaveEffects(t testing.TB, effects []string, wanted ...string) {
	t.Helper()
	alone := func(line string) bool { return strings.HasSuffix(line, " none") }
	got, want := slices.Sorted(slices.Values(effects)), slices.Sorted(slices.Values(wanted))
	if !slices.ContainsFunc(want, alone) {
		got = slices.DeleteFunc(got, alone)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the effects should be\n  %s\nnot\n  %s", strings.Join(want, "\n  "), strings.Join(got, "\n  "))
	}
}
