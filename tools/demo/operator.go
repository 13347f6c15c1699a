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
	client, err := s.dps()
	if err != nil {
		return err
	}
	entry, err := client.GetIndividualEnrollment(ctx, stolenDevice)
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

// entryEnabled checks at the service, not in Terraform's state, that the entry is enabled.
func (s *stage) entryEnabled(ctx context.Context) error {
	client, err := s.dps()
	if err != nil {
		return err
	}
	entry, err := client.GetIndividualEnrollment(ctx, stolenDevice)
	if err != nil {
		return err
	}
	if entry.Disabled() {
		return fmt.Errorf("the entry of %s is still disabled", stolenDevice)
	}
	return nil
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
