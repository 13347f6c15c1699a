// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// astrayPlant has one device, in the hub north, which is the only one that the provider knows.
func astrayPlant(t *testing.T) plant {
	t.Helper()
	w := acctest.NewWorld(t, acctest.Hubs("north", "south"))
	w.AddGroup(groupID, w.Intermediate)
	w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", w.Emulator.Hub("north").ConnectionString())
	return plant{World: w}.with("sensor-001", "north")
}

// movesUnseen has somebody open the group, the device go to the hub that the provider does not know, and the group be
// shut again. A try that is refused then takes that hub out of the record. The identity in north stays.
func (p plant) movesUnseen() {
	p.T.Helper()
	p.Clock.Advance(time.Minute)
	p.setGroup("enabled")
	p.link("south")
	p.device("sensor-001").MustRegister()
	p.setGroup("disabled")
	p.device("sensor-001").MustBeRefused()
	if !p.device("sensor-001").Connects("south") {
		p.T.Fatal("the device should be in the hub that nobody knows")
	}
}

// A group that was opened before it was deleted may have put a device anywhere, and its record does not tell.
func TestGroupDisallow_groupThatWasOpenedAndDeletedMayHaveMovedADevice(t *testing.T) {
	t.Parallel()
	p := astrayPlant(t)
	o, config := p.blocked(nil)
	p.expect(o.State, map[string]string{"access": "blocked"})
	p.movesUnseen()
	if err := p.DPS.DeleteEnrollmentGroup(p.Context(), groupID, nil); err != nil {
		t.Fatal(err)
	}
	acctest.MustSay(t, o.MustRefresh().Warnings(), "Whereabouts of devices are not known", "sensor-001")
	unplaced := map[string]string{"group_status": "absent", "access": "partially_blocked", "unplaced_count": "1"}
	p.expect(o.State, unplaced)
	o.MustSettle(config)
	p.expect(o.State, unplaced)
}

// Also where an apply had come to no end that knew the device's hub when it shut the group.
func TestGroupDisallow_groupThatWasOpenedBetweenSlicesMayHaveMovedADevice(t *testing.T) {
	t.Parallel()
	p := astrayPlant(t)
	o := p.NewObject(resourceType)
	config := o.Config(p.settings(nil))
	planned := o.MustPlan(config)
	p.Fail(p.Hostname("north"), http.MethodGet, "^/devices/", http.StatusUnauthorized, 0)
	if applied := o.Apply(planned); !applied.Failed() {
		t.Fatal("the device cannot have been read")
	}
	p.Emulator.ClearFaults()
	o.Tainted = false
	p.movesUnseen()
	o.MustRefresh()
	o.MustApply(config)
	p.expect(o.State, map[string]string{
		"hubs.north": "1: 1 disabled", "access": "partially_blocked", "unplaced_count": "1",
	})
	o.MustSettle(config)
}

// Of a device that may be anywhere, an identity that is found and disabled again says nothing new.
func TestGroupDisallow_deviceThatMayBeAnywhereIsNotPlacedByAnIdentityThatIsDisabledAgain(t *testing.T) {
	t.Parallel()
	p := astrayPlant(t)
	o, config := p.blocked(nil)
	p.movesUnseen()
	p.SetIdentityStatus("north", "sensor-001", "enabled")
	o.MustRefresh()
	o.MustApply(config)
	p.expect(o.State, map[string]string{
		"hubs.north": "1: 1 disabled", "access": "partially_blocked", "unplaced_count": "1",
	})
	o.MustSettle(config)
	config = o.Config(p.settings(map[string]any{"additional_iothub_hostnames": []string{p.Hostname("north")}}))
	o.MustApply(config)
	p.expect(o.State, map[string]string{"access": "blocked", "unplaced_count": "0"}) // By the user's word.
	o.MustSettle(config)
}

// A record keeps the spelling of a device's first try, and its hub that of the one by which it was let in.
func TestGroupDisallow_driftOfADeviceThatItsRecordSpellsOtherwiseIsSeen(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 0)
	p.setGroup("disabled")
	p.NewDevice("pump-1").MustBeRefused()
	p.setGroup("enabled")
	p = p.with("PUMP-1", "north")
	o, config := p.blocked(nil)
	p.expect(o.State, map[string]string{"access": "blocked", "hubs.north": "1: 1 disabled"})
	p.SetIdentityStatus("north", "PUMP-1", "enabled")
	o.MustRefresh()
	p.expect(o.State, map[string]string{"access": "partially_blocked", "hubs.north": "1: 1 enabled"})
	o.MustApply(config)
	p.mustBeOut()
	o.MustSettle(config)
}

// What a hub was found to let in that bears the name of a device stands while that hub cannot be asked.
func TestGroupDisallow_identityLeftInAHubThatCannotBeAskedIsNotForgotten(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t, acctest.Hubs("north", "south"))
	w.AddGroup(groupID, w.Intermediate)
	p := plant{World: w}.with("sensor-001", "south")
	p.link("north")
	p.device("sensor-001").MustRegister()
	o, _ := p.blocked(nil)
	p.expect(o.State, map[string]string{"access": "partially_blocked"})
	p.Fail(p.Hostname("south"), http.MethodPost, "/devices/query", http.StatusUnauthorized, 0)
	for range 2 {
		acctest.MustSay(t, o.MustRefresh().Warnings(), "Cannot read devices of enrollment group",
			p.Hostname("south")+": sensor-001")
		p.expect(o.State, map[string]string{"access": "partially_blocked"})
	}
	if !p.device("sensor-001").Connects("south") {
		t.Error("the device should be in the hub that cannot be asked")
	}
	p.Emulator.ClearFaults()
	p.SetIdentityStatus("south", "sensor-001", "disabled")
	o.MustRefresh()
	p.expect(o.State, map[string]string{"access": "blocked"})
}
