// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow_test

import (
	"fmt"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// mostHubs is how many hubs an instance links at most (azure-docs, iot-dps-limits).
const mostHubs = 50

// Each hub more costs its own calls, the same for each: of planning, of blocking and of looking after it.
func TestGroupDisallow_growsLinearlyWithTheHubs(t *testing.T) {
	t.Parallel()
	few, some, many := callsWithHubs(t, 2), callsWithHubs(t, 8), callsWithHubs(t, mostHubs)
	for step := range few {
		each := (some[step] - few[step]) / 6
		if want := some[step] + each*(mostHubs-8); each < 1 || many[step] != want {
			t.Errorf("step %d takes %d calls with 2 hubs and %d with 8; with %d it should take %d, not %d",
				step, few[step], some[step], mostHubs, want, many[step])
		}
	}
}

// callsWithHubs counts the calls of a plan, of an apply with the plan that goes with it, and of a refresh, where each
// hub has one device.
func callsWithHubs(t *testing.T, hubs int) (calls [3]int) {
	t.Helper()
	names := make([]string, hubs)
	for i := range names {
		names[i] = fmt.Sprintf("hub%02d", i)
	}
	w := acctest.NewWorld(t, acctest.Hubs(names...))
	w.AddGroup(groupID, w.Intermediate)
	p := plant{World: w}
	for i, hub := range names {
		p = p.with(fmt.Sprintf("sensor-%03d", i), hub)
	}
	count := func() int {
		made := len(p.Emulator.Journal())
		p.Emulator.ClearJournal()
		return made
	}
	o, config := p.object(nil)
	count()
	planned := o.MustPlan(config)
	calls[0] = count()
	o.Apply(planned).MustSucceed(t)
	calls[1] = count()
	o.MustRefresh()
	calls[2] = count()
	p.expect(o.State, map[string]string{"access": "blocked", "pending_count": "0"})
	return calls
}
