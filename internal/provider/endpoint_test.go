// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

const (
	group    = "azureiot_dps_enrollment_group"
	identity = "azureiot_iothub_device_identity"
)

func keyOf(host string) string {
	return "HostName=" + host + ";SharedAccessKeyName=a;SharedAccessKey=c2VjcmV0IHNlY3JldCBzZWNyZXQ="
}

// An argument beats a variable, also that of the other argument. The instance that is meant is in the plan.
func TestProvider_argumentNamesTheDPSBeforeAVariable(t *testing.T) {
	t.Parallel()
	const a, b = "a.azure-devices-provisioning.net", "b.azure-devices-provisioning.net"
	for name, test := range map[string]struct {
		block map[string]any
		env   map[string]string
		want  string
	}{
		"IPv6 literal":        {map[string]any{"dps_hostname": "[fd00::1]:8443"}, nil, "[fd00::1]:8443"},
		"host in the block":   {map[string]any{"dps_hostname": a}, nil, a},
		"string in the block": {map[string]any{"dps_connection_string": keyOf(a)}, nil, a},
		"host of a variable":  {nil, map[string]string{"AZUREIOT_DPS_HOSTNAME": a}, a},
		"host in the block, another of a variable": {
			map[string]any{"dps_hostname": a}, map[string]string{"AZUREIOT_DPS_HOSTNAME": b}, a,
		},
		"string in the block, host of a variable": {
			map[string]any{"dps_connection_string": keyOf(a)}, map[string]string{"AZUREIOT_DPS_HOSTNAME": b}, a,
		},
		"host in the block, string of a variable": {
			map[string]any{"dps_hostname": a}, map[string]string{"AZUREIOT_DPS_CONNECTION_STRING": keyOf(b)}, a,
		},
		"both variables for one": {
			nil, map[string]string{
				"AZUREIOT_DPS_CONNECTION_STRING": keyOf(a), "AZUREIOT_DPS_HOSTNAME": "A.azure-devices-provisioning.net",
			}, a,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := bareWorld(t, test.block, test.env)
			o := w.NewObject(group)
			planned := o.Plan(o.Config(map[string]any{
				"enrollment_group_id": "g", "provisioning_status": "enabled",
				"attestation": map[string]any{"symmetric_key": map[string]any{}},
			}))
			if planned.Failed() || acctest.Text(planned.Planned, "dps_hostname") != test.want {
				t.Errorf("the plan should be for %s: %s %s", test.want, planned.Planned, planned.Errors())
			}
		})
	}
}

// bareWorld is a world in which the block and the environment name what a test says, and nothing else.
func bareWorld(t *testing.T, block map[string]any, env map[string]string) *acctest.World {
	t.Helper()
	w := acctest.NewWorld(t)
	w.Setenv("AZUREIOT_DPS_CONNECTION_STRING", "")
	w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", "")
	w.SetProviderBlock(block)
	for name, value := range env {
		w.Setenv(name, value)
	}
	return w
}

func TestProvider_twoInstancesOfOneRankAreAnErrorThatShowsBoth(t *testing.T) {
	t.Parallel()
	const a, b = "a.azure-devices-provisioning.net", "b.azure-devices-provisioning.net"
	for name, test := range map[string]struct {
		block map[string]any
		env   map[string]string
	}{
		"arguments": {map[string]any{"dps_hostname": a, "dps_connection_string": keyOf(b)}, nil},
		"variables": {nil, map[string]string{"AZUREIOT_DPS_HOSTNAME": a, "AZUREIOT_DPS_CONNECTION_STRING": keyOf(b)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			step := bareWorld(t, test.block, test.env).ConfigureProvider()
			if !step.FailsOn("dps_hostname") || !strings.Contains(step.Errors(), a) || !strings.Contains(step.Errors(), b) {
				t.Errorf("there should be an error on dps_hostname that shows both: %s", step.Errors())
			}
		})
	}
}

func TestProvider_oneHubConnectionStringIsTheDefaultHub(t *testing.T) {
	t.Parallel()
	const a, b, c = "a.azure-devices.net", "b.azure-devices.net", "c.azure-devices.net"
	for name, test := range map[string]struct {
		block map[string]any
		env   map[string]string
		want  string
	}{
		"one string":           {map[string]any{"iothub_connection_strings": []string{keyOf(a)}}, nil, a},
		"one string, variable": {nil, map[string]string{"AZUREIOT_IOTHUB_CONNECTION_STRINGS": keyOf(a)}, a},
		"one string, variable that ends in blanks": {
			nil, map[string]string{"AZUREIOT_IOTHUB_CONNECTION_STRINGS": "\n" + keyOf(a) + ", \r\n "}, a,
		},
		"name of a variable that ends in a line end": {
			nil, map[string]string{"AZUREIOT_IOTHUB_HOSTNAME": a + "\n", "AZUREIOT_IOTHUB_CONNECTION_STRINGS": keyOf(a)}, a,
		},
		"no string in the block, one of a variable": {
			map[string]any{"iothub_connection_strings": []string{}},
			map[string]string{"AZUREIOT_IOTHUB_CONNECTION_STRINGS": keyOf(a)}, "",
		},
		"two strings": {map[string]any{"iothub_connection_strings": []string{keyOf(a), keyOf(b)}}, nil, ""},
		"two strings and a name": {
			map[string]any{"iothub_connection_strings": []string{keyOf(a), keyOf(b)}, "iothub_hostname": b}, nil, b,
		},
		"two strings and a name of a variable": {
			map[string]any{"iothub_connection_strings": []string{keyOf(a), keyOf(b)}},
			map[string]string{"AZUREIOT_IOTHUB_HOSTNAME": a}, a,
		},
		"one string, another name of a variable": {
			map[string]any{"iothub_connection_strings": []string{keyOf(a)}}, map[string]string{"AZUREIOT_IOTHUB_HOSTNAME": c}, a,
		},
		"one string, another name in the block": {
			map[string]any{"iothub_connection_strings": []string{keyOf(a)}, "iothub_hostname": c, "use_cli": true}, nil, c,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := bareWorld(t, test.block, test.env)
			o := w.NewObject(identity)
			planned := o.Plan(o.Config(map[string]any{"device_id": "d", "status": "enabled"}))
			if test.want == "" {
				if !planned.FailsOn("iothub_hostname") {
					t.Errorf("the plan should ask for a hub: %s", planned.Errors())
				}
				return
			}
			if planned.Failed() || acctest.Text(planned.Planned, "iothub_hostname") != test.want {
				t.Errorf("the plan should be for %s: %s %s", test.want, planned.Planned, planned.Errors())
			}
		})
	}
}

// What cannot be applied for want of a credential does not plan.
func TestProvider_noCredentialDoesNotPlan(t *testing.T) {
	t.Parallel()
	for kind, test := range map[string]struct {
		config map[string]any
		host   string
		at     string
	}{
		group: {
			map[string]any{
				"enrollment_group_id": "g", "provisioning_status": "enabled",
				"attestation": map[string]any{"symmetric_key": map[string]any{}},
			}, "dps.example", "dps_hostname",
		},
		"azureiot_dps_individual_enrollment": {
			map[string]any{
				"registration_id": "r", "provisioning_status": "enabled",
				"attestation": map[string]any{"symmetric_key": map[string]any{}},
			}, "dps.example", "dps_hostname",
		},
		identity: {map[string]any{"device_id": "d", "status": "enabled"}, "hub.example", "iothub_hostname"},
		disallow: {map[string]any{"registration_id": "r"}, "dps.example", "dps_hostname"},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := bareWorld(t, map[string]any{
				"dps_hostname": "dps.example", "iothub_hostname": "hub.example", "use_cli": false,
				"iothub_connection_strings": []string{keyOf("other.example")},
			}, nil)
			o := w.NewObject(kind)
			planned := o.Plan(o.Config(test.config))
			said := planned.Errors()
			if !planned.FailsOn(test.at) {
				t.Errorf("the plan should fail on %s: %s", test.at, said)
			}
			for _, part := range []string{test.host, "only connection string is for other.example", "use_cli is false"} {
				if !strings.Contains(said, part) {
					t.Errorf("%q should be said: %s", part, said)
				}
			}
		})
	}
}

// A new entry cannot have a certificate of which only the thumbprint is known.
func TestProvider_thumbprintOfANewEntryDoesNotPlan(t *testing.T) {
	t.Parallel()
	o := acctest.NewWorld(t).NewObject(group)
	planned := o.Plan(o.Config(map[string]any{
		"enrollment_group_id": "g",
		"attestation": map[string]any{"x509": map[string]any{"signing_certificates": map[string]any{
			"primary": "sha256:" + strings.Repeat("AB", 32),
		}}},
	}))
	if !planned.FailsOn("attestation") || !strings.Contains(planned.Errors(), "Give the certificate itself") {
		t.Errorf("the plan should ask for the certificate: %s", planned.Errors())
	}
}

// A host that cannot be the service is refused on the attribute that names it, before anybody is asked.
func TestResources_refuseAHostOfAnotherService(t *testing.T) {
	t.Parallel()
	for kind, test := range map[string]struct{ attribute, host, says string }{
		group:                                {"dps_hostname", "0ne00A1B2C3", "ID scope"},
		"azureiot_dps_individual_enrollment": {"dps_hostname", "h.azure-devices.net", "an IoT hub"},
		disallow:                             {"dps_hostname", "global.azure-devices-provisioning.net", "global endpoint"},
		identity:                             {"iothub_hostname", "d.azure-devices-provisioning.net", "a DPS instance"},
	} {
		o := acctest.NewWorld(t).NewObject(kind)
		checked := o.Validate(o.Config(map[string]any{test.attribute: test.host}))
		if !checked.FailsOn(test.attribute) || !strings.Contains(checked.Errors(), test.says) {
			t.Errorf("%s: an error on %s should say %q: %s", kind, test.attribute, test.says, checked.Errors())
		}
	}
}
