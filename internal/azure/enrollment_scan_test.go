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
			Attestation:    azdps.Attestation{Type: azdps.AttestationSymmetricKey, SymmetricKey: &azdps.SymmetricKey{}},
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
	services := azure.New(azure.Config{})
	for id, etag := range addEntries(w, 4) {
		if services.IndividualEnrollmentUnchanged(t.Context(), w.DPS, id, etag) {
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
	services := azure.New(azure.Config{})
	proven := 0
	for id, etag := range addEntries(w, 60) {
		if services.IndividualEnrollmentUnchanged(t.Context(), w.DPS, strings.ToLower(id), etag) {
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
	services := azure.New(azure.Config{})
	for i := range 20 {
		services.IndividualEnrollmentUnchanged(t.Context(), w.DPS, fmt.Sprintf("not-there-%d", i), "IjEi")
		if calls := len(w.Emulator.Journal()); calls > i+1 {
			t.Fatalf("%d pages were read for %d entries", calls, i+1)
		}
	}
}

func TestIndividualEnrollmentUnchanged_provesNothingOfWhatMoved(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	services := azure.New(azure.Config{})
	etags := addEntries(w, 10)
	for range 6 {
		services.IndividualEnrollmentUnchanged(t.Context(), w.DPS, "sensor-1", etags["Sensor-1"])
	}
	if !services.IndividualEnrollmentUnchanged(t.Context(), w.DPS, "sensor-2", etags["Sensor-2"]) {
		t.Error("an entry with the same ETag is unchanged")
	}
	for name, etag := range map[string]azcore.ETag{"another ETag": "IjEi", "no ETag": ""} {
		if services.IndividualEnrollmentUnchanged(t.Context(), w.DPS, "sensor-2", etag) {
			t.Errorf("%s proves nothing", name)
		}
	}
	services.ForgetIndividualEnrollment(w.DPS, "SENSOR-2")
	if services.IndividualEnrollmentUnchanged(t.Context(), w.DPS, "sensor-2", etags["Sensor-2"]) {
		t.Error("an entry that was written has to be read")
	}
}

func TestIndividualEnrollmentUnchanged_givesUpOnAListThatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	services := azure.New(azure.Config{})
	etags := addEntries(w, 10)
	w.Fail("", http.MethodPost, "^/enrollments/query$", http.StatusForbidden, 0)
	for range 10 {
		if services.IndividualEnrollmentUnchanged(t.Context(), w.DPS, "sensor-1", etags["Sensor-1"]) {
			t.Error("nothing could be listed")
		}
	}
	if calls := len(w.Emulator.Journal()); calls != 1 {
		t.Errorf("the list should be tried once, not %d times", calls)
	}
}

func TestEnrollmentGroupUnchanged_usesTheListOnceItPays(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	services := azure.New(azure.Config{})
	group := w.AddGroup("Factory", w.Root)
	for i := range 4 {
		if services.EnrollmentGroupUnchanged(t.Context(), w.DPS, "factory", group.ETag) || queries(w) > 0 {
			t.Errorf("the list should not be read for %d groups", i+1)
		}
	}
	if !services.EnrollmentGroupUnchanged(t.Context(), w.DPS, "factory", group.ETag) || queries(w) != 1 {
		t.Error("the list should be read now, and prove that the group is unchanged")
	}
	for name, test := range map[string]struct {
		id   string
		etag azcore.ETag
	}{"another ETag": {"factory", "IjEi"}, "no ETag": {"factory", ""}, "another group": {"nobody", group.ETag}} {
		if services.EnrollmentGroupUnchanged(t.Context(), w.DPS, test.id, test.etag) {
			t.Errorf("%s proves nothing", name)
		}
	}
}

func TestEnrollmentGroupUnchanged_usesAListThatWasReadAnyway(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	services := azure.New(azure.Config{})
	group := w.AddGroup("factory", w.Root)
	if _, err := services.EnrollmentGroups(t.Context(), w.DPS); err != nil {
		t.Fatal(err)
	}
	if !services.EnrollmentGroupUnchanged(t.Context(), w.DPS, "factory", group.ETag) || queries(w) != 1 {
		t.Error("the list is there and should be used")
	}
}

func TestEnrollmentGroupUnchanged_givesUpOnAListThatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	services := azure.New(azure.Config{})
	group := w.AddGroup("factory", w.Root)
	w.Fail("", http.MethodPost, "^/enrollmentGroups/query$", http.StatusForbidden, 0)
	for range 10 {
		if services.EnrollmentGroupUnchanged(t.Context(), w.DPS, "factory", group.ETag) {
			t.Error("nothing could be listed")
		}
	}
	if n := queries(w); n != 1 {
		t.Errorf("the list should be tried once, not %d times", n)
	}
}
