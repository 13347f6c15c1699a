// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"context"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
)

// Gateway tells whether a device is an IoT Edge device, through which others may reach the hub.
func Gateway(device *aziothub.Device) bool {
	return device != nil && device.Capabilities != nil && device.Capabilities.IoTEdge
}

// Children counts the devices of a hub whose parent is the given gateway. The hub's index lags, so that the number is
// for people and not for decisions.
func (r *Reader) Children(ctx context.Context, host string, gateway aziothub.Device) (int, error) {
	if gateway.DeviceScope == nil || *gateway.DeviceScope == "" {
		return 0, nil
	}
	hub, err := r.services.Hub(host, azure.HubFound)
	if err != nil {
		return 0, err
	}
	// A leaf has its parent's scope as its own and among its parents, an edge device among its parents only.
	query := "SELECT deviceId FROM devices WHERE ARRAY_CONTAINS(parentScopes, " +
		aziothub.Quote(*gateway.DeviceScope) + ")"
	children := 0
	for pager := hub.NewQueryPager(query, nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return 0, err
		}
		children += len(page.Items)
	}
	return children, nil
}
