// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import "github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"

// sasOwner may do everything by SAS.
func sasOwner() caller.Caller {
	return sasCaller("RegistryRead", "RegistryWrite", "ServiceConnect", "DeviceConnect")
}

// sasCaller holds the permissions of a policy.
func sasCaller(permissions ...string) caller.Caller {
	return caller.New(caller.SAS, "policy", permissions...)
}

// entraCaller holds data actions, without their common prefix.
func entraCaller(actions ...string) caller.Caller {
	return caller.New(caller.Entra, "someone@example.com", actions...)
}
