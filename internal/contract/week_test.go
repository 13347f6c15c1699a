// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// For a week, devices connect, try again and register, blocked ones too, and nobody touches anything: nothing is drift.
func TestWeek_ofAnUntouchedFleetIsNoDrift(t *testing.T) {
	t.Parallel()
	s := (&recorder{}).stage(t)
	stolen, listed := s.NewDevice("sensor-1"), s.NewDevice("sensor-2")
	hub := s.hubOf(stolen)
	s.apply(s.inventory(stolen, listed))
	for day := range 7 {
		for hour := range 24 {
			s.Clock.Advance(time.Hour)
			s.live(hour, stolen, hub, listed, s.NewDevice("sensor-3"))
		}
		if day == 3 { // Somebody else's group is no change of what is managed here.
			s.AddGroup("another", s.Intermediate)
		}
		s.cli.Run("plan", "-no-color", "-input=false", "-refresh-only", "-detailed-exitcode").Must(0)
	}
	s.cli.Plan().Must(0)
	stolen.MustBeOut(hub)
}

// Terraform 1.11 compares the places of sensitive values in random order, so that a refresh-only plan of an object that
// has two ends with 2 now and then. The week above would see that in most runs, and this sees it in every one.
func TestSchemas_haveNoTwoSensitiveAttributes(t *testing.T) {
	t.Parallel()
	schemas := acctest.NewWorld(t).Schemas()
	if len(schemas.ResourceSchemas) == 0 {
		t.Fatal("there are no schemas")
	}
	for name, schema := range schemas.ResourceSchemas {
		if found := sensitives(schema.Block.Attributes); len(found) > 1 {
			t.Errorf("%s marks %v sensitive", name, found)
		}
	}
}

// sensitives are the names of the attributes that are marked sensitive, at any depth.
func sensitives(attributes []*tfprotov6.SchemaAttribute) (names []string) {
	for _, attribute := range attributes {
		if attribute.Sensitive {
			names = append(names, attribute.Name)
		}
		if attribute.NestedType != nil {
			names = append(names, sensitives(attribute.NestedType.Attributes)...)
		}
	}
	return names
}

// live is an hour of the fleet: the blocked device tries, the others register once a shift and connect every hour.
func (s *stage) live(hour int, stolen *acctest.Device, hub string, others ...*acctest.Device) {
	s.T.Helper()
	stolen.MustBeRefused()
	if stolen.Connects(hub) {
		s.T.Fatal("the blocked device connects")
	}
	for _, device := range others {
		if hour%8 == 0 {
			device.MustRegister()
		}
		device.MustBeIn(s.hubOf(device))
	}
}
