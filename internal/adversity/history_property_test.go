// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"testing"

	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/provider"
)

// Random histories of people, two devices and Terraform, with an object of each kind. Whatever comes:
//
//   - nothing is enabled or deleted that the plan did not show, and plans and refreshes write nothing;
//   - after an apply that nothing disturbed the next plan is empty;
//   - whoever restores what nobody else has changed gets back exactly what there was;
//   - what says blocked, just read or applied, keeps its device out;
//   - nothing fails unless something disturbs it, or the plan would have let a device in;
//   - no secret is in state, plan or message, which the world looks for in all that was written.
//
// Each lane draws as many histories as rapid's flag -rapid.checks says, 250 by default.
func TestHistories_openAndLoseNothing(t *testing.T) {
	t.Parallel()
	rare := &acctest.Rarities{}
	acctest.Histories(t, lanes, rare, func(t *testing.T) func(*rapid.T) {
		t.Helper()
		stage := newStage(t, rare)
		return func(t *rapid.T) {
			h := stage.begin(t)
			defer h.end()
			h.prologue(t)
			for range rapid.IntRange(2, 6).Draw(t, "events") {
				h.do(drawEvent(t))
			}
		}
	})
}

// lanes are how many histories happen side by side.
const lanes = 2

// replay has a history happen again.
func replay(t *testing.T, events ...string) {
	t.Helper()
	h := newStage(t, &acctest.Rarities{}).begin(t)
	defer h.end()
	for _, event := range events {
		h.do(event)
	}
}

// stage is where the histories of a lane happen, one after another, each with a plant of its own in a world that is
// empty again: to start an emulator for each would take most of the time. The two devices and their connections, in
// whose handshakes they have shown their certificates, stay.
type stage struct {
	scene

	own     *acctest.Device
	objects []*acctest.Object
	rare    *acctest.Rarities
}

func newStage(t *testing.T, rare *acctest.Rarities) *stage {
	t.Helper()
	// All else holds each exchange against the specifications, which takes a good part of the time of a history.
	unobserved := acctest.Emulate(func(o *emulator.Options) { o.Observe = nil })
	s := &stage{scene: newScene(t, unobserved), rare: rare}
	s.own = s.NewDevice("own")
	// Behind the middlebox the provider meets the services without connections, which all else has: what is looked at
	// here is what it asks for, and when.
	throughBox, services := s.Adjust, &http.Client{Transport: s.Emulator.Transport()}
	s.Adjust = func(o *provider.Options) {
		o.HTTPClient = func(*x509.CertPool) *http.Client { return services }
		throughBox(o)
	}
	first := s.NewObject(individualType)
	s.objects = []*acctest.Object{first}
	for _, kind := range []string{groupType, identityType, disallowType, disallowType, groupDisallowType} {
		s.objects = append(s.objects, first.Beside(kind))
	}
	return s
}

func (s *stage) begin(t verdict) *history {
	if err := s.Emulator.Reset(); err != nil {
		t.Fatalf("%v", err)
	}
	h := &history{verdict: t, scene: s.scene, dev: s.device, own: s.own, rare: s.rare}
	if err := h.Emulator.SetLinkedHubs(historyHubs()...); err != nil {
		h.fail("%v", err)
	}
	h.pieces = s.pieces(h)
	return h
}

// end leaves the middlebox as others find it.
func (h *history) end() {
	h.box.calm()
	h.box.live()
	h.box.strike(0, nil)
	h.box.setBefore(nil)
}

// prologue is a plant that is there before anybody blocks anything.
func (h *history) prologue(t *rapid.T) {
	for _, name := range []string{"entry", "group", "identity"} {
		if oneOf(t, name, "managed", "managed", "managed", "not") == "managed" {
			h.do("want " + name)
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "settings") {
		h.do(drawSetting(t))
	}
	h.do("apply")
	for _, name := range []string{"dev", "own"} {
		h.do("link " + oneOf(t, "hub", historyHubs()...))
		if oneOf(t, name, "in", "in", "new") == "in" {
			h.do("register " + name)
		}
	}
	for _, name := range []string{"block", "own-block", "group-block"} {
		if oneOf(t, name, "blocked", "not") == "blocked" {
			h.do("want " + name)
		}
	}
	h.do("apply")
}

// oneOf draws a word.
func oneOf(t *rapid.T, label string, words ...string) string {
	return rapid.SampledFrom(words).Draw(t, label)
}

func drawEvent(t *rapid.T) string {
	call := func(most int) string { return fmt.Sprint(rapid.IntRange(0, most).Draw(t, "call")) }
	switch kind := oneOf(t, "event", "apply", "apply", "apply", "people", "people", "late", "amid", "fault", "kill",
		"setting", "piece", "restore", "other"); kind {
	case "late":
		return "late " + drawPeople(t)
	case "amid":
		return "amid " + call(20) + " " + drawPeople(t)
	case "kill":
		return "kill " + call(20)
	case "fault":
		return "fault " + call(20) + " " + rapid.SampledFrom(faults()).Draw(t, "fault").name
	case "setting":
		return drawSetting(t)
	case "piece":
		return oneOf(t, "whether", "want", "want", "drop") + " " + oneOf(t, "piece", pieceNames()...)
	case "restore":
		return oneOf(t, "access", "restored", "restored", "blocked") + " " +
			oneOf(t, "block", "block", "own-block", "group-block")
	case "other":
		return oneOf(t, "other", "refresh", "forget "+oneOf(t, "piece", pieceNames()...))
	case "people":
		return drawPeople(t)
	default:
		return kind
	}
}

func pieceNames() []string {
	return []string{"entry", "group", "identity", "block", "own-block", "group-block"}
}

func drawSetting(t *rapid.T) string {
	return "set " + oneOf(t, "setting",
		"entry device_id", "entry edge_enabled true", "entry edge_enabled false", "entry provisioning_status disabled",
		"entry provisioning_status enabled", "entry provisioning_status",
		"group edge_enabled true", "group edge_enabled false", "group provisioning_status disabled",
		"group provisioning_status enabled", "group provisioning_status", "group delete_registrations_on_destroy true",
		"identity status disabled", "identity status enabled", "identity status", "identity edge_enabled true",
		"identity on_destroy disable", "identity on_destroy delete",
		"block hub_identity_action delete", "block hub_identity_action keep", "block hub_identity_action",
		"block enrollment_action delete", "block enrollment_action", "block reason stolen", "block delete_registration true",
		"own-block hub_identity_action delete", "own-block hub_identity_action", "own-block reason sold",
		"own-block enrollment_action delete", "own-block enrollment_action",
		"group-block hub_identity_action delete", "group-block hub_identity_action keep",
		"group-block hub_identity_action", "group-block reason lost", "group-block delete_registrations true")
}

func drawPeople(t *rapid.T) string {
	change := func(more ...string) string {
		return oneOf(t, "change", append([]string{"enable", "enable", "disable", "delete"}, more...)...)
	}
	switch kind := oneOf(t, "who", "register", "register", "link", "entry", "group", "identity"); kind {
	case "register":
		return "register " + oneOf(t, "device", "dev", "own")
	case "link":
		return "link " + oneOf(t, "hub", historyHubs()...)
	case "entry":
		return "entry " + change("make", "rewrite") + " " + oneOf(t, "device", "dev", "own")
	case "group":
		return "group " + change("rewrite")
	default:
		return "identity " + change("recall") + " " + oneOf(t, "device", "dev", "own", "pump")
	}
}
