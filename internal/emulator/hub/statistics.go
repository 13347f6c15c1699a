// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import "github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"

// deviceStatistics counts the registry. The service's numbers lag behind; these do not.
func (h *Hub) deviceStatistics(*call) (*wire.Reply, *wire.Problem) {
	body := struct {
		TotalDeviceCount    int `json:"totalDeviceCount"`
		EnabledDeviceCount  int `json:"enabledDeviceCount"`
		DisabledDeviceCount int `json:"disabledDeviceCount"`
	}{TotalDeviceCount: len(h.ids)}
	for _, d := range h.devices {
		if d.disabled {
			body.DisabledDeviceCount++
		} else {
			body.EnabledDeviceCount++
		}
	}
	return wire.OK(body), nil
}

// serviceStatistics counts connected devices: none, because the emulator has no
// connections that last.
func (h *Hub) serviceStatistics(*call) (*wire.Reply, *wire.Problem) {
	body := struct {
		ConnectedDeviceCount int `json:"connectedDeviceCount"`
	}{}
	return wire.OK(body), nil
}
