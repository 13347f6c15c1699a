// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

// sasOwner may do everything by SAS.
func sasOwner() caller {
	return sasCaller("RegistryRead", "RegistryWrite", "ServiceConnect", "DeviceConnect")
}

// sasCaller holds the permissions of a policy.
func sasCaller(permissions ...string) caller {
	return testCaller("sas", "policy", permissions)
}

// entraCaller holds data actions, without their common prefix.
func entraCaller(actions ...string) caller {
	return testCaller("entra", "someone@example.com", actions)
}

func testCaller(mode, principal string, granted []string) caller {
	c := caller{mode: mode, principal: principal, permissions: map[string]bool{}}
	for _, g := range granted {
		c.permissions[g] = true
	}
	return c
}
