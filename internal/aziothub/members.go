// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub

import "github.com/azureiot/terraform-provider-azureiot/internal/azrest"

// The methods below keep what this package does not know: azrest explains how.

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (d *Device) UnmarshalJSON(data []byte) error {
	if err := azrest.UnmarshalMembers(data, d, &d.Extra); err != nil {
		return err
	}
	return azrest.RequireMember("deviceId", d.DeviceID)
}

// MarshalJSON encodes the object and the members in Extra.
func (d Device) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(d, d.Extra) }

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (a *Authentication) UnmarshalJSON(data []byte) error {
	return azrest.UnmarshalMembers(data, a, &a.Extra)
}

// MarshalJSON encodes the object and the members in Extra.
func (a Authentication) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(a, a.Extra) }

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (k *SymmetricKey) UnmarshalJSON(data []byte) error {
	return azrest.UnmarshalMembers(data, k, &k.Extra)
}

// MarshalJSON encodes the object and the members in Extra.
func (k SymmetricKey) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(k, k.Extra) }

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (t *X509Thumbprint) UnmarshalJSON(data []byte) error {
	return azrest.UnmarshalMembers(data, t, &t.Extra)
}

// MarshalJSON encodes the object and the members in Extra.
func (t X509Thumbprint) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(t, t.Extra) }

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (c *Capabilities) UnmarshalJSON(data []byte) error {
	return azrest.UnmarshalMembers(data, c, &c.Extra)
}

// MarshalJSON encodes the object and the members in Extra.
func (c Capabilities) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(c, c.Extra) }

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (t *Twin) UnmarshalJSON(data []byte) error {
	if err := azrest.UnmarshalMembers(data, t, &t.Extra); err != nil {
		return err
	}
	return azrest.RequireMember("deviceId", t.DeviceID)
}

// MarshalJSON encodes the object and the members in Extra.
func (t Twin) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(t, t.Extra) }
