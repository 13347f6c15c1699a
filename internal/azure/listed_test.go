// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
)

func TestListedIndividualEnrollment_saysWhatACompleteListProves(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t, pagesOf(10))
	addEntries(w, 15)
	w.SetEntryStatus("sensor-3", azdps.StatusDisabled)
	services := azure.New(azure.Config{})
	say := func(id string) string {
		exists, disabled, known := services.ListedIndividualEnrollment(t.Context(), w.DPS, id)
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
	services.ForgetIndividualEnrollment(w.DPS, "sensor-3")
	if got := say("sensor-3"); got != "true false false" {
		t.Errorf("an entry that was written has to be read: %s", got)
	}
}

func TestListedIndividualEnrollment_ofAListThatCannotBeReadSaysNothing(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	services := azure.New(azure.Config{})
	w.Fail("", http.MethodPost, "^/enrollments/query$", http.StatusForbidden, 0)
	for range 10 {
		if _, _, known := services.ListedIndividualEnrollment(t.Context(), w.DPS, "nobody"); known {
			t.Error("nothing could be listed")
		}
	}
}

func TestListedEnrollmentGroup_saysWhatTheListProves(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	services := azure.New(azure.Config{})
	w.AddGroup("Factory", w.Root)
	w.SetGroup("factory", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = new(azdps.StatusDisabled) })
	w.AddGroup("plant", w.Intermediate)
	if _, _, known := services.ListedEnrollmentGroup(t.Context(), w.DPS, "factory"); known {
		t.Error("the list should not be read for one group")
	}
	if _, err := services.EnrollmentGroups(t.Context(), w.DPS); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{
		"factory": "true true true", "PLANT": "true false true", "nobody": "false false true",
	} {
		exists, disabled, known := services.ListedEnrollmentGroup(t.Context(), w.DPS, id)
		if got := fmt.Sprint(exists, disabled, known); got != want {
			t.Errorf("%s: %s, not %s", id, got, want)
		}
	}
}

func TestSilence_isThatOfAHostWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	services := azure.New(azure.Config{})
	services.NoteSilence("a.example", &azrest.Error{Status: http.StatusForbidden})
	services.NoteSilence("b.example", &azrest.TransportError{})
	for host, want := range map[string]bool{"a.example": false, "B.example": true, "c.example": false} {
		if services.Silent(host) != want {
			t.Errorf("%s is silent: %v", host, !want)
		}
	}
}

func TestHandover_isPeekedAtAndTakenOnce(t *testing.T) {
	t.Parallel()
	var h azure.Handover
	if _, ok := h.Peek("kind", "host", "id"); ok {
		t.Error("nothing was left")
	}
	h.Leave("kind", "HOST", "id", "item")
	for range 2 {
		if item, ok := h.Peek("kind", "host", "ID"); !ok || item != "item" {
			t.Errorf("the item should be there: %v", item)
		}
	}
	if item, ok := h.Take("kind", "host", "id"); !ok || item != "item" {
		t.Errorf("the item should be there to be taken: %v", item)
	}
	if _, ok := h.Peek("kind", "host", "id"); ok {
		t.Error("it was taken")
	}
}
