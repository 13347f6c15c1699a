// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// blocked is a block that stands, with everything that the actions can do to what is blocked.
type blocked struct {
	typeName string
	config   map[string]any
	// keyed makes the entry with symmetric keys and returns the key that the device holds.
	keyed   func(w *acctest.World) string
	actions []acctest.ActionBlock
}

const meter = "meter-1"

func blocks() map[string]blocked {
	ofDevice := []acctest.ActionBlock{
		{Type: "azureiot_iothub_rotate_device_keys", Config: map[string]any{"device_id": meter, "key": "swap"}},
		{Type: "azureiot_iothub_rotate_device_keys", Config: map[string]any{"device_id": meter, "key": "secondary"}},
		{Type: "azureiot_dps_delete_registration", Config: map[string]any{"registration_id": meter, "delete_evidence": true}},
	}
	return map[string]blocked{
		"device": {
			typeName: "azureiot_dps_device_disallow", config: map[string]any{"registration_id": meter},
			keyed: func(w *acctest.World) string {
				return w.AddKeyedEntry(meter, nil).Attestation.SymmetricKey.PrimaryKey
			},
			actions: append([]acctest.ActionBlock{{
				Type: "azureiot_dps_rotate_keys", Config: map[string]any{"registration_id": meter, "key": "primary"},
			}}, ofDevice...),
		},
		"group": {
			typeName: "azureiot_dps_enrollment_group_disallow", config: map[string]any{"enrollment_group_id": "field"},
			keyed: func(w *acctest.World) string {
				return w.AddKeyedGroup("field", nil).Attestation.SymmetricKey.PrimaryKey
			},
			actions: append(ofDevice,
				acctest.ActionBlock{Type: "azureiot_dps_purge_registrations", Config: map[string]any{
					"enrollment_group_id": "field", "delete_evidence": true}},
				acctest.ActionBlock{Type: "azureiot_dps_rotate_keys", Config: map[string]any{
					"enrollment_group_id": "field", "key": "secondary"}}),
		},
	}
}

// No action lets anybody in, or has a block look anew at what it has settled: what stands in a block's way stays in its
// memory when the records are gone.
func TestActions_leaveBlockedDevicesBlocked(t *testing.T) {
	t.Parallel()
	for name, b := range blocks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorld(t)
			w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", w.Hostname("hub1"))
			key := b.keyed(w)
			credential := devicesim.SymmetricKey(key)
			if name == "group" {
				credential = devicesim.DerivedKey(key, meter)
			}
			device := w.DeviceBy(meter, credential)
			device.MustBeIn("hub1")
			o := w.NewObject(b.typeName)
			config := o.Config(b.config)
			o.MustApplyAndStay(config)
			before := o.Attribute("access")
			w.InvokeAction("azureiot_dps_delete_registration", map[string]any{"registration_id": meter}).MustFail(t,
				"Registration record is evidence")
			for _, action := range b.actions {
				w.MustInvoke(action.Type, action.Config)
				o.MustStay(config)
			}
			if now := o.Attribute("access"); before != "blocked" || now != before {
				t.Errorf("access should stay blocked: %s, then %s", before, now)
			}
			device.MustBeOut("hub1")
			for slot, renewed := range []string{0: *w.Identity("hub1", meter).Authentication.SymmetricKey.PrimaryKey,
				1: *w.Identity("hub1", meter).Authentication.SymmetricKey.SecondaryKey} {
				if w.DeviceBy(meter, devicesim.SymmetricKey(renewed)).Connects("hub1") {
					t.Errorf("the hub takes key %d of a blocked device", slot)
				}
			}
		})
	}
}

// Whoever deletes the evidence is asked to mean it: once the entry is written without it, nothing tells any more where
// the device was assigned last.
func TestActions_thatDeleteEvidenceAndThenWriteTheEntry_leaveTheWhereaboutsOpen(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	b := blocks()["device"]
	device := w.DeviceBy(meter, devicesim.SymmetricKey(b.keyed(w)))
	device.MustBeIn("hub1")
	o := w.NewObject(b.typeName)
	config := o.Config(b.config)
	o.MustApplyAndStay(config)
	w.MustInvoke("azureiot_dps_delete_registration", map[string]any{"registration_id": meter, "delete_evidence": true})
	o.MustStay(config)
	w.MustInvoke("azureiot_dps_rotate_keys", map[string]any{"registration_id": meter, "key": "primary"})
	o.MustRefresh()
	if now := o.Attribute("access"); now != "partially_blocked" {
		t.Errorf("nothing tells where the device is, and access is %s", now)
	}
	o.MustApplyAndStay(o.Config(map[string]any{
		"registration_id": meter, "additional_iothub_hostnames": []string{w.Hostname("hub1")},
	}))
	if now := o.Attribute("access"); now != "blocked" {
		t.Errorf("its hub is named, and access is %s", now)
	}
	device.MustBeOut("hub1")
}
