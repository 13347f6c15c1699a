// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"context"
	"slices"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// namesakePages bounds the search for an entry of another registration ID: a page has a hundred entries.
const namesakePages = 10

// Namesake looks for the entry of a device of which only the hub's name may have been given: an entry with another
// registration ID whose device ID is the registration ID that was asked for, or which holds a certificate that an
// identity shows. It is nil when there is none; complete is false when there are more entries than are looked at.
func (r *Reader) Namesake(
	ctx context.Context, q Question, e Evidence,
) (entry *azdps.IndividualEnrollment, complete bool, err error) {
	var shown []string
	for _, identity := range e.Identities {
		if identity.Device != nil && !identity.Proven {
			shown = append(shown, thumbprintsOf(*identity.Device)...)
		}
	}
	pager := r.dps.NewListIndividualEnrollmentsPager(nil)
	for pages := 0; pager.More(); pages++ {
		if pages == namesakePages {
			return nil, false, nil
		}
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, false, &Error{Call: ReadEntry, ID: "*", Host: r.dps.Host(), Err: err}
		}
		for i := range page.Items {
			if isNamesake(page.Items[i], q.RegistrationID, shown) {
				return &page.Items[i], true, nil
			}
		}
	}
	return nil, true, nil
}

func isNamesake(entry azdps.IndividualEnrollment, registrationID string, shown []string) bool {
	if strings.EqualFold(entry.RegistrationID, registrationID) {
		return false
	}
	if entry.DeviceID != nil && *entry.DeviceID == registrationID {
		return true
	}
	return slices.ContainsFunc(clientCertificates(&entry), func(info azdps.CertificateInfo) bool {
		return slices.ContainsFunc(shown, func(thumbprint string) bool {
			return strings.EqualFold(thumbprint, info.SHA1Thumbprint) || strings.EqualFold(thumbprint, info.SHA256Thumbprint)
		})
	})
}
