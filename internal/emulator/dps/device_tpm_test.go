// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps_test

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
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

// tpm is a software device that holds an endorsement key.
type tpm struct {
	*world.Device
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

func newTPM(t *testing.T, w *world.World, id string) *tpm {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	d := &tpm{Device: w.SymmetricDevice(id, ""), key: k, endorsement: endorse(t, &k.PublicKey)}
	d.Body = `{"registrationId":"` + id + `","tpm":{"endorsementKey":"` + d.endorsement +
		`","storageRootKey":"` + world.Key(20) + `"}}`
	return d
}

func (d *tpm) enrollment() string {
	return `{"registrationId":"` + d.ID + `","attestation":{"type":"tpm",` +
		`"tpm":{"endorsementKey":"` + d.endorsement + `"}}}`
}

// activate opens a blob with the private endorsement key.
func (d *tpm) activate(blob any) string {
	d.World.T.Helper()
	text, _ := blob.(string)
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		d.World.T.Fatal(err)
	}
	secret, err := rsa.DecryptOAEP(sha256.New(), nil, d.key, raw, nil)
	if err != nil {
		d.World.T.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(secret)
}

func TestTPM_challengeThenAssignment(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	d := newTPM(t, w, "dev")
	world.WantStatus(t, w.Service("PUT", "/enrollments/dev", d.enrollment()), 200)
	first := d.Begin()
	world.WantStatus(t, first, 401)
	if got := members(t, first.Body); got != "message authenticationKey unencryptedAuthenticationKey keyName" {
		t.Errorf("challenge %s", first.Body)
	}
	if first.Header.Get("X-Ms-Error-Code") != "" || first.Object(t)["keyName"] != "registration" {
		t.Errorf("challenge %s with headers %v", first.Body, first.Header)
	}
	d.Key = d.activate(first.Object(t)["authenticationKey"])
	state := d.Admitted()
	result, _ := state["tpm"].(map[string]any)
	d.Key = d.activate(result["authenticationKey"])
	if status := w.Connects(d.Device, "hub1", "dev"); status != 204 {
		t.Errorf("with the hub's key the device is answered %d", status)
	}
	if record := w.Service("GET", "/registrations/dev", "").Body; strings.Contains(record, "tpm") {
		t.Errorf("the record tells of the key: %s", record)
	}
}

func TestTPM_pollWithoutTokenIsChallengedAgain(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	d := newTPM(t, w, "dev")
	w.Service("PUT", "/enrollments/dev", d.enrollment())
	d.Key = d.activate(d.Begin().Object(t)["authenticationKey"])
	id, _ := d.Begin().Object(t)["operationId"].(string)
	registered := d.Key
	d.Key = ""
	again := d.Poll(id)
	world.WantStatus(t, again, 401)
	d.Key = d.activate(again.Object(t)["authenticationKey"])
	world.WantStatus(t, d.Poll(id), 200)
	d.Key = registered
	world.WantStatus(t, d.Poll(id), 200)
}

func TestTPM_refusals(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	unknown, known, other := newTPM(t, w, "unknown"), newTPM(t, w, "dev"), newTPM(t, w, "dev")
	w.Service("PUT", "/enrollments/dev", known.enrollment())
	world.WantProblem(t, unknown.Begin(), 404, 404201)
	unknown.Key = world.Key(32)
	world.WantProblem(t, unknown.Begin(), 404, 404201)
	world.WantProblem(t, other.Begin(), 401, 401002)
	known.Key = world.Key(32)
	world.WantProblem(t, known.Begin(), 401, 401002)
	known.Key = ""
	challenge := known.Begin()
	other.Key = known.activate(challenge.Object(t)["authenticationKey"])
	world.WantProblem(t, other.Begin(), 401, 401002)
}

func TestTPM_keyThatCannotEncryptIsNotModelled(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	d := newTPM(t, w, "dev")
	for _, bad := range []string{world.Key(20), world.Key(1), base64.StdEncoding.EncodeToString([]byte{0, 3, 0, 1, 0})} {
		d.endorsement = bad
		d.Body = `{"registrationId":"dev","tpm":{"endorsementKey":"` + bad + `"}}`
		ifMatch := w.IfExists("/enrollments/dev")
		world.WantStatus(t, w.Service("PUT", "/enrollments/dev", d.enrollment(), "If-Match", ifMatch), 200)
		world.WantProblem(t, d.Begin(), 501, 501000)
	}
	public, err := x509.MarshalPKIXPublicKey(&d.key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	d.endorsement = base64.StdEncoding.EncodeToString(public)
	d.Body = `{"registrationId":"dev","tpm":{"endorsementKey":"` + d.endorsement + `"}}`
	w.Service("PUT", "/enrollments/dev", d.enrollment(), "If-Match", "*")
	d.Key = d.activate(d.Begin().Object(t)["authenticationKey"])
	d.Admitted()
}

func TestTPM_disabledEnrollmentLeavesARecord(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	d := newTPM(t, w, "dev")
	body := strings.Replace(d.enrollment(), "{", `{"provisioningStatus":"disabled",`, 1)
	world.WantStatus(t, w.Service("PUT", "/enrollments/dev", body), 200)
	d.Key = d.activate(d.Begin().Object(t)["authenticationKey"])
	if s := d.Outcome(); s["status"] != "disabled" || s["tpm"] != nil {
		t.Errorf("state %v", s)
	}
}
