// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// summary is the Markdown: totals, exceptions, tables. Names is how many names one row may have.
func summary(p plan, names int) string {
	devices, groups, others := newBlocks(), newGroupBlocks(), newObjects()
	for _, r := range p.Changes {
		if slices.Equal(r.Change.Actions, []string{"no-op"}) && r.Change.Importing == nil {
			continue
		}
		switch r.Type {
		case disallowType:
			devices.add(r)
		case groupDisallowType:
			groups.add(r)
		default:
			others.add(r)
		}
	}
	outside, invoked := drift(p.Drift), invocations(p.Invocations)
	var out strings.Builder
	fmt.Fprintf(&out, "### Azure IoT: %s\n", headline(devices, groups, others, len(p.Invocations), len(p.Drift)))
	if p.Errored {
		out.WriteString("\n**The plan ended in an error. What follows is not all of it.**\n")
	}
	if lines := append(devices.warnings(others), groups.warnings()...); len(lines) > 0 {
		fmt.Fprintf(&out, "\n- %s\n", strings.Join(lines, "\n- "))
	}
	devices.table.write(&out, "**Devices**", names)
	groups.table.write(&out, "**Groups and all their devices**", names)
	others.table.write(&out, "**Entries, groups and identities**", names)
	invoked.write(&out, "**Actions**", names)
	outside.write(&out, "**Changed outside Terraform**", names)
	return out.String()
}

// headline is the totals, in one line.
func headline(b *blocks, g *groupBlocks, o *objects, invoked, outside int) string {
	parts := append(b.totals("device"), g.totals("group")...)
	for _, noun := range slices.Sorted(maps.Keys(o.counts)) {
		parts = append(parts, count(o.counts[noun], noun))
	}
	if invoked > 0 {
		parts = append(parts, fmt.Sprintf("**%s invoked**", count(invoked, "action")))
	}
	if outside > 0 {
		parts = append(parts, fmt.Sprintf("%d changed outside", outside))
	}
	if len(parts) == 0 {
		return "nothing changes"
	}
	return strings.Join(parts, ", ")
}

// warnings are what a reader must not miss.
func (b *blocks) warnings(o *objects) (lines []string) {
	if b.forever > 0 {
		lines = append(lines, fmt.Sprintf("**Irreversible** for %s: something is deleted.", count(b.forever, "device")))
	}
	if o.enabling > 0 {
		lines = append(lines, fmt.Sprintf("**Enabled, or deleted while disabled**: %s.", count(o.enabling, "object")))
	}
	var groups []string
	for _, group := range slices.Sorted(maps.Keys(b.groups)) {
		groups = append(groups, fmt.Sprintf("%s (%s)", group, count(b.groups[group], "device")))
	}
	if len(groups) > 0 {
		lines = append(lines, "Groups that would admit devices if their entries went: "+strings.Join(groups, ", ")+".")
	}
	if b.groupsOpen > 0 {
		lines = append(lines, fmt.Sprintf("Which groups would admit %s is known after the apply.",
			count(b.groupsOpen, "device")))
	}
	return lines
}
