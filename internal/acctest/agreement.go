// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// disagreement says where got does not have what wanted promised, as core compares them; unknown values promise
// nothing. It is empty when the two agree.
func disagreement(wanted, got tftypes.Value) string {
	return differs("", wanted, got)
}

// Differences are the places in which two values differ, one a line.
func Differences(before, after tftypes.Value) []string {
	was, is := membersOf(before), membersOf(after)
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(is)) {
		if !is[name].Equal(was[name]) {
			lines = append(lines, fmt.Sprintf("%s: %s -> %s", name, short(was[name]), short(is[name])))
		}
	}
	return lines
}

func differs(at string, wanted, got tftypes.Value) string {
	switch {
	case !wanted.IsKnown():
		return ""
	case !got.IsKnown() || wanted.IsNull() || got.IsNull():
		if got.IsKnown() && wanted.IsNull() && got.IsNull() {
			return ""
		}
		return fmt.Sprintf("%s: %s -> %s", at, short(wanted), short(got))
	case wanted.Type().Is(tftypes.Set{}):
		return setDiffers(at, elementsOf(wanted), elementsOf(got))
	case wanted.Type().Is(tftypes.Object{}), wanted.Type().Is(tftypes.Map{}):
		return membersDiffer(at, membersOf(wanted), membersOf(got))
	case wanted.Type().Is(tftypes.List{}):
		return listDiffers(at, elementsOf(wanted), elementsOf(got))
	case !wanted.Equal(got):
		return fmt.Sprintf("%s: %s -> %s", at, short(wanted), short(got))
	}
	return ""
}

func membersDiffer(at string, wanted, got map[string]tftypes.Value) string {
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		value, there := got[name]
		if !there {
			return fmt.Sprintf("%s.%s: has vanished", at, name)
		}
		if difference := differs(at+"."+name, wanted[name], value); difference != "" {
			return difference
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, there := wanted[name]; !there {
			return fmt.Sprintf("%s.%s: has appeared", at, name)
		}
	}
	return ""
}

func listDiffers(at string, wanted, got []tftypes.Value) string {
	if len(wanted) != len(got) {
		return fmt.Sprintf("%s: %d elements -> %d", at, len(wanted), len(got))
	}
	for i := range wanted {
		if difference := differs(fmt.Sprintf("%s[%d]", at, i), wanted[i], got[i]); difference != "" {
			return difference
		}
	}
	return ""
}

// setDiffers compares sets as core does: each element of either must be like one of the other.
func setDiffers(at string, wanted, got []tftypes.Value) string {
	found := make([]bool, len(got))
	for _, element := range wanted {
		matched := false
		for i, candidate := range got {
			if differs(at, element, candidate) == "" {
				matched, found[i] = true, true
			}
		}
		if !matched {
			return fmt.Sprintf("%s: the element %s has vanished", at, short(element))
		}
	}
	for i, matched := range found {
		if !matched {
			return fmt.Sprintf("%s: the element %s has appeared", at, short(got[i]))
		}
	}
	return ""
}

func elementsOf(value tftypes.Value) []tftypes.Value {
	var elements []tftypes.Value
	if value.As(&elements) != nil {
		return nil
	}
	return elements
}

func membersOf(value tftypes.Value) map[string]tftypes.Value {
	var members map[string]tftypes.Value
	if value.IsNull() || !value.IsKnown() || value.As(&members) != nil {
		return nil
	}
	return members
}

// short is a value in one line, as a person writes it.
func short(value tftypes.Value) string {
	var text string
	var flag bool
	switch {
	case !value.IsKnown():
		return "(unknown)"
	case value.IsNull():
		return "null"
	case value.As(&text) == nil:
		return fmt.Sprintf("%q", text)
	case value.As(&flag) == nil:
		return fmt.Sprint(flag)
	}
	if members := membersOf(value); members != nil {
		line := "{"
		for _, name := range slices.Sorted(maps.Keys(members)) {
			line += " " + name + "=" + short(members[name])
		}
		return line + " }"
	}
	line := "["
	for _, element := range elementsOf(value) {
		line += " " + short(element)
	}
	return line + " ]"
}
