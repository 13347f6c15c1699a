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
	group := azdps.EnrollmentGroup{EnrollmentGroupID: "factory"}
	group.ProvisioningStatus = new(azdps.StatusEnabled)
	group.Attestation = azdps.Attestation{Type: azdps.AttestationSymmetricKey, SymmetricKey: &azdps.SymmetricKey{}}
	if _, err := w.DPS.PutEnrollmentGroup(w.Context(), group, nil); err != nil {
		t.Fatal(err)
	}
	key := w.GroupKey("factory")
	for _, id := range ids {
		w.RegisterByKey(id, key, acctest.Start().Add(100*365*24*time.Hour))
	}
	return w
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

// A check of many blocks reads the list of entries and a twin for each identity, and no identity.
func TestDeviceDisallow_checkOfManyBlocksReadsTheListAndTwins(t *testing.T) {
	t.Parallel()
	const devices = 120
	single := 4 // Entries are read one by one until a list pays.
	for name, test := range map[string]struct {
		others int
		more   map[string]any
		never  bool
		refuse string
		want   spent
	}{
		"devices that were in": {want: spent{2, single + 2, 0, devices}},
		"among many others":    {others: 200, want: spent{4, single + 4, 0, devices}},
		"deleted identities": {
			more: map[string]any{"hub_identity_action": "delete"},
			want: spent{1, 2*devices + 1, 0, devices}, // A device without an identity is looked for.
		},
		"devices that never registered": {never: true, want: spent{1, 2*devices + 1, 0, devices}},
		"twins refused":                 {refuse: "^/twins/", want: spent{2, single + 2 + devices, devices, 1}},
		"list refused":                  {refuse: "^/enrollments/query", want: spent{1, devices + 1, 0, devices}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ids := sensors(devices)
			w := keyFleet(t, ids, acctest.Hubs("north"))
			if test.never {
				w = keyFleet(t, nil, acctest.Hubs("north"))
			}
			for i := range test.others {
				entry := azdps.IndividualEnrollment{RegistrationID: fmt.Sprintf("other-%04d", i)}
				entry.Attestation = azdps.Attestation{Type: azdps.AttestationSymmetricKey, SymmetricKey: &azdps.SymmetricKey{}}
				if _, err := w.DPS.PutIndividualEnrollment(w.Context(), entry, nil); err != nil {
					t.Fatal(err)
				}
			}
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
