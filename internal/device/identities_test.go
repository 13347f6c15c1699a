// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

const identitiesType = "azureiot_iothub_device_identities"

func smallPages(o *emulator.Options) { o.PageSize = 2 }

// listed are the elements of the list of identities.
func listed(t testing.TB, found tftypes.Value) []tftypes.Value {
	t.Helper()
	var members map[string]tftypes.Value
	var elements []tftypes.Value
	if err := found.As(&members); err != nil {
		t.Fatal(err)
	}
	if err := members["identities"].As(&elements); err != nil {
		t.Fatal(err)
	}
	return elements
}

// inventory reads the data source and returns what it shows, and the IDs of it.
func (p plant) inventory(given attributes) (found tftypes.Value, ids string) {
	p.T.Helper()
	found, step := p.ReadDataSource(identitiesType, given)
	step.MustSucceed(p.T)
	var all []string
	for _, element := range listed(p.T, found) {
		all = append(all, acctest.Text(element, "device_id"))
	}
	return found, strings.Join(all, " ")
}

// fleet has devices of several kinds in the hub north, one of them with tags.
func (p plant) fleet() {
	p.T.Helper()
	p.AddIdentity("north", "sensor-2", func(d *aziothub.Device) {
		reason := "stolen"
		d.Status, d.StatusReason = aziothub.StatusDisabled, &reason
	})
	p.AddIdentity("north", "Sensor-3", func(d *aziothub.Device) {
		d.Capabilities = &aziothub.Capabilities{IoTEdge: true}
	})
	p.AddIdentity("north", "pump's", func(d *aziothub.Device) {
		thumbprint := print1
		d.Authentication = &aziothub.Authentication{
			Type: aziothub.AuthenticationSelfSigned, X509Thumbprint: &aziothub.X509Thumbprint{PrimaryThumbprint: &thumbprint},
		}
	})
	p.AddGroup("factory", p.Intermediate)
	p.SetGroup("factory", func(g *azdps.EnrollmentGroup) {
		g.IoTHubs = []string{p.Hostname("north")}
		g.InitialTwin = &azdps.InitialTwin{Tags: json.RawMessage(`{"location":{"plant":"Thale's","floor":3}}`)}
	})
	p.NewDevice("sensor-1").MustRegister()
}

func TestIdentities_areFiltered(t *testing.T) {
	t.Parallel()
	p := newPlant(t, acctest.Emulate(smallPages))
	p.fleet()
	for _, test := range []struct {
		given attributes
		want  string
		calls int
	}{
		{attributes{}, "Sensor-3 pump's sensor-1 sensor-2", 2},
		{attributes{"status": "disabled"}, "sensor-2", 1},
		{attributes{"authentication": "selfSigned"}, "pump's sensor-1", 1},
		{attributes{"authentication": "sas", "status": "enabled"}, "Sensor-3", 1},
		{attributes{"device_id_prefix": "sensor-"}, "sensor-1 sensor-2", 1},
		{attributes{"device_id_prefix": "pump'"}, "pump's", 1},
		{attributes{"tags": map[string]any{"location.plant": "Thale's"}}, "sensor-1", 1},
		{attributes{"tags": map[string]any{"location.plant": "Berlin"}}, "", 1},
		{attributes{"condition": "tags.location.floor > 2 OR capabilities.iotEdge = true"}, "Sensor-3 sensor-1", 1},
		{attributes{"condition": "status = 'enabled' OR status = 'disabled'", "status": "disabled"}, "sensor-2", 1},
		{attributes{"iothub_hostname": p.Hostname("south")}, "", 1},
	} {
		p.Emulator.ClearJournal()
		found, ids := p.inventory(test.given)
		if ids != test.want || acctest.Text(found, "complete") != "true" {
			t.Errorf("%v: there should be %q, not %q", test.given, test.want, ids)
		}
		if calls := p.Emulator.Journal(); len(calls) != test.calls {
			t.Errorf("%v: it should cost %d calls, not %v", test.given, test.calls, calls)
		}
	}
}

func TestIdentities_tellEverythingButKeys(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.fleet()
	found, _ := p.inventory(attributes{})
	acctest.MustRead(t, found, map[string]string{"iothub_hostname": p.Hostname("north")})
	identities := listed(t, found)
	acctest.MustRead(t, identities[0], map[string]string{"edge_enabled": "true", "tags": "null", "authentication": "sas"})
	acctest.MustRead(t, identities[1], map[string]string{
		"authentication": "selfSigned", "primary_thumbprint": print1, "secondary_thumbprint": "null",
	})
	acctest.MustRead(t, identities[2], map[string]string{
		"status": "enabled", "status_reason": "null", "tags": `{"location":{"plant":"Thale's","floor":3}}`,
		"connection_state": "Disconnected", "last_activity_time": "null", "edge_enabled": "false",
	})
	acctest.MustRead(t, identities[3], map[string]string{"status": "disabled", "status_reason": "stolen"})
	key := *p.Identity("north", "sensor-2").Authentication.SymmetricKey.PrimaryKey
	acctest.MustNotSay(t, found.String(), key)
}

func TestIdentities_stopAtTheLimitAndSaySo(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	for i := range 1001 {
		p.AddIdentity("north", fmt.Sprintf("sensor-%04d", i), nil)
	}
	for _, test := range []struct {
		given    attributes
		count    int
		complete string
		calls    int
		warns    bool
	}{
		{attributes{"limit": 3}, 3, "false", 1, false},
		{attributes{"limit": 250}, 250, "false", 3, false},
		{attributes{"limit": 950, "condition": "deviceId != 'sensor-1000'"}, 950, "false", 10, false},
		{attributes{"limit": 1001}, 1001, "true", 11, false},
		{attributes{}, 1000, "false", 10, true},
		{attributes{"device_id_prefix": "sensor-000", "limit": 10}, 10, "true", 1, false},
	} {
		p.Emulator.ClearJournal()
		found, step := p.ReadDataSource(identitiesType, test.given)
		step.MustSucceed(t)
		if got := len(listed(t, found)); got != test.count || acctest.Text(found, "complete") != test.complete {
			t.Errorf("%v: %d identities, complete: %s", test.given, got, acctest.Text(found, "complete"))
		}
		if calls := p.Emulator.Journal(); len(calls) != test.calls {
			t.Errorf("%v: it should cost %d calls, not %d", test.given, test.calls, len(calls))
		}
		if warned := strings.Contains(step.Warnings(), "Not every device identity was read"); warned != test.warns {
			t.Errorf("%v: it warns: %t", test.given, warned)
		}
	}
}

func TestIdentities_failInWords(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	for said, given := range map[string]attributes{
		"Cannot query device identities": {"condition": "status = "},
		"Invalid device ID":              {"device_id_prefix": "a b"},
		"The path of a tag has names":    {"tags": map[string]any{"plant = 'x' OR status": "enabled"}},
	} {
		_, step := p.ReadDataSource(identitiesType, given)
		step.MustFail(t, said)
	}
	p.Emulator.AddFault(emulator.Fault{Host: p.Hostname("north"), Status: http.StatusUnauthorized})
	_, step := p.ReadDataSource(identitiesType, attributes{"status": "disabled"})
	step.MustFail(t, "Cannot query device identities", "WHERE status = 'disabled'", "ServiceConnect", p.Hostname("north"))
	p.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", "")
	p.Setenv("AZUREIOT_IOTHUB_HOSTNAME", "")
	_, step = p.ReadDataSource(identitiesType, attributes{})
	step.MustFail(t, "No IoT hub is configured")
}

// The index lags: an identity that was just made is missing for a while.
func TestIdentities_areThoseOfTheIndex(t *testing.T) {
	t.Parallel()
	p := newPlant(t, acctest.Emulate(func(o *emulator.Options) { o.Choices.Hub.QueryLag = time.Hour }))
	p.AddIdentity("north", "sensor-1", nil)
	if _, ids := p.inventory(attributes{}); ids != "" {
		t.Errorf("nothing should be indexed yet: %s", ids)
	}
}
