// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// sample is an object with a value of each kind.
func sample(t *testing.T, given map[string]any) tftypes.Value {
	t.Helper()
	inner := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"x": tftypes.String, "y": tftypes.Bool}}
	outer := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"o": inner}}
	return Value(t, tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"s": tftypes.String, "o": outer, "m": tftypes.Map{ElementType: tftypes.String},
		"l": tftypes.List{ElementType: tftypes.String}, "set": tftypes.Set{ElementType: tftypes.String},
		"many": tftypes.Set{ElementType: inner},
	}}, given)
}

func nest(x, y any) map[string]any { return map[string]any{"o": map[string]any{"x": x, "y": y}} }

// oneOf is a set with one object.
func oneOf(x string) tftypes.Value {
	inner := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"x": tftypes.String, "y": tftypes.Bool}}
	return tftypes.NewValue(tftypes.Set{ElementType: inner}, []tftypes.Value{
		tftypes.NewValue(inner, map[string]tftypes.Value{
			"x": tftypes.NewValue(tftypes.String, x), "y": tftypes.NewValue(tftypes.Bool, true),
		}),
	})
}

func TestDifferences_nameTheLeaf(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		was, is map[string]any
		said    []string
	}{
		"nothing":      {map[string]any{"s": "a"}, map[string]any{"s": "a"}, nil},
		"an attribute": {map[string]any{"s": "a"}, map[string]any{"s": "b"}, []string{`s: "a" -> "b"`}},
		"two nested ones": {
			map[string]any{"o": nest("a", true)}, map[string]any{"o": nest("b", false)},
			[]string{`o.o.x: "a" -> "b"`, `o.o.y: true -> false`},
		},
		"one that becomes unknown": {
			map[string]any{"o": nest("a", true)}, map[string]any{"o": nest(Unknown{}, true)},
			[]string{`o.o.x: "a" -> (unknown)`},
		},
		"an object that comes": {nil, map[string]any{"o": nest("a", nil)}, []string{`o.o.x: null -> "a"`}},
		"an object that goes":  {map[string]any{"o": nest("a", nil)}, nil, []string{`o.o.x: "a" -> null`}},
		"an object of nulls":   {nil, map[string]any{"o": nest(nil, nil)}, []string{`o.o: null -> {}`}},
		"an unknown object": {
			map[string]any{"o": nest("a", true)}, map[string]any{"o": Unknown{}},
			[]string{`o.o.x: "a" -> (unknown)`, `o.o.y: true -> (unknown)`},
		},
		"a member of a map": {
			map[string]any{"m": map[string]any{"a.b": "x", "c": "y", "d": "z"}},
			map[string]any{"m": map[string]any{"a.b": "w", "c": "y", "e": "z"}},
			[]string{`m["a.b"]: "x" -> "w"`, `m["d"]: "z" -> absent`, `m["e"]: absent -> "z"`},
		},
		"an element of a list": {
			map[string]any{"l": []string{"a", "b"}}, map[string]any{"l": []string{"c"}},
			[]string{`l[0]: "a" -> "c"`, `l[1]: "b" -> absent`},
		},
		"an empty list": {nil, map[string]any{"l": []string{}}, []string{`l: null -> []`}},
		"an element of a set": {
			map[string]any{"set": []string{"a", "b"}}, map[string]any{"set": []string{"c", "a"}},
			[]string{`set[*]: "b" -> absent`, `set[*]: absent -> "c"`},
		},
		"an object in a set": {
			map[string]any{"many": oneOf("a")}, map[string]any{"many": oneOf("b")}, []string{`many[*].x: "a" -> "b"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Differences(sample(t, test.was), sample(t, test.is)); !slices.Equal(got, test.said) {
				t.Errorf("the differences should be %q, not %q", test.said, got)
			}
		})
	}
}

func TestDifferences_sayThatThereIsNoState(t *testing.T) {
	t.Parallel()
	there := sample(t, map[string]any{"s": "a"})
	gone := tftypes.NewValue(there.Type(), nil)
	if got := Differences(there, gone); !slices.Equal(got, []string{"state: there -> null"}) {
		t.Errorf("the difference is %q", got)
	}
	if got := Differences(gone, there); !slices.Equal(got, []string{"state: null -> there"}) {
		t.Errorf("the difference is %q", got)
	}
}

func TestDisagreement_isWhatWasPromisedOtherwise(t *testing.T) {
	t.Parallel()
	oneAndUnknown := tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, []tftypes.Value{
		tftypes.NewValue(tftypes.String, "a"), tftypes.NewValue(tftypes.String, tftypes.UnknownValue),
	})
	for name, test := range map[string]struct {
		wanted, got map[string]any
		said        string
	}{
		"unknown promises nothing": {map[string]any{"s": Unknown{}, "o": Unknown{}}, map[string]any{"s": "a"}, ""},
		"nor inside":               {map[string]any{"o": nest(Unknown{}, true)}, map[string]any{"o": nest("a", true)}, ""},
		"what is known does": {
			map[string]any{"o": nest(Unknown{}, true)}, map[string]any{"o": nest("a", false)}, "o.o.y: true -> false",
		},
		"so does null":           {nil, map[string]any{"s": "a"}, `s: null -> "a"`},
		"known before the apply": {map[string]any{"s": "a"}, map[string]any{"s": Unknown{}}, `s: "a" -> (unknown)`},
		"a set in another order": {
			map[string]any{"set": []string{"a", "b"}}, map[string]any{"set": []string{"b", "a"}}, "",
		},
		"a set that grows": {
			map[string]any{"set": oneAndUnknown}, map[string]any{"set": []string{"a", "b", "c"}},
			"set: 2 elements -> 3 elements",
		},
		"a set that shrinks": {map[string]any{"set": oneAndUnknown}, map[string]any{"set": []string{"a"}}, ""},
		"more than one difference": {
			map[string]any{"s": "a", "l": []string{"x"}}, nil, "l[0]: \"x\" -> null\ns: \"a\" -> null",
		},
	} {
		if got := disagreement(sample(t, test.wanted), sample(t, test.got)); got != test.said {
			t.Errorf("%s: the disagreement should be %q, not %q", name, test.said, got)
		}
	}
}
