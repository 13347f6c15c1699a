// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// enableBehindTerraform is what somebody does who means well: one call to the service that enables the entry.
func (s *stage) enableBehindTerraform(ctx context.Context) error {
	client, entry, err := s.stolenEntry(ctx)
	if err != nil {
		return err
	}
	status := azdps.StatusEnabled
	entry.ProvisioningStatus = &status
	unchanged := &azdps.WriteOptions{OnlyIfUnchanged: &entry.ETag}
	if _, err := client.PutIndividualEnrollment(ctx, entry, unchanged); err != nil {
		return err
	}
	s.screen.say("PUT /enrollments/"+stolenDevice+`   "provisioningStatus": "enabled"`, "")
	return nil
}

// blockByHand is what somebody does who has read that a disabled entry keeps a device out of DPS, and no further.
func (s *stage) blockByHand(ctx context.Context, who *sensor) error {
	client, err := s.dps()
	if err != nil {
		return err
	}
	id, status := who.device.RegistrationID(), azdps.StatusDisabled
	entry := azdps.IndividualEnrollment{
		RegistrationID: id,
		Enrollment: azdps.Enrollment{
			ProvisioningStatus: &status,
			Attestation: azdps.Attestation{Type: azdps.AttestationX509, X509: &azdps.X509{
				ClientCertificates: &azdps.CertificateSlots{Primary: &azdps.Certificate{Certificate: who.certificate.PEM()}},
			}},
		},
	}
	if _, err := client.PutIndividualEnrollment(ctx, entry, nil); err != nil {
		return err
	}
	s.screen.say("PUT /enrollments/"+id+`   "provisioningStatus": "disabled"`, "")
	return nil
}

// recordNamesNoHub checks at the service that nothing there tells any more in which hub the missing sensor is.
func (s *stage) recordNamesNoHub(ctx context.Context) error {
	client, err := s.dps()
	if err != nil {
		return err
	}
	record, err := client.GetRegistration(ctx, missingDevice)
	if err == nil && record.AssignedHub != "" {
		err = fmt.Errorf("the record of %s still names %s", missingDevice, s.named(record.AssignedHub))
	}
	return err
}

// entryEnabled checks at the service, not in Terraform's state, that the entry is enabled.
func (s *stage) entryEnabled(ctx context.Context) error {
	_, entry, err := s.stolenEntry(ctx)
	if err == nil && entry.Disabled() {
		err = fmt.Errorf("the entry of %s is still disabled", stolenDevice)
	}
	return err
}

func (s *stage) stolenEntry(ctx context.Context) (*azdps.Client, azdps.IndividualEnrollment, error) {
	client, err := s.dps()
	if err != nil {
		return nil, azdps.IndividualEnrollment{}, err
	}
	entry, err := client.GetIndividualEnrollment(ctx, stolenDevice)
	return client, entry, err
}

func (s *stage) dps() (*azdps.Client, error) {
	connection, err := sas.ParseConnectionString(s.emulator.env["AZUREIOT_DPS_CONNECTION_STRING"])
	if err != nil {
		return nil, err
	}
	trust, err := os.ReadFile(s.emulator.env["AZUREIOT_CA_CERTIFICATE_FILE"])
	if err != nil {
		return nil, fmt.Errorf("read the emulator's CA: %w", err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(trust)
	options := &azdps.ClientOptions{}
	options.Transport = &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
	}}
	return azdps.NewClientFromConnectionString(connection, options)
}
