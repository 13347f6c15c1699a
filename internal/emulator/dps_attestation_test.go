// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

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
)

// symmetricKeys reads the keys of an entry or of an attestation mechanism.
func symmetricKeys(t *testing.T, r result) (primary, secondary string) {
	t.Helper()
	o := r.object(t)
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
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		put := w.service("PUT", k.path+"/a", k.body("a", ""))
		if primary, secondary := symmetricKeys(t, put); primary != key(32) || secondary != key(48) {
			t.Errorf("PUT answers %s and %s", primary, secondary)
		}
		mechanism := w.service("POST", k.path+"/a/attestationmechanism", "")
		wantStatus(t, mechanism, 200)
		want := fmt.Sprintf(`{"type":"symmetricKey","symmetricKey":{"primaryKey":"%s",`+
			`"secondaryKey":"%s"}}`, key(32), key(48))
		if mechanism.body != want {
			t.Errorf("attestationmechanism %s, want %s", mechanism.body, want)
		}
		for _, r := range []result{
			w.service("GET", k.path+"/a", ""), w.service("POST", k.path+"/query", `{"query":"*"}`),
		} {
			if !strings.Contains(r.body, `"attestation":{"type":"symmetricKey"}`) || strings.Contains(r.body, key(32)) {
				t.Errorf("keys in %s", r.body)
			}
		}
	})
}

func TestSymmetricKeys_areGeneratedWhenNotGiven(t *testing.T) {
	t.Parallel()
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		seen := map[string]bool{}
		for i, keys := range []string{
			"", `,"symmetricKey":null`, `,"symmetricKey":{}`, `,"symmetricKey":{"primaryKey":"","secondaryKey":null}`,
		} {
			id := fmt.Sprint("a", i)
			r := w.service("PUT", k.path+"/"+id, `{"`+k.idName+`":"`+id+`","attestation":{"type":"symmetricKey"`+keys+`}}`)
			wantStatus(t, r, 200)
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
	forEachKind(t, emulator.Options{}, func(t *testing.T, w *world, k entryKind) {
		for text, status := range map[string]int{
			key(16): 200, key(64): 200, key(15): 400, key(65): 400, "no base64!": 400,
		} {
			body := `{"` + k.idName + `":"a","attestation":{"type":"symmetricKey","symmetricKey":{"primaryKey":"` + text + `"}}}`
			r := w.service("PUT", k.path+"/a", body)
			if r.status != status {
				t.Errorf("%s: status %d, want %d", text, r.status, status)
			}
			if status == 400 && strings.Contains(r.body, text) {
				t.Errorf("the error repeats the key: %s", r.body)
			}
			w.service("DELETE", k.path+"/a", "")
		}
	})
}

func TestSymmetricKeys_updateWithoutKeysRotates(t *testing.T) {
	t.Parallel()
	for _, keep := range []bool{false, true} {
		o := choosing(emulator.DPSChoices{KeepKeysOnUpdate: keep})
		forEachKind(t, o, func(t *testing.T, w *world, k entryKind) {
			w.service("PUT", k.path+"/a", k.body("a", ""))
			got := w.service("GET", k.path+"/a", "").body
			r := w.service("PUT", k.path+"/a", got, "If-Match", "*")
			wantStatus(t, r, 200)
			if primary, _ := symmetricKeys(t, r); (primary == key(32)) != keep {
				t.Errorf("keep %v: key %s", keep, primary)
			}
		})
	}
}

func TestTPM_endorsementKeyIsShownEverywhere(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	tpm := `"tpm":{"endorsementKey":"` + key(20) + `","storageRootKey":"` + key(21) + `"}`
	body := `{"registrationId":"a","attestation":{"type":"tpm",` + tpm + `}}`
	for _, r := range []result{
		w.service("PUT", "/enrollments/a", body), w.service("GET", "/enrollments/a", ""),
		w.service("POST", "/enrollments/query", `{"query":"*"}`),
		w.service("POST", "/enrollments/a/attestationmechanism", ""),
	} {
		if !strings.Contains(r.body, tpm) {
			t.Errorf("status %d: no %s in %s", r.status, tpm, r.body)
		}
	}
	group := strings.Replace(body, `registrationId":"a`, `enrollmentGroupId":"g`, 1)
	wantProblem(t, w.service("PUT", "/enrollmentGroups/g", group), 400, 400001)
	empty := `{"registrationId":"b","attestation":{"type":"tpm","tpm":{}}}`
	wantProblem(t, w.service("PUT", "/enrollments/b", empty), 400, 400001)
}

// x509Body is an individual enrollment with client certificates given as slots.
func x509Body(id, slots string) string {
	return `{"registrationId":"` + id + `","attestation":{"type":"x509","x509":{"clientCertificates":{` + slots + `}}}}`
}

func slot(t *testing.T, name, certificate string) string {
	t.Helper()
	return `"` + name + `":{"certificate":` + quote(t, certificate) + `}`
}

// info reads the info of a slot of the client certificates.
func info(t *testing.T, r result, name string) map[string]any {
	t.Helper()
	o := r.object(t)
	for _, member := range []string{"attestation", "x509", "clientCertificates", name, "info"} {
		o, _ = o[member].(map[string]any)
	}
	return o
}

func TestX509_certificateIsReadInEveryFormAndNeverReturned(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	c := selfSigned(t, "leaf")
	text := pemOf(c.Certificate[0])
	for i, form := range []string{
		text, strings.TrimSpace(text), strings.ReplaceAll(text, "\n", "\r\n"), "Subject: leaf\n" + text,
		base64.StdEncoding.EncodeToString([]byte(text)), base64.StdEncoding.EncodeToString(c.Certificate[0]),
	} {
		id := fmt.Sprint("a", i)
		put := w.service("PUT", "/enrollments/"+id, x509Body(id, slot(t, "primary", form)))
		wantStatus(t, put, 200)
		for _, r := range []result{
			put, w.service("GET", "/enrollments/"+id, ""), w.service("POST", "/enrollments/query", `{"query":"*"}`),
			w.service("POST", "/enrollments/"+id+"/attestationmechanism", ""),
		} {
			if strings.Contains(r.body, `"certificate"`) || !strings.Contains(r.body, thumbprint(c)) {
				t.Errorf("form %d: %s", i, r.body)
			}
		}
	}
	wantProblem(t, w.service("PUT", "/enrollments/z", x509Body("z", slot(t, "primary", "rubbish"))), 400, 400001)
}

func TestX509_infoIsWordedAsDotNetDoes(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	subject := pkix.Name{
		Country: []string{"DE"}, Province: []string{"Sachsen-Anhalt"}, Organization: []string{"Werk, Nord"},
		CommonName: "leaf", ExtraNames: []pkix.AttributeTypeAndValue{
			{Type: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}, Value: "a@example.com"},
		},
	}
	leaf := issue(t, subject, false, newAuthority(t, "root"))
	r := w.service("PUT", "/enrollments/leaf", x509Body("leaf", slot(t, "primary", pemOf(leaf.certificate.Raw))))
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
	sum := sha256.Sum256(leaf.certificate.Raw)
	if got["sha256Thumbprint"] != strings.ToUpper(hex.EncodeToString(sum[:])) {
		t.Errorf("thumbprint %v", got["sha256Thumbprint"])
	}
	if s, _ := got["sha1Thumbprint"].(string); len(s) != 40 || strings.ToUpper(s) != s {
		t.Errorf("SHA-1 thumbprint %v", s)
	}
	want := "subjectName sha1Thumbprint sha256Thumbprint issuerName notBeforeUtc notAfterUtc serialNumber version"
	_, text, _ := strings.Cut(r.body, `"info":`)
	if order := members(t, text[:strings.Index(text, "}")+1]); order != want {
		t.Errorf("order %q", order)
	}
}

func TestX509_infoWithoutCertificateKeepsWhatIsStored(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	one, two := selfSigned(t, "a"), selfSigned(t, "a")
	create := w.service("PUT", "/enrollments/a", x509Body("a",
		slot(t, "primary", pemOf(one.Certificate[0]))+","+slot(t, "secondary", pemOf(two.Certificate[0]))))
	wantStatus(t, create, 200)
	both := w.service("GET", "/enrollments/a", "")
	wantStatus(t, w.service("PUT", "/enrollments/a", both.body, "If-Match", "*"), 200)

	infoOf := func(c string) string { return `{"info":{"sha256Thumbprint":"` + c + `"}}` }
	swapped := x509Body("a", `"primary":`+infoOf(thumbprint(two))+`,"secondary":`+infoOf(strings.ToLower(thumbprint(one))))
	r := w.service("PUT", "/enrollments/a", swapped, "If-Match", "*")
	wantStatus(t, r, 200)
	if info(t, r, "primary")["sha256Thumbprint"] != thumbprint(two) ||
		info(t, r, "secondary")["sha256Thumbprint"] != thumbprint(one) {
		t.Errorf("not swapped: %s", r.body)
	}
	w.x509Device("a", one).admitted()

	secondary := x509Body("a", `"primary":null,"secondary":`+infoOf(thumbprint(one)))
	r = w.service("PUT", "/enrollments/a", secondary, "If-Match", "*")
	wantStatus(t, r, 200)
	if info(t, r, "primary") != nil || info(t, r, "secondary")["sha256Thumbprint"] != thumbprint(one) {
		t.Errorf("the primary was not removed: %s", r.body)
	}
	foreign := x509Body("a", `"primary":`+infoOf(strings.Repeat("0", 64)))
	wantProblem(t, w.service("PUT", "/enrollments/a", foreign, "If-Match", "*"), 400, 400001)
	created := x509Body("new", `"primary":`+infoOf(thumbprint(one)))
	wantProblem(t, w.service("PUT", "/enrollments/new", created), 400, 400001)
}

func TestX509_sourcesMustFitTheKind(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t, "root")
	w := start(t, emulator.Options{CACertificates: map[string][]byte{"verified": []byte(ca.pem())}})
	certificates := `{"primary":{"certificate":` + quote(t, ca.pem()) + `}}`
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
			k := entryKinds()[i]
			r := w.service("PUT", k.path+"/a", `{"`+k.idName+`":"a","attestation":{"type":"x509","x509":`+c.x509+`}}`)
			if r.status != want {
				t.Errorf("%s %.40s: status %d, want %d", k.name, c.x509, r.status, want)
			}
			w.service("DELETE", k.path+"/a", "")
		}
	}
}

func TestX509_missingCertificate_hasTheSeenMessage(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	body := `{"enrollmentGroupId":"g","attestation":{"type":"x509",` +
		`"x509":{"signingCertificates":{"primary":{"certificate":""}}}}}`
	r := w.service("PUT", "/enrollmentGroups/g", body)
	wantProblem(t, r, 400, 400001)
	if r.object(t)["message"] != "TPM or X509 attestation is required." {
		t.Errorf("message %v", r.object(t)["message"])
	}
}

func TestX509_groupMayChangeFromCertificateToReference(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t, "root")
	w := start(t, emulator.Options{CACertificates: map[string][]byte{"verified": []byte(ca.pem())}})
	group := func(x string) string {
		return `{"enrollmentGroupId":"g","attestation":{"type":"x509","x509":` + x + `}}`
	}
	inline := group(`{"signingCertificates":{"primary":{"certificate":` + quote(t, ca.pem()) + `}}}`)
	wantStatus(t, w.service("PUT", "/enrollmentGroups/g", inline), 200)
	reference := `{"caReferences":{"primary":"verified"}}`
	r := w.service("PUT", "/enrollmentGroups/g", group(reference), "If-Match", "*")
	wantStatus(t, r, 200)
	if !strings.Contains(r.body, `"x509":`+reference) {
		t.Errorf("the certificate survived: %s", r.body)
	}
	w.x509Device("d", ca.device(t, "d")).admitted()
}
