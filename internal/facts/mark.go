// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"encoding/json"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// MarkMember is the member of optionalDeviceInformation that tells an entry made to block a device from others.
const MarkMember = "azureiotDisallow"

// MarkVersion is the version of marks that are written.
const MarkVersion = 2

// Mark is what an entry carries that was made to block a device. It outlives what Terraform forgets: a failed create is
// replaced, and the new object knows nothing of the old one, while each refused try of the device overwrites the
// registration record that named its hub.
type Mark struct {
	Version int    `json:"version"`
	Reason  string `json:"reason,omitempty"`
	// Identities are those that were tied to the device, as they were before the block. They are a list, because host
	// names must be no keys: device information is a twin collection, and hubs forbid dots in its keys.
	Identities []MarkedIdentity `json:"identities,omitempty"`
	// Placed says that it was known, when the entry was made, where the device could have an identity. Astray says that
	// its record told then of a hub that nobody knows any more.
	Placed bool `json:"placed,omitempty"`
	Astray bool `json:"astray,omitempty"`
}

// MarkedIdentity is an identity as it was before the block.
type MarkedIdentity struct {
	Host         string `json:"host"`
	DeviceID     string `json:"deviceId"`
	Status       string `json:"status"`
	GenerationID string `json:"generationId,omitempty"`
}

// ID names the identity.
func (m MarkedIdentity) ID() deprovision.IdentityID {
	return deprovision.IdentityID{Host: azrest.FoldHost(m.Host), DeviceID: m.DeviceID}
}

// DeviceInformation is the optionalDeviceInformation of an entry that carries the mark and nothing else.
func (m Mark) DeviceInformation() (json.RawMessage, error) {
	return json.Marshal(map[string]Mark{MarkMember: m})
}

// MarkOf reads the mark of an entry; nil when it has none.
func MarkOf(entry *azdps.IndividualEnrollment) *Mark {
	if entry == nil {
		return nil
	}
	return ReadMark(entry.OptionalDeviceInformation)
}

// ReadMark reads the mark in the optionalDeviceInformation of an entry; nil when there is none.
func ReadMark(deviceInformation []byte) *Mark {
	var information map[string]json.RawMessage
	if json.Unmarshal(deviceInformation, &information) != nil {
		return nil
	}
	var m Mark
	raw, found := information[MarkMember]
	if !found || json.Unmarshal(raw, &m) != nil || m.Version <= 0 {
		return nil
	}
	return &m
}

// Untouched tells whether an entry that was made to block a device has been disabled ever since: nobody has written it.
func Untouched(entry *azdps.IndividualEnrollment) bool {
	return entry.Disabled() && entry.CreatedDateTimeUTC != "" &&
		entry.LastUpdatedDateTimeUTC == entry.CreatedDateTimeUTC
}
