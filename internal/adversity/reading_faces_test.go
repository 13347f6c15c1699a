// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// reading is a row of the table of what is only read.
type reading struct {
	kind, typeName string
	// object is what a diagnostic names.
	object string
	asked  map[string]any
}

func readingFaces() []reading {
	entry, device := map[string]any{"registration_id": "key"}, map[string]any{"device_id": "dev"}
	group := map[string]any{"enrollment_group_id": "keys"}
	return []reading{
		{ofDataSource, individualType, "key", entry},
		{ofDataSource, "azureiot_dps_individual_enrollments", "individual enrollments", nil},
		{ofDataSource, groupType, "keys", group},
		{ofDataSource, "azureiot_dps_enrollment_groups", "enrollment groups", nil},
		{ofDataSource, "azureiot_dps_registration", "dev", map[string]any{"registration_id": "dev"}},
		{ofDataSource, "azureiot_dps_registrations", "factory", map[string]any{"enrollment_group_id": "factory"}},
		{ofDataSource, "azureiot_dps_device_access", "dev", map[string]any{"registration_id": "dev"}},
		{ofDataSource, identityType, "dev", device},
		{ofDataSource, "azureiot_iothub_device_identities", "device identities", nil},
		{ofEphemeral, "azureiot_dps_individual_enrollment_keys", "key", entry},
		{ofEphemeral, "azureiot_dps_enrollment_group_keys", "keys", group},
		{
			ofEphemeral, "azureiot_dps_derived_device_key", "keys",
			map[string]any{"enrollment_group_id": "keys", "registration_id": "x"},
		},
		{ofEphemeral, "azureiot_iothub_device_credentials", "dev", device},
		{ofList, individualType, everything, nil},
		{ofList, groupType, everything, nil},
		{ofList, identityType, "SELECT * FROM devices", nil},
	}
}

func (r reading) face() face {
	return face{kind: r.kind, typeName: r.typeName, title: r.kind + " " + r.typeName, verbs: []verb{
		{name: "read", begin: func(t *testing.T) attempt {
			t.Helper()
			s := keyedScene(t)
			asked := r.asked
			if r.typeName == "azureiot_dps_device_access" {
				asked = map[string]any{"registration_id": "dev", "additional_iothub_hostnames": []string{s.Hostname("north")}}
			}
			return &readingAttempt{reading: r, at: s, asked: asked}
		}},
	}}
}

// readingAttempt is one reading; what it has read it holds against what is there when nothing fails.
type readingAttempt struct {
	reading
	at    scene
	asked map[string]any
	found []tftypes.Value
}

func (a *readingAttempt) scene() scene  { return a.at }
func (a *readingAttempt) about() string { return a.object }

func (a *readingAttempt) run() acctest.Step {
	var step acctest.Step
	a.found, step = a.read()
	return step
}

func (a *readingAttempt) read() (found []tftypes.Value, step acctest.Step) {
	var one tftypes.Value
	switch a.kind {
	case ofList:
		listed, step := a.at.List(acctest.Listing{Type: a.typeName, Config: a.asked, IncludeResource: true})
		for _, l := range listed {
			found = append(found, l.Identity, l.Resource)
		}
		return found, step
	case ofEphemeral:
		one, step = a.at.OpenEphemeral(a.typeName, a.asked)
	default:
		one, step = a.at.ReadDataSource(a.typeName, a.asked)
	}
	return []tftypes.Value{one}, step
}

// finish reads again: what a failed call left out must not have passed for what is there.
func (a *readingAttempt) finish(said acctest.Step) {
	a.at.T.Helper()
	found, step := a.read()
	step.MustSucceed(a.at.T)
	same := slices.EqualFunc(found, a.found, tftypes.Value.Equal)
	if !said.Failed() && said.Warnings() == "" && !a.at.box.denied() && !same {
		a.at.T.Errorf("it read something else, and said nothing:\n%v\nis\n%v", a.found, found)
	}
}
