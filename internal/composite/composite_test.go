// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package composite_test

import (
	"slices"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/composite"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

func disables(object string) deprovision.Effect {
	return deprovision.Effect{
		Target: deprovision.TargetIdentity, Object: object, Action: deprovision.Disable, From: deprovision.Enabled,
		To: deprovision.Disabled,
	}
}

func TestEffects_comeBackAsTheyWereInOrder(t *testing.T) {
	t.Parallel()
	set, diags := composite.FlattenEffects(t.Context(), deprovision.Effects{disables("b"), disables("a")})
	got, more := composite.ExpandEffects(t.Context(), set)
	if diags.Append(more...); diags.HasError() || !slices.Equal(got, deprovision.Effects{disables("a"), disables("b")}) {
		t.Errorf("%v\n%s", diags, got)
	}
}

func TestGroupEffects_comeBackWithTheirCounts(t *testing.T) {
	t.Parallel()
	want := []deprovision.GroupEffect{{Effect: disables("north"), Count: 3}}
	set, diags := composite.FlattenGroupEffects(t.Context(), want)
	got, more := composite.ExpandGroupEffects(t.Context(), set)
	if diags.Append(more...); diags.HasError() || !slices.Equal(got, want) {
		t.Errorf("%v\n%v", diags, got)
	}
}

func TestPaths_comeBackAsTheyWereInOrder(t *testing.T) {
	t.Parallel()
	one := deprovision.ReenrollPath{EnrollmentGroupID: "a", Match: deprovision.MatchPossible}
	other := deprovision.ReenrollPath{EnrollmentGroupID: "b", Match: deprovision.MatchPossible}
	set, diags := composite.FlattenPaths(t.Context(), []deprovision.ReenrollPath{other, one})
	got, more := composite.ExpandPaths(t.Context(), set)
	if diags.Append(more...); diags.HasError() || !slices.Equal(got, []deprovision.ReenrollPath{one, other}) {
		t.Errorf("%v\n%v", diags, got)
	}
}

func TestUnknown_readsAsNothing(t *testing.T) {
	t.Parallel()
	effects, diags := composite.ExpandEffects(t.Context(), composite.UnknownEffects())
	counted, more := composite.ExpandGroupEffects(t.Context(), composite.UnknownGroupEffects())
	diags.Append(more...)
	paths, more := composite.ExpandPaths(t.Context(), composite.UnknownPaths())
	if diags.Append(more...); diags.HasError() || len(effects) != 0 || len(counted) != 0 || len(paths) != 0 {
		t.Errorf("%v\n%v %v %v", diags, effects, counted, paths)
	}
}
