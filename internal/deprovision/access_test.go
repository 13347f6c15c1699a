// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

const (
	absent      = deprovision.Absent
	unverified  = deprovision.Unverified
	unreachable = deprovision.Unreachable

	north, south = "north.azure-devices.net", "south.azure-devices.net"
)

// identity names the device's identity in a hub.
func identity(host string) deprovision.IdentityID {
	return deprovision.IdentityID{Host: host, DeviceID: "device"}
}

// sighted is an identity that the registration record names.
func sighted(status deprovision.Status) deprovision.Sighting {
	return deprovision.Sighting{Ties: deprovision.Ties{Recorded: true}, Status: status, Findable: true}
}

// seen is the evidence of a device that its record names in every given hub, and of an entry.
func seen(enrollment deprovision.Status, identities ...deprovision.Sighting) deprovision.Evidence {
	e := deprovision.Evidence{
		Enrollment: enrollment, Identities: map[deprovision.IdentityID]deprovision.Sighting{},
		Search: deprovision.Search{Done: true, Hubs: 2}, Proof: deprovision.ProofTPM,
	}
	for i, sighting := range identities {
		e.Identities[identity([]string{north, south, "west.azure-devices.net"}[i])] = sighting
	}
	if len(identities) > 0 {
		e.Record = deprovision.Record{Exists: true, Hub: north}
	}
	return e
}

func TestAccess_sumsUpEveryPart(t *testing.T) {
	t.Parallel()
	const blocked, partially, allowed = deprovision.Blocked, deprovision.PartiallyBlocked, deprovision.Allowed
	stranger := deprovision.Sighting{Status: enabled}
	shut, open, gone := sighted(disabled), sighted(enabled), sighted(absent)
	path := []deprovision.ReenrollPath{{EnrollmentGroupID: "g", Match: deprovision.MatchPossible}}
	with := func(e deprovision.Evidence, change func(*deprovision.Evidence)) deprovision.Evidence {
		change(&e)
		return e
	}
	grouped := func(e deprovision.Evidence) deprovision.Evidence {
		return with(e, func(e *deprovision.Evidence) { e.Paths, e.Proof = path, deprovision.ProofNone })
	}
	for name, test := range map[string]struct {
		evidence deprovision.Evidence
		want     deprovision.Access
	}{
		"enabled, no hub":                {seen(enabled), allowed},
		"enabled, hub disabled":          {seen(enabled, shut), allowed},
		"disabled, never assigned":       {seen(disabled), blocked},
		"disabled, whatever the paths":   {grouped(seen(disabled)), blocked},
		"disabled, hub disabled":         {grouped(seen(disabled, shut)), blocked},
		"disabled, hub identity deleted": {seen(disabled, gone), blocked},
		"disabled, hub enabled":          {seen(disabled, open), partially},
		"disabled, hub unreachable":      {seen(disabled, sighted(unreachable)), partially},
		"disabled, a stranger besides":   {seen(disabled, shut, stranger), partially},
		"disabled, one of many enabled":  {seen(disabled, shut, gone, open), partially},
		"disabled, many shut":            {seen(disabled, shut, gone, shut), blocked},
		"disabled, unknown status":       {seen(disabled, sighted("")), partially},
		"disabled, whereabouts unknown": {with(seen(disabled), func(e *deprovision.Evidence) {
			e.Record.Exists = true
		}), partially},
		"absent, a path":               {grouped(seen(absent, shut)), allowed},
		"absent, proven, hub disabled": {seen(absent, shut), blocked},
		"absent, proven, hub enabled":  {seen(absent, open), partially},
		"absent, no path and not proven": {
			with(seen(absent, shut), func(e *deprovision.Evidence) { e.Proof = "" }), partially,
		},
		"absent, proven, but it was back": {
			with(seen(absent, shut), func(e *deprovision.Evidence) { e.Record.CameBack = true }), allowed,
		},
		"unreachable, hub disabled": {seen(unreachable, shut), partially},
		"no status":                 {seen(""), partially},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.evidence.Access(); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// Where the device can be is known only for a reason; each of them is tried with and without what it rests on.
func TestPlaced_needsAReason(t *testing.T) {
	t.Parallel()
	tied := func(status deprovision.Status, ties deprovision.Ties) map[deprovision.IdentityID]deprovision.Sighting {
		return map[deprovision.IdentityID]deprovision.Sighting{identity(north): {Ties: ties, Status: status}}
	}
	recorded, remembered := deprovision.Ties{Recorded: true}, deprovision.Ties{Remembered: true}
	named, proven := deprovision.Ties{Named: true, HubNamed: true}, deprovision.Ties{Proven: true}
	unlocated := deprovision.Ties{Named: true}
	refused := deprovision.Record{Exists: true}
	harmless := deprovision.Record{Exists: true, Harmless: true}
	assigned := deprovision.Record{Exists: true, Hub: north}
	searched := deprovision.Search{Done: true, Hubs: 1}
	for name, test := range map[string]struct {
		evidence deprovision.Evidence
		want     bool
	}{
		"nothing is known": {deprovision.Evidence{}, false},
		"the record's identity stands": {
			deprovision.Evidence{Record: assigned, Identities: tied(disabled, recorded)}, true,
		},
		"the record's identity is gone": {
			deprovision.Evidence{Record: assigned, Identities: tied(absent, recorded)}, true,
		},
		"a record that names a hub, and no look there": {deprovision.Evidence{Record: assigned, Search: searched}, false},
		"the user names an identity": {
			deprovision.Evidence{Record: refused, Identities: tied(enabled, named)}, true,
		},
		"the user names an ID and no hub": {
			deprovision.Evidence{Record: refused, Identities: tied(enabled, unlocated)}, false,
		},
		"the user names one that is absent": {
			deprovision.Evidence{Record: refused, Identities: tied(absent, named)}, false,
		},
		"a remembered identity stands": {deprovision.Evidence{Identities: tied(disabled, remembered)}, true},
		"a remembered one, and it was elsewhere": {
			deprovision.Evidence{Record: refused, Identities: tied(disabled, remembered)}, false,
		},
		"a remembered one, and only refused since": {
			deprovision.Evidence{Record: harmless, Identities: tied(disabled, remembered)}, true,
		},
		"a remembered one is gone":         {deprovision.Evidence{Identities: tied(absent, remembered)}, false},
		"a certificate proves an identity": {deprovision.Evidence{Identities: tied(disabled, proven)}, true},
		"a certificate, and it was elsewhere": {
			deprovision.Evidence{Record: refused, Identities: tied(disabled, proven)}, false,
		},
		"a stranger stands": {
			deprovision.Evidence{Identities: tied(disabled, deprovision.Ties{})}, false,
		},
		"never registered, every hub read": {deprovision.Evidence{Search: searched}, true},
		"never registered, refused since":  {deprovision.Evidence{Record: harmless, Search: searched}, true},
		"refused before, every hub read":   {deprovision.Evidence{Record: refused, Search: searched}, false},
		"never registered, no hub known":   {deprovision.Evidence{Search: deprovision.Search{Done: true}}, false},
		"never registered, not searched":   {deprovision.Evidence{Search: deprovision.Search{Hubs: 1}}, false},
		"never registered, one hub not read": {
			deprovision.Evidence{Search: deprovision.Search{Done: true, Hubs: 1, Unread: 1}}, false,
		},
		"known before, entry unchanged": {
			deprovision.Evidence{Record: refused, Watch: deprovision.Watch{Unbroken: true, Placed: true}}, true,
		},
		"known before, entry changed": {
			deprovision.Evidence{Record: refused, Watch: deprovision.Watch{Placed: true}}, false,
		},
		"not known before, entry unchanged": {
			deprovision.Evidence{Record: refused, Watch: deprovision.Watch{Unbroken: true}}, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.evidence.Placed(); got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
		})
	}
}

func TestAccess_saysBlockedOnlyWhenEverythingIsShut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := drawEvidence(t)
		access := e.Access()
		if e.Enrollment == enabled && access != deprovision.Allowed {
			t.Fatalf("an enabled entry, but %s", access)
		}
		if access != deprovision.Blocked {
			return
		}
		if e.Enrollment != disabled && (e.Enrollment != absent || len(e.Paths) > 0 || e.Proof == deprovision.ProofNone) {
			t.Fatalf("blocked, but the entry is %q, there are %d paths, and the proof is "+
				"%q", e.Enrollment, len(e.Paths), e.Proof)
		}
		if !e.Placed() {
			t.Fatal("blocked, but nobody knows where the device can be")
		}
		for id, sighting := range e.Identities {
			if said := sighting.Said(); said != disabled && said != absent {
				t.Fatalf("blocked, but the identity %s is %q", id, said)
			}
		}
	})
}

// drawEvidence draws anything that can be known of a device, also what cannot be.
func drawEvidence(t *rapid.T) deprovision.Evidence {
	flag := func(label string) bool { return rapid.Bool().Draw(t, label) }
	e := deprovision.Evidence{
		Enrollment: rapid.SampledFrom([]deprovision.Status{enabled, disabled, disabled, absent}).Draw(t, "entry"),
		Identities: map[deprovision.IdentityID]deprovision.Sighting{},
		Search: deprovision.Search{
			Done: flag("searched"), Hubs: rapid.IntRange(0, 2).Draw(t, "read"), Unread: rapid.IntRange(0, 1).Draw(t, "unread"),
		},
		Record: deprovision.Record{
			Exists: flag("record"), Hub: rapid.SampledFrom([]string{"", north}).Draw(t, "hub"),
			Harmless: flag("harmless"), CameBack: flag("came back"),
		},
		Shut:  flag("shut"),
		Proof: rapid.SampledFrom([]deprovision.Proof{deprovision.ProofNone, deprovision.ProofTPM}).Draw(t, "proof"),
		Watch: deprovision.Watch{Unbroken: flag("unbroken"), Placed: flag("placed before")},
	}
	if flag("a group") {
		e.Paths = []deprovision.ReenrollPath{{EnrollmentGroupID: "g", Match: deprovision.MatchIssuer}}
	}
	for range rapid.IntRange(0, 3).Draw(t, "identities") {
		id := deprovision.IdentityID{
			Host:     rapid.SampledFrom([]string{north, south}).Draw(t, "host"),
			DeviceID: rapid.SampledFrom([]string{"device", "Device"}).Draw(t, "device ID"),
		}
		e.Identities[id] = deprovision.Sighting{
			Ties: deprovision.Ties{
				Recorded: flag("recorded"), Remembered: flag("remembered"), Named: flag("named"), HubNamed: flag("hub named"),
				Proven: flag("proven"),
			},
			Status:   rapid.SampledFrom([]deprovision.Status{enabled, disabled, absent, unreachable}).Draw(t, "status"),
			Findable: flag("findable"), Ours: flag("ours"),
		}
	}
	return e
}
