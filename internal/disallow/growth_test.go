// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// What an instance holds at most: groups of a kind, and linked hubs (azure-docs, iot-dps-limits).
const mostGroups, mostHubs = 100, 50

// A device of which no more is known than its certificate may be let in by every group. What is kept of that does not
// grow with the groups, and neither do the calls.
func TestDeviceDisallow_doesNotGrowWithTheGroups(t *testing.T) {
	t.Parallel()
	sizes, calls := map[int]int{}, map[int]int{}
	const most = mostGroups - 1 // One is there.
	for _, groups := range []int{4, most} {
		f := newFleet(t, acctest.Hubs("north"))
		for i := range groups {
			authority, err := devicesim.NewAuthority(fmt.Sprintf("Plant %02d", i))
			if err != nil {
				t.Fatal(err)
			}
			f.AddGroup(fmt.Sprintf("plant-%02d", i), authority)
		}
		o := f.NewObject(resourceType)
		config := o.Config(f.settings(map[string]any{"certificate_chain_pem": nil}))
		planned := o.MustPlan(config)
		acctest.MustSay(t, planned.Warnings(), "any group that nothing rules out (possible)", "factory (issuer)")
		acctest.MustNotSay(t, planned.Warnings(), "plant-")
		f.Emulator.ClearJournal()
		o.Apply(planned).MustSucceed(t)
		calls[groups] = len(f.Emulator.Journal())
		sizes[groups] = len(o.State.String()) + len(o.Private)
		f.device.MustBeOut(f.hub)
		o.MustSettle(config)
	}
	// Ports, times and ETags are not always as long. A group that is named takes about a hundred bytes.
	if sizes[most] > sizes[4]+100 || calls[4] != calls[most] {
		t.Errorf("more groups should change nothing: state %v, calls %v", sizes, calls)
	}
}

// Each hub more that is known costs two reads, one of the plan and one of the apply, whatever the device.
func TestDeviceDisallow_growsLinearlyWithTheHubs(t *testing.T) {
	t.Parallel()
	var reads []int
	for _, hubs := range []int{1, 2, 8, mostHubs} {
		var names []string
		for i := range hubs {
			names = append(names, fmt.Sprintf("hub%d", i+1))
		}
		f := newFleet(t, acctest.Hubs(names...))
		o := f.NewObject(resourceType)
		planned := o.MustPlan(o.Config(f.settings(nil)))
		f.Emulator.ClearJournal()
		o.Apply(planned).MustSucceed(t)
		count := 0
		for _, exchange := range f.Emulator.Journal() {
			if strings.HasPrefix(exchange.Path, "/devices/") {
				count++
			}
		}
		reads = append(reads, count)
	}
	if want := []int{3, 5, 17, 101}; !slices.Equal(reads, want) {
		t.Errorf("the registry calls of 1, 2, 8 and 50 hubs should be %v, not %v", want, reads)
	}
}
