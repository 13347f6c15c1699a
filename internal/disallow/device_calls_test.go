// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// calls are the calls since the journal was cleared, in words: whom, how, and at what.
func (f fleet) calls() []string {
	var calls []string
	for _, exchange := range f.Emulator.Journal() {
		calls = append(calls, fmt.Sprintf("%s %s %s", f.hostOf(exchange.Host), exchange.Method,
			strings.TrimSuffix(exchange.Path, "/"+stolenID)))
	}
	return calls
}

// What its plan asked a moment ago an apply does not ask again: DPS is shut before any hub is asked, each identity is
// read once after that, and the hub's answer to the write is the last word.
func TestDeviceDisallow_applyShutsDPSBeforeItAsksAHub(t *testing.T) {
	t.Parallel()
	const look, get, record = "assigned hub GET /devices", "DPS GET /enrollments", "DPS GET /registrations"
	created := func(f fleet) (*acctest.Object, tftypes.Value) {
		o := f.NewObject(resourceType)
		return o, o.Config(f.settings(nil))
	}
	drifted := func(drift func(f fleet)) func(f fleet) (*acctest.Object, tftypes.Value) {
		return func(f fleet) (*acctest.Object, tftypes.Value) {
			o, config := f.blocked(nil)
			drift(f)
			o.MustRefresh()
			return o, config
		}
	}
	oneHub := acctest.Hubs("north")
	for name, test := range map[string]struct {
		fleet   func(t *testing.T) fleet
		arrange func(f fleet) (*acctest.Object, tftypes.Value)
		calls   []string
	}{
		"a new block": {
			func(t *testing.T) fleet { return newFleet(t, oneHub) }, created, []string{
				get, record, "DPS POST /enrollmentGroups/query", look, // the plan
				"DPS PUT /enrollments", get, record, look, "assigned hub PUT /devices",
			},
		},
		"a new block of an enrolled device": {
			func(t *testing.T) fleet { return enrolledFleet(t, azdps.AttestationX509, nil, oneHub) }, created, []string{
				get, record, "DPS POST /enrollmentGroups/query", look,
				"DPS PUT /enrollments", get, record, look, "assigned hub PUT /devices",
			},
		},
		"a new block of a device whose entry is disabled": {
			func(t *testing.T) fleet {
				f := enrolledFleet(t, azdps.AttestationX509, nil, oneHub)
				f.SetEntryStatus(stolenID, "disabled")
				return f
			}, created, []string{
				get, record, "DPS POST /enrollmentGroups/query", look,
				get, record, look, "assigned hub PUT /devices", // No write proves that the entry is as it was.
			},
		},
		"a block of a device that was let in": {
			func(t *testing.T) fleet { return newFleet(t, oneHub) }, drifted(fleet.letIn), []string{
				look, get, record, "DPS POST /enrollmentGroups/query",
				"DPS PUT /enrollments", get, record, look, "assigned hub PUT /devices",
			},
		},
		"a block whose identity was enabled": {
			func(t *testing.T) fleet { return newFleet(t, oneHub) },
			drifted(func(f fleet) { f.SetIdentityStatus(f.hub, stolenID, "enabled") }), []string{
				look, get, record, "DPS POST /enrollmentGroups/query", record, look, "assigned hub PUT /devices",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := test.fleet(t)
			o, config := test.arrange(f)
			planned := o.MustPlan(config)
			f.Emulator.ClearJournal()
			o.Apply(planned).MustSucceed(t)
			if got := f.calls(); !slices.Equal(got, test.calls) {
				t.Errorf("the calls should be\n%s\nnot\n%s", strings.Join(test.calls, "\n"), strings.Join(got, "\n"))
			}
			acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
			f.staysOut(o, config)
		})
	}
}

// An entry that was disabled at plan is not written, so that nothing but a look tells whether it still is.
func TestDeviceDisallow_entryThatChangesJustBeforeTheApplyIsFound(t *testing.T) {
	t.Parallel()
	for name, happens := range map[string]func(f fleet){
		"enabled": func(f fleet) { f.SetEntryStatus(stolenID, "enabled") },
		"deleted": func(f fleet) { f.DeleteEntry(stolenID) },
		"enabled and disabled": func(f fleet) {
			f.SetEntryStatus(stolenID, "enabled")
			f.move()
			f.SetEntryStatus(stolenID, "disabled")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := enrolledFleet(t, azdps.AttestationX509, nil)
			f.SetEntryStatus(stolenID, "disabled")
			o, config := f.object(nil)
			applied := o.ApplyAfter(o.MustPlan(config), func() { happens(f) })
			acctest.MustSay(t, applied.Errors(), "The plan is stale", "Nothing was written")
			o.MustApply(config)
			f.device.MustBeOut(f.hubOf(f.device))
			acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
			o.MustSettle(config)
		})
	}
}

// A call that failed for the plan is made again for the apply, and a look that fails there is an error.
func TestDeviceDisallow_entryThatCannotBeReadJustBeforeTheApplyIsAnError(t *testing.T) {
	t.Parallel()
	f := enrolledFleet(t, azdps.AttestationX509, nil)
	f.SetEntryStatus(stolenID, "disabled")
	o, config := f.object(nil)
	applied := o.ApplyAfter(o.MustPlan(config), func() {
		f.Fail(f.Emulator.DPSHostname(), http.MethodGet, "^/enrollments/", http.StatusForbidden, 0)
	})
	acctest.MustSay(t, applied.Errors(), "Cannot read individual enrollment", "Nothing was written")
	f.stillConnects(f.hub, stolenID)
}
