// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// ring is the world in which all cases of the property happen, one after another, each with a device of its own: to
// start an emulator for each would take most of the time.
type ring struct {
	w     *acctest.World
	tpm   *devicesim.SoftwareTPM
	cases atomic.Int64
	// held is how many cases held; failed says that one did not, and is being made smaller.
	held   int
	failed bool
}

// usualCases is the number of cases when rapid's flag is left alone: each takes a quarter of a second.
const usualCases = 60

func (g *ring) enough() bool {
	asked := flag.Lookup("rapid.checks")
	return !g.failed && g.held >= usualCases && (asked == nil || asked.Value.String() == asked.DefValue)
}

func (g *ring) count(t *rapid.T) {
	g.failed = g.failed || t.Failed()
	g.held++
}

func newRing(t *testing.T) *ring {
	t.Helper()
	tpm, err := devicesim.NewSoftwareTPM()
	if err != nil {
		t.Fatal(err)
	}
	return &ring{w: acctest.NewWorld(t, acctest.Hubs("north", "south")), tpm: tpm}
}

// begin makes a device that came in through a group or an entry of its own, or never did, and lets something happen to
// it before anybody thinks of blocking it.
func (g *ring) begin(t *rapid.T) *trial {
	r := &trial{T: t, w: g.w, id: fmt.Sprintf("sensor-%05d", g.cases.Add(1))}
	if err := g.w.Emulator.SetLinkedHubs("north", "south"); err != nil {
		t.Fatal(err)
	}
	g.w.Emulator.ClearFaults()
	r.dropGroups()
	if rapid.Bool().Draw(t, "there is a group") {
		g.w.AddGroup("factory", g.w.Intermediate)
	}
	certificate := r.certificate()
	r.device = g.w.DeviceWith(r.id, certificate)
	switch rapid.SampledFrom([]string{"", "", azdps.AttestationX509, azdps.AttestationSymmetricKey, azdps.AttestationTPM}).
		Draw(t, "entry") {
	case azdps.AttestationX509:
		r.enrol(azdps.Attestation{Type: azdps.AttestationX509, X509: &azdps.X509{
			ClientCertificates: &azdps.CertificateSlots{Primary: &azdps.Certificate{Certificate: certificate.PEM()}},
		}})
	case azdps.AttestationSymmetricKey:
		made := r.enrol(azdps.Attestation{Type: azdps.AttestationSymmetricKey, SymmetricKey: &azdps.SymmetricKey{}})
		r.device = g.w.DeviceBy(r.id, devicesim.SymmetricKey(made.Attestation.SymmetricKey.PrimaryKey))
	case azdps.AttestationTPM:
		r.enrol(azdps.Attestation{Type: azdps.AttestationTPM, TPM: &azdps.TPM{EndorsementKey: g.tpm.EndorsementKey()}})
		r.device = g.w.DeviceBy(r.id, devicesim.TPM(g.tpm))
	}
	r.setting = map[string]any{"registration_id": r.id}
	if rapid.Bool().Draw(t, "certificate given") && r.device.Certificate.X509() != nil {
		r.setting["certificate_pem"], r.setting["certificate_chain_pem"] = certificate.PEM(), certificate.ChainPEM()
	}
	r.drawSettings()
	if rapid.IntRange(0, 3).Draw(t, "registered before") > 0 {
		r.try()
	}
	for range rapid.IntRange(0, 2).Draw(t, "things that happened before") {
		r.drift()
	}
	r.o = g.w.NewObject(resourceType)
	return r
}

func (r *trial) certificate() devicesim.Certificate {
	certificate, err := r.w.Intermediate.Device(r.id)
	if err != nil {
		r.Fatal(err)
	}
	return certificate
}

func (r *trial) enrol(attestation azdps.Attestation) azdps.IndividualEnrollment {
	status := azdps.StatusEnabled
	made, err := r.w.DPS.PutIndividualEnrollment(r.w.Context(), azdps.IndividualEnrollment{
		RegistrationID: r.id, ProvisioningStatus: &status, Attestation: attestation,
	}, nil)
	if err != nil {
		r.Fatal(err)
	}
	return made
}

func (r *trial) dropGroups() {
	for _, id := range []string{"factory", "everything"} {
		if err := r.w.DPS.DeleteEnrollmentGroup(r.w.Context(), id, nil); err != nil && r.w.HasGroup(id) {
			r.Fatal(err)
		}
	}
}

// drawSettings changes what configuration asks; the names stay.
func (r *trial) drawSettings() {
	usually := func(attribute, usual string, others ...string) {
		values := append([]string{usual, usual, usual}, others...)
		r.setting[attribute] = rapid.SampledFrom(values).Draw(r.T, attribute)
	}
	usually("enrollment_action", "disable", "delete")
	usually("hub_identity_action", "disable", "delete", "keep")
	usually("on_destroy", "keep", "prevent")
	delete(r.setting, "reason")
	if rapid.Bool().Draw(r.T, "with a reason") {
		usually("reason", "stolen", "lost", "sold")
	}
	r.setting["delete_registration"] = rapid.IntRange(0, 3).Draw(r.T, "delete registration") == 0
	delete(r.setting, "additional_iothub_hostnames")
	if rapid.IntRange(0, 3).Draw(r.T, "hubs named") == 0 {
		r.setting["additional_iothub_hostnames"] = []string{r.w.Hostname("north"), r.w.Hostname("south")}
	}
}

// drift is something that happens behind Terraform's back.
func (r *trial) drift() {
	hub := rapid.SampledFrom([]string{"north", "south"}).Draw(r.T, "hub")
	entry, identity := r.w.EntryStatus(r.id) != "absent", r.w.IdentityStatus(hub, r.id) != "absent"
	switch drift := rapid.SampledFrom([]string{
		"enable entry", "disable entry", "change entry", "delete entry", "make entry", "enable identity",
		"disable identity", "delete identity", "make identity", "try", "delete record", "group", "move",
	}).Draw(r.T, "drift"); {
	case drift == "enable entry" && entry:
		r.out = false
		r.w.SetEntryStatus(r.id, "enabled")
	case drift == "disable entry" && entry:
		r.w.SetEntryStatus(r.id, "disabled")
	case drift == "change entry" && entry:
		r.w.SetEntry(r.id, func(e *azdps.IndividualEnrollment) {
			e.InitialTwin = &azdps.InitialTwin{Tags: json.RawMessage(`{"changed":true}`)}
		})
	case drift == "delete entry" && entry:
		r.out = false
		r.w.DeleteEntry(r.id)
	case drift == "make entry" && !entry:
		r.out = false
		r.enrol(azdps.Attestation{Type: azdps.AttestationSymmetricKey, SymmetricKey: &azdps.SymmetricKey{}})
	case drift == "enable identity" && identity:
		r.out = false
		r.w.SetIdentityStatus(hub, r.id, "enabled")
	case drift == "disable identity" && identity:
		r.w.SetIdentityStatus(hub, r.id, "disabled")
	case drift == "delete identity" && identity:
		r.w.DeleteIdentity(hub, r.id)
	case drift == "make identity" && !identity: // Another customer's machine, or the operator's second thoughts.
		r.w.AddIdentity(hub, r.id, func(d *aziothub.Device) {
			d.Status = rapid.SampledFrom([]string{"enabled", "disabled"}).Draw(r.T, "made")
		})
	case drift == "try":
		r.try()
	case drift == "delete record":
		_ = r.w.DPS.DeleteRegistration(r.w.Context(), r.id, nil)
	case drift == "group":
		r.out = r.out && entry
		r.dropGroups()
		if rapid.Bool().Draw(r.T, "a group is added") {
			r.w.AddGroup("everything", r.w.Root)
		}
	case drift == "move":
		if err := r.w.Emulator.SetLinkedHubs(hub); err != nil {
			r.Fatal(err)
		}
	}
}
