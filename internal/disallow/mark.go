// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"bytes"
	"encoding/json"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// markMember is the member of optionalDeviceInformation that tells an entry made by this resource.
const markMember = "azureiotDisallow"

const markVersion = 1

// mark is what an entry made by this resource carries. It outlives what Terraform forgets: a failed create is
// replaced, and the new object knows nothing of the old one, while each refused try of the device overwrites the
// registration record that named its hub.
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

// newMark marks an entry for a device as it was found.
func newMark(reason string, identities map[string]facts.Identity) mark {
	m := mark{Version: markVersion, Reason: reason, Identities: map[string]markIdentity{}}
	for host, identity := range identities {
		marked := markIdentity{DeviceID: identity.DeviceID, Status: string(identity.Status)}
		if identity.Device != nil {
			marked.GenerationID = identity.Device.GenerationID
		}
		if identity.Status != deprovision.Unverified {
			m.Identities[host] = marked
		}
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
		hosts[host] = identity.DeviceID
	}
	return hosts
}

// previous is where the device stood before the block, as far as the mark remembers.
func (m mark) previous() map[string]deprovision.Identity {
	previous := map[string]deprovision.Identity{}
	for host, identity := range m.Identities {
		previous[host] = deprovision.Identity{
			DeviceID: identity.DeviceID, Status: deprovision.Status(identity.Status),
		}
	}
	return previous
}
