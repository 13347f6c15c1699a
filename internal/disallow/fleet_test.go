// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

const (
	resourceType = "azureiot_dps_device_disallow"
	stolenID     = "sensor-thl-002"
	stolen       = resourceType + ".stolen"
)

// fleet is a world with an enrollment group and a device that came in through it, which is then stolen.
type fleet struct {
	*acctest.World

	device *acctest.Device
	// hub is the short name of the hub to which the device was assigned.
	hub string
}

func newFleet(t *testing.T, options ...acctest.Option) fleet {
	t.Helper()
	return unregisteredFleet(t, options...).registered()
}

// recordsOutlive lets a registration record outlive its individual enrollment, so that it goes on naming the hub.
func recordsOutlive() acctest.Option {
	return acctest.Emulate(func(o *emulator.Options) { o.Choices.DeleteKeepsRecord = true })
}

// For is the fleet for a part of the test.
func (f fleet) For(t testing.TB) fleet {
	t.Helper()
	f.World = f.World.For(t)
	return f
}

// registered is the fleet once its device has registered.
func (f fleet) registered() fleet {
	f.T.Helper()
	outcome := f.device.MustRegister()
	for _, hub := range f.Emulator.Hubs() {
		if hub.Hostname() == outcome.AssignedHub {
			f.hub = hub.Name()
		}
	}
	return f
}

// move links only the other hub to DPS and has the device register again; the returned fleet is the device there.
func (f fleet) move() fleet {
	f.T.Helper()
	for _, hub := range f.Emulator.Hubs() {
		if hub.Name() == f.hub {
			continue
		}
		f.link(hub.Name())
		return f.registered()
	}
	f.T.Fatal("there is no other hub")
	return f
}

// unregisteredFleet has the group and the device, which has not registered yet.
func unregisteredFleet(t *testing.T, options ...acctest.Option) fleet {
	t.Helper()
	w := acctest.NewWorld(t, append([]acctest.Option{acctest.Hubs("north", "south")}, options...)...)
	w.AddGroup("factory", w.Intermediate)
	return fleet{World: w, device: w.NewDevice(stolenID)}
}

// hcl is a configuration that blocks the stolen device; more are further lines of the block.
func (f fleet) hcl(more string) string {
	return fmt.Sprintf(`resource "azureiot_dps_device_disallow" "stolen" {
  registration_id       = %q
  certificate_pem       = %s
  certificate_chain_pem = %s
  reason                = "stolen from plant Thale"
  %s
}
`, stolenID, acctest.HCL(f.device.Certificate.PEM()), acctest.HCL(f.device.Certificate.ChainPEM()), more)
}

// settings are the attributes of the same configuration for a run at protocol level; more overrides or adds some.
func (f fleet) settings(more map[string]any) map[string]any {
	settings := map[string]any{"registration_id": stolenID, "reason": "stolen from plant Thale"}
	if f.device.Certificate.X509() != nil {
		settings["certificate_pem"] = f.device.Certificate.PEM()
		if chain := f.device.Certificate.ChainPEM(); chain != "" {
			settings["certificate_chain_pem"] = chain
		}
	}
	return acctest.Changed(settings, more)
}

// object is a block of the stolen device at protocol level that is not there yet, with its configuration.
func (f fleet) object(more map[string]any) (*acctest.Object, tftypes.Value) {
	f.T.Helper()
	o := f.NewObject(resourceType)
	return o, o.Config(f.settings(more))
}

// bare is such a block whose configuration says nothing but the registration ID.
func (f fleet) bare() (*acctest.Object, tftypes.Value) {
	f.T.Helper()
	o := f.NewObject(resourceType)
	return o, o.Config(map[string]any{"registration_id": stolenID})
}

// planned is such a block once it is planned.
func (f fleet) planned(more map[string]any) (*acctest.Object, tftypes.Value, acctest.Step) {
	f.T.Helper()
	o, config := f.object(more)
	return o, config, o.MustPlan(config)
}

// blocked is such a block once it is applied.
func (f fleet) blocked(more map[string]any) (*acctest.Object, tftypes.Value) {
	f.T.Helper()
	o, config := f.object(more)
	o.MustApply(config)
	return o, config
}

// staysOut fails the test unless the device is out, and its block has nothing left to do.
func (f fleet) staysOut(o *acctest.Object, config tftypes.Value) {
	f.T.Helper()
	f.device.MustBeOut(f.hub)
	o.MustSettle(config)
}

// replaced is the block once the apply after one that failed has replaced it, which leaves the device blocked.
func (f fleet) replaced(o *acctest.Object, config tftypes.Value) {
	f.T.Helper()
	o.Replace(config, false).MustSucceed(f.T)
	acctest.MustRead(f.T, o.State, map[string]string{"access": "blocked"})
	f.staysOut(o, config)
}

// appliedFleet is a fleet whose device the command has blocked; more are further lines of the block.
func appliedFleet(t *testing.T, more string) (fleet, *acctest.CLI) {
	t.Helper()
	f := newFleet(t)
	c := f.NewCLI(f.hcl(more))
	c.Apply().Must(0)
	return f, c
}

// staysOutOf fails the test unless the device is out, and the command has nothing left to do.
func (f fleet) staysOutOf(c *acctest.CLI) {
	f.T.Helper()
	f.device.MustBeOut(f.hub)
	c.Plan().Must(0)
}

// restores lets the device in again.
func (f fleet) restores(o *acctest.Object) {
	f.T.Helper()
	o.MustApply(f.restoring(o))
	f.device.MustBeIn(f.hub)
}

// disableGroup has the operator disable an enrollment group.
func (f fleet) disableGroup(id string) {
	f.T.Helper()
	f.SetGroup(id, func(g *azdps.EnrollmentGroup) {
		status := azdps.StatusDisabled
		g.ProvisioningStatus = &status
	})
}

// identityStatus is the status of the device's identity in a hub as hub_identities of a value says it; "none" when it
// says nothing, and all of them when there are several.
func identityStatus(value tftypes.Value, host string) string {
	var statuses []string
	for id, status := range acctest.Members(value, "hub_identities") {
		if strings.HasPrefix(id, host+"/") {
			statuses = append(statuses, status)
		}
	}
	if len(statuses) == 0 {
		return "none"
	}
	slices.Sort(statuses)
	return strings.Join(statuses, ", ")
}
