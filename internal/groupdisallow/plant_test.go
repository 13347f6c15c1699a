// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

const (
	resourceType = "azureiot_dps_enrollment_group_disallow"
	groupID      = "factory"
)

// plant is a world with an enrollment group and devices that came in through it, in two hubs.
type plant struct {
	*acctest.World

	devices []*acctest.Device
	// at are the short names of the devices' hubs.
	at []string
}

// newPlant has so many devices in the hub north, and one in south.
func newPlant(t *testing.T, north int, options ...acctest.Option) plant {
	t.Helper()
	w := acctest.NewWorld(t, append([]acctest.Option{acctest.Hubs("north", "south")}, options...)...)
	w.AddGroup(groupID, w.Intermediate)
	p := plant{World: w}
	for i := range north {
		p = p.with(fmt.Sprintf("sensor-%03d", i+1), "north")
	}
	return p.with("sensor-100", "south")
}

// with is the plant with one more device, which registers into a hub.
func (p plant) with(id, hub string) plant {
	p.T.Helper()
	p.link(hub)
	d := p.NewDevice(id)
	d.MustRegister()
	p.devices, p.at = append(p.devices, d), append(p.at, hub)
	return p
}

// link has DPS assign devices to one hub only.
func (p plant) link(hub string) {
	p.T.Helper()
	if err := p.Emulator.SetLinkedHubs(hub); err != nil {
		p.T.Fatal(err)
	}
}

// device finds a device.
func (p plant) device(id string) *acctest.Device {
	for _, d := range p.devices {
		if d.RegistrationID() == id {
			return d
		}
	}
	p.T.Fatalf("there is no device %s", id)
	return nil
}

// settings are the attributes of a configuration that blocks the group; more overrides or adds some.
func (p plant) settings(more map[string]any) map[string]any {
	return acctest.Changed(map[string]any{"enrollment_group_id": groupID, "reason": "plant sold"}, more)
}

// object is a block of the group at protocol level that is not there yet, with its configuration.
func (p plant) object(more map[string]any) (*acctest.Object, tftypes.Value) {
	p.T.Helper()
	o := p.NewObject(resourceType)
	return o, o.Config(p.settings(more))
}

// planned is such a block once it is planned.
func (p plant) planned(more map[string]any) (*acctest.Object, tftypes.Value, acctest.Step) {
	p.T.Helper()
	o, config := p.object(more)
	return o, config, o.MustPlan(config)
}

// blocked is such a block once it is applied.
func (p plant) blocked(more map[string]any) (*acctest.Object, tftypes.Value) {
	p.T.Helper()
	o, config := p.object(more)
	o.MustApply(config)
	return o, config
}

// mustBeOut fails the test unless DPS and its hub turn every device away.
func (p plant) mustBeOut() {
	p.T.Helper()
	for i, d := range p.devices {
		d.MustBeOut(p.at[i])
	}
}

// staysOut fails the test unless every device is out, and the block has nothing left to do.
func (p plant) staysOut(o *acctest.Object, config tftypes.Value) {
	p.T.Helper()
	p.mustBeOut()
	o.MustSettle(config)
}

func (p plant) groupStatus() string {
	p.T.Helper()
	group, err := p.DPS.GetEnrollmentGroup(p.Context(), groupID)
	if err != nil {
		p.T.Fatal(err)
	}
	if group.Disabled() {
		return "disabled"
	}
	return "enabled"
}

// setGroup has the operator set the group's status.
func (p plant) setGroup(status string) {
	p.T.Helper()
	p.SetGroup(groupID, func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = &status })
}

// records is how many registration records the group has.
func (p plant) records() int {
	p.T.Helper()
	count := 0
	for pager := p.DPS.NewListRegistrationsPager(groupID, nil); pager.More(); {
		page, err := pager.NextPage(p.Context())
		if err != nil {
			p.T.Fatal(err)
		}
		count += len(page.Items)
	}
	return count
}

// keyedPlant has one device, which came in through a symmetric-key group.
func keyedPlant(t *testing.T) plant {
	t.Helper()
	w := acctest.NewWorld(t, acctest.Hubs("north", "south"))
	p := plant{World: w}
	p.addKeyedGroup()
	p.link("north")
	d := w.DeviceBy("sensor-001", devicesim.DerivedKey(p.groupKeys(), "sensor-001"))
	d.MustRegister()
	p.devices, p.at = []*acctest.Device{d}, []string{"north"}
	return p
}

// addKeyedGroup makes the group with symmetric keys.
func (p plant) addKeyedGroup() {
	p.T.Helper()
	p.AddKeyedGroup(groupID, func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = new(azdps.StatusEnabled) })
}

// groupKeys is the group's primary key.
func (p plant) groupKeys() string {
	p.T.Helper()
	shown, err := p.DPS.GetEnrollmentGroupAttestation(p.Context(), groupID)
	if err != nil {
		p.T.Fatal(err)
	}
	return shown.SymmetricKey.PrimaryKey
}

// expect fails the test unless attributes of a value read as wanted; a hub's counts are "hubs.<name>".
func (p plant) expect(value tftypes.Value, wanted map[string]string) {
	p.T.Helper()
	for name, want := range wanted {
		got := p.read(value, name)
		if got != want {
			p.T.Errorf("%s should be %q, not %q", name, want, got)
		}
	}
}

func (p plant) read(value tftypes.Value, name string) string {
	p.T.Helper()
	hub, isHub := strings.CutPrefix(name, "hubs.")
	switch {
	case isHub:
		return p.counts(value, p.Hostname(hub))
	case name == "effects":
		return strings.Join(p.effects(value), "\n")
	}
	return acctest.At(p.T, value, name)
}

// counts are a hub's counts: "3: 2 enabled, 1 disabled".
func (p plant) counts(value tftypes.Value, host string) string {
	p.T.Helper()
	if _, listed := acctest.Members(value, "hubs")[host]; !listed {
		return "none"
	}
	var parts []string
	for _, name := range []string{"enabled", "disabled", "absent", "unreachable"} {
		if n := acctest.At(p.T, value, "hubs."+host+"."+name); n != "0" {
			parts = append(parts, n+" "+name)
		}
	}
	return acctest.At(p.T, value, "hubs."+host+".registered") + ": " + strings.Join(parts, ", ")
}

// effects are those of acctest, hubs and targets by their short names.
func (p plant) effects(value tftypes.Value) []string {
	short := []string{
		"dps_enrollment_group ", "group ", "iothub_device_identity ", "identities ", "dps_registration ", "records ",
	}
	for _, hub := range p.Emulator.Hubs() {
		short = append(short, hub.Hostname(), hub.Name())
	}
	lines := acctest.Effects(value)
	for i, line := range lines {
		lines[i] = strings.NewReplacer(short...).Replace(line)
	}
	slices.Sort(lines)
	return lines
}

// addEntry has the operator make a symmetric-key entry for a device.
func (p plant) addEntry(id, status string) {
	p.T.Helper()
	p.AddKeyedEntry(id, func(e *azdps.IndividualEnrollment) { e.ProvisioningStatus = &status })
}

// laggingPlant has hubs whose index still lists what was deleted an hour ago.
func laggingPlant(t *testing.T) plant {
	t.Helper()
	p := newPlant(t, 2, acctest.Emulate(func(o *emulator.Options) { o.Choices.Hub.QueryLag = time.Hour }))
	p.Clock.Advance(2 * time.Hour)
	return p
}
