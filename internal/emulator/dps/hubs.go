// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"slices"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// Hub is an IoT Hub that is linked to the service: all that the service knows of one.
type Hub interface {
	Name() string
	Hostname() string
	// Provision makes an identity, or replaces the authentication of the one that is there.
	Provision(wire.Assignment) error
	// Copy gives a copy of a device that is there to another hub.
	Copy(deviceID string, to Hub)
	// Remove deletes the device that is there.
	Remove(deviceID string)
}

// Link replaces the linked hubs.
func (d *Service) Link(hubs ...Hub) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hubs = slices.Clone(hubs)
}

func (d *Service) linkedHub(host string) Hub {
	for _, h := range d.hubs {
		if strings.EqualFold(h.Hostname(), host) {
			return h
		}
	}
	return nil
}
