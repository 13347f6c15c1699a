// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"cmp"
	"strings"
)

// invocations words the actions that an apply invokes: what each is told of what it acts on, and nothing else.
func invocations(invoked []invocation) table {
	t := table{header: []string{"Action", "What", "On"}}
	for _, i := range invoked {
		var on []string
		for _, name := range []string{"registration_id", "enrollment_group_id", "device_id", "key"} {
			if text := i.Values.text(name); text != "" {
				on = append(on, name+" "+code(text))
			}
		}
		for _, name := range []string{"dps_hostname", "iothub_hostname"} {
			if text := i.Values.text(name); text != "" {
				on = append(on, "at "+code(text))
			}
		}
		for _, name := range []string{"delete_evidence", "while_enabled"} {
			if value, given := i.Values[name]; given && value != false && value != nil {
				on = append(on, "**"+name+"**")
			}
		}
		t.add(i.Address, code(i.Type), cmp.Or(strings.Join(on, "<br>"), "not summarised: read the plan"))
	}
	return t
}
