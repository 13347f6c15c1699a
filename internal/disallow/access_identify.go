// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"fmt"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// identified is the device that something names, as it was looked at.
type identified struct {
	sight
	// which is why it is not known which device that is, as a sentence; empty when it is known.
	which string
	// scanned says that the list of entries was looked at to its end, where that was needed.
	scanned bool
}

// identify finds out which device is meant, and looks at it. A registration ID says it, and so does a certificate,
// whose common name is the registration ID to DPS; a device ID of a hub may be another name than that towards DPS.
func (a asker) identify(ctx context.Context, want wanted, thumbprint string) (identified, error) {
	switch {
	case want.RegistrationID != "":
		return a.lookAt(ctx, want)
	case want.leaf != nil && iotvalidator.RegistrationIDProblem(want.leaf.commonName) == "":
		want.RegistrationID = want.leaf.commonName
		return a.lookAt(ctx, want)
	case want.leaf != nil:
		return a.lookForHolder(ctx, want, want.leaf.link.ThumbprintSHA256)
	case thumbprint != "":
		return a.lookForHolder(ctx, want, thumbprint)
	}
	return a.lookForDeviceID(ctx, want)
}

func (a asker) lookAt(ctx context.Context, want wanted) (identified, error) {
	f, err := a.reader.LookAtFirst(ctx, want.firstQuestion())
	return identified{sight: want.sight(f, memory{}, nil), scanned: true}, err
}

// lookForHolder finds the device by the entry that holds its certificate.
func (a asker) lookForHolder(ctx context.Context, want wanted, thumbprint string) (identified, error) {
	entry, complete, err := a.reader.Holder(ctx, []string{thumbprint})
	if err != nil {
		return identified{}, err
	}
	if entry == nil {
		found, err := a.nobody(ctx, want, complete)
		found.which = fmt.Sprintf("%s holds the certificate %s, so that it is not known which device has it.",
			noneOf(complete), thumbprint)
		return found, err
	}
	want.RegistrationID = entry.RegistrationID
	if want.leaf == nil {
		want.leaf = heldLeaf(*entry, thumbprint)
	}
	return a.lookAt(ctx, want)
}

// heldLeaf is the certificate of an entry that has a thumbprint, as far as the entry tells of it.
func heldLeaf(entry azdps.IndividualEnrollment, thumbprint string) *leaf {
	for _, info := range facts.ClientCertificates(&entry) {
		if strings.EqualFold(info.SHA1Thumbprint, thumbprint) || strings.EqualFold(info.SHA256Thumbprint, thumbprint) {
			return &leaf{
				link: facts.Certificates([]azdps.CertificateInfo{info})[0], thumbprintSHA1: info.SHA1Thumbprint,
			}
		}
	}
	return nil
}

// lookForDeviceID finds the device by its name in a hub: that is its registration ID, unless an entry says otherwise.
func (a asker) lookForDeviceID(ctx context.Context, want wanted) (identified, error) {
	want.RegistrationID = want.deviceID
	found, legal := identified{}, iotvalidator.RegistrationIDProblem(want.deviceID) == ""
	if legal {
		var err error
		if found, err = a.lookAt(ctx, want); err != nil || found.has(want.deviceID) {
			return found, err
		}
	}
	entry, complete, err := a.reader.Namesake(ctx, want.firstQuestion(), found.f)
	switch {
	case err != nil:
		return identified{}, err
	case entry != nil:
		want.RegistrationID = entry.RegistrationID
		return a.lookAt(ctx, want)
	case !legal:
		want.RegistrationID = ""
		if found, err = a.nobody(ctx, want, complete); err != nil {
			return identified{}, err
		}
	}
	if found.scanned = complete; !legal || !complete {
		found.which = fmt.Sprintf("%s has the device ID %q, so that it is not known which device this is.",
			noneOf(complete), want.deviceID)
	}
	return found, nil
}

// has tells whether DPS knows the device and calls it so in its hub.
func (i identified) has(deviceID string) bool {
	switch entry, record := i.f.Entry, i.f.Record; {
	case record != nil && record.DeviceID == deviceID:
		return true
	case entry != nil && entry.DeviceID != nil && *entry.DeviceID != "":
		return *entry.DeviceID == deviceID
	default:
		return entry != nil || record != nil && record.DeviceID == ""
	}
}

// nobody is what is known where no device was found: the groups that may cover it.
func (a asker) nobody(ctx context.Context, want wanted, complete bool) (identified, error) {
	f, err := a.reader.Groups(ctx)
	return identified{sight: want.sight(f, memory{OtherCertificate: want.deviceID == ""}, nil), scanned: complete}, err
}

func noneOf(complete bool) string {
	if complete {
		return "No individual enrollment"
	}
	return fmt.Sprintf("None of the first %d individual enrollments", facts.ScanLimit)
}
