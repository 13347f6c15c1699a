// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Differences are the places in which two values differ, each "path: was -> is" in a line of its own. The paths are
// those of leaves, however deep: a difference never is a whole object.
func Differences(before, after tftypes.Value) []string {
	var c comparison
	c.compare("", before, after)
	return c.lines
}

// disagreement says where got does not have what wanted promised, as core compares them; unknown values promise
// nothing. It is empty when the two agree.
func disagreement(wanted, got tftypes.Value) string {
	c := comparison{promises: true}
	c.compare("", wanted, got)
	return strings.Join(c.lines, "\n")
}

// comparison walks through two values side by side.
type comparison struct {
	// promises says that what is unknown before may become anything.
	promises bool
	lines    []string
}

func (c *comparison) compare(at string, was, is tftypes.Value) {
	switch {
	case c.promises && !was.IsKnown():
	case was.Equal(is):
	case holds(was) && holds(is):
		c.compareMembers(at, was, is)
	case holds(was):
		c.compareLeaves(at, was, func(path, text string) { c.say(path, text, short(is)) })
	case holds(is):
		c.compareLeaves(at, is, func(path, text string) { c.say(path, short(was), text) })
	default:
		c.say(at, short(was), short(is))
	}
}

// holds tells whether a value has members.
func holds(value tftypes.Value) bool {
	_, leaf := leaf(value)
	return !leaf
}

func (c *comparison) compareMembers(at string, was, is tftypes.Value) {
	if was.Type().Is(tftypes.Set{}) {
		c.compareSets(at, elementsOf(was), elementsOf(is))
		return
	}
	before, after := members(at, was), members(at, is)
	all := maps.Clone(before)
	maps.Copy(all, after)
	for _, path := range slices.Sorted(maps.Keys(all)) {
		old, had := before[path]
		value, has := after[path]
		switch {
		case had && has:
			c.compare(path, old, value)
		case had:
			c.compareLeaves(path, old, func(path, text string) { c.say(path, text, absent) })
		default:
			c.compareLeaves(path, value, func(path, text string) { c.say(path, absent, text) })
		}
	}
}

// compareSets compares sets as core does: each element of either must be like one of the other, and a planned set may
// shrink, when what was unknown turns out to be the same, but never grow.
func (c *comparison) compareSets(at string, was, is []tftypes.Value) {
	if c.promises && len(is) > len(was) {
		c.say(at, fmt.Sprintf("%d elements", len(was)), fmt.Sprintf("%d elements", len(is)))
	}
	like := func(old, value tftypes.Value) bool {
		inner := comparison{promises: c.promises}
		inner.compare("", old, value)
		return len(inner.lines) == 0
	}
	gone := slices.DeleteFunc(slices.Clone(was), func(old tftypes.Value) bool {
		return slices.ContainsFunc(is, func(value tftypes.Value) bool { return like(old, value) })
	})
	come := slices.DeleteFunc(slices.Clone(is), func(value tftypes.Value) bool {
		return slices.ContainsFunc(was, func(old tftypes.Value) bool { return like(old, value) })
	})
	at += "[*]" // Elements of a set have no place of their own.
	for _, old := range gone {
		if len(come) > 0 && holds(old) && holds(come[0]) {
			c.compare(at, old, come[0])
			come = come[1:]
			continue
		}
		c.compareLeaves(at, old, func(path, text string) { c.say(path, text, absent) })
	}
	for _, value := range come {
		c.compareLeaves(at, value, func(path, text string) { c.say(path, absent, text) })
	}
}

// compareLeaves is for a value whose other side has no members: every leaf of it differs, unless it is null itself.
func (c *comparison) compareLeaves(at string, value tftypes.Value, say func(path, text string)) {
	text, isLeaf := leaf(value)
	if at == "" && !isLeaf {
		say("", "there")
		return
	}
	told := len(c.lines)
	inside := members(at, value)
	for _, path := range slices.Sorted(maps.Keys(inside)) {
		if member := inside[path]; !member.IsNull() {
			c.compareLeaves(path, member, say)
		}
	}
	if told == len(c.lines) {
		say(at, text)
	}
}

const absent = "absent"

func (c *comparison) say(at, was, is string) {
	if at == "" {
		at = "state"
	}
	c.lines = append(c.lines, at+": "+was+" -> "+is)
}

// members are the members of a value by their paths. Those of a set are numbered as they come.
func members(at string, value tftypes.Value) map[string]tftypes.Value {
	all := map[string]tftypes.Value{}
	for i, element := range elementsOf(value) {
		all[fmt.Sprintf("%s[%d]", at, i)] = element
	}
	for name, member := range membersOf(value) {
		switch {
		case value.Type().Is(tftypes.Map{}):
			name = fmt.Sprintf("%s[%q]", at, name)
		case at != "":
			name = at + "." + name
		}
		all[name] = member
	}
	return all
}

func elementsOf(value tftypes.Value) []tftypes.Value {
	var elements []tftypes.Value
	if value.IsNull() || !value.IsKnown() || value.As(&elements) != nil {
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
	text, _ := leaf(value)
	return text
}

// leaf is a value as a person writes it, and whether that is all of it; what has members shows none of them.
func leaf(value tftypes.Value) (text string, ok bool) {
	var flag bool
	switch {
	case !value.IsKnown():
		return "(unknown)", true
	case value.IsNull():
		return "null", true
	case value.As(&text) == nil:
		return fmt.Sprintf("%q", text), true
	case value.As(&flag) == nil:
		return fmt.Sprint(flag), true
	case value.Type().Is(tftypes.Object{}), value.Type().Is(tftypes.Map{}):
		return "{}", false
	case value.Type().Is(tftypes.List{}), value.Type().Is(tftypes.Set{}), value.Type().Is(tftypes.Tuple{}):
		return "[]", false
	}
	return value.String(), true
}
