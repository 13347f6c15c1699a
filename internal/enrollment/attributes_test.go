// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// attributeCase is one attribute, set, with what an empty value of it ends in; an empty text means that it is good.
type attributeCase struct {
	path  string
	set   any
	empty any
	says  string
}

// nest puts a value at a path of nested attributes, into what is there already.
func nest(base attributes, path string, value any) attributes {
	name, rest, nested := strings.Cut(path, ".")
	if !nested {
		return with(base, attributes{name: value})
	}
	inner, _ := base[name].(attributes)
	return with(base, attributes{name: nest(inner, rest, value)})
}

func individualCases(b bench) (attributes, []attributeCase) {
	pem := b.deviceCertificate("sensor-1").PEM()
	return individualX509("sensor-1", pem), []attributeCase{
		{"registration_id", "sensor-1", "", "Invalid registration ID"},
		{"device_id", "sensor-one", "", "Invalid device ID"},
		{"optional_device_information", `{"a":1}`, "", "Invalid JSON"},
		{"optional_device_information", `{"a":1}`, "[]", "not an object"},
		{"attestation.x509.client_certificates.secondary", pem, "", "Invalid certificate"},
	}
}

func groupCases(b bench) (attributes, []attributeCase) {
	return groupX509("factory", b.Intermediate.PEM()), []attributeCase{
		{"enrollment_group_id", "factory", "", "Invalid enrollment group ID"},
		{"delete_registrations_on_destroy", true, false, ""},
		{"attestation.x509.signing_certificates.secondary", b.Intermediate.PEM(), "", "Invalid certificate"},
	}
}

// sharedCases are the attributes that both kinds have.
func sharedCases(b bench) []attributeCase {
	return []attributeCase{
		{"dps_hostname", b.Emulator.DPSHostname(), "", "Invalid host name"},
		{"provisioning_status", "disabled", "", "provisioning_status"},
		{"on_destroy", "keep", "", "on_destroy"},
		{"allocation_policy", "hashed", "", "allocation_policy"},
		{"iothub_hostnames", []string{b.Hostname("hub1")}, []string{}, "iothub_hostnames"},
		{"iothub_hostnames", []string{b.Hostname("hub1")}, []string{""}, "Invalid host name"},
		{"reprovision_policy.update_hub_assignment", false, true, ""},
		{"reprovision_policy", attributes{"migrate_device_data": false}, attributes{}, ""},
		{"initial_twin", attributes{"tags": `{"a":1}`}, attributes{}, ""},
		{"initial_twin.tags", `{"a":1}`, "", "Invalid tags"},
		{"initial_twin.desired_properties", `{"a":1}`, "", "Invalid desired properties"},
		{"edge_enabled", true, false, ""},
	}
}

// TestAttributes_nullUnknownEmptyAndSet goes through every attribute of both resources that is not an attestation's or
// an allocation's, which have tests of their own.
func TestAttributes_nullUnknownEmptyAndSet(t *testing.T) {
	t.Parallel()
	for _, typeName := range []string{individualType, groupType} {
		b := newBench(t, typeName)
		base, cases := individualCases(b)
		if b.isGroup() {
			base, cases = groupCases(b)
		}
		for _, c := range append(cases, sharedCases(b)...) {
			t.Run(fmt.Sprintf("%s/%s=%v", typeName, c.path, c.empty), func(t *testing.T) {
				t.Parallel()
				b.For(t).tryAttribute(base, c)
			})
		}
	}
}

// tryAttribute checks and plans one attribute in each of its states; only what is set is applied, by other tests.
func (b bench) tryAttribute(base attributes, c attributeCase) {
	b.T.Helper()
	required := c.path == "registration_id" || c.path == "enrollment_group_id"
	if !required {
		b.MustPlan(b.Config(nest(base, c.path, nil)))
	}
	set := b.MustPlan(b.Config(nest(base, c.path, c.set)))
	if got := acctest.At(b.T, set.Planned, c.path); got == "null" || got == "unknown" {
		b.T.Errorf("%s should be planned as it is set, not %s", c.path, got)
	}
	if checked := b.Validate(b.Config(nest(base, c.path, acctest.Unknown{}))); checked.Failed() {
		b.T.Errorf("%s may be unknown: %s", c.path, checked.Errors())
	}
	if planned := b.Plan(b.Config(nest(base, c.path, acctest.Unknown{}))); planned.Failed() {
		b.T.Errorf("%s may be unknown in a plan: %s", c.path, planned.Errors())
	}
	empty := b.Validate(b.Config(nest(base, c.path, c.empty)))
	switch {
	case c.says == "" && empty.Failed():
		b.T.Errorf("%s may be empty: %s", c.path, empty.Errors())
	case c.says != "":
		empty.MustFail(b.T, c.says)
	}
}
