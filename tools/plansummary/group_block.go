// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

const groupDisallowType = "azureiot_dps_enrollment_group_disallow"

// groupBlocks is what becomes of enrollment groups whose devices are all blocked, restored, or let out of management.
type groupBlocks struct {
	table table
	ends

	forever  int // identities that are deleted
	untold   int // groups of which only the apply can tell the devices
	admitted int // devices that an enrollment of their own lets in
}

func newGroupBlocks() *groupBlocks {
	return &groupBlocks{table: table{header: []string{"Group", "DPS group", "Devices in hubs", "Access", "Note"}}}
}

// add takes a change of a group's block: what goes, and what is there afterwards.
func (g *groupBlocks) add(r resourceChange) {
	c := r.Change
	if c.Before != nil && !c.keeps("enrollment_group_id") {
		g.left++
		notes := append([]string{c.leaving()}, g.notes(c.Before, c.Before)...)
		g.table.add(c.Before.text("enrollment_group_id"), c.Before.text("group_status"), tallies(c.Before),
			c.Before.text("access"), strings.Join(notes, ", "))
	}
	if c.After != nil {
		g.stay(c)
	}
}

// stay takes note of a group as the apply leaves it.
func (g *groupBlocks) stay(c change) {
	g.count(c.After)
	notes := c.staying("enrollment_group_id")
	if n := deletedForGood(c.After); n > 0 && acts(c.After) {
		g.forever += n
		notes = append(notes, "**irreversible**")
	}
	var before object
	if c.keeps("enrollment_group_id") {
		before = c.Before
	}
	for _, host := range c.After.names("additional_iothub_hostnames") {
		if !slices.Contains(before.names("additional_iothub_hostnames"), host) {
			notes = append(notes, "looked for in "+code(host))
		}
	}
	if c.After.isUnknown("effects") {
		g.untold++
	}
	g.table.add(cmp.Or(c.After.text("enrollment_group_id"), unknown),
		arrow(before.text("group_status"), cmp.Or(c.After.text("group_status"), unknown)), devices(c.After),
		access(before, c.After),
		strings.Join(append(notes, g.notes(c.After, before)...), ", "))
}

// acts tells whether a change does something in Azure: only then the counts of the hubs are left to the apply, and only
// then effects are its own.
func acts(after object) bool { return after.isUnknown("hubs") }

// deletedForGood is how many identities a change deletes.
func deletedForGood(after object) (n int) {
	for _, e := range after.elements("effects") {
		if e.text("action") == "delete" && e.text("target") == "iothub_device_identity" {
			n += e.number("count")
		}
	}
	return n
}

// devices words what becomes of a group's devices, one line for each hub and change.
func devices(after object) string {
	switch {
	case !acts(after):
		return tallies(after)
	case after.isUnknown("effects"), after.text("effects") != "":
		return cmp.Or(after.text("effects"), unknown)
	}
	var lines []string
	for _, e := range after.elements("effects") {
		if e.text("target") == "dps_enrollment_group" {
			continue
		}
		where := code(e.text("object")) + ": "
		if e.text("target") == "dps_registration" {
			where = "registration records: "
		}
		lines = append(lines, fmt.Sprintf("%s%d %s", where, e.number("count"), fate(e, after)))
	}
	slices.Sort(lines)
	return cmp.Or(strings.Join(lines, "<br>"), "none")
}

// fate words what happens to identities. Of those that nobody has read the apply disables what it finds enabled.
func fate(e, after object) string {
	text := arrow(e.text("from"), e.text("to"))
	if e.text("action") != "none" || e.text("from") != "unread" && e.text("from") != "unreachable" {
		return text
	}
	if after.text("desired_access") == "blocked" && after.text("hub_identity_action") == "disable" {
		return "**" + text + "**, to be disabled if enabled"
	}
	return "**" + text + "**"
}

// tallies are the counts of each hub as they stand.
func tallies(o object) string {
	if text := o.text("hubs"); text != "" {
		return text
	}
	members, _ := o["hubs"].(map[string]any)
	var lines []string
	for host, tally := range members {
		counts, _ := tally.(map[string]any)
		lines = append(lines, code(host)+": "+tallied(counts))
	}
	slices.Sort(lines)
	return cmp.Or(strings.Join(lines, "<br>"), "none")
}

// tallied words the counts of a hub; what is in none of them has not been read.
func tallied(counts object) string {
	var parts []string
	unread := counts.number("registered")
	for _, status := range []string{"enabled", "disabled", "absent", "unreachable"} {
		if n := counts.number(status); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, status))
			unread -= n
		}
	}
	if unread > 0 {
		parts = append(parts, fmt.Sprintf("%d **unread**", unread))
	}
	return cmp.Or(strings.Join(parts, ", "), "none")
}

// notes are who gets in whatever the group's status is, who is in no known hub, and which other groups would admit.
// Where only the apply can tell, what was found before is said.
func (g *groupBlocks) notes(after, before object) (notes []string) {
	admitted, unplaced := after, after
	if after.isUnknown("individually_admitted") {
		admitted = before
	}
	if after.isUnknown("unplaced_count") {
		unplaced = before
	}
	if names := admitted.names("individually_admitted"); len(names) > 0 {
		g.admitted += max(len(names), admitted.number("individually_admitted_count"))
		notes = append(notes, "individually admitted: "+named(names, admitted.number("individually_admitted_count")))
	}
	if n := unplaced.number("unplaced_count"); n > 0 {
		notes = append(notes, count(n, "device")+" in no known hub")
	}
	return append(notes, admitters(after)...)
}

// named lists names of which there may be more than are known.
func named(names []string, all int) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = code(name)
	}
	text := strings.Join(quoted, ", ")
	if more := all - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// warnings are what a reader must not miss.
func (g *groupBlocks) warnings() (lines []string) {
	if g.forever > 0 {
		lines = append(lines, fmt.Sprintf("**Irreversible** for %s of groups: they are deleted.",
			count(g.forever, "identity")))
	}
	if g.untold > 0 {
		lines = append(lines, fmt.Sprintf("How many devices of %s are blocked is known after the apply.",
			count(g.untold, "group")))
	}
	if g.admitted > 0 {
		lines = append(lines, fmt.Sprintf("**Let in by enrollments of their own**, whatever becomes of their group: %s.",
			count(g.admitted, "device")))
	}
	return lines
}
