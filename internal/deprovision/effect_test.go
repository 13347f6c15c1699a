// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

func TestEffects_areSortedByTargetThenObject(t *testing.T) {
	t.Parallel()
	want := deprovision.Effects{
		{Target: deprovision.TargetEnrollment, Object: "device", Action: deprovision.CreateDisabled},
		{Target: deprovision.TargetRegistration, Object: "device", Action: deprovision.Delete},
		{Target: deprovision.TargetIdentity, Object: "a.azure-devices.net/device", Action: deprovision.Disable},
		{Target: deprovision.TargetIdentity, Object: "a.azure-devices.net/device", Action: deprovision.None},
		{Target: deprovision.TargetIdentity, Object: "b.azure-devices.net/device", Action: deprovision.Delete},
	}
	rapid.Check(t, func(t *rapid.T) {
		got := rapid.Permutation(want).Draw(t, "effects")
		got.Sort()
		if !slices.Equal(got, want) {
			t.Fatalf("got %v", got)
		}
	})
}
