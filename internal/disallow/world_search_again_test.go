// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"net/http"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// A hub that could not be read when it was searched is searched again under every name, once it can be.
func TestDeviceDisallow_hubThatCanBeReadAgainIsSearchedUnderEveryName(t *testing.T) {
	t.Parallel()
	f := enrolledFleet(t, azdps.AttestationX509, nil)
	f.rename("pump-7")
	f.hub = f.hubOf(f.device)
	f.AddIdentity(f.other(), stolenID, selfSigned(f.device.Certificate.ThumbprintSHA1()))
	f.Fail(f.Hostname(f.other()), http.MethodGet, "^/devices/", http.StatusForbidden, 0)
	o, _ := f.blocked(nil)
	if got := o.Attribute("access"); got == "blocked" {
		t.Errorf("a hub could not be read, but the device is called %s", got)
	}
	f.Emulator.ClearFaults()
	f.stillConnects(f.other(), stolenID)
	o.MustRefresh()
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked", "enrollment_status": "disabled"})
	if got := identityStatus(o.State, f.Hostname(f.other())); got != "enabled" {
		t.Errorf("the identity in %s should be enabled, not %s", f.other(), got)
	}
}

// Once no identity of the device is left where it was, it is looked for everywhere again.
func TestDeviceDisallow_deviceWhoseIdentityIsGoneIsLookedForElsewhere(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, _ := f.blocked(nil)
	f.DeleteIdentity(f.hub, stolenID)
	f.AddIdentity(f.other(), stolenID, selfSigned(f.device.Certificate.ThumbprintSHA1()))
	f.stillConnects(f.other(), stolenID)
	o.MustRefresh()
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked", "enrollment_status": "disabled"})
	if got := identityStatus(o.State, f.Hostname(f.other())); got != "enabled" {
		t.Errorf("the identity in %s should be enabled, not %s", f.other(), got)
	}
}
