// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"slices"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

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

// blocking is an intent to block.
func blocking(enrollment, identities deprovision.Disposal) deprovision.Intent {
	return deprovision.Intent{RegistrationID: "device", Enrollment: enrollment, Identities: identities}
}

func stood(enrollment, inNorth deprovision.Status) deprovision.State {
	return deprovision.State{
		Enrollment: enrollment, Identities: map[deprovision.IdentityID]deprovision.Status{identity(north): inNorth},
	}
}

func TestDecide_bringsAnEntryToItsGoal(t *testing.T) {
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
			d := deprovision.Decide(seen(test.from), blocking(test.disposal, deprovision.Disabling), deprovision.Prior{})
			if d.State.Enrollment != test.want.To || !slices.Equal(d.Effects, deprovision.Effects{test.want}) {
				t.Errorf("got %s by %v, want %v", d.State.Enrollment, d.Effects, test.want)
			}
		})
	}
}

func TestDecide_bringsAnIdentityToItsGoal(t *testing.T) {
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
		{deleting, enabled, deprovision.Delete, absent},
		{deleting, disabled, deprovision.Delete, absent},
		{deleting, absent, deprovision.None, absent},
		{deleting, unverified, deprovision.None, unverified},
		{keeping, enabled, deprovision.None, enabled},
		{keeping, disabled, deprovision.None, disabled},
		{keeping, unverified, deprovision.None, unverified},
		{keeping, unreachable, deprovision.None, unreachable},
	} {
		t.Run(string(test.disposal)+" from "+string(test.from), func(t *testing.T) {
			t.Parallel()
			sighting := sighted(test.from)
			if test.from == unverified {
				sighting = deprovision.Sighting{Status: enabled}
			}
			prior := deprovision.Prior{Exists: true}
			d := deprovision.Decide(seen(disabled, sighting), blocking(deprovision.Disabling, test.disposal), prior)
			want := deprovision.Effects{
				onEntry(deprovision.None, disabled, disabled), onIdentity(north, test.action, test.from, test.to),
			}
			if d.State.Identities[identity(north)] != test.to || !slices.Equal(d.Effects, want) {
				t.Errorf("got %v by %v, want %v", d.State.Identities, d.Effects, want)
			}
		})
	}
}

// What only the apply can tell is left open, and what is certain is not.
func TestDecide_leavesOpenWhatOnlyTheApplyCanTell(t *testing.T) {
	t.Parallel()
	shut, lone := sighted(enabled), sighted(enabled)
	lone.Findable = false
	proven := sighted(enabled)
	proven.Proven = true
	refusedBefore := seen(disabled)
	refusedBefore.Record.Exists = true
	closed := func(e deprovision.Evidence) deprovision.Evidence { e.Shut = true; return e }
	type open = deprovision.Unknowns
	for name, test := range map[string]struct {
		evidence   deprovision.Evidence
		identities deprovision.Disposal
		exists     bool
		want       open
		access     deprovision.Access
	}{
		"an assigned device": {seen(absent, shut), deprovision.Disabling, false, open{}, deprovision.Blocked},
		"a device that never registered": {
			seen(absent), deprovision.Disabling, false, open{Identities: true}, deprovision.Blocked,
		},
		"one that was refused before": {
			refusedBefore, deprovision.Disabling, false, open{Identities: true, Access: true}, deprovision.PartiallyBlocked,
		},
		"an assigned device that is shut out, and overwrites its record": {
			closed(seen(disabled, shut)), deprovision.Disabling, false, open{Identities: true, Access: true},
			deprovision.Blocked,
		},
		"the same, in a hub that only the record names": {
			closed(seen(disabled, lone)), deprovision.Disabling, false, open{Identities: true, Access: true},
			deprovision.Blocked,
		},
		"the same, with a certificate that proves it": {
			closed(seen(disabled, proven)), deprovision.Disabling, false, open{Access: true}, deprovision.Blocked,
		},
		"its hub cannot be read": {
			seen(absent, sighted(unreachable)), deprovision.Disabling, false, open{Identities: true}, deprovision.Blocked,
		},
		"a searched hub cannot be read": {
			seen(absent, shut, deprovision.Sighting{Status: unreachable}), deprovision.Disabling, false,
			open{Identities: true, Access: true}, deprovision.PartiallyBlocked,
		},
		"a stranger in another hub": {
			seen(absent, shut, deprovision.Sighting{Status: enabled}), deprovision.Disabling, false, open{},
			deprovision.PartiallyBlocked,
		},
		"its identity is kept": {seen(absent, shut), deprovision.Keeping, false, open{}, deprovision.PartiallyBlocked},
		"it never registered, and is kept": {
			seen(absent), deprovision.Keeping, false, open{Identities: true, Access: true}, deprovision.Blocked,
		},
		"a block whose hub cannot be read": {
			seen(disabled, sighted(unreachable)), deprovision.Disabling, true, open{Identities: true, Access: true},
			deprovision.Blocked,
		},
		"a block, and a searched hub cannot be read": {
			seen(disabled, sighted(disabled), deprovision.Sighting{Status: unreachable}), deprovision.Disabling, true, open{},
			deprovision.PartiallyBlocked,
		},
		"a block that drifted, and a searched hub cannot be read": {
			seen(enabled, sighted(disabled), deprovision.Sighting{Status: unreachable}), deprovision.Disabling, true,
			open{Identities: true, Access: true}, deprovision.PartiallyBlocked,
		},
		"a block of a device that came back": {
			seen(disabled, sighted(enabled)), deprovision.Disabling, true, open{}, deprovision.Blocked,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := deprovision.Decide(
				test.evidence, blocking(deprovision.Disabling, test.identities), deprovision.Prior{Exists: test.exists})
			if d.Unknown != test.want || d.Access != test.access {
				t.Errorf("got %+v and %s, want %+v and %s", d.Unknown, d.Access, test.want, test.access)
			}
		})
	}
}

func TestDecide_rewritesOnlyWhatItMadeOrDisabled(t *testing.T) {
	t.Parallel()
	ours, others := sighted(disabled), sighted(disabled)
	ours.Ours = true
	intent := blocking(deprovision.Disabling, deprovision.Disabling)
	intent.RewriteEnrollment, intent.RewriteIdentities = true, true
	d := deprovision.Decide(seen(disabled, ours, others), intent, deprovision.Prior{Exists: true})
	want := deprovision.Effects{
		onEntry(deprovision.Disable, disabled, disabled), onIdentity(north, deprovision.Disable, disabled, disabled),
		onIdentity(south, deprovision.None, disabled, disabled),
	}
	if !slices.Equal(d.Effects, want) {
		t.Errorf("got %v, want %v", d.Effects, want)
	}
	for _, effect := range d.Effects[:2] {
		if !effect.Rewrites() {
			t.Errorf("%v should be a rewrite", effect)
		}
	}
}

func TestDecide_restoresWhatWasDone(t *testing.T) {
	t.Parallel()
	none, enable := deprovision.None, deprovision.Enable
	ours := sighted(disabled)
	ours.Ours = true
	unread := sighted(unreachable)
	unread.Ours = true
	for name, test := range map[string]struct {
		prior deprovision.Prior
		now   deprovision.Evidence
		want  deprovision.Effects
	}{
		"made and disabled": {
			deprovision.Prior{Previous: stood(absent, enabled), Removable: true}, seen(disabled, ours),
			deprovision.Effects{
				onEntry(deprovision.Delete, disabled, absent), onIdentity(north, enable, disabled, enabled),
			},
		},
		"made, and changed by somebody else since": {
			deprovision.Prior{Previous: stood(absent, enabled)}, seen(disabled, ours),
			deprovision.Effects{onEntry(none, disabled, disabled), onIdentity(north, enable, disabled, enabled)},
		},
		"made, and enabled by somebody else since": {
			deprovision.Prior{Previous: stood(absent, enabled), Removable: true}, seen(enabled, sighted(enabled)),
			deprovision.Effects{onEntry(none, enabled, enabled), onIdentity(north, none, enabled, enabled)},
		},
		"adopted": {
			deprovision.Prior{Previous: stood(enabled, enabled), Reenable: true}, seen(disabled, ours),
			deprovision.Effects{onEntry(enable, disabled, enabled), onIdentity(north, enable, disabled, enabled)},
		},
		"adopted, and made anew by somebody else since": {
			deprovision.Prior{Previous: stood(enabled, enabled)}, seen(disabled, ours),
			deprovision.Effects{onEntry(none, disabled, disabled), onIdentity(north, enable, disabled, enabled)},
		},
		"identity disabled by somebody else since": {
			deprovision.Prior{Previous: stood(enabled, enabled), Reenable: true}, seen(disabled, sighted(disabled)),
			deprovision.Effects{onEntry(enable, disabled, enabled), onIdentity(north, none, disabled, disabled)},
		},
		"everything was disabled before": {
			deprovision.Prior{Previous: stood(disabled, disabled), Reenable: true}, seen(disabled, ours),
			deprovision.Effects{onEntry(none, disabled, disabled), onIdentity(north, none, disabled, disabled)},
		},
		"deleted": {
			deprovision.Prior{Previous: stood(enabled, enabled)}, seen(absent, sighted(absent)),
			deprovision.Effects{onEntry(none, absent, absent), onIdentity(north, none, absent, absent)},
		},
		"identity is out of reach": { // What it needs, only the apply can tell.
			deprovision.Prior{Previous: stood(enabled, enabled), Reenable: true}, seen(disabled, unread),
			deprovision.Effects{onEntry(enable, disabled, enabled)},
		},
		"identity was not verified before": {
			deprovision.Prior{Previous: stood(enabled, unverified), Reenable: true}, seen(disabled, ours),
			deprovision.Effects{onEntry(enable, disabled, enabled), onIdentity(north, none, disabled, disabled)},
		},
		"identity that was not known before": {
			deprovision.Prior{Previous: deprovision.State{Enrollment: enabled}, Reenable: true}, seen(disabled, ours),
			deprovision.Effects{onEntry(enable, disabled, enabled), onIdentity(north, none, disabled, disabled)},
		},
		"undone already": {
			deprovision.Prior{Restored: true, Previous: stood(enabled, enabled), Reenable: true}, seen(disabled, ours),
			deprovision.Effects{onEntry(none, disabled, disabled), onIdentity(north, none, disabled, disabled)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.prior.Exists = true
			d := deprovision.Decide(test.now, deprovision.Intent{RegistrationID: "device", Restore: true}, test.prior)
			if !slices.Equal(d.Effects, test.want) {
				t.Errorf("got %v, want %v", d.Effects, test.want)
			}
		})
	}
}

// Without an entry the groups decide, and those of a blocked device were last looked at some time ago.
func TestDecide_letsTheApplyTellTheAccessOfADeviceWhoseEntryIsRemoved(t *testing.T) {
	t.Parallel()
	prior := deprovision.Prior{Exists: true, Previous: stood(absent, absent), Removable: true}
	d := deprovision.Decide(seen(disabled), deprovision.Intent{RegistrationID: "device", Restore: true}, prior)
	if !d.Unknown.Paths || !d.Unknown.Access {
		t.Errorf("both should be unknown: %+v", d.Unknown)
	}
}

func TestDecide_remembersWhereEachObjectStoodBefore(t *testing.T) {
	t.Parallel()
	disabling := blocking(deprovision.Disabling, deprovision.Disabling)
	for name, test := range map[string]struct {
		now   deprovision.Evidence
		prior deprovision.Prior
		want  deprovision.State
	}{
		"a new block finds it": {seen(enabled, sighted(enabled)), deprovision.Prior{}, stood(enabled, enabled)},
		"a new block whose mark knows better": {
			seen(disabled, sighted(disabled)), deprovision.Prior{Previous: stood(absent, enabled)}, stood(absent, enabled),
		},
		"a block that is carried out again": {
			seen(enabled, sighted(enabled)), deprovision.Prior{Exists: true, Previous: stood(disabled, disabled)},
			stood(disabled, disabled),
		},
		"a block that finds an identity anew": {
			seen(disabled, sighted(enabled)), deprovision.Prior{Exists: true, Previous: deprovision.State{Enrollment: absent}},
			stood(absent, enabled),
		},
		"a block whose entry vanished": {
			seen(absent, sighted(disabled)), deprovision.Prior{Exists: true, Previous: stood(enabled, enabled)},
			stood(absent, enabled),
		},
		"a block of what was restored": {
			seen(enabled, sighted(enabled)), deprovision.Prior{Exists: true, Restored: true, Previous: stood(absent, disabled)},
			stood(enabled, enabled),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := deprovision.Decide(test.now, disabling, test.prior)
			if d.Previous.Enrollment != test.want.Enrollment ||
				d.Previous.Identities[identity(north)] != test.want.Identities[identity(north)] {
				t.Errorf("got %v, want %v", d.Previous, test.want)
			}
		})
	}
}

func TestDeletes_countsWhatCannotComeBack(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		effects deprovision.Effects
		want    bool
	}{
		"nothing":               {nil, false},
		"disabling":             {deprovision.Effects{onEntry(deprovision.Disable, enabled, disabled)}, false},
		"an entry":              {deprovision.Effects{onEntry(deprovision.Delete, enabled, absent)}, true},
		"an identity":           {deprovision.Effects{onIdentity(south, deprovision.Delete, enabled, absent)}, true},
		"a registration record": {deprovision.Effects{deprovision.DeleteRegistration("device")}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.effects.Delete(); got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

func TestState_cloneSharesNothing(t *testing.T) {
	t.Parallel()
	original := stood(enabled, enabled)
	clone := original.Clone()
	clone.Identities[identity(north)], clone.Identities[identity(south)] = disabled, disabled
	if len(original.Identities) != 1 || original.Identities[identity(north)] != enabled {
		t.Errorf("the original became %v", original)
	}
}

func TestIdentityID_readsWhatItWrites(t *testing.T) {
	t.Parallel()
	id := deprovision.IdentityID{Host: "hub.azure-devices.net:8883", DeviceID: "Pump 7:a,b"}
	if got := deprovision.ParseIdentityID(id.String()); got != id {
		t.Errorf("%s is read as %v", id, got)
	}
}
