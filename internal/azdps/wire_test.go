// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azdps_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/wiretest"
)

func unmarshal(t *testing.T, text string, value any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), value); err != nil {
		t.Fatal(err)
	}
}

// generic decodes data without its known null members, which are the same as absent ones, and with numbers as they
// are written.
func generic(t *testing.T, data []byte) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value map[string]any
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	if status, found := value["provisioningStatus"]; found && status == nil {
		delete(value, "provisioningStatus")
	}
	return value
}

// comesBack checks that the documents of a folder, decoded as T, are encoded as they were.
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
	comesBack[azdps.IndividualEnrollment](t, "dps/individual_enrollments")
	comesBack[azdps.IndividualEnrollment](t, "dps/individual_enrollment_requests")
	comesBack[azdps.EnrollmentGroup](t, "dps/enrollment_groups")
	comesBack[azdps.EnrollmentGroup](t, "dps/enrollment_group_requests")
	comesBack[azdps.Attestation](t, "dps/attestations")
	comesBack[azdps.Registration](t, "dps/registrations")
}

// The field documents hold every member of the schema: none of them may be an unknown one.
func TestWire_everyMemberOfTheSchemaIsKnown(t *testing.T) {
	t.Parallel()
	documents, err := wiretest.Documents("dps/fields")
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range documents {
		var value any
		switch document.Name {
		case "dps/fields/individual_enrollment":
			value = &azdps.IndividualEnrollment{}
		case "dps/fields/enrollment_group":
			value = &azdps.EnrollmentGroup{}
		case "dps/fields/registration":
			value = &azdps.Registration{}
		default:
			t.Fatalf("no type for %s", document.Name)
		}
		unmarshal(t, string(document.Body), value)
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
			case strings.HasSuffix(name, "Extra"):
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

func TestWire_objectsWithoutTheirIDAreNotTheServices(t *testing.T) {
	t.Parallel()
	for _, value := range []any{&azdps.IndividualEnrollment{}, &azdps.EnrollmentGroup{}} {
		err := json.Unmarshal([]byte(`{"attestation":{"type":"tpm"}}`), value)
		if err == nil || !strings.Contains(err.Error(), "it is missing") {
			t.Errorf("%T: %v", value, err)
		}
	}
}

func TestSecrets_areRedactedHoweverTheyArePrinted(t *testing.T) {
	t.Parallel()
	e := azdps.IndividualEnrollment{
		RegistrationID: "dev",
		Attestation: azdps.Attestation{SymmetricKey: &azdps.SymmetricKey{
			PrimaryKey: "key-one", SecondaryKey: "key-two",
			Extra: map[string]json.RawMessage{"k": json.RawMessage(`"key-three"`)},
		}},
		CustomAllocationDefinition: &azdps.CustomAllocationDefinition{
			WebhookURL: "https://w.example?code=key-four", APIVersion: "v",
		},
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		for _, value := range []any{
			e, &e, e.Attestation, *e.Attestation.SymmetricKey, e.Attestation.SymmetricKey,
			*e.CustomAllocationDefinition, e.CustomAllocationDefinition, []azdps.IndividualEnrollment{e},
		} {
			text := fmt.Sprintf(verb, value)
			if strings.Contains(text, "key-") || strings.Contains(text, "6b65792d") {
				t.Errorf("%s of %T prints %s", verb, value, text)
			}
		}
	}
	text := e.Attestation.SymmetricKey.GoString() + e.CustomAllocationDefinition.GoString()
	if strings.Contains(text, "key-") {
		t.Errorf("in Go's syntax it is %s", text)
	}
	if got := fmt.Sprint(azdps.SymmetricKey{}, e.Attestation.SymmetricKey); got != "{no keys} {keys redacted}" {
		t.Errorf("printed %s", got)
	}
}

func FuzzIndividualEnrollment(f *testing.F) {
	for _, folder := range []string{"dps/individual_enrollments", "dps/individual_enrollment_requests"} {
		documents, err := wiretest.Documents(folder)
		if err != nil {
			f.Fatal(err)
		}
		for _, document := range documents {
			f.Add(document.Body)
		}
	}
	f.Add([]byte(`{"registrationId":"d","initialTwin":{"properties":{"x":1}},"attestation":{"x509":{"a":{}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var e azdps.IndividualEnrollment
		if !json.Valid(data) || json.Unmarshal(data, &e) != nil {
			return
		}
		first, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		out := generic(t, first)
		for name, value := range generic(t, data) {
			if value == nil || value == "" || value == json.Number("0") {
				continue // left out, as if it were absent
			}
			same := func(other string) bool { return strings.EqualFold(other, name) }
			if !slices.ContainsFunc(slices.Collect(maps.Keys(out)), same) {
				t.Errorf("member %q is lost in %s", name, first)
			}
		}
		var again azdps.IndividualEnrollment
		if err := json.Unmarshal(first, &again); err != nil {
			t.Fatalf("%s: %v", first, err)
		}
	})
}
