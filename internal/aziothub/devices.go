// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub

import (
	"context"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// GetDevice reads a device identity, symmetric keys included. Device IDs are case-sensitive.
func (c *Client) GetDevice(ctx context.Context, deviceID string) (Device, error) {
	return azrest.Do[Device](ctx, c.pipeline, azrest.Call{
		Method: http.MethodGet, Path: []string{"devices", deviceID}, Bucket: registryBucket(),
	})
}

// PutDevice creates a device identity or, with WriteOptions, replaces all of one: start from what GetDevice returned.
// What only the hub writes is sent as it was read, and ignored there.
func (c *Client) PutDevice(ctx context.Context, d Device, o *WriteOptions) (Device, error) {
	return azrest.Do[Device](ctx, c.pipeline, azrest.Call{
		Method: http.MethodPut, Path: []string{"devices", d.DeviceID}, Condition: o, Body: d,
		Bucket: registryBucket(),
	})
}

// DeleteDevice deletes a device identity with its modules and twins. Without WriteOptions there is no condition; the
// hub wants that said (If-Match: "*").
func (c *Client) DeleteDevice(ctx context.Context, deviceID string, o *WriteOptions) error {
	if o == nil || o.OnlyIfUnchanged == nil {
		o = &WriteOptions{OnlyIfUnchanged: new(azcore.ETagAny)}
	}
	return azrest.DoNoContent(ctx, c.pipeline, azrest.Call{
		Method: http.MethodDelete, Path: []string{"devices", deviceID}, Condition: o, Bucket: registryBucket(),
	})
}
