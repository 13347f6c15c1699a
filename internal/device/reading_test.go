// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

const credentialsType = "azureiot_iothub_device_credentials"

func TestDataSource_tellsEverythingButKeys(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	scope := p.gateway("A")
	p.MustApplyAndStay(p.config(attributes{"parent_scope": scope, "status": "disabled", "status_reason": "why not"}))
	found := p.MustReadDataSource(typeName, attributes{"device_id": deviceID})
	acctest.MustRead(t, found, map[string]string{
		"device_id": deviceID, "iothub_hostname": p.Hostname("north"), "status": "disabled", "status_reason": "why not",
		"edge_enabled": "false", "parent_scope": scope, "device_scope": "null", "connection_state": "Disconnected",
		"generation_id": p.Attribute("generation_id"), "last_activity_time": "null",
		"connection_state_updated_time": "null", "status_updated_time": "null", "authentication.type": "sas",
		"authentication.primary_thumbprint": "null", "authentication.secondary_thumbprint": "null",
	})
	stored := p.identity().Authentication.SymmetricKey
	if strings.Contains(found.String(), *stored.PrimaryKey) || strings.Contains(found.String(), *stored.SecondaryKey) {
		t.Error("the data source tells a key")
	}
}

func TestDataSource_tellsWhatChangesByItself(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(attributes{"authentication": keys(key1, key2, 1), "edge_enabled": true}))
	p.mustAccept(devicesim.SymmetricKey(key1))
	p.SetIdentityStatus("north", deviceID, "disabled")
	found, step := p.ReadDataSource(typeName, attributes{
		"device_id": deviceID, "iothub_hostname": strings.ToUpper(p.Hostname("north")),
	})
	step.MustSucceed(p.T)
	for _, name := range []string{"last_activity_time", "status_updated_time"} {
		if _, err := time.Parse(time.RFC3339Nano, acctest.Text(found, name)); err != nil {
			t.Errorf("%s is %s", name, acctest.Text(found, name))
		}
	}
	acctest.MustRead(t, found, map[string]string{
		"device_scope": p.Attribute("device_scope"), "iothub_hostname": strings.ToUpper(p.Hostname("north")),
	})
}

// Both kinds of readers fail alike, and say what to do.
func TestReading_failsInWords(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(nil))
	for name, read := range map[string]func(attributes) (tftypes.Value, acctest.Step){
		"data source": func(a attributes) (tftypes.Value, acctest.Step) { return p.ReadDataSource(typeName, a) },
		"credentials": func(a attributes) (tftypes.Value, acctest.Step) { return p.OpenEphemeral(credentialsType, a) },
	} {
		fails := func(given attributes, texts ...string) {
			t.Helper()
			value, step := read(given)
			step.MustFail(p.T, texts...)
			if !value.IsNull() {
				t.Errorf("%s: something was read all the same", name)
			}
		}
		fails(attributes{"device_id": "PUMP-1"}, "No such device identity", `"PUMP-1"`, "Letter case counts")
		fails(attributes{"device_id": ".."}, "Invalid device ID")
		fails(attributes{"device_id": deviceID, "iothub_hostname": "https://h.example"}, "scheme")
		fails(attributes{"device_id": deviceID, "iothub_hostname": p.Emulator.DPSHostname()}, "Cannot read device identity")
		p.fault(faults{method: "GET", status: 401, times: 1})
		fails(attributes{"device_id": deviceID}, `policy "iothubowner"`, "Microsoft.Devices/IotHubs/devices/read")
		p.Setenv("AZUREIOT_IOTHUB_HOSTNAME", "")
		fails(attributes{"device_id": deviceID}, "No IoT hub is configured")
		p.SetProviderBlock(map[string]any{"iothub_hostname": acctest.Unknown{}})
		fails(attributes{"device_id": deviceID}, "Hub is not known yet", "only during the apply")
		p.SetProviderBlock(nil)
		p.Setenv("AZUREIOT_IOTHUB_HOSTNAME", p.Hostname("north"))
	}
}

// Keys, connection strings and tokens are the device's: the hub accepts what is made of each.
func TestCredentials_areWhatTheDeviceConnectsWith(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(attributes{"authentication": keys(key1, key2, 1)}))
	opened := p.MustOpenEphemeral(credentialsType, attributes{
		"device_id": deviceID, "generation_id": p.Attribute("generation_id"), "sas_token_lifetime": "24h",
	})
	host := p.Hostname("north")
	expiry := p.Clock.Now().Add(24 * time.Hour).Truncate(time.Second)
	acctest.MustRead(t, opened, map[string]string{
		"primary_key": key1, "secondary_key": key2, "authentication_type": "sas", "iothub_hostname": host,
		"primary_connection_string":   "HostName=" + host + ";DeviceId=pump-1;SharedAccessKey=" + key1,
		"secondary_connection_string": "HostName=" + host + ";DeviceId=pump-1;SharedAccessKey=" + key2,
		"sas_token_expires_at":        expiry.Format(time.RFC3339), "sas_token_lifetime": "24h",
	})
	primary, secondary := acctest.Text(opened, "primary_sas_token"), acctest.Text(opened, "secondary_sas_token")
	if primary == secondary || !p.raw().accepts(primary) || !p.raw().accepts(secondary) {
		t.Error("the hub does not accept the tokens")
	}
	p.MustApplyAndStay(p.config(attributes{"authentication": keys(key1, key3, 2)}))
	if !p.raw().accepts(primary) || p.raw().accepts(secondary) {
		t.Error("the tokens are not those of their keys")
	}
	p.Clock.Advance(25 * time.Hour)
	if p.raw().accepts(primary) {
		t.Error("the token outlives its lifetime")
	}
	p.remake()
	_, step := p.OpenEphemeral(credentialsType, attributes{
		"device_id": deviceID, "generation_id": p.Attribute("generation_id"),
	})
	step.MustFail(p.T, "was made anew", "another generation")
	if !step.FailsOn("generation_id") {
		t.Error("the error is on another attribute")
	}
}

func TestCredentials_ofACertificateAreNoSecret(t *testing.T) {
	t.Parallel()
	p := newPlant(t, acctest.Emulate(func(o *emulator.Options) { o.Hubs = []emulator.HubOptions{{Name: "north"}} }))
	for _, kind := range []string{"selfSigned", "certificateAuthority"} {
		given := attributes{}
		if kind == "selfSigned" {
			given["primary_thumbprint"] = print1
		}
		p.MustApplyAndStay(p.config(attributes{"authentication": authentication(kind, given)}))
		opened := p.MustOpenEphemeral(credentialsType, attributes{"device_id": deviceID})
		connection := "HostName=" + p.Hostname("north") + ";DeviceId=pump-1;x509=true"
		acctest.MustRead(t, opened, map[string]string{
			"authentication_type": kind, "primary_key": "null", "secondary_key": "null", "primary_sas_token": "null",
			"secondary_sas_token": "null", "sas_token_expires_at": "null", "sas_token_lifetime": "1h",
			"primary_connection_string": connection, "secondary_connection_string": connection,
		})
	}
}

func TestCredentials_lifetimeHasBounds(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(nil))
	for lifetime, want := range map[string]string{
		"soon": "is not a duration", "": "is not a duration", "1d": "is not a duration",
		"-1h": "too short", "59s": "too short", "8785h": "too long",
	} {
		_, step := p.OpenEphemeral(credentialsType, attributes{"device_id": deviceID, "sas_token_lifetime": lifetime})
		if !step.FailsOn("sas_token_lifetime") || !strings.Contains(step.Errors(), want) {
			t.Errorf("%q: %s", lifetime, step.Errors())
		}
	}
	for _, lifetime := range []string{"1m", "8784h", "90m30s"} {
		p.MustOpenEphemeral(credentialsType, attributes{"device_id": deviceID, "sas_token_lifetime": lifetime})
	}
}

// A device ID is signed as it is, whatever characters it has.
func TestCredentials_workForEveryDeviceID(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	for _, id := range []string{"a#b?c%d+e", "'(x)=@;$:*!,", "%2F"} {
		one := plant{World: p.World, Object: p.NewObject(typeName)}
		one.MustApplyAndStay(one.config(attributes{"device_id": id}))
		opened := p.MustOpenEphemeral(credentialsType, attributes{"device_id": id})
		if !p.raw().acceptsFrom(id, acctest.Text(opened, "primary_sas_token")) {
			t.Errorf("the hub does not accept the token of %s", id)
		}
	}
}
