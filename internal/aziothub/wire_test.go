// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/wiretest"
)

// generic decodes data without a count of zero, which only the hub writes, with numbers as they are written, and with
// the names of thumbprints in the case of the schema.
func generic(t *testing.T, data []byte) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value map[string]any
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	if value["cloudToDeviceMessageCount"] == json.Number("0") {
		delete(value, "cloudToDeviceMessageCount")
	}
	if thumbprints, ok := value["x509Thumbprint"].(map[string]any); ok {
		for name, thumbprint := range thumbprints {
			delete(thumbprints, name)
			thumbprints[strings.ToLower(name[:1])+name[1:]] = thumbprint
		}
	}
	return value
}

// comesBack checks that the documents of a folder, decoded as T, are encoded as they were, nulls included.
func comesBack[T any](t *testing.T, folder string) {
	t.Helper()
	documents, err := wiretest.Documents(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range documents {
		t.Run(document.Name, func(t *testing.T) {
			t.Parallel()
			var value T
			if err := json.Unmarshal(document.Body, &value); err != nil {
				t.Fatal(err)
			}
			encoded, err := json.Marshal(value)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := generic(t, encoded), generic(t, document.Body); !reflect.DeepEqual(got, want) {
				t.Errorf("came back as\n%v, want\n%v", got, want)
			}
		})
	}
}

func TestWire_documentsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	comesBack[aziothub.Device](t, "iothub/devices")
	comesBack[aziothub.Device](t, "iothub/device_requests")
	comesBack[aziothub.Twin](t, "iothub/twins")
}

// The field documents hold every member of the schema: none of them may be an unknown one.
func TestWire_everyMemberOfTheSchemaIsKnown(t *testing.T) {
	t.Parallel()
	documents, err := wiretest.Documents("iothub/fields")
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range documents {
		var value any
		switch document.Name {
		case "iothub/fields/device":
			value = &aziothub.Device{}
		case "iothub/fields/twin":
			value = &aziothub.Twin{}
		default:
			t.Fatalf("no type for %s", document.Name)
		}
		if err := json.Unmarshal(document.Body, value); err != nil {
			t.Fatal(err)
		}
		allSet(t, document.Name, reflect.ValueOf(value).Elem())
	}
}

// allSet fails for each field that is empty, and for each Extra that is not.
func allSet(t *testing.T, path string, value reflect.Value) {
	t.Helper()
	switch value.Kind() {
	case reflect.Pointer:
		allSet(t, path, value.Elem())
	case reflect.Struct:
		for i := range value.NumField() {
			name := value.Type().Field(i).Name
			switch {
			case name == "Extra":
				if value.Field(i).Len() > 0 {
					t.Errorf("%s: unknown are %v", path, value.Field(i))
				}
			case value.Field(i).IsZero():
				t.Errorf("%s.%s is not read", path, name)
			default:
				allSet(t, path+"."+name, value.Field(i))
			}
		}
	default: // a leaf
	}
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
		PrimaryKey: pointer("key-one"), SecondaryKey: pointer("key-two"),
		Extra: map[string]json.RawMessage{"k": json.RawMessage(`"key-three"`)},
	}}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		for _, value := range []any{
			d, &d, *d.Authentication, *d.Authentication.SymmetricKey, d.Authentication.SymmetricKey, []aziothub.Device{d},
		} {
			text := fmt.Sprintf(verb, value)
			if strings.Contains(text, "key-") || strings.Contains(text, "6b65792d") {
				t.Errorf("%s of %T prints %s", verb, value, text)
			}
		}
	}
	if text := d.Authentication.SymmetricKey.GoString(); strings.Contains(text, "key-") {
		t.Errorf("in Go's syntax it is %s", text)
	}
	if got := fmt.Sprint(aziothub.SymmetricKey{}, d.Authentication.SymmetricKey); got != "{no keys} {keys redacted}" {
		t.Errorf("printed %s", got)
	}
}

func FuzzDevice(f *testing.F) {
	for _, folder := range []string{"iothub/devices", "iothub/device_requests"} {
		documents, err := wiretest.Documents(folder)
		if err != nil {
			f.Fatal(err)
		}
		for _, document := range documents {
			f.Add(document.Body)
		}
	}
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
			if _, kept := generic(t, first)[name]; !kept {
				t.Errorf("member %q is lost in %s", name, first)
			}
		}
	})
}
