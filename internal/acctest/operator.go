// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

func contextWithCancel(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithCancel(ctx)
}

// AddGroup has the operator make an enabled X.509 enrollment group for what authority signs.
func (w *World) AddGroup(id string, authority *devicesim.Authority) azdps.EnrollmentGroup {
	w.T.Helper()
	status := azdps.StatusEnabled
	group, err := w.DPS.PutEnrollmentGroup(w.Context(), azdps.EnrollmentGroup{
		EnrollmentGroupID: id,
		Enrollment: azdps.Enrollment{
			ProvisioningStatus: &status,
			Attestation: azdps.Attestation{Type: azdps.AttestationX509, X509: &azdps.X509{
				SigningCertificates: &azdps.CertificateSlots{Primary: &azdps.Certificate{Certificate: authority.PEM()}},
			}},
		},
	}, nil)
	must(w.T, err)
	return group
}

// Keyed is an attestation whose symmetric keys the service makes.
func Keyed() azdps.Attestation {
	return azdps.Attestation{Type: azdps.AttestationSymmetricKey, SymmetricKey: &azdps.SymmetricKey{}}
}

// AddKeyedGroup has the operator make a symmetric-key enrollment group, which says nothing else unless change does,
// which may be nil.
func (w *World) AddKeyedGroup(id string, change func(*azdps.EnrollmentGroup)) azdps.EnrollmentGroup {
	w.T.Helper()
	group := azdps.EnrollmentGroup{EnrollmentGroupID: id, Enrollment: azdps.Enrollment{Attestation: Keyed()}}
	if change != nil {
		change(&group)
	}
	made, err := w.DPS.PutEnrollmentGroup(w.Context(), group, nil)
	must(w.T, err)
	return made
}

// AddKeyedEntry makes such an individual enrollment.
func (w *World) AddKeyedEntry(
	registrationID string, change func(*azdps.IndividualEnrollment),
) azdps.IndividualEnrollment {
	w.T.Helper()
	entry := azdps.IndividualEnrollment{
		RegistrationID: registrationID, Enrollment: azdps.Enrollment{Attestation: Keyed()},
	}
	if change != nil {
		change(&entry)
	}
	made, err := w.DPS.PutIndividualEnrollment(w.Context(), entry, nil)
	must(w.T, err)
	return made
}

// SetGroup has the operator change an enrollment group.
func (w *World) SetGroup(id string, change func(*azdps.EnrollmentGroup)) {
	w.T.Helper()
	group, err := w.DPS.GetEnrollmentGroup(w.Context(), id)
	must(w.T, err)
	change(&group)
	etag := group.ETag
	_, err = w.DPS.PutEnrollmentGroup(w.Context(), group, &azdps.WriteOptions{OnlyIfUnchanged: &etag})
	must(w.T, err)
}

// HasGroup tells whether there is an enrollment group.
func (w *World) HasGroup(id string) bool {
	w.T.Helper()
	_, err := w.DPS.GetEnrollmentGroup(w.Context(), id)
	if azrest.IsNotFound(err) {
		return false
	}
	must(w.T, err)
	return true
}

// Entry is a device's individual enrollment; nil when there is none.
func (w *World) Entry(registrationID string) *azdps.IndividualEnrollment {
	w.T.Helper()
	entry, err := w.DPS.GetIndividualEnrollment(w.Context(), registrationID)
	if azrest.IsNotFound(err) {
		return nil
	}
	must(w.T, err)
	return &entry
}

// EntryStatus is the status of a device's individual enrollment: enabled, disabled or absent.
func (w *World) EntryStatus(registrationID string) string {
	w.T.Helper()
	switch entry := w.Entry(registrationID); {
	case entry == nil:
		return "absent"
	case entry.Disabled():
		return "disabled"
	}
	return "enabled"
}

// MustHaveEntry fails the test unless a device's individual enrollment has that status.
func (w *World) MustHaveEntry(registrationID, status string) {
	w.T.Helper()
	if got := w.EntryStatus(registrationID); got != status {
		w.T.Errorf("the entry of %s should be %s, not %s", registrationID, status, got)
	}
}

// SetEntry has the operator change an individual enrollment, as the portal does.
func (w *World) SetEntry(registrationID string, change func(*azdps.IndividualEnrollment)) {
	w.T.Helper()
	entry, err := w.DPS.GetIndividualEnrollment(w.Context(), registrationID)
	must(w.T, err)
	if entry.Attestation.Type == azdps.AttestationSymmetricKey { // Left out, the keys would be made anew.
		entry.Attestation, err = w.DPS.GetIndividualEnrollmentAttestation(w.Context(), registrationID)
		must(w.T, err)
	}
	change(&entry)
	etag := entry.ETag
	_, err = w.DPS.PutIndividualEnrollment(w.Context(), entry, &azdps.WriteOptions{OnlyIfUnchanged: &etag})
	must(w.T, err)
}

// SetEntryStatus has the operator enable or disable an individual enrollment.
func (w *World) SetEntryStatus(registrationID, status string) {
	w.T.Helper()
	w.SetEntry(registrationID, func(e *azdps.IndividualEnrollment) { e.ProvisioningStatus = &status })
}

// DeleteEntry has the operator delete an individual enrollment.
func (w *World) DeleteEntry(registrationID string) {
	w.T.Helper()
	must(w.T, w.DPS.DeleteIndividualEnrollment(w.Context(), registrationID, nil))
}

// Identity is a device identity of a hub; nil when there is none.
func (w *World) Identity(hub, deviceID string) *aziothub.Device {
	w.T.Helper()
	device, err := w.Hub(hub).GetDevice(w.Context(), deviceID)
	if azrest.IsNotFound(err) {
		return nil
	}
	must(w.T, err)
	return &device
}

// IdentityStatus is the status of a device identity: enabled, disabled or absent.
func (w *World) IdentityStatus(hub, deviceID string) string {
	w.T.Helper()
	if identity := w.Identity(hub, deviceID); identity != nil {
		return identity.Status
	}
	return "absent"
}

// MustHaveIdentity fails the test unless a device identity has that status.
func (w *World) MustHaveIdentity(hub, deviceID, status string) {
	w.T.Helper()
	if got := w.IdentityStatus(hub, deviceID); got != status {
		w.T.Errorf("the identity of %s in %s should be %s, not %s", deviceID, hub, status, got)
	}
}

// SetIdentity has the operator change a device identity.
func (w *World) SetIdentity(hub, deviceID string, change func(*aziothub.Device)) {
	w.T.Helper()
	device, err := w.Hub(hub).GetDevice(w.Context(), deviceID)
	must(w.T, err)
	change(&device)
	etag := device.ETag
	_, err = w.Hub(hub).PutDevice(w.Context(), device, &aziothub.WriteOptions{OnlyIfUnchanged: &etag})
	must(w.T, err)
}

// SetIdentityStatus has the operator enable or disable a device identity.
func (w *World) SetIdentityStatus(hub, deviceID, status string) {
	w.T.Helper()
	w.SetIdentity(hub, deviceID, func(d *aziothub.Device) { d.Status = status })
}

// DeleteIdentity has the operator delete a device identity.
func (w *World) DeleteIdentity(hub, deviceID string) {
	w.T.Helper()
	anything := azcore.ETagAny
	must(w.T, w.Hub(hub).DeleteDevice(w.Context(), deviceID, &aziothub.WriteOptions{OnlyIfUnchanged: &anything}))
}

// AddIdentity has the operator make a device identity; change may alter it before it is written.
func (w *World) AddIdentity(hub, deviceID string, change func(*aziothub.Device)) aziothub.Device {
	w.T.Helper()
	device := aziothub.Device{DeviceID: deviceID, Status: aziothub.StatusEnabled}
	if change != nil {
		change(&device)
	}
	made, err := w.Hub(hub).PutDevice(w.Context(), device, nil)
	must(w.T, err)
	return made
}

// Fail makes the next times exchanges with host (empty: any) that match answer status.
func (w *World) Fail(host, method, path string, status, times int) {
	w.Emulator.AddFault(emulator.Fault{
		Host: host, Method: method, Path: regexp.MustCompile(path), Status: status, Times: times,
	})
}

// When has something happen as soon as the next call that matches has arrived, before it is carried out.
func (w *World) When(host, method, path string, happen func()) {
	hold := w.Emulator.Hold(host, method, regexp.MustCompile(path))
	go func() {
		defer hold.Release() // Also when the test fails in it.
		select {
		case <-hold.Reached():
			happen()
		case <-w.T.Context().Done():
		}
	}()
}

// Writes are the exchanges of the journal that write, in order, as "PUT host path status".
func (w *World) Writes() []emulator.Exchange {
	var writes []emulator.Exchange
	for _, exchange := range w.Emulator.Journal() {
		reading := exchange.Method == "GET" || strings.HasSuffix(exchange.Path, "/query") ||
			strings.HasSuffix(exchange.Path, "/attestationmechanism")
		if !reading {
			writes = append(writes, exchange)
		}
	}
	return writes
}

// MustNotHaveWritten fails the test when anything was written since the journal was cleared.
func (w *World) MustNotHaveWritten() {
	w.T.Helper()
	if writes := w.Writes(); len(writes) > 0 {
		w.T.Fatalf("nothing should have been written: %v", writes)
	}
}

// EntraToken is a token of the emulator's authority for an audience, which an application gets for its secret.
func (w *World) EntraToken(clientID, secret, audience string) string {
	w.T.Helper()
	answer, err := w.trusting.PostForm(w.Emulator.AuthorityURL()+"any/oauth2/v2.0/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {clientID}, "client_secret": {secret},
		"scope": {audience + "/.default"},
	})
	must(w.T, err)
	defer func() { _ = answer.Body.Close() }()
	var token struct {
		AccessToken string `json:"access_token"`
	}
	must(w.T, json.NewDecoder(answer.Body).Decode(&token))
	return token.AccessToken
}
