// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import "github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"

// deviceStatistics counts the registry. The service's numbers lag behind; these do not.
func (h *Hub) deviceStatistics(*call) (*wire.Reply, *wire.Problem) {
	disabled := 0
	for _, d := range h.devices {
		if d.disabled {
			disabled++
		}
	}
	return wire.OK(own{
		{name: "totalDeviceCount", value: len(h.ids)},
		{name: "enabledDeviceCount", value: len(h.ids) - disabled},
		{name: "disabledDeviceCount", value: disabled},
	}), nil
}

// serviceStatistics counts connected devices.
func (h *Hub) serviceStatistics(*call) (*wire.Reply, *wire.Problem) {
	connected := 0
	for _, d := range h.devices {
		if d.line != nil {
			connected++
		}
	}
	return wire.OK(own{{name: "connectedDeviceCount", value: connected}}), nil
}
