// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps_test

import (
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

// symmetricKeys reads the keys of an entry or of an attestation mechanism.
func symmetricKeys(t *testing.T, r world.Result) (primary, secondary string) {
	t.Helper()
	o := r.Object(t)
	if a, nested := o["attestation"].(map[string]any); nested {
		o = a
	}
	k, _ := o["symmetricKey"].(map[string]any)
	primary, _ = k["primaryKey"].(string)
	secondary, _ = k["secondaryKey"].(string)
	return primary, secondary
}

func TestSymmetricKeys_areShownByPutAndAttestationMechanismOnly(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		put := w.Service("PUT", k.Path+"/a", k.Body("a", ""))
		if primary, secondary := symmetricKeys(t, put); primary != world.Key(32) || secondary != world.Key(48) {
			t.Errorf("PUT answers %s and %s", primary, secondary)
		}
		mechanism := w.Service("POST", k.Path+"/a/attestationmechanism", "")
		world.WantStatus(t, mechanism, 200)
		want := fmt.Sprintf(`{"type":"symmetricKey","symmetricKey":{"primaryKey":"%s",`+
			`"secondaryKey":"%s"}}`, world.Key(32), world.Key(48))
		if mechanism.Body != want {
			t.Errorf("attestationmechanism %s, want %s", mechanism.Body, want)
		}
		for _, r := range []world.Result{
			w.Service("GET", k.Path+"/a", ""), w.Service("POST", k.Path+"/query", `{"query":"*"}`),
		} {
			if !strings.Contains(r.Body, `"attestation":{"type":"symmetricKey"}`) || strings.Contains(r.Body, world.Key(32)) {
				t.Errorf("keys in %s", r.Body)
			}
		}
	})
}

func TestSymmetricKeys_areGeneratedWhenNotGiven(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		seen := map[string]bool{}
		for i, keys := range []string{
			"", `,"symmetricKey":null`, `,"symmetricKey":{}`, `,"symmetricKey":{"primaryKey":"","secondaryKey":null}`,
		} {
			id := fmt.Sprint("a", i)
			r := w.Service("PUT", k.Path+"/"+id, `{"`+k.IDName+`":"`+id+`","attestation":{"type":"symmetricKey"`+keys+`}}`)
			world.WantStatus(t, r, 200)
			primary, secondary := symmetricKeys(t, r)
			for _, made := range []string{primary, secondary} {
				if len(made) != 88 || seen[made] {
					t.Errorf("%q: key %q", keys, made)
				}
				seen[made] = true
			}
		}
	})
}

func TestSymmetricKeys_rules(t *testing.T) {
	t.Parallel()
	world.ForEachKind(t, emulator.Options{}, func(t *testing.T, w *world.World, k world.EntryKind) {
		for text, status := range map[string]int{
			world.Key(16): 200, world.Key(64): 200, world.Key(15): 400, world.Key(65): 400, "no base64!": 400,
		} {
			body := `{"` + k.IDName + `":"a","attestation":{"type":"symmetricKey","symmetricKey":{"primaryKey":"` + text + `"}}}`
			r := w.Service("PUT", k.Path+"/a", body)
			if r.Status != status {
				t.Errorf("%s: status %d, want %d", text, r.Status, status)
			}
			if status == 400 && strings.Contains(r.Body, text) {
				t.Errorf("the error repeats the key: %s", r.Body)
			}
			w.Service("DELETE", k.Path+"/a", "")
		}
	})
}

func TestSymmetricKeys_stayWhenAnUpdateLeavesThemOut(t *testing.T) {
	t.Parallel()
	for _, renew := range []bool{false, true} {
		o := world.Choosing(emulator.DPSChoices{NewKeysOnUpdate: renew})
		world.ForEachKind(t, o, func(t *testing.T, w *world.World, k world.EntryKind) {
			w.Service("PUT", k.Path+"/a", k.Body("a", ""))
			absent := w.Service("GET", k.Path+"/a", "").Body
			empty := strings.NewReplacer(world.Key(32), "", world.Key(48), "").Replace(k.Body("a", ""))
			for _, body := range []string{absent, empty} {
				r := w.Service("PUT", k.Path+"/a", body, "If-Match", "*")
				world.WantStatus(t, r, 200)
				primary, secondary := symmetricKeys(t, r)
				if kept := primary == world.Key(32) && secondary == world.Key(48); kept == renew {
					t.Errorf("new keys %v: keys %s and %s", renew, primary, secondary)
				}
			}
		})
	}
}

func TestTPM_endorsementKeyIsShownEverywhere(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	tpm := `"tpm":{"endorsementKey":"` + world.Key(20) + `","storageRootKey":"` + world.Key(21) + `"}`
	body := `{"registrationId":"a","attestation":{"type":"tpm",` + tpm + `}}`
	for _, r := range []world.Result{
		w.Service("PUT", "/enrollments/a", body), w.Service("GET", "/enrollments/a", ""),
		w.Service("POST", "/enrollments/query", `{"query":"*"}`),
		w.Service("POST", "/enrollments/a/attestationmechanism", ""),
	} {
		if !strings.Contains(r.Body, tpm) {
			t.Errorf("status %d: no %s in %s", r.Status, tpm, r.Body)
		}
	}
	group := strings.Replace(body, `registrationId":"a`, `enrollmentGroupId":"g`, 1)
	world.WantProblem(t, w.Service("PUT", "/enrollmentGroups/g", group), 400, 400001)
	empty := `{"registrationId":"b","attestation":{"type":"tpm","tpm":{}}}`
	world.WantProblem(t, w.Service("PUT", "/enrollments/b", empty), 400, 400001)
}

// x509Body is an individual enrollment with client certificates given as slots.
func x509Body(id, slots string) string {
	return `{"registrationId":"` + id + `","attestation":{"type":"x509","x509":{"clientCertificates":{` + slots + `}}}}`
}

// info reads the info of a slot of the client certificates.
func info(t *testing.T, r world.Result, name string) map[string]any {
	t.Helper()
	o := r.Object(t)
	for _, member := range []string{"attestation", "x509", "clientCertificates", name, "info"} {
		o, _ = o[member].(map[string]any)
	}
	return o
}

func TestX509_certificateIsReadInEveryFormAndNeverReturned(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	c := world.SelfSigned(t, "leaf")
	text := world.PEMOf(c.Certificate[0])
	for i, form := range []string{
		text, strings.TrimSpace(text), strings.ReplaceAll(text, "\n", "\r\n"), "Subject: leaf\n" + text,
		base64.StdEncoding.EncodeToString([]byte(text)), base64.StdEncoding.EncodeToString(c.Certificate[0]),
	} {
		id := fmt.Sprint("a", i)
		put := w.Service("PUT", "/enrollments/"+id, x509Body(id, world.Slot(t, "primary", form)))
		world.WantStatus(t, put, 200)
		for _, r := range []world.Result{
			put, w.Service("GET", "/enrollments/"+id, ""), w.Service("POST", "/enrollments/query", `{"query":"*"}`),
			w.Service("POST", "/enrollments/"+id+"/attestationmechanism", ""),
		} {
			if strings.Contains(r.Body, `"certificate"`) || !strings.Contains(r.Body, world.Thumbprint(c)) {
				t.Errorf("form %d: %s", i, r.Body)
			}
		}
	}
	rubbish := x509Body("z", world.Slot(t, "primary", "rubbish"))
	world.WantProblem(t, w.Service("PUT", "/enrollments/z", rubbish), 400, 400001)
}

func TestX509_infoIsWordedAsDotNetDoes(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	subject := pkix.Name{
		Country: []string{"DE"}, Province: []string{"Sachsen-Anhalt"}, Organization: []string{"Werk, Nord"},
		CommonName: "leaf", ExtraNames: []pkix.AttributeTypeAndValue{
			{Type: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}, Value: "a@example.com"},
		},
	}
	leaf := world.Issue(t, subject, false, world.NewAuthority(t, "root"))
	body := x509Body("leaf", world.Slot(t, "primary", leaf.PEM()))
	r := w.Service("PUT", "/enrollments/leaf", body)
	got := info(t, r, "primary")
	for member, want := range map[string]any{
		"subjectName": `E=a@example.com, CN=leaf, O="Werk, Nord", S=Sachsen-Anhalt, C=DE`,
		"issuerName":  "CN=root", "notBeforeUtc": "2026-01-01T00:00:00Z", "notAfterUtc": "2036-01-01T00:00:00Z",
		"version": 3.0,
	} {
		if got[member] != want {
			t.Errorf("%s %v, want %v", member, got[member], want)
		}
	}
	sum := sha256.Sum256(leaf.Certificate.Raw)
	if got["sha256Thumbprint"] != strings.ToUpper(hex.EncodeToString(sum[:])) {
		t.Errorf("thumbprint %v", got["sha256Thumbprint"])
	}
	if s, _ := got["sha1Thumbprint"].(string); len(s) != 40 || strings.ToUpper(s) != s {
		t.Errorf("SHA-1 thumbprint %v", s)
	}
	want := "subjectName sha1Thumbprint sha256Thumbprint issuerName notBeforeUtc notAfterUtc serialNumber version"
	_, text, _ := strings.Cut(r.Body, `"info":`)
	if order := members(t, text[:strings.Index(text, "}")+1]); order != want {
		t.Errorf("order %q", order)
	}
}

func TestX509_infoWithoutCertificateKeepsWhatIsStored(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	one, two := world.SelfSigned(t, "a"), world.SelfSigned(t, "a")
	create := w.Service("PUT", "/enrollments/a", x509Body("a",
		world.Slot(t, "primary", world.PEMOf(one.Certificate[0]))+","+
			world.Slot(t, "secondary", world.PEMOf(two.Certificate[0]))))
	world.WantStatus(t, create, 200)
	both := w.Service("GET", "/enrollments/a", "")
	world.WantStatus(t, w.Service("PUT", "/enrollments/a", both.Body, "If-Match", "*"), 200)

	infoOf := func(c string) string { return `{"info":{"sha256Thumbprint":"` + c + `"}}` }
	swapped := x509Body("a", `"primary":`+infoOf(world.Thumbprint(two))+
		`,"secondary":`+infoOf(strings.ToLower(world.Thumbprint(one))))
	r := w.Service("PUT", "/enrollments/a", swapped, "If-Match", "*")
	world.WantStatus(t, r, 200)
	if info(t, r, "primary")["sha256Thumbprint"] != world.Thumbprint(two) ||
		info(t, r, "secondary")["sha256Thumbprint"] != world.Thumbprint(one) {
		t.Errorf("not swapped: %s", r.Body)
	}
	w.X509Device("a", one).Admitted()

	secondary := x509Body("a", `"primary":null,"secondary":`+infoOf(world.Thumbprint(one)))
	r = w.Service("PUT", "/enrollments/a", secondary, "If-Match", "*")
	world.WantStatus(t, r, 200)
	if info(t, r, "primary") != nil || info(t, r, "secondary")["sha256Thumbprint"] != world.Thumbprint(one) {
		t.Errorf("the primary was not removed: %s", r.Body)
	}
	foreign := x509Body("a", `"primary":`+infoOf(strings.Repeat("0", 64)))
	world.WantProblem(t, w.Service("PUT", "/enrollments/a", foreign, "If-Match", "*"), 400, 400001)
	created := x509Body("new", `"primary":`+infoOf(world.Thumbprint(one)))
	world.WantProblem(t, w.Service("PUT", "/enrollments/new", created), 400, 400001)
}

func TestX509_sourcesMustFitTheKind(t *testing.T) {
	t.Parallel()
	ca := world.NewAuthority(t, "root")
	w := world.Start(t, emulator.Options{CACertificates: map[string][]byte{"verified": []byte(ca.PEM())}})
	certificates := `{"primary":{"certificate":` + world.Quote(t, ca.PEM()) + `}}`
	for _, c := range []struct {
		x509              string
		individual, group int
	}{
		{`{"clientCertificates":` + certificates + `}`, 200, 400},
		{`{"signingCertificates":` + certificates + `}`, 400, 200},
		{`{"caReferences":{"primary":"verified"}}`, 200, 200},
		{`{"caReferences":{"secondary":"verified"}}`, 200, 200},
		{`{"caReferences":{"primary":"unknown"}}`, 400, 400},
		{`{"caReferences":{}}`, 400, 400},
		{`{}`, 400, 400},
	} {
		for i, want := range []int{c.individual, c.group} {
			k := world.EntryKinds()[i]
			r := w.Service("PUT", k.Path+"/a", `{"`+k.IDName+`":"a","attestation":{"type":"x509","x509":`+c.x509+`}}`)
			if r.Status != want {
				t.Errorf("%s %.40s: status %d, want %d", k.Name, c.x509, r.Status, want)
			}
			w.Service("DELETE", k.Path+"/a", "")
		}
	}
}

func TestX509_missingCertificate_hasTheSeenMessage(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	body := `{"enrollmentGroupId":"g","attestation":{"type":"x509",` +
		`"x509":{"signingCertificates":{"primary":{"certificate":""}}}}}`
	r := w.Service("PUT", "/enrollmentGroups/g", body)
	world.WantProblem(t, r, 400, 400001)
	if r.Object(t)["message"] != "TPM or X509 attestation is required." {
		t.Errorf("message %v", r.Object(t)["message"])
	}
}

func TestX509_groupMayChangeFromCertificateToReference(t *testing.T) {
	t.Parallel()
	ca := world.NewAuthority(t, "root")
	w := world.Start(t, emulator.Options{CACertificates: map[string][]byte{"verified": []byte(ca.PEM())}})
	group := func(x string) string {
		return `{"enrollmentGroupId":"g","attestation":{"type":"x509","x509":` + x + `}}`
	}
	inline := group(`{"signingCertificates":{"primary":{"certificate":` + world.Quote(t, ca.PEM()) + `}}}`)
	world.WantStatus(t, w.Service("PUT", "/enrollmentGroups/g", inline), 200)
	reference := `{"caReferences":{"primary":"verified"}}`
	r := w.Service("PUT", "/enrollmentGroups/g", group(reference), "If-Match", "*")
	world.WantStatus(t, r, 200)
	if !strings.Contains(r.Body, `"x509":`+reference) {
		t.Errorf("the certificate survived: %s", r.Body)
	}
	w.X509Device("d", ca.Device(t, "d")).Admitted()
}
