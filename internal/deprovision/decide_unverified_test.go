// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// Whatever was done to it once: an identity that nothing ties to the device any more is not let in.
func TestDecide_restoringEnablesNothingThatIsUnverified(t *testing.T) {
	t.Parallel()
	untied := deprovision.Sighting{Status: disabled, Ours: true}
	d := deprovision.Decide(seen(disabled, untied), deprovision.Intent{RegistrationID: "device", Restore: true},
		deprovision.Prior{Exists: true, Previous: stood(disabled, enabled)})
	if changes := d.Effects.Changes(); len(changes) > 0 {
		t.Errorf("nothing should be done: %v", changes)
	}
}
