// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// The platform says where the tokens of a managed identity are, or msi_endpoint does.
func TestSignIn_asAManagedIdentity(t *testing.T) {
	t.Parallel()
	const metadata, appService = "/metadata/identity/oauth2/token", "/msi/token"
	for name, test := range map[string]struct {
		env     func(machine, header string) map[string]string
		refused string
	}{
		"system, msi_endpoint": {func(machine, _ string) map[string]string {
			return map[string]string{"ARM_MSI_ENDPOINT": machine + metadata}
		}, ""},
		"user, msi_endpoint": {func(machine, _ string) map[string]string {
			return map[string]string{"ARM_MSI_ENDPOINT": machine + metadata, "ARM_CLIENT_ID": "second", "ARM_TENANT_ID": tenant}
		}, ""},
		"App Service": {func(machine, header string) map[string]string {
			return map[string]string{"IDENTITY_ENDPOINT": machine + appService, "IDENTITY_HEADER": header}
		}, ""},
		"App Service, msi_endpoint says the same": {func(machine, header string) map[string]string {
			return map[string]string{
				"IDENTITY_ENDPOINT": machine + appService, "IDENTITY_HEADER": header, "ARM_MSI_ENDPOINT": machine + appService,
			}
		}, ""},
		"version of the endpoint": {func(machine, _ string) map[string]string {
			return map[string]string{"ARM_MSI_ENDPOINT": machine + metadata + "?x=1", "ARM_MSI_API_VERSION": "2019-08-01"}
		}, ""},
		"App Service, wrong header": {func(machine, _ string) map[string]string {
			return map[string]string{"IDENTITY_ENDPOINT": machine + appService, "IDENTITY_HEADER": "x"}
		}, "identity header is missing or wrong"},
		"an identity that is not assigned": {func(machine, _ string) map[string]string {
			return map[string]string{"ARM_MSI_ENDPOINT": machine + metadata, "ARM_CLIENT_ID": "other"}
		}, "isn't assigned to this resource"},
		"Arc, whose keys only its administrators read": {func(machine, _ string) map[string]string {
			return map[string]string{"IDENTITY_ENDPOINT": machine + "/arc" + metadata, "IMDS_ENDPOINT": machine}
		}, "a managed identity"},
		"a token that has expired": {func(machine, _ string) map[string]string {
			return map[string]string{"ARM_MSI_ENDPOINT": machine + metadata, "ARM_CLIENT_ID": "second"}
		}, "The provider authenticates here with Microsoft Entra ID (a managed identity)"},
		"over http from elsewhere": {func(string, string) map[string]string {
			return map[string]string{"IDENTITY_ENDPOINT": "http://identity.example/token", "IDENTITY_HEADER": "x"}
		}, "was not sent, because it would not be over https"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := signInWorld(t)
			w.Emulator.Authority().AddIdentity(pipeline)
			w.Emulator.Authority().AddIdentity("second")
			w.Emulator.Authority().SetArcFolder(t.TempDir())
			if err := w.Emulator.GrantRole("second", dpsWriter); err != nil {
				t.Fatal(err)
			}
			if name == "a token that has expired" {
				w.Emulator.Authority().SetTokenLifetime(-time.Minute)
			}
			env := test.env(w.Emulator.MachineURL(), w.Emulator.Authority().IdentityHeader())
			env["ARM_USE_MSI"] = "true"
			wantSaid(t, w, readInProcess(t, w, env), test.refused)
		})
	}
}

func wantSaid(t *testing.T, w *acctest.World, said, want string) {
	t.Helper()
	flat := strings.Join(strings.Fields(said), " ")
	if want == "" && said != "" || !strings.Contains(flat, want) {
		t.Errorf("%q should be said: %s", want, said)
	}
	for _, secret := range w.Emulator.Authority().Secrets() {
		if strings.Contains(said, secret) {
			t.Errorf("a secret is told: %s", said)
		}
	}
}

// az is a stand-in for the Azure CLI: it notes how it was called, and answers as the real one.
const az = `#!/bin/sh
echo "$@" >> "$(dirname "$0")/called"
cat "$(dirname "$0")/token.json" && exit 0
echo "ERROR: Please run 'az login' to setup account." >&2
exit 1
`

// fakeAzureCLI puts it onto a path of its own; whoever is logged in has a token for the DPS that is good for lifetime.
func fakeAzureCLI(t *testing.T, w *acctest.World, loggedIn bool, lifetime time.Duration) (folder string) {
	t.Helper()
	folder = t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "az"), []byte(az), 0o700); err != nil { //nolint:gosec // it is to be run
		t.Fatal(err)
	}
	if !loggedIn {
		return folder
	}
	w.Emulator.AddApplication(pipeline, "secret-behind-the-login")
	w.Emulator.Authority().SetTokenLifetime(lifetime)
	token := w.EntraToken(pipeline, "secret-behind-the-login", "https://azure-devices-provisioning.net")
	said, err := json.Marshal(map[string]any{
		"accessToken": token, "expires_on": time.Now().Add(lifetime).Unix(), "tokenType": "Bearer",
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "token.json"), said, 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestSignIn_withTheAzureCLI(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env      map[string]string
		loggedIn bool
		lifetime time.Duration
		called   string
		refused  string
	}{
		"logged in": {nil, true, time.Hour, "--resource https://azure-devices-provisioning.net", ""},
		"a tenant":  {map[string]string{"ARM_TENANT_ID": tenant}, true, time.Hour, "--tenant " + tenant, ""},
		"a subscription, which goes before": {
			map[string]string{"ARM_TENANT_ID": tenant, "ARM_SUBSCRIPTION_ID": "sub-1"}, true, time.Hour,
			"--subscription sub-1", "",
		},
		"not logged in, and strings for others": {
			map[string]string{"AZUREIOT_IOTHUB_CONNECTION_STRINGS": keyOf("other.example")}, false, 0,
			"account get-access-token", "because no connection string names this host",
		},
		"not logged in": {nil, false, 0, "account get-access-token", "Please run 'az login'"},
		"expired":       {nil, true, -time.Minute, "account get-access-token", "the Azure CLI's login"},
		"not installed": {map[string]string{"PATH": "/nowhere"}, true, time.Hour, "", "executable not found on path"},
		"switched off":  {map[string]string{"ARM_USE_CLI": "false"}, true, time.Hour, "", "use_cli is false"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := signInWorld(t)
			folder := fakeAzureCLI(t, w, test.loggedIn, test.lifetime)
			env := map[string]string{"PATH": folder + ":/usr/bin:/bin"}
			for variable, value := range test.env {
				env[variable] = value
			}
			wantSaid(t, w, readInProcess(t, w, env), test.refused)
			called, err := os.ReadFile(filepath.Join(folder, "called"))
			if test.called != "" && (err != nil || !strings.Contains(string(called), test.called)) {
				t.Errorf("the CLI should be called with %q: %q, %v", test.called, called, err)
			}
			if strings.Contains(test.called, "--subscription") && strings.Contains(string(called), "--tenant") {
				t.Errorf("the CLI takes one of the two: %s", called)
			}
		})
	}
}
