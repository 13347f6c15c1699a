// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
	"github.com/azureiot/terraform-provider-azureiot/internal/wiretest"
)

// today is the moment at which everything in a device world happens.
func today() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }

// valid makes certificates good on that day.
func valid() devicesim.Option {
	return devicesim.Valid(today().Add(-time.Hour), today().AddDate(1, 0, 0))
}

// deviceWorld is an emulator with two hubs, the clients that administer it, and a CA for devices.
type deviceWorld struct {
	*testing.T
	emulator           *emulator.Emulator
	dps                *azdps.Client
	root, intermediate *devicesim.Authority
}

func newDeviceWorld(t *testing.T, choices emulator.Choices) *deviceWorld {
	t.Helper()
	e, err := emulator.Start(emulator.Options{
		Now: today, Choices: choices, Observe: wiretest.Inspect(t),
		Hubs: []emulator.HubOptions{{Name: "north"}, {Name: "south"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &deviceWorld{T: t, emulator: e}
	connection, err := sas.ParseConnectionString(e.DPSConnectionString())
	w.must(err)
	w.dps, err = azdps.NewClientFromConnectionString(connection, &azdps.ClientOptions{Options: w.options()})
	w.must(err)
	w.root, err = devicesim.NewAuthority("Root", valid())
	w.must(err)
	w.intermediate = w.below(w.root, "Factory")
	return w
}

func (w *deviceWorld) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *deviceWorld) options() azrest.Options {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(w.emulator.CACertificatePEM())
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	w.Cleanup(transport.CloseIdleConnections)
	clock := wiretest.NewClock(today())
	return azrest.Options{
		ClientOptions: azcore.ClientOptions{Transport: &http.Client{Transport: transport}},
		Now:           clock.Now, Retry: azrest.RetryOptions{Sleep: clock.Sleep},
	}
}

// hub returns a client of the hub with that host name.
func (w *deviceWorld) hub(hostname string) *aziothub.Client {
	w.Helper()
	for _, h := range w.emulator.Hubs() {
		if h.Hostname() == hostname {
			connection, err := sas.ParseConnectionString(h.ConnectionString())
			w.must(err)
			client, err := aziothub.NewClientFromConnectionString(connection,
				&aziothub.ClientOptions{Options: w.options()})
			w.must(err)
			return client
		}
	}
	w.Fatalf("there is no hub %q", hostname)
	return nil
}

func (w *deviceWorld) below(a *devicesim.Authority, name string) *devicesim.Authority {
	w.Helper()
	lower, err := a.Intermediate(name, valid())
	w.must(err)
	return lower
}

func (w *deviceWorld) leaf(a *devicesim.Authority, name string) devicesim.Certificate {
	w.Helper()
	c, err := a.Device(name, valid())
	w.must(err)
	return c
}

func (w *deviceWorld) selfSigned(name string) devicesim.Certificate {
	w.Helper()
	c, err := devicesim.SelfSigned(name, valid())
	w.must(err)
	return c
}

func (w *deviceWorld) device(registrationID string, c devicesim.Credential) *devicesim.Device {
	d := devicesim.New(devicesim.Service{
		DPSHostname: w.emulator.DPSHostname(), IDScope: w.emulator.IDScope(),
		CACertificatePEM: w.emulator.CACertificatePEM(),
	}, registrationID, c)
	d.Wait, d.Now = devicesim.Yield, today
	w.Cleanup(d.Close)
	return d
}

func (w *deviceWorld) register(d *devicesim.Device) devicesim.Outcome {
	w.Helper()
	o, err := d.Register(w.Context())
	w.must(err)
	return o
}

// mustGetIn lets the device register and connect, and fails the test unless both succeed.
func (w *deviceWorld) mustGetIn(d *devicesim.Device) devicesim.Outcome {
	w.Helper()
	o := w.register(d)
	if !o.Admitted() {
		w.Fatalf("DPS should let %s in: %s", d.RegistrationID(), o)
	}
	c, err := d.Connect(w.Context(), o.AssignedHub, o.DeviceID)
	w.must(err)
	if !c.Accepted {
		w.Fatalf("the hub should let %s in: %s", d.RegistrationID(), c)
	}
	return o
}

// mustBe fails the test unless the device's registration ends like that.
func (w *deviceWorld) mustBe(d *devicesim.Device, status string, httpStatus, errorCode int) {
	w.Helper()
	if o := w.register(d); o.Status != status || o.HTTPStatus != httpStatus || o.ErrorCode != errorCode {
		w.Errorf("%s: %s, want %s with HTTP %d and %d", d.RegistrationID(), o, status, httpStatus, errorCode)
	}
}

func (w *deviceWorld) putGroup(id string, a azdps.Attestation) azdps.EnrollmentGroup {
	w.Helper()
	g, err := w.dps.PutEnrollmentGroup(w.Context(), azdps.EnrollmentGroup{
		EnrollmentGroupID: id, Enrollment: azdps.Enrollment{Attestation: a},
	}, nil)
	w.must(err)
	return g
}

func (w *deviceWorld) putEntry(e azdps.IndividualEnrollment) azdps.IndividualEnrollment {
	w.Helper()
	e, err := w.dps.PutIndividualEnrollment(w.Context(), e, nil)
	w.must(err)
	return e
}

func disabled() *string {
	s := azdps.StatusDisabled
	return &s
}

// signedBy is the attestation of a group for devices below an authority.
func signedBy(a *devicesim.Authority) azdps.Attestation {
	return azdps.Attestation{Type: azdps.AttestationX509, X509: &azdps.X509{
		SigningCertificates: &azdps.CertificateSlots{Primary: &azdps.Certificate{Certificate: a.PEM()}},
	}}
}

// leaves is the attestation of an individual enrollment with one or two certificates.
func leaves(primary devicesim.Certificate, secondary ...devicesim.Certificate) azdps.Attestation {
	slots := &azdps.CertificateSlots{Primary: &azdps.Certificate{Certificate: primary.PEM()}}
	for _, c := range secondary {
		slots.Secondary = &azdps.Certificate{Certificate: c.PEM()}
	}
	return azdps.Attestation{Type: azdps.AttestationX509, X509: &azdps.X509{ClientCertificates: slots}}
}

func symmetricKeys() azdps.Attestation {
	return azdps.Attestation{Type: azdps.AttestationSymmetricKey, SymmetricKey: &azdps.SymmetricKey{}}
}
