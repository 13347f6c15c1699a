// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// Every bad input is refused on its attribute before anything is written.
func TestDeviceDisallow_badInputIsRefusedOnItsAttribute(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	other := f.NewDevice("sensor-thl-001")
	leaf, chain := f.device.Certificate, f.device.Certificate.ChainPEM()
	o := f.NewObject(resourceType)
	f.Emulator.ClearJournal()
	for name, bad := range map[string]struct {
		settings map[string]any
		at, says string
	}{
		"PEM that is none": {map[string]any{"certificate_pem": "hello"}, "certificate_pem", "PEM"},
		"private key":      {map[string]any{"certificate_pem": leaf.KeyPEM()}, "certificate_pem", "private key"},
		"two certificates": {map[string]any{"certificate_pem": leaf.PEM() + chain}, "certificate_pem", "certificate"},
		"CN of another device": {
			map[string]any{"certificate_pem": other.Certificate.PEM()},
			"certificate_pem", `common name is "sensor-thl-001"`,
		},
		"chain that is none": {map[string]any{"certificate_chain_pem": "-"}, "certificate_chain_pem", "PEM"},
		"chain out of order": {
			map[string]any{"certificate_chain_pem": f.Root.PEM() + chain},
			"certificate_chain_pem", "order",
		},
		"chain with the leaf": {
			map[string]any{"certificate_chain_pem": leaf.PEM() + chain},
			"certificate_chain_pem", "own certificate",
		},
		"chain without a leaf": {
			map[string]any{"certificate_pem": nil},
			"certificate_chain_pem", "give certificate_pem too",
		},
		"empty registration ID":   {map[string]any{"registration_id": ""}, "registration_id", "empty"},
		"registration ID, @":      {map[string]any{"registration_id": "a@b"}, "registration_id", "DPS does not allow"},
		"registration ID, ending": {map[string]any{"registration_id": "ab."}, "registration_id", "ends in"},
		"registration ID, length": {map[string]any{"registration_id": strings.Repeat("a", 129)}, "registration_id", "128"},
		"host with a scheme":      {map[string]any{"dps_hostname": "https://x.example"}, "dps_hostname", "scheme"},
		"host with a path":        {map[string]any{"dps_hostname": "x.example/y"}, "dps_hostname", "path"},
		"hub with a scheme": {
			map[string]any{"additional_iothub_hostnames": []string{"https://x.example"}},
			"additional_iothub_hostnames", "scheme",
		},
		"empty reason":             {map[string]any{"reason": " "}, "reason", "empty"},
		"long reason":              {map[string]any{"reason": strings.Repeat("ö", 129)}, "reason", "129 characters"},
		"device ID, dots":          {map[string]any{"device_id": ".."}, "device_id", "cannot be addressed"},
		"device ID, slash":         {map[string]any{"device_id": "a/b"}, "device_id", "IoT Hub does not allow"},
		"unknown action":           {map[string]any{"enrollment_action": "keep"}, "enrollment_action", "disable"},
		"unknown identity action":  {map[string]any{"hub_identity_action": "Disable"}, "hub_identity_action", "disable"},
		"unknown wish":             {map[string]any{"desired_access": "allowed"}, "desired_access", "restored"},
		"unknown destroy behavior": {map[string]any{"on_destroy": "restore"}, "on_destroy", "prevent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := o.For(t)
			checked := o.Validate(o.Config(f.settings(bad.settings)))
			refusedOn(t, checked, bad.at, bad.says)
			if strings.Contains(checked.Errors(), "PRIVATE KEY-----") {
				t.Error("a private key is told")
			}
		})
	}
	t.Cleanup(f.MustNotHaveWritten)
}

// refusedOn fails the test unless a step has an error on an attribute that says what is wanted.
func refusedOn(t testing.TB, step acctest.Step, attribute, wanted string) {
	t.Helper()
	for _, d := range step.Diagnostics {
		at := d.Attribute != nil && strings.Contains(d.Attribute.String(), `"`+attribute+`"`)
		if d.Severity == tfprotov6.DiagnosticSeverityError && at && strings.Contains(d.Summary+": "+d.Detail, wanted) {
			return
		}
	}
	t.Errorf("there should be an error on %s that says %q: %s", attribute, wanted, step.Errors())
}

func TestDeviceDisallow_settingsThatAreNotKnownYetArePlannedWithoutACall(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	c := f.NewCLI(`
resource "terraform_data" "id" {
  input = "` + stolenID + `"
}
` + strings.Replace(f.hcl(""), `"`+stolenID+`"`, "terraform_data.id.output", 1))
	f.Emulator.ClearJournal()
	c.Plan().Must(2).Says("+ registration_id = (known after apply)", `+ enrollment_status = "disabled"`,
		"+ effects = (known after apply)", "+ hub_identities = (known after apply)")
	if exchanges := f.Emulator.Journal(); len(exchanges) > 0 {
		t.Errorf("nothing should have been asked: %v", exchanges)
	}
	c.Apply().Must(0)
	f.staysOutOf(c)
}

// While the provider block is not known nobody is called, and a block that exists is planned from what was read last.
func TestDeviceDisallow_providerBlockThatIsNotKnownYet(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, config := f.blocked(nil)
	f.SetProviderBlock(map[string]any{"dps_connection_string": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)})
	f.Emulator.ClearJournal()
	o.MustRefresh()
	if planned := o.MustPlan(config); o.Changes(planned) {
		t.Errorf("the plan should be empty: %s", planned.Planned)
	}
	planned := o.MustPlan(o.Config(f.settings(map[string]any{"hub_identity_action": "delete"})))
	acctest.MustHaveEffects(t, planned.Effects(), "iothub_device_identity "+f.identityObject()+" disabled->absent delete")
	deleting := o.Config(f.settings(map[string]any{"enrollment_action": "delete"}))
	refusedOn(t, o.Plan(deleting), "enrollment_action", "factory")
	acctest.MustRead(t, f.NewObject(resourceType).MustPlan(config).Planned, map[string]string{
		"enrollment_status": "disabled", "hub_identities": "unknown", "access": "unknown",
	})
	acctest.MustHaveEffect(t, acctest.Effects(f.NewObject(resourceType).MustPlan(config).Planned), "unknown")
	if exchanges := f.Emulator.Journal(); len(exchanges) > 0 {
		t.Errorf("nobody should have been called: %v", exchanges)
	}
}
