// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

const (
	atFirst = "2026-01-01T00:00:00Z"
	later   = "2026-01-02T00:00:00Z"
)

// entryOf is an entry that was made at first and last written as said.
func entryOf(status, written string, etag azcore.ETag) *azdps.IndividualEnrollment {
	return &azdps.IndividualEnrollment{
		RegistrationID: "device",
		Enrollment: azdps.Enrollment{
			ProvisioningStatus: &status, ETag: etag, CreatedDateTimeUTC: atFirst,
			LastUpdatedDateTimeUTC: written,
		},
	}
}

// A record without a hub tells of no assignment only where it is of tries since an entry that nobody has written.
func TestRecord_refusedTriesAreHarmlessOnlySinceTheBlock(t *testing.T) {
	t.Parallel()
	made := entryOf(azdps.StatusDisabled, atFirst, "1")
	mark := &facts.Mark{Version: facts.MarkVersion}
	since := &azdps.Registration{Status: azdps.RegistrationDisabled, CreatedDateTimeUTC: later}
	for name, test := range map[string]struct {
		f    facts.Evidence
		m    memory
		want bool
	}{
		"since":                     {facts.Evidence{Entry: made, Mark: mark, Record: since}, memory{}, true},
		"since, and it was astray":  {facts.Evidence{Entry: made, Mark: mark, Record: since}, memory{Astray: true}, false},
		"an entry of somebody else": {facts.Evidence{Entry: made, Record: since}, memory{}, true},
		"an entry that was written since": {
			facts.Evidence{Entry: entryOf(azdps.StatusDisabled, "2026-01-01T12:00:00Z", "2"), Mark: mark, Record: since},
			memory{}, false,
		},
		"at the same moment": {
			facts.Evidence{Entry: made, Mark: mark, Record: &azdps.Registration{
				Status: azdps.RegistrationDisabled, CreatedDateTimeUTC: atFirst,
			}}, memory{}, false,
		},
		"unassigned": {
			facts.Evidence{Record: &azdps.Registration{Status: azdps.RegistrationUnassigned}}, memory{}, true,
		},
		"the mark knows that it was astray": {
			facts.Evidence{Entry: made, Mark: &facts.Mark{Version: facts.MarkVersion, Astray: true}, Record: since},
			memory{}, false,
		},
		"the mark knew so, and a later look knows better": {
			facts.Evidence{Entry: made, Mark: &facts.Mark{Version: facts.MarkVersion, Astray: true}, Record: since},
			memory{Seen: &facts.Seen{ETag: "1"}}, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := sight{f: test.f, m: test.m}.record()
			if !got.Exists || got.Hub != "" || got.Harmless != test.want {
				t.Errorf("got %+v, want %t", got, test.want)
			}
		})
	}
}

// That the device came back after the delete counts as long as it is to be kept out.
func TestRecord_aReturnCountsWhileTheDeviceIsBlocked(t *testing.T) {
	t.Parallel()
	f := facts.Evidence{Record: &azdps.Registration{
		Status: azdps.RegistrationAssigned, AssignedHub: "north", DeviceID: "device", LastUpdatedDateTimeUTC: later,
	}}
	left := facts.SeenOf(nil, &azdps.Registration{
		AssignedHub: "north", DeviceID: "device", LastUpdatedDateTimeUTC: atFirst,
	})
	same := facts.SeenOf(nil, f.Record)
	for name, test := range map[string]struct {
		seen    *facts.Seen
		restore bool
		want    bool
	}{
		"another record":               {&left, false, true},
		"another record, and restored": {&left, true, false},
		"the record that was left":     {&same, false, false},
		"nothing was looked at":        {nil, false, false},
		"it had an entry then":         {&facts.Seen{ETag: "1"}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sight{want: wanted{Intent: deprovision.Intent{Restore: test.restore}}, f: f, m: memory{Seen: test.seen}}
			if got := s.record(); got.CameBack != test.want {
				t.Errorf("got %+v, want %t", got, test.want)
			}
		})
	}
}

// What an earlier look knew of the whereabouts holds as long as DPS has refused the device ever since.
func TestWatched_holdsWhileTheEntryIsUnchanged(t *testing.T) {
	t.Parallel()
	unbroken, placed := deprovision.Watch{Unbroken: true}, deprovision.Watch{Unbroken: true, Placed: true}
	mark := &facts.Mark{Version: facts.MarkVersion, Placed: true}
	back := &azdps.Registration{
		Status: azdps.RegistrationAssigned, AssignedHub: "north", DeviceID: "device", LastUpdatedDateTimeUTC: later,
	}
	for name, test := range map[string]struct {
		f    facts.Evidence
		m    memory
		want deprovision.Watch
	}{
		"unchanged": {
			facts.Evidence{Entry: entryOf(azdps.StatusDisabled, later, "1")},
			memory{Seen: &facts.Seen{ETag: "1"}, Placed: true}, placed,
		},
		"unchanged, and it was not known": {
			facts.Evidence{Entry: entryOf(azdps.StatusDisabled, later, "1")}, memory{Seen: &facts.Seen{ETag: "1"}}, unbroken,
		},
		"enabled": {
			facts.Evidence{Entry: entryOf(azdps.StatusEnabled, later, "1")},
			memory{Seen: &facts.Seen{ETag: "1"}, Placed: true}, deprovision.Watch{},
		},
		"still absent": {facts.Evidence{}, memory{Seen: &facts.Seen{}, Placed: true}, placed},
		"gone": {
			facts.Evidence{}, memory{Seen: &facts.Seen{ETag: "1"}, Placed: true}, deprovision.Watch{Placed: true},
		},
		"still absent, and it came back": {
			facts.Evidence{Record: back}, memory{Seen: &facts.Seen{}, Placed: true}, deprovision.Watch{Placed: true},
		},
		"no memory, and the mark of an entry that nobody has written": {
			facts.Evidence{Entry: entryOf(azdps.StatusDisabled, atFirst, "1"), Mark: mark}, memory{}, placed,
		},
		"no memory, and the mark of an entry that was written since": {
			facts.Evidence{Entry: entryOf(azdps.StatusDisabled, later, "1"), Mark: mark}, memory{}, deprovision.Watch{},
		},
		"no memory, and no mark": {
			facts.Evidence{Entry: entryOf(azdps.StatusDisabled, atFirst, "1")}, memory{}, deprovision.Watch{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := (sight{f: test.f, m: test.m}).watched(); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// An entry that blocks says nothing about how its device proves itself; and where a hub knows the device by a
// certificate that nobody has seen, no entry is believed until the hub shows one that is known.
func TestLearn_believesOnlyWhatTheHubsBearOut(t *testing.T) {
	t.Parallel()
	id := deprovision.IdentityID{Host: "north", DeviceID: "device"}
	identity := func(ties deprovision.Ties, auth aziothub.Authentication) map[deprovision.IdentityID]facts.Identity {
		ties.Remembered = true
		return map[deprovision.IdentityID]facts.Identity{
			id: {Ties: ties, Status: deprovision.Enabled, Device: &aziothub.Device{Authentication: &auth}},
		}
	}
	withThumbprint := aziothub.Authentication{X509Thumbprint: &aziothub.X509Thumbprint{PrimaryThumbprint: new("AB")}}
	byKey := identity(deprovision.Ties{}, aziothub.Authentication{Type: aziothub.AuthenticationSAS})
	byAnother := identity(deprovision.Ties{}, withThumbprint)
	byItsOwn := identity(deprovision.Ties{Proven: true}, withThumbprint)
	entry := func(attestation string) *azdps.IndividualEnrollment {
		e := entryOf(azdps.StatusEnabled, later, "1")
		e.Attestation.Type = attestation
		return e
	}
	mark := &facts.Mark{Version: facts.MarkVersion}
	for name, test := range map[string]struct {
		f     facts.Evidence
		m     memory
		want  string
		other bool
	}{
		"a key, which a hub knows": {
			facts.Evidence{Entry: entry(azdps.AttestationSymmetricKey), Identities: byKey}, memory{}, "symmetricKey", false,
		},
		"a key, which no hub knows": {
			facts.Evidence{Entry: entry(azdps.AttestationSymmetricKey)}, memory{}, "", false,
		},
		"a certificate": {facts.Evidence{Entry: entry(azdps.AttestationX509)}, memory{}, "x509", false},
		"an entry that was made to block": {
			facts.Evidence{Entry: entry(azdps.AttestationSymmetricKey), Mark: mark, Identities: byKey}, memory{}, "", false,
		},
		"a hub knows another certificate": {
			facts.Evidence{Entry: entry(azdps.AttestationX509), Identities: byAnother}, memory{}, "", true,
		},
		"a hub knew another certificate, and cannot be read": {
			facts.Evidence{Entry: entry(azdps.AttestationX509)}, memory{OtherCertificate: true}, "", true,
		},
		"a hub knew another certificate, and knows its own now": {
			facts.Evidence{Entry: entry(azdps.AttestationX509), Identities: byItsOwn}, memory{OtherCertificate: true},
			"x509", false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, got := test.m.learn(test.f), ""
			if m.Attested != nil {
				got = m.Attested.Attestation
			}
			if got != test.want || m.OtherCertificate != test.other {
				t.Errorf("got %q and %t, want %q and %t", got, m.OtherCertificate, test.want, test.other)
			}
		})
	}
}

// A hub that knows the device by a certificate tells that it has one, also where nobody has seen it.
func TestDevice_hasACertificateThatOnlyAHubHasSeen(t *testing.T) {
	t.Parallel()
	for other, want := range map[bool]deprovision.Attestation{true: deprovision.X509, false: deprovision.Unknown} {
		asked := wanted{Intent: deprovision.Intent{RegistrationID: "device"}}
		d := sight{want: asked, m: memory{OtherCertificate: other}}.device()
		if d.Attestation != want || d.OtherCertificates != other {
			t.Errorf("got %+v, want %q", d, want)
		}
	}
}

// How an entry stood before the block: one that was made to block stood nowhere, and one that somebody else has put in
// its place, or has disabled since, is as it is found.
func TestEntryBefore_isWhatRestoringMayBringBack(t *testing.T) {
	t.Parallel()
	mark := &facts.Mark{Version: facts.MarkVersion}
	const enabled, disabled, absent = deprovision.Enabled, deprovision.Disabled, deprovision.Absent
	adopted := memory{Entry: entryMemory{Disabled: atFirst}}
	anew := memory{Entry: entryMemory{Disabled: "2025-12-31T00:00:00Z"}}
	for name, test := range map[string]struct {
		status   string
		mark     *facts.Mark
		m        memory
		created  bool
		stood    deprovision.Status
		restored bool
		want     deprovision.Status
	}{
		"adopted":             {azdps.StatusDisabled, nil, adopted, false, disabled, false, enabled},
		"adopted, and let in": {azdps.StatusEnabled, nil, adopted, false, disabled, false, enabled},
		"adopted, let in, and shut out by somebody else": {
			azdps.StatusDisabled, nil, adopted, false, enabled, false, disabled,
		},
		"adopted, restored, and shut out by somebody else": {
			azdps.StatusDisabled, nil, adopted, false, enabled, true, enabled,
		},
		"adopted, and another one since":            {azdps.StatusDisabled, nil, anew, false, disabled, false, disabled},
		"adopted, and made to block since":          {azdps.StatusDisabled, mark, adopted, false, absent, false, absent},
		"made, and another one since":               {azdps.StatusDisabled, nil, memory{}, true, disabled, false, disabled},
		"made for a device of which more was known": {azdps.StatusDisabled, mark, memory{}, true, disabled, false, enabled},
		"there is none":                             {"", nil, adopted, false, disabled, false, enabled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := facts.Evidence{Mark: test.mark}
			if test.status != "" {
				f.Entry = entryOf(test.status, later, "1")
			}
			prior := deprovision.Block{
				Created: test.created, State: deprovision.State{Enrollment: test.stood},
				Previous: deprovision.State{Enrollment: enabled},
			}
			if got := entryBefore(f, test.m, prior, test.restored); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// Without a memory only what stood before the block, or was said to be the device's, is looked for as such.
func TestKnown_withoutAMemoryStrangersStayStrangers(t *testing.T) {
	t.Parallel()
	at := func(name string) deprovision.IdentityID { return deprovision.IdentityID{Host: "north", DeviceID: name} }
	r := deprovision.Block{
		State: deprovision.State{Identities: map[deprovision.IdentityID]deprovision.Status{
			at("blocked"): deprovision.Disabled, at("stranger"): deprovision.Unverified, at("missed"): deprovision.Unreachable,
			at("stood"): deprovision.Unreachable, at("gone"): deprovision.Absent,
		}},
		Previous: deprovision.State{Identities: map[deprovision.IdentityID]deprovision.Status{
			at("stood"): deprovision.Enabled,
		}},
	}
	want := map[string]facts.Known{
		"blocked": {Tied: true}, "stranger": {}, "missed": {Unread: true}, "stood": {Tied: true, Unread: true},
		"gone": {Tied: true},
	}
	got := memory{}.known(r)
	for name, known := range want {
		if got[at(name)] != known {
			t.Errorf("%s: got %+v, want %+v", name, got[at(name)], known)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
}
