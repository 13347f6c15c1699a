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

// calls counts those to pages of a list, and those to single entries.
func calls(w *acctest.World) (pages, reads int) {
	for _, exchange := range w.Emulator.Journal() {
		if strings.HasSuffix(exchange.Path, "/query") {
			pages++
		} else {
			reads++
		}
	}
	return pages, reads
}

func TestIndividualEnrollmentUnchanged_readsNoPageForAFew(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t, pagesOf(10))
	dps := azure.NewInstance(w.DPS)
	for id, etag := range addEntries(w, 4) {
		if !dps.IndividualEnrollmentUnchanged(t.Context(), id, etag) {
			t.Errorf("%s is unchanged", id)
		}
	}
	if pages, reads := calls(w); pages != 0 || reads != 4 {
		t.Errorf("there should be one read for each, not %d pages and %d reads", pages, reads)
	}
}

func TestIndividualEnrollmentUnchanged_ofManyIsAnsweredByAFewPages(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t, pagesOf(10))
	dps := azure.NewInstance(w.DPS)
	for id, etag := range addEntries(w, 60) {
		if !dps.IndividualEnrollmentUnchanged(t.Context(), strings.ToLower(id), etag) {
			t.Errorf("%s is unchanged", id)
		}
	}
	if pages, reads := calls(w); pages > 6 || reads > 9 {
		t.Errorf("nearly all should be answered by 6 pages, not by %d pages and %d reads", pages, reads)
	}
}

func TestIndividualEnrollmentUnchanged_costsAtMostTwoCallsForEach(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t, pagesOf(1))
	addEntries(w, 60)
	dps := azure.NewInstance(w.DPS)
	for i := range 20 {
		dps.IndividualEnrollmentUnchanged(t.Context(), fmt.Sprintf("not-there-%d", i), "IjEi")
		if calls := len(w.Emulator.Journal()); calls > 2*(i+1) {
			t.Fatalf("there were %d calls for %d entries", calls, i+1)
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
	if e, err := dps.RefreshIndividualEnrollment(t.Context(), "sensor-2"); err != nil || e.ETag != etags["Sensor-2"] {
		t.Errorf("the entry should be read, not %v %v", e, err)
	}
	dps.ForgetIndividualEnrollment("SENSOR-2")
	if dps.IndividualEnrollmentUnchanged(t.Context(), "sensor-2", etags["Sensor-2"]) {
		t.Error("an entry that was written has to be read")
	}
}

func TestListedIndividualEnrollment_saysWhatIsThere(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t, pagesOf(10))
	addEntries(w, 15)
	w.SetEntryStatus("sensor-3", azdps.StatusDisabled)
	dps := azure.NewInstance(w.DPS)
	say := func(id string) string {
		exists, disabled, known := dps.ListedIndividualEnrollment(t.Context(), id)
		return fmt.Sprint(exists, disabled, known)
	}
	for range 3 {
		for id, want := range map[string]string{
			"nobody": "false false true", "SENSOR-3": "true true true", "sensor-4": "true false true",
		} {
			if got := say(id); got != want {
				t.Errorf("%s: %s, not %s", id, got, want)
			}
		}
	}
	dps.ForgetIndividualEnrollment("sensor-3")
	if got := say("sensor-3"); got != "false false false" {
		t.Errorf("an entry that was written has to be read: %s", got)
	}
}

func TestListedIndividualEnrollment_saysNothingOfWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	dps := azure.NewInstance(w.DPS)
	w.Fail("", "", "^/enrollments/", http.StatusForbidden, 0)
	for range 10 {
		if exists, _, known := dps.ListedIndividualEnrollment(t.Context(), "nobody"); exists || known {
			t.Error("nothing could be read")
		}
	}
}
