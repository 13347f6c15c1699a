// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"slices"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// Question names a device and says where to look for it. Host names are in lower case.
type Question struct {
	// RegistrationID is the device's name towards DPS.
	RegistrationID string
	// DeviceID is the device's name in the hubs, when the user gave it.
	DeviceID string
	// Leaf is the device's own certificate, when the user gave it.
	Leaf *Leaf
	// Thumbprints are SHA-256 thumbprints of certificates of the device that an entry showed earlier.
	Thumbprints []string
	// ShutSince is when an entry was made that has been disabled ever since: a record that begins later is of refused
	// tries only. Empty when there is no such entry.
	ShutSince string
	// Remembered are hubs in which the device is known to have an identity: host to device ID.
	Remembered map[string]string
	// Suspected are hubs in which a search once found an identity that nothing proved to be the device's.
	Suspected map[string]string
	// Named are hubs that the user named.
	Named []string
}

// Leaf is what identifies a device's certificate.
type Leaf struct{ CommonName, ThumbprintSHA1, ThumbprintSHA256 string }

// Evidence is why a hub was looked at, the strongest reason first.
type Evidence int

const (
	// Remembered is a hub of which an earlier read or the mark of the entry says that the device is there.
	Remembered Evidence = iota
	// Recorded is a hub that the registration record names. A refused try of the device overwrites it.
	Recorded
	// Named is a hub that the user names.
	Named
	// Searched is a hub that nobody names.
	Searched
)

// Identity is what a hub said about the device.
type Identity struct {
	Host, DeviceID string
	Evidence       Evidence
	Status         deprovision.Status
	// Proven says that the identity shows a certificate of the device.
	Proven bool
	// Device is the identity as read; nil when it is absent or unreachable.
	Device *aziothub.Device
	// Err is why the hub could not be read.
	Err error
}

// Answer is what both services say about the device.
type Answer struct {
	// Entry is the individual enrollment; nil when there is none.
	Entry *azdps.IndividualEnrollment
	// Enrollment is the entry's status; absent when there is none.
	Enrollment deprovision.Status
	// Registration is the registration record; nil when there is none.
	Registration *azdps.Registration
	// Groups are all enrollment groups, in deprovision's words.
	Groups []deprovision.Group
	// Identities are the device's identities by host name; hubs that were searched in vain are left out.
	Identities map[string]Identity
	groupHubs  []string // hubs that groups list

	// NoHub says that there was no hub to look into, though the device may be in one.
	NoHub bool
	// Unsearched are hubs that were searched but could not be read, with the reason.
	Unsearched map[string]error
}

// Call is the kind of call that failed.
type Call int

const (
	// ReadEntry reads an individual enrollment.
	ReadEntry Call = iota
	// ReadRegistration reads a registration record.
	ReadRegistration
	// ListGroups lists the enrollment groups.
	ListGroups
)

// Error is a call to DPS that failed; without its answer there is no answer at all.
type Error struct {
	Call     Call
	ID, Host string
	Err      error
}

func (e *Error) Error() string { return e.Err.Error() }

// Unwrap is the client's error.
func (e *Error) Unwrap() error { return e.Err }

// mayBeAnywhere tells whether the device may have been assigned to a hub of which its record tells nothing any more: a
// refused try overwrites it.
func (q Question) mayBeAnywhere(r *azdps.Registration) bool {
	if r == nil || r.AssignedHub != "" || r.Status == azdps.RegistrationUnassigned {
		return false
	}
	shut, err := time.Parse(time.RFC3339Nano, q.ShutSince)
	began, failure := time.Parse(time.RFC3339Nano, r.CreatedDateTimeUTC)
	return err != nil || failure != nil || began.Before(shut)
}

// deviceIDs are the names that the device may have in a hub, the likeliest first. Hubs tell letter case apart; the
// record and the certificate know the device's own spelling, the user's registration ID may not.
func (q Question) deviceIDs(answer *Answer) []string {
	var ids []string
	add := func(id string) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if answer.Registration != nil {
		add(answer.Registration.DeviceID)
	}
	if add(q.DeviceID); q.DeviceID != "" {
		return ids
	}
	if answer.Entry != nil && answer.Entry.DeviceID != nil {
		add(*answer.Entry.DeviceID)
	}
	for _, host := range sortedKeys(q.Remembered) {
		add(q.Remembered[host])
	}
	if len(ids) > 0 {
		return ids
	}
	if q.Leaf != nil {
		add(q.Leaf.CommonName)
	}
	if answer.Registration != nil {
		add(answer.Registration.RegistrationID)
	}
	if answer.Entry != nil {
		add(answer.Entry.RegistrationID)
	}
	add(q.RegistrationID)
	add(strings.ToLower(q.RegistrationID))
	return ids
}

// proves tells whether an identity is the device's: its thumbprint is that of the given certificate or of a certificate
// that the entry shows or showed. The same device ID in another hub may be another customer's machine.
func (q Question) proves(entry *azdps.IndividualEnrollment, device *aziothub.Device) bool {
	if device == nil || device.Authentication == nil || device.Authentication.X509Thumbprint == nil {
		return false
	}
	known := slices.Clone(q.Thumbprints)
	if q.Leaf != nil {
		known = append(known, q.Leaf.ThumbprintSHA1, q.Leaf.ThumbprintSHA256)
	}
	for _, info := range clientCertificates(entry) {
		known = append(known, info.SHA1Thumbprint, info.SHA256Thumbprint)
	}
	thumbprints := device.Authentication.X509Thumbprint
	for _, shown := range []*string{thumbprints.PrimaryThumbprint, thumbprints.SecondaryThumbprint} {
		if shown != nil && *shown != "" &&
			slices.ContainsFunc(known, func(t string) bool { return strings.EqualFold(t, *shown) }) {
			return true
		}
	}
	return false
}
