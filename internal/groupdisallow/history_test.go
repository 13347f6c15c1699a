// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// Random histories of people, devices and Terraform, judged by the devices themselves. Whatever comes: when the state
// says blocked, just refreshed or applied, no device gets in anywhere; core never finds an outcome inconsistent; after
// an apply that succeeded the next plan is empty; and nothing is written by plans and refreshes.
//
// There is one exception: a hub that nothing names, out of which DPS has moved a device without taking its identity
// along. The record names the next hub.
func TestGroupDisallow_claimsOnlyWhatTheDevicesBearOut(t *testing.T) {
	t.Parallel()
	acctest.Histories(t, lanes, &acctest.Rarities{}, func(t *testing.T) func(*rapid.T) {
		t.Helper()
		s := newStage(t)
		return func(t *rapid.T) {
			h := s.begin(t)
			defer h.end()
			h.do("know " + rapid.SampledFrom([]string{"north south west", "north south", "north"}).Draw(t, "known"))
			for range rapid.IntRange(4, 12).Draw(t, "events") {
				h.do(drawEvent(t))
			}
		}
	})
}

// lanes of a hundred histories each, unless rapid's flag -rapid.checks says otherwise.
const lanes = 2

// verdict is a test, or a run of a property.
type verdict interface {
	Helper()
	Fatalf(format string, args ...any)
}

// stage is the world of a lane, in which one history happens after another, each with a group of its own.
type stage struct {
	w      *acctest.World
	o      *acctest.Object
	number int
}

func hubNames() []string { return []string{"north", "south", "west"} }

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{w: acctest.NewWorld(t, acctest.Hubs(hubNames()...))}
	s.o = s.w.NewObject(resourceType)
	return s
}

// history is one of them. Its group is gone when it ends: the next one has another.
type history struct {
	verdict
	plant

	o     *acctest.Object
	group string
	more  map[string]any
	known []string
	// events are what has happened, for whom it may concern when a history fails.
	events []string
	// now are the hubs in which DPS has put the devices last.
	now map[string]string
	// forgotten says that only the state remembers some device: its record is deleted, or another entry's.
	forgotten bool
}

// begin makes a group with four devices, of which two are in. The fourth is the third one in another spelling.
func (s *stage) begin(t verdict) *history {
	s.number++
	h := &history{
		verdict: t, plant: plant{World: s.w}, o: s.o, group: fmt.Sprintf("factory-%d", s.number),
		more: map[string]any{}, now: map[string]string{},
	}
	h.o.Forget()
	h.Emulator.ClearFaults()
	h.AddGroup(h.group, h.Intermediate)
	for i := range 3 {
		h.devices = append(h.devices, h.NewDevice(fmt.Sprintf("d%d-%d", s.number, i)))
	}
	h.devices = append(h.devices, h.NewDevice(strings.ToUpper(h.devices[2].RegistrationID())))
	for i, hub := range []string{"south", "north"} {
		h.link(hub)
		h.register(h.devices[i+1])
	}
	return h
}

func (h *history) end() {
	h.Emulator.ClearFaults()
	if h.HasGroup(h.group) {
		_ = h.DPS.DeleteEnrollmentGroup(h.Context(), h.group, nil)
	}
	for _, d := range h.devices {
		if h.Entry(d.RegistrationID()) != nil {
			h.DeleteEntry(d.RegistrationID())
		}
		d.Close()
	}
}

// drawEvent draws what happens next: words, of which the first says what, and the second which device or how.
func drawEvent(t *rapid.T) string {
	device := func() string { return strconv.Itoa(rapid.IntRange(0, 3).Draw(t, "device")) }
	one := func(label string, words ...string) string { return rapid.SampledFrom(words).Draw(t, label) }
	switch one("who", "terraform", "terraform", "device", "device", "group", "people", "people", "configuration") {
	case "terraform":
		verb := one("terraform", "apply", "apply", "apply", "refresh", "stale", "amid", "fault", "kill", "lose")
		switch verb {
		case "amid":
			return "amid " + device() + " " + strconv.Itoa(rapid.IntRange(0, 12).Draw(t, "calls before"))
		case "fault":
			return "fault " + one("kind", "refused", "broken", "conflict", "cut", "lost", "html", "proxy") + " " +
				one("whom", "dps", "north", "south", "any") + " " + strconv.Itoa(rapid.IntRange(0, 12).Draw(t, "calls before"))
		case "kill":
			return "kill " + strconv.Itoa(rapid.IntRange(0, 20).Draw(t, "calls before"))
		case "lose":
			return "lose " + one("what", "state", "memory")
		case "stale":
			return "stale " + device()
		default:
			return verb
		}
	case "device":
		if one("device does", "try", "try", "move") == "move" {
			return "move " + one("to", hubNames()...)
		}
		return "try " + device()
	case "group":
		return "group " + one("group", "open", "open", "shut", "delete", "make")
	case "people":
		switch verb := one("people", "identity", "identity", "entry"); verb {
		case "identity":
			return "identity " + device() + " " + one("change", "enable", "disable", "delete", "recall")
		default:
			return "entry " + device() + " " + one("change", "open", "shut", "remove")
		}
	}
	return "set " + one("setting", "action disable", "action delete", "action keep", "access restored", "access blocked",
		"hubs", "records", "know north south west", "know north south", "know north")
}

// do has an event happen, and judges.
func (h *history) do(event string) {
	h.events = append(h.events, event)
	h.Clock.Advance(time.Second)
	words := strings.Fields(event)
	verb, words := words[0], words[1:]
	switch verb {
	case "know":
		h.know(words...)
	case "move":
		h.link(words[0])
	case "try":
		h.register(h.deviceAt(words[0]))
	case "group":
		h.changeGroup(words[0])
	case "identity":
		h.identity(h.deviceAt(words[0]).RegistrationID(), words[1])
	case "entry":
		h.ownEntry(h.deviceAt(words[0]).RegistrationID(), words[1])
	case "set":
		h.set(words)
	case "lose":
		h.lose(words[0])
	default:
		h.terraform(verb, words)
	}
}

func (h *history) fail(format string, args ...any) {
	h.Helper()
	h.Fatalf("%s\n%s", fmt.Sprintf(format, args...), strings.Join(h.events, "\n"))
}

func (h *history) deviceAt(number string) *acctest.Device {
	i, err := strconv.Atoi(number)
	if err != nil {
		h.fail("%v", err)
	}
	return h.devices[i]
}

// register has a device try to get in.
func (h *history) register(d *acctest.Device) (admitted bool) {
	outcome, err := d.Register(h.Context())
	if err != nil {
		h.fail("%v", err)
	}
	if outcome.Admitted() {
		for _, hub := range hubNames() {
			if outcome.AssignedHub == h.Hostname(hub) {
				h.now[d.RegistrationID()] = hub
			}
		}
	}
	return outcome.Admitted()
}

func (h *history) know(hubs ...string) {
	h.known = hubs
	var strs []string
	for _, hub := range hubs {
		strs = append(strs, h.Emulator.Hub(hub).ConnectionString())
	}
	h.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", strings.Join(strs, "\n"))
}

func (h *history) changeGroup(change string) {
	switch there := h.HasGroup(h.group); {
	case change == "make" && !there:
		h.AddGroup(h.group, h.Intermediate)
	case change == "delete" && there:
		h.forgotten = true
		if err := h.DPS.DeleteEnrollmentGroup(h.Context(), h.group, nil); err != nil {
			h.fail("%v", err)
		}
	case (change == "open" || change == "shut") && there:
		h.SetGroup(h.group, func(g *azdps.EnrollmentGroup) {
			g.ProvisioningStatus = new(map[bool]string{true: "enabled", false: "disabled"}[change == "open"])
		})
	}
}

func (h *history) ownEntry(id, change string) {
	if h.Entry(id) != nil {
		h.DeleteEntry(id)
	}
	h.forgotten = true
	if change != "remove" {
		h.addEntry(id, map[bool]string{true: azdps.StatusEnabled, false: azdps.StatusDisabled}[change == "open"])
	}
}

func (h *history) identity(id, change string) {
	for _, hub := range hubNames() {
		if h.Identity(hub, id) == nil {
			continue
		}
		switch change {
		case "delete":
			h.DeleteIdentity(hub, id)
		case "recall":
			h.SetIdentity(hub, id, func(d *aziothub.Device) {
				d.Status, d.StatusReason = aziothub.StatusDisabled, new("somebody else's")
			})
		default:
			h.SetIdentityStatus(hub, id, change+"d")
		}
	}
}

func (h *history) set(words []string) {
	switch words[0] {
	case "action":
		h.more["hub_identity_action"] = words[1]
	case "access":
		h.more["desired_access"] = words[1]
	case "hubs":
		var hosts []string
		for _, hub := range hubNames() {
			hosts = append(hosts, h.Hostname(hub))
		}
		h.more["additional_iothub_hostnames"] = hosts
	case "records":
		h.forgotten = true
		h.more["delete_registrations"] = h.more["delete_registrations"] != true
	case "know":
		h.know(words[1:]...)
	}
}

// lose has somebody lose the state, or what private state has. Of a device that only the state remembers nothing would
// be known.
func (h *history) lose(what string) {
	switch {
	case h.forgotten:
	case what == "state":
		h.o.Forget()
	default:
		h.o.Private = nil
	}
}

// terraform runs Terraform, and judges the state that comes of it.
func (h *history) terraform(verb string, words []string) {
	if !h.refresh() || verb == "refresh" {
		return
	}
	h.Emulator.ClearJournal()
	config := h.config()
	planned := h.o.Plan(config)
	h.wroteNothing("a plan")
	if planned.Failed() {
		h.mayFail(planned)
		return
	}
	before := h.o.State
	applied := h.disturbed(verb, words, planned)
	h.Emulator.ClearFaults()
	if verb == "kill" {
		h.killed(before)
		return
	}
	if strings.Contains(applied.Errors(), "inconsistent") {
		h.fail("apply: %s", applied.Errors())
	}
	h.o.Tainted = false
	if verb == "amid" { // The device may have come after the last look.
		h.refresh()
		return
	}
	h.judge()
	switch {
	case !applied.Failed():
		h.settles(config)
	case verb == "apply":
		h.mayFail(applied)
	}
}

func (h *history) config() tftypes.Value {
	settings := map[string]any{"enrollment_group_id": h.group}
	for name, value := range h.more {
		settings[name] = value
	}
	if h.o.State.IsNull() {
		delete(settings, "desired_access") // A new block has nothing to restore.
	}
	return h.o.Config(settings)
}

// disturbed is an apply in which something goes wrong, or not.
func (h *history) disturbed(verb string, words []string, planned acctest.Step) acctest.Step {
	switch verb {
	case "stale":
		h.register(h.deviceAt(words[0]))
	case "fault":
		h.Emulator.AddFault(h.fault(words[0], words[1], words[2]))
	case "kill":
		h.Emulator.AddFault(h.fault("cut", "any", words[0]))
	case "amid":
		return h.amid(h.deviceAt(words[0]), words[1], planned)
	}
	return h.o.Apply(planned)
}

// fault is what fails, at whom, and how many calls go well first.
func (h *history) fault(kind, whom, calls string) emulator.Fault {
	skip, err := strconv.Atoi(calls)
	if err != nil {
		h.fail("%v", err)
	}
	fault := emulator.Fault{
		Path: regexp.MustCompile("^/(enrollment|enrollmentGroups|enrollments|devices|registrations)(/|$)"), Skip: skip,
	}
	switch whom {
	case "dps":
		fault.Host = h.Emulator.DPSHostname()
	case "any":
	default:
		fault.Host = h.Hostname(whom)
	}
	switch kind {
	case "refused":
		fault.Status = http.StatusUnauthorized
	case "broken":
		fault.Status = http.StatusInternalServerError
	case "conflict":
		fault.Status, fault.Times = http.StatusPreconditionFailed, 1
	case "cut":
		fault.Cut = emulator.CutBefore
	case "lost":
		fault.Cut, fault.Times = emulator.CutAfter, 1
	case "html":
		fault.Cut, fault.Status, fault.Body, fault.Times = emulator.CutAfter, http.StatusOK, "<html>proxy</html>", 1
	case "proxy":
		fault.Status = http.StatusNotFound
	}
	return fault
}

// amid has a device try to get in before one of the calls of an apply.
func (h *history) amid(d *acctest.Device, calls string, planned acctest.Step) acctest.Step {
	skip, err := strconv.Atoi(calls)
	if err != nil {
		h.fail("%v", err)
	}
	done, happened := make(chan struct{}), make(chan struct{})
	hold := h.Emulator.Hold("", "", nil)
	go func() {
		defer close(happened)
		for range skip {
			select {
			case <-hold.Reached():
				next := h.Emulator.Hold("", "", nil)
				hold.Release()
				hold = next
			case <-done:
				hold.Release()
				return
			}
		}
		select {
		case <-hold.Reached():
			hold.Release()
			h.register(d)
		case <-done:
			hold.Release()
		}
	}()
	applied := h.o.Apply(planned)
	close(done)
	<-happened
	return applied
}

// killed is what core keeps of a provider that ended amid an apply: of an update the state as it was and no private
// state, of a create nothing.
func (h *history) killed(before tftypes.Value) {
	if h.forgotten {
		h.o.State = before
		return // Only what the provider remembers tells of some device.
	}
	h.o.State, h.o.Private = before, nil
	if before.IsNull() {
		h.o.Forget()
	}
}

// refresh reads the state, and judges it.
func (h *history) refresh() (done bool) {
	h.Emulator.ClearJournal()
	h.o.Reconfigure()
	if refreshed := h.o.Refresh(); refreshed.Failed() {
		h.mayFail(refreshed)
		return false
	}
	h.wroteNothing("a refresh")
	h.judge()
	return true
}

// mayFail ends the history unless it was a hub of which the provider block knows nothing, or where there is nothing to
// restore.
func (h *history) mayFail(step acctest.Step) {
	expected := len(h.known) < len(hubNames()) || !h.HasGroup(h.group) || h.more["desired_access"] == "restored"
	if !expected {
		h.fail("nothing disturbed this, but: %s", step.Errors())
	}
}

func (h *history) wroteNothing(what string) {
	if writes := h.Writes(); len(writes) > 0 {
		h.fail("%s should write nothing, but wrote %v", what, writes)
	}
}

// settles fails the history unless the next plan is empty.
func (h *history) settles(config tftypes.Value) {
	if !h.refresh() {
		return
	}
	planned := h.o.Plan(config)
	if planned.Failed() || h.o.Changes(planned) {
		h.fail("the plan should be empty: %s %v", planned.Errors(), acctest.Differences(h.o.State, planned.Planned))
	}
}

// judge fails the history when the state says blocked and a device gets in.
func (h *history) judge() {
	if h.o.State.IsNull() || h.o.Attribute("access") != "blocked" {
		return
	}
	for _, d := range h.devices {
		for _, hub := range hubNames() {
			named := slices.Contains(h.known, hub) || h.more["additional_iothub_hostnames"] != nil
			if d.Connects(hub) && (named || h.now[d.RegistrationID()] == hub) {
				h.fail("the state says blocked, and %s connects to %s", d.RegistrationID(), hub)
			}
		}
		if h.register(d) {
			h.fail("the state says blocked, and %s registers", d.RegistrationID())
		}
	}
}
