// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// attestations are the ways in which a device proves itself by an entry of its own.
func attestations() []string {
	return []string{azdps.AttestationX509, azdps.AttestationSymmetricKey, azdps.AttestationTPM}
}

// enrol has the operator make an individual enrollment for the stolen device, which proves itself by it from now on;
// change may alter the entry before it is written.
func (f *fleet) enrol(attestation string, change func(*azdps.IndividualEnrollment)) azdps.IndividualEnrollment {
	f.T.Helper()
	status := azdps.StatusEnabled
	entry := azdps.IndividualEnrollment{
		RegistrationID: stolenID, Enrollment: azdps.Enrollment{ProvisioningStatus: &status},
	}
	switch attestation {
	case azdps.AttestationX509:
		entry.Attestation = azdps.Attestation{Type: attestation, X509: &azdps.X509{
			ClientCertificates: &azdps.CertificateSlots{
				Primary: &azdps.Certificate{Certificate: f.device.Certificate.PEM()},
			},
		}}
	case azdps.AttestationSymmetricKey:
		entry.Attestation = azdps.Attestation{Type: attestation, SymmetricKey: &azdps.SymmetricKey{}}
	case azdps.AttestationTPM:
		tpm, err := devicesim.NewSoftwareTPM()
		if err != nil {
			f.T.Fatal(err)
		}
		f.device = f.DeviceBy(stolenID, devicesim.TPM(tpm))
		entry.Attestation = azdps.Attestation{Type: attestation, TPM: &azdps.TPM{
			EndorsementKey: tpm.EndorsementKey(), StorageRootKey: tpm.StorageRootKey(),
		}}
	}
	if change != nil {
		change(&entry)
	}
	written, err := f.DPS.PutIndividualEnrollment(f.Context(), entry, nil)
	if err != nil {
		f.T.Fatal(err)
	}
	if attestation == azdps.AttestationSymmetricKey {
		f.device = f.DeviceBy(stolenID, devicesim.SymmetricKey(written.Attestation.SymmetricKey.PrimaryKey))
	}
	return written
}

// enrolledFleet is a fleet whose device came in through an entry of its own.
func enrolledFleet(
	t *testing.T, attestation string, change func(*azdps.IndividualEnrollment), options ...acctest.Option,
) fleet {
	t.Helper()
	f := unregisteredFleet(t, options...)
	f.enrol(attestation, change)
	return f.registered()
}
