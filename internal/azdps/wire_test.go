// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azdps_test

import (
	"encoding/json"
	"fmt"
	"maps"
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

// withoutNullStatus removes a status of null, which is the same as an absent one.
func withoutNullStatus(object map[string]any) {
	if status, found := object["provisioningStatus"]; found && status == nil {
		delete(object, "provisioningStatus")
	}
}

func TestWire_documentsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	wiretest.ComesBack[azdps.IndividualEnrollment](t, "dps/individual_enrollments", withoutNullStatus)
	wiretest.ComesBack[azdps.IndividualEnrollment](t, "dps/individual_enrollment_requests", withoutNullStatus)
	wiretest.ComesBack[azdps.EnrollmentGroup](t, "dps/enrollment_groups", withoutNullStatus)
	wiretest.ComesBack[azdps.EnrollmentGroup](t, "dps/enrollment_group_requests", withoutNullStatus)
	wiretest.ComesBack[azdps.Attestation](t, "dps/attestations", withoutNullStatus)
	wiretest.ComesBack[azdps.Registration](t, "dps/registrations", withoutNullStatus)
}

func TestWire_everyMemberOfTheSchemaIsKnown(t *testing.T) {
	t.Parallel()
	wiretest.KnowsEveryMember(t, "dps/fields", map[string]any{
		"dps/fields/individual_enrollment": &azdps.IndividualEnrollment{},
		"dps/fields/enrollment_group":      &azdps.EnrollmentGroup{},
		"dps/fields/registration":          &azdps.Registration{},
	})
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
		Enrollment: azdps.Enrollment{
			Attestation: azdps.Attestation{SymmetricKey: &azdps.SymmetricKey{
				PrimaryKey: "key-one", SecondaryKey: "key-two",
				Extra: map[string]json.RawMessage{"k": json.RawMessage(`"key-three"`)},
			}},
			CustomAllocationDefinition: &azdps.CustomAllocationDefinition{
				WebhookURL: "https://w.example?code=key-four", APIVersion: "v",
			},
		},
	}
	for _, leak := range wiretest.Leaks("key-",
		e, &e, e.Attestation, *e.Attestation.SymmetricKey, e.Attestation.SymmetricKey,
		*e.CustomAllocationDefinition, e.CustomAllocationDefinition, []azdps.IndividualEnrollment{e},
	) {
		t.Error(leak)
	}
	if got := fmt.Sprint(azdps.SymmetricKey{}, e.Attestation.SymmetricKey); got != "{no keys} {keys redacted}" {
		t.Errorf("printed %s", got)
	}
}

func FuzzIndividualEnrollment(f *testing.F) {
	wiretest.Seed(f, "dps/individual_enrollments", "dps/individual_enrollment_requests")
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
		out := wiretest.Generic(t, first)
		for name, value := range wiretest.Generic(t, data) {
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
