// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"context"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

type ctx = context.Context

func closeOnce(c chan struct{}) {
	select {
	case <-c:
	default:
		close(c)
	}
}

// registrationStatus is what the registration record of the stolen device says; empty when there is none.
func (f fleet) registrationStatus() string {
	f.T.Helper()
	registration, err := f.DPS.GetRegistration(f.Context(), stolenID)
	if azrest.IsNotFound(err) {
		return ""
	}
	if err != nil {
		f.T.Error(err)
	}
	return registration.Status
}

// awaitRegistration waits until the device has a registration record.
func (f fleet) awaitRegistration() {
	for f.registrationStatus() == "" && f.Context().Err() == nil {
		continue
	}
}

// addEntry has the operator make a symmetric-key entry for the stolen device.
func (f fleet) addEntry(status string) azdps.IndividualEnrollment {
	f.T.Helper()
	return f.AddKeyedEntry(stolenID, func(e *azdps.IndividualEnrollment) { e.ProvisioningStatus = &status })
}
