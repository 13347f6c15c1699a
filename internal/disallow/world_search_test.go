// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// Every hub is searched under every name that anything tells of the device, and its certificate proves what is found.
func TestDeviceDisallow_everyNameIsSearchedInEveryHub(t *testing.T) {
	t.Parallel()
	named := func(t *testing.T) fleet {
		name := oldName
		return enrolledFleet(t, azdps.AttestationX509, func(e *azdps.IndividualEnrollment) { e.DeviceID = &name })
	}
	unnamed := func(f fleet) {
		f.SetEntry(stolenID, func(e *azdps.IndividualEnrollment) { e.DeviceID = nil })
	}
	for name, test := range map[string]struct {
		arrange func(f fleet)
		more    map[string]any
		both    bool // also in the hub in which it never registered
	}{
		"a name that the user gives": {
			func(f fleet) {
				f.deleteRecord()
				f.DeleteEntry(stolenID)
			}, map[string]any{"device_id": oldName},
			false,
		},
		"a name that the record tells": {
			func(f fleet) {
				unnamed(f)
				f.AddIdentity(f.other(), oldName, selfSigned(f.device.Certificate.ThumbprintSHA1()))
			}, nil,
			true,
		},
		"a name that the entry tells": {
			func(f fleet) { f.deleteRecord() }, nil, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := named(t)
			test.arrange(f)
			o, config := f.object(test.more)
			o.MustApply(config)
			wanted := map[string]string{f.identity(f.hub, oldName): "disabled"}
			f.outOf(f.hub, oldName)
			if test.both {
				wanted[f.identity(f.other(), oldName)] = "disabled"
				f.outOf(f.other(), oldName)
			}
			hasIdentities(t, o.State, wanted)
			acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
			o.MustSettle(config)
		})
	}
}

// A name that an earlier look has found is searched in other hubs as well once somebody has written the entry.
func TestDeviceDisallow_rememberedNameIsSearchedInEveryHub(t *testing.T) {
	t.Parallel()
	name := oldName
	f := enrolledFleet(t, azdps.AttestationX509, func(e *azdps.IndividualEnrollment) { e.DeviceID = &name })
	o, config := f.blocked(nil)
	f.device.MustBeRefused()
	f.SetEntry(stolenID, func(e *azdps.IndividualEnrollment) { e.DeviceID = nil })
	f.AddIdentity(f.other(), oldName, selfSigned(f.device.Certificate.ThumbprintSHA1()))
	f.stillConnects(f.other(), oldName)
	o.MustRefresh()
	hasIdentities(t, o.State, map[string]string{
		f.identity(f.hub, oldName): "disabled", f.identity(f.other(), oldName): "enabled",
	})
	o.MustApply(config)
	f.outOf(f.other(), oldName)
	o.MustSettle(config)
}

// A hub that the entry itself names, and that cannot be read, may have the device.
func TestDeviceDisallow_hubOfTheEntryThatCannotBeReadIsNotLeftOut(t *testing.T) {
	t.Parallel()
	f := unregisteredFleet(t)
	f.enrol(azdps.AttestationSymmetricKey, func(e *azdps.IndividualEnrollment) {
		e.IoTHubs = []string{f.Hostname("south")}
	})
	f.knowsOnly("north")
	o, config := f.bare()
	planned := o.MustApply(config)
	acctest.MustSay(t, planned.Warnings(), "No credential for the hub "+f.Hostname("south"))
	hasIdentities(t, o.State, map[string]string{f.identity("south", stolenID): "unreachable"})
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked", "enrollment_status": "disabled"})
	f.device.MustBeRefused()
	o.MustSettle(config)
}
