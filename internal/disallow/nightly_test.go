// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// block is one of many blocks in a world.
type block struct {
	id     string
	o      *acctest.Object
	config tftypes.Value
}

// keyFleet is a world with devices that have registered through a symmetric-key group.
func keyFleet(t *testing.T, ids []string, options ...acctest.Option) *acctest.World {
	t.Helper()
	w := acctest.NewWorld(t, options...)
	w.AddKeyedGroup("factory", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = new(azdps.StatusEnabled) })
	registerAll(w, ids)
	return w
}

// registerAll has devices register through the group.
func registerAll(w *acctest.World, ids []string) {
	w.T.Helper()
	key := w.GroupKey("factory")
	for _, id := range ids {
		w.RegisterByKey(id, key, acctest.Start().Add(100*365*24*time.Hour))
	}
}

func sensors(count int) []string {
	var ids []string
	for i := range count {
		ids = append(ids, fmt.Sprintf("sensor-%04d", i))
	}
	return ids
}

// blocksOf are applied blocks of the devices, all of one provider.
func blocksOf(w *acctest.World, ids []string, more map[string]any) []block {
	w.T.Helper()
	first := w.NewObject(resourceType)
	var blocks []block
	var objects []*acctest.Object
	var plans []acctest.Step
	for _, id := range ids {
		settings := map[string]any{"registration_id": id}
		maps.Copy(settings, more)
		b := block{id: id, o: first.Another(), config: first.Config(settings)}
		blocks, objects, plans = append(blocks, b), append(objects, b.o), append(plans, b.o.Plan(b.config))
	}
	for _, applied := range acctest.ApplyTogether(objects, plans, 4) {
		applied.MustSucceed(w.T)
	}
	return blocks
}

// spent is what a check of many blocks costs.
type spent struct{ pages, dps, registry, twins int }

// checked refreshes and plans blocks in one walk, as a nightly check does.
func checked(w *acctest.World, blocks []block) spent {
	w.T.Helper()
	blocks[0].o.Reconfigure()
	w.Emulator.ClearJournal()
	for _, b := range blocks {
		before := b.o.State
		if refreshed := b.o.Refresh(); len(refreshed.Diagnostics) > 0 {
			w.T.Errorf("%s: %s%s", b.id, refreshed.Errors(), refreshed.Warnings())
		}
		if found := acctest.Differences(before, b.o.State); len(found) > 0 || b.o.Changes(b.o.Plan(b.config)) {
			w.T.Errorf("%s: nothing has changed, but: %v", b.id, found)
		}
	}
	var s spent
	for _, exchange := range w.Emulator.Journal() {
		switch {
		case exchange.Host == w.Emulator.DPSHostname():
			s.dps++
			if exchange.Method == http.MethodPost {
				s.pages++
			}
		case strings.HasPrefix(exchange.Path, "/devices/"):
			s.registry++
		case strings.HasPrefix(exchange.Path, "/twins/"):
			s.twins++
		}
	}
	return s
}

// addOthers adds entries that no block is of.
func addOthers(w *acctest.World, count int) {
	w.T.Helper()
	for i := range count {
		enrolByKey(w, fmt.Sprintf("other-%04d", i))
	}
}

func enrolByKey(w *acctest.World, id string) *acctest.Device {
	w.T.Helper()
	made := w.AddKeyedEntry(id, nil)
	return w.DeviceBy(id, devicesim.SymmetricKey(made.Attestation.SymmetricKey.PrimaryKey))
}

// enrolledByKey is a world with devices that have registered by entries of their own.
func enrolledByKey(t *testing.T, ids []string) *acctest.World {
	t.Helper()
	w := acctest.NewWorld(t, acctest.Hubs("north"))
	for _, id := range ids {
		enrolByKey(w, id).MustRegister()
	}
	return w
}

// A check of many blocks of any kind reads the list of entries, once the groups, which may name a hub more, and a twin
// for each identity, and no identity. Only of a device whose entry was deleted it reads the registration record, which
// is all that would tell of an entry that came and went since.
func TestDeviceDisallow_checkOfManyBlocksReadsTheListAndTwins(t *testing.T) {
	t.Parallel()
	const devices = 120
	const single = 4 // Entries are read one by one until a list pays.
	ids := sensors(devices)
	through := func(t *testing.T) *acctest.World { return keyFleet(t, ids, acctest.Hubs("north")) }
	never := func(t *testing.T) *acctest.World { return keyFleet(t, nil, acctest.Hubs("north")) }
	own := func(t *testing.T) *acctest.World { return enrolledByKey(t, ids) }
	entryGone := map[string]any{"enrollment_action": "delete"}
	for name, test := range map[string]struct {
		world  func(t *testing.T) *acctest.World
		others int
		more   map[string]any
		refuse string
		want   spent
	}{
		"devices that were in": {world: through, want: spent{1 + 2, 1 + single + 2, 0, devices}},
		"among many others":    {world: through, others: 200, want: spent{1 + 4, 1 + single + 4, 0, devices}},
		"deleted identities": {
			world: through, more: map[string]any{"hub_identity_action": "delete"},
			want: spent{1 + 2, 1 + single + 2, 0, devices},
		},
		"devices that never registered": {world: never, want: spent{1 + 2, 1 + single + 2, 0, devices}},
		"in two hubs that are named": {
			world: func(t *testing.T) *acctest.World { return keyFleet(t, nil, acctest.Hubs("north", "south")) },
			want:  spent{1 + 2, 1 + single + 2, 0, 2 * devices},
		},
		"entries of somebody else": {world: own, want: spent{1 + 2, 1 + single + 2, 0, devices}},
		"deleted entries": {
			world: own, more: entryGone, want: spent{1 + 1, 1 + single + 1 + devices, 0, devices},
		},
		"deleted entries among others": {
			world: own, others: 200, more: entryGone, want: spent{1 + 2, 1 + single + 2 + devices, 0, devices},
		},
		"twins refused": {world: through, refuse: "^/twins/", want: spent{1 + 2, 1 + single + 2 + devices, devices, 1}},
		"list refused":  {world: through, refuse: "^/enrollments/query", want: spent{1 + 1, 1 + devices + 1, 0, devices}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := test.world(t)
			addOthers(w, test.others)
			blocks := blocksOf(w, ids, test.more)
			if test.refuse != "" {
				w.Fail("", "", test.refuse, http.StatusUnauthorized, 0)
			}
			if got := checked(w, blocks); got != test.want {
				t.Errorf("a check should cost %+v, not %+v", test.want, got)
			}
		})
	}
}

// That somebody writes entries and identities without letting anybody in costs one check that looks at all of it. The
// next one goes by what that has found.
func TestDeviceDisallow_checkAfterForeignWritesGoesByWhatTheLastOneFound(t *testing.T) {
	t.Parallel()
	const devices = 20
	ids := sensors(devices)
	for name, world := range map[string]func(t *testing.T) *acctest.World{
		"entries of the blocks":    func(t *testing.T) *acctest.World { return keyFleet(t, ids, acctest.Hubs("north")) },
		"entries of somebody else": func(t *testing.T) *acctest.World { return enrolledByKey(t, ids) },
		"devices that never registered": func(t *testing.T) *acctest.World {
			return keyFleet(t, nil, acctest.Hubs("north"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world(t)
			blocks := blocksOf(w, ids, nil)
			cheap := checked(w, blocks)
			for what, write := range map[string]func(id string){
				"entries": func(id string) {
					w.SetEntry(id, func(e *azdps.IndividualEnrollment) { e.IoTHubs = []string{w.Hostname("north")} })
				},
				"entries again, as they are": func(id string) { w.SetEntry(id, func(*azdps.IndividualEnrollment) {}) },
				"identities, as they are": func(id string) {
					if w.Identity("north", id) != nil {
						w.SetIdentity("north", id, func(*aziothub.Device) {})
					} else {
						w.SetEntry(id, func(*azdps.IndividualEnrollment) {})
					}
				},
			} {
				for _, id := range ids {
					write(id)
				}
				if first := checked(w, blocks); first.dps < devices || first == cheap {
					t.Errorf("%s: entries have to be read, but: %+v", what, first)
				}
				if second := checked(w, blocks); second != cheap {
					t.Errorf("%s: the check after that should cost %+v, not %+v", what, cheap, second)
				}
			}
		})
	}
}

// A hub that comes to be known is searched for each device once.
func TestDeviceDisallow_checkAfterAHubCameToBeKnownSearchesItOnce(t *testing.T) {
	t.Parallel()
	const devices = 20
	ids := sensors(devices)
	for name, test := range map[string]struct {
		registered []string
		twins      int // of a later check, for each device
	}{
		"devices that were in": {ids, 1}, "devices that never registered": {nil, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := keyFleet(t, nil, acctest.Hubs("north", "south"))
			both := w.Getenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS")
			w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", w.Emulator.Hub("north").ConnectionString())
			if err := w.Emulator.SetLinkedHubs("north"); err != nil {
				t.Fatal(err)
			}
			registerAll(w, test.registered)
			blocks := blocksOf(w, ids, nil)
			w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", both)
			_ = checked(w, blocks)
			if second := checked(w, blocks); second.dps > 10 || second.registry > 0 || second.twins != test.twins*devices {
				t.Errorf("the check after that should be cheap: %+v", second)
			}
		})
	}
}
