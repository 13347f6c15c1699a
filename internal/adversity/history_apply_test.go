// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// disturbance is what happens amid an apply.
type disturbance struct {
	// late happens between plan and apply, amid before a call of the apply with a number, at which the fault happens, or
	// the provider ends.
	late, amid []string
	at         int
	fault      *fault
	kill       bool
}

func (d disturbance) any() bool { return d.late != nil || d.amid != nil || d.fault != nil || d.kill }

// change is the plan of a piece.
type change struct {
	*piece

	planned            acctest.Step
	destroys, replaces bool
	may                permission
	before             tftypes.Value
}

// apply has Terraform refresh and plan everything, and then carry out what it planned: destroys first, in reverse.
func (h *history) apply(d disturbance) {
	changes, planned := h.plan()
	if !planned {
		return
	}
	if d.late != nil {
		h.people(d.late)
	}
	before := h.facts()
	theirs := h.disturb(d)
	failed := h.carryOut(changes, d)
	h.box.calm()
	h.box.live()
	h.box.strike(0, nil)
	h.box.setBefore(nil)
	after := h.facts()
	h.onlyAsShown(changes, before, after, theirs())
	h.remember(changes, before, after, d.any() || failed)
	switch {
	case failed && !d.any():
		h.rare.Count("run that failed by itself")
	case failed:
		h.rare.Count("run that failed")
	case !d.any() && (h.letsInAgainst(changes) || h.takenAway(before, after)):
		h.rare.Count("apply that another block undoes")
	case !d.any():
		h.settles()
	}
}

// blocks are the pieces that block what another piece is.
func blocks() map[string]string {
	return map[string]string{"entry": "own-block", "group": "group-block"}
}

// letsInAgainst tells whether an apply let a device in that another block keeps out, as its plan shows: an object was
// made or deleted beside its block, or a device restored whose group is blocked. The next plan blocks it again.
func (h *history) letsInAgainst(changes []change) bool {
	return slices.ContainsFunc(changes, func(c change) bool {
		block := blocks()[c.name]
		made := (c.before.IsNull() || c.destroys) && block != "" && h.piece(block).holds()
		restored := !c.plain() && c.restoring() && c.name != "group-block" && h.piece("group-block").holds()
		return made || restored
	})
}

// takenAway tells whether an apply deleted an object that the configuration has, as a block does that is told to
// delete. The next plan makes it again.
func (h *history) takenAway(before, after map[string]fact) bool {
	return slices.ContainsFunc(h.pieces, func(p *piece) bool {
		return p.plain() && p.wanted && before[p.key].status != "" && after[p.key].status == ""
	})
}

// plan refreshes and plans everything, which writes nothing. It tells whether all of it succeeded.
func (h *history) plan() (changes []change, ok bool) {
	h.Emulator.ClearJournal()
	ok = true
	h.walk()
	for _, p := range h.pieces {
		if refreshed := p.Refresh(); refreshed.Failed() {
			h.fail("nothing disturbs this refresh of %s: %s", p.name, refreshed.Errors())
		}
	}
	for _, p := range h.pieces {
		if p.State.IsNull() && !p.wanted {
			continue
		}
		c := h.planOf(p)
		if c.planned.Failed() {
			h.mayRefuse(p, c.planned)
			ok = false
		}
		changes = append(changes, c)
	}
	if writes := h.Writes(); len(writes) > 0 {
		h.fail("plans and refreshes write nothing, but: %v", writes)
	}
	return changes, ok
}

// walk begins a walk: all objects are of one provider block.
func (h *history) walk() { h.pieces[0].Reconfigure() }

func (h *history) planOf(p *piece) change {
	c := change{piece: p, destroys: !p.wanted, before: p.State}
	if p.Tainted && p.wanted {
		c.replaces, c.planned = true, p.PlanReplacement(h.config(p))
	} else {
		c.planned = p.Plan(h.config(p))
		if len(c.planned.Replaces) > 0 && !c.planned.Failed() {
			h.fail("no setting replaces %s: %v", p.name, c.planned.Replaces)
		}
	}
	if !c.planned.Failed() {
		c.may = h.shown(p, c.planned, c.destroys, c.replaces)
	}
	return c
}

// mayRefuse ends the history unless a plan may be refused for that.
func (h *history) mayRefuse(p *piece, said acctest.Step) {
	for _, text := range []string{"Deleting would let the device in", "Nothing to restore"} {
		if strings.Contains(said.Errors(), text) {
			h.rare.Count("plan that is refused")
			return
		}
	}
	h.fail("nothing disturbs this plan of %s: %s", p.name, said.Errors())
}

// disturb has the middlebox disturb what follows. What it returns are the objects that people have changed amid it.
func (h *history) disturb(d disturbance) (theirs func() []string) {
	var touched []string
	h.box.watch()
	switch {
	case d.kill:
		h.box.die(d.at)
	case d.fault != nil:
		h.box.strike(d.at, d.fault)
	case d.amid != nil:
		calls := 0
		h.box.setBefore(func() {
			if calls++; calls == d.at+1 {
				before := h.read()
				h.people(d.amid)
				touched = changed(before, h.read())
			}
		})
	}
	return func() []string { return touched }
}

// carryOut applies everything, as core does: what fails keeps nothing else from being done.
func (h *history) carryOut(changes []change, d disturbance) (failed bool) {
	h.walk()
	h.known = nil
	for _, c := range slices.Backward(changes) {
		if c.destroys {
			failed = h.carryOutOne(c, d) || failed
		}
	}
	for _, c := range changes {
		if !c.destroys {
			failed = h.carryOutOne(c, d) || failed
		}
	}
	return failed
}

func (h *history) carryOutOne(c change, d disturbance) (failed bool) {
	var applied acctest.Step
	if c.replaces {
		h.rare.Count("replacement of what is tainted")
		applied = c.ReplaceInWalk(c.planned, len(h.events)%2 == 0)
	} else {
		applied = c.ApplyInWalk(c.planned)
	}
	if !applied.Failed() {
		if c.destroys {
			c.Forget()
		}
		return false
	}
	h.mayFail(c, applied, d)
	if d.kill {
		h.rare.Count("provider killed amid an apply")
		if c.State, c.Private = c.before, nil; c.before.IsNull() || c.replaces {
			c.Forget()
		}
	}
	if c.State.IsNull() && c.plain() && c.wanted {
		h.adopt(c.piece)
	}
	return true
}

// adopt imports what a failed create has left behind, as the error at the next one says.
func (h *history) adopt(p *piece) {
	if _, there := h.read()[p.key]; !there {
		return
	}
	h.rare.Count("import of what was lost")
	h.box.calm()
	h.box.live()
	h.box.strike(0, nil)
	p.Reconfigure()
	if imported := p.Import(p.imported); imported.Failed() {
		h.fail("%s should be imported: %s", p.name, imported.Errors())
	}
}

// mayFail ends the history unless an apply may fail like that: when something disturbs it; when an object of the
// configuration is changed by another one's apply after the plan; when it would let a device in.
func (h *history) mayFail(c change, applied acctest.Step, d disturbance) {
	said := applied.Errors()
	inconsistent := strings.Contains(said, "Provider produced inconsistent")
	if inconsistent && (!strings.Contains(said, "inconsistent final plan") || !c.before.IsNull() && !c.replaces) {
		h.fail("core would call this a defect of %s: %s", c.name, said)
	}
	if d.any() {
		return
	}
	for _, text := range []string{
		"omebody else", "inconsistent final plan", "plan again", "Plan again", "No such enrollment group",
	} {
		if strings.Contains(said, text) {
			return
		}
	}
	if block := blocks()[c.name]; c.before.IsNull() && block != "" && h.piece(block).holds() &&
		strings.Contains(said, "exists already") {
		h.rare.Count("create of what a block has made, which is to be imported")
		return
	}
	h.fail("nothing disturbs this apply of %s: %s", c.name, said)
}

// onlyAsShown ends the history when something was enabled or deleted that no plan showed.
func (h *history) onlyAsShown(changes []change, before, after map[string]fact, theirs []string) {
	for _, name := range changed(before, after) {
		if slices.Contains(theirs, name) {
			continue
		}
		enabled := after[name].status == "enabled" && before[name].status != "enabled"
		removed := after[name].status == ""
		remade := !removed && before[name].status != "" && strings.HasPrefix(name, "identity ") &&
			generation(before[name]) != generation(after[name])
		shown := slices.ContainsFunc(changes, func(c change) bool {
			return (!enabled || c.may.enables(name)) && (!removed && !remade || c.may.removes(name))
		})
		if (enabled || removed || remade) && !shown {
			h.fail("%s was %q and is %q, which no plan showed", name, before[name], after[name])
		}
	}
}

func generation(f fact) string {
	_, rest, _ := strings.Cut(f.whole, `"generationId":"`)
	id, _, _ := strings.Cut(rest, `"`)
	return id
}

// remember notes what new blocks found, and judges what restoring has made of it.
func (h *history) remember(changes []change, before, after map[string]fact, disturbed bool) {
	for _, c := range changes {
		switch {
		case c.plain():
		case disturbed, c.destroys: // Forgetting a block restores nothing, whatever its settings asked for.
			c.was = map[string]fact{}
		case c.before.IsNull() && !c.State.IsNull():
			h.foundAll(c.piece, before, after, c.may)
		case c.restoring() && !c.planned.Planned.Equal(c.before):
			h.asItWas(c.piece, after)
		}
	}
}

// asItWas ends the history unless all that a block found is so again.
func (h *history) asItWas(p *piece, after map[string]fact) {
	for name, found := range p.was {
		h.rare.Count("restored exactly")
		if now := after[name]; now != found {
			h.fail("%s has restored %s to %q, and found %q", p.name, name, now, found)
		}
	}
	p.was = map[string]fact{}
}

// settles ends the history unless the next plan is empty.
func (h *history) settles() {
	changes, planned := h.plan()
	if !planned {
		h.fail("the second plan should be empty, and not refused")
	}
	for _, c := range changes {
		if c.destroys || c.Changes(c.planned) {
			h.fail("the second plan should be empty, but %s changes:\n%s", c.name,
				strings.Join(acctest.Differences(c.State, c.planned.Planned), "\n"))
		}
	}
	h.rare.Count("apply after which nothing is left to do")
	h.claims()
}

// refresh reads everything, which writes nothing.
func (h *history) refresh() {
	h.Emulator.ClearJournal()
	h.walk()
	for _, p := range h.pieces {
		if refreshed := p.Refresh(); refreshed.Failed() {
			h.fail("nothing disturbs this refresh of %s: %s", p.name, refreshed.Errors())
		}
	}
	if writes := h.Writes(); len(writes) > 0 {
		h.fail("a refresh writes nothing, but: %v", writes)
	}
	h.claims()
}

// claims ends the history when a state says blocked, just refreshed, and the device gets in.
func (h *history) claims() {
	for _, p := range h.pieces {
		if p.plain() || p.State.IsNull() {
			continue
		}
		access := p.Attribute("access")
		h.rare.Count(p.name + ": " + access)
		if access != "blocked" || p.name == "group-block" && h.ownEntry {
			continue
		}
		device := h.dev
		if p.name == "own-block" {
			device = h.own
		}
		if outcome, err := device.Register(h.Context()); err != nil || outcome.Admitted() {
			h.fail("%s says blocked, and DPS lets the device in: %s %v", p.name, outcome, err)
		}
		if h.known != nil { // Its record tells of the try; whatever else it came to fails the history.
			h.known = maps.Clone(h.known)
			h.readRecord(h.known, device.RegistrationID())
		}
		for _, hub := range historyHubs() {
			if device.Connects(hub) {
				h.fail("%s says blocked, and the device connects to %s", p.name, hub)
			}
		}
	}
}
