// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Unknown is a value of any type that is not known yet.
type Unknown struct{}

// Changed are attributes as for Value, in which some are others; those that are nil are left out.
func Changed(attributes, others map[string]any) map[string]any {
	changed := maps.Clone(attributes)
	maps.Copy(changed, others)
	maps.DeleteFunc(changed, func(_ string, value any) bool { return value == nil })
	return changed
}

// Value is a value of a type as Go writes it: a string, a boolean, strings for a list or set, attributes by name for an
// object, members for a map, nil for null, or Unknown. Attributes that are left out are null, and a tftypes value
// stands for itself.
func Value(t testing.TB, kind tftypes.Type, given any) tftypes.Value {
	t.Helper()
	switch v := given.(type) {
	case Unknown:
		return tftypes.NewValue(kind, tftypes.UnknownValue)
	case tftypes.Value:
		return v
	case []string:
		elements := make([]tftypes.Value, 0, len(v))
		for _, element := range v {
			elements = append(elements, tftypes.NewValue(tftypes.String, element))
		}
		return tftypes.NewValue(kind, elements)
	case map[string]any:
		return tftypes.NewValue(kind, membersFor(t, kind, v))
	}
	return tftypes.NewValue(kind, given)
}

func membersFor(t testing.TB, kind tftypes.Type, given map[string]any) map[string]tftypes.Value {
	t.Helper()
	all := map[string]tftypes.Value{}
	if m, ok := kind.(tftypes.Map); ok {
		for name, value := range given {
			all[name] = Value(t, m.ElementType, value)
		}
		return all
	}
	object, ok := kind.(tftypes.Object)
	if !ok {
		t.Fatalf("%s has no attributes", kind)
	}
	for name := range given {
		if _, ok := object.AttributeTypes[name]; !ok {
			t.Fatalf("there is no attribute %s among %v", name, slices.Sorted(maps.Keys(object.AttributeTypes)))
		}
	}
	for name, member := range object.AttributeTypes {
		all[name] = Value(t, member, given[name])
	}
	return all
}

// Attributes are the attributes of a value by their names; none of one that is null or unknown.
func Attributes(value tftypes.Value) map[string]tftypes.Value { return maps.Clone(membersOf(value)) }

// Elements are the elements of an attribute that is a list or a set.
func Elements(t testing.TB, value tftypes.Value, attribute string) []tftypes.Value {
	t.Helper()
	var elements []tftypes.Value
	must(t, membersOf(value)[attribute].As(&elements))
	return elements
}

// Members are the members of an attribute, an object or a map, as text by their names; none of one that is null or
// unknown.
func Members(value tftypes.Value, attribute string) map[string]string {
	texts := map[string]string{}
	for name, member := range membersOf(membersOf(value)[attribute]) {
		texts[name] = text(member)
	}
	return texts
}
