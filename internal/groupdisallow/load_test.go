// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// The load: so many devices in so many hubs.
const (
	loadDevices = 10_000
	loadHubs    = 5
	// loadHeap is what the provider may hold besides what was there before.
	loadHeap = 150 << 20
	// loadState is what state and private state may take together.
	loadState = 100 << 10
)

// Ten thousand devices in five hubs that let a hundred registry operations a minute through: the calls are no more than
// they must be, the time is what the hubs dictate, and memory and state stay small. Ten times the devices take ten
// times the work.
//
//nolint:paralleltest // The heap is everybody's, so that it is weighed before the others begin.
func TestGroupDisallow_tenThousandDevices(t *testing.T) {
	b := acctest.NewBridge(t, acctest.Start().Add(-24*time.Hour))
	few := eachAllocates(t, loadDevices/10)
	p := loadedPlant(t, b, loadDevices)
	p.Emulator.SetThrottles(emulator.ServiceThrottles())
	largest := p.largestHub()
	base := heapNow()
	p.InBubble(t, b, func() {
		o, config, planned := p.planned(nil)

		p.Emulator.ClearJournal()
		began, before := time.Now(), allocations()
		o.Apply(planned).MustSucceed(t)
		many := (allocations() - before) / loadDevices
		t.Logf("each of %d devices takes %d allocations, each of %d %d", loadDevices/10, few, loadDevices, many)
		within(t, "the allocations for each device", many, few*110/100)
		p.expect(o.State, map[string]string{"access": "blocked", "pending_count": "0"})
		// Apply plans once more, as core does: its look is no part of the work. One page is a hundred records or devices.
		calls, least := p.callsOf(http.MethodGet, "/devices/")+p.callsOf(http.MethodPost, "/devices"),
			loadDevices+loadDevices/100+loadHubs
		within(t, "hub calls", calls, least*105/100)
		within(t, "DPS calls", p.callsTo(p.Emulator.DPSHostname()), 3*loadDevices/100+50)
		// A hub's bucket is full at first, and then lets one call through every 600 ms.
		dictated := time.Duration(largest+largest/100-100) * time.Minute / 100
		took := time.Since(began)
		t.Logf("%d calls to hubs of at least %d; %s of at least %s; largest hub %d", calls, least, took, dictated, largest)
		within(t, "the time", int(took), int(dictated*105/100))

		size := len(o.State.String()) + len(o.Private)
		t.Logf("heap %d MiB more; state %d bytes, of which private %d", (b.Heap()-base)>>20, size, len(o.Private))
		within(t, "the heap", int(b.Heap()-base), loadHeap)
		within(t, "the state", size, loadState)

		p.Emulator.ClearJournal()
		o.MustRefresh()
		t.Logf("%d calls to refresh", len(p.Emulator.Journal()))
		within(t, "the calls of a refresh", len(p.Emulator.Journal()), loadDevices/100+20)
		if again := o.MustPlan(config); o.Changes(again) {
			t.Error("the next plan should be empty")
		}
		p.deletesAtTheTwinsPace(t, o, largest)
	})
}

// deletesAtTheTwinsPace deletes all devices: a hub lets a hundred reads of twins through in a second. All buckets are
// full at first: disabling has emptied that of the registry, whose first refusal would hold all of a hub up for the ten
// seconds after which a refused call is tried again.
func (p plant) deletesAtTheTwinsPace(t *testing.T, o *acctest.Object, largest int) {
	t.Helper()
	planned := o.MustPlan(o.Config(p.settings(map[string]any{"hub_identity_action": "delete"})))
	p.Emulator.ClearJournal()
	p.Emulator.SetThrottles(emulator.ServiceThrottles())
	began := time.Now()
	o.Apply(planned).MustSucceed(t)
	p.expect(o.State, map[string]string{"access": "blocked", "pending_count": "0"})
	calls := p.callsOf(http.MethodGet, "/twins/") + p.callsOf(http.MethodPost, "/devices")
	within(t, "hub calls of deleting", calls, (loadDevices+loadDevices/100+loadHubs)*105/100)
	took, dictated := time.Since(began), time.Duration(largest-100)*time.Second/100
	t.Logf("deleting: %d calls to hubs; %s of at least %s", calls, took, dictated)
	within(t, "the time of deleting", int(took), int(dictated*105/100))
}

func within(t *testing.T, what string, is, most int) {
	t.Helper()
	if is > most || is <= 0 {
		t.Errorf("%s: %d, of at most %d", what, is, most)
	}
}

func heapNow() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func (p plant) callsOf(method, path string) int {
	count := 0
	for _, call := range p.Emulator.Journal() {
		at := call.Path == path || strings.HasSuffix(path, "/") && strings.HasPrefix(call.Path, path)
		if call.Method == method && at && call.Host != p.Emulator.DPSHostname() {
			count++
		}
	}
	return count
}

func (p plant) callsTo(host string) int {
	count := 0
	for _, call := range p.Emulator.Journal() {
		if call.Host == host {
			count++
		}
	}
	return count
}

// eachAllocates counts what each of so many devices takes to be blocked, as the services throttle the calls.
func eachAllocates(t *testing.T, devices int) (each int) {
	t.Helper()
	b := acctest.NewBridge(t, acctest.Start().Add(-24*time.Hour))
	p := loadedPlant(t, b, devices)
	p.Emulator.SetThrottles(emulator.ServiceThrottles())
	p.InBubble(t, b, func() {
		o, _, planned := p.planned(nil)
		before := allocations()
		o.Apply(planned).MustSucceed(t)
		each = (allocations() - before) / devices
	})
	return each
}

func allocations() int {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int(stats.Mallocs)
}

// loadedPlant has the devices registered through a symmetric-key group, which takes no certificates.
func loadedPlant(t *testing.T, b *acctest.Bridge, devices int) plant {
	t.Helper()
	names := make([]string, loadHubs)
	for i := range names {
		names[i] = fmt.Sprintf("hub%d", i+1)
	}
	w := acctest.NewWorld(t, acctest.Hubs(names...), acctest.Emulate(func(o *emulator.Options) {
		o.Now, o.Observe = b.Now, nil
	}))
	p := plant{World: w}
	p.addKeyedGroup()
	key := p.GroupKey(groupID)
	ids := make(chan string)
	var registering sync.WaitGroup
	for range 4 {
		registering.Go(func() {
			for id := range ids {
				p.RegisterByKey(id, key, b.Now().Add(time.Hour))
			}
		})
	}
	for i := range devices {
		ids <- fmt.Sprintf("plant-thale-line-%02d-sensor-%06d", i%17, i)
	}
	close(ids)
	registering.Wait()
	return p
}

// largestHub is how many devices the fullest hub has.
func (p plant) largestHub() int {
	p.T.Helper()
	counts, largest := map[string]int{}, 0
	for pager := p.DPS.NewListRegistrationsPager(groupID, nil); pager.More(); {
		page, err := pager.NextPage(p.T.Context())
		if err != nil {
			p.T.Fatal(err)
		}
		for _, record := range page.Items {
			counts[record.AssignedHub]++
			largest = max(largest, counts[record.AssignedHub])
		}
	}
	return largest
}
