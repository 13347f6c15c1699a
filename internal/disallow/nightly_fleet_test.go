// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// nightly is a fleet with a block of each device.
type nightly struct {
	*acctest.World

	// hubs are those to which devices are assigned.
	hubs    []string
	devices []*acctest.Device
	cast    []resident
	blocks  []block
	// found counts what checks have found.
	found map[string]int
}

// resident is a device of a nightly fleet, and how it is blocked.
type resident struct {
	id string
	// entry is the attestation of an entry of its own; without one the device comes in through the group.
	entry string
	// deviceID is what its entry calls it in hubs, if it does.
	deviceID string
	// never says that it has not registered before it is blocked.
	never    bool
	settings map[string]any
}

// newNightly is a fleet of every kind of device, two of whose three hubs the provider block knows.
func newNightly(t *testing.T, found map[string]int, options ...acctest.Option) *nightly {
	t.Helper()
	w := acctest.NewWorld(t, append([]acctest.Option{acctest.Hubs("hub1", "hub2", "hub3")}, options...)...)
	known := []string{w.Emulator.Hub("hub1").ConnectionString(), w.Emulator.Hub("hub2").ConnectionString()}
	w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", strings.Join(known, "\n"))
	w.AddGroup("factory", w.Intermediate)
	both := []string{w.Hostname("hub1"), w.Hostname("hub2")}
	c := &nightly{World: w, hubs: both, found: found}
	c.setFactory(azdps.StatusEnabled)
	entryGone := map[string]any{"enrollment_action": "delete"}
	allGone := map[string]any{"enrollment_action": "delete", "hub_identity_action": "delete"}
	c.cast = []resident{
		{id: "sensor-1"},
		{id: "sensor-2", settings: map[string]any{"hub_identity_action": "delete"}},
		{id: "sensor-3", settings: map[string]any{"device_id": "sensor-3"}},
		// Its hubs are asked for each of its names.
		{id: "sensor-4", settings: map[string]any{"registration_id": "SENSOR-4", "additional_iothub_hostnames": both}},
		{id: "never-1", never: true},
		{id: "never-2", never: true, settings: map[string]any{
			"registration_id": "NEVER-2", "additional_iothub_hostnames": both,
		}},
		{id: "never-3", never: true, entry: azdps.AttestationSymmetricKey},
		{id: "never-4", never: true, entry: azdps.AttestationSymmetricKey, deviceID: "pump-4"},
		{id: "key-1", entry: azdps.AttestationSymmetricKey},
		{id: "key-2", entry: azdps.AttestationSymmetricKey, settings: entryGone},
		{id: "leaf-1", entry: azdps.AttestationX509},
		{id: "leaf-2", entry: azdps.AttestationX509, settings: entryGone},
		{id: "leaf-3", entry: azdps.AttestationX509, settings: allGone},
	}
	first := w.NewObject(resourceType)
	for i, r := range c.cast {
		device := w.NewDevice(r.id)
		if r.entry == azdps.AttestationX509 {
			certificate, err := devicesim.SelfSigned(r.id)
			if err != nil {
				t.Fatal(err)
			}
			device = w.DeviceWith(r.id, certificate)
		}
		c.devices = append(c.devices, device)
		c.blocks = append(c.blocks, block{id: r.id, o: first.Another()})
		c.begin(i)
	}
	return c
}

// begin blocks a device anew, as if nothing had been.
func (c *nightly) begin(i int) {
	r, b := c.cast[i], &c.blocks[i]
	if c.Entry(r.id) != nil {
		c.DeleteEntry(r.id)
	}
	for _, hub := range []string{"hub1", "hub2", "hub3"} {
		for _, id := range []string{r.id, strings.ToUpper(r.id), r.deviceID} {
			if id != "" && c.Identity(hub, id) != nil {
				c.DeleteIdentity(hub, id)
			}
		}
	}
	_ = c.DPS.DeleteRegistration(c.Context(), r.id, nil) // There may be none.
	c.enrol(i)
	if !r.never {
		c.devices[i].MustRegister()
	}
	settings := map[string]any{"registration_id": r.id}
	if r.entry == azdps.AttestationX509 {
		settings["certificate_pem"] = c.devices[i].Certificate.PEM()
	}
	maps.Copy(settings, r.settings)
	b.o.Forget()
	b.config = b.o.Config(settings)
	b.o.Apply(b.o.Plan(b.config)).MustSucceed(c.T)
	acctest.MustRead(c.T, b.o.State, map[string]string{"access": "blocked"})
}

// enrol makes the entry of a device that has one of its own.
func (c *nightly) enrol(i int) {
	r := c.cast[i]
	if r.entry == "" {
		return
	}
	entry := azdps.IndividualEnrollment{RegistrationID: r.id}
	entry.IoTHubs = c.hubs
	if r.deviceID != "" {
		entry.DeviceID = &r.deviceID
	}
	entry.Attestation = azdps.Attestation{Type: r.entry, SymmetricKey: &azdps.SymmetricKey{}}
	if r.entry == azdps.AttestationX509 {
		entry.Attestation = azdps.Attestation{Type: r.entry, X509: &azdps.X509{
			ClientCertificates: &azdps.CertificateSlots{
				Primary: &azdps.Certificate{Certificate: c.devices[i].Certificate.PEM()},
			},
		}}
	}
	made, err := c.DPS.PutIndividualEnrollment(c.Context(), entry, nil)
	if err != nil {
		c.T.Fatal(err)
	}
	if r.entry == azdps.AttestationSymmetricKey {
		c.devices[i] = c.DeviceBy(r.id, devicesim.SymmetricKey(made.Attestation.SymmetricKey.PrimaryKey))
	}
}

// tidy has the fleet as it was, with blocks of those devices that something happened to.
func (c *nightly) tidy(touched map[int]bool) {
	c.setFactory(azdps.StatusEnabled)
	if c.HasGroup("keys") {
		if err := c.DPS.DeleteEnrollmentGroup(c.Context(), "keys", nil); err != nil {
			c.T.Fatal(err)
		}
	}
	c.blocks[0].o.Reconfigure()
	for i := range touched {
		c.begin(i)
	}
}

// changes are what may happen to a device, or to the fleet.
func changes() []string {
	return []string{
		"nothing", "enable entry", "enable and disable entry", "delete entry", "touch entry", "enable identity",
		"touch identity", "delete identity", "remake identity", "identity elsewhere", "identity of the other letter case",
		"try", "let in", "come and go", "delete record", "disable group", "name a hub", "enable keys",
		"make entry",
	}
}

// change has something happen to a device, where it can.
func (c *nightly) change(i int, what string) {
	id := c.cast[i].id
	switch what {
	case "try":
		_, _ = c.devices[i].Register(c.Context())
	case "delete record":
		_ = c.DPS.DeleteRegistration(c.Context(), id, nil) // There may be none.
	case "disable group":
		c.setFactory(azdps.StatusDisabled)
	case "name a hub":
		c.setFactory(azdps.StatusEnabled, c.Hostname("hub3"))
	case "enable keys":
		c.enableKeys()
	case "make entry":
		if c.Entry(id) == nil {
			c.enrol(i)
		}
	case "identity of the other letter case":
		c.addIdentity("hub1", strings.ToUpper(id))
		c.addIdentity("hub2", strings.ToUpper(id))
	case "let in", "come and go":
		c.letIn(i)
		if what == "come and go" && c.Entry(id) != nil {
			c.DeleteEntry(id)
		}
	default:
		if c.Entry(id) != nil {
			c.changeEntry(id, what)
		}
		for _, hub := range []string{"hub1", "hub2"} {
			c.changeIdentity(hub, cmp.Or(c.cast[i].deviceID, id), what)
		}
	}
}

// letIn has a device register once nothing keeps it out.
func (c *nightly) letIn(i int) {
	if c.Entry(c.cast[i].id) != nil {
		c.DeleteEntry(c.cast[i].id)
	}
	c.setFactory(azdps.StatusEnabled)
	c.enrol(i)
	c.devices[i].MustRegister()
}

// setFactory sets the group through which devices come in; more are hubs besides those to which they are assigned.
func (c *nightly) setFactory(status string, more ...string) {
	c.SetGroup("factory", func(g *azdps.EnrollmentGroup) {
		g.ProvisioningStatus, g.IoTHubs = &status, append(slices.Clone(c.hubs), more...)
	})
}

// enableKeys adds a group that may let in any device that has a key.
func (c *nightly) enableKeys() {
	if c.HasGroup("keys") {
		return
	}
	c.AddKeyedGroup("keys", nil)
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
