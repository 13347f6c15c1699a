// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// tpm is a software device that holds an endorsement key.
type tpm struct {
	*device
	key         *rsa.PrivateKey
	endorsement string
}

// endorse writes a public key as a TPM does: a TPM2B_PUBLIC of an RSA storage key.
func endorse(t *testing.T, public *rsa.PublicKey) string {
	t.Helper()
	area := binary.BigEndian.AppendUint16(nil, 0x0001)                // RSA
	area = binary.BigEndian.AppendUint16(area, 0x000b)                // name algorithm SHA-256
	area = binary.BigEndian.AppendUint32(area, 0x000300b2)            // attributes
	area = binary.BigEndian.AppendUint16(area, 32)                    // policy
	area = append(area, make([]byte, 32)...)                          //
	area = append(area, 0, 0x06, 0, 0x80, 0, 0x43, 0, 0x10)           // AES-128-CFB, no scheme
	area = binary.BigEndian.AppendUint16(area, 2048)                  // key bits
	area = binary.BigEndian.AppendUint32(area, 0)                     // default exponent
	area = binary.BigEndian.AppendUint16(area, uint16(public.Size())) //
	area = append(area, public.N.Bytes()...)
	return base64.StdEncoding.EncodeToString(append(binary.BigEndian.AppendUint16(nil, uint16(len(area))), area...))
}

func newTPM(t *testing.T, w *world, id string) *tpm {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	d := &tpm{device: w.symmetricDevice(id, ""), key: k, endorsement: endorse(t, &k.PublicKey)}
	d.body = `{"registrationId":"` + id + `","tpm":{"endorsementKey":"` + d.endorsement +
		`","storageRootKey":"` + key(20) + `"}}`
	return d
}

func (d *tpm) enrollment() string {
	return `{"registrationId":"` + d.id + `","attestation":{"type":"tpm",` +
		`"tpm":{"endorsementKey":"` + d.endorsement + `"}}}`
}

// activate opens a blob with the private endorsement key.
func (d *tpm) activate(blob any) string {
	d.w.t.Helper()
	text, _ := blob.(string)
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		d.w.t.Fatal(err)
	}
	secret, err := rsa.DecryptOAEP(sha256.New(), nil, d.key, raw, nil)
	if err != nil {
		d.w.t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(secret)
}

func TestTPM_challengeThenAssignment(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	d := newTPM(t, w, "dev")
	wantStatus(t, w.service("PUT", "/enrollments/dev", d.enrollment()), 200)
	first := d.begin()
	wantStatus(t, first, 401)
	if got := members(t, first.body); got != "message authenticationKey unencryptedAuthenticationKey keyName" {
		t.Errorf("challenge %s", first.body)
	}
	if first.header.Get("X-Ms-Error-Code") != "" || first.object(t)["keyName"] != "registration" {
		t.Errorf("challenge %s with headers %v", first.body, first.header)
	}
	d.device.key = d.activate(first.object(t)["authenticationKey"])
	state := d.admitted()
	result, _ := state["tpm"].(map[string]any)
	d.device.key = d.activate(result["authenticationKey"])
	if status := w.connects(d.device, "hub1", "dev"); status != 204 {
		t.Errorf("with the hub's key the device is answered %d", status)
	}
	if record := w.service("GET", "/registrations/dev", "").body; strings.Contains(record, "tpm") {
		t.Errorf("the record tells of the key: %s", record)
	}
}

func TestTPM_pollWithoutTokenIsChallengedAgain(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	d := newTPM(t, w, "dev")
	w.service("PUT", "/enrollments/dev", d.enrollment())
	d.device.key = d.activate(d.begin().object(t)["authenticationKey"])
	id, _ := d.begin().object(t)["operationId"].(string)
	registered := d.device.key
	d.device.key = ""
	again := d.poll(id)
	wantStatus(t, again, 401)
	d.device.key = d.activate(again.object(t)["authenticationKey"])
	wantStatus(t, d.poll(id), 200)
	d.device.key = registered
	wantStatus(t, d.poll(id), 200)
}

func TestTPM_refusals(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	unknown, known, other := newTPM(t, w, "unknown"), newTPM(t, w, "dev"), newTPM(t, w, "dev")
	w.service("PUT", "/enrollments/dev", known.enrollment())
	wantProblem(t, unknown.begin(), 404, 404201)
	unknown.device.key = key(32)
	wantProblem(t, unknown.begin(), 404, 404201)
	wantProblem(t, other.begin(), 401, 401002)
	known.device.key = key(32)
	wantProblem(t, known.begin(), 401, 401002)
	known.device.key = ""
	challenge := known.begin()
	other.device.key = known.activate(challenge.object(t)["authenticationKey"])
	wantProblem(t, other.begin(), 401, 401002)
}

func TestTPM_keyThatCannotEncryptIsNotModelled(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	d := newTPM(t, w, "dev")
	for _, bad := range []string{key(20), key(1), base64.StdEncoding.EncodeToString([]byte{0, 3, 0, 1, 0})} {
		d.endorsement = bad
		d.body = `{"registrationId":"dev","tpm":{"endorsementKey":"` + bad + `"}}`
		wantStatus(t, w.service("PUT", "/enrollments/dev", d.enrollment(), "If-Match", w.ifExists("/enrollments/dev")), 200)
		wantProblem(t, d.begin(), 501, 501000)
	}
	public, err := x509.MarshalPKIXPublicKey(&d.key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	d.endorsement = base64.StdEncoding.EncodeToString(public)
	d.body = `{"registrationId":"dev","tpm":{"endorsementKey":"` + d.endorsement + `"}}`
	w.service("PUT", "/enrollments/dev", d.enrollment(), "If-Match", "*")
	d.device.key = d.activate(d.begin().object(t)["authenticationKey"])
	d.admitted()
}

func TestTPM_disabledEnrollmentLeavesARecord(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	d := newTPM(t, w, "dev")
	body := strings.Replace(d.enrollment(), "{", `{"provisioningStatus":"disabled",`, 1)
	wantStatus(t, w.service("PUT", "/enrollments/dev", body), 200)
	d.device.key = d.activate(d.begin().object(t)["authenticationKey"])
	if s := d.outcome(); s["status"] != "disabled" || s["tpm"] != nil {
		t.Errorf("state %v", s)
	}
}
