// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// A hub that the configuration, the group or the provider block names, and that cannot be asked, may let devices in,
// wherever their records say that they are: DPS had moved this one out of such a hub, and left its identity there.
func TestGroupDisallow_hubThatCannotBeAskedMayLetADeviceIn(t *testing.T) {
	t.Parallel()
	for name, names := range map[string]func(p plant) map[string]any{
		"named by the configuration": func(p plant) map[string]any {
			return map[string]any{"additional_iothub_hostnames": []string{p.Hostname("west")}}
		},
		"named by the group": func(p plant) map[string]any {
			if err := p.Emulator.SetLinkedHubs("north", "west"); err != nil {
				p.T.Fatal(err)
			}
			p.SetGroup(groupID, func(g *azdps.EnrollmentGroup) {
				g.IoTHubs = []string{p.Hostname("north"), p.Hostname("west")}
			})
			return nil
		},
		"named by the provider block, with another hub's key": func(p plant) map[string]any {
			_, key, _ := strings.Cut(p.Emulator.Hub("north").ConnectionString(), "SharedAccessKey=")
			own, _, _ := strings.Cut(p.Emulator.Hub("west").ConnectionString(), "SharedAccessKey=")
			p.knows("north", own+"SharedAccessKey="+key)
			return nil
		},
	} {
		for _, action := range []string{"disable", "keep"} {
			t.Run(name+", "+action, func(t *testing.T) {
				t.Parallel()
				w := acctest.NewWorld(t, acctest.Hubs("north", "west"))
				w.AddGroup(groupID, w.Intermediate)
				p := plant{World: w}.with("sensor-001", "west")
				p.link("north")
				p.device("sensor-001").MustRegister()
				p.SetIdentityStatus("north", "sensor-001", "disabled") // So that keeping it is enough in north.
				p.knows("north", "")
				p.staysOpenInWest(names(p), action)
			})
		}
	}
}

// knows has the provider block name a hub, and one more by its connection string.
func (p plant) knows(hub, more string) {
	p.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", p.Emulator.Hub(hub).ConnectionString()+"\n"+more)
}

// staysOpenInWest blocks the group, of which one device can get into the hub west, which nobody can ask.
func (p plant) staysOpenInWest(more map[string]any, action string) {
	p.T.Helper()
	o := p.NewObject(resourceType)
	settings := p.settings(more)
	settings["hub_identity_action"] = action
	config := o.Config(settings)
	warned := o.MustApply(config).Warnings()
	acctest.MustSay(p.T, warned, "Cannot read devices of enrollment group", p.Hostname("west"))
	open := map[string]string{
		"access": "partially_blocked", "hubs.north": "1: 1 disabled", "hubs.west": "0: 1 unreachable", "pending_count": "0",
	}
	p.expect(o.State, open)
	if !p.device("sensor-001").Connects("west") {
		p.T.Fatal("the device should get in: what is said of it would be nothing special")
	}
	o.MustSettle(config)
	p.expect(o.State, open)

	p.knows("north", p.Emulator.Hub("west").ConnectionString())
	o.MustRefresh()
	p.expect(o.State, map[string]string{"access": "partially_blocked"})
	p.SetIdentityStatus("west", "sensor-001", "disabled")
	o.MustRefresh()
	p.expect(o.State, map[string]string{"access": "blocked"})
	p.device("sensor-001").MustBeOut("west")
}

// Of a group that nobody ever registered through no hub need be asked, and none of a restored one need answer.
func TestGroupDisallow_hubThatCannotBeAskedIsNoMatterWhereNobodyMayBe(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t, acctest.Hubs("north", "west"))
	w.AddGroup(groupID, w.Intermediate)
	p := plant{World: w}
	o, _ := p.blocked(nil)
	p.Fail(p.Hostname("west"), http.MethodPost, "/devices/query", http.StatusForbidden, 0)
	if warned := o.MustRefresh().Warnings(); warned != "" {
		t.Errorf("warned: %s", warned)
	}
	p.expect(o.State, map[string]string{"access": "blocked", "hubs.west": "none"})

	p.setGroup("enabled")
	p = p.with("sensor-001", "north")
	o.MustRefresh()
	o.MustApply(o.Config(p.settings(nil)))
	p.expect(o.State, map[string]string{"access": "partially_blocked", "hubs.west": "0: 1 unreachable"})
	restored := o.Config(p.settings(map[string]any{"desired_access": "restored"}))
	o.MustApply(restored)
	o.MustSettle(restored)
	p.expect(o.State, map[string]string{"access": "allowed", "hubs.west": "none"})
}

// A hub whose answer names no device has not said which ones it lets in.
func TestGroupDisallow_answerThatNamesNoDeviceSaysNothing(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t, acctest.Hubs("north", "west"))
	w.AddGroup(groupID, w.Intermediate)
	p := plant{World: w}.with("sensor-001", "west")
	p.link("north")
	p.device("sensor-001").MustRegister()
	p.Emulator.AddFault(emulator.Fault{
		Host: p.Hostname("west"), Path: regexp.MustCompile("^/devices/query$"), Status: http.StatusOK, Body: "[{}]",
	})
	o := p.NewObject(resourceType)
	applied := o.MustApply(o.Config(p.settings(nil)))
	acctest.MustSay(t, applied.Warnings(), p.Hostname("west"), "A row of the hub's answer names no device.")
	p.expect(o.State, map[string]string{"access": "partially_blocked", "hubs.west": "0: 1 unreachable"})
	if !p.device("sensor-001").Connects("west") {
		t.Error("the device should get in: what is said of it would be nothing special")
	}
}
