// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// The provider runs as users run it, with everything logged, Azure's SDK included, and signs in. At its end the world
// searches all that was written for every secret that it knows: of the pipeline, of the authority and of the services.
func TestAccSignIn_secretsStayOutOfTheTrace(t *testing.T) {
	t.Parallel()
	binary := acctest.BuildProvider(t)
	der, file := keyPair(t)
	const secret = "right-secret-of-the-pipeline"
	for name, test := range map[string]struct {
		env  func(w *acctest.World) map[string]string
		code int
	}{
		"secret": {func(*acctest.World) map[string]string {
			return map[string]string{"ARM_CLIENT_SECRET": secret}
		}, 0},
		"wrong secret": {func(*acctest.World) map[string]string {
			return map[string]string{"ARM_CLIENT_SECRET": "x" + secret}
		}, 1},
		"certificate": {func(*acctest.World) map[string]string {
			return map[string]string{"ARM_CLIENT_CERTIFICATE_PATH": written(t, file)}
		}, 0},
		"GitHub": {func(w *acctest.World) map[string]string {
			return map[string]string{
				"ARM_USE_OIDC": "true", "ACTIONS_ID_TOKEN_REQUEST_URL": w.Emulator.AuthorityURL() + "github/token",
				"ACTIONS_ID_TOKEN_REQUEST_TOKEN": w.Emulator.Authority().GitHubJob(repository),
			}
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := signInWorld(t)
			w.Emulator.AddApplication(pipeline, secret)
			w.Emulator.Authority().Federate(pipeline, repository)
			if err := w.Emulator.Authority().AddCertificate(pipeline, der); err != nil {
				t.Fatal(err)
			}
			for variable, value := range app(test.env(w)) {
				w.Setenv(variable, value)
			}
			log := filepath.Join(t.TempDir(), "trace.log")
			c := w.NewBinaryCLI(`
resource "azureiot_dps_enrollment_group" "plant" {
  enrollment_group_id = "plant"
  attestation         = { symmetric_key = {} }
}
`, binary, "TF_LOG=TRACE", "TF_LOG_PATH="+log, "AZURE_SDK_GO_LOGGING=all")
			c.Apply().Must(test.code)
			traced, err := os.ReadFile(log)
			if err != nil || !strings.Contains(string(traced), "oauth2/v2.0/token") {
				t.Errorf("the trace has no request for a token: this test proves nothing (%v)", err)
			}
		})
	}
}
