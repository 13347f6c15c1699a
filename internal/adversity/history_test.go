// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
)

// history is what happens to one plant: people, two devices and Terraform, which manages an object of each kind, do one
// thing after another, each named by an event. A history that goes wrong prints its events as a test that can be
// pasted.
type history struct {
	verdict
	scene

	// dev comes in through the group, own through an entry of its own.
	dev, own *acctest.Device
	pieces   []*piece
	events   []string
	rare     *acctest.Rarities
	// ownEntry says that dev had an entry of its own at some time.
	ownEntry bool
	// known are the facts as they were last read; nil when something may have changed them.
	known map[string]fact
}

// verdict ends a history that went wrong.
type verdict interface {
	Fatalf(format string, args ...any)
}

// fail ends the history and prints it as a test.
func (h *history) fail(format string, args ...any) {
	quoted := make([]string, 0, len(h.events))
	for _, event := range h.events {
		quoted = append(quoted, fmt.Sprintf("\t\t%q,", event))
	}
	h.Fatalf("%s\n\nfunc TestHistory_again(t *testing.T) {\n\tt.Parallel()\n\treplay(t,\n%s\n\t)\n}",
		fmt.Sprintf(format, args...), strings.Join(quoted, "\n"))
}

// do has one event happen.
func (h *history) do(event string) {
	h.events = append(h.events, event)
	before := h.facts()
	words := strings.Fields(event)
	h.rare.Count(words[0])
	switch words[0] {
	case "apply":
		h.apply(disturbance{})
	case "late":
		h.apply(disturbance{late: words[1:]})
	case "amid":
		h.apply(disturbance{at: h.count(words[1]), amid: words[2:]})
	case "kill":
		h.apply(disturbance{at: h.count(words[1]), kill: true})
	case "fault":
		f := h.faultNamed(strings.Join(words[2:], " "))
		h.apply(disturbance{at: h.count(words[1]), fault: &f})
	case "want", "drop":
		h.piece(words[1]).wanted = words[0] == "want"
	case "set":
		h.set(h.piece(words[1]), words[2], words[3:])
	case "restored", "blocked":
		h.piece(words[1]).asked["desired_access"] = words[0]
		h.apply(disturbance{})
	case "refresh":
		h.refresh()
	case "forget":
		h.piece(words[1]).Private = nil
	default:
		h.people(words)
	}
	if !slices.Contains([]string{"apply", "restored", "blocked"}, words[0]) { // These judge what was restored.
		h.disown(before, h.facts())
	}
}

func (h *history) count(word string) int {
	n, err := strconv.Atoi(word)
	if err != nil {
		h.fail("%v", err)
	}
	return n
}

func (h *history) faultNamed(name string) fault {
	for _, f := range faults() {
		if f.name == name {
			return f
		}
	}
	h.fail("there is no fault %q", name)
	return fault{}
}

// set changes what a configuration asks; without a value the attribute is left out.
func (h *history) set(p *piece, attribute string, values []string) {
	switch {
	case len(values) == 0:
		delete(p.asked, attribute)
	case values[0] == "true" || values[0] == "false":
		p.asked[attribute] = values[0] == "true"
	default:
		p.asked[attribute] = values[0]
	}
}

// people have something happen that is not Terraform's doing.
func (h *history) people(words []string) {
	h.known = nil
	switch words[0] {
	case "register":
		h.register(map[string]*acctest.Device{"dev": h.dev, "own": h.own}[words[1]])
	case "link":
		if err := h.Emulator.SetLinkedHubs(words[1]); err != nil {
			h.fail("%v", err)
		}
	case "entry":
		h.entry(words[1], words[2])
	case "group":
		h.group(words[1], "plant")
	case "identity":
		h.identity(words[1], words[2])
	default:
		h.fail("nobody knows how to %q", words)
	}
}

func (h *history) register(d *acctest.Device) {
	outcome, err := d.Register(h.Context())
	if err != nil {
		h.fail("the device cannot try: %v", err)
		return
	}
	h.rare.Count(map[bool]string{true: "let in", false: "refused"}[outcome.Admitted()])
}

func (h *history) entry(what, id string) {
	there := h.EntryStatus(id) != "absent"
	switch {
	case what == "make" && !there:
		h.ownEntry = h.ownEntry || id == "dev"
		h.AddKeyedEntry(id, nil)
	case what == "make" || !there:
	case what == "delete":
		h.DeleteEntry(id)
	case what == "rewrite":
		h.SetEntry(id, func(e *azdps.IndividualEnrollment) { e.AllocationPolicy = new("geoLatency") })
	default:
		h.SetEntryStatus(id, what+"d")
	}
}

func (h *history) group(what, id string) {
	switch {
	case !h.HasGroup(id):
	case what == "delete":
		h.deleteGroup(id)
	case what == "rewrite":
		h.SetGroup(id, func(g *azdps.EnrollmentGroup) { g.AllocationPolicy = new("geoLatency") })
	default:
		h.SetGroup(id, func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = new(what + "d") })
	}
}

func (h *history) identity(what, id string) {
	for _, hub := range historyHubs() {
		switch {
		case h.Identity(hub, id) == nil:
		case what == "delete":
			h.DeleteIdentity(hub, id)
		case what == "recall":
			h.SetIdentity(hub, id, func(d *aziothub.Device) {
				d.Status, d.StatusReason = aziothub.StatusDisabled, new("recalled by operations")
			})
		default:
			h.SetIdentityStatus(hub, id, what+"d")
		}
	}
}

func historyHubs() []string { return []string{"north", "south"} }

// fact is an object as its service has it.
type fact struct {
	status string
	// whole is all of it that does not change by itself or with each write.
	whole string
}

// facts are all objects of the history, as "entry own", "group plant", "identity host/dev" and "record dev".
func (h *history) facts() map[string]fact {
	if h.known == nil {
		h.known = h.read()
	}
	return h.known
}

func (h *history) read() map[string]fact {
	all := map[string]fact{}
	for _, name := range []string{"dev", "own"} {
		if entry := h.Entry(name); entry != nil {
			entry.ETag, entry.CreatedDateTimeUTC, entry.LastUpdatedDateTimeUTC, entry.RegistrationState = "", "", "", nil
			all["entry "+name] = fact{statusOf(entry), acctest.JSON(h.T, entry)}
		}
		h.readRecord(all, name)
	}
	if status := h.groupStatus("plant"); status != "absent" {
		all["group plant"] = fact{status, status}
	}
	for _, hub := range historyHubs() {
		for _, name := range []string{"dev", "own", "pump"} {
			if d := h.Identity(hub, name); d != nil {
				all["identity "+h.Hostname(hub)+"/"+name] = fact{d.Status, identityWhole(h, d)}
			}
		}
	}
	return all
}

func (h *history) readRecord(all map[string]fact, id string) {
	delete(all, "record "+id)
	if record, err := h.DPS.GetRegistration(h.Context(), id); err == nil {
		all["record "+id] = fact{"registered", record.AssignedHub}
	}
}

func statusOf(entry *azdps.IndividualEnrollment) string {
	if entry.Disabled() {
		return azdps.StatusDisabled
	}
	return azdps.StatusEnabled
}

func identityWhole(h *history, d *aziothub.Device) string {
	d.ETag, d.StatusUpdatedTime, d.ConnectionState, d.ConnectionStateUpdatedTime, d.LastActivityTime = "", "", "", "", ""
	return acctest.JSON(h.T, d)
}

// changed are the objects of which two sets of facts differ, sorted.
func changed(before, after map[string]fact) []string {
	var names []string
	all := maps.Clone(before)
	maps.Copy(all, after)
	for name := range all {
		if before[name] != after[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
