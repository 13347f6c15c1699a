// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"cmp"
	"slices"
	"strings"
)

const disallowType = "azureiot_dps_device_disallow"

// blocks is what becomes of devices that are blocked, restored, or let out of management.
type blocks struct {
	table table
	// How many end how.
	blocked, partially, allowed, restored, open, left, forever int

	groups     map[string]int // devices that each group would admit
	groupsOpen int            // devices of which it is not known
}

func newBlocks() *blocks {
	return &blocks{
		table:  table{header: []string{"Device", "DPS entry", "Identities in hubs", "Access", "Note"}},
		groups: map[string]int{},
	}
}

// add takes a change of a disallow: what goes, and what is there afterwards.
func (b *blocks) add(r resourceChange) {
	c := r.Change
	if c.Before != nil && (c.After == nil || !sameDevice(c.Before, c.After)) {
		b.leave(c)
	}
	if c.After != nil {
		b.stay(r)
	}
}

// sameDevice tells whether two objects are about one device at one place. What is not known may be another.
func sameDevice(before, after object) bool {
	for _, name := range []string{"registration_id", "dps_hostname"} {
		if after.isUnknown(name) || !strings.EqualFold(before.text(name), after.text(name)) {
			return false
		}
	}
	return true
}

// leave takes note of a device that is no longer managed; nothing changes in Azure.
func (b *blocks) leave(c change) {
	b.left++
	note := "out of management (destroyed); nothing changes in Azure"
	if c.does("forget") {
		note = "out of management (forgotten); nothing changes in Azure"
	}
	var identities []string
	keys, statuses := c.Before.texts("hub_identities")
	for _, key := range keys {
		identities = append(identities, identity(key, c.Before.text("registration_id"))+" "+statuses[key])
	}
	b.table.add(c.Before.text("registration_id"), c.Before.text("enrollment_status"), strings.Join(identities, "<br>"),
		c.Before.text("access"), b.note(c.Before, note))
}

// stay takes note of a device as the apply leaves it.
func (b *blocks) stay(r resourceChange) {
	before, after := r.Change.Before, r.Change.After
	b.count(after)
	var notes []string
	switch after.text("desired_access") {
	case "blocked":
	case "restored":
		notes = append(notes, "**restored**")
	default:
		notes = append(notes, "whether it is to be blocked is "+unknown)
	}
	if r.Change.Importing != nil {
		notes = append(notes, "imported")
	}
	if r.Change.does("delete") && before != nil && sameDevice(before, after) {
		notes = append(notes, "made anew, blocked all along")
	}
	if irreversible(after) {
		b.forever++
		notes = append(notes, "**irreversible**")
	}
	from := ""
	if before != nil && sameDevice(before, after) {
		from = before.text("access")
	}
	entry, identities := effects(after)
	access := strong(cmp.Or(after.text("access"), unknown))
	b.table.add(cmp.Or(after.text("registration_id"), unknown), entry, identities, arrow(from, access),
		b.note(after, notes...))
}

// count counts a device by what the apply makes of it.
func (b *blocks) count(after object) {
	switch access := after.text("access"); {
	case after.text("desired_access") == "restored" && access != "blocked":
		b.restored++
	case access == "blocked":
		b.blocked++
	case access == "partially_blocked":
		b.partially++
	case access == "allowed":
		b.allowed++
	default:
		b.open++
	}
}

// irreversible tells whether this change deletes what cannot be brought back. A restore deletes only what was made for
// the block.
func irreversible(after object) bool {
	if after.text("desired_access") != "blocked" {
		return false
	}
	return slices.ContainsFunc(after.elements("effects"), func(e object) bool {
		return e.text("action") == "delete" && e.text("target") != "dps_registration"
	})
}

// strong makes every access but blocked stand out.
func strong(access string) string {
	if access == "blocked" || strings.HasPrefix(access, "*") {
		return access
	}
	return "**" + access + "**"
}

// effects words what becomes of the entry and of the identities.
func effects(after object) (entry, identities string) {
	if after.isUnknown("effects") {
		return unknown, unknown
	}
	var lines []string
	for _, e := range after.elements("effects") {
		text := arrow(e.text("from"), e.text("to"))
		switch e.text("target") {
		case "dps_individual_enrollment":
			entry = text
		case "iothub_device_identity":
			lines = append(lines, identity(e.text("object"), after.text("registration_id"))+" "+text)
		case "dps_registration":
			lines = append(lines, "registration record "+text)
		default:
			lines = append(lines, unknown)
		}
	}
	slices.Sort(lines)
	return entry, cmp.Or(strings.Join(lines, "<br>"), "none")
}

// identity is the hub of an identity; its ID too, where that is not the registration ID.
func identity(name, registrationID string) string {
	host, id, found := strings.Cut(name, "/")
	if found && id == registrationID {
		return code(host)
	}
	return code(name)
}

// note joins notes and the groups that would let the device in if its entry went.
func (b *blocks) note(o object, notes ...string) string {
	if o.isUnknown("reenroll_paths") {
		b.groupsOpen++
		return strings.Join(notes, ", ")
	}
	var groups []string
	for _, path := range o.elements("reenroll_paths") {
		b.groups[path.text("enrollment_group_id")]++
		groups = append(groups, code(path.text("enrollment_group_id"))+" ("+path.text("match")+")")
	}
	if len(groups) > 0 {
		slices.Sort(groups)
		notes = append(notes, "would be admitted by "+strings.Join(groups, ", "))
	}
	return strings.Join(notes, ", ")
}
