// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// identity is one identity as attributes name it.
func (f fleet) identity(hub, deviceID string) string { return f.Hostname(hub) + "/" + deviceID }

// hasIdentities fails the test unless hub_identities of a value is exactly this.
func hasIdentities(t testing.TB, value tftypes.Value, wanted map[string]string) {
	t.Helper()
	told := acctest.Members(value, "hub_identities")
	if !maps.Equal(told, wanted) {
		t.Errorf("hub_identities should be %v, not %v", wanted, told)
	}
}

// lets tells whether a hub accepts the device under a name.
func (f fleet) lets(hub, deviceID string) bool {
	f.T.Helper()
	connection, err := f.device.Connect(f.Context(), f.Hostname(hub), deviceID)
	if err != nil {
		f.T.Fatal(err)
	}
	return connection.Accepted
}

// stillConnects fails the test unless a hub accepts the device under a name: a test of what must not be called blocked
// proves nothing otherwise.
func (f fleet) stillConnects(hub, deviceID string) {
	f.T.Helper()
	if !f.lets(hub, deviceID) {
		f.T.Fatalf("%s should let %s in: this test proves nothing", hub, deviceID)
	}
}

// rename has the operator give the device another name in its entry, and the device register under it. Its former
// identity stays in the hub.
func (f fleet) rename(deviceID string) {
	f.T.Helper()
	f.SetEntry(stolenID, func(e *azdps.IndividualEnrollment) { e.DeviceID = &deviceID })
	f.deleteRecord()
	f.device.MustRegister()
}

// link has DPS assign devices to these hubs.
func (f fleet) link(hubs ...string) {
	f.T.Helper()
	if err := f.Emulator.SetLinkedHubs(hubs...); err != nil {
		f.T.Fatal(err)
	}
}

// isOpen fails the test unless a hub lets the device in, or when the block calls that blocked.
func (f fleet) isOpen(o *acctest.Object, hub string) {
	f.T.Helper()
	f.stillConnects(hub, stolenID)
	if got := o.Attribute("access"); got == "blocked" {
		f.T.Errorf("access is %s, and %s lets the device in", got, hub)
	}
}

// sendTo has the operator enable the entry for a moment, with one hub as its target, and the device move there.
func (f fleet) sendTo(hub string) {
	f.T.Helper()
	status := azdps.StatusEnabled
	f.SetEntry(stolenID, func(e *azdps.IndividualEnrollment) {
		e.ProvisioningStatus, e.IoTHubs = &status, []string{f.Hostname(hub)}
	})
	if outcome := f.device.MustRegister(); outcome.AssignedHub != f.Hostname(hub) {
		f.T.Fatalf("the device should have moved to %s, not to %s", hub, outcome.AssignedHub)
	}
}

// knowsOnly leaves the provider with the credentials of some hubs, and returns what gives it all of them again.
func (f fleet) knowsOnly(hubs ...string) (again func()) {
	f.T.Helper()
	const name = "AZUREIOT_IOTHUB_CONNECTION_STRINGS"
	all, some := f.Getenv(name), ""
	for _, hub := range hubs {
		some += f.Emulator.Hub(hub).ConnectionString() + "\n"
	}
	f.Setenv(name, some)
	return func() { f.Setenv(name, all) }
}
