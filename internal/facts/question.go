// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// Question names a device and says where to look for it.
type Question struct {
	// RegistrationID is the device's name towards DPS.
	RegistrationID string
	// DPSHostname overrides the provider block's DPS instance.
	DPSHostname string
	// DeviceID is the device's name in the hubs, when the user gave it.
	DeviceID string
	// Leaf is the device's own certificate, when the user gave it.
	Leaf *Leaf
	// Chain is the leaf and the intermediates as far as they are given.
	Chain deprovision.Chain
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
	// Assigned is a hub where an earlier read, the mark of the entry, or the registration record says that the device
	// is.
	Assigned Evidence = iota
	// Named is a hub that the user named.
	Named
	// Searched is a hub that nobody named and that was searched.
	Searched
)

// Identity is what a hub said about the device.
type Identity struct {
	Host, DeviceID string
	Evidence       Evidence
	Status         deprovision.Status
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

	// Unsearched are hubs that were searched but could not be read, with the reason.
	Unsearched map[string]error
}

// Located tells whether any hub is known to have, or to have had, an identity of the device.
func (a Answer) Located() bool { return len(a.Identities) > 0 }

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
