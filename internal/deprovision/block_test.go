// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"slices"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

const (
	absent      = deprovision.Absent
	unverified  = deprovision.Unverified
	unreachable = deprovision.Unreachable

	north, south = "north.azure-devices.net", "south.azure-devices.net"
)

// standing is a picture with one identity, in north.
func standing(enrollment, identity deprovision.Status) deprovision.Picture {
	return deprovision.Picture{
		Enrollment: enrollment,
		Identities: map[string]deprovision.Identity{north: {DeviceID: "device", Status: identity}},
	}
}

func onEntry(action deprovision.Action, from, to deprovision.Status) deprovision.Effect {
	return deprovision.Effect{
		Target: deprovision.TargetEnrollment, Object: "device", Action: action, From: from, To: to,
	}
}

func onIdentity(host string, action deprovision.Action, from, to deprovision.Status) deprovision.Effect {
	return deprovision.Effect{
		Target: deprovision.TargetIdentity, Object: host + "/device", Action: action, From: from, To: to,
	}
}

func TestBlock_bringsAnEntryToItsGoal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		disposal deprovision.Disposal
		from     deprovision.Status
		want     deprovision.Effect
	}{
		{deprovision.Disabling, absent, onEntry(deprovision.CreateDisabled, absent, disabled)},
		{deprovision.Disabling, enabled, onEntry(deprovision.Disable, enabled, disabled)},
		{deprovision.Disabling, disabled, onEntry(deprovision.None, disabled, disabled)},
		{deprovision.Deleting, absent, onEntry(deprovision.None, absent, absent)},
		{deprovision.Deleting, enabled, onEntry(deprovision.Delete, enabled, absent)},
		{deprovision.Deleting, disabled, onEntry(deprovision.Delete, disabled, absent)},
	} {
		t.Run(string(test.disposal)+" from "+string(test.from), func(t *testing.T) {
			t.Parallel()
			intent := deprovision.Intent{
				RegistrationID: "device", Enrollment: test.disposal, Identities: deprovision.Disabling,
			}
			goal, effects := deprovision.Block(intent, deprovision.Picture{Enrollment: test.from})
			if goal.Enrollment != test.want.To || !slices.Equal(effects, []deprovision.Effect{test.want}) {
				t.Errorf("got %s by %v, want %v", goal.Enrollment, effects, test.want)
			}
		})
	}
}

func TestBlock_bringsAnIdentityToItsGoal(t *testing.T) {
	t.Parallel()
	disabling, deleting, keeping := deprovision.Disabling, deprovision.Deleting, deprovision.Keeping
	for _, test := range []struct {
		disposal deprovision.Disposal
		from     deprovision.Status
		action   deprovision.Action
		to       deprovision.Status
	}{
		{disabling, enabled, deprovision.Disable, disabled},
		{disabling, disabled, deprovision.None, disabled},
		{disabling, absent, deprovision.None, absent},
		{disabling, unverified, deprovision.None, unverified},
		{disabling, unreachable, deprovision.None, unreachable},
		{deleting, enabled, deprovision.Delete, absent},
		{deleting, disabled, deprovision.Delete, absent},
		{deleting, absent, deprovision.None, absent},
		{deleting, unverified, deprovision.None, unverified},
		{deleting, unreachable, deprovision.None, unreachable},
		{keeping, enabled, deprovision.None, enabled},
		{keeping, disabled, deprovision.None, disabled},
		{keeping, unverified, deprovision.None, unverified},
		{keeping, unreachable, deprovision.None, unreachable},
	} {
		t.Run(string(test.disposal)+" from "+string(test.from), func(t *testing.T) {
			t.Parallel()
			intent := deprovision.Intent{
				RegistrationID: "device", Enrollment: deprovision.Disabling, Identities: test.disposal,
			}
			goal, effects := deprovision.Block(intent, standing(disabled, test.from))
			want := []deprovision.Effect{
				onEntry(deprovision.None, disabled, disabled), onIdentity(north, test.action, test.from, test.to),
			}
			if goal.Identities[north].Status != test.to || !slices.Equal(effects, want) {
				t.Errorf("got %v by %v, want %v", goal.Identities, effects, want)
			}
		})
	}
}

func TestRestore_undoesWhatWasDone(t *testing.T) {
	t.Parallel()
	none := deprovision.None
	for name, test := range map[string]struct {
		before    deprovision.Picture
		removable bool
		now       deprovision.Picture
		want      []deprovision.Effect
	}{
		"made and disabled": {
			standing(absent, enabled), true, standing(disabled, disabled),
			[]deprovision.Effect{
				onEntry(deprovision.Delete, disabled, absent), onIdentity(north, deprovision.Enable, disabled, enabled),
			},
		},
		"made, and changed by somebody else since": {
			standing(absent, enabled), false, standing(disabled, disabled),
			[]deprovision.Effect{
				onEntry(none, disabled, disabled), onIdentity(north, deprovision.Enable, disabled, enabled),
			},
		},
		"made, and enabled by somebody else since": {
			standing(absent, enabled), true, standing(enabled, enabled),
			[]deprovision.Effect{onEntry(none, enabled, enabled), onIdentity(north, none, enabled, enabled)},
		},
		"adopted": {
			standing(enabled, enabled), false, standing(disabled, disabled),
			[]deprovision.Effect{
				onEntry(deprovision.Enable, disabled, enabled), onIdentity(north, deprovision.Enable, disabled, enabled),
			},
		},
		"everything was disabled before": {
			standing(disabled, disabled), false, standing(disabled, disabled),
			[]deprovision.Effect{onEntry(none, disabled, disabled), onIdentity(north, none, disabled, disabled)},
		},
		"deleted": {
			standing(enabled, enabled), false, standing(absent, absent),
			[]deprovision.Effect{onEntry(none, absent, absent), onIdentity(north, none, absent, absent)},
		},
		"identity is out of reach": {
			standing(enabled, enabled), false, standing(disabled, unreachable),
			[]deprovision.Effect{
				onEntry(deprovision.Enable, disabled, enabled), onIdentity(north, none, unreachable, unreachable),
			},
		},
		"identity was not verified before": {
			standing(enabled, unverified), false, standing(disabled, disabled),
			[]deprovision.Effect{
				onEntry(deprovision.Enable, disabled, enabled), onIdentity(north, none, disabled, disabled),
			},
		},
		"identity in a hub that was not known before": {
			deprovision.Picture{Enrollment: enabled}, false, standing(disabled, disabled),
			[]deprovision.Effect{
				onEntry(deprovision.Enable, disabled, enabled), onIdentity(north, none, disabled, disabled),
			},
		},
		"identity of another device ID": {
			deprovision.Picture{Enrollment: enabled, Identities: map[string]deprovision.Identity{
				north: {DeviceID: "Device", Status: enabled},
			}}, false, standing(disabled, disabled),
			[]deprovision.Effect{
				onEntry(deprovision.Enable, disabled, enabled), onIdentity(north, none, disabled, disabled),
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			undoing := deprovision.Undoing{Previous: test.before, Removable: test.removable}
			_, effects := deprovision.Restore("device", undoing, test.now)
			if !slices.Equal(effects, test.want) {
				t.Errorf("got %v, want %v", effects, test.want)
			}
		})
	}
}

func TestDeletes_countsWhatCannotComeBack(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		effects []deprovision.Effect
		want    bool
	}{
		"nothing":               {nil, false},
		"disabling":             {[]deprovision.Effect{onEntry(deprovision.Disable, enabled, disabled)}, false},
		"an entry":              {[]deprovision.Effect{onEntry(deprovision.Delete, enabled, absent)}, true},
		"an identity":           {[]deprovision.Effect{onIdentity(south, deprovision.Delete, enabled, absent)}, true},
		"a registration record": {[]deprovision.Effect{deprovision.DeleteRegistration("device")}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := deprovision.Deletes(test.effects); got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

func TestPicture_cloneSharesNothing(t *testing.T) {
	t.Parallel()
	original := standing(enabled, enabled)
	clone := original.Clone()
	clone.Identities[north] = deprovision.Identity{DeviceID: "device", Status: disabled}
	clone.Identities[south] = deprovision.Identity{}
	if len(original.Identities) != 1 || original.Identities[north].Status != enabled {
		t.Errorf("the original became %v", original)
	}
}
