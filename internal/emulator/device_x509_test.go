// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"crypto/tls"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// putGroup makes an X.509 group with one signing certificate.
func (w *world) putGroup(id string, ca *authority, status string) {
	w.t.Helper()
	body := `{"enrollmentGroupId":"` + id + `","provisioningStatus":"` + status + `","attestation":{"type":"x509",` +
		`"x509":{"signingCertificates":{"primary":{"certificate":` + quote(w.t, ca.pem()) + `}}}}}`
	wantStatus(w.t, w.service("PUT", "/enrollmentGroups/"+id, body, "If-Match", w.ifExists("/enrollmentGroups/"+id)), 200)
}

// putLeaf makes an individual enrollment for a client certificate.
func (w *world) putLeaf(id string, c tls.Certificate, status string) {
	w.t.Helper()
	body := `{"registrationId":"` + id + `","provisioningStatus":"` + status + `","attestation":{"type":"x509","x509":{` +
		`"clientCertificates":{` + slot(w.t, "primary", pemOf(c.Certificate[0])) + `}}}}`
	wantStatus(w.t, w.service("PUT", "/enrollments/"+id, body, "If-Match", w.ifExists("/enrollments/"+id)), 200)
}

// ifExists is "*" for an existing entry and nothing for a new one.
func (w *world) ifExists(path string) string {
	w.t.Helper()
	if w.service("GET", path, "").status == 200 {
		return "*"
	}
	return ""
}

// identity is the device identity in a hub; nil if there is none.
func (w *world) identity(hub, deviceID string) map[string]any {
	w.t.Helper()
	r := w.hub(hub, "GET", "/devices/"+deviceID, "")
	if r.status == 404 {
		return nil
	}
	wantStatus(w.t, r, 200)
	return r.object(w.t)
}

func (w *world) hub(hub, method, path, body string, pairs ...string) result {
	w.t.Helper()
	h := w.Hub(hub)
	header := map[string]string{"Authorization": w.token(h.ConnectionString())}
	for i := 0; i+1 < len(pairs); i += 2 {
		header[pairs[i]] = pairs[i+1]
	}
	return w.do(call{host: h.Hostname(), method: method, path: path, body: body, header: header, version: "2021-04-12"})
}

func (w *world) connects(d *device, hub, deviceID string) int {
	w.t.Helper()
	h := w.Hub(hub)
	header := map[string]string{}
	if d.key != "" {
		header["Authorization"] = sign(w.t, d.key, h.Hostname()+"%2Fdevices%2F"+deviceID, w.clock.Now().Add(1e9), "")
	}
	return w.do(call{
		client: d.client, host: h.Hostname(), method: "POST", path: "/devices/" + deviceID + "/messages/events",
		body: "{}", header: header, version: "2021-04-12",
	}).status
}

func TestRegister_x509Group_makesSelfSignedIdentity(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	ca := newAuthority(t, "root").intermediate(t, "factory")
	w.putGroup("factory", ca, "enabled")
	leaf := ca.device(t, "Sensor-1")
	d := w.x509Device("Sensor-1", leaf)
	r := d.register()
	wantStatus(t, r, 200)
	if !strings.Contains(r.body, `"status":"assigned","registrationState":{"x509":{},"registrationId":"Sensor-1",`) {
		t.Errorf("result %s", r.body)
	}
	identity := w.identity("hub1", "Sensor-1")
	authentication, _ := identity["authentication"].(map[string]any)
	thumbprints, _ := authentication["x509Thumbprint"].(map[string]any)
	if authentication["type"] != "selfSigned" || thumbprints["primaryThumbprint"] != thumbprint(leaf) {
		t.Errorf("authentication %v", authentication)
	}
	if status := w.connects(d, "hub1", "Sensor-1"); status != 204 {
		t.Errorf("the device's connection is answered %d", status)
	}
}

func TestRegister_x509Individual_acceptsBothSlots(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	one, two := selfSigned(t, "dev"), selfSigned(t, "dev")
	w.service("PUT", "/enrollments/dev", x509Body("dev",
		slot(t, "primary", pemOf(one.Certificate[0]))+","+slot(t, "secondary", pemOf(two.Certificate[0]))))
	for _, c := range []tls.Certificate{one, two} {
		w.x509Device("dev", c).admitted()
		identity, _ := w.identity("hub1", "dev")["authentication"].(map[string]any)
		thumbprints, _ := identity["x509Thumbprint"].(map[string]any)
		if thumbprints["primaryThumbprint"] != thumbprint(c) {
			t.Errorf("thumbprints %v, presented %s", thumbprints, thumbprint(c))
		}
	}
	wantProblem(t, w.x509Device("dev", selfSigned(t, "dev")).register(), 401, 401002)
}

func TestRegister_x509_refusals(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	ca, other := newAuthority(t, "root"), newAuthority(t, "root")
	w.putGroup("g", ca, "enabled")
	wantProblem(t, w.x509Device("another", ca.device(t, "dev")).register(), 401, 401002)
	wantProblem(t, w.x509Device("dev", other.device(t, "dev")).register(), 401, 401002)
	wantProblem(t, w.x509Device("dev", selfSigned(t, "dev")).register(), 401, 401002)
	wantProblem(t, w.symmetricDevice("dev", "").register(), 401, 401002)
	wantStatus(t, w.service("GET", "/registrations/dev", ""), 404)
	w.x509Device("DEV", ca.device(t, "dev")).admitted()
}

func TestRegister_nearestGroupOfTheChainGoverns(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	root := newAuthority(t, "root")
	middle := root.intermediate(t, "middle")
	near := middle.intermediate(t, "near")
	leaf := near.device(t, "dev")
	groupOf := func() string {
		for _, g := range []string{"root", "middle", "near"} {
			if r := w.service("POST", "/registrations/"+g+"/query", ""); r.body != "[]" {
				return g
			}
		}
		return ""
	}
	for _, g := range []struct {
		name string
		ca   *authority
	}{{"root", root}, {"middle", middle}, {"near", near}} {
		w.putGroup(g.name, g.ca, "enabled")
		w.x509Device("dev", leaf).admitted()
		if got := groupOf(); got != g.name {
			t.Errorf("governed by %q, want %q", got, g.name)
		}
	}
	// A disabled group nearer to the leaf decides: nothing falls through to the root's.
	w.putGroup("near", near, "disabled")
	if s := w.x509Device("dev", leaf).outcome(); s["status"] != "disabled" {
		t.Errorf("state %v", s)
	}
	wantStatus(t, w.service("DELETE", "/enrollmentGroups/near", ""), 204)
	w.x509Device("dev", leaf).admitted()
}

func TestRegister_chainMustBeWhole(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "root")
	near := root.intermediate(t, "middle").intermediate(t, "near")
	leaf := near.device(t, "dev")
	leafOnly := tls.Certificate{Certificate: leaf.Certificate[:1], PrivateKey: leaf.PrivateKey, Leaf: leaf.Leaf}

	w := start(t, emulator.Options{})
	w.putGroup("root", root, "enabled")
	wantProblem(t, w.x509Device("dev", leafOnly).register(), 401, 401002)
	w.x509Device("dev", leaf).admitted()

	// Verified CA certificates fill the gap.
	middle := leaf.Certificate[2]
	w = start(t, emulator.Options{CACertificates: map[string][]byte{
		"near": []byte(near.pem()), "middle": []byte(pemOf(middle)),
	}})
	w.putGroup("root", root, "enabled")
	w.x509Device("dev", leafOnly).admitted()
}

func TestRegister_caReference(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "root")
	leaf := root.intermediate(t, "near").device(t, "dev")
	w := start(t, emulator.Options{CACertificates: map[string][]byte{"verified": []byte(root.pem())}})
	reference := `,"attestation":{"type":"x509","x509":{"caReferences":{"secondary":"verified"}}}}`
	wantStatus(t, w.service("PUT", "/enrollmentGroups/g", `{"enrollmentGroupId":"g"`+reference), 200)
	w.x509Device("dev", leaf).admitted()
	wantStatus(t, w.service("DELETE", "/enrollmentGroups/g", ""), 204)
	wantStatus(t, w.x509Device("dev", leaf).register(), 401)
	wantStatus(t, w.service("PUT", "/enrollments/dev", `{"registrationId":"dev"`+reference), 200)
	w.x509Device("dev", leaf).admitted()
	wantStatus(t, w.x509Device("dev", selfSigned(t, "dev")).register(), 401)
}

func TestRegister_disabledIndividualBlocksWhereAGroupMatches(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	ca := newAuthority(t, "root")
	w.putGroup("g", ca, "enabled")
	leaf := ca.device(t, "dev")
	w.x509Device("dev", leaf).admitted()
	w.putLeaf("dev", leaf, "disabled")
	if s := w.x509Device("dev", leaf).outcome(); s["status"] != "disabled" || s["assignedHub"] != nil || s["x509"] != nil {
		t.Errorf("state %v", s)
	}
	record := w.service("GET", "/registrations/dev", "")
	want := "registrationId createdDateTimeUtc status lastUpdatedDateTimeUtc etag"
	if got := members(t, record.body); got != want || record.object(t)["status"] != "disabled" {
		t.Errorf("record %s", record.body)
	}
	wantStatus(t, w.service("DELETE", "/enrollments/dev", ""), 204)
	w.x509Device("dev", leaf).admitted()
}

func TestRegister_individualOfAnotherAttestationBlocksToo(t *testing.T) {
	t.Parallel()
	for _, chosen := range []bool{false, true} {
		w := start(t, choosing(emulator.DPSChoices{DisabledWithoutProof: chosen}))
		ca := newAuthority(t, "root")
		w.putGroup("g", ca, "enabled")
		leaf := ca.device(t, "dev")
		w.service("PUT", "/enrollments/dev", entryKinds()[0].body("dev", `,"provisioningStatus":"disabled"`))
		r := w.x509Device("dev", leaf).register()
		record := w.service("GET", "/registrations/dev", "")
		if !chosen {
			wantProblem(t, r, 401, 401002)
			wantStatus(t, record, 404)
			continue
		}
		wantStatus(t, r, 200)
		if record.object(t)["status"] != "disabled" {
			t.Errorf("record %s", record.body)
		}
		// An enabled one with another credential stays a refusal.
		w.service("PUT", "/enrollments/dev", entryKinds()[0].body("dev", ""), "If-Match", "*")
		wantStatus(t, w.x509Device("dev", leaf).register(), 401)
	}
}

func TestRegister_detailedResults_whenChosen(t *testing.T) {
	t.Parallel()
	w := start(t, choosing(emulator.DPSChoices{DetailedResults: true}))
	ca := newAuthority(t, "root")
	w.putGroup("g", ca, "enabled")
	w.service("PUT", "/enrollmentGroups/k", entryKinds()[1].body("k", ""))
	certificate, _ := w.x509Device("dev", ca.device(t, "dev")).admitted()["x509"].(map[string]any)
	if certificate["enrollmentGroupId"] != "g" || certificate["certificateInfo"] == nil {
		t.Errorf("x509 %v", certificate)
	}
	symmetric, _ := w.symmetricDevice("key", derive(t, key(32), "key")).admitted()["symmetricKey"].(map[string]any)
	if symmetric["enrollmentGroupId"] != "k" {
		t.Errorf("symmetricKey %v", symmetric)
	}
}
