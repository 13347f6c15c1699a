// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// Of every attestation there are so many entries in a fleet, and of identities so many that DPS made, and so many that
// a script did.
const (
	entriesOfAKind = 50
	identitiesMade = 100
)

// grown is a world with a fleet that people made in the portal and with scripts: three groups, entries of every
// attestation, and identities; some are disabled, some have twins, webhooks, names of their own or a gateway.
func grown(t testing.TB) *acctest.World {
	t.Helper()
	w := acctest.NewWorld(t)
	w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", w.Hostname("hub1"))
	f := fleet{w, t}
	f.groups()
	for i := range entriesOfAKind {
		device := w.NewDevice(fmt.Sprintf("x509-%03d", i))
		f.entry(device.RegistrationID(), i, certified(device.Certificate))
		f.entry(fmt.Sprintf("key-%03d", i), i, acctest.Keyed())
		f.entry(fmt.Sprintf("tpm-%03d", i), i, azdps.Attestation{Type: azdps.AttestationTPM, TPM: &azdps.TPM{
			EndorsementKey: base64.StdEncoding.EncodeToString(fmt.Appendf(bytes.Repeat([]byte{'k'}, 64), "%03d", i)),
		}})
	}
	f.identities()
	return w
}

type fleet struct {
	*acctest.World

	t testing.TB
}

// certified is an attestation with one certificate.
func certified(c devicesim.Certificate) azdps.Attestation {
	return azdps.Attestation{Type: azdps.AttestationX509, X509: &azdps.X509{
		ClientCertificates: &azdps.CertificateSlots{Primary: &azdps.Certificate{Certificate: c.PEM()}},
	}}
}

func (f fleet) groups() {
	f.t.Helper()
	f.AddGroup("plant-thale", f.Intermediate)
	disabled := azdps.StatusDisabled
	policy := azdps.AllocationCustom
	for id, change := range map[string]func(*azdps.Enrollment){
		"plant-halle": func(e *azdps.Enrollment) {
			e.ProvisioningStatus = &disabled
			e.InitialTwin = &azdps.InitialTwin{Tags: json.RawMessage(`{"plant":"Halle"}`)}
		},
		"plant-jena": func(e *azdps.Enrollment) {
			e.AllocationPolicy = &policy
			e.CustomAllocationDefinition = &azdps.CustomAllocationDefinition{
				WebhookURL: "https://choose.example.com/api/hub?code=hush-hush-hush", APIVersion: "2021-10-01",
			}
		},
	} {
		f.AddKeyedGroup(id, func(g *azdps.EnrollmentGroup) { change(&g.Enrollment) })
	}
}

// entry makes an individual enrollment; every fifth one is disabled, and others have more settings.
func (f fleet) entry(id string, i int, attestation azdps.Attestation) {
	f.t.Helper()
	status := azdps.StatusEnabled
	e := azdps.IndividualEnrollment{RegistrationID: id}
	e.Attestation = attestation
	switch i % 5 {
	case 0:
		status = azdps.StatusDisabled
	case 1:
		name := "Device-" + id
		e.DeviceID = &name
	case 2:
		e.InitialTwin = &azdps.InitialTwin{Tags: json.RawMessage(`{"line":4}`)}
	case 3:
		e.OptionalDeviceInformation = json.RawMessage(`{"installed":"2026-03-01"}`)
		e.IoTHubs = []string{f.Hostname("hub1")}
	}
	e.ProvisioningStatus = &status
	if _, err := f.DPS.PutIndividualEnrollment(f.Context(), e, nil); err != nil {
		f.t.Fatal(err)
	}
}

func (f fleet) identities() {
	f.t.Helper()
	for i := range identitiesMade {
		f.NewDevice(fmt.Sprintf("sensor-%03d", i)).MustRegister()
	}
	gateway := f.AddIdentity("hub1", "gateway", func(d *aziothub.Device) {
		d.Capabilities = &aziothub.Capabilities{IoTEdge: true}
	})
	for i := range identitiesMade - 1 {
		f.AddIdentity("hub1", fmt.Sprintf("pump-%03d", i), func(d *aziothub.Device) {
			switch i % 5 {
			case 0:
				reason := "worn out"
				d.Status, d.StatusReason = aziothub.StatusDisabled, &reason
			case 1:
				d.DeviceScope = gateway.DeviceScope
			case 2:
				thumbprint := fmt.Sprintf("%040X", i+1)
				d.Authentication = &aziothub.Authentication{
					Type: aziothub.AuthenticationSelfSigned, X509Thumbprint: &aziothub.X509Thumbprint{PrimaryThumbprint: &thumbprint},
				}
			case 3:
				d.Authentication = &aziothub.Authentication{Type: aziothub.AuthenticationCertificateAuthority}
			}
		})
	}
}
