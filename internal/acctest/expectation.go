// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// MustSucceed fails the test if the step ended with an error; it returns the step.
func (s Step) MustSucceed(t testing.TB) Step {
	t.Helper()
	if s.Failed() {
		t.Fatalf("this should succeed: %s", s.Errors())
	}
	return s
}

// MustFail fails the test unless the step ended with errors that say all texts.
func (s Step) MustFail(t testing.TB, texts ...string) {
	t.Helper()
	if !s.Failed() {
		t.Fatal("there should be an error")
	}
	MustSay(t, s.Errors(), texts...)
}

// MustSay fails the test unless all texts are said, word for word. What Terraform has printed it breaks into lines: see
// Run.Says.
func MustSay(t testing.TB, said string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(said, text) {
			t.Errorf("%q should be said in:\n%s", text, said)
		}
	}
}

// MustNotSay fails the test if one of the texts is said.
func MustNotSay(t testing.TB, said string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(said, text) {
			t.Errorf("%q should not be said in:\n%s", text, said)
		}
	}
}

// MustPlan validates and plans a configuration from the state as it is.
func (o *Object) MustPlan(config tftypes.Value) Step {
	o.world.T.Helper()
	if checked := o.Validate(config); checked.Failed() {
		o.world.T.Fatalf("the configuration should be valid: %s", checked.Errors())
	}
	planned := o.Plan(config)
	if planned.Failed() {
		o.world.T.Fatalf("the plan should succeed: %s", planned.Errors())
	}
	return planned
}

// MustApply plans and applies a configuration; it returns the plan.
func (o *Object) MustApply(config tftypes.Value) Step {
	o.world.T.Helper()
	planned := o.MustPlan(config)
	if applied := o.Apply(planned); applied.Failed() {
		o.world.T.Fatalf("the apply should succeed: %s", applied.Errors())
	}
	return planned
}

// MustApplyAndStay refreshes, plans and applies a configuration, and fails the test if that leaves anything to do; it
// returns the plan.
func (o *Object) MustApplyAndStay(config tftypes.Value) Step {
	o.world.T.Helper()
	o.MustRefresh()
	planned := o.MustApply(config)
	o.MustStay(config)
	return planned
}

// MustRefresh reads the object in a walk of its own.
func (o *Object) MustRefresh() Step {
	o.world.T.Helper()
	o.Reconfigure()
	return o.mustRefreshHere()
}

// mustRefreshHere reads the object in the walk as it is.
func (o *Object) mustRefreshHere() Step {
	o.world.T.Helper()
	refreshed := o.Refresh()
	if refreshed.Failed() {
		o.world.T.Fatalf("the refresh should succeed: %s", refreshed.Errors())
	}
	return refreshed
}

// MustSettle refreshes and fails the test unless the next plan is empty: in the walk as it is, where what is remembered
// must have kept up with what was written, and in a walk of its own.
func (o *Object) MustSettle(config tftypes.Value) {
	o.world.T.Helper()
	o.mustRefreshHere()
	o.mustPlanNothing(config)
	o.MustRefresh()
	o.mustPlanNothing(config)
}

// MustStay fails the test unless neither a refresh nor a plan finds anything to do or to warn of.
func (o *Object) MustStay(config tftypes.Value) {
	o.world.T.Helper()
	before := o.State
	if refreshed := o.MustRefresh(); refreshed.Warnings() != "" || !o.State.Equal(before) {
		o.world.T.Fatalf("a refresh should find no drift: %s%s", changes(before, o.State), refreshed.Warnings())
	}
	if planned := o.mustPlanNothing(config); planned.Warnings() != "" {
		o.world.T.Fatalf("the plan should not warn: %s", planned.Warnings())
	}
}

func (o *Object) mustPlanNothing(config tftypes.Value) Step {
	o.world.T.Helper()
	planned := o.MustPlan(config)
	if o.Changes(planned) {
		o.world.T.Fatalf("the plan should be empty: %s%s", changes(o.State, planned.Planned), planned.Warnings())
	}
	return planned
}

// MustDestroy refreshes, plans the destroy and carries it out; it returns the plan.
func (o *Object) MustDestroy() Step {
	o.world.T.Helper()
	o.MustRefresh()
	planned := o.Plan(o.Nothing())
	if planned.Failed() {
		o.world.T.Fatalf("the destroy plan should succeed: %s", planned.Errors())
	}
	if applied := o.Apply(planned); applied.Failed() {
		o.world.T.Fatalf("the destroy should succeed: %s", applied.Errors())
	}
	return planned
}

// MustImport makes the state of an existing object.
func (o *Object) MustImport(id string) {
	o.world.T.Helper()
	if imported := o.Import(id); imported.Failed() {
		o.world.T.Fatalf("the import should succeed: %s", imported.Errors())
	}
}

// changes are the places in which two values differ, each "path: was -> is" in a line of its own.
func changes(before, after tftypes.Value) string {
	return "\n" + strings.Join(Differences(before, after), "\n") + "\n"
}

// At is an attribute of a value as text: "null", "unknown", or the value. The path names nested ones with dots, and may
// name elements of a map that have some themselves.
func At(t testing.TB, value tftypes.Value, path string) string {
	t.Helper()
	for rest := path; rest != ""; {
		if !value.IsKnown() {
			return "unknown"
		}
		if value.IsNull() {
			return "null"
		}
		members := attributes(t, value)
		name := rest
		for _, ok := members[name]; !ok; _, ok = members[name] {
			cut := strings.LastIndex(name, ".")
			if cut < 0 {
				t.Fatalf("there is no attribute %s among %v", rest, slices.Sorted(maps.Keys(members)))
			}
			name = name[:cut]
		}
		value, rest = members[name], strings.TrimPrefix(rest[len(name):], ".")
	}
	return text(value)
}

// MustRead fails the test unless attributes of a value read as wanted; nested ones are named with dots.
func MustRead(t testing.TB, value tftypes.Value, wanted map[string]string) {
	t.Helper()
	for _, path := range slices.Sorted(maps.Keys(wanted)) {
		if got := At(t, value, path); got != wanted[path] {
			t.Errorf("%s should be %q, not %q", path, wanted[path], got)
		}
	}
}
