// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// addEntries has the operator make individual enrollments; it returns their ETags by registration ID.
func addEntries(w *acctest.World, count int) map[string]azcore.ETag {
	w.T.Helper()
	etags := map[string]azcore.ETag{}
	for i := range count {
		e, err := w.DPS.PutIndividualEnrollment(w.Context(), azdps.IndividualEnrollment{
			RegistrationID: fmt.Sprintf("Sensor-%d", i),
			Enrollment: azdps.Enrollment{
				Attestation: azdps.Attestation{Type: azdps.AttestationSymmetricKey, SymmetricKey: &azdps.SymmetricKey{}},
			},
		}, nil)
		if err != nil {
			w.T.Fatal(err)
		}
		etags[e.RegistrationID] = e.ETag
	}
	w.Emulator.ClearJournal()
	return etags
}

func pagesOf(size int) acctest.Option {
	return acctest.Emulate(func(o *emulator.Options) { o.PageSize = size })
}

func TestIndividualEnrollmentUnchanged_readsNoPageForAFew(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t, pagesOf(10))
	dps := azure.NewInstance(w.DPS)
	for id, etag := range addEntries(w, 4) {
		if dps.IndividualEnrollmentUnchanged(t.Context(), id, etag) {
			t.Error("nothing has been listed yet")
		}
	}
	if calls := len(w.Emulator.Journal()); calls != 0 {
		t.Errorf("there should be no call, not %d", calls)
	}
}

func TestIndividualEnrollmentUnchanged_ofManyIsAnsweredByAFewPages(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t, pagesOf(10))
	dps := azure.NewInstance(w.DPS)
	proven := 0
	for id, etag := range addEntries(w, 60) {
		if dps.IndividualEnrollmentUnchanged(t.Context(), strings.ToLower(id), etag) {
			proven++
		}
	}
	if calls := len(w.Emulator.Journal()); calls != 6 {
		t.Errorf("there should be one call for each page, not %d", calls)
	}
	if proven < 45 {
		t.Errorf("nearly all should be proven unchanged, not only %d", proven)
	}
}

func TestIndividualEnrollmentUnchanged_neverReadsMorePagesThanItIsAsked(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t, pagesOf(1))
	addEntries(w, 40)
	dps := azure.NewInstance(w.DPS)
	for i := range 20 {
		dps.IndividualEnrollmentUnchanged(t.Context(), fmt.Sprintf("not-there-%d", i), "IjEi")
		if calls := len(w.Emulator.Journal()); calls > i+1 {
			t.Fatalf("%d pages were read for %d entries", calls, i+1)
		}
	}
}

func TestIndividualEnrollmentUnchanged_provesNothingOfWhatMoved(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	dps := azure.NewInstance(w.DPS)
	etags := addEntries(w, 10)
	for range 6 {
		dps.IndividualEnrollmentUnchanged(t.Context(), "sensor-1", etags["Sensor-1"])
	}
	if !dps.IndividualEnrollmentUnchanged(t.Context(), "sensor-2", etags["Sensor-2"]) {
		t.Error("an entry with the same ETag is unchanged")
	}
	for name, etag := range map[string]azcore.ETag{"another ETag": "IjEi", "no ETag": ""} {
		if dps.IndividualEnrollmentUnchanged(t.Context(), "sensor-2", etag) {
			t.Errorf("%s proves nothing", name)
		}
	}
	dps.ForgetIndividualEnrollment("SENSOR-2")
	if dps.IndividualEnrollmentUnchanged(t.Context(), "sensor-2", etags["Sensor-2"]) {
		t.Error("an entry that was written has to be read")
	}
}

func TestIndividualEnrollmentUnchanged_givesUpOnAListThatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	dps := azure.NewInstance(w.DPS)
	etags := addEntries(w, 10)
	w.Fail("", http.MethodPost, "^/enrollments/query$", http.StatusForbidden, 0)
	for range 10 {
		if dps.IndividualEnrollmentUnchanged(t.Context(), "sensor-1", etags["Sensor-1"]) {
			t.Error("nothing could be listed")
		}
	}
	if calls := len(w.Emulator.Journal()); calls != 1 {
		t.Errorf("the list should be tried once, not %d times", calls)
	}
}

func TestListedIndividualEnrollment_saysWhatACompleteListProves(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t, pagesOf(10))
	addEntries(w, 15)
	w.SetEntryStatus("sensor-3", azdps.StatusDisabled)
	dps := azure.NewInstance(w.DPS)
	say := func(id string) string {
		exists, disabled, known := dps.ListedIndividualEnrollment(t.Context(), id)
		return fmt.Sprint(exists, disabled, known)
	}
	for i := range 5 {
		if got := say(fmt.Sprint("nobody-", i)); got != "false false false" {
			t.Errorf("half a list proves nothing of what is not in it: %s", got)
		}
	}
	for id, want := range map[string]string{
		"nobody": "false false true", "SENSOR-3": "true true true", "sensor-4": "true false true",
	} {
		if got := say(id); got != want {
			t.Errorf("%s: %s, not %s", id, got, want)
		}
	}
	dps.ForgetIndividualEnrollment("sensor-3")
	if got := say("sensor-3"); got != "true false false" {
		t.Errorf("an entry that was written has to be read: %s", got)
	}
}

func TestListedIndividualEnrollment_ofAListThatCannotBeReadSaysNothing(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	dps := azure.NewInstance(w.DPS)
	w.Fail("", http.MethodPost, "^/enrollments/query$", http.StatusForbidden, 0)
	for range 10 {
		if _, _, known := dps.ListedIndividualEnrollment(t.Context(), "nobody"); known {
			t.Error("nothing could be listed")
		}
	}
}
