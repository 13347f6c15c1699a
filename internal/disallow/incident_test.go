// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// stolenDevices are as many as a lorry holds.
const stolenDevices = 60

// Sixty devices of one hub with one S1 unit, which lets a hundred registry calls a minute through, are blocked. The
// walk that applies asks the hub three times for each, the first hundred times at once and then once every 600 ms. All
// at a time they are refused by DPS before the hub makes anything wait. Ten at a time, as Terraform does by default,
// the last one is begun when fifty are done: three calls for each of them, and one for the plans of the ten that
// follow.
func TestDeviceDisallow_sixtyAtOnceAreRefusedBeforeTheHubHasItsSay(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		parallelism     int
		least, atLatest time.Duration
	}{
		{stolenDevices, 0, 15 * time.Second},
		{10, 36 * time.Second, 36 * time.Second * 105 / 100},
	} {
		t.Run(fmt.Sprint(test.parallelism), func(t *testing.T) {
			t.Parallel()
			b := acctest.NewBridge(t, acctest.Start().Add(-time.Hour))
			ids := sensors(stolenDevices)
			w := keyFleet(t, ids, acctest.Hubs("north"), acctest.Emulate(func(o *emulator.Options) {
				o.Now, o.Observe = b.Now, nil
			}))
			w.InBubble(t, b, func() {
				refused, done := blockAll(w, b, ids, test.parallelism)
				dictated := (3*stolenDevices - 100) * time.Minute / 100
				t.Logf("all refused by DPS after %s, all done after %s of at least %s", refused, done, dictated)
				if refused < test.least || refused > test.atLatest {
					t.Errorf("the last device should be refused after %s to %s", test.least, test.atLatest)
				}
				if done > dictated*105/100 {
					t.Error("the apply should take hardly longer than the hub dictates")
				}
			})
		})
	}
}

// blockAll blocks devices that nobody has blocked yet, with the plan made before. It returns when the last one was
// refused by DPS, and when the apply was done.
func blockAll(w *acctest.World, b *acctest.Bridge, ids []string, parallelism int) (refused, done time.Duration) {
	w.T.Helper()
	first := w.NewObject(resourceType)
	objects, plans := make([]*acctest.Object, len(ids)), make([]acctest.Step, len(ids))
	for i, id := range ids {
		objects[i] = first.Another()
		plans[i] = objects[i].MustPlan(first.Config(map[string]any{"registration_id": id}))
	}
	w.Emulator.SetThrottles(emulator.ServiceThrottles()) // Full, as when somebody has read the plan first.
	w.Emulator.ClearJournal()
	shut := shutBy(b)
	began := time.Now()
	for i, applied := range acctest.ApplyTogether(objects, plans, parallelism) {
		applied.MustSucceed(w.T)
		acctest.MustRead(w.T, objects[i].State, map[string]string{"access": "blocked"})
	}
	done = time.Since(began)
	last, count := shut()
	if count != len(ids) {
		w.T.Errorf("%d entries should be written, not %d", len(ids), count)
	}
	answered := 0
	for _, exchange := range w.Emulator.Journal() {
		if exchange.Host != w.Emulator.DPSHostname() && exchange.Status != http.StatusTooManyRequests {
			answered++
		}
	}
	if answered != 3*len(ids) {
		w.T.Errorf("the hub should answer %d calls, not %d", 3*len(ids), answered)
	}
	return last.Sub(began), done
}

// shutBy tells when the last entry was written that keeps a device out, and how many were.
func shutBy(b *acctest.Bridge) func() (last time.Time, count int) {
	var mu sync.Mutex
	var last time.Time
	count := 0
	b.Passed = func(response *http.Response, at time.Time) {
		request := response.Request
		if request.Method == http.MethodPut && strings.HasPrefix(request.URL.Path, "/enrollments/") &&
			response.StatusCode == http.StatusOK {
			mu.Lock()
			defer mu.Unlock()
			last, count = at, count+1
		}
	}
	return func() (time.Time, int) { return last, count }
}
