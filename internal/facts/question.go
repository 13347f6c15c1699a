// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// Question names a device and says where to look for it. Host names are folded (azrest.FoldHost).
type Question struct {
	// RegistrationID is the device's name towards DPS.
	RegistrationID string
	// DeviceID is the device's name in the hubs, when the user gave it; CommonName that of a certificate that was given.
	DeviceID, CommonName string
	// Thumbprints are those, SHA-1 or SHA-256, of certificates that are known to be the device's.
	Thumbprints []string
	// Named are hubs that the user named.
	Named []string
	// Known are the identities of earlier looks.
	Known map[deprovision.IdentityID]Known
	// Seen is the entry as the last look found it; nil when nothing was looked at before. Searched are the hubs that were
	// tried when they were last searched, SearchedAs the names of the device that were tried; none where that is not
	// known.
	Seen                 *Seen
	Searched, SearchedAs []string
	// Settled says that the device was blocked when it was last looked at, with everything read and no assignment in
	// flight. Without an entry StillOut tells whether the record and the groups of an evidence leave it so.
	Settled  bool
	StillOut func(Evidence) bool
	// Answers are those of a look that was made a moment ago, and are not asked for again; nil when there are none.
	Answers *Answers

	// absenceByTwin has the twin asked of an identity first that is not known to exist.
	absenceByTwin bool
}

// Known is an identity that an earlier look found.
type Known struct {
	// Tied says that something tied it to the device then. Otherwise only a search found it, or could not read its hub.
	Tied bool
	// Unread says that its hub could not be read.
	Unread bool
	// ETag is its own as it was read then; empty for one that did not exist or could not be read.
	ETag azcore.ETag
}

// Seen is what tells whether DPS may have assigned the device since.
type Seen struct {
	// ETag is the entry's; empty when there was none.
	ETag azcore.ETag `json:"etag,omitempty"`
	// Hub, DeviceID and Updated are what the registration record said.
	Hub      string `json:"hub,omitempty"`
	DeviceID string `json:"device_id,omitempty"`
	Updated  string `json:"updated,omitempty"`
}

// SeenOf is what is to be remembered of an entry (nil: none) and of the device's record (nil: none).
func SeenOf(entry *azdps.IndividualEnrollment, record *azdps.Registration) Seen {
	var seen Seen
	if entry != nil {
		seen.ETag, record = entry.ETag, entry.RegistrationState
	}
	if record != nil {
		seen.Hub, seen.DeviceID = azrest.FoldHost(record.AssignedHub), record.DeviceID
		seen.Updated = record.LastUpdatedDateTimeUTC
	}
	return seen
}

// NoEntry tells whether that look found no entry.
func (s *Seen) NoEntry() bool { return s != nil && s.ETag == "" }

// SameEntry tells whether an entry is as that look found it.
func (s *Seen) SameEntry(entry *azdps.IndividualEnrollment) bool {
	return s != nil && s.ETag != "" && s.ETag == entry.ETag
}

// SameRecord tells whether the record of a device without an entry is as that look found it.
func (s *Seen) SameRecord(record *azdps.Registration) bool {
	return s != nil && *s == SeenOf(nil, record)
}

// holds tells whether DPS can have assigned a device nowhere since its entry was seen: the entry is disabled and
// unchanged. Refused tries overwrite the record all the time; one that names another hub contradicts that.
func (s *Seen) holds(entry *azdps.IndividualEnrollment) bool {
	if s == nil || entry == nil || !entry.Disabled() || s.ETag != entry.ETag {
		return false
	}
	now := SeenOf(entry, nil)
	return now.Hub == "" || now.Hub == s.Hub && now.DeviceID == s.DeviceID
}

// deviceIDs are the names that the device may have in a hub, the likeliest first. Hubs tell letter case apart; the
// record and the certificate know the device's own spelling, the user's registration ID may not. None hides another: a
// device that was renamed keeps its former identity.
func (q Question) deviceIDs(entry *azdps.IndividualEnrollment, record *azdps.Registration) []string {
	var ids []string
	add := func(id string) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	add(q.DeviceID)
	if record != nil {
		add(record.DeviceID)
	}
	if entry != nil && entry.DeviceID != nil {
		add(*entry.DeviceID)
	}
	for _, id := range deprovision.SortedIDs(q.Known) {
		if q.Known[id].Tied {
			add(id.DeviceID)
		}
	}
	add(q.CommonName)
	if record != nil {
		add(record.RegistrationID)
	}
	if entry != nil {
		add(entry.RegistrationID)
	}
	add(q.RegistrationID)
	add(strings.ToLower(q.RegistrationID))
	return ids
}

// usualID is the name under which a device is missed in a hub where it has no identity. What the record says is no
// part of it: that changes with each try of the device.
func (q Question) usualID(entry *azdps.IndividualEnrollment) string {
	switch {
	case q.DeviceID != "":
		return q.DeviceID
	case entry != nil && entry.DeviceID != nil && *entry.DeviceID != "":
		return *entry.DeviceID
	case q.CommonName != "":
		return q.CommonName
	}
	return q.RegistrationID
}

// names tells whether the user named a hub, which decides whether a token may be sent there.
func (q Question) names(host string) bool { return slices.Contains(q.Named, host) }
