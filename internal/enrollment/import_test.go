// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

func TestImport_ofEachKindPlansNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	pem := b.deviceCertificate("sensor-1").PEM()
	for name, config := range map[string]attributes{
		"x509": with(individualX509("sensor-1", pem), attributes{
			"device_id": "one", "allocation_policy": "static", "iothub_hostnames": []string{b.Hostname("hub1")},
			"initial_twin":                attributes{"tags": `{"a":1}`, "desired_properties": `{"b":[1,2]}`},
			"optional_device_information": `{"c":3}`, "edge_enabled": true, "provisioning_status": "disabled",
			"reprovision_policy": attributes{"update_hub_assignment": false, "migrate_device_data": false},
		}),
		"symmetric key": individualKey("sensor-1", attributes{}),
		"tpm": {"registration_id": "sensor-1", "attestation": attributes{"tpm": attributes{
			"endorsement_key": base64Of(300), "storage_root_key": base64Of(20),
		}}},
		"custom": with(individualKey("sensor-1", attributes{}), attributes{
			"allocation_policy": "custom", "custom_allocation": webhook("https://fn.example/api?code=x", "2021-10-01"),
		}),
	} {
		b.MustApply(b.Config(config))
		b.Forget()
		b.MustImport("sensor-1")
		if planned := b.MustPlan(b.Config(config)); b.Changes(planned) {
			t.Errorf("%s: the plan should be empty:\nstate   %s\nplanned %s", name, b.State, planned.Planned)
		}
		b.MustDestroy()
	}
}

func TestImport_ofGivenKeysIsOneUpdateThatSendsThem(t *testing.T) {
	t.Parallel()
	b, _ := newManaged(t)
	b.Forget()
	b.MustImport("sensor-1")
	config := individualKey("sensor-1", given(someKey('a'), someKey('b'), 1))
	b.MustApply(b.Config(config))
	if keys := b.keys("sensor-1"); keys.PrimaryKey != someKey('a') {
		t.Error("the keys should have been sent")
	}
	b.MustSettle(b.Config(config))
}

func TestImport_ofAnEntryWithoutOptionalMembersGetsTheDefaults(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	b.AddKeyedEntry("sensor-1", nil)
	b.MustImport("sensor-1")
	acctest.MustRead(t, b.State, map[string]string{
		"provisioning_status": "enabled", "on_destroy": "delete", "edge_enabled": "false",
		"dps_hostname": b.Emulator.DPSHostname(),
		"reprovision_policy.update_hub_assignment": "true", "reprovision_policy.migrate_device_data": "true",
		"initial_twin": "null", "iothub_hostnames": "null", "allocation_policy": "null", "custom_allocation": "null",
		"device_id": "null", "optional_device_information": "null", "certificates": "null",
	})
	b.MustSettle(b.Config(individualKey("sensor-1", attributes{})))
}

func TestImport_takesAnIDOrAFullAddress(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	b.AddGroup("factory", b.Intermediate)
	for _, id := range []string{"factory", "FACTORY", b.Emulator.DPSHostname() + "/factory"} {
		b.MustImport(id)
		b.MustSettle(b.Config(groupX509("factory", b.Intermediate.PEM())))
		b.Forget()
	}
	b.SetProviderBlock(map[string]any{"dps_hostname": "other.azure-devices-provisioning.net"})
	b.Reconfigure()
	b.MustImport(b.Emulator.DPSHostname() + "/factory")
	acctest.MustRead(t, b.State, map[string]string{"dps_hostname": b.Emulator.DPSHostname()})
	b.MustSettle(b.Config(with(groupX509("factory", b.Intermediate.PEM()),
		attributes{"dps_hostname": b.Emulator.DPSHostname()})))
}

func TestImport_ofWhatNamesNothingIsAnError(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	for _, id := range []string{"", "/", "a/", "/b", "a/b/c"} {
		b.Import(id).MustFail(t, "Invalid import ID", "names no enrollment group", `or "host/ID"`)
	}
	b.Import("nobody").MustFail(t, "Cannot import: no enrollment group", `"nobody"`, "Check the ID and the DPS instance")
}

func TestImport_byIdentityKnowsTheEntry(t *testing.T) {
	t.Parallel()
	b, _ := newManaged(t)
	for name, host := range map[string]any{"without a host": nil, "with one": b.Emulator.DPSHostname()} {
		other := b.NewObject(individualType)
		told, imported := other.ImportByIdentity(attributes{"dps_hostname": host, "registration_id": "sensor-1"})
		if len(imported.Diagnostics) > 0 {
			t.Fatalf("%s: %s", name, imported.Diagnostics[0].Detail)
		}
		acctest.MustRead(t, other.State, map[string]string{
			"registration_id": "sensor-1", "provisioning_status": "enabled",
			"dps_hostname": b.Emulator.DPSHostname(),
		})
		acctest.MustRead(t, told, map[string]string{"registration_id": "sensor-1", "dps_hostname": b.Emulator.DPSHostname()})
	}
}
