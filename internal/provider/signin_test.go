// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

const (
	tenant     = "00000000-0000-0000-0000-000000000001"
	groups     = "azureiot_dps_enrollment_groups"
	dpsWriter  = "Device Provisioning Service Data Contributor"
	hubWriter  = "IoT Hub Data Contributor"
	pipeline   = "pipeline"
	repository = "repo:contoso/plant:ref:refs/heads/main"
)

// signInWorld has whoever is "pipeline" do everything. Nothing is configured with which to sign in.
func signInWorld(t *testing.T, options ...acctest.Option) *acctest.World {
	t.Helper()
	return tokenWorld(t, []string{dpsWriter, hubWriter}, options...)
}

// tokenWorld has no connection string: "pipeline" has these roles, and tokens come from the emulator's authority.
func tokenWorld(t *testing.T, roles []string, options ...acctest.Option) *acctest.World {
	t.Helper()
	w := acctest.NewWorld(t, options...)
	for _, role := range roles {
		if err := w.Emulator.GrantRole(pipeline, role); err != nil {
			t.Fatal(err)
		}
	}
	w.Setenv("AZUREIOT_DPS_CONNECTION_STRING", "")
	w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", "")
	w.Setenv("AZUREIOT_DPS_HOSTNAME", w.Emulator.DPSHostname())
	w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", w.Hostname("hub1"))
	w.Setenv("AZURE_AUTHORITY_HOST", w.Emulator.AuthorityURL())
	return w
}

// signIn is a way to sign in at a world: its variables, or block.
type signIn struct {
	env   map[string]string
	block map[string]any
	// refused is what is said of it; empty for one that works. at is the argument that is refused when the provider is
	// configured; without it, the first call is.
	refused, at string
}

// try configures the provider and reads with it.
func (s signIn) try(t *testing.T, w *acctest.World) {
	t.Helper()
	for name, value := range s.env {
		w.Setenv(name, value)
	}
	w.SetProviderBlock(s.block)
	step := w.ConfigureProvider()
	if s.at != "" {
		if !step.FailsOn(s.at) || !strings.Contains(step.Errors(), s.refused) {
			t.Errorf("there should be an error on %s that says %q: %s", s.at, s.refused, step.Errors())
		}
		return
	}
	if step.Failed() {
		t.Fatalf("the provider cannot be configured: %s", step.Errors())
	}
	_, read := w.ReadDataSource(groups, nil)
	said := read.Errors()
	switch {
	case s.refused == "" && read.Failed():
		t.Errorf("it should sign in: %s", said)
	case s.refused != "" && !strings.Contains(said, s.refused):
		t.Errorf("%q should be said: %s", s.refused, said)
	}
	for _, secret := range w.Emulator.Authority().Secrets() {
		if strings.Contains(said, secret) {
			t.Errorf("a secret is told: %s", said)
		}
	}
}

func app(more map[string]string) map[string]string {
	env := map[string]string{"ARM_TENANT_ID": tenant, "ARM_CLIENT_ID": pipeline}
	for name, value := range more {
		env[name] = value
	}
	return env
}

func written(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSignIn_withAClientSecret(t *testing.T) {
	t.Parallel()
	const secret, ended = "right-secret-of-the-pipeline", "ended-secret-of-the-pipeline"
	for name, s := range map[string]signIn{
		"right":    {env: app(map[string]string{"ARM_CLIENT_SECRET": secret})},
		"in files": {env: map[string]string{"ARM_TENANT_ID": tenant}, block: map[string]any{}},
		"wrong":    {env: app(map[string]string{"ARM_CLIENT_SECRET": "wrong"}), refused: "AADSTS7000215"},
		"expired":  {env: app(map[string]string{"ARM_CLIENT_SECRET": ended}), refused: "AADSTS7000222"},
		"nobody's": {
			env: app(map[string]string{"ARM_CLIENT_ID": "nobody", "ARM_CLIENT_SECRET": secret}), refused: "AADSTS700016",
		},
		"good, but its token has ended": {
			env:     app(map[string]string{"ARM_CLIENT_SECRET": secret}),
			refused: "The provider authenticates here with Microsoft Entra ID (a client secret)",
		},
		"missing": {env: app(nil), refused: "ARM_CLIENT_ID", at: "client_id"},
		"empty file": {
			env: app(map[string]string{"ARM_CLIENT_SECRET_FILE_PATH": written(t, nil)}), refused: "holds nothing",
			at: "client_secret_file_path",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := signInWorld(t)
			w.Emulator.AddApplication(pipeline, secret)
			w.Emulator.Authority().AddSecret(pipeline, ended, w.Clock.Now())
			if name == "good, but its token has ended" {
				w.Emulator.Authority().SetTokenLifetime(-time.Minute)
			}
			if name == "in files" {
				s.block = map[string]any{
					"client_id_file_path":     written(t, []byte(pipeline+"\n")),
					"client_secret_file_path": written(t, []byte(secret+"\n")),
				}
			}
			s.try(t, w)
		})
	}
}

// keyPair is a certificate of a client with its key, as one PEM file.
func keyPair(t *testing.T) (der, file []byte) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: pipeline}, NotAfter: time.Now().Add(time.Hour),
	}
	der, err = x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file = append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	return der, file
}

func TestSignIn_withAClientCertificate(t *testing.T) {
	t.Parallel()
	der, file := keyPair(t)
	_, stranger := keyPair(t)
	pfx, err := os.ReadFile("testdata/client.pfx")
	if err != nil {
		t.Fatal(err)
	}
	locked, _, err := azidentity.ParseCertificates(pfx, []byte("open"))
	if err != nil {
		t.Fatal(err)
	}
	const path, text, password = "ARM_CLIENT_CERTIFICATE_PATH", "ARM_CLIENT_CERTIFICATE", "ARM_CLIENT_CERTIFICATE_PASSWORD"
	for name, s := range map[string]signIn{
		"in a file":     {env: app(map[string]string{path: written(t, file)})},
		"base64":        {env: app(map[string]string{text: base64.StdEncoding.EncodeToString(file)})},
		"with password": {env: app(map[string]string{path: written(t, pfx), password: "open"})},
		"wrong password": {
			env: app(map[string]string{path: written(t, pfx), password: "shut"}), refused: "password",
			at: "client_certificate_path",
		},
		"wrong":       {env: app(map[string]string{path: written(t, stranger)}), refused: "AADSTS700027"},
		"clock ahead": {env: app(map[string]string{path: written(t, file)}), refused: "AADSTS700024"},
		"missing": {
			env: app(map[string]string{path: "/no/such/file"}), refused: "no such file", at: "client_certificate_path",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := signInWorld(t)
			for _, der := range [][]byte{der, locked[0].Raw} {
				if err := w.Emulator.Authority().AddCertificate(pipeline, der); err != nil {
					t.Fatal(err)
				}
			}
			if name == "clock ahead" {
				_ = w.Clock.Sleep(t.Context(), 20*time.Minute) // The authority's clock, not azidentity's.
			}
			s.try(t, w)
		})
	}
}

func TestSignIn_withAGivenToken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		subject  string
		lifetime time.Duration
		inFile   bool
		refused  string
	}{
		"given":         {repository, time.Hour, false, ""},
		"in a file":     {repository, time.Hour, true, ""},
		"other subject": {"repo:contoso/other", time.Hour, false, "AADSTS700213"},
		"expired":       {repository, -time.Hour, true, "AADSTS700024"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := signInWorld(t)
			w.Emulator.Authority().Federate(pipeline, repository)
			token := w.Emulator.Authority().FederatedToken(test.subject, test.lifetime)
			s := signIn{env: app(map[string]string{"ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN": token}), refused: test.refused}
			if test.inFile {
				s.env = app(map[string]string{"ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN_FILE_PATH": written(t, []byte(token+"\n"))})
			}
			s.try(t, w)
		})
	}
}

func TestSignIn_fromAPipeline(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]func(e *emulator.Emulator) signIn{
		"GitHub": func(e *emulator.Emulator) signIn {
			return signIn{env: app(map[string]string{
				"ARM_USE_OIDC": "true", "ACTIONS_ID_TOKEN_REQUEST_URL": e.AuthorityURL() + "github/token?x=1",
				"ACTIONS_ID_TOKEN_REQUEST_TOKEN": e.Authority().GitHubJob(repository),
			})}
		},
		"GitHub, by arguments": func(e *emulator.Emulator) signIn {
			return signIn{block: map[string]any{
				"use_oidc": true, "tenant_id": tenant, "client_id": pipeline,
				"oidc_request_url": e.AuthorityURL() + "github/token", "oidc_request_token": e.Authority().GitHubJob(repository),
			}}
		},
		"GitHub, wrong token": func(e *emulator.Emulator) signIn {
			return signIn{env: app(map[string]string{
				"ARM_USE_OIDC": "true", "ARM_OIDC_REQUEST_URL": e.AuthorityURL() + "github/token", "ARM_OIDC_REQUEST_TOKEN": "x",
			}), refused: "401 Unauthorized"}
		},
		"GitHub, another repository": func(e *emulator.Emulator) signIn {
			return signIn{env: app(map[string]string{
				"ARM_USE_OIDC": "true", "ARM_OIDC_REQUEST_URL": e.AuthorityURL() + "github/token",
				"ARM_OIDC_REQUEST_TOKEN": e.Authority().GitHubJob("repo:contoso/other"),
			}), refused: "AADSTS700213"}
		},
		"GitHub, no permission": func(*emulator.Emulator) signIn {
			env := app(map[string]string{"ARM_USE_OIDC": "true"})
			return signIn{env: env, refused: "id-token: write", at: "oidc_request_url"}
		},
		"Azure DevOps": func(e *emulator.Emulator) signIn {
			return signIn{env: app(map[string]string{
				"ARM_USE_OIDC": "true", "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID": "connection-1",
				"SYSTEM_OIDCREQUESTURI": e.AuthorityURL() + "devops/token",
				"SYSTEM_ACCESSTOKEN":    e.Authority().DevOpsJob("connection-1", repository),
			})}
		},
		"Azure DevOps, its own URL": func(e *emulator.Emulator) signIn {
			return signIn{block: map[string]any{
				"use_oidc": true, "tenant_id": tenant, "client_id": pipeline,
				"ado_pipeline_service_connection_id": "connection-1", "oidc_request_url": e.AuthorityURL() + "devops/token",
				"oidc_request_token": e.Authority().DevOpsJob("connection-1", repository),
			}}
		},
		"Azure DevOps, another connection": func(e *emulator.Emulator) signIn {
			return signIn{env: app(map[string]string{
				"ARM_USE_OIDC": "true", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID": "other",
				"SYSTEM_OIDCREQUESTURI": e.AuthorityURL() + "devops/token",
				"SYSTEM_ACCESSTOKEN":    e.Authority().DevOpsJob("connection-1", repository),
			}), refused: "404 Not Found"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := signInWorld(t)
			w.Emulator.Authority().Federate(pipeline, repository)
			way(w.Emulator).try(t, w)
		})
	}
}

func TestSignIn_fromAPodOfACluster(t *testing.T) {
	t.Parallel()
	const account = "system:serviceaccount:plant:terraform"
	pod := func(w *acctest.World, subject string, lifetime time.Duration) map[string]string {
		return map[string]string{
			"ARM_USE_AKS_WORKLOAD_IDENTITY": "true", "AZURE_TENANT_ID": tenant, "AZURE_CLIENT_ID": pipeline,
			"AZURE_FEDERATED_TOKEN_FILE": written(t, []byte(w.Emulator.Authority().FederatedToken(subject, lifetime))),
		}
	}
	for name, way := range map[string]func(w *acctest.World) signIn{
		"right": func(w *acctest.World) signIn { return signIn{env: pod(w, account, time.Hour)} },
		"another account": func(w *acctest.World) signIn {
			return signIn{env: pod(w, "other", time.Hour), refused: "AADSTS700213"}
		},
		"expired": func(w *acctest.World) signIn {
			return signIn{env: pod(w, account, -time.Hour), refused: "AADSTS700024"}
		},
		"missing file": func(w *acctest.World) signIn {
			env := pod(w, account, time.Hour)
			env["AZURE_FEDERATED_TOKEN_FILE"] = "/no/such/file"
			return signIn{env: env, refused: "no such file", at: "oidc_token_file_path"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := signInWorld(t)
			w.Emulator.Authority().Federate(pipeline, account)
			way(w).try(t, w)
		})
	}
}

// A cloud of its own is described by its metadata service. Audiences and suffixes are those that environment says.
func TestSignIn_whereAMetadataServiceSays(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		host    string
		refused string
	}{
		"described":    {"", ""},
		"nobody there": {"localhost:1", "metadata service"},
		"no host name": {"https://x.example", "scheme"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := signInWorld(t)
			w.Emulator.AddApplication(pipeline, "right-secret-of-the-pipeline")
			w.Setenv("AZURE_AUTHORITY_HOST", "")
			host := test.host
			if host == "" {
				host = strings.Trim(strings.TrimPrefix(w.Emulator.AuthorityURL(), "https://"), "/")
			}
			s := signIn{env: app(map[string]string{
				"ARM_METADATA_HOSTNAME": host, "ARM_CLIENT_SECRET": "right-secret-of-the-pipeline",
			}), refused: test.refused}
			if test.refused != "" {
				s.at = "metadata_host"
			}
			s.try(t, w)
		})
	}
}

// Each cloud's tokens are for its own audiences, and those of another cloud are refused.
func TestSignIn_inEveryCloud(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ emulated, configured, refused string }{
		{"public", "", ""}, {"public", "public", ""}, {"usgovernment", "usgovernment", ""}, {"china", "china", ""},
		{"usgovernment", "public", "AADSTS500011"}, {"public", "usgovernment", "AADSTS500011"},
	} {
		t.Run(test.emulated+" as "+test.configured, func(t *testing.T) {
			t.Parallel()
			w := signInWorld(t, acctest.Emulate(func(o *emulator.Options) { o.Cloud = test.emulated }))
			w.Emulator.AddApplication(pipeline, "right-secret-of-the-pipeline")
			for name, value := range app(map[string]string{
				"ARM_CLIENT_SECRET": "right-secret-of-the-pipeline", "ARM_ENVIRONMENT": test.configured,
			}) {
				w.Setenv(name, value)
			}
			if _, read := w.ReadDataSource(groups, nil); read.Failed() { // The DPS has one audience in all clouds.
				t.Errorf("the DPS should be read: %s", read.Errors())
			}
			_, read := w.ReadDataSource(identity, map[string]any{"device_id": "nobody"})
			want := test.refused
			if want == "" {
				want = "No such device identity"
			}
			if !strings.Contains(read.Errors(), want) {
				t.Errorf("%q should be said: %s", want, read.Errors())
			}
		})
	}
}
