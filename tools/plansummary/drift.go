// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"cmp"
	"slices"
	"strings"
)

// drift words what changed outside Terraform since the last apply.
func drift(changes []resourceChange) table {
	t := table{header: []string{"Object", "What happened"}}
	for _, r := range changes {
		name := nameOf(r.Type, r.Change.Before)
		if name == "" {
			name = r.Address
		}
		t.add(name, cmp.Or(strings.Join(happenings(r), "<br>"), "another setting was changed: read the plan"))
	}
	return t
}

func nameOf(resource string, o object) string {
	switch resource {
	case disallowType:
		return o.text("registration_id")
	case groupDisallowType:
		return o.text("enrollment_group_id")
	}
	kind, _ := kindOf(resource)
	return o.text(kind.id)
}

// happenings are what a reader calls the difference between the state and what was found.
func happenings(r resourceChange) []string {
	before, after := r.Change.Before, r.Change.After
	kind, _ := kindOf(r.Type)
	noun := cmp.Or(kind.noun, "block")
	if after == nil {
		return []string{noun + " **deleted**"}
	}
	var found []string
	for name, noun := range map[string]string{
		"enrollment_status": "entry", "group_status": "group", "provisioning_status": noun, "status": noun,
	} {
		if from, to := before.text(name), after.text(name); from != to {
			found = append(found, noun+" "+verb(from, to)+": "+arrow(from, to))
		}
	}
	found = append(found, identityHappenings(before, after)...)
	found = append(found, groupHappenings(before, after)...)
	if from, to := before.text("access"), after.text("access"); from != to {
		found = append(found, "access: "+arrow(from, strong(to)))
	}
	if before.text("generation_id") != after.text("generation_id") {
		found = append(found, "identity **made anew**")
	}
	if thumbprints(before) != thumbprints(after) {
		found = append(found, "certificate **rolled**")
	}
	slices.Sort(found)
	return found
}

// identityHappenings compares the identities that a block knows.
func identityHappenings(before, after object) (found []string) {
	_, had := before.texts("hub_identities")
	keys, has := after.texts("hub_identities")
	for _, key := range keys {
		from, there := had[key]
		switch id := identity(key, before.text("registration_id")); {
		case !there && len(had) > 0 && (has[key] == "enabled" || has[key] == "disabled"):
			found = append(found, "**moved** to "+id+": "+has[key])
		case !there:
			found = append(found, "appeared in "+id+": "+has[key])
		case from != has[key]:
			found = append(found, "identity in "+id+" "+verb(from, has[key])+": "+arrow(from, has[key]))
		}
	}
	return found
}

// groupHappenings compares what the block of a group counts.
func groupHappenings(before, after object) (found []string) {
	had, _ := before["hubs"].(map[string]any)
	has, _ := after["hubs"].(map[string]any)
	for host, tally := range has {
		was, _ := had[host].(map[string]any)
		is, _ := tally.(map[string]any)
		if from, to := tallied(was), tallied(is); from != to {
			found = append(found, "devices in "+code(host)+": "+arrow(from, to))
		}
	}
	for _, name := range after.names("individually_admitted") {
		if !slices.Contains(before.names("individually_admitted"), name) {
			found = append(found, code(name)+" **let in** by an enrollment of its own")
		}
	}
	return found
}

// verb is what somebody did to an object.
func verb(from, to string) string {
	switch {
	case from == "disabled" && to == "enabled":
		return "**re-enabled**"
	case to == "absent":
		return "**deleted**"
	case from == "absent":
		return "**made anew**"
	case to == "disabled":
		return "disabled"
	}
	return "changed"
}

// thumbprints tell one certificate from another: those that an entry shows, and those by which a hub knows a device.
func thumbprints(o object) string {
	var all []string
	certificates, _ := o["certificates"].(map[string]any)
	authentication, _ := o["authentication"].(map[string]any)
	for _, slot := range []string{"primary", "secondary"} {
		facts, _ := certificates[slot].(map[string]any)
		all = append(all, object(facts).text("thumbprint_sha256"), object(authentication).text(slot+"_thumbprint"))
	}
	return strings.ToUpper(strings.Join(all, " "))
}
