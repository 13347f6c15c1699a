// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// newMark marks an entry for a device that stood as previous says. What only a search connects with the device is left
// out: a later create takes the mark's word for it.
func newMark(
	reason string, previous deprovision.State, f facts.Evidence, e deprovision.Evidence,
) facts.Mark {
	mark := facts.Mark{Version: facts.MarkVersion, Reason: reason, Placed: e.Placed(), Astray: e.Astray()}
	for _, id := range deprovision.SortedIDs(previous.Identities) {
		identity, known := f.Identities[id]
		status := previous.Identities[id]
		if known && !identity.Any() || status == deprovision.Unverified {
			continue
		}
		marked := facts.MarkedIdentity{Host: id.Host, DeviceID: id.DeviceID, Status: string(status)}
		if identity.Device != nil {
			marked.GenerationID = identity.Device.GenerationID
		}
		mark.Identities = append(mark.Identities, marked)
	}
	return mark
}

// sameMark tells whether an entry carries a mark, which proves that an answer lost on the way was to our own write.
func sameMark(entry azdps.IndividualEnrollment, written facts.Mark) bool {
	found := facts.MarkOf(&entry)
	return found != nil && reflect.DeepEqual(*found, written)
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

// digestOf stands for what an entry says besides its status; two digests are equal when nobody has changed anything
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
