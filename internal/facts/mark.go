// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"

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

// NewMark marks an entry for a device that stood as previous says. What only a search connects with the device is left
// out: a later create takes the mark's word for it.
func (e Evidence) NewMark(reason string, previous deprovision.State, placed, astray bool) Mark {
	mark := Mark{Version: MarkVersion, Reason: reason, Placed: placed, Astray: astray}
	for _, id := range deprovision.SortedIDs(previous.Identities) {
		identity, known := e.Identities[id]
		status := previous.Identities[id]
		if known && !identity.Any() || status == deprovision.Unverified {
			continue
		}
		marked := MarkedIdentity{Host: id.Host, DeviceID: id.DeviceID, Status: string(status)}
		if identity.Device != nil {
			marked.GenerationID = identity.Device.GenerationID
		}
		mark.Identities = append(mark.Identities, marked)
	}
	return mark
}

// On tells whether an entry carries the mark, which proves that an answer lost on the way was to our own write.
func (m Mark) On(entry *azdps.IndividualEnrollment) bool {
	found := MarkOf(entry)
	return found != nil && reflect.DeepEqual(*found, m)
}

// Pristine tells whether an entry that carries a mark has no member that a block never writes.
func Pristine(entry *azdps.IndividualEnrollment) bool {
	var information map[string]json.RawMessage
	if json.Unmarshal(entry.OptionalDeviceInformation, &information) != nil || len(information) != 1 {
		return false
	}
	return byDefault(entry) && entry.InitialTwin == nil && len(entry.IoTHubs) == 0 && entry.IoTHubHostName == nil &&
		entry.AllocationPolicy == nil && entry.CustomAllocationDefinition == nil && len(entry.Extra) == 0
}

// byDefault tells whether an entry has only the policies that the service gives it.
func byDefault(entry *azdps.IndividualEnrollment) bool {
	policy, capabilities := entry.ReprovisionPolicy, entry.Capabilities
	return (policy == nil || policy.UpdateHubAssignment && policy.MigrateDeviceData && len(policy.Extra) == 0) &&
		(capabilities == nil || !capabilities.IoTEdge && len(capabilities.Extra) == 0)
}

// Digest stands for what an entry says besides its status; two digests are equal when nobody has changed anything
// else. Keys are in no answer to a GET, and so in no digest.
func Digest(entry *azdps.IndividualEnrollment) string {
	if entry == nil {
		return ""
	}
	body := *entry
	body.RegistrationState, body.ProvisioningStatus, body.ETag = nil, nil, ""
	body.CreatedDateTimeUTC, body.LastUpdatedDateTimeUTC = "", ""
	raw, err := json.Marshal(body)
	if err != nil {
		return ""
	}
	// Once more through plain values, for one order of members and one spacing.
	var plain any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if decoder.Decode(&plain) != nil {
		return ""
	}
	if raw, err = json.Marshal(plain); err != nil {
		return ""
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}
