// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"encoding/json"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// entry is an individual enrollment or an enrollment group on the wire: what both have, under an ID.
type entry struct {
	ID string
	// DeviceID, DeviceInformation and Registration are an individual enrollment's.
	DeviceID          *string
	DeviceInformation json.RawMessage
	Registration      *azdps.Registration
	azdps.Enrollment
}

func entryOfIndividual(e azdps.IndividualEnrollment) entry {
	return entry{
		ID: e.RegistrationID, DeviceID: e.DeviceID, DeviceInformation: e.OptionalDeviceInformation,
		Registration: e.RegistrationState, Enrollment: e.Enrollment,
	}
}

// individual is the entry as it is written; what only the service writes is left out by the client.
func (e entry) individual() azdps.IndividualEnrollment {
	return azdps.IndividualEnrollment{
		RegistrationID: e.ID, DeviceID: e.DeviceID, OptionalDeviceInformation: e.DeviceInformation,
		Enrollment: e.Enrollment,
	}
}

func entryOfGroup(g azdps.EnrollmentGroup) entry {
	return entry{ID: g.EnrollmentGroupID, Enrollment: g.Enrollment}
}

// group is the entry as it is written.
func (e entry) group() azdps.EnrollmentGroup {
	return azdps.EnrollmentGroup{EnrollmentGroupID: e.ID, Enrollment: e.Enrollment}
}

// body is what a write of the entry sends.
func (e entry) body(k kind) any {
	if k.group {
		return e.group()
	}
	return e.individual()
}
