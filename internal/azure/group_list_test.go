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
	dps.ForgetEnrollmentGroups()
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
	for i := range 4 {
		if dps.EnrollmentGroupUnchanged(t.Context(), "factory", group.ETag) || queries(w) > 0 {
			t.Errorf("the list should not be read for %d groups", i+1)
		}
	}
	if !dps.EnrollmentGroupUnchanged(t.Context(), "factory", group.ETag) || queries(w) != 1 {
		t.Error("the list should be read now, and prove that the group is unchanged")
	}
	for name, test := range map[string]struct {
		id   string
		etag azcore.ETag
	}{"another ETag": {"factory", "IjEi"}, "no ETag": {"factory", ""}, "another group": {"nobody", group.ETag}} {
		if dps.EnrollmentGroupUnchanged(t.Context(), test.id, test.etag) {
			t.Errorf("%s proves nothing", name)
		}
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

func TestEnrollmentGroupUnchanged_givesUpOnAListThatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	dps := azure.NewInstance(w.DPS)
	group := w.AddGroup("factory", w.Root)
	w.Fail("", http.MethodPost, "^/enrollmentGroups/query$", http.StatusForbidden, 0)
	for range 10 {
		if dps.EnrollmentGroupUnchanged(t.Context(), "factory", group.ETag) {
			t.Error("nothing could be listed")
		}
	}
	if n := queries(w); n != 1 {
		t.Errorf("the list should be tried once, not %d times", n)
	}
}

func TestListedEnrollmentGroup_saysWhatTheListProves(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	dps := azure.NewInstance(w.DPS)
	w.AddGroup("Factory", w.Root)
	w.SetGroup("factory", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = new(azdps.StatusDisabled) })
	w.AddGroup("plant", w.Intermediate)
	if _, _, known := dps.ListedEnrollmentGroup(t.Context(), "factory"); known {
		t.Error("the list should not be read for one group")
	}
	if _, err := dps.EnrollmentGroups(t.Context()); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{
		"factory": "true true true", "PLANT": "true false true", "nobody": "false false true",
	} {
		exists, disabled, known := dps.ListedEnrollmentGroup(t.Context(), id)
		if got := fmt.Sprint(exists, disabled, known); got != want {
			t.Errorf("%s: %s, not %s", id, got, want)
		}
	}
}
