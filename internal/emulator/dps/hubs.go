// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"encoding/json"
	"slices"
	"strings"
)

// Hub is an IoT Hub that is linked to the service: all that the service knows of one.
type Hub interface {
	Name() string
	Hostname() string
	// Provision makes an identity, or replaces the authentication of the one that is there.
	Provision(Device) error
	// Copy gives a copy of a device that is there to another hub.
	Copy(deviceID string, to Hub)
	// Remove deletes the device that is there.
	Remove(deviceID string)
}

// Device is what the service asks of a hub: an identity with either two keys or the
// SHA-256 thumbprint of the certificate that the device showed, and the twin it starts
// with if the identity is new.
type Device struct {
	DeviceID      string
	Edge          bool
	SymmetricKeys *[2]string
	Thumbprint    string
	Tags, Desired json.RawMessage
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
