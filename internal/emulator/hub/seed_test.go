// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// reseeded is a hub that starts with what another one is written down as.
func reseeded(t *testing.T, h *testHub) *testHub {
	t.Helper()
	var s Seed
	if err := wire.ReadDocument(wire.JSON(h.Dump()), "", &s); err != nil {
		t.Fatal(err)
	}
	second := newTestHub(t, Choices{})
	if err := second.Reset(s); err != nil {
		t.Fatal(err)
	}
	return second
}

// What devices report, and places among gateways, come along as well.
func TestSeed_keepsReportedPropertiesAndPlaces(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.create("gateway", `{"deviceId":"gateway","capabilities":{"iotEdge":true}}`)
	scope := h.get("/devices/gateway").field("deviceScope")
	h.create("leaf", `{"deviceId":"leaf","deviceScope":"`+scope+`"}`)
	d := h.devices["leaf"]
	at := stamp{updated: testBirth(), version: 7}
	d.twin.reported = section{values: tree{{name: "up", value: true, at: at}}, version: 7, at: at}
	second := reseeded(t, h)
	for _, path := range []string{
		"/devices/gateway", "/devices/leaf", "/devices/gateway/modules", "/devices/gateway/modules/$edgeHub",
		"/twins/gateway", "/twins/leaf", "/twins/gateway/modules/$edgeAgent",
	} {
		second.get(path).want(200).wantBody(h.get(path).want(200).body)
	}
	second.get("/twins/leaf").wantText(`"reported":{"up":true,"$metadata":{"$lastUpdated":` +
		`"2020-09-01T20:58:36.1634714Z","$lastUpdatedVersion":7,"up":`)
	// The gateway is still one that a device can be put below.
	second.create("another", `{"deviceId":"another","deviceScope":"`+scope+`"}`)
}

func TestSeed_fillsWhatAPersonLeavesOut(t *testing.T) {
	t.Parallel()
	var s Seed
	const text = `{"name":"hub1","devices":[{"deviceId":"b","twin":{"tags":{"a":1},` +
		`"properties":{"desired":{"c":{"d":2}}}}},{"deviceId":"a","capabilities":{"iotEdge":true},` +
		`"modules":[{"moduleId":"m"}]}]}`
	if err := wire.ReadDocument([]byte(text), "", &s); err != nil {
		t.Fatal(err)
	}
	h := newTestHub(t, Choices{QueryLag: 1})
	if err := h.Reset(s); err != nil {
		t.Fatal(err)
	}
	if got := h.ask("SELECT * FROM devices").want(200).ids(); len(got) != 2 || got[0] != "a" {
		t.Errorf("the index shows %v", got)
	}
	if key := h.get("/devices/b").field("authentication", "symmetricKey", "primaryKey"); len(key) != 44 {
		t.Errorf("the key is %q", key)
	}
	h.get("/twins/b").wantText(`"desired":{"c":{"d":2},"$metadata":{"$lastUpdated":"2020-09-01T20:58:36.1634714Z",` +
		`"$lastUpdatedVersion":1,"c":{`)
	for _, module := range []string{"$edgeAgent", "$edgeHub", "m"} {
		h.get("/devices/a/modules/" + module).want(200)
	}
}

func TestReset_changesNothingWhenTheSeedIsWrong(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("a")
	id := "b"
	twice := SeedDevice{identityRequest: identityRequest{DeviceID: &id}}
	if err := h.Reset(Seed{Devices: []SeedDevice{twice, twice}}); err == nil {
		t.Error("a device was there twice")
	}
	h.get("/devices/a").want(200)
	h.get("/devices/b").want(404)
}
