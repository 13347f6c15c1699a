// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// An assignment that began before the block ends after it: the apply waits for it and blocks the device in the hub
// where it ends up.
func TestDeviceDisallow_assignmentInFlightIsWaitedFor(t *testing.T) {
	t.Parallel()
	f := unregisteredFleet(t)
	o, config, planned := f.planned(nil)
	acctest.MustRead(t, planned.Planned, map[string]string{"hub_identities": "unknown", "access": "blocked"})
	acctest.MustHaveEffect(t, planned.Effects(), "unknown")

	release := f.Emulator.HoldAssignments()
	outcome := make(chan devicesim.Outcome, 1)
	waiting := make(chan struct{})
	f.device.Wait = func(ctx ctx, _ time.Duration) error {
		select {
		case <-waiting:
		case <-ctx.Done():
		}
		return ctx.Err()
	}
	hold := f.Emulator.Hold(f.Emulator.DPSHostname(), http.MethodPut, regexp.MustCompile("^/enrollments/"))
	registered := make(chan struct{})
	go func() {
		defer close(outcome)
		o, err := f.device.Register(f.Context())
		if err == nil {
			outcome <- o
		}
	}()
	// The provider's write of the entry is held until the device's registration is under way.
	go func() {
		<-hold.Reached()
		f.awaitRegistration()
		close(registered)
		hold.Release()
	}()
	f.Clock.OnSleep(func(total time.Duration) {
		if total >= 6*time.Second { // The provider has looked several times and still sees the assignment in flight.
			release()
			closeOnce(waiting)
			for f.registrationStatus() == "assigning" {
				continue
			}
		}
	})
	applied := o.Apply(planned)
	<-registered
	if applied.Failed() {
		t.Fatalf("the apply should wait for the assignment and succeed: %s", applied.Errors())
	}
	if got := <-outcome; !got.Admitted() {
		t.Fatalf("the assignment in flight should have ended in a hub: %s", got)
	} else {
		acctest.MustRead(t, o.State, map[string]string{"access": "blocked", "enrollment_status": "disabled"})
		if status := identityStatus(o.State, got.AssignedHub); status != "disabled" {
			t.Errorf("the device should be disabled in the hub where it ended up, not %s", status)
		}
	}
	f.device.Wait = devicesim.Yield
	f.device.MustBeRefused()
	o.MustSettle(config)
}

// The answer to the create is lost, the create is sent again and meets its own entry.
func TestDeviceDisallow_lostAnswerToACreateIsRecognised(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.Emulator.AddFault(emulator.Fault{
		Method: http.MethodPut, Path: regexp.MustCompile("^/enrollments/"), Cut: emulator.CutAfter, Times: 1,
	})
	o, config := f.blocked(nil)
	var statuses []int
	for _, exchange := range f.Emulator.Journal() {
		if exchange.Method == http.MethodPut && exchange.Path == "/enrollments/"+stolenID {
			statuses = append(statuses, exchange.Status)
		}
	}
	if !slices.Contains(statuses, http.StatusConflict) {
		t.Fatalf("the create should have been sent twice: %v", statuses)
	}
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked", "enrollment_origin": "created"})
	f.staysOut(o, config)
}

// An entry that somebody makes between plan and apply is not taken for our own.
func TestDeviceDisallow_entryThatAppearsMeanwhileIsLeftAlone(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, _, planned := f.planned(nil)
	hold := f.Emulator.Hold(f.Emulator.DPSHostname(), http.MethodPut, regexp.MustCompile("^/enrollments/"))
	done := o.StartApply(planned)
	<-hold.Reached()
	f.addEntry("enabled")
	hold.Release()
	applied := <-done
	if !applied.Failed() {
		t.Fatal("the apply should fail")
	}
	acctest.MustSay(t, applied.Errors(), "The plan is stale", "appeared after the plan was made", "Nothing was written")
	if !o.State.IsNull() {
		t.Errorf("there should be no state: %s", o.State)
	}
	f.MustHaveEntry(stolenID, "enabled")
}

func TestDeviceDisallow_entryIsBornDisabledAndReadBackBeforeTheHub(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, _, planned := f.planned(nil)
	f.Emulator.ClearJournal()
	o.Apply(planned).MustSucceed(t)
	var order []string
	for _, exchange := range f.Emulator.Journal() {
		if exchange.Method == http.MethodPut || len(order) > 0 {
			order = append(order, exchange.Method+" "+exchange.Path)
		}
	}
	want := []string{
		"PUT /enrollments/" + stolenID, "GET /enrollments/" + stolenID, "GET /registrations/" + stolenID,
		"GET /devices/" + stolenID, "GET /devices/" + stolenID, // where it is, and, searched once more, where it is not
		"PUT /devices/" + stolenID, // whose answer says what the hub has stored
	}
	if !slices.Equal(order, want) {
		t.Errorf("the order should be %v, not %v", want, order)
	}
	if entry := f.Entry(stolenID); entry.CreatedDateTimeUTC != entry.LastUpdatedDateTimeUTC {
		t.Error("the entry was changed after it was made: it was not born disabled")
	}
}
