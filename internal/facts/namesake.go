// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"context"
	"slices"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// scanPages bounds a search among all entries: a page has a hundred of them.
const scanPages = 10

// ScanLimit is how many entries a search looks at.
const ScanLimit = 100 * scanPages

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
	return r.scan(ctx, func(entry azdps.IndividualEnrollment) bool { return isNamesake(entry, q.RegistrationID, shown) })
}

// Holder looks for the entry that holds a certificate with one of these thumbprints, SHA-1 or SHA-256, as Namesake
// does.
func (r *Reader) Holder(
	ctx context.Context, thumbprints []string,
) (entry *azdps.IndividualEnrollment, complete bool, err error) {
	return r.scan(ctx, func(entry azdps.IndividualEnrollment) bool { return holdsAny(entry, thumbprints) })
}

// scan goes through the list of entries to the first that is wanted.
func (r *Reader) scan(
	ctx context.Context, wanted func(azdps.IndividualEnrollment) bool,
) (entry *azdps.IndividualEnrollment, complete bool, err error) {
	pager := r.dps.NewListIndividualEnrollmentsPager(nil)
	for pages := 0; pager.More(); pages++ {
		if pages == scanPages {
			return nil, false, nil
		}
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, false, &Error{Call: ListEntries, ID: "*", Host: r.dps.Host(), Err: err}
		}
		if i := slices.IndexFunc(page.Items, wanted); i >= 0 {
			return &page.Items[i], true, nil
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
	return holdsAny(entry, shown)
}

func holdsAny(entry azdps.IndividualEnrollment, thumbprints []string) bool {
	return slices.ContainsFunc(ClientCertificates(&entry), func(info azdps.CertificateInfo) bool {
		return slices.ContainsFunc(thumbprints, func(thumbprint string) bool {
			return strings.EqualFold(thumbprint, info.SHA1Thumbprint) || strings.EqualFold(thumbprint, info.SHA256Thumbprint)
		})
	})
}
