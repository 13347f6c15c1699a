// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// A plan without changes reads the list, and hardly an entry by itself.
func TestCalls_ofAPlanWithoutChangesAreHardlyMoreThanThePagesOfTheList(t *testing.T) {
	t.Parallel()
	for typeName, entries := range map[string]int{individualType: 200, groupType: 100} { // 100 groups are the most
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, typeName)
			objects := make([]bench, entries)
			for i := range objects {
				objects[i] = b.For(t)
				objects[i].adopt(typeName, fmt.Sprint("sensor-", i))
			}
			b.Reconfigure()
			b.Emulator.ClearJournal()
			for i, o := range objects {
				o.Refresh().MustSucceed(t)
				if o.Changes(o.MustPlan(o.Config(configOf(typeName, fmt.Sprint("sensor-", i))))) {
					t.Errorf("entry %d should not change", i)
				}
			}
			if calls, most := len(b.calls()), entries/100*11/10+20; calls > most || calls < entries/100 {
				t.Errorf("%d calls, of at most %d", calls, most)
			}
		})
	}
}

func configOf(typeName, id string) attributes {
	if typeName == groupType {
		return groupKey(id, attributes{})
	}
	return individualKey(id, attributes{})
}

// adopt imports an entry that the operator makes.
func (b bench) adopt(typeName, id string) {
	b.T.Helper()
	if typeName == groupType {
		b.AddKeyedGroup(id, nil)
	} else {
		b.AddKeyedEntry(id, nil)
	}
	b.MustImport(id)
}

// The plan has shown the entry; an apply that finds it as it was deletes it with one call.
func TestCalls_ofADestroyAreOneDelete(t *testing.T) {
	t.Parallel()
	for _, typeName := range []string{individualType, groupType} {
		for _, status := range []string{"enabled", "disabled"} {
			b := newBench(t, typeName)
			config := with(configOf(typeName, "sensor-1"), attributes{"provisioning_status": status})
			b.MustApply(b.Config(config))
			b.MustRefresh()
			planned := b.Plan(b.Nothing())
			b.mustDelete(planned, "DELETE /"+collectionOf(typeName)+"/sensor-1")
		}
	}
}

func collectionOf(typeName string) string {
	if typeName == groupType {
		return "enrollmentGroups"
	}
	return "enrollments"
}

// mustDelete deletes the entry as planned, with exactly these calls.
func (b bench) mustDelete(planned acctest.Step, calls ...string) {
	b.T.Helper()
	b.Emulator.ClearJournal()
	b.Apply(planned).MustSucceed(b.T)
	b.mustCall(calls...)
}

// Somebody has written the entry after the plan was made, and it is what it was: what is there is read, and deleted.
func TestDestroy_ofAnEntryThatWasWrittenAfterThePlanReadsItFirst(t *testing.T) {
	t.Parallel()
	b, _ := newManaged(t)
	planned := b.Plan(b.Nothing())
	b.SetEntry("sensor-1", func(*azdps.IndividualEnrollment) {})
	b.mustDelete(planned, "DELETE /enrollments/sensor-1", "GET /enrollments/sensor-1", "DELETE /enrollments/sensor-1")
	if b.Entry("sensor-1") != nil {
		t.Error("the entry should be gone")
	}
}

// Somebody has changed a setting of the entry after the plan was made, which showed another one. It is not deleted, and
// the next plan shows what it is.
func TestDestroy_ofAnEntryThatWasChangedAfterThePlanDeletesNothing(t *testing.T) {
	t.Parallel()
	for _, settings := range []attributes{
		{}, {"provisioning_status": "disabled"}, {"delete_registrations_on_destroy": true},
	} {
		b := newBench(t, groupType)
		b.MustApply(b.Config(with(groupKey("factory", attributes{}), settings)))
		planned := b.Plan(b.Nothing())
		b.SetGroup("factory", func(g *azdps.EnrollmentGroup) { g.AllocationPolicy = new("geoLatency") })
		b.Emulator.ClearJournal()
		b.Apply(planned).MustFail(t, "The plan is stale", "Somebody else changed",
			`allocation_policy: null -> "geoLatency"`, "Nothing was written")
		for _, write := range b.Writes() {
			if write.Status != http.StatusPreconditionFailed {
				t.Errorf("nothing should be written: %v", write)
			}
		}
		b.Reconfigure()
		b.MustDestroy()
	}
}

// Terraform 1.11 plans the destroy of what left the configuration from a state that it has not refreshed: that shows
// settings which somebody has changed. The plan says so, and its delete is one call.
func TestDestroyPlan_ofAnEntryThatIsNotWhatStateSaysTellsSo(t *testing.T) {
	t.Parallel()
	b, _ := newManaged(t)
	b.SetEntry("sensor-1", func(e *azdps.IndividualEnrollment) { e.AllocationPolicy = new("geoLatency") })
	planned := b.Plan(b.Nothing())
	acctest.MustSay(t, planned.Warnings(), "Changed individual enrollment is deleted", "allocation_policy",
		"it is deleted as it is now")
	b.mustDelete(planned, "DELETE /enrollments/sensor-1")
}

// A replacement that keeps the entry writes it over. What somebody has changed since the plan stays.
func TestReplacement_ofAnEntryThatWasChangedAfterThePlanWritesNothing(t *testing.T) {
	t.Parallel()
	for _, onDestroy := range []string{"delete", "disable", "keep"} {
		b := newBench(t, individualType)
		config := b.Config(with(individualKey("sensor-1", attributes{}), attributes{"on_destroy": onDestroy}))
		b.MustApply(config)
		planned := b.PlanReplacement(config).MustSucceed(t)
		b.SetEntry("sensor-1", func(e *azdps.IndividualEnrollment) { e.AllocationPolicy = new("geoLatency") })
		b.Emulator.ClearJournal()
		b.ApplyReplacement(planned, false).MustFail(t, "The plan is stale", "allocation_policy")
		b.MustNotHaveWritten()
	}
}

// Somebody shuts a device out after the plan was made. Nothing is deleted, whatever the ETag was.
func TestDestroy_ofAnEntryThatWasDisabledAfterThePlanDeletesNothing(t *testing.T) {
	t.Parallel()
	b, _ := newManaged(t)
	b.MustRefresh()
	planned := b.Plan(b.Nothing())
	b.SetEntryStatus("sensor-1", azdps.StatusDisabled)
	b.Apply(planned).MustFail(t, "disabled")
	if b.EntryStatus("sensor-1") != azdps.StatusDisabled {
		t.Error("the entry should keep its device out")
	}
}
