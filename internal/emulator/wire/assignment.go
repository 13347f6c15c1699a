// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wire

import "encoding/json"

// Assignment is what the provisioning service asks of a hub: an identity with either two keys or the SHA-256 thumbprint
// of the certificate that the device showed, and the twin it starts with if the identity is new.
type Assignment struct {
	DeviceID      string
	Edge          bool
	SymmetricKeys *[2]string
	Thumbprint    string
	Tags, Desired json.RawMessage
}
