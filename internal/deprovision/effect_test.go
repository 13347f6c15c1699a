// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"fmt"
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

// What a change does nothing to is not told as a step from a status to itself.
func TestEffect_saysWhatStaysAsItIs(t *testing.T) {
	t.Parallel()
	on := func(
		target deprovision.Target, object string, action deprovision.Action, status deprovision.Status,
	) deprovision.Effect {
		return deprovision.Effect{Target: target, Object: object, Action: action, From: status, To: status}
	}
	group := on(deprovision.TargetGroup, "g", deprovision.None, disabled)
	hub := on(deprovision.TargetIdentity, "h", deprovision.None, disabled)
	unread := on(deprovision.TargetIdentity, "h", deprovision.None, deprovision.Unread)
	for want, effect := range map[string]fmt.Stringer{
		"dps_individual_enrollment d: stays disabled": on(deprovision.TargetEnrollment, "d", deprovision.None, disabled),
		// Its reason is written.
		"dps_individual_enrollment d: disabled -> disabled (disable)": on(
			deprovision.TargetEnrollment, "d", deprovision.Disable, disabled),
		"iothub_device_identity h/d: unreachable -> unreachable (none)": on(
			deprovision.TargetIdentity, "h/d", deprovision.None, deprovision.Unreachable),
		"dps_enrollment_group g: 1 stays disabled":             deprovision.GroupEffect{Effect: group, Count: 1},
		"iothub_device_identity h: 10 stay disabled":           deprovision.GroupEffect{Effect: hub, Count: 10},
		"iothub_device_identity h: 10 unread -> unread (none)": deprovision.GroupEffect{Effect: unread, Count: 10},
	} {
		if got := effect.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// A plan that could not read an object, or did not know it, is completed by what is found; what it says stands.
func TestEffects_areCompletedByWhatAPlanCouldNotTell(t *testing.T) {
	t.Parallel()
	on := func(object string, action deprovision.Action, from deprovision.Status) deprovision.Effect {
		return deprovision.Effect{Target: deprovision.TargetIdentity, Object: object, Action: action, From: from}
	}
	planned := deprovision.Effects{
		on("told/d", deprovision.Enable, disabled), on("unread/d", deprovision.None, deprovision.Unreachable),
	}
	got := planned.CompletedBy(deprovision.Effects{
		on("new/d", deprovision.Enable, disabled), on("told/d", deprovision.None, enabled),
		on("unread/d", deprovision.Enable, disabled),
	})
	got.Sort()
	want := deprovision.Effects{
		on("new/d", deprovision.Enable, disabled), on("told/d", deprovision.Enable, disabled),
		on("unread/d", deprovision.Enable, disabled),
	}
	if !slices.Equal(got, want) || planned[1].From != deprovision.Unreachable {
		t.Errorf("got\n%s\nfrom\n%s", got, planned)
	}
	if _, found := got.OnIdentity(deprovision.IdentityID{Host: "new", DeviceID: "d"}); !found {
		t.Error("the effect on an identity is not found")
	}
	if none := got.Of(deprovision.TargetEnrollment); none.Action != deprovision.None {
		t.Errorf("an object without an effect has %s", none)
	}
}

// An identity that is only given another reason was out before, and whoever is let in is not shut out.
func TestEffects_shutOutIdentitiesThatStood(t *testing.T) {
	t.Parallel()
	on := func(
		target deprovision.Target, object string, action deprovision.Action, from deprovision.Status,
	) deprovision.Effect {
		return deprovision.Effect{Target: target, Object: object, Action: action, From: from, To: disabled}
	}
	effects := deprovision.Effects{
		on(deprovision.TargetEnrollment, "d", deprovision.Disable, enabled),
		on(deprovision.TargetIdentity, "north/d", deprovision.Disable, enabled),
		on(deprovision.TargetIdentity, "east/d", deprovision.Disable, disabled),
		on(deprovision.TargetIdentity, "south/d", deprovision.Delete, disabled),
		on(deprovision.TargetIdentity, "west/d", deprovision.None, disabled),
		on(deprovision.TargetIdentity, "out/d", deprovision.Enable, disabled),
	}
	want := []deprovision.IdentityID{{Host: "north", DeviceID: "d"}, {Host: "south", DeviceID: "d"}}
	if shut := effects.ShutOut(); !slices.Equal(shut, want) {
		t.Errorf("got %v", shut)
	}
}
