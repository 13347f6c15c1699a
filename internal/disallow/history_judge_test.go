// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// claims judges what the state says: whenever it says blocked, DPS refuses every credential that the device ever had,
// and so does every hub under every name that it ever had there.
//
// There is one exception, and it is counted: an identity that nothing names any more, because somebody erased every
// trace of it (its record, and the entry's or a group's or the configuration's word for its hub or its name).
func (h *history) claims() {
	access := acctest.Text(h.o.State, "access")
	h.rare.count("access: " + access)
	if access != "blocked" {
		return
	}
	if _, err := h.w.DPS.GetRegistration(h.w.Context(), h.id); err != nil {
		h.eraseTraces() // Whoever deleted the record: it was the last trace of what nothing else names.
	}
	for _, at := range sortedPlaces(h.places) {
		if !h.connects(at) {
			continue
		}
		switch {
		case h.erased[at] && !h.traced(at):
			h.rare.count("exception: every trace erased")
		case h.remade[at] && !h.watched(at):
			h.rare.count("exception: made by a person where the device no longer was")
		default:
			h.fail("the state says blocked, and %s in %s lets the device in", at.deviceID, at.hub)
			return
		}
	}
	for _, device := range h.credentials {
		if h.try(device) {
			h.fail("the state says blocked, and DPS lets the device in")
			return
		}
	}
}

// connects tells whether a hub lets the device in under a name, with any credential that it ever had.
func (h *history) connects(at place) bool {
	for _, device := range h.credentials {
		connection, err := device.Connect(h.w.Context(), h.w.Hostname(at.hub), at.deviceID)
		if err != nil {
			h.fail("the device cannot connect: %v", err)
			return false
		}
		if connection.Accepted {
			return true
		}
	}
	return false
}

// watched tells whether the state names an identity.
func (h *history) watched(at place) bool {
	_, there := membersOf(membersOf(h.o.State)["hub_identities"])[h.w.Hostname(at.hub)+"/"+at.deviceID]
	return there
}

// tellsTheTruth ends the history unless the state says what the services say.
func (h *history) tellsTheTruth() {
	if h.o.State.IsNull() {
		return
	}
	if said, is := acctest.Text(h.o.State, "enrollment_status"), h.w.EntryStatus(h.id); said != is {
		h.fail("the state says that the entry is %s, and it is %s", said, is)
		return
	}
	for text := range membersOf(membersOf(h.o.State)["hub_identities"]) {
		id := deprovision.ParseIdentityID(text)
		said := acctest.Text(membersOf(h.o.State)["hub_identities"], text)
		for _, hub := range h.w.Emulator.Hubs() {
			if hub.Hostname() != id.Host || said == "unverified" || said == "unreachable" {
				continue
			}
			if is := h.w.IdentityStatus(hub.Name(), id.DeviceID); said != is {
				h.fail("the state says that %s in %s is %s, and it is %s", id.DeviceID, hub.Name(), said, is)
				return
			}
		}
	}
}

// rarities count how often each thing happened in all histories.
type rarities struct {
	mu     sync.Mutex
	counts map[string]int
}

func (r *rarities) count(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts[what]++
}

func (r *rarities) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var lines []string
	for _, what := range slices.Sorted(maps.Keys(r.counts)) {
		lines = append(lines, fmt.Sprintf("%7d %s", r.counts[what], what))
	}
	return strings.Join(lines, "\n")
}

// missing are the dimensions that never were drawn.
func (r *rarities) missing(dimensions []string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(dimensions), func(what string) bool { return r.counts[what] > 0 })
}
