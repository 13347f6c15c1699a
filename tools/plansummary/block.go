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
	ends
	forever int

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
	if c.Before != nil && !c.keeps("registration_id") {
		b.leave(c)
	}
	if c.After != nil {
		b.stay(r)
	}
}

// leave takes note of a device that is no longer managed; nothing changes in Azure.
func (b *blocks) leave(c change) {
	b.left++
	var identities []string
	keys, statuses := c.Before.texts("hub_identities")
	for _, key := range keys {
		identities = append(identities, identity(key, c.Before.text("registration_id"))+" "+statuses[key])
	}
	b.table.add(c.Before.text("registration_id"), c.Before.text("enrollment_status"), strings.Join(identities, "<br>"),
		c.Before.text("access"), b.note(c.Before, c.leaving()))
}

// stay takes note of a device as the apply leaves it.
func (b *blocks) stay(r resourceChange) {
	before, after := r.Change.Before, r.Change.After
	b.count(after)
	notes := r.Change.staying("registration_id")
	if irreversible(before, after) {
		b.forever++
		notes = append(notes, "**irreversible**")
	}
	if !r.Change.keeps("registration_id") {
		before = nil
	}
	entry, identities := effects(before, after)
	b.table.add(cmp.Or(after.text("registration_id"), unknown), entry, identities, access(before, after),
		b.note(after, notes...))
}

// irreversible tells whether this change deletes what cannot be brought back. A restore deletes only what was made for
// the block. Where the effects are unknown, it counts that restoring can bring everything back before and not after.
func irreversible(before, after object) bool {
	if after.text("desired_access") != "blocked" {
		return false
	}
	if after.isUnknown("effects") {
		return after["reversible"] == false && (before == nil || before["reversible"] != false)
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

// effects words what becomes of the entry and of the identities. Where only the apply can tell the effects, the status
// of the entry is planned all the same.
func effects(before, after object) (entry, identities string) {
	if after.isUnknown("effects") {
		return cmp.Or(arrow(before.text("enrollment_status"), after.text("enrollment_status")), unknown), unknown
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
	for _, path := range o.elements("reenroll_paths") {
		b.groups[admitter(path)]++
	}
	return strings.Join(append(notes, admitters(o)...), ", ")
}

// admitter is a group that would let in; an asterisk stands for all that nothing is known of.
func admitter(path object) string {
	if id := path.text("enrollment_group_id"); id != "*" {
		return code(id)
	}
	return "any group that nothing rules out"
}

// admitters is a note of the groups that would let in if what stands before them went; none without such groups.
func admitters(o object) []string {
	var groups []string
	for _, path := range o.elements("reenroll_paths") {
		groups = append(groups, admitter(path)+" ("+path.text("match")+")")
	}
	if len(groups) == 0 {
		return nil
	}
	slices.Sort(groups)
	return []string{"would be admitted by " + strings.Join(groups, ", ")}
}
