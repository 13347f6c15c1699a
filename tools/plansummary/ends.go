// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"cmp"
	"strings"
)

// ends is how many of what is blocked, devices or groups, end how.
type ends struct{ blocked, partially, allowed, restored, open, left int }

// count counts an object by what the apply makes of it.
func (e *ends) count(after object) {
	switch access := after.text("access"); {
	case after.text("desired_access") == "restored" && access != "blocked":
		e.restored++
	case access == "blocked":
		e.blocked++
	case access == "partially_blocked":
		e.partially++
	case access == "allowed":
		e.allowed++
	default:
		e.open++
	}
}

// totals are the parts of a headline.
func (e *ends) totals(noun string) (parts []string) {
	for _, total := range []struct {
		n    int
		text string
	}{
		{e.blocked, "blocked"}, {e.partially, "**partially blocked**"}, {e.allowed, "**allowed**"},
		{e.restored, "**let in again**"}, {e.open, "**with unknown access**"}, {e.left, "**out of management**"},
	} {
		if total.n > 0 {
			parts = append(parts, count(total.n, noun)+" "+total.text)
		}
	}
	return parts
}

// keeps tells whether a change leaves an object of the same name at the same place. What is not known may be another.
func (c change) keeps(id string) bool {
	if c.Before == nil || c.After == nil {
		return false
	}
	for _, name := range []string{id, "dps_hostname"} {
		if c.After.isUnknown(name) || !strings.EqualFold(c.Before.text(name), c.After.text(name)) {
			return false
		}
	}
	return true
}

// leaving is the note of a block that is no longer managed.
func (c change) leaving() string {
	if c.does("forget") {
		return "out of management (forgotten); nothing changes in Azure"
	}
	return "out of management (destroyed); nothing changes in Azure"
}

// anew is the note of a block that is made anew for what it has blocked before.
func anew(before object) string {
	if before.text("access") == "blocked" {
		return "made anew, blocked all along"
	}
	return "made anew"
}

// access is how a block ends, after how it was; what is other than blocked stands out.
func access(before, after object) string {
	from, to := before.text("access"), cmp.Or(after.text("access"), unknown)
	if from == to {
		return strong(to)
	}
	return arrow(from, strong(to))
}

// staying are the notes of a block that stays managed, whatever it blocks; id is the attribute that names that.
func (c change) staying(id string) (notes []string) {
	switch c.After.text("desired_access") {
	case "blocked":
	case "restored":
		notes = append(notes, "**restored**")
	default:
		notes = append(notes, "whether it is to be blocked is "+unknown)
	}
	if c.Importing != nil {
		notes = append(notes, "imported")
	}
	if c.does("delete") && c.keeps(id) {
		notes = append(notes, anew(c.Before))
	}
	return notes
}
