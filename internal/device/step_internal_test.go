// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
)

// read is an edge device below another one, as a newer version of the service might show it.
const read = `{"deviceId":"gw","generationId":"639309930936775250","etag":"MTIz","connectionState":"Connected",
"status":"enabled","statusReason":"as it was","statusUpdatedTime":"2026-01-02T03:04:05.1234567Z",
"cloudToDeviceMessageCount":3,
"authentication":{"symmetricKey":{"primaryKey":"cHJpbWFyeXByaW1hcnlwcmk=",
"secondaryKey":"c2Vjb25kYXJ5c2Vjb25kYXI=","keyNote":["of","today"]},
"x509Thumbprint":{"primaryThumbprint":null,"secondaryThumbprint":null,"printNote":1.0},"type":"sas",
"policy":{"name":"strict"}},"capabilities":{"iotEdge":true,"lora":true},
"deviceScope":"ms-azure-iot-edge://gw-1","parentScopes":["ms-azure-iot-edge://top-2"],
"attributes":{"floor":2,"hall":"B"},"tomorrow":{"deep":[1,{"x":null}]}}`

func decodeDevice(t *testing.T, text string) aziothub.Device {
	t.Helper()
	var d aziothub.Device
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func members(t *testing.T, v any) map[string]any {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// A write sends back everything that was read and is not changed, members that nobody here knows included.
func TestStep_changesWhatIsWantedAndNothingElse(t *testing.T) {
	t.Parallel()
	now := decodeDevice(t, read)
	for name, test := range map[string]struct {
		change  func(*managed)
		changed map[string]any
	}{
		"nothing": {func(*managed) {}, nil},
		"status":  {func(s *managed) { s.status = "disabled" }, map[string]any{"status": "disabled"}},
		"reason":  {func(s *managed) { s.reason = "" }, map[string]any{"statusReason": nil}},
		"parent": {func(s *managed) { s.parent = "ms-azure-iot-edge://other-3" },
			map[string]any{"parentScopes": []any{"ms-azure-iot-edge://other-3"}}},
		"no parent": {func(s *managed) { s.parent = "" }, map[string]any{"parentScopes": []any{}}},
		"leaf": {func(s *managed) { s.edge = false },
			map[string]any{"capabilities": map[string]any{"iotEdge": false, "lora": true}}},
		"authentication left as found": {func(s *managed) { s.authentication = nil }, nil},
		"authority": {func(s *managed) { s.authentication = &authentication{kind: "certificateAuthority"} },
			map[string]any{"authentication": map[string]any{
				"type": "certificateAuthority", "policy": map[string]any{"name": "strict"},
			}}},
	} {
		want := managedOf(now)
		test.change(&want)
		expected := members(t, now)
		for member, value := range test.changed {
			expected[member] = value
		}
		if got := members(t, step(now, want, nil)); !reflect.DeepEqual(got, expected) {
			t.Errorf("%s sends\n%v, not\n%v", name, got, expected)
		}
	}
}

func TestStep_keepsWhatStandsBesideKeysAndThumbprints(t *testing.T) {
	t.Parallel()
	now := decodeDevice(t, read)
	sent := step(now, managedOf(now), newKeys())
	if string(sent.Authentication.SymmetricKey.Extra["keyNote"]) != `["of","today"]` {
		t.Errorf("beside the keys stands %s", sent.Authentication.SymmetricKey.Extra)
	}
	now.Authentication.Type = "selfSigned"
	want := managedOf(now)
	want.authentication.thumbprints[secondary] = "AA"
	if sent := step(now, want, nil); string(sent.Authentication.X509Thumbprint.Extra["printNote"]) != "1.0" {
		t.Errorf("beside the thumbprints stands %s", sent.Authentication.X509Thumbprint.Extra)
	}
}

func TestStep_leavesWhatWasReadAsItIs(t *testing.T) {
	t.Parallel()
	now := decodeDevice(t, read)
	step(now, managed{status: "disabled", authentication: &authentication{
		kind: "selfSigned", thumbprints: [slots]string{"AA", "BB"},
	}}, newKeys())
	if !reflect.DeepEqual(members(t, now), members(t, decodeDevice(t, read))) {
		t.Error("what was read was changed in place")
	}
}

func TestConflicts_areWhatIsNeitherAsItWasNorAsItIsWanted(t *testing.T) {
	t.Parallel()
	before := managed{status: "enabled", reason: "old", authentication: &authentication{kind: "sas"}}
	for name, test := range map[string]struct {
		now, want managed
		conflicts []string
	}{
		"nothing changed": {before, managed{status: "disabled"}, nil},
		"changed as wanted": {
			managed{status: "disabled", reason: "old"}, managed{status: "disabled", reason: "old"}, nil},
		"changed otherwise": {
			managed{status: "disabled", reason: "stolen"}, managed{status: "enabled", reason: "new"},
			[]string{`status: "enabled" -> "disabled"`, `status_reason: "old" -> "stolen"`}},
		"authentication that is not managed": {
			managed{status: "enabled", reason: "old", authentication: &authentication{kind: "selfSigned"}},
			managed{status: "enabled", reason: "new"}, nil},
		"authentication that is": {
			managed{status: "enabled", reason: "old", authentication: &authentication{kind: "selfSigned"}},
			managed{status: "enabled", reason: "old", authentication: &authentication{kind: "sas"}},
			[]string{`authentication.type: "sas" -> "selfSigned"`}},
		"place": {
			managed{status: "enabled", reason: "old", edge: true, parent: "p"},
			managed{status: "disabled", reason: "old"},
			[]string{"edge_enabled: false -> true", `parent_scope: null -> "p"`}},
	} {
		var got []string
		for _, d := range conflicts(before, test.now, test.want) {
			got = append(got, d.String())
		}
		if !reflect.DeepEqual(got, test.conflicts) {
			t.Errorf("%s: %q, not %q", name, got, test.conflicts)
		}
	}
}

func TestIsOwn_needsTheKeysOrEverythingElseAndTheTime(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	withKeys := aziothub.Device{Status: "enabled", Authentication: &aziothub.Authentication{
		Type: "sas", SymmetricKey: newKeys(),
	}}
	withoutKeys := aziothub.Device{Status: "enabled", Authentication: &aziothub.Authentication{
		Type: "certificateAuthority",
	}}
	for name, test := range map[string]struct {
		sent  aziothub.Device
		found func(*aziothub.Device)
		own   bool
	}{
		"same keys":        {withKeys, func(*aziothub.Device) {}, true},
		"same keys of old": {withKeys, func(d *aziothub.Device) { d.GenerationID = "637345907161634714" }, true},
		"other keys": {withKeys, func(d *aziothub.Device) {
			d.Authentication = &aziothub.Authentication{Type: "sas", SymmetricKey: newKeys()}
		}, false},
		"keys hidden": {withKeys, func(d *aziothub.Device) {
			d.Authentication = &aziothub.Authentication{Type: "sas", SymmetricKey: &aziothub.SymmetricKey{}}
		}, false},
		"other status":      {withKeys, func(d *aziothub.Device) { d.Status = "disabled" }, false},
		"no keys, just now": {withoutKeys, func(d *aziothub.Device) { d.GenerationID = "639309930936775250" }, true},
		"no keys, of old":   {withoutKeys, func(d *aziothub.Device) { d.GenerationID = "637345907161634714" }, false},
		"no keys, no time":  {withoutKeys, func(d *aziothub.Device) { d.GenerationID = "g1" }, true},
		"no keys, disabled": {withoutKeys, func(d *aziothub.Device) { d.Status = "disabled" }, false},
	} {
		found := test.sent
		test.found(&found)
		if isOwn(found, test.sent, began) != test.own {
			t.Errorf("%s: own is %v", name, !test.own)
		}
	}
}

func TestMomentOrNull_yearOneIsNeverAndNoZoneIsUTC(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"": "<null>", "0001-01-01T00:00:00": "<null>", "0001-01-01T00:00:00Z": "<null>",
		"2020-09-01T20:58:36.2046728Z": `"2020-09-01T20:58:36.2046728Z"`,
		"2020-09-01T20:58:36":          `"2020-09-01T20:58:36Z"`,
		"2020-09-01T20:58:36+00:00":    `"2020-09-01T20:58:36+00:00"`,
	} {
		if got := momentOrNull(value).String(); got != want {
			t.Errorf("%q is %s, not %s", value, got, want)
		}
	}
}
