// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
)

func queries(w *acctest.World) int {
	count := 0
	for _, exchange := range w.Emulator.Journal() {
		if exchange.Path == "/enrollmentGroups/query" {
			count++
		}
	}
	return count
}

func TestEnrollmentGroups_areReadOnceInAnOperation(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	w.AddGroup("factory", w.Root)
	dps := azure.NewInstance(w.DPS)
	for range 3 {
		groups, err := dps.EnrollmentGroups(t.Context())
		if err != nil || len(groups) != 1 {
			t.Fatalf("there should be one group: %v %v", groups, err)
		}
	}
	if n := queries(w); n != 1 {
		t.Errorf("the groups should be read once, not %d times", n)
	}
	dps.ForgetEnrollmentGroup("second")
	w.AddGroup("second", w.Intermediate)
	if groups, err := dps.EnrollmentGroups(t.Context()); err != nil || len(groups) != 2 {
		t.Errorf("after a write the groups should be read anew: %v %v", groups, err)
	}
}

func TestEnrollmentGroups_errorIsNotRemembered(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	dps := azure.NewInstance(w.DPS)
	w.Fail("", http.MethodPost, "^/enrollmentGroups/query$", http.StatusForbidden, 1)
	if _, err := dps.EnrollmentGroups(t.Context()); err == nil {
		t.Fatal("the first read should fail")
	}
	if _, err := dps.EnrollmentGroups(t.Context()); err != nil {
		t.Errorf("the next one should succeed: %v", err)
	}
}

func TestEnrollmentGroupUnchanged_usesTheListOnceItPays(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	dps := azure.NewInstance(w.DPS)
	group := w.AddGroup("Factory", w.Root)
	w.Emulator.ClearJournal()
	for i := range 10 {
		if !dps.EnrollmentGroupUnchanged(t.Context(), "factory", group.ETag) {
			t.Error("the group is unchanged")
		}
		if pages, reads := calls(w); reads != min(i+1, 4) || pages != min(max(i-3, 0), 1) {
			t.Errorf("%d pages and %d reads for %d questions", pages, reads, i+1)
		}
	}
	for name, test := range map[string]struct {
		id   string
		etag azcore.ETag
	}{"another ETag": {"factory", "IjEi"}, "no ETag": {"factory", ""}, "another group": {"nobody", group.ETag}} {
		if dps.EnrollmentGroupUnchanged(t.Context(), test.id, test.etag) {
			t.Errorf("%s proves nothing", name)
		}
	}
	if g, err := dps.RefreshEnrollmentGroup(t.Context(), "factory"); err != nil || g.ETag != group.ETag {
		t.Errorf("the group should be read, not %v %v", g, err)
	}
}

func TestEnrollmentGroupUnchanged_usesAListThatWasReadAnyway(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	dps := azure.NewInstance(w.DPS)
	group := w.AddGroup("factory", w.Root)
	if _, err := dps.EnrollmentGroups(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !dps.EnrollmentGroupUnchanged(t.Context(), "factory", group.ETag) || queries(w) != 1 {
		t.Error("the list is there and should be used")
	}
}

// Writing one group says nothing of the others: a plan of many is no list for each.
func TestForgetEnrollmentGroup_leavesWhatIsKnownOfOthers(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	dps := azure.NewInstance(w.DPS)
	factory, plant := w.AddGroup("factory", w.Root), w.AddGroup("plant", w.Intermediate)
	if _, err := dps.EnrollmentGroups(t.Context()); err != nil {
		t.Fatal(err)
	}
	dps.ForgetEnrollmentGroup("FACTORY")
	if dps.EnrollmentGroupUnchanged(t.Context(), "factory", factory.ETag) {
		t.Error("a group that was written has to be read")
	}
	if !dps.EnrollmentGroupUnchanged(t.Context(), "plant", plant.ETag) || queries(w) != 1 {
		t.Error("what is known of the other group stands")
	}
}

func TestListedEnrollmentGroup_saysWhatIsThere(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	dps := azure.NewInstance(w.DPS)
	w.AddGroup("Factory", w.Root)
	w.SetGroup("factory", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = new(azdps.StatusDisabled) })
	w.AddGroup("plant", w.Intermediate)
	for range 3 {
		for id, want := range map[string]string{
			"factory": "true true true", "PLANT": "true false true", "nobody": "false false true",
		} {
			exists, disabled, known := dps.ListedEnrollmentGroup(t.Context(), id)
			if got := fmt.Sprint(exists, disabled, known); got != want {
				t.Errorf("%s: %s, not %s", id, got, want)
			}
		}
	}
}
