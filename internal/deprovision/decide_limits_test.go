// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"slices"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

func oursStanding(status deprovision.Status) deprovision.Sighting {
	sighting := sighted(status)
	sighting.Ours = true
	return sighting
}

// Where a stranger stood is nothing to remember: whatever is remembered is taken for the device's once memory is lost.
func TestDecide_remembersNothingOfWhatNothingTiesToTheDevice(t *testing.T) {
	t.Parallel()
	stranger := deprovision.Sighting{Status: enabled}
	for name, prior := range map[string]deprovision.Prior{
		"a new block":                  {},
		"a block of what was restored": {Exists: true, Restored: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := deprovision.Decide(seen(enabled, sighted(enabled), stranger),
				blocking(deprovision.Disabling, deprovision.Disabling), prior)
			if _, found := d.Previous.Identities[identity(south)]; found {
				t.Errorf("the stranger should not be in %v", d.Previous)
			}
			if d.Previous.Identities[identity(north)] != enabled {
				t.Errorf("the device's identity should be in %v", d.Previous)
			}
		})
	}
}

// An earlier block knows better than a new one how an object stood before, unless it knew nothing of it.
func TestDecide_takesOverHowAnObjectStoodBeforeAnEarlierBlock(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ earlier, found, want deprovision.Status }{
		"it was disabled before":         {disabled, enabled, disabled},
		"it was enabled before":          {enabled, disabled, enabled},
		"it was made since":              {absent, enabled, enabled},
		"it could not be verified then":  {unverified, disabled, disabled},
		"it could not be read then":      {unreachable, enabled, enabled},
		"it is gone, and was so before":  {absent, absent, absent},
		"it is gone, and was enabled":    {enabled, absent, enabled},
		"nothing is known, and it is so": {"", enabled, enabled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			prior := deprovision.Prior{Previous: deprovision.State{Enrollment: absent}.Clone()}
			if test.earlier != "" {
				prior.Previous.Identities[identity(north)] = test.earlier
			}
			d := deprovision.Decide(seen(disabled, sighted(test.found)),
				blocking(deprovision.Disabling, deprovision.Keeping), prior)
			if got := d.Previous.Identities[identity(north)]; got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestDecide_saysWhatCannotBeBroughtBack(t *testing.T) {
	t.Parallel()
	disabling, deleting, keeping := deprovision.Disabling, deprovision.Deleting, deprovision.Keeping
	for name, test := range map[string]struct {
		now    deprovision.Evidence
		intent deprovision.Intent
		prior  deprovision.Prior
		want   bool
	}{
		"a new block disables": {seen(enabled, sighted(enabled)), blocking(disabling, disabling), deprovision.Prior{}, false},
		"a new block is to delete an entry that is not there": {
			seen(absent, sighted(enabled)), blocking(deleting, keeping), deprovision.Prior{}, true,
		},
		"a new block is to delete identities, and there is none": {
			seen(enabled, sighted(absent)), blocking(disabling, deleting), deprovision.Prior{}, true,
		},
		"a block has deleted": {
			seen(disabled, sighted(disabled)), blocking(disabling, disabling),
			deprovision.Prior{Exists: true, Irreversible: true}, true,
		},
		"a block is to delete what it cannot read": {
			seen(disabled, sighted(unreachable)), blocking(disabling, deleting), deprovision.Prior{Exists: true}, true,
		},
		"a block has nothing left to delete": {
			seen(disabled, sighted(absent)), blocking(disabling, deleting), deprovision.Prior{Exists: true}, false,
		},
		"a block of what was deleted once and restored": {
			seen(enabled, sighted(enabled)), blocking(disabling, disabling),
			deprovision.Prior{Exists: true, Restored: true, Irreversible: true}, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if d := deprovision.Decide(test.now, test.intent, test.prior); d.Irreversible != test.want {
				t.Errorf("got %t, want %t", d.Irreversible, test.want)
			}
		})
	}
}

// What is to be rewritten is rewritten only where blocking would write it.
func TestDecide_rewritesNothingThatIsKeptOrNotThere(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		now                    deprovision.Status
		enrollment, identities deprovision.Disposal
	}{
		"identities are kept":  {disabled, deprovision.Disabling, deprovision.Keeping},
		"the entry is deleted": {absent, deprovision.Deleting, deprovision.Keeping},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			intent := blocking(test.enrollment, test.identities)
			intent.RewriteIdentities, intent.RewriteEnrollment = true, test.now == absent
			d := deprovision.Decide(seen(test.now, oursStanding(disabled)), intent, deprovision.Prior{Exists: true})
			if changes := d.Effects.Changes(); len(changes) > 0 {
				t.Errorf("nothing should be written: %v", changes)
			}
		})
	}
}

// Without an entry and without one to delete, the plan says what is known of the groups and of the device's return.
func TestDecide_saysWhatABlockWithoutAnEntryLeadsTo(t *testing.T) {
	t.Parallel()
	unproven, back := seen(absent, sighted(disabled)), seen(absent, sighted(enabled))
	unproven.Proof = deprovision.ProofNone
	back.Record.CameBack = true
	for name, test := range map[string]struct {
		now  deprovision.Evidence
		want deprovision.Access
	}{
		"nothing proves that no group admits it": {unproven, deprovision.PartiallyBlocked},
		"it came back, and is blocked again":     {back, deprovision.Blocked},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := deprovision.Decide(test.now, blocking(deprovision.Deleting, deprovision.Disabling),
				deprovision.Prior{Exists: true, Previous: stood(enabled, enabled)})
			if d.Access != test.want || d.Unknown != (deprovision.Unknowns{}) {
				t.Errorf("got %s and %+v, want %s", d.Access, d.Unknown, test.want)
			}
		})
	}
}

// A new block may learn at apply where the device can be; and one that DPS lets in may go elsewhere before that.
func TestDecide_leavesOpenWhereADeviceCanBe(t *testing.T) {
	t.Parallel()
	elsewhere, named := seen(disabled, sighted(enabled)), seen(enabled, sighted(enabled))
	elsewhere.Record = deprovision.Record{Exists: true}
	elsewhere.Identities[identity(north)] = deprovision.Sighting{
		Ties: deprovision.Ties{Remembered: true}, Status: enabled, Findable: true,
	}
	named.Record = deprovision.Record{}
	named.Identities[identity(north)] = deprovision.Sighting{
		Ties: deprovision.Ties{Named: true, HubNamed: true}, Status: enabled, Findable: true,
	}
	for name, test := range map[string]struct {
		now  deprovision.Evidence
		want deprovision.Unknowns
	}{
		"it was elsewhere": {elsewhere, deprovision.Unknowns{Access: true}},
		"only the user names where it is, and DPS lets it in": {named, deprovision.Unknowns{Identities: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := deprovision.Decide(
				test.now, blocking(deprovision.Disabling, deprovision.Disabling), deprovision.Prior{})
			if d.Unknown != test.want {
				t.Errorf("got %+v and %s, want %+v", d.Unknown, d.Access, test.want)
			}
		})
	}
}

// Something new that the user names may show whose an identity is that nobody could verify.
func TestDecide_promisesNothingOfWhatIsUnverifiedWhereSomethingNewIsNamed(t *testing.T) {
	t.Parallel()
	intent := blocking(deprovision.Disabling, deprovision.Disabling)
	intent.Unseen = true
	d := deprovision.Decide(seen(disabled, sighted(disabled), deprovision.Sighting{Status: enabled}), intent,
		deprovision.Prior{Exists: true, Previous: stood(enabled, enabled)})
	want := deprovision.Effects{
		onEntry(deprovision.None, disabled, disabled), onIdentity(north, deprovision.None, disabled, disabled),
	}
	if !slices.Equal(d.Effects, want) || !d.Unknown.Identities {
		t.Errorf("got %v and %+v, want %v", d.Effects, d.Unknown, want)
	}
}

// What was not disabled here is not enabled, so that it need not be read.
func TestDecide_restoringLeavesNothingOpenWhereAnIdentityIsNotOurs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before deprovision.Status
		ours   bool
		want   bool
	}{
		"ours":                        {enabled, true, true},
		"somebody else's":             {enabled, false, false},
		"ours, and disabled before":   {disabled, true, false},
		"ours, and nothing was there": {absent, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sighting := sighted(unreachable)
			sighting.Ours = test.ours
			d := deprovision.Decide(seen(disabled, sighting), deprovision.Intent{RegistrationID: "device", Restore: true},
				deprovision.Prior{Exists: true, Previous: stood(enabled, test.before), Reenable: true})
			if d.Unknown.Identities != test.want || d.Unknown.Access != test.want {
				t.Errorf("got %+v, want %t", d.Unknown, test.want)
			}
		})
	}
}

// The access that a restore promises is that after it.
func TestDecide_restoringPromisesTheAccessAfterIt(t *testing.T) {
	t.Parallel()
	shut := oursStanding(disabled)
	for name, test := range map[string]struct {
		prior deprovision.Prior
		want  deprovision.Access
	}{
		"the entry is enabled": {
			deprovision.Prior{Previous: stood(enabled, enabled), Reenable: true}, deprovision.Allowed,
		},
		"only the identity is enabled": {deprovision.Prior{Previous: stood(disabled, enabled)}, deprovision.PartiallyBlocked},
		"nothing is enabled":           {deprovision.Prior{Previous: stood(disabled, disabled)}, deprovision.Blocked},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.prior.Exists = true
			d := deprovision.Decide(
				seen(disabled, shut), deprovision.Intent{RegistrationID: "device", Restore: true}, test.prior)
			if d.Access != test.want || d.Unknown.Access {
				t.Errorf("got %s and %+v, want %s", d.Access, d.Unknown, test.want)
			}
		})
	}
}

// That a device was somewhere that nothing names any more is to be remembered only where that is not known otherwise.
func TestAstray_isADeviceOfWhichNobodyKnowsWhereItWas(t *testing.T) {
	t.Parallel()
	lost := deprovision.Evidence{Record: deprovision.Record{Exists: true}}
	known, harmless := lost, lost
	known.Watch = deprovision.Watch{Unbroken: true, Placed: true}
	harmless.Record.Harmless = true
	if !lost.Astray() || known.Astray() || harmless.Astray() {
		t.Errorf("got %t, %t and %t", lost.Astray(), known.Astray(), harmless.Astray())
	}
}
