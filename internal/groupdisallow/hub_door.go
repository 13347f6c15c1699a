// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// hubDoor is the way to the identities of one hub.
type hubDoor struct {
	services *azure.Services
	host     string
	origin   azure.HubOrigin
	// deleting says that identities need not be read whole: a twin tells their status and ETag, and a hub allows a
	// hundred reads of twins a second where it allows a hundred of identities a minute.
	deleting bool
}

// found is an identity as it was just read.
type found struct {
	status deprovision.Status
	etag   azcore.ETag
	reason *string
	// device is the whole identity; nil when it is absent, and when only its twin was read.
	device *aziothub.Device
}

// onto is a sighting with what was found.
func (f found) onto(sighting deprovision.Sighting, m mark) deprovision.Sighting {
	sighting.Status = f.status
	sighting.Ours = f.status == deprovision.Disabled && m.on(f.reason)
	return sighting
}

func (d hubDoor) hub() (*azure.Hub, error) { return d.services.Hub(d.host, d.origin) }

// read reads an identity, as far as it is needed.
func (d hubDoor) read(ctx context.Context, deviceID string) (found, error) {
	hub, err := d.hub()
	if err != nil {
		return found{}, err
	}
	if d.deleting && hub.TwinsReadable() {
		twin, err := hub.GetTwin(ctx, deviceID)
		if !azrest.IsUnauthorized(err) && !azrest.IsForbidden(err) {
			return foundTwin(twin, err)
		}
		if hub.TwinsRefused() {
			tflog.Info(ctx, "Twins may not be read; the registry is asked instead", map[string]any{"host": d.host})
		}
	}
	device, err := hub.GetDevice(ctx, deviceID)
	switch {
	case azrest.IsNotFound(err):
		return found{status: deprovision.Absent}, nil
	case err != nil:
		return found{}, err
	}
	return found{
		status: statusOf(device.Disabled()), etag: device.ETag, reason: device.StatusReason, device: &device,
	}, nil
}

func foundTwin(twin aziothub.Twin, err error) (found, error) {
	switch {
	case azrest.IsNotFound(err):
		return found{status: deprovision.Absent}, nil
	case err != nil:
		return found{}, err
	}
	disabled := aziothub.Device{Status: twin.Status}.Disabled()
	return found{status: statusOf(disabled), etag: twin.DeviceETag, reason: twin.StatusReason}, nil
}

// statusOf is the status of an identity that exists; anything but disabled lets the device in.
func statusOf(disabled bool) deprovision.Status {
	if disabled {
		return deprovision.Disabled
	}
	return deprovision.Enabled
}
