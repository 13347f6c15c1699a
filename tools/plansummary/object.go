// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// kind is a plain resource: what a reader calls it, and which attributes name it, place it and tell its status.
type kind struct{ noun, id, host, status string }

func kindOf(resource string) (kind, bool) {
	switch resource {
	case "azureiot_dps_individual_enrollment":
		return kind{"entry", "registration_id", "dps_hostname", "provisioning_status"}, true
	case "azureiot_dps_enrollment_group":
		return kind{"group", "enrollment_group_id", "dps_hostname", "provisioning_status"}, true
	case "azureiot_iothub_device_identity":
		return kind{"identity", "device_id", "iothub_hostname", "status"}, true
	}
	return kind{}, false
}

// objects is what becomes of plain entries, groups and identities.
type objects struct {
	table    table
	enabling int
	counts   map[string]int
}

func newObjects() *objects {
	return &objects{
		table:  table{header: []string{"Object", "Change", "Status", "Where", "Note"}},
		counts: map[string]int{},
	}
}

func (o *objects) add(r resourceChange) {
	kind, known := kindOf(r.Type)
	if !known {
		o.counts["other change"]++
		o.table.add(r.Address, strings.Join(r.Change.Actions, " and "), "", "", "not summarised: read the plan")
		return
	}
	c := r.Change
	if c.Before != nil && c.After != nil && !kind.keeps(c) {
		// One goes, and another one of another name, or at another place, comes.
		o.take(kind, change{Actions: []string{c.goes()}, Before: c.Before})
		c = change{Actions: []string{"create"}, After: c.After, Importing: c.Importing}
	}
	o.take(kind, c)
}

// keeps tells whether a change leaves an object of the same name at the same place. What is not known may be another.
func (k kind) keeps(c change) bool {
	same := strings.EqualFold
	if k.noun == "identity" {
		same = func(a, b string) bool { return a == b } // Letter case counts in the names of devices in hubs.
	}
	return !c.After.isUnknown(k.id) && same(c.Before.text(k.id), c.After.text(k.id)) &&
		!c.After.isUnknown(k.host) && strings.EqualFold(c.Before.text(k.host), c.After.text(k.host))
}

// goes is how an object goes that another one takes the place of.
func (c change) goes() string {
	if c.does("forget") {
		return "forget"
	}
	return "delete"
}

// take takes note of what becomes of one object.
func (o *objects) take(kind kind, c change) {
	o.counts[kind.noun]++
	is := c.After
	if is == nil {
		is = c.Before
	}
	var notes []string
	if c.Importing != nil {
		notes = append(notes, "imported")
	}
	from, to := c.Before.text(kind.status), c.After.text(kind.status)
	if c.After == nil {
		to = leftBehind(c)
	}
	if from == "disabled" && (to != "disabled" && c.After != nil || to == "absent") {
		o.enabling++
		notes = append(notes, "**was disabled**")
	}
	if end := lastEnd(is); end != "" && c.After != nil {
		notes = append(notes, "certificates end "+end)
	}
	o.table.add(is.text(kind.id), kind.noun+": "+strings.Join(c.Actions, " and "), arrow(from, cmp.Or(to, "none")),
		where(is, kind.host), strings.Join(notes, ", "))
}

// leftBehind is the status of an object that goes, by the setting that was applied last.
func leftBehind(c change) string {
	switch {
	case c.does("forget"), c.Before.text("on_destroy") == "keep":
		return cmp.Or(c.Before.text("provisioning_status"), c.Before.text("status"))
	case c.Before.text("on_destroy") == "disable":
		return "disabled"
	}
	return "absent"
}

// where is the place of an object, and the hubs to which it sends devices.
func where(o object, host string) string {
	places := []string{code(o.text(host))}
	if o.text("iothub_hostnames") == unknown {
		places = append(places, "to hubs: "+unknown)
	}
	hubs, _ := o["iothub_hostnames"].([]any)
	for _, hub := range hubs {
		name, _ := hub.(string)
		places = append(places, "to "+code(name))
	}
	return strings.Join(places, "<br>")
}

// lastEnd is the day on which the last certificate of an entry ends.
func lastEnd(o object) string {
	if o.text("certificates") == unknown {
		return unknown
	}
	certificates, _ := o["certificates"].(map[string]any)
	var ends []string
	for _, slot := range []string{"primary", "secondary"} {
		facts, _ := certificates[slot].(map[string]any)
		end := object(facts).text("not_after")
		if moment, err := time.Parse(time.RFC3339, end); err == nil {
			ends = append(ends, moment.UTC().Format(time.DateOnly))
		} else if end != "" || certificates[slot] == unknown {
			return unknown
		}
	}
	if len(ends) == 0 {
		return ""
	}
	return slices.Max(ends)
}
