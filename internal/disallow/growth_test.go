// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
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
		o, config, planned := f.planned(map[string]any{"certificate_chain_pem": nil})
		acctest.MustSay(t, planned.Warnings(), "any group that nothing rules out (possible)", "factory (issuer)")
		acctest.MustNotSay(t, planned.Warnings(), "plant-")
		f.Emulator.ClearJournal()
		o.Apply(planned).MustSucceed(t)
		calls[groups] = len(f.Emulator.Journal())
		sizes[groups] = len(o.State.String()) + len(o.Private)
		f.staysOut(o, config)
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

// Blocks of which no more is known than their certificates are checked at about the same cost however many groups there
// are: what is worked out of a group is worked out once for all of them, and nothing is kept of it in each state.
//
//nolint:paralleltest // It counts what this process allocates.
func TestDeviceDisallow_checksManyBlocksAmongManyGroups(t *testing.T) {
	const blocks = 20
	few, many := checkAmong(t, blocks, 4), checkAmong(t, blocks, mostGroups-1)
	t.Logf("among 4 groups %+v, among %d %+v", few, mostGroups-1, many)
	if many.state > few.state+100 || many.calls > few.calls || many.allocations > few.allocations*11/10 {
		t.Errorf("a check among 4 groups costs each block %+v, among %d it should not cost %+v", few, mostGroups-1, many)
	}
}

// BenchmarkDeviceDisallow_manyBlocksAmongManyGroups is what checking a thousand blocks costs.
func BenchmarkDeviceDisallow_manyBlocksAmongManyGroups(b *testing.B) {
	for _, groups := range []int{4, mostGroups - 1} {
		b.Run(fmt.Sprint(groups), func(b *testing.B) {
			var each checkCost
			for b.Loop() {
				each = checkAmong(b, 1_000, groups)
			}
			b.ReportMetric(float64(each.took.Microseconds()), "µs/block")
			b.ReportMetric(float64(each.allocations), "allocs/block")
			b.ReportMetric(float64(each.state), "B/state")
		})
	}
}

// checkCost is what the check of a block costs, in the provider and in the emulator, and what its state takes.
type checkCost struct {
	calls, allocations, state int
	took                      time.Duration
}

// checkAmong blocks devices that came in through one of so many groups and more, and refreshes and plans the blocks.
func checkAmong(tb testing.TB, count, groups int) checkCost {
	tb.Helper()
	w := acctest.NewWorld(tb, acctest.Hubs("north"), acctest.Emulate(func(o *emulator.Options) { o.Observe = nil }))
	w.AddGroup("factory", w.Intermediate)
	for i := range groups {
		authority, err := devicesim.NewAuthority(fmt.Sprintf("Plant %02d", i))
		if err != nil {
			tb.Fatal(err)
		}
		w.AddGroup(fmt.Sprintf("plant-%02d", i), authority)
	}
	first := w.NewObject(resourceType)
	blocks := make([]block, count)
	for i := range blocks {
		d := w.NewDevice(fmt.Sprintf("sensor-%04d", i))
		d.MustRegister()
		blocks[i] = block{id: d.RegistrationID(), o: first.Another(), config: first.Config(map[string]any{
			"registration_id": d.RegistrationID(), "certificate_pem": d.Certificate.PEM(),
		})}
		blocks[i].o.Apply(blocks[i].o.Plan(blocks[i].config)).MustSucceed(tb)
	}
	checked(w, blocks)
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	spent := checked(w, blocks)
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	c := checkCost{
		calls: spent.dps + spent.registry + spent.twins, allocations: int(after.Mallocs-before.Mallocs) / count,
		took: took / time.Duration(count),
	}
	for _, b := range blocks {
		c.state = max(c.state, len(b.o.State.String())+len(b.o.Private))
	}
	return c
}
