// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import "testing"

// What random histories seldom come to, or once found.
func TestHistories_toldAgain(t *testing.T) {
	t.Parallel()
	for name, events := range map[string][]string{
		"a block and a group's block give back what they found": {
			"want entry", "want group", "apply", "register dev", "register own", "want own-block", "set own-block reason sold",
			"apply", "restored own-block", "drop own-block", "apply", "want group-block", "set group-block reason sold", "apply",
			"restored group-block",
		},
		"a group is deleted and made again beside its block": {
			"want group", "apply", "register dev", "want group-block", "apply", "group delete", "apply", "apply", "register dev",
		},
		"a device is restored whose group is blocked": {
			"want group", "apply", "register dev", "want block", "apply", "want group-block", "apply", "restored block", "apply",
		},
		"an entry is deleted beside its block": {
			"want entry", "want group", "apply", "register own", "want own-block", "apply", "drop entry", "apply", "apply",
		},
		"a group is made in the apply that blocks it, and restored": {
			"want group-block", "apply", "want group", "apply", "apply", "restored group-block",
		},
		"an entry is wanted that its block has made": {
			"want group", "apply", "register own", "want own-block", "apply", "want entry", "apply",
		},
		"an entry is deleted by its block": {
			"want entry", "apply", "register own", "want own-block", "apply", "set own-block enrollment_action delete", "apply",
		},
		"a block is dropped before the apply that was to restore": {
			"want group", "apply", "register dev", "want block", "apply", "drop block", "restored block",
		},
		"a status was left out beside a block that is dropped": {
			"want entry", "set entry provisioning_status enabled", "apply", "want own-block", "apply", "drop own-block", "apply",
		},
		"the provider is killed before each of the first calls": {
			"want entry", "want identity", "kill 0", "kill 1", "kill 2", "kill 3", "kill 4", "kill 5", "apply", "want own-block",
			"kill 4", "kill 8", "kill 12", "apply",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			replay(t, events...)
		})
	}
}
