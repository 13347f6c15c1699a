// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
)

// Random histories of people, three devices and Terraform, judged by the devices themselves. Whatever comes: when the
// state says blocked, just refreshed or applied, no device gets in anywhere; core never finds an outcome inconsistent;
// after an apply that succeeded the next plan is empty; and nothing is written by plans and refreshes.
func TestGroupDisallow_claimsOnlyWhatTheDevicesBearOut(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t, acctest.Hubs("north", "south"))
	o, number := w.NewObject(resourceType), 0
	rapid.Check(t, func(t *rapid.T) {
		number++
		h := &history{T: t, plant: plant{World: w}, o: o, group: fmt.Sprintf("factory-%d", number), more: map[string]any{}}
		h.begin(number)
		defer h.end()
		for range rapid.IntRange(3, 9).Draw(t, "events") {
			h.do(rapid.SampledFrom(events()).Draw(t, "event"), rapid.IntRange(0, len(h.devices)-1).Draw(t, "device"))
		}
	})
}

// history is one of them. Its group is gone when it ends: the next one has another.
type history struct {
	*rapid.T
	plant

	o     *acctest.Object
	group string
	more  map[string]any
	// forgotten says that only the state remembers some device: its record is deleted, or another entry's.
	forgotten bool
}

func events() []string {
	return []string{
		"apply", "apply", "apply", "refresh", "stale apply", "lose the state", "lose the memory", "replace",
		"register", "register", "move", "enable identity", "disable identity", "delete identity", "other reason",
		"open group", "shut group", "own entry", "shut own entry", "no own entry",
		"disable", "delete", "keep", "restore", "block", "name hubs", "records", "silent hub",
	}
}

func (h *history) begin(number int) {
	h.o.Forget()
	h.Emulator.ClearFaults()
	h.AddGroup(h.group, h.Intermediate)
	for i := range 3 {
		h.link([]string{"north", "south"}[i%2])
		d := h.NewDevice(fmt.Sprintf("d%d-%d", number, i))
		h.devices = append(h.devices, d)
		if i > 0 {
			d.MustRegister()
		}
	}
}

func (h *history) end() {
	h.Emulator.ClearFaults()
	_ = h.DPS.DeleteEnrollmentGroup(h.Context(), h.group, nil)
	for _, d := range h.devices {
		d.Close()
	}
}

// do has an event happen, and judges.
func (h *history) do(event string, device int) {
	h.Clock.Advance(time.Second)
	d := h.devices[device]
	id := d.RegistrationID()
	if h.forgotten && strings.HasPrefix(event, "lose") {
		return // Of such a device nothing is known without the state.
	}
	h.forgotten = h.forgotten || event == "own entry" || event == "records"
	switch event {
	case "apply", "stale apply", "refresh", "replace", "lose the memory":
		h.terraform(event, d)
		return
	case "lose the state":
		h.o.Forget()
	case "register":
		_, _ = d.Register(h.Context())
	case "move":
		h.link([]string{"north", "south"}[device%2])
	case "open group", "shut group":
		h.SetGroup(h.group, func(g *azdps.EnrollmentGroup) {
			g.ProvisioningStatus = new(map[bool]string{true: "enabled", false: "disabled"}[event == "open group"])
		})
	case "own entry", "shut own entry", "no own entry":
		h.ownEntry(event, id)
	case "enable identity", "disable identity", "delete identity", "other reason":
		h.identity(event, id)
	case "disable", "delete", "keep":
		h.more["hub_identity_action"] = event
	case "restore", "block":
		h.more["desired_access"] = map[bool]string{true: "restored", false: "blocked"}[event == "restore"]
	case "name hubs":
		h.more["additional_iothub_hostnames"] = []string{h.Hostname("north"), h.Hostname("south")}
	case "records":
		h.more["delete_registrations"] = h.more["delete_registrations"] != true
	case "silent hub":
		h.World.Fail(h.Hostname("north"), http.MethodPost, "/devices/query", http.StatusUnauthorized, 1)
	}
}

func (h *history) ownEntry(event, id string) {
	if h.Entry(id) != nil {
		h.DeleteEntry(id)
	}
	if event != "no own entry" {
		status := map[bool]string{true: azdps.StatusEnabled, false: azdps.StatusDisabled}[event == "own entry"]
		h.addEntry(id, status)
	}
}

func (h *history) identity(event, id string) {
	for _, hub := range []string{"north", "south"} {
		if h.Identity(hub, id) == nil {
			continue
		}
		switch event {
		case "delete identity":
			h.DeleteIdentity(hub, id)
		case "other reason":
			h.SetIdentity(hub, id, func(d *aziothub.Device) {
				d.Status, d.StatusReason = aziothub.StatusDisabled, new("somebody else's")
			})
		default:
			h.SetIdentityStatus(hub, id, strings.Fields(event)[0]+"d")
		}
	}
}

// terraform does what its event says, and judges the state that comes of it.
func (h *history) terraform(event string, d *acctest.Device) {
	if event == "lose the memory" {
		h.o.Private = nil
	}
	h.o.Reconfigure()
	h.Emulator.ClearJournal()
	if refreshed := h.o.Refresh(); refreshed.Failed() {
		h.Fatalf("refresh: %s", refreshed.Errors())
	}
	h.MustNotHaveWritten()
	h.judge()
	if event == "refresh" || event == "lose the memory" {
		return
	}
	h.Emulator.ClearJournal()
	settings := map[string]any{"enrollment_group_id": h.group}
	for name, value := range h.more {
		settings[name] = value
	}
	if h.o.State.IsNull() {
		delete(settings, "desired_access") // A new block has nothing to restore.
	}
	config := h.o.Config(settings)
	planned := h.o.Plan(config)
	if planned.Failed() {
		h.Fatalf("plan: %s", planned.Errors())
	}
	h.MustNotHaveWritten()
	if event == "stale apply" {
		_, _ = d.Register(h.Context())
	}
	applied := h.o.Apply(planned)
	if strings.Contains(applied.Errors(), "inconsistent") {
		h.Fatalf("apply: %s", applied.Errors())
	}
	h.o.Tainted = false
	h.judge()
	if !applied.Failed() {
		h.settles(settings)
	}
}

// settles fails the history unless the next plan is empty.
func (h *history) settles(settings map[string]any) {
	h.o.Reconfigure()
	h.Emulator.ClearFaults()
	if refreshed := h.o.Refresh(); refreshed.Failed() {
		h.Fatalf("refresh: %s", refreshed.Errors())
	}
	planned := h.o.Plan(h.o.Config(settings))
	if planned.Failed() || h.o.Changes(planned) {
		h.Fatalf("the plan should be empty: %s %v", planned.Errors(), acctest.Differences(h.o.State, planned.Planned))
	}
	h.judge()
}

// judge fails the history when the state says blocked and a device gets in.
func (h *history) judge() {
	if h.o.State.IsNull() || h.o.Attribute("access") != "blocked" {
		return
	}
	for _, d := range h.devices {
		for _, hub := range []string{"north", "south"} {
			if d.Connects(hub) {
				h.Fatalf("the state says blocked, and %s connects to %s", d.RegistrationID(), hub)
			}
		}
		outcome, err := d.Register(h.Context())
		if err != nil || outcome.Admitted() {
			h.Fatalf("the state says blocked, and %s registers: %s %v", d.RegistrationID(), outcome, err)
		}
	}
}
