// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// Terraform is stopped before each call of each verb, as by Ctrl-C. What was done is in the state or is found again,
// and the next run goes on from there.
func TestFaces_whenTerraformIsStopped(t *testing.T) {
	t.Parallel()
	eachInterruption(t, func(t *testing.T, a *managedAttempt, at int) acctest.Step {
		t.Helper()
		before, calls := a.at.box.before, 0
		a.at.box.before = func() {
			if before != nil {
				before()
			}
			if calls++; calls == at+1 {
				a.Stop()
			}
		}
		said := a.run()
		a.at.box.before = before
		return said
	})
}

// The provider is killed after each call of each verb. Core keeps of an update the state as it was, without private
// state, and of a create nothing.
func TestFaces_whenTheProviderIsKilled(t *testing.T) {
	t.Parallel()
	eachInterruption(t, func(t *testing.T, a *managedAttempt, at int) acctest.Step {
		t.Helper()
		before := a.State
		a.at.box.die(at)
		said := a.run()
		a.at.box.live()
		if !said.Failed() { // Nothing that mattered was left to do.
			return said
		}
		if a.State, a.Private = before, nil; before.IsNull() {
			a.Forget()
		}
		return said
	})
}

func eachInterruption(t *testing.T, interrupt func(t *testing.T, a *managedAttempt, at int) acctest.Step) {
	t.Helper()
	eachVerb(t, managedFaces(), func(t *testing.T, calm *managedAttempt) {
		t.Helper()
		calm.eachCall(t, func(t *testing.T, at int) {
			t.Helper()
			a := calm.begin(t, calm.verb)
			a.at.box.watch()
			said := interrupt(t, a, at)
			a.lost = true
			a.finish(said)
		})
	})
}

// Stopped while a throttle is waited out, a verb waits no longer.
func TestFaces_whenTerraformIsStoppedAmidAThrottle(t *testing.T) {
	t.Parallel()
	eachVerb(t, managedFaces(), func(t *testing.T, calm *managedAttempt) {
		t.Helper()
		a := calm.begin(t, calm.verb)
		a.at.box.harm(calm.at.box.noted()[0], fault{
			status: http.StatusTooManyRequests, lasting: true, header: map[string]string{"Retry-After": "30"},
		})
		waits := 0
		a.at.Clock.OnSleep(func(time.Duration) {
			if waits++; waits == 1 {
				a.stopped = true
				a.Stop()
			}
		})
		said := a.run()
		a.at.Clock.OnSleep(nil)
		if !a.at.box.calm() || waits != 1 {
			t.Errorf("it waited %d times: %s", waits, said.Errors())
		}
		a.lost = true
		a.finish(said)
	})
}
