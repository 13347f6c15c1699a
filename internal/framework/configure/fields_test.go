// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package configure_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
)

type address struct {
	Host types.String `tfsdk:"host"`
}

type place struct {
	address

	Room types.Set `tfsdk:"room"`
}

// model has attributes of its own, of a struct that it embeds, and of one that that embeds; Note is none.
type model struct {
	ID   types.String `tfsdk:"id"`
	Tags []string     `tfsdk:"tags"`
	place
	Done types.Bool `tfsdk:"done"`
	Note string
}

func filled() model {
	return model{
		ID: types.StringValue("a"), Tags: []string{"t"}, Note: "n", Done: types.BoolNull(),
		place: place{address{types.StringValue("h")}, set(types.StringValue("1"), types.StringValue("2"))},
	}
}

func set(elements ...attr.Value) types.Set { return types.SetValueMust(types.StringType, elements) }

func TestDifferences_namesEveryAttributeThatDiffersInOrder(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*model)
		want   []string
	}{
		"nothing":          {func(*model) {}, nil},
		"no attribute":     {func(m *model) { m.Note = "other" }, nil},
		"its own":          {func(m *model) { m.ID = types.StringValue("b") }, []string{"id"}},
		"of Go's types":    {func(m *model) { m.Tags = nil }, []string{"tags"}},
		"embedded":         {func(m *model) { m.Room = set(types.StringValue("1")) }, []string{"room"}},
		"embedded twice":   {func(m *model) { m.Host = types.StringNull() }, []string{"host"}},
		"null and unknown": {func(m *model) { m.Done = types.BoolUnknown() }, []string{"done"}},
		"elements' order":  {func(m *model) { m.Room = set(types.StringValue("2"), types.StringValue("1")) }, nil},
		"the first and a last": {func(m *model) { m.ID, m.Done = types.StringNull(), types.BoolValue(true) },
			[]string{"id", "done"}},
	} {
		changed := filled()
		test.change(&changed)
		if got := configure.Differences(filled(), changed); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestChanges_tellWhatWasAndWhatIs(t *testing.T) {
	t.Parallel()
	changed := filled()
	changed.ID, changed.Host, changed.Tags = types.StringValue("b"), types.StringNull(), nil
	changed.Room, changed.Done = set(types.StringValue("1")), types.BoolValue(true)
	want := configure.Differences(filled(), changed)
	got := configure.Changes(filled(), changed)
	if len(got) != len(want) || !slices.Contains(got, "tags") {
		t.Fatalf("%q are told of %q", got, want)
	}
	for i, change := range got {
		if name, told, _ := strings.Cut(change, ": "); name != want[i] || name != "tags" && !strings.Contains(told, " -> ") {
			t.Errorf("%s is told of %s", change, want[i])
		}
	}
	if first := got[0]; first != `id: "a" -> "b"` {
		t.Errorf("it is told as %s", first)
	}
	if same := configure.Changes(filled(), filled()); len(same) > 0 {
		t.Errorf("nothing has changed: %q", same)
	}
}

func TestKnown_isWhatIsKnownToTheLastElement(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*model)
		want   bool
	}{
		"all":        {func(*model) {}, true},
		"null":       {func(m *model) { m.ID = types.StringNull() }, true},
		"its own":    {func(m *model) { m.ID = types.StringUnknown() }, false},
		"embedded":   {func(m *model) { m.Host = types.StringUnknown() }, false},
		"an element": {func(m *model) { m.Room = set(types.StringValue("1"), types.StringUnknown()) }, false},
	} {
		m := filled()
		test.change(&m)
		if got := configure.Known(t.Context(), m); got != test.want {
			t.Errorf("%s is known: %t", name, got)
		}
	}
}

func TestCompleted_takesFromStateOnlyWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	plan, state := filled(), model{ID: types.StringValue("b"), Done: types.BoolValue(true)}
	state.Host, state.Room = types.StringValue("other"), set(types.StringValue("3"))
	plan.Host, plan.Room = types.StringUnknown(), set(types.StringUnknown())
	want := filled()
	want.Host, want.Room = state.Host, state.Room
	if got := configure.Completed(t.Context(), plan, state); len(configure.Differences(got, want)) > 0 {
		t.Errorf("completed to %+v", got)
	}
}
