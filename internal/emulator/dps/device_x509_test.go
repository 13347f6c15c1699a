// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps_test

import (
	"crypto/tls"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

func TestRegister_x509Group_makesSelfSignedIdentity(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	ca := world.NewAuthority(t, "root").Intermediate(t, "factory")
	w.PutGroup("factory", ca, "enabled")
	leaf := ca.Device(t, "Sensor-1")
	d := w.X509Device("Sensor-1", leaf)
	r := d.Register()
	world.WantStatus(t, r, 200)
	if !strings.Contains(r.Body, `"status":"assigned","registrationState":{"x509":{},"registrationId":"Sensor-1",`) {
		t.Errorf("result %s", r.Body)
	}
	identity := w.Identity("hub1", "Sensor-1")
	authentication, _ := identity["authentication"].(map[string]any)
	thumbprints, _ := authentication["x509Thumbprint"].(map[string]any)
	if authentication["type"] != "selfSigned" || thumbprints["primaryThumbprint"] != world.Thumbprint(leaf) {
		t.Errorf("authentication %v", authentication)
	}
	if status := w.Connects(d, "hub1", "Sensor-1"); status != 204 {
		t.Errorf("the device's connection is answered %d", status)
	}
}

func TestRegister_x509Individual_acceptsBothSlots(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	one, two := world.SelfSigned(t, "dev"), world.SelfSigned(t, "dev")
	w.Service("PUT", "/enrollments/dev", x509Body("dev",
		world.Slot(t, "primary", world.PEMOf(one.Certificate[0]))+","+
			world.Slot(t, "secondary", world.PEMOf(two.Certificate[0]))))
	for _, c := range []tls.Certificate{one, two} {
		w.X509Device("dev", c).Admitted()
		identity, _ := w.Identity("hub1", "dev")["authentication"].(map[string]any)
		thumbprints, _ := identity["x509Thumbprint"].(map[string]any)
		if thumbprints["primaryThumbprint"] != world.Thumbprint(c) {
			t.Errorf("thumbprints %v, presented %s", thumbprints, world.Thumbprint(c))
		}
	}
	world.WantProblem(t, w.X509Device("dev", world.SelfSigned(t, "dev")).Register(), 401, 401002)
}

func TestRegister_x509_refusals(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	ca, other := world.NewAuthority(t, "root"), world.NewAuthority(t, "root")
	w.PutGroup("g", ca, "enabled")
	world.WantProblem(t, w.X509Device("another", ca.Device(t, "dev")).Register(), 401, 401002)
	world.WantProblem(t, w.X509Device("dev", other.Device(t, "dev")).Register(), 401, 401002)
	world.WantProblem(t, w.X509Device("dev", world.SelfSigned(t, "dev")).Register(), 401, 401002)
	world.WantProblem(t, w.SymmetricDevice("dev", "").Register(), 401, 401002)
	world.WantStatus(t, w.Service("GET", "/registrations/dev", ""), 404)
	w.X509Device("DEV", ca.Device(t, "dev")).Admitted()
}

func TestRegister_nearestGroupOfTheChainGoverns(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	root := world.NewAuthority(t, "root")
	middle := root.Intermediate(t, "middle")
	near := middle.Intermediate(t, "near")
	leaf := near.Device(t, "dev")
	groupOf := func() string {
		for _, g := range []string{"root", "middle", "near"} {
			if r := w.Service("POST", "/registrations/"+g+"/query", ""); r.Body != "[]" {
				return g
			}
		}
		return ""
	}
	for _, g := range []struct {
		name string
		ca   *world.Authority
	}{{"root", root}, {"middle", middle}, {"near", near}} {
		w.PutGroup(g.name, g.ca, "enabled")
		w.X509Device("dev", leaf).Admitted()
		if got := groupOf(); got != g.name {
			t.Errorf("governed by %q, want %q", got, g.name)
		}
	}
	// A disabled group nearer to the leaf decides: nothing falls through to the root's.
	w.PutGroup("near", near, "disabled")
	if s := w.X509Device("dev", leaf).Outcome(); s["status"] != "disabled" {
		t.Errorf("state %v", s)
	}
	world.WantStatus(t, w.Service("DELETE", "/enrollmentGroups/near", ""), 204)
	w.X509Device("dev", leaf).Admitted()
}

func TestRegister_chainMustBeWhole(t *testing.T) {
	t.Parallel()
	root := world.NewAuthority(t, "root")
	near := root.Intermediate(t, "middle").Intermediate(t, "near")
	leaf := near.Device(t, "dev")
	leafOnly := tls.Certificate{Certificate: leaf.Certificate[:1], PrivateKey: leaf.PrivateKey, Leaf: leaf.Leaf}

	w := world.Start(t, emulator.Options{})
	w.PutGroup("root", root, "enabled")
	world.WantProblem(t, w.X509Device("dev", leafOnly).Register(), 401, 401002)
	w.X509Device("dev", leaf).Admitted()

	// Verified CA certificates fill the gap.
	middle := leaf.Certificate[2]
	w = world.Start(t, emulator.Options{CACertificates: map[string][]byte{
		"near": []byte(near.PEM()), "middle": []byte(world.PEMOf(middle)),
	}})
	w.PutGroup("root", root, "enabled")
	w.X509Device("dev", leafOnly).Admitted()
}

func TestRegister_caReference(t *testing.T) {
	t.Parallel()
	root := world.NewAuthority(t, "root")
	leaf := root.Intermediate(t, "near").Device(t, "dev")
	w := world.Start(t, emulator.Options{CACertificates: map[string][]byte{"verified": []byte(root.PEM())}})
	reference := `,"attestation":{"type":"x509","x509":{"caReferences":{"secondary":"verified"}}}}`
	world.WantStatus(t, w.Service("PUT", "/enrollmentGroups/g", `{"enrollmentGroupId":"g"`+reference), 200)
	w.X509Device("dev", leaf).Admitted()
	world.WantStatus(t, w.Service("DELETE", "/enrollmentGroups/g", ""), 204)
	world.WantStatus(t, w.X509Device("dev", leaf).Register(), 401)
	world.WantStatus(t, w.Service("PUT", "/enrollments/dev", `{"registrationId":"dev"`+reference), 200)
	w.X509Device("dev", leaf).Admitted()
	world.WantStatus(t, w.X509Device("dev", world.SelfSigned(t, "dev")).Register(), 401)
}

func TestRegister_disabledIndividualBlocksWhereAGroupMatches(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	ca := world.NewAuthority(t, "root")
	w.PutGroup("g", ca, "enabled")
	leaf := ca.Device(t, "dev")
	w.X509Device("dev", leaf).Admitted()
	w.PutLeaf("dev", leaf, "disabled")
	if s := w.X509Device("dev", leaf).Outcome(); s["status"] != "disabled" || s["assignedHub"] != nil || s["x509"] != nil {
		t.Errorf("state %v", s)
	}
	record := w.Service("GET", "/registrations/dev", "")
	want := "registrationId createdDateTimeUtc status lastUpdatedDateTimeUtc etag"
	if got := members(t, record.Body); got != want || record.Object(t)["status"] != "disabled" {
		t.Errorf("record %s", record.Body)
	}
	world.WantStatus(t, w.Service("DELETE", "/enrollments/dev", ""), 204)
	w.X509Device("dev", leaf).Admitted()
}

func TestRegister_individualOfAnotherAttestationBlocksToo(t *testing.T) {
	t.Parallel()
	for _, chosen := range []bool{false, true} {
		w := world.Start(t, world.Choosing(emulator.DPSChoices{DisabledWithoutProof: chosen}))
		ca := world.NewAuthority(t, "root")
		w.PutGroup("g", ca, "enabled")
		leaf := ca.Device(t, "dev")
		w.Service("PUT", "/enrollments/dev", world.EntryKinds()[0].Body("dev", `,"provisioningStatus":"disabled"`))
		r := w.X509Device("dev", leaf).Register()
		record := w.Service("GET", "/registrations/dev", "")
		if !chosen {
			world.WantProblem(t, r, 401, 401002)
			world.WantStatus(t, record, 404)
			continue
		}
		world.WantStatus(t, r, 200)
		if record.Object(t)["status"] != "disabled" {
			t.Errorf("record %s", record.Body)
		}
		// An enabled one with another credential stays a refusal.
		w.Service("PUT", "/enrollments/dev", world.EntryKinds()[0].Body("dev", ""), "If-Match", "*")
		world.WantStatus(t, w.X509Device("dev", leaf).Register(), 401)
	}
}

func TestRegister_detailedResults_whenChosen(t *testing.T) {
	t.Parallel()
	w := world.Start(t, world.Choosing(emulator.DPSChoices{DetailedResults: true}))
	ca := world.NewAuthority(t, "root")
	w.PutGroup("g", ca, "enabled")
	w.Service("PUT", "/enrollmentGroups/k", world.EntryKinds()[1].Body("k", ""))
	certificate, _ := w.X509Device("dev", ca.Device(t, "dev")).Admitted()["x509"].(map[string]any)
	if certificate["enrollmentGroupId"] != "g" || certificate["certificateInfo"] == nil {
		t.Errorf("x509 %v", certificate)
	}
	admitted := w.SymmetricDevice("key", world.Derive(t, world.Key(32), "key")).Admitted()
	symmetric, _ := admitted["symmetricKey"].(map[string]any)
	if symmetric["enrollmentGroupId"] != "k" {
		t.Errorf("symmetricKey %v", symmetric)
	}
}
