// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"encoding/json"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// entryIn reads an entry of the kind as the service answers.
func entryIn(t *testing.T, k kind, document string) entry {
	t.Helper()
	if k.group {
		var g azdps.EnrollmentGroup
		if err := json.Unmarshal([]byte(document), &g); err != nil {
			t.Fatal(err)
		}
		return entryOfGroup(g)
	}
	var e azdps.IndividualEnrollment
	if err := json.Unmarshal([]byte(document), &e); err != nil {
		t.Fatal(err)
	}
	return entryOfIndividual(e)
}

// What a later version of the service adds goes back with every write.
func TestEntry_isWrittenWithMembersThatNobodyKnows(t *testing.T) {
	t.Parallel()
	const shared = `"attestation":{"type":"symmetricKey","later":1},"capabilities":{"iotEdge":true,"later":2},` +
		`"initialTwin":{"tags":{"a":1.50},"later":3},"provisioningStatus":"disabled","later":{"a":[4]}}`
	for name, document := range map[string]string{
		"individual": `{"registrationId":"d","deviceId":"one","optionalDeviceInformation":{"b":2},` + shared,
		"group":      `{"enrollmentGroupId":"g",` + shared,
	} {
		k := bothKinds()[name]
		read := entryIn(t, k, document)
		if got := encoded(t, k, read); got != document {
			t.Errorf("%s: written as\n%s, want\n%s", name, got, document)
		}
		stored := read
		stored.ETag = "stored"
		updated, diags := flatten(k.shape, stored, newModel("", read.ID)).expand(k.shape, stored)
		updated.ETag, updated.Attestation.SymmetricKey = "", nil // which the client and whoever writes see to
		if got := encoded(t, k, updated); diags.HasError() || got != document {
			t.Errorf("%s: updated to\n%s, %v, want\n%s", name, got, diags, document)
		}
	}
}
