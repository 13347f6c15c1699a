// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// A try that failed takes the hub out of a record as one that is refused does. An action that deletes such a record
// unasked would make a device of it that never registered, and a block would say blocked while it connects.
func TestDeviceDisallow_recordOfAFailedTryIsNotDeletedUnasked(t *testing.T) {
	t.Parallel()
	f, _ := slippedAway(t)
	f = f.registered()
	if err := f.Emulator.SetLinkedHubs(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.device.Register(f.Context()); err != nil {
		t.Fatal(err)
	}
	if status := f.registrationStatus(); status != "failed" {
		t.Fatalf("the record should say that it failed, not %s", status)
	}
	f.InvokeAction("azureiot_dps_delete_registration", map[string]any{"registration_id": stolenID}).MustFail(t,
		"Registration record is evidence", "Its status was \"failed\"", "Nothing was deleted")
	o, _ := f.blocked(nil)
	f.stillConnects("south", stolenID)
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked"})
}
