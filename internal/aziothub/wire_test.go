// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/wiretest"
)

// asTheHubMeansIt removes a count of zero, which only the hub writes, and spells the names of thumbprints in the case
// of the schema.
func asTheHubMeansIt(object map[string]any) {
	if object["cloudToDeviceMessageCount"] == json.Number("0") {
		delete(object, "cloudToDeviceMessageCount")
	}
	if thumbprints, ok := object["x509Thumbprint"].(map[string]any); ok {
		for name, thumbprint := range thumbprints {
			delete(thumbprints, name)
			thumbprints[strings.ToLower(name[:1])+name[1:]] = thumbprint
		}
	}
}

func TestWire_documentsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	wiretest.ComesBack[aziothub.Device](t, "iothub/devices", asTheHubMeansIt)
	wiretest.ComesBack[aziothub.Device](t, "iothub/device_requests", asTheHubMeansIt)
	wiretest.ComesBack[aziothub.Twin](t, "iothub/twins", asTheHubMeansIt)
}

func TestWire_everyMemberOfTheSchemaIsKnown(t *testing.T) {
	t.Parallel()
	wiretest.KnowsEveryMember(t, "iothub/fields", map[string]any{
		"iothub/fields/device": &aziothub.Device{},
		"iothub/fields/twin":   &aziothub.Twin{},
	})
}

func TestWire_objectsWithoutTheirIDAreNotTheHubs(t *testing.T) {
	t.Parallel()
	for _, value := range []any{&aziothub.Device{}, &aziothub.Twin{}} {
		err := json.Unmarshal([]byte(`{"status":"enabled"}`), value)
		if err == nil || !strings.Contains(err.Error(), "it is missing") {
			t.Errorf("%T: %v", value, err)
		}
	}
}

func TestKeys_areRedactedHoweverTheyArePrinted(t *testing.T) {
	t.Parallel()
	d := aziothub.Device{DeviceID: "d", Authentication: &aziothub.Authentication{SymmetricKey: &aziothub.SymmetricKey{
		PrimaryKey: new("key-one"), SecondaryKey: new("key-two"),
		Extra: map[string]json.RawMessage{"k": json.RawMessage(`"key-three"`)},
	}}}
	for _, leak := range wiretest.Leaks("key-",
		d, &d, *d.Authentication, *d.Authentication.SymmetricKey, d.Authentication.SymmetricKey, []aziothub.Device{d},
	) {
		t.Error(leak)
	}
	if got := fmt.Sprint(aziothub.SymmetricKey{}, d.Authentication.SymmetricKey); got != "{no keys} {keys redacted}" {
		t.Errorf("printed %s", got)
	}
}

func FuzzDevice(f *testing.F) {
	wiretest.Seed(f, "iothub/devices", "iothub/device_requests")
	f.Fuzz(func(t *testing.T, data []byte) {
		var d aziothub.Device
		if !json.Valid(data) || json.Unmarshal(data, &d) != nil {
			return
		}
		first, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var again aziothub.Device
		if err := json.Unmarshal(first, &again); err != nil {
			t.Fatalf("%s: %v", first, err)
		}
		for name := range d.Extra {
			if _, kept := wiretest.Generic(t, first)[name]; !kept {
				t.Errorf("member %q is lost in %s", name, first)
			}
		}
	})
}
