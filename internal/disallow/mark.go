// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// markMember is the member of optionalDeviceInformation that tells an entry made by this resource.
const markMember = "azureiotDisallow"

const markVersion = 1

// mark is what an entry made by this resource carries. It outlives what Terraform forgets: a failed create is replaced,
// and the new object knows nothing of the old one, while each refused try of the device overwrites the registration
// record that named its hub.
type mark struct {
	Version    int                     `json:"version"`
	Reason     string                  `json:"reason,omitempty"`
	Identities map[string]markIdentity `json:"identities,omitempty"`
}

// markIdentity is an identity as it was before the block.
type markIdentity struct {
	DeviceID     string `json:"deviceId"`
	Status       string `json:"status"`
	GenerationID string `json:"generationId,omitempty"`
}

// newMark marks an entry for a device that stood as previous says; found are its identities as they were read. What
// only a search connects with the device is left out: a later create takes the mark's word for it.
func newMark(reason string, previous map[string]deprovision.Identity, found map[string]facts.Identity) mark {
	m := mark{Version: markVersion, Reason: reason, Identities: map[string]markIdentity{}}
	for host, identity := range previous {
		seen, known := found[host]
		searched := known && seen.Evidence == facts.Searched && !seen.Proven
		if searched || identity.Status == deprovision.Unverified {
			continue
		}
		marked := markIdentity{DeviceID: identity.DeviceID, Status: string(identity.Status)}
		if device := seen.Device; device != nil && device.DeviceID == identity.DeviceID {
			marked.GenerationID = device.GenerationID
		}
		m.Identities[host] = marked
	}
	return m
}

// deviceInformation is the optionalDeviceInformation of an entry that carries the mark and nothing else.
func (m mark) deviceInformation() (json.RawMessage, error) {
	return json.Marshal(map[string]mark{markMember: m})
}

// markOf reads the mark of an entry; ok is false when it has none.
func markOf(entry *azdps.IndividualEnrollment) (m mark, ok bool) {
	if entry == nil {
		return mark{}, false
	}
	var information map[string]json.RawMessage
	if json.Unmarshal(entry.OptionalDeviceInformation, &information) != nil {
		return mark{}, false
	}
	raw, found := information[markMember]
	if !found || json.Unmarshal(raw, &m) != nil {
		return mark{}, false
	}
	return m, m.Version > 0
}

// sameMark tells whether two entries carry the same mark, which proves that an answer lost on the way was to our own
// write.
func sameMark(entry *azdps.IndividualEnrollment, written mark) bool {
	found, ok := markOf(entry)
	if !ok {
		return false
	}
	left, err := json.Marshal(found)
	if err != nil {
		return false
	}
	right, err := json.Marshal(written)
	return err == nil && bytes.Equal(left, right)
}

// hosts are the hubs that the mark remembers, with the device's ID in each.
func (m mark) hosts() map[string]string {
	hosts := map[string]string{}
	for host, identity := range m.Identities {
		if identity.DeviceID != "" {
			hosts[strings.ToLower(host)] = identity.DeviceID
		}
	}
	return hosts
}

// pristine tells whether an entry has no member that this resource never writes.
func pristine(entry *azdps.IndividualEnrollment) bool {
	var information map[string]json.RawMessage
	if json.Unmarshal(entry.OptionalDeviceInformation, &information) != nil || len(information) != 1 {
		return false
	}
	policy, capabilities := entry.ReprovisionPolicy, entry.Capabilities
	byDefault := (policy == nil || policy.UpdateHubAssignment && policy.MigrateDeviceData && len(policy.Extra) == 0) &&
		(capabilities == nil || !capabilities.IoTEdge && len(capabilities.Extra) == 0)
	return byDefault && entry.InitialTwin == nil && len(entry.IoTHubs) == 0 && entry.IoTHubHostName == nil &&
		entry.AllocationPolicy == nil && entry.CustomAllocationDefinition == nil && len(entry.Extra) == 0
}

// digestOf stands for what an entry says besides its status: two digests are equal when nobody has changed anything
// else. Keys are in no answer to a GET, and so in no digest.
func digestOf(entry *azdps.IndividualEnrollment) string {
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
