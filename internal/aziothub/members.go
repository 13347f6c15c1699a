// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub

import "github.com/azureiot/terraform-provider-azureiot/internal/azrest"

// The methods below keep what this package does not know: azrest explains how.

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (d *Device) UnmarshalJSON(data []byte) error {
	type plain Device
	if err := azrest.UnmarshalMembers(data, (*plain)(d), &d.Extra); err != nil {
		return err
	}
	return azrest.RequireMember("deviceId", d.DeviceID)
}

// MarshalJSON encodes the object, the members in Extra included.
func (d Device) MarshalJSON() ([]byte, error) {
	type plain Device
	return azrest.MarshalMembers(plain(d), d.Extra)
}

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (a *Authentication) UnmarshalJSON(data []byte) error {
	type plain Authentication
	return azrest.UnmarshalMembers(data, (*plain)(a), &a.Extra)
}

// MarshalJSON encodes the object, the members in Extra included.
func (a Authentication) MarshalJSON() ([]byte, error) {
	type plain Authentication
	return azrest.MarshalMembers(plain(a), a.Extra)
}

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (k *SymmetricKey) UnmarshalJSON(data []byte) error {
	type plain SymmetricKey
	return azrest.UnmarshalMembers(data, (*plain)(k), &k.Extra)
}

// MarshalJSON encodes the object, the members in Extra included.
func (k SymmetricKey) MarshalJSON() ([]byte, error) {
	type plain SymmetricKey
	return azrest.MarshalMembers(plain(k), k.Extra)
}

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (t *X509Thumbprint) UnmarshalJSON(data []byte) error {
	type plain X509Thumbprint
	return azrest.UnmarshalMembers(data, (*plain)(t), &t.Extra)
}

// MarshalJSON encodes the object, the members in Extra included.
func (t X509Thumbprint) MarshalJSON() ([]byte, error) {
	type plain X509Thumbprint
	return azrest.MarshalMembers(plain(t), t.Extra)
}

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (c *Capabilities) UnmarshalJSON(data []byte) error {
	type plain Capabilities
	return azrest.UnmarshalMembers(data, (*plain)(c), &c.Extra)
}

// MarshalJSON encodes the object, the members in Extra included.
func (c Capabilities) MarshalJSON() ([]byte, error) {
	type plain Capabilities
	return azrest.MarshalMembers(plain(c), c.Extra)
}

// UnmarshalJSON decodes the object and keeps unknown members in Extra.
func (t *Twin) UnmarshalJSON(data []byte) error {
	type plain Twin
	if err := azrest.UnmarshalMembers(data, (*plain)(t), &t.Extra); err != nil {
		return err
	}
	return azrest.RequireMember("deviceId", t.DeviceID)
}

// MarshalJSON encodes the object, the members in Extra included.
func (t Twin) MarshalJSON() ([]byte, error) {
	type plain Twin
	return azrest.MarshalMembers(plain(t), t.Extra)
}
