// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"net/url"
	"testing"
	"time"
)

// complaints is a test that notes its failures.
type complaints struct {
	testing.TB

	said []string
}

func (c *complaints) Helper() {}

func (c *complaints) Errorf(format string, values ...any) {
	c.said = append(c.said, fmt.Sprintf(format, values...))
}

// search is what the search finds when one text was written.
func search(w *World, write func(s *secrets)) int {
	found := &complaints{TB: w.T}
	w.secrets.spoken, w.secrets.stored = map[string]bool{}, map[string]bool{}
	write(w.secrets)
	w.secrets.keepOf(w.Emulator, w.env)
	w.secrets.mustStayOut(found)
	w.secrets.spoken, w.secrets.stored = map[string]bool{}, map[string]bool{}
	return len(found.said)
}

// Every kind of secret is found in what is told and in what is stored, plain and as it stands in a URL.
func TestSecrets_areFoundWhereverTheyAreWritten(t *testing.T) {
	t.Parallel()
	w := NewWorld(t)
	w.Emulator.AddApplication("pipeline", "secret-of-an-application")
	w.Setenv("ARM_CLIENT_CERTIFICATE_PASSWORD", "password-of-a-file")
	w.AddKeyedEntry("dev", nil)
	shown, err := w.DPS.GetIndividualEnrollmentAttestation(w.Context(), "dev")
	must(t, err)
	device := w.NewDevice("dev2")
	key := device.Certificate.KeyPEM()
	const code = "code-of-a-webhook/+=="
	w.secrets.keepCode("https://allocate.example/api?code=" + url.QueryEscape(code))
	for name, secret := range map[string]string{
		"policy key":      w.Emulator.DPSPolicies()[1].Keys[1],
		"hub's policy":    w.Emulator.Hubs()[0].Policies()[0].Keys[0],
		"device key":      shown.SymmetricKey.PrimaryKey,
		"client secret":   "secret-of-an-application",
		"federated token": w.Emulator.Authority().FederatedToken("subject", time.Hour),
		"identity header": w.Emulator.Authority().IdentityHeader(),
		"environment":     "password-of-a-file",
		"certificate key": key,
		"webhook":         code,
	} {
		for _, spelled := range []string{secret, url.QueryEscape(secret)} {
			text := `a text with "` + spelled + `" in it`
			if name == "certificate key" {
				text = secret
			}
			if search(w, func(s *secrets) { s.speak(text) }) == 0 {
				t.Errorf("%s: it may be told", name)
			}
			if found := search(w, func(s *secrets) { s.store([]byte(text)) }); (found == 0) != (name == "webhook") {
				t.Errorf("%s: %d found where it is stored", name, found)
			}
		}
	}
	if search(w, func(s *secrets) { s.speak("dev is at " + w.Emulator.DPSHostname()) }) != 0 {
		t.Error("what is no secret was taken for one")
	}
}
