// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// Terraform on PATH may be older than list blocks: these tests speak its protocol, as "terraform query" does.

// family has a gateway with a leaf and another gateway below it.
func (p plant) family() {
	p.T.Helper()
	gateway := p.Identity("north", "Sensor-3")
	p.AddIdentity("north", "leaf", func(d *aziothub.Device) { d.DeviceScope = gateway.DeviceScope })
	p.AddIdentity("north", "lower", func(d *aziothub.Device) {
		d.Capabilities, d.ParentScopes = &aziothub.Capabilities{IoTEdge: true}, []string{*gateway.DeviceScope}
	})
	p.AddIdentity("north", "certified", func(d *aziothub.Device) {
		d.Authentication = &aziothub.Authentication{Type: aziothub.AuthenticationCertificateAuthority}
	})
}

func TestList_ofIdentitiesIsImportedAndPlansNothing(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.fleet()
	p.family()
	found := p.MustList(acctest.Listing{Type: typeName, IncludeResource: true})
	if len(found) != 7 {
		t.Fatalf("seven should be found, not %q", acctest.Names(found))
	}
	for _, one := range found {
		config, planned := p.ImportListed(one)
		planned.MustSucceed(t)
		if p.Changes(planned) {
			t.Errorf("%s: the plan should be empty:\nstate   %s\nplanned %s", one.Name, p.State, planned.Planned)
		}
		acctest.MustRead(t, config, map[string]string{"status": "null", "status_reason": "null"})
		acctest.MustRead(t, one.Identity, map[string]string{"device_id": one.Name, "iothub_hostname": p.Hostname("north")})
	}
	acctest.MustNotSay(t, fmt.Sprint(found), *p.Identity("north", "sensor-2").Authentication.SymmetricKey.PrimaryKey)
}

// What operations disable after the import stays disabled, for their reason: nothing that was generated says otherwise.
func TestList_leavesStatusAndReasonToOperations(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.AddIdentity("north", "sensor-1", nil)
	config, planned := p.ImportListed(p.MustList(acctest.Listing{Type: typeName, IncludeResource: true})[0])
	planned.MustSucceed(t)
	stolen := "stolen"
	p.SetIdentity("north", "sensor-1", func(d *aziothub.Device) {
		d.Status, d.StatusReason = aziothub.StatusDisabled, &stolen
	})
	p.MustSettle(config)
	if now := p.Identity("north", "sensor-1"); !now.Disabled() || *now.StatusReason != stolen {
		t.Errorf("it should stay disabled because it was stolen: %+v", now)
	}
}

// A hub has types of authentication that nobody can ask for, and configuration that is generated of them must be valid.
func TestList_leavesOutAnAuthenticationThatConfigurationCannotAskFor(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"none", "ofTheFuture"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			p := newPlant(t)
			p.AddIdentity("north", "sensor-1", nil)
			shown := p.raw().get("/devices/sensor-1")
			shown["authentication"] = attributes{"type": kind}
			p.Emulator.AddFault(acctest.AnswerJSON(http.MethodGet, "^/devices/sensor-1$", acctest.JSON(t, shown)))
			p.Emulator.AddFault(acctest.AnswerJSON(http.MethodPost, "^/devices/query$",
				`[{"deviceId":"sensor-1","status":"enabled","authenticationType":"`+kind+`"}]`))
			config, planned := p.ImportListed(p.MustList(acctest.Listing{Type: typeName, IncludeResource: true})[0])
			planned.MustSucceed(t)
			if p.Changes(planned) {
				t.Errorf("the plan should be empty:\nstate   %s\nplanned %s", p.State, planned.Planned)
			}
			acctest.MustRead(t, config, map[string]string{"authentication": "null"})
		})
	}
}

func TestList_filtersIdentitiesAndStopsAtTheLimit(t *testing.T) {
	t.Parallel()
	p := newPlant(t, acctest.Emulate(smallPages))
	p.fleet()
	for _, test := range []struct {
		given attributes
		limit int64
		want  string
		calls int
	}{
		{attributes{}, 0, "Sensor-3 pump's sensor-1 sensor-2", 2},
		{attributes{}, 1, "Sensor-3", 1},
		{attributes{}, 2, "Sensor-3 pump's", 1},
		{attributes{}, 3, "Sensor-3 pump's sensor-1", 2},
		{attributes{"status": "disabled"}, 0, "sensor-2", 1},
		{attributes{"authentication": "selfSigned"}, 0, "pump's sensor-1", 1},
		{attributes{"device_id_prefix": "sensor-"}, 0, "sensor-1 sensor-2", 1},
		{attributes{"tags": map[string]any{"location.plant": "Thale's"}}, 0, "sensor-1", 1},
		{attributes{"condition": "capabilities.iotEdge = true"}, 0, "Sensor-3", 1},
		{attributes{"iothub_hostname": p.Hostname("south")}, 0, "", 1},
	} {
		p.Emulator.ClearJournal()
		found := p.MustList(acctest.Listing{Type: typeName, Config: test.given, Limit: test.limit, IncludeResource: true})
		if got := acctest.Names(found); got != test.want {
			t.Errorf("%v, at most %d: there should be %q, not %q", test.given, test.limit, test.want, got)
		}
		if calls := p.Emulator.Journal(); len(calls) != test.calls {
			t.Errorf("%v, at most %d: it should cost %d calls, not %v", test.given, test.limit, test.calls, calls)
		}
	}
}

// What the first page told stands when the second one fails, and the error says so.
func TestList_ofIdentitiesEndsWithTheErrorOfAPage(t *testing.T) {
	t.Parallel()
	p := newPlant(t, acctest.Emulate(smallPages))
	p.fleet()
	for skip, want := range []string{"", "Sensor-3 pump's"} {
		p.Emulator.ClearFaults()
		p.Emulator.AddFault(emulator.Fault{Host: p.Hostname("north"), Status: http.StatusUnauthorized, Skip: skip})
		found, step := p.List(acctest.Listing{Type: typeName, Config: attributes{"condition": "deviceId != 'x'"}})
		if got := acctest.Names(found); got != want {
			t.Errorf("page %d fails: there should be %q, not %q", skip+1, want, got)
		}
		step.MustFail(t, "Cannot query device identities", "(…)", p.Hostname("north"), "401", "tracking ID",
			"Microsoft.Devices/IotHubs/twins/read", "ServiceConnect")
	}
}

func TestList_ofIdentitiesRefusesWhatTheDataSourceRefuses(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	for said, given := range map[string]attributes{
		"Cannot query device identities": {"condition": "status = "},
		"Invalid device ID":              {"device_id_prefix": "a b"},
		"The path of a tag has names":    {"tags": map[string]any{"plant = 'x' OR status": "enabled"}},
		"status":                         {"status": "off"},
	} {
		_, step := p.List(acctest.Listing{Type: typeName, Config: given})
		step.MustFail(t, said)
	}
	p.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", "")
	p.Setenv("AZUREIOT_IOTHUB_HOSTNAME", "")
	_, step := p.List(acctest.Listing{Type: typeName})
	step.MustFail(t, "No IoT hub is configured")
}
