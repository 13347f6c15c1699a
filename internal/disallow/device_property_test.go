// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// Random worlds go through random sequences of plans, applies, drift, faults, restoring and destroying. Whatever comes:
//
//   - a device that a successful apply blocked stays out until somebody lets it in outside, or a plan that says so is
//     applied; its own tries are the judge;
//   - nothing is written that the plan's effects do not name, and nothing at all by plans, refreshes and destroys, or
//     where an error says so;
//   - after a successful apply the next plan is empty, and the state says what the services say;
//   - core never finds an outcome inconsistent; a new block of a device that changed, or whose hub fell silent, after
//     the plan is the one exception, and then nothing is written.
//
// There are sixty cases, or as many as rapid's flag -rapid.checks says.
func TestDeviceDisallow_holdsThroughWhateverComes(t *testing.T) {
	t.Parallel()
	ring := newRing(t)
	rapid.Check(t, func(t *rapid.T) {
		if ring.enough() {
			return
		}
		defer ring.count(t)
		r := ring.begin(t)
		for range rapid.IntRange(3, 8).Draw(t, "steps") {
			r.step()
			r.staysOut()
		}
	})
}

// trial is one case: one device in a world, and the object that blocks it.
type trial struct {
	*rapid.T

	w       *acctest.World
	id      string
	o       *acctest.Object
	device  *acctest.Device
	setting map[string]any
	// out says that the device must be out: a successful apply said so, and nobody has let it in since.
	out bool
}

// step is one thing that happens.
func (r *trial) step() {
	switch rapid.SampledFrom([]string{
		"apply", "apply", "apply", "apply late", "apply with a fault", "apply with a fault", "change settings", "restore",
		"drift", "drift", "drift", "try", "destroy", "refresh", "import",
	}).Draw(r.T, "step") {
	case "apply":
		r.apply(nil, nil)
	case "apply late":
		r.apply(r.drift, nil)
	case "apply with a fault":
		r.apply(nil, r.drawFault())
	case "change settings":
		r.drawSettings()
		r.apply(nil, nil)
	case "restore":
		if !r.o.State.IsNull() && !r.o.Tainted {
			r.setting["desired_access"] = "restored"
			r.apply(nil, nil)
			delete(r.setting, "desired_access")
		}
	case "drift":
		r.drift()
	case "try":
		r.try()
	case "destroy":
		r.destroy()
	case "refresh":
		r.refresh()
	case "import":
		r.importAgain()
	}
}

func (r *trial) config() tftypes.Value { return r.o.Config(r.setting) }

// apply runs what "terraform apply" runs. late happens between plan and apply; a fault is there from the start.
func (r *trial) apply(late func(), fault *emulator.Fault) {
	if fault != nil {
		r.w.Emulator.AddFault(*fault)
	}
	defer r.w.Emulator.ClearFaults()
	r.w.Emulator.ClearJournal()
	r.o.Reconfigure()
	refreshed := r.o.Refresh()
	planned := r.plan()
	r.wroteNothing("a plan")
	if refreshed.Failed() || planned.Failed() {
		r.mayFail(refreshed.Errors()+planned.Errors(), fault != nil, false)
		return
	}
	if r.o.Tainted {
		late = nil // A replacement is planned and applied in one go.
	}
	if late != nil {
		late()
	}
	replacing, restoring := r.o.Tainted, r.setting["desired_access"] == "restored"
	if restoring {
		r.out = false // The plan says so.
	}
	r.w.Emulator.ClearJournal()
	applied := r.carryOut(planned)
	r.wroteOnly(planned, applied, replacing)
	if applied.Failed() {
		creating := replacing || r.o.State.IsNull() || r.o.Tainted
		disturbed := fault != nil || late != nil
		r.mayFail(applied.Errors(), disturbed, disturbed && creating)
		return
	}
	r.w.Emulator.ClearFaults()
	if late != nil {
		return // What happened late may be there still.
	}
	r.settles()
	if !restoring && acctest.Text(r.o.State, "access") == "blocked" {
		r.out = true
	}
}

// plan plans as Terraform does: a replacement of what is tainted, unless somebody untaints it.
func (r *trial) plan() acctest.Step {
	if r.o.Tainted && rapid.Bool().Draw(r.T, "untaint") {
		r.o.Tainted = false
	}
	if r.o.Tainted {
		return r.o.PlanReplacement(r.config())
	}
	return r.o.Plan(r.config())
}

func (r *trial) carryOut(planned acctest.Step) acctest.Step {
	if r.o.Tainted {
		return r.o.Replace(r.config(), rapid.Bool().Draw(r.T, "create before destroy"))
	}
	return r.o.Apply(planned)
}

// mayFail fails the case unless an error is one that may be: what was injected, a world that changed after the plan, or
// a delete that would let the device in.
func (r *trial) mayFail(said string, disturbed, mayDisagree bool) {
	if strings.Contains(said, "Provider produced inconsistent") {
		if !mayDisagree || !strings.Contains(said, "inconsistent final plan") {
			r.Fatalf("core would call this a defect: %s", said)
		}
		r.wroteNothing("an inconsistent plan")
	}
	if strings.Contains(said, "Nothing was written") {
		r.wroteNothing("an apply that says so")
	}
	expected := strings.Contains(said, "Deleting would let the device in")
	if !disturbed && !expected {
		r.Fatalf("nothing disturbed this, but: %s", said)
	}
}

func (r *trial) settles() {
	r.o.Reconfigure()
	if refreshed := r.o.Refresh(); refreshed.Failed() {
		r.Fatalf("the refresh after an apply: %s", refreshed.Errors())
	}
	r.tellsTheTruth()
	planned := r.o.Plan(r.config())
	if planned.Failed() || r.o.Changes(planned) {
		r.Fatalf("the second plan should be empty: %s %v", planned.Errors(), differences(r.o.State, planned.Planned))
	}
}

// differences are the attributes in which a planned value differs from a state.
func differences(state, planned tftypes.Value) []string {
	var lines []string
	before, after := membersOf(state), membersOf(planned)
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if !after[name].Equal(before[name]) {
			lines = append(lines, fmt.Sprintf("\n%s: %s became %s", name, before[name], after[name]))
		}
	}
	return lines
}

func (r *trial) refresh() {
	r.w.Emulator.ClearJournal()
	r.o.Reconfigure()
	if refreshed := r.o.Refresh(); refreshed.Failed() {
		r.Fatalf("the refresh: %s", refreshed.Errors())
	}
	r.wroteNothing("a refresh")
	if !r.o.State.IsNull() {
		r.tellsTheTruth()
	}
}

func (r *trial) destroy() {
	if r.o.State.IsNull() {
		return
	}
	r.w.Emulator.ClearJournal()
	r.o.Reconfigure()
	if destroyed := r.o.Destroy(); destroyed.Failed() {
		if r.setting["on_destroy"] != "prevent" || !strings.Contains(destroyed.Errors(), "held by on_destroy") {
			r.Fatalf("the destroy: %s", destroyed.Errors())
		}
	}
	r.wroteNothing("a destroy")
}

// importAgain loses the state and imports the block, where there is an entry to import.
func (r *trial) importAgain() {
	if r.o.State.IsNull() || r.w.EntryStatus(r.id) == "absent" {
		return
	}
	r.w.Emulator.ClearJournal()
	r.o.Forget()
	r.o.Reconfigure()
	if imported := r.o.Import(r.id); imported.Failed() {
		r.Fatalf("the import: %s", imported.Errors())
	}
	r.wroteNothing("an import")
	r.tellsTheTruth()
}

// tellsTheTruth fails the case unless the state says what the services say.
func (r *trial) tellsTheTruth() {
	if said, is := acctest.Text(r.o.State, "enrollment_status"), r.w.EntryStatus(r.id); said != is {
		r.Fatalf("the state says that the entry is %s, and it is %s", said, is)
	}
	for _, hub := range r.w.Emulator.Hubs() {
		said, is := identityStatusOf(r.o.State, hub.Hostname()), r.w.IdentityStatus(hub.Name(), r.id)
		if said != "none" && said != "unverified" && said != is {
			r.Fatalf("the state says that the identity in %s is %s, and it is %s", hub.Name(), said, is)
		}
	}
}

// staysOut fails the case when a device gets in that must be out.
func (r *trial) staysOut() {
	if !r.out {
		return
	}
	if r.try() {
		r.Fatal("DPS lets the device in")
	}
	for _, hub := range r.w.Emulator.Hubs() {
		connection, err := r.device.Connect(r.w.Context(), hub.Hostname(), r.id)
		if err != nil || connection.Accepted {
			r.Fatalf("hub %s lets the device in: %s, %v", hub.Name(), connection, err)
		}
	}
}

// try has the device register and tells whether it was let in.
func (r *trial) try() bool {
	outcome, err := r.device.Register(r.w.Context())
	if err != nil {
		r.Fatal(err)
	}
	return outcome.Admitted()
}

// written are the objects that were written since the journal was cleared, as effects name them. What devices do at DPS
// has paths of its own.
func (r *trial) written() map[string]bool {
	written := map[string]bool{}
	for _, exchange := range r.w.Writes() {
		switch path := exchange.Path; {
		case exchange.Status >= http.StatusMultipleChoices || exchange.Status == 0: // Refused, or never carried out.
		case path == "/enrollments/"+r.id:
			written["dps_individual_enrollment "+r.id] = true
		case path == "/registrations/"+r.id:
			written["dps_registration "+r.id] = true
		case strings.HasPrefix(path, "/devices/") && !strings.HasSuffix(path, "/messages/events"):
			written["iothub_device_identity "+exchange.Host+"/"+strings.TrimPrefix(path, "/devices/")] = true
		}
	}
	return written
}

func (r *trial) wroteNothing(what string) {
	if written := r.written(); len(written) > 0 {
		r.Fatalf("%s should write nothing, but wrote %v", what, written)
	}
}

// wroteOnly fails the case when an apply wrote what its plan did not name. Where the plan left the effects open, what
// the state says was done is the measure of a success.
func (r *trial) wroteOnly(planned, applied acctest.Step, replacing bool) {
	named := namedBy(planned.Planned)
	if acctest.Text(planned.Planned, "effects") == "unknown" || replacing && applied.Failed() {
		if applied.Failed() {
			return
		}
		named = namedBy(r.o.State)
	}
	for object := range r.written() {
		if !named[object] {
			r.Fatalf("%s was written, but the effects name only %v", object, slices.Sorted(maps.Keys(named)))
		}
	}
}

// namedBy are the objects on which a value's effects act.
func namedBy(value tftypes.Value) map[string]bool {
	named := map[string]bool{}
	for _, line := range effectsOf(value) {
		fields := strings.Fields(line)
		if len(fields) == 4 && fields[3] != "none" {
			named[fields[0]+" "+fields[1]] = true
		}
	}
	return named
}

// drawFault makes some call of an apply fail, or all of a kind.
func (r *trial) drawFault() *emulator.Fault {
	hosts := []string{r.w.Emulator.DPSHostname()}
	for _, hub := range r.w.Emulator.Hubs() {
		hosts = append(hosts, hub.Hostname())
	}
	fault := &emulator.Fault{
		Host:   rapid.SampledFrom(hosts).Draw(r.T, "faulty host"),
		Method: rapid.SampledFrom([]string{"", http.MethodGet, http.MethodPut, http.MethodDelete}).Draw(r.T, "faulty method"),
		Path:   regexp.MustCompile("^/(enrollments|devices|registrations)/"),
		Skip:   rapid.IntRange(0, 6).Draw(r.T, "calls before the fault"),
		Times:  rapid.IntRange(0, 2).Draw(r.T, "faults"),
	}
	switch rapid.SampledFrom([]string{"refused", "broken", "conflict", "cut", "lost"}).Draw(r.T, "fault") {
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
	}
	return fault
}
