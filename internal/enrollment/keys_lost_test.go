// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// keyOf is a key of one letter.
func keyOf(letter string) string { return strings.Repeat(letter, 86) + "==" }

func lettered(letter, version string) attributes {
	return individualKey("sensor-1", attributes{
		"primary_key_wo": keyOf(letter), "secondary_key_wo": keyOf(letter), "keys_wo_version": version,
	})
}

// cutEntryWrite has the connection of the next write of an entry end, before or after DPS carries it out.
func (b bench) cutEntryWrite(cut string) {
	b.T.Helper()
	b.Emulator.AddFault(emulator.Fault{
		Host: b.Emulator.DPSHostname(), Method: http.MethodPut, Path: regexp.MustCompile("^/enrollments/"),
		Cut: cut, Times: 1,
	})
}

// Somebody else writes the entry while the provider's write is lost on its way. What is there then is as the plan wants
// it, but for the keys: those of before may have leaked, and are good until the new ones are written.
func TestIndividual_newKeysThatWereLostOnTheirWayAreNotTakenForWritten(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	b.MustApply(b.Config(lettered("A", "1")))
	renewed := b.Config(lettered("Q", "2"))
	planned := b.MustPlan(renewed)
	b.When(b.Emulator.DPSHostname(), http.MethodPut, "^/enrollments/", func() {
		entry, err := b.DPS.GetIndividualEnrollment(b.Context(), "sensor-1")
		must(t, err)
		keys := b.keys("sensor-1")
		entry.Attestation.SymmetricKey = &keys
		_, err = b.DPS.PutIndividualEnrollment(
			b.Context(), entry, &azdps.WriteOptions{OnlyIfUnchanged: &entry.ETag})
		must(t, err)
	})
	b.cutEntryWrite(emulator.CutBefore)
	acctest.MustSay(t, b.Apply(planned).Errors(), "Cannot change individual enrollment")
	if got := b.keys("sensor-1").PrimaryKey; got != keyOf("A") {
		t.Fatal("the write should have been lost: this test proves nothing")
	}
	b.MustRefresh()
	b.MustApply(renewed)
	if got := b.keys("sensor-1"); got.PrimaryKey != keyOf("Q") || got.SecondaryKey != keyOf("Q") {
		t.Error("the keys should be the new ones")
	}
	b.MustSettle(renewed)
}

// A write that was carried out is recognised by its keys.
func TestIndividual_newKeysWhoseAnswerIsLostAreRecognised(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	b.MustApply(b.Config(lettered("A", "1")))
	renewed := b.Config(lettered("Q", "2"))
	b.cutEntryWrite(emulator.CutAfter)
	b.MustApply(renewed)
	if got := b.keys("sensor-1").PrimaryKey; got != keyOf("Q") {
		t.Error("the keys should be the new ones")
	}
	b.MustSettle(renewed)
}
