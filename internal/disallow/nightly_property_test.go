// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
)

// Whatever people and devices do, a check that reads the list of entries and twins finds the same as one that reads
// each entry and each identity: the same state, the same private state, the same warnings.
func TestDeviceDisallow_checkByListAndTwinsFindsWhatSingleReadsFind(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t, acctest.Hubs("hub1", "hub2"))
	w.AddGroup("factory", w.Intermediate)
	c := &nightly{World: w, found: map[string]int{}}
	first := w.NewObject(resourceType)
	for _, id := range append(sensors(6), "never-1", "never-2") {
		c.devices = append(c.devices, w.NewDevice(id))
		c.blocks = append(c.blocks, block{id: id, o: first.Another()})
		c.begin(len(c.blocks) - 1)
	}
	rapid.Check(t, func(t *rapid.T) {
		touched := map[int]bool{}
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			i := rapid.IntRange(0, len(c.blocks)-1).Draw(t, "device")
			touched[i] = true
			c.change(i, rapid.SampledFrom(changes()).Draw(t, "change"))
			c.compare(t)
		}
		c.changeGroup(azdps.StatusEnabled)
		for i := range touched {
			c.begin(i)
		}
	})
	for _, what := range []string{"unchanged", "changed", "warning"} {
		if c.found[what] == 0 {
			t.Errorf("never %s, so that this proves little: %v", what, c.found)
		}
	}
	t.Logf("what was found: %v", c.found)
}

// nightly is a fleet with a block of each device.
type nightly struct {
	*acctest.World

	devices []*acctest.Device
	blocks  []block
	found   map[string]int
}

// begin blocks a device anew, with settings of its own, and as if nothing had been.
func (c *nightly) begin(i int) {
	b := &c.blocks[i]
	if c.Entry(b.id) != nil {
		c.DeleteEntry(b.id)
	}
	for _, hub := range []string{"hub1", "hub2"} {
		for _, id := range []string{b.id, strings.ToUpper(b.id)} {
			if c.Identity(hub, id) != nil {
				c.DeleteIdentity(hub, id)
			}
		}
	}
	_ = c.DPS.DeleteRegistration(c.Context(), b.id, nil) // There may be none.
	if !strings.HasPrefix(b.id, "never") {
		c.devices[i].MustRegister()
	}
	settings := map[string]any{"registration_id": b.id}
	switch i {
	case 1:
		settings["hub_identity_action"] = "delete"
	case 2:
		settings["device_id"] = b.id
	case 3: // Its hubs are asked for each of its names.
		settings["registration_id"] = strings.ToUpper(b.id)
		settings["additional_iothub_hostnames"] = []string{c.Hostname("hub1"), c.Hostname("hub2")}
	}
	b.o.Forget()
	b.config = b.o.Config(settings)
	b.o.Apply(b.o.Plan(b.config)).MustSucceed(c.T)
	acctest.MustRead(c.T, b.o.State, map[string]string{"access": "blocked"})
}

// compare has all blocks checked in both ways, and goes on from what is found.
func (c *nightly) compare(t *rapid.T) {
	before := make([]acctest.Object, len(c.blocks))
	for i, b := range c.blocks {
		before[i] = *b.o
	}
	quick := c.refresh()
	quickly := make([]acctest.Object, len(c.blocks))
	for i, b := range c.blocks {
		quickly[i], *b.o = *b.o, before[i]
	}
	c.Fail("", "", "^/(twins/|enrollments/query)", http.StatusUnauthorized, 0)
	single := c.refresh()
	c.Emulator.ClearFaults()
	for i, b := range c.blocks {
		if differing := acctest.Differences(quickly[i].State, b.o.State); len(differing) > 0 {
			t.Fatalf("%s: single reads find another state:\n%s", b.id, strings.Join(differing, "\n"))
		}
		if quick[i] != single[i] {
			t.Fatalf("%s: single reads say\n%s\nnot\n%s", b.id, single[i], quick[i])
		}
		if string(quickly[i].Private) != string(b.o.Private) {
			t.Fatalf("%s: single reads remember\n%s\nnot\n%s", b.id, b.o.Private, quickly[i].Private)
		}
		c.count(single[i], before[i].State.Equal(b.o.State))
	}
}

func (c *nightly) count(said string, same bool) {
	switch {
	case said != "":
		c.found["warning"]++
	case same:
		c.found["unchanged"]++
	default:
		c.found["changed"]++
	}
}

// refresh refreshes all blocks in one walk and returns what is said of each.
func (c *nightly) refresh() []string {
	var said []string
	c.blocks[0].o.Reconfigure()
	for _, b := range c.blocks {
		step := b.o.Refresh()
		said = append(said, step.Errors()+step.Warnings())
	}
	return said
}

// changes are what may happen to a device, or to the fleet.
func changes() []string {
	return []string{
		"nothing", "enable entry", "enable and disable entry", "delete entry", "touch entry", "enable identity",
		"touch identity", "delete identity", "remake identity", "identity elsewhere", "identity of the other letter case",
		"try", "let in", "delete record", "disable group",
	}
}

// change has something happen to a device, where it can.
func (c *nightly) change(i int, what string) {
	id := c.blocks[i].id
	switch what {
	case "try":
		_, _ = c.devices[i].Register(c.Context())
	case "delete record":
		_ = c.DPS.DeleteRegistration(c.Context(), id, nil) // There may be none.
	case "disable group":
		c.changeGroup(azdps.StatusDisabled)
	case "identity of the other letter case":
		c.addIdentity("hub1", strings.ToUpper(id))
		c.addIdentity("hub2", strings.ToUpper(id))
	case "let in":
		if c.Entry(id) != nil {
			c.DeleteEntry(id)
		}
		c.changeGroup(azdps.StatusEnabled)
		c.devices[i].MustRegister()
	default:
		if c.Entry(id) != nil {
			c.changeEntry(id, what)
		}
		for _, hub := range []string{"hub1", "hub2"} {
			c.changeIdentity(hub, id, what)
		}
	}
}

func (c *nightly) changeGroup(status string) {
	c.SetGroup("factory", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = &status })
}

func (c *nightly) changeEntry(id, what string) {
	switch what {
	case "enable entry":
		c.SetEntryStatus(id, "enabled")
	case "enable and disable entry":
		c.SetEntryStatus(id, "enabled")
		c.SetEntryStatus(id, "disabled")
	case "touch entry":
		c.SetEntry(id, func(e *azdps.IndividualEnrollment) { e.IoTHubs = []string{c.Hostname("hub2")} })
	case "delete entry":
		c.DeleteEntry(id)
	}
}

func (c *nightly) changeIdentity(hub, id, what string) {
	stands := c.Identity(hub, id) != nil
	switch {
	case what == "identity elsewhere":
		c.addIdentity(hub, id)
	case !stands:
	case what == "enable identity":
		c.SetIdentityStatus(hub, id, "enabled")
	case what == "touch identity":
		c.SetIdentity(hub, id, func(d *aziothub.Device) { d.StatusReason = new("looked at") })
	case what == "delete identity":
		c.DeleteIdentity(hub, id)
	case what == "remake identity":
		c.DeleteIdentity(hub, id)
		c.addIdentity(hub, id)
	}
}

func (c *nightly) addIdentity(hub, id string) {
	if c.Identity(hub, id) == nil {
		c.AddIdentity(hub, id, func(d *aziothub.Device) { d.Status = aziothub.StatusDisabled })
	}
}
