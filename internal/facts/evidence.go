// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"slices"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// Evidence is what both services say about a device, and what could not be read.
type Evidence struct {
	// Entry is the individual enrollment, and Mark what it says of the block that made it; nil when there is none.
	Entry *azdps.IndividualEnrollment
	Mark  *Mark
	// Record is the registration record; nil when there is none.
	Record *azdps.Registration
	// Groups are all enrollment groups, in deprovision's words; Listed says that they were asked for.
	Groups []deprovision.Group
	Listed bool
	// Identities are the identities that were looked at, without those that only a search looked for in vain.
	Identities map[deprovision.IdentityID]Identity
	// Searched are the hubs that were searched, nil when none were: Read those that could be read, Unread those that could
	// not.
	Searched []string
	Read     []string
	Unread   map[string]error

	groupHubs []string // hubs that groups list
}

// Identity is what a hub said about one identity.
type Identity struct {
	deprovision.Ties

	// Status is Enabled, Disabled, Absent or Unreachable.
	Status deprovision.Status
	// Findable says that it is looked at also when the registration record does not name it.
	Findable bool
	// Device is the identity as read; nil when it is absent or unreachable.
	Device *aziothub.Device
	// Err is why it could not be read.
	Err error
}

// Stands tells whether any identity that something ties to the device was read and exists.
func (e Evidence) stands() bool {
	for _, identity := range e.Identities {
		if identity.Device != nil && identity.Any() {
			return true
		}
	}
	return false
}

// Assigning tells whether an assignment is in flight.
func (e Evidence) Assigning() bool { return Assigning(e.Record) }

// Enrollment is the status of the entry.
func (e Evidence) Enrollment() deprovision.Status { return EntryStatus(e.Entry) }

// Shows tells how the hubs know the device: by a key, by a certificate that is known to be its own, or by another one.
// Identities that nothing but a search connects with the device say nothing about it.
func (e Evidence) Shows() (key, own, other bool) {
	for _, identity := range e.Identities {
		if identity.Device == nil || identity.Device.Authentication == nil || !identity.Any() {
			continue
		}
		switch a := identity.Device.Authentication; {
		case a.Type == aziothub.AuthenticationSAS:
			key = true
		case identity.Proven:
			own = true
		case a.Type == aziothub.AuthenticationCertificateAuthority, len(thumbprintsOf(*identity.Device)) > 0:
			other = true
		}
	}
	return key, own, other
}

// thumbprintsOf are the thumbprints that an identity shows.
func thumbprintsOf(device aziothub.Device) []string {
	if device.Authentication == nil || device.Authentication.X509Thumbprint == nil {
		return nil
	}
	shown := device.Authentication.X509Thumbprint
	var thumbprints []string
	for _, thumbprint := range []*string{shown.PrimaryThumbprint, shown.SecondaryThumbprint} {
		if thumbprint != nil && *thumbprint != "" {
			thumbprints = append(thumbprints, *thumbprint)
		}
	}
	return thumbprints
}

// proves tells whether an identity shows a certificate of the device: one that is known to be, or one that its entry
// holds.
func (q Question) proves(entry *azdps.IndividualEnrollment, device aziothub.Device) bool {
	known := slices.Clone(q.Thumbprints)
	for _, info := range clientCertificates(entry) {
		known = append(known, info.SHA1Thumbprint, info.SHA256Thumbprint)
	}
	return slices.ContainsFunc(thumbprintsOf(device), func(shown string) bool {
		return slices.ContainsFunc(known, func(t string) bool { return strings.EqualFold(t, shown) })
	})
}
