// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// managed is a row of the table of resources.
type managed struct {
	typeName, title string
	// object is what a diagnostic names, imported the ID of the object for an import.
	object, imported string
	// before is what operations have done.
	before func(s scene)
	// first and changed are configurations.
	first, changed func(s scene) map[string]any
	// rival is what somebody else applies at the same time; nil where that is another row's matter.
	rival func(s scene) map[string]any
	// drift is what a refresh finds, and what the next apply undoes or keeps.
	drift func(s scene)
	// facts are attributes as the services have them; none of an object that is gone.
	facts func(s scene) map[string]string
	// device has the scene's try to get in before each call; once out it stays out, but for the verbs that let it in.
	device bool
	letsIn []string
	// verbs are those of the row; all by default.
	verbs []string
	// stays says that a destroy changes nothing in Azure.
	stays bool
}

func (m managed) face() face {
	f := face{kind: ofResource, typeName: m.typeName, title: "resource " + m.typeName + " " + m.title}
	for _, name := range []string{"create", "read", "update", "delete", "import"} {
		if !m.does(name) {
			continue
		}
		f.verbs = append(f.verbs, verb{name: name, begin: func(t *testing.T) attempt {
			t.Helper()
			return m.begin(t, name)
		}})
	}
	return f
}

// does tells whether the row is of a verb.
func (m managed) does(verb string) bool { return len(m.verbs) == 0 || slices.Contains(m.verbs, verb) }

// eachVerb has each face do each verb that writes, watched and disturbed by nothing, before more is made of it.
func eachVerb(t *testing.T, faces []managed, then func(t *testing.T, calm *managedAttempt)) {
	t.Helper()
	for _, m := range faces {
		for _, verb := range []string{"create", "update", "delete"} {
			if !m.does(verb) {
				continue
			}
			t.Run(m.typeName+" "+m.title+" "+verb, func(t *testing.T) {
				t.Parallel()
				then(t, m.rehearsed(t, verb))
			})
		}
	}
}

// rehearsed is an attempt that went well, with the calls that it made.
func (m managed) rehearsed(t *testing.T, verb string) *managedAttempt {
	t.Helper()
	calm := m.begin(t, verb)
	calm.at.box.watch()
	calm.run().MustSucceed(t)
	return calm
}

// eachCall tests something at each call that the attempt made.
func (a *managedAttempt) eachCall(t *testing.T, then func(t *testing.T, at int)) {
	t.Helper()
	for at := range a.at.box.noted() {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			t.Parallel()
			then(t, at)
		})
	}
}

// begin brings an object to where a verb starts.
func (m managed) begin(t *testing.T, verb string) *managedAttempt {
	t.Helper()
	s := newScene(t)
	if m.before != nil {
		m.before(s)
	}
	a := &managedAttempt{managed: m, verb: verb, at: s, Object: s.NewObject(m.typeName)}
	if m.device && !slices.Contains(m.letsIn, verb) {
		a.door = &door{device: s.device, t: t}
		if m.stays {
			a.door.hubs = []string{"north", "south"}
		}
	}
	a.wanted = a.Config(m.first(s))
	if verb != "create" {
		a.MustApply(a.wanted)
	}
	switch verb {
	case "read":
		m.drift(s)
	case "update":
		a.wanted = a.Config(m.changed(s))
	case "import":
		a.Forget()
	}
	if a.door != nil {
		s.box.before = a.door.try
	}
	a.Reconfigure()
	return a
}

// managedAttempt is one verb of a resource.
type managedAttempt struct {
	managed
	*acctest.Object

	verb   string
	at     scene
	wanted tftypes.Value
	door   *door
	// planned is how many calls there were when the plan was made.
	planned int
	// lost says that core may have lost the state, stopped that it goes no further than to a plan.
	lost, stopped bool
}

func (a *managedAttempt) scene() scene  { return a.at }
func (a *managedAttempt) about() string { return a.object }

func (a *managedAttempt) run() acctest.Step {
	switch a.verb {
	case "read":
		return a.Refresh()
	case "import":
		return a.Import(a.address())
	case "delete":
		return a.refreshAndApply(a.Nothing())
	default:
		return a.refreshAndApply(a.wanted)
	}
}

// address is the ID for an import, in which a hub is named in short.
func (a *managedAttempt) address() string {
	return strings.Replace(a.imported, "north/", a.at.Hostname("north")+"/", 1)
}

func (a *managedAttempt) refreshAndApply(config tftypes.Value) acctest.Step {
	said := a.Refresh()
	if said.Failed() {
		return said
	}
	planned := a.Plan(config)
	planned.Diagnostics = append(said.Diagnostics, planned.Diagnostics...)
	if planned.Failed() || a.stopped {
		return planned
	}
	a.planned = len(a.at.box.noted())
	applied := a.Apply(planned)
	applied.Diagnostics = append(planned.Diagnostics, applied.Diagnostics...)
	return applied
}

// finish has Terraform run again without a fault: state and services agree, what was wanted is so, and the second plan
// is empty.
func (a *managedAttempt) finish(said acctest.Step) {
	a.at.T.Helper()
	a.Reconfigure() // A walk that was stopped is over.
	if a.verb == "delete" {
		a.finishDelete()
		return
	}
	lost := a.lost || a.verb == "import" || a.at.box.denied() || strings.Contains(said.Errors(), "import {")
	if a.State.IsNull() && lost && a.facts(a.at) != nil && a.imported != "" {
		a.MustImport(a.address())
	}
	a.MustRefresh()
	a.mustAgree()
	if a.Tainted {
		a.Replace(a.wanted, false).MustSucceed(a.at.T)
	} else {
		a.MustApply(a.wanted)
	}
	a.MustSettle(a.wanted)
	a.mustAgree()
	if a.door == nil {
		return
	}
	if a.stays && (a.lost || a.at.box.denied()) && a.Attribute("access") == "partially_blocked" {
		a.door.hubs = nil // Where the device is was hidden by a service, or forgotten with the state: nothing is promised.
	}
	a.door.mustBeShut()
}

func (a *managedAttempt) finishDelete() {
	a.at.T.Helper()
	if !a.State.IsNull() {
		a.MustRefresh()
		a.mustAgree()
		a.MustDestroy()
	}
	if facts := a.facts(a.at); facts != nil && !a.stays && !a.at.box.denied() {
		a.at.T.Errorf("it should be gone: %v", facts)
	}
	if a.door != nil && a.stays {
		a.door.mustBeShut()
	}
}

// mustAgree fails the test when a state that was just refreshed says something else than the services.
func (a *managedAttempt) mustAgree() {
	a.at.T.Helper()
	facts := a.facts(a.at)
	switch {
	case a.State.IsNull() && facts != nil && a.verb != "create" && !a.stays && !a.at.box.denied():
		a.at.T.Errorf("it is there, and not in the state: %v", facts)
	case !a.State.IsNull():
		acctest.MustRead(a.at.T, a.State, facts)
	}
}

// door is what a device tries, which once refused must stay refused.
type door struct {
	device *acctest.Device
	t      testing.TB
	shut   bool
	// hubs are those in which it must be out in the end.
	hubs []string
}

// try has the device register, and connect to where it was assigned.
func (d *door) try() {
	outcome, err := d.device.Register(d.t.Context())
	if err != nil {
		d.t.Errorf("the device cannot try: %v", err)
		return
	}
	if d.shut && outcome.Admitted() {
		d.t.Errorf("the device was shut out, and got in again: %s", outcome)
	}
	d.shut = !outcome.Admitted()
}

// mustBeShut fails the test when the device gets in somewhere.
func (d *door) mustBeShut() {
	d.t.Helper()
	d.device.MustBeRefused()
	for _, hub := range d.hubs {
		d.device.MustBeOut(hub)
	}
}
