// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"net/http"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
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
	services := azure.New(azure.Config{})
	for range 3 {
		groups, err := services.EnrollmentGroups(t.Context(), w.DPS)
		if err != nil || len(groups) != 1 {
			t.Fatalf("there should be one group: %v %v", groups, err)
		}
	}
	if n := queries(w); n != 1 {
		t.Errorf("the groups should be read once, not %d times", n)
	}
	services.ForgetEnrollmentGroups(w.DPS)
	w.AddGroup("second", w.Intermediate)
	if groups, err := services.EnrollmentGroups(t.Context(), w.DPS); err != nil || len(groups) != 2 {
		t.Errorf("after a write the groups should be read anew: %v %v", groups, err)
	}
}

func TestEnrollmentGroups_errorIsNotRemembered(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	services := azure.New(azure.Config{})
	w.Fail("", http.MethodPost, "^/enrollmentGroups/query$", http.StatusForbidden, 1)
	if _, err := services.EnrollmentGroups(t.Context(), w.DPS); err == nil {
		t.Fatal("the first read should fail")
	}
	if _, err := services.EnrollmentGroups(t.Context(), w.DPS); err != nil {
		t.Errorf("the next one should succeed: %v", err)
	}
}
