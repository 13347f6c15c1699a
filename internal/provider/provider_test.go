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
	type block = map[string]any
	type env = map[string]string
	for name, bad := range map[string]struct {
		block    block
		env      env
		at, says string
	}{
		"host with a scheme":        {block{"dps_hostname": "https://x.example"}, nil, "dps_hostname", "scheme"},
		"host from the environment": {nil, env{"AZUREIOT_DPS_HOSTNAME": "x/y"}, "dps_hostname", "AZUREIOT_DPS_HOSTNAME"},
		"hub with a path":           {block{"iothub_hostname": "x/y"}, nil, "iothub_hostname", "path"},
		"connection string that is none": {
			block{"dps_connection_string": "hello"}, nil,
			"dps_connection_string", "HostName=",
		},
		"connection string without a key": {
			block{"dps_connection_string": "HostName=x.example;SharedAccessKeyName=a"}, nil,
			"dps_connection_string", "SharedAccessKey",
		},
		"connection string with a scheme": {
			block{
				"dps_connection_string": "HostName=https://x.example;SharedAccessKeyName=a;SharedAccessKey=" + secret,
			}, nil,
			"dps_connection_string", "scheme",
		},
		"connection string of a device": {
			block{
				"iothub_connection_strings": []string{"HostName=x.example;DeviceId=d;SharedAccessKey=" + secret},
			}, nil,
			"iothub_connection_strings", "device",
		},
		"two connection strings for one hub": {
			block{"iothub_connection_strings": []string{
				"HostName=x.example;SharedAccessKeyName=a;SharedAccessKey=" + secret,
				"HostName=X.example;SharedAccessKeyName=b;SharedAccessKey=" + secret,
			}}, nil,
			"iothub_connection_strings", "one for each hub",
		},
		"connection string from the environment": {
			nil, env{"AZUREIOT_DPS_CONNECTION_STRING": "nonsense"},
			"dps_connection_string", "AZUREIOT_DPS_CONNECTION_STRING",
		},
		"CA file that is missing": {
			block{"ca_certificate_file": "/no/such/file"}, nil,
			"ca_certificate_file", "no such file",
		},
		"CA file without one": {block{"ca_certificate_file": notPEM}, nil, "ca_certificate_file", "no PEM block"},
		"CA file with one that no server can be trusted by": {
			block{"ca_certificate_file": "../certificate/testdata/negative-serial.pem"}, nil,
			"ca_certificate_file", "Certificate 1 of the file",
		},
		"CA file of which a part is damaged": {
			block{"ca_certificate_file": damaged}, nil,
			"ca_certificate_file", "PEM block 2",
		},
		"unknown environment":     {block{"environment": "moon"}, nil, "environment", "usgovernment"},
		"environment variable":    {nil, env{"ARM_ENVIRONMENT": "moon"}, "environment", "ARM_ENVIRONMENT"},
		"secret without a client": {block{"client_secret": secret, "tenant_id": "t"}, nil, "client_id", "ARM_CLIENT_ID"},
		"secret without a tenant": {block{"client_secret": secret, "client_id": "c"}, nil, "tenant_id", "ARM_TENANT_ID"},
		"certificate that is none": {
			block{"client_certificate_path": notPEM, "client_id": "c", "tenant_id": "t"}, nil,
			"client_certificate_path", "Cannot read the client certificate",
		},
		"OIDC without a token": {
			block{"use_oidc": true, "client_id": "c", "tenant_id": "t"}, nil,
			"oidc_request_url", "oidc_token",
		},
		"DPS that is an ID scope": {block{"dps_hostname": "0ne00A1B2C3"}, nil, "dps_hostname", "ID scope"},
		"DPS that is everybody's endpoint": {
			nil, env{"AZUREIOT_DPS_HOSTNAME": "global.azure-devices-provisioning.net"},
			"dps_hostname", "global endpoint",
		},
		"DPS that is a hub": {block{"dps_hostname": "h.azure-devices.net"}, nil, "dps_hostname", "an IoT hub"},
		"hub that is a DPS": {
			block{"iothub_hostname": "d.azure-devices-provisioning.us"}, nil,
			"iothub_hostname", "a DPS",
		},
		"allowed hub that is a DPS": {
			block{"allowed_iothub_hostnames": []string{"d.azure-devices-provisioning.us"}}, nil,
			"allowed_iothub_hostnames", "a DPS",
		},
		"connection string of a hub for the DPS": {
			block{"dps_connection_string": keyOf("h.azure-devices.net")}, nil,
			"dps_connection_string", "an IoT hub",
		},
		"connection string of a DPS for a hub": {
			nil, env{"AZUREIOT_IOTHUB_CONNECTION_STRINGS": keyOf("d.azure-devices-provisioning.net")},
			"iothub_connection_strings", "a DPS instance",
		},
		"tenant that is none": {
			block{"client_secret": secret, "client_id": "c", "tenant_id": "my tenant"}, nil,
			"tenant_id", "letters, digits",
		},
		"authority without TLS": {nil, env{"AZURE_AUTHORITY_HOST": "http://login.example/"}, "environment", "https://"},
		"authority of another cloud": {
			block{"environment": "china"}, env{"AZURE_AUTHORITY_HOST": "https://login.microsoftonline.us/"},
			"environment", "usgovernment",
		},
		"argument that would be ignored": {nil, env{"ARM_CLIENT_ID": "c"}, "client_id", "ARM_CLIENT_ID"},
		"flag that is none":              {nil, env{"ARM_USE_MSI": "perhaps"}, "use_msi", "ARM_USE_MSI"},
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
	w := tokenWorld(t, roles)
	w.Emulator.AddApplication(pipeline, "pipeline-secret")
	w.Setenv("ARM_TENANT_ID", "00000000-0000-0000-0000-000000000001")
	w.Setenv("ARM_CLIENT_ID", pipeline)
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
	planned.MustSucceed(t)
	o.Apply(planned).MustSucceed(t)
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
