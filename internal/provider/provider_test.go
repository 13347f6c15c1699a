// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

const (
	disallow      = "azureiot_dps_device_disallow"
	groupDisallow = "azureiot_dps_enrollment_group_disallow"
)

// Every bad argument is refused on itself, before anybody is called, and never repeats a secret.
func TestProvider_badArgumentIsRefusedOnItself(t *testing.T) {
	t.Parallel()
	notPEM := filepath.Join(t.TempDir(), "not.pem")
	if err := os.WriteFile(notPEM, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := os.ReadFile("../certificate/testdata/root.pem")
	if err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(t.TempDir(), "damaged.pem")
	second := strings.Replace(string(root), "\nMII", "\nM!I", 1)
	if err := os.WriteFile(damaged, append(root, second...), 0o600); err != nil {
		t.Fatal(err)
	}
	const secret = "c2VjcmV0IHNlY3JldCBzZWNyZXQ="
	for name, bad := range map[string]struct {
		block    map[string]any
		env      map[string]string
		at, says string
	}{
		"host with a scheme": {
			block: map[string]any{"dps_hostname": "https://x.example"},
			at:    "dps_hostname", says: "scheme",
		},
		"host from the environment": {
			env: map[string]string{"AZUREIOT_DPS_HOSTNAME": "x/y"},
			at:  "dps_hostname", says: "AZUREIOT_DPS_HOSTNAME",
		},
		"hub with a path": {
			block: map[string]any{"iothub_hostname": "x/y"},
			at:    "iothub_hostname", says: "path",
		},
		"connection string that is none": {
			block: map[string]any{"dps_connection_string": "hello"}, at: "dps_connection_string", says: "HostName=",
		},
		"connection string without a key": {
			block: map[string]any{"dps_connection_string": "HostName=x.example;SharedAccessKeyName=a"},
			at:    "dps_connection_string", says: "SharedAccessKey",
		},
		"connection string with a scheme": {
			block: map[string]any{
				"dps_connection_string": "HostName=https://x.example;SharedAccessKeyName=a;SharedAccessKey=" + secret,
			},
			at: "dps_connection_string", says: "scheme",
		},
		"connection string of a device": {
			block: map[string]any{
				"iothub_connection_strings": []string{"HostName=x.example;DeviceId=d;SharedAccessKey=" + secret},
			},
			at: "iothub_connection_strings", says: "device",
		},
		"two connection strings for one hub": {
			block: map[string]any{"iothub_connection_strings": []string{
				"HostName=x.example;SharedAccessKeyName=a;SharedAccessKey=" + secret,
				"HostName=X.example;SharedAccessKeyName=b;SharedAccessKey=" + secret,
			}},
			at: "iothub_connection_strings", says: "one for each hub",
		},
		"connection string from the environment": {
			env: map[string]string{"AZUREIOT_DPS_CONNECTION_STRING": "nonsense"},
			at:  "dps_connection_string", says: "AZUREIOT_DPS_CONNECTION_STRING",
		},
		"CA file that is missing": {
			block: map[string]any{"ca_certificate_file": "/no/such/file"},
			at:    "ca_certificate_file", says: "no such file",
		},
		"CA file without one": {
			block: map[string]any{"ca_certificate_file": notPEM},
			at:    "ca_certificate_file", says: "no PEM block",
		},
		"CA file with one that no server can be trusted by": {
			block: map[string]any{"ca_certificate_file": "../certificate/testdata/negative-serial.pem"},
			at:    "ca_certificate_file", says: "Certificate 1 of the file",
		},
		"CA file of which a part is damaged": {
			block: map[string]any{"ca_certificate_file": damaged},
			at:    "ca_certificate_file", says: "PEM block 2",
		},
		"unknown environment": {block: map[string]any{"environment": "moon"}, at: "environment", says: "usgovernment"},
		"environment variable": {
			env: map[string]string{"ARM_ENVIRONMENT": "moon"},
			at:  "environment", says: "ARM_ENVIRONMENT",
		},
		"secret without a client": {
			block: map[string]any{"client_secret": secret, "tenant_id": "t"}, at: "client_id", says: "ARM_CLIENT_ID",
		},
		"secret without a tenant": {
			block: map[string]any{"client_secret": secret, "client_id": "c"}, at: "tenant_id", says: "ARM_TENANT_ID",
		},
		"certificate that is none": {
			block: map[string]any{"client_certificate_path": notPEM, "client_id": "c", "tenant_id": "t"},
			at:    "client_certificate_path", says: "Cannot read the client certificate",
		},
		"OIDC without a token": {
			block: map[string]any{"use_oidc": true, "client_id": "c", "tenant_id": "t"},
			at:    "oidc_request_url", says: "oidc_token",
		},
		"DPS that is an ID scope": {
			block: map[string]any{"dps_hostname": "0ne00A1B2C3"}, at: "dps_hostname", says: "ID scope",
		},
		"DPS that is everybody's endpoint": {
			env: map[string]string{"AZUREIOT_DPS_HOSTNAME": "global.azure-devices-provisioning.net"},
			at:  "dps_hostname", says: "global endpoint",
		},
		"DPS that is a hub": {
			block: map[string]any{"dps_hostname": "h.azure-devices.net"}, at: "dps_hostname", says: "an IoT hub",
		},
		"hub that is a DPS": {
			block: map[string]any{"iothub_hostname": "d.azure-devices-provisioning.us"}, at: "iothub_hostname", says: "a DPS",
		},
		"allowed hub that is a DPS": {
			block: map[string]any{"allowed_iothub_hostnames": []string{"d.azure-devices-provisioning.us"}},
			at:    "allowed_iothub_hostnames", says: "a DPS",
		},
		"connection string of a hub for the DPS": {
			block: map[string]any{"dps_connection_string": keyOf("h.azure-devices.net")},
			at:    "dps_connection_string", says: "an IoT hub",
		},
		"connection string of a DPS for a hub": {
			env: map[string]string{"AZUREIOT_IOTHUB_CONNECTION_STRINGS": keyOf("d.azure-devices-provisioning.net")},
			at:  "iothub_connection_strings", says: "a DPS instance",
		},
		"tenant that is none": {
			block: map[string]any{"client_secret": secret, "client_id": "c", "tenant_id": "my tenant"},
			at:    "tenant_id", says: "letters, digits",
		},
		"authority without TLS": {
			env: map[string]string{"AZURE_AUTHORITY_HOST": "http://login.example/"}, at: "environment", says: "https://",
		},
		"authority of another cloud": {
			block: map[string]any{"environment": "china"},
			env:   map[string]string{"AZURE_AUTHORITY_HOST": "https://login.microsoftonline.us/"},
			at:    "environment", says: "usgovernment",
		},
		"argument that would be ignored": {
			env: map[string]string{"ARM_CLIENT_ID": "c"}, at: "client_id", says: "ARM_CLIENT_ID",
		},
		"flag that is none": {env: map[string]string{"ARM_USE_MSI": "perhaps"}, at: "use_msi", says: "ARM_USE_MSI"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorld(t)
			w.SetProviderBlock(bad.block)
			for variable, value := range bad.env {
				w.Setenv(variable, value)
			}
			step := w.ConfigureProvider()
			if !step.FailsOn(bad.at) || !strings.Contains(step.Errors(), bad.says) {
				t.Errorf("there should be an error on %s that says %q: %s", bad.at, bad.says, step.Errors())
			}
			if strings.Contains(step.Errors(), secret) {
				t.Error("a secret is told")
			}
		})
	}
}

func TestProvider_missingEndpointIsSaidWhenItIsNeeded(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	w.Setenv("AZUREIOT_DPS_CONNECTION_STRING", "")
	o := w.NewObject(disallow)
	planned := o.Plan(o.Config(map[string]any{"registration_id": "dev"}))
	if !strings.Contains(planned.Errors(), "No DPS instance is configured") ||
		!strings.Contains(planned.Errors(), "AZUREIOT_DPS_CONNECTION_STRING") {
		t.Errorf("the error should say what is missing: %s", planned.Errors())
	}
}

func TestProvider_unknownEndpointPlansWithoutACall(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	w.SetProviderBlock(map[string]any{"dps_hostname": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)})
	o := w.NewObject(disallow)
	planned := o.Plan(o.Config(map[string]any{"registration_id": "dev"}))
	if planned.Failed() || acctest.Text(planned.Planned, "enrollment_status") != "disabled" ||
		acctest.Text(planned.Planned, "effects") != "unknown" || acctest.Text(planned.Planned, "dps_hostname") != "unknown" {
		t.Errorf("the plan should name the goal and leave the rest open: %s %s", planned.Errors(), planned.Planned)
	}
	if exchanges := w.Emulator.Journal(); len(exchanges) > 0 {
		t.Errorf("nobody should have been called: %v", exchanges)
	}
}

// entraWorld authenticates with a client secret at the emulator's own token endpoint; roles are what the client may do.
func entraWorld(t *testing.T, roles ...string) *acctest.World {
	t.Helper()
	w := acctest.NewWorld(t)
	w.Emulator.AddApplication("pipeline", "pipeline-secret")
	for _, role := range roles {
		if err := w.Emulator.GrantRole("pipeline", role); err != nil {
			t.Fatal(err)
		}
	}
	w.Setenv("AZUREIOT_DPS_CONNECTION_STRING", "")
	w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", "")
	w.Setenv("AZUREIOT_DPS_HOSTNAME", w.Emulator.DPSHostname())
	w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", w.Hostname("hub1"))
	w.Setenv("AZURE_AUTHORITY_HOST", w.Emulator.AuthorityURL())
	w.Setenv("ARM_TENANT_ID", "00000000-0000-0000-0000-000000000001")
	w.Setenv("ARM_CLIENT_ID", "pipeline")
	w.Setenv("ARM_CLIENT_SECRET", "pipeline-secret")
	return w
}

func TestProvider_clientSecretAuthenticatesAtBothServices(t *testing.T) {
	t.Parallel()
	w := entraWorld(t, "Device Provisioning Service Data Contributor", "IoT Hub Registry Contributor")
	w.AddGroup("factory", w.Intermediate)
	device := w.NewDevice("dev")
	device.MustRegister()
	o := w.NewObject(disallow)
	planned := o.Plan(o.Config(map[string]any{"registration_id": "dev"}))
	if planned.Failed() {
		t.Fatal(planned.Errors())
	}
	if applied := o.Apply(planned); applied.Failed() {
		t.Fatal(applied.Errors())
	}
	device.MustBeOut("hub1")
}

func TestProvider_missingRoleIsNamedWithTheMode(t *testing.T) {
	t.Parallel()
	w := entraWorld(t, "Owner", "Contributor")
	o := w.NewObject(disallow)
	said := o.Plan(o.Config(map[string]any{"registration_id": "dev"})).Errors()
	for _, part := range []string{
		"Microsoft Entra ID (a client secret)", "Microsoft.Devices/provisioningServices/enrollments/read",
		"Device Provisioning Service Data Reader", "Owner and Contributor carry no data actions",
	} {
		if !strings.Contains(said, part) {
			t.Errorf("%q should be said in: %s", part, said)
		}
	}
}

// Whoever signs by a clock that is off is refused like somebody without rights, and is told of the clock.
func TestProvider_clockThatIsOffIsTold(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ahead time.Duration
		says  string
	}{
		"behind":   {3 * time.Hour, "This machine's clock is 3h0m"},
		"a little": {time.Minute, ""},
		"ahead":    {-time.Hour, ""}, // What is good for longer than the service would have it is taken.
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorld(t, acctest.Emulate(func(o *emulator.Options) {
				now := o.Now
				o.Now = func() time.Time { return now().Add(test.ahead) }
			}))
			_, read := w.ReadDataSource(groups, nil)
			if (test.says == "") == read.Failed() || !strings.Contains(read.Errors(), test.says) {
				t.Errorf("%q should be said: %s", test.says, read.Errors())
			}
		})
	}
}

func TestProvider_wrongSecretFailsAndIsNotTold(t *testing.T) {
	t.Parallel()
	w := entraWorld(t, "Device Provisioning Service Data Contributor")
	w.Setenv("ARM_CLIENT_SECRET", "not-the-pipeline-secret")
	o := w.NewObject(disallow)
	said := o.Plan(o.Config(map[string]any{"registration_id": "dev"})).Errors()
	if said == "" || strings.Contains(said, "not-the-pipeline-secret") {
		t.Errorf("the plan should fail without telling the secret: %s", said)
	}
	t.Log(said)
}

// A token is good for every hub that its principal may touch: it is not sent to a host that only an answer names.
func TestProvider_tokenIsNotSentToAHostThatOnlyAnAnswerNames(t *testing.T) {
	t.Parallel()
	w := entraWorld(t, "Device Provisioning Service Data Contributor", "IoT Hub Registry Contributor")
	w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", "")
	w.AddGroup("factory", w.Intermediate)
	device := w.NewDevice("dev")
	device.MustRegister()
	o := w.NewObject(disallow)
	planned := o.Plan(o.Config(map[string]any{"registration_id": "dev"}))
	if !strings.Contains(planned.Warnings(), "No credential for the hub") {
		t.Errorf("the plan should say that there is no credential for the hub: %s", planned.Warnings())
	}
	applied := o.Apply(planned)
	if !applied.Failed() || w.EntryStatus("dev") != "disabled" {
		t.Errorf("the apply should block the device in DPS and fail: %s", applied.Errors())
	}
	for _, exchange := range w.Emulator.Journal() {
		if exchange.Host == w.Hostname("hub1") && exchange.Method != "POST" {
			t.Errorf("the hub should not have been called: %v", exchange)
		}
	}
}
