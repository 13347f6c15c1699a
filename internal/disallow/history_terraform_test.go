// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// disturbance is what happens to one run of Terraform.
type disturbance struct {
	// late is an event between plan and apply; amid is one at the first call of the apply with this method and path.
	late, amid   string
	method, path string
	// fault is there from the start; kill says that the provider ends with it.
	fault *emulator.Fault
	kill  bool
}

func (d disturbance) any() bool { return d.late != "" || d.amid != "" || d.fault != nil }

// amid reads the words METHOD KIND EVENT.
func amid(words []string) disturbance {
	return disturbance{method: words[0], path: "^/" + words[1] + "/", amid: strings.Join(words[2:], " ")}
}

// faultOf reads the words KIND HOST CALLS: what fails, at whom, and how many calls go well first.
func (h *history) faultOf(words []string) *emulator.Fault {
	host := h.w.Emulator.DPSHostname()
	if words[1] != "dps" {
		host = h.w.Hostname(words[1])
	}
	skip, err := strconv.Atoi(words[2])
	if err != nil {
		h.fail("%v", err)
	}
	fault := &emulator.Fault{Host: host, Path: regexp.MustCompile("^/(enrollments|devices|registrations)/"), Skip: skip}
	switch words[0] {
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
	case "kill":
		fault.Cut, fault.Host = emulator.CutBefore, ""
	}
	return fault
}

// apply runs what "terraform apply" runs.
func (h *history) apply(d disturbance) {
	darkened := h.disturb(d.fault)
	h.o.Reconfigure()
	refreshed := h.o.Refresh()
	planned := h.plan()
	h.wroteNothing("a plan")
	if refreshed.Failed() || planned.Failed() {
		h.mayFail(refreshed.Errors()+planned.Errors(), d, false)
		h.calm(darkened)
		return
	}
	if h.o.Tainted {
		d.late = "" // A replacement is planned and applied in one go.
	}
	if d.late != "" {
		h.happen(d.late)
	}
	h.carryOut(planned, d)
	h.calm(darkened)
}

// disturb adds a fault; darkened says that hubs are dark already, which ends with the fault.
func (h *history) disturb(fault *emulator.Fault) (disturbed bool) {
	h.w.Emulator.ClearJournal()
	if fault != nil {
		h.w.Emulator.AddFault(*fault)
	}
	return fault != nil
}

func (h *history) calm(disturbed bool) {
	if disturbed {
		h.w.Emulator.ClearFaults()
	}
}

// plan plans as Terraform does: a replacement of what is tainted.
func (h *history) plan() acctest.Step {
	if h.o.Tainted {
		h.rare.Count("replacement of what is tainted")
		return h.o.PlanReplacement(h.config())
	}
	return h.o.Plan(h.config())
}

func (h *history) carryOut(planned acctest.Step, d disturbance) {
	replacing, before := h.o.Tainted, h.o.State
	h.w.Emulator.ClearJournal()
	applied := h.run(planned, d)
	if d.kill {
		h.killed(before, replacing)
		return
	}
	h.wroteOnly(planned, applied, replacing)
	if applied.Failed() {
		creating := replacing || before.IsNull()
		h.mayFail(applied.Errors(), d, d.any() && creating)
		return
	}
	if h.searched(planned, before) {
		h.remade = map[place]bool{}
	}
	if d.any() {
		h.w.Emulator.ClearFaults()
		h.refresh() // What happened amid the apply may have happened after the last look at it.
		return
	}
	h.settles()
	h.claims()
}

// searched tells whether an apply did anything for which it looked everywhere.
func (h *history) searched(planned acctest.Step, before tftypes.Value) bool {
	return before.IsNull() || h.o.Tainted || len(namedBy(planned.Planned)) > 0
}

// run carries out a plan, with an event in its midst if there is one.
func (h *history) run(planned acctest.Step, d disturbance) acctest.Step {
	if d.amid == "" {
		return h.carry(planned)
	}
	hold := h.w.Emulator.Hold("", d.method, regexp.MustCompile(d.path))
	done, happened := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(happened)
		select {
		case <-hold.Reached():
			h.happen(d.amid)
		case <-done:
		}
		hold.Release()
	}()
	applied := h.carry(planned)
	close(done)
	hold.Release()
	<-happened
	return applied
}

func (h *history) carry(planned acctest.Step) acctest.Step {
	if h.o.Tainted {
		return h.o.Replace(h.config(), len(h.events)%2 == 0)
	}
	return h.o.Apply(planned)
}

// killed is what core keeps of a provider that ended amid an apply: of an update the state as it was and no private
// state, of a create nothing.
func (h *history) killed(before tftypes.Value, replacing bool) {
	h.o.State, h.o.Private = before, nil
	if before.IsNull() || replacing {
		h.o.Forget()
	}
	h.rare.Count("provider killed amid an apply")
}

// mayFail ends the history unless an error is one that may be: what was injected, a world that changed after the plan,
// a hub that cannot be read, or a delete that could let the device in.
func (h *history) mayFail(said string, d disturbance, mayDisagree bool) {
	if strings.Contains(said, "Provider produced inconsistent") {
		if !mayDisagree || !strings.Contains(said, "inconsistent final plan") {
			h.fail("core would call this a defect: %s", said)
		}
		h.wroteNothing("an inconsistent plan")
	}
	if strings.Contains(said, "Nothing was written") {
		h.wroteNothing("an apply that says so")
	}
	expected := false
	for _, text := range []string{
		"Deleting would let the device in", "Cannot read device identity", "held by on_destroy", "Nothing to restore",
		"This is another device's name in its hub",
	} {
		expected = expected || strings.Contains(said, text)
	}
	if !d.any() && !expected {
		h.fail("nothing disturbed this, but: %s", said)
	}
	h.rare.Count("run that failed")
}

func (h *history) restore() {
	if h.o.State.IsNull() || h.o.Tainted {
		return
	}
	h.asked["desired_access"] = "restored"
	h.apply(disturbance{})
	delete(h.asked, "desired_access")
}

func (h *history) refresh() {
	h.w.Emulator.ClearJournal()
	h.o.Reconfigure()
	if refreshed := h.o.Refresh(); refreshed.Failed() {
		h.fail("the refresh: %s", refreshed.Errors())
		return
	}
	h.wroteNothing("a refresh")
	h.tellsTheTruth()
	h.claims()
}

func (h *history) destroy() {
	if h.o.State.IsNull() {
		return
	}
	h.w.Emulator.ClearJournal()
	h.o.Reconfigure()
	if destroyed := h.o.Destroy(); destroyed.Failed() {
		h.mayFail(destroyed.Errors(), disturbance{}, false)
	}
	h.wroteNothing("a destroy")
}

// importAgain loses the state and imports the block, where there is an entry to import.
func (h *history) importAgain() {
	if h.o.State.IsNull() || h.w.EntryStatus(h.id) == "absent" {
		return
	}
	h.w.Emulator.ClearJournal()
	h.o.Forget()
	h.o.Reconfigure()
	if imported := h.o.Import(h.id); imported.Failed() {
		h.fail("the import: %s", imported.Errors())
		return
	}
	h.wroteNothing("an import")
	named := h.o.Config(map[string]any{"registration_id": h.id})
	if said, is := acctest.Text(h.lookUp(named), "access"), h.o.Attribute("access"); said != is {
		h.fail("the data source says %s, and an import of the same device %s", said, is)
	}
	h.tellsTheTruth()
	h.claims()
}

// settles ends the history unless the second plan is empty and the state says what the services say.
func (h *history) settles() {
	h.o.Reconfigure()
	before := h.o.State
	if refreshed := h.o.Refresh(); refreshed.Failed() {
		h.fail("the refresh after an apply: %s", refreshed.Errors())
		return
	}
	if said := acctest.Differences(before, h.o.State); len(said) > 0 && !h.letInAgain() {
		h.fail("a refresh after an apply should find nothing new:\n%s", strings.Join(said, "\n"))
		return
	}
	h.tellsTheTruth()
	planned := h.o.Plan(h.config())
	if planned.Failed() || h.o.Changes(planned) {
		h.fail("the second plan should be empty: %s\n%s", planned.Errors(),
			strings.Join(acctest.Differences(h.o.State, planned.Planned), "\n"))
	}
}

// letInAgain tells whether the block was undone: then the groups decide, and what the state says of them is as fresh as
// the last look.
func (h *history) letInAgain() bool { return h.o.Attribute("desired_access") == "restored" }

// written are the objects that were written since the journal was cleared, as effects name them. What devices and
// people do has no part in it.
func (h *history) written() map[string]bool {
	written := map[string]bool{}
	for _, exchange := range h.w.Writes() {
		switch path := exchange.Path; {
		case exchange.Status >= http.StatusMultipleChoices || exchange.Status == 0: // Refused, or never carried out.
		case strings.EqualFold(path, "/enrollments/"+h.id):
			written["dps_individual_enrollment "+strings.ToLower(h.id)] = true
		case strings.EqualFold(path, "/registrations/"+h.id):
			written["dps_registration "+strings.ToLower(h.id)] = true
		case strings.HasPrefix(path, "/devices/") && !strings.HasSuffix(path, "/messages/events"):
			written["iothub_device_identity "+exchange.Host+"/"+strings.TrimPrefix(path, "/devices/")] = true
		}
	}
	return written
}

func (h *history) wroteNothing(what string) {
	if written := h.written(); len(written) > 0 && !h.amidst() {
		h.fail("%s should write nothing, but wrote %v", what, slices.Sorted(maps.Keys(written)))
	}
}

// wroteOnly ends the history when an apply wrote what its plan did not name. Where the plan left the effects open, what
// the state says was done is the measure of a success.
func (h *history) wroteOnly(planned, applied acctest.Step, replacing bool) {
	named := namedBy(planned.Planned)
	if slices.Contains(planned.Effects(), "unknown") || replacing {
		if applied.Failed() {
			return
		}
		maps.Copy(named, namedBy(h.o.State))
	}
	for object := range h.written() {
		if !named[object] && !h.amidst() {
			h.fail("%s was written, but the effects name only %v", object, slices.Sorted(maps.Keys(named)))
		}
	}
}

// amidst tells whether people may have written while the apply ran.
func (h *history) amidst() bool {
	last := h.events[len(h.events)-1]
	return strings.HasPrefix(last, "amid ")
}

// namedBy are the objects on which a value's effects act.
func namedBy(value tftypes.Value) map[string]bool {
	named := map[string]bool{}
	for _, line := range acctest.Effects(value) {
		fields := strings.Fields(line)
		if len(fields) == 4 && fields[3] != "none" {
			object := fields[1]
			if fields[0] != "iothub_device_identity" {
				object = strings.ToLower(object)
			}
			named[fields[0]+" "+object] = true
		}
	}
	return named
}
