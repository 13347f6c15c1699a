// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package devicesim

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func newTPM(t *testing.T) *SoftwareTPM {
	t.Helper()
	tpm, err := NewSoftwareTPM()
	if err != nil {
		t.Fatal(err)
	}
	return tpm
}

// encryptFor reads the key out of the endorsement key, so that its form is checked too.
func encryptFor(t *testing.T, tpm *SoftwareTPM, secret string) string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(tpm.EndorsementKey())
	if err != nil || len(raw) != 316 {
		t.Fatalf("endorsement key of %d bytes, want 316; %v", len(raw), err)
	}
	public := &rsa.PublicKey{N: new(big.Int).SetBytes(raw[60:]), E: 65537}
	blob, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, public, []byte(secret), nil)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(blob)
}

// The heads are those of the standard templates; the modulus fills the rest.
func TestSoftwareTPM_publicKeysHaveTheStandardForm(t *testing.T) {
	t.Parallel()
	tpm := newTPM(t)
	for name, c := range map[string]struct{ key, head string }{
		"endorsement key": {tpm.EndorsementKey(), "013a0001000b000300b20020" + endorsementPolicy +
			"000600800043001008000000000001" + "00"},
		"storage root key": {tpm.StorageRootKey(), "011a0001000b000304720000" + "000600800043001008000000000001" + "00"},
	} {
		raw, err := base64.StdEncoding.DecodeString(c.key)
		if got := hex.EncodeToString(raw); err != nil || !strings.HasPrefix(got, c.head) || len(got) != len(c.head)+512 {
			t.Errorf("%s is %s, want %s and 256 bytes", name, got, c.head)
		}
	}
}

// tpmService is a canned service that wants the challenge solved. It notes the methods and what signed them.
type tpmService struct {
	t      *testing.T
	tpm    *SoftwareTPM
	signed []string
}

func (s *tpmService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	by := "nothing"
	for _, key := range []string{"challenge key", "hub key"} {
		resource, name := "0ne1/registrations/sensor-1", registrationKeyName
		if key == "hub key" {
			resource, name = r.Host+"/devices/sensor-1", ""
		}
		if r.Header.Get("Authorization") == token([]byte(key), resource, name, time.Unix(3600, 0)) {
			by = key
		}
	}
	s.signed = append(s.signed, r.Method+" by "+by)
	var body registrationRequest
	named := json.NewDecoder(r.Body).Decode(&body) == nil && body.TPM != nil &&
		*body.TPM == tpmRequest{EndorsementKey: s.tpm.EndorsementKey(), StorageRootKey: s.tpm.StorageRootKey()}
	var answer any
	switch {
	case named && by == "nothing":
		w.WriteHeader(http.StatusUnauthorized)
		answer = map[string]any{
			"message":           "Authorization required, resend request using supplied key",
			"authenticationKey": encryptFor(s.t, s.tpm, "challenge key"), "keyName": "registration",
		}
	case named:
		w.WriteHeader(http.StatusAccepted)
		answer = map[string]any{"operationId": "5.1", "status": "assigning"}
	default:
		answer = map[string]any{"operationId": "5.1", "status": "assigned", "registrationState": map[string]any{
			"status": "assigned", "assignedHub": r.Host, "deviceId": "sensor-1",
			"tpm": map[string]any{"authenticationKey": encryptFor(s.t, s.tpm, "hub key")},
		}}
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		s.t.Error(err)
	}
}

func (s *tpmService) device(credential Credential) *Device {
	server := httptest.NewUnstartedServer(s)
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	server.StartTLS()
	s.t.Cleanup(server.Close)
	d := New(Service{
		DPSHostname: strings.TrimPrefix(server.URL, "https://"), IDScope: "0ne1",
		CACertificatePEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}),
	}, "sensor-1", credential)
	d.Wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	d.Now = func() time.Time { return time.Unix(0, 0) }
	s.t.Cleanup(d.Close)
	return d
}

func TestRegister_solvesTheTPMChallengeAndImportsTheHubKey(t *testing.T) {
	t.Parallel()
	s := &tpmService{t: t, tpm: newTPM(t)}
	d := s.device(TPM(s.tpm))
	o, err := d.Register(t.Context())
	if err != nil || !o.Admitted() {
		t.Fatalf("outcome %s, %v", o, err)
	}
	if _, err := d.Connect(t.Context(), o.AssignedHub, o.DeviceID); err != nil {
		t.Fatal(err)
	}
	want := "PUT by nothing, PUT by challenge key, GET by challenge key, POST by hub key"
	if got := strings.Join(s.signed, ", "); got != want {
		t.Errorf("requests %s, want %s", got, want)
	}
}

func TestRegister_aChallengeForAnotherTPMIsAnError(t *testing.T) {
	t.Parallel()
	s := &tpmService{t: t, tpm: newTPM(t)}
	other := newTPM(t)
	other.endorsement, other.storageRoot = s.tpm.endorsement, s.tpm.storageRoot // claims to be the first
	if _, err := s.device(TPM(other)).Register(t.Context()); err == nil ||
		!strings.Contains(err.Error(), "activate the challenge: the blob is not for this TPM") {
		t.Errorf("error %v", err)
	}
	if _, err := other.activate("?"); err == nil || !strings.Contains(err.Error(), "not base64") {
		t.Errorf("error %v", err)
	}
}
