// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotplan_test

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
)

// private is private state in memory.
type private map[string][]byte

func (p private) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) { return p[key], nil }

func (p private) SetKey(_ context.Context, key string, value []byte) diag.Diagnostics {
	p[key] = value
	return nil
}

func born(status string, configured bool) *iotplan.Birth {
	return &iotplan.Birth{
		Host: "new", ID: "a", Standing: iotplan.Standing{Status: status, Reason: "r"}, Configured: configured,
	}
}

func TestFate_reachesTheDeleteOfItsPlanOnly(t *testing.T) {
	t.Parallel()
	state := private{}
	recall := func() iotplan.Fate {
		fate, diags := iotplan.RecallFate(t.Context(), state)
		if diags.HasError() {
			t.Fatal(diags)
		}
		return fate
	}
	if fate := recall(); fate.Birth != nil || fate.Seen != nil {
		t.Errorf("nothing was planned: %+v", fate)
	}
	seen := iotplan.Seen{Status: "disabled", ETag: "e", Generation: "g"}
	seen.Keep(t.Context(), state)
	if fate := recall(); fate.Birth != nil || !reflect.DeepEqual(*fate.Seen, seen) {
		t.Errorf("a destroy was planned: %+v", fate)
	}
	born("disabled", false).Keep(t.Context(), state)
	if fate := recall(); fate.Seen != nil || !reflect.DeepEqual(fate.Birth, born("disabled", false)) {
		t.Errorf("a replacement was planned, after a destroy that failed: %+v", fate)
	}
	seen.Keep(t.Context(), state)
	if fate := recall(); fate.Birth != nil {
		t.Errorf("a destroy was planned, after a replacement that failed: %+v", fate)
	}
	state["birth"], state["destroy"] = []byte("true"), []byte("[]")
	if fate := recall(); fate.Birth != nil || fate.Seen != nil {
		t.Errorf("notes of another shape say nothing: %+v", fate)
	}
}

func TestMoved_isForgottenWithTheZeroValue(t *testing.T) {
	t.Parallel()
	state, moved := private{}, iotplan.Standing{Status: "disabled", Reason: "r"}
	moved.KeepMoved(t.Context(), state)
	if got, _ := iotplan.RecallMoved(t.Context(), state); got != moved || !got.Disabled() {
		t.Errorf("recalled %+v", got)
	}
	iotplan.Standing{}.KeepMoved(t.Context(), state)
	if got, _ := iotplan.RecallMoved(t.Context(), state); got != (iotplan.Standing{}) {
		t.Errorf("recalled %+v", got)
	}
}

func TestForesaw_isWhatThePlanToldOfOrDoesNotCareFor(t *testing.T) {
	t.Parallel()
	seen := func(status string) *iotplan.Seen { return &iotplan.Seen{Status: status} }
	for name, test := range map[string]struct {
		fate    iotplan.Fate
		inState string
		want    bool
	}{
		"made again, disabled":               {iotplan.Fate{Birth: born("disabled", false)}, "enabled", true},
		"made again, enabled":                {iotplan.Fate{Birth: born("enabled", false)}, "enabled", false},
		"made again, enabled, old state":     {iotplan.Fate{Birth: born("enabled", false)}, "disabled", false},
		"made again, enabled by the user":    {iotplan.Fate{Birth: born("enabled", true)}, "enabled", true},
		"made again, not known yet":          {iotplan.Fate{Birth: born("", false)}, "enabled", true},
		"seen disabled":                      {iotplan.Fate{Seen: seen("disabled")}, "enabled", true},
		"seen enabled":                       {iotplan.Fate{Seen: seen("enabled")}, "disabled", false},
		"could not be seen, disabled before": {iotplan.Fate{Seen: seen("")}, "disabled", true},
		"could not be seen, enabled before":  {iotplan.Fate{Seen: seen("")}, "enabled", false},
		"nobody planned it":                  {iotplan.Fate{}, "enabled", false},
	} {
		reborn := test.fate.Reborn("A", strings.EqualFold)
		if got := test.fate.Foresaw(reborn, test.inState); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestReborn_isAnObjectOfTheSameID(t *testing.T) {
	t.Parallel()
	unknown := &iotplan.Birth{Host: "new"}
	for name, test := range map[string]struct {
		birth *iotplan.Birth
		id    string
		want  bool
	}{
		"the same": {born("enabled", false), "A", true}, "another": {born("enabled", false), "b", false},
		"not known yet": {unknown, "a", false}, "none": {nil, "a", false},
	} {
		if got := (iotplan.Fate{Birth: test.birth}).Reborn(test.id, strings.EqualFold); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestHandsOver_whatIsPlannedToWhereItIsMade(t *testing.T) {
	t.Parallel()
	was := iotplan.Standing{Status: "disabled"}
	planned := iotplan.Standing{Status: "enabled", Reason: "r"}
	for name, test := range map[string]struct {
		fate   iotplan.Fate
		reborn bool
		host   string
		want   iotplan.Standing
	}{
		"made again":                {iotplan.Fate{Birth: born("enabled", false)}, true, "new", planned},
		"made again, not known how": {iotplan.Fate{Birth: born("", false)}, true, "new", was},
		"not known where":           {iotplan.Fate{Birth: &iotplan.Birth{ID: "a"}}, true, "", was},
		"something else is made":    {iotplan.Fate{Birth: born("enabled", false)}, false, "old", was},
		"destroyed":                 {iotplan.Fate{}, false, "old", was},
	} {
		if host, got := test.fate.HandsOver(test.reborn, "old", was); host != test.host || got != test.want {
			t.Errorf("%s: %+v at %q", name, got, host)
		}
	}
}
