// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"errors"
	"slices"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

const hubNorth = "north"

func idNorth(deviceID string) deprovision.IdentityID {
	return deprovision.IdentityID{Host: hubNorth, DeviceID: deviceID}
}

// withoutCredentials asks no service anything: no hub can be read.
func withoutCredentials() *Reader { return &Reader{services: azure.New(azure.Config{})} }

func read(status deprovision.Status, ties deprovision.Ties) Identity {
	identity := Identity{Ties: ties, Status: status}
	if status != deprovision.Absent {
		identity.Device = &aziothub.Device{Status: string(status)}
	}
	return identity
}

// Naming a hub says that the device is there, not that everything there is the device.
func TestReadTied_namesOnlyTheDeviceInAHub(t *testing.T) {
	t.Parallel()
	none, remembered := deprovision.Ties{}, deprovision.Ties{Remembered: true}
	recorded := deprovision.Ties{Recorded: true}
	enabled, absent := deprovision.Enabled, deprovision.Absent
	type identities = map[deprovision.IdentityID]Identity
	for name, test := range map[string]struct {
		deviceID string
		found    identities
		want     map[string]deprovision.Ties
	}{
		"a stranger sorts before the one that is known": {
			"", identities{idNorth("a-stranger"): read(enabled, none), idNorth("device"): read(enabled, remembered)},
			map[string]deprovision.Ties{
				"a-stranger": none, "device": {Remembered: true, Named: true, HubNamed: true},
			},
		},
		"a stranger, and the device's own name": {
			"", identities{idNorth("a-stranger"): read(enabled, none), idNorth("device"): read(enabled, none)},
			map[string]deprovision.Ties{"a-stranger": none, "device": {Named: true, HubNamed: true}},
		},
		"none stands, and one is known": {
			"", identities{idNorth("a-former"): read(absent, recorded), idNorth("device"): read(absent, none)},
			map[string]deprovision.Ties{
				"a-former": {Recorded: true, Named: true, HubNamed: true}, "device": none,
			},
		},
		"the user names the device as well": {
			"given", identities{idNorth("given"): read(absent, none), idNorth("device"): read(enabled, none)},
			map[string]deprovision.Ties{"given": {Named: true, HubNamed: true}, "device": none},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := Evidence{Identities: test.found}
			q := Question{RegistrationID: "device", DeviceID: test.deviceID, Named: []string{hubNorth}}
			withoutCredentials().readTied(t.Context(), q, &e)
			if len(e.Identities) != len(test.want) {
				t.Errorf("got %v", e.Identities)
			}
			for deviceID, want := range test.want {
				if got := e.Identities[idNorth(deviceID)].Ties; got != want {
					t.Errorf("%s: got %+v, want %+v", deviceID, got, want)
				}
			}
		})
	}
}

// A hub in which the device stood under one name, and that cannot be searched for the others, is not read.
func TestSearch_missesTheDeviceInAHubThatCouldNotBeSearched(t *testing.T) {
	t.Parallel()
	e := newEvidence(nil, nil)
	e.Identities[idNorth("former")] = read(deprovision.Disabled, deprovision.Ties{Remembered: true})
	q := Question{RegistrationID: "device", Named: []string{hubNorth}}
	withoutCredentials().search(t.Context(), q, &e)
	missed := e.Identities[idNorth("device")]
	if missed.Status != deprovision.Unreachable || missed.Any() || !missed.Findable || missed.Err == nil {
		t.Errorf("got %+v", missed)
	}
	if len(e.Read) > 0 || e.Unread[hubNorth] == nil {
		t.Errorf("the hub was not read: %v, %v", e.Read, e.Unread)
	}
	// One that is missed already is missed once.
	e = newEvidence(nil, nil)
	e.Identities[idNorth("former")] = Identity{Status: deprovision.Unreachable, Err: errors.New("no route")}
	q.Known = map[deprovision.IdentityID]Known{idNorth("former"): {Tied: true}}
	withoutCredentials().search(t.Context(), q, &e)
	if len(e.Identities) != 1 {
		t.Errorf("got %v", e.Identities)
	}
}

// What was read under one of the device's names stays, when the hub refuses the next.
func TestSearch_keepsWhatItReadInAHubThatCouldNotBeReadFurther(t *testing.T) {
	t.Parallel()
	e := newEvidence(&azdps.IndividualEnrollment{RegistrationID: "device", DeviceID: new("usual")}, nil)
	e.Identities[idNorth("usual")] = read(deprovision.Enabled, deprovision.Ties{Proven: true})
	q := Question{RegistrationID: "device", Named: []string{hubNorth}}
	withoutCredentials().search(t.Context(), q, &e)
	if stood := e.Identities[idNorth("usual")]; stood.Status != deprovision.Enabled || !stood.Proven {
		t.Errorf("got %+v", stood)
	}
	if missed := e.Identities[idNorth("device")]; missed.Status != deprovision.Unreachable || missed.Err == nil {
		t.Errorf("got %+v", missed)
	}
	if len(e.Identities) != 2 || len(e.Read) > 0 || e.Unread[hubNorth] == nil {
		t.Errorf("got %v, %v, %v", e.Identities, e.Read, e.Unread)
	}
}

// Findable is what a look finds without the record: in a hub that something else names, and under a name of the device.
func TestIdentity_isFindableWithoutTheRecord(t *testing.T) {
	t.Parallel()
	q := Question{RegistrationID: "device", Named: []string{hubNorth}}
	e := Evidence{Record: &azdps.Registration{AssignedHub: "south", DeviceID: "recorded"}}
	for id, want := range map[deprovision.IdentityID]bool{
		idNorth("device"): true, idNorth("recorded"): false, {Host: "south", DeviceID: "device"}: false,
	} {
		if got := withoutCredentials().Identity(t.Context(), q, e, id); got.Findable != want {
			t.Errorf("%s: got %t, want %t", id, got.Findable, want)
		}
	}
}

// Only a hub that stands for nothing else is searched again: an identity of the device is read anyway.
func TestUnread_isAHubThatOnlyASearchNames(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		known Known
		want  bool
	}{
		"searched in vain":          {Known{Unread: true}, true},
		"an identity of the device": {Known{Unread: true, Tied: true}, false},
		"a stranger that was read":  {Known{}, false},
		"an identity that was read": {Known{Tied: true}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := Question{Known: map[deprovision.IdentityID]Known{idNorth("device"): test.known}}
			if got := q.unread(); got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
		})
	}
}

func TestStands_countsNoStranger(t *testing.T) {
	t.Parallel()
	remembered := deprovision.Ties{Remembered: true}
	for name, test := range map[string]struct {
		identity Identity
		want     bool
	}{
		"an identity of the device": {read(deprovision.Disabled, remembered), true},
		"a stranger":                {read(deprovision.Enabled, deprovision.Ties{}), false},
		"one that is gone":          {read(deprovision.Absent, remembered), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := Evidence{Identities: map[deprovision.IdentityID]Identity{idNorth("device"): test.identity}}
			if got := e.stands(); got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
		})
	}
}

// How a hub knows the device counts, and how it knows a stranger does not.
func TestShows_whatTheDevicesIdentitiesShow(t *testing.T) {
	t.Parallel()
	type told struct{ key, own, other bool }
	thumbprint := &aziothub.X509Thumbprint{PrimaryThumbprint: new("AB")}
	remembered, proven := deprovision.Ties{Remembered: true}, deprovision.Ties{Proven: true}
	for name, test := range map[string]struct {
		ties deprovision.Ties
		auth *aziothub.Authentication
		want told
	}{
		"a key":                    {remembered, &aziothub.Authentication{Type: aziothub.AuthenticationSAS}, told{key: true}},
		"another certificate":      {remembered, &aziothub.Authentication{X509Thumbprint: thumbprint}, told{other: true}},
		"a certificate of its own": {proven, &aziothub.Authentication{X509Thumbprint: thumbprint}, told{own: true}},
		"no certificate at all":    {remembered, &aziothub.Authentication{}, told{}},
		"nothing":                  {remembered, nil, told{}},
		"a stranger's key": {
			deprovision.Ties{}, &aziothub.Authentication{Type: aziothub.AuthenticationSAS}, told{},
		},
		"a stranger's certificate": {
			deprovision.Ties{}, &aziothub.Authentication{X509Thumbprint: thumbprint}, told{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			identity := read(deprovision.Enabled, test.ties)
			identity.Device.Authentication = test.auth
			e := Evidence{Identities: map[deprovision.IdentityID]Identity{idNorth("device"): identity}}
			var got told
			if got.key, got.own, got.other = e.Shows(); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestIsNamesake_isAnEntryOfAnotherRegistrationID(t *testing.T) {
	t.Parallel()
	entry := func(registrationID string, deviceID *string) azdps.IndividualEnrollment {
		return azdps.IndividualEnrollment{RegistrationID: registrationID, DeviceID: deviceID}
	}
	holding := entry("other", nil)
	holding.Attestation.X509 = &azdps.X509{ClientCertificates: &azdps.CertificateSlots{
		Secondary: &azdps.Certificate{Info: &azdps.CertificateInfo{SHA1Thumbprint: "AB", SHA256Thumbprint: "CD"}},
	}}
	for name, test := range map[string]struct {
		entry azdps.IndividualEnrollment
		shown string
		want  bool
	}{
		"the device's own":                  {entry("device", new("device")), "", false},
		"its own, in another spelling":      {entry("Device", new("device")), "", false},
		"one whose device bears the name":   {entry("other", new("device")), "", true},
		"one of another name":               {entry("other", new("another")), "", false},
		"one without a name":                {entry("other", nil), "", false},
		"one with the certificate, SHA-1":   {holding, "ab", true},
		"one with the certificate, SHA-256": {holding, "cd", true},
		"one with another certificate":      {holding, "ef", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := isNamesake(test.entry, "device", []string{test.shown}); got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
		})
	}
}

// An entry of which DPS does not tell when it was made may have been written since.
func TestUntouched_isADisabledEntryThatNobodyHasWritten(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status, made, written string
		want                  bool
	}{
		"as it was made":        {azdps.StatusDisabled, "1", "1", true},
		"written since":         {azdps.StatusDisabled, "1", "2", false},
		"enabled":               {azdps.StatusEnabled, "1", "1", false},
		"nobody knows when":     {azdps.StatusDisabled, "", "", false},
		"nobody knows who else": {azdps.StatusDisabled, "1", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			entry := azdps.IndividualEnrollment{
				Enrollment: azdps.Enrollment{
					ProvisioningStatus: &test.status, CreatedDateTimeUTC: test.made, LastUpdatedDateTimeUTC: test.written,
				},
			}
			if got := Untouched(&entry); got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
		})
	}
}

// A device ID that the user gives counts where the device is known to be, and not wherever a stranger was found.
func TestTies_giveADeviceIDNoHubOfAStranger(t *testing.T) {
	t.Parallel()
	q := Question{RegistrationID: "device", DeviceID: "given"}
	for ties, want := range map[deprovision.Ties]int{{}: 0, {Proven: true}: 1} {
		e := Evidence{Identities: map[deprovision.IdentityID]Identity{idNorth("found"): read(deprovision.Enabled, ties)}}
		got := q.ties(e)
		if len(got) != want || want == 1 && !got[idNorth("given")].Named {
			t.Errorf("%+v: got %v", ties, got)
		}
	}
}

// A certificate that is not to be seen any more still proves the identity that showed it, and no other.
func TestProvenAs_isTheSameIdentity(t *testing.T) {
	t.Parallel()
	shown := func(proven bool, generation string) Identity {
		identity := Identity{Ties: deprovision.Ties{Proven: proven}, Status: deprovision.Enabled}
		if generation != "" {
			identity.Device = &aziothub.Device{GenerationID: generation}
		}
		return identity
	}
	for name, test := range map[string]struct {
		before, now Identity
		want        bool
	}{
		"the same":               {shown(true, "1"), shown(false, "1"), true},
		"made anew":              {shown(true, "1"), shown(false, "2"), false},
		"it never was proven":    {shown(false, "1"), shown(false, "1"), false},
		"it is gone":             {shown(true, "1"), shown(false, ""), false},
		"it was not read before": {shown(true, ""), shown(false, "1"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.now.provenAs(test.before); got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
		})
	}
}

// What a look in full would read is known only where it would not come to know more.
func TestPlaces_areWhatALookInFullReads(t *testing.T) {
	t.Parallel()
	stands, absent := Known{Tied: true, ETag: "1"}, Known{Tied: true}
	north, south := idNorth("device"), deprovision.IdentityID{Host: "south", DeviceID: "device"}
	seen := &Seen{ETag: "1"}
	for name, test := range map[string]struct {
		q    Question
		want []deprovision.IdentityID
		// named are hubs that groups name.
		named []string
	}{
		"what stands": {
			q: Question{Known: map[deprovision.IdentityID]Known{north: stands}}, want: []deprovision.IdentityID{north},
			named: []string{hubNorth},
		},
		"a hub that a group names, and nobody has searched": {
			q: Question{Known: map[deprovision.IdentityID]Known{north: stands}}, named: []string{hubNorth, "west"},
		},
		"a name that nobody has looked at": {
			q: Question{DeviceID: "another", Known: map[deprovision.IdentityID]Known{north: stands}},
		},
		"a hub that nobody has searched": {
			q: Question{Named: []string{"west"}, Known: map[deprovision.IdentityID]Known{north: stands}},
		},
		"a hub that is named, under each name": {
			q: Question{
				RegistrationID: "device", CommonName: "Device", Named: []string{"south"}, Searched: []string{"south", hubNorth},
				SearchedAs: []string{"alias", "device"},
				Known:      map[deprovision.IdentityID]Known{north: stands, south: absent},
			},
			want: []deprovision.IdentityID{
				north, south, {Host: "south", DeviceID: "Device"}, {Host: "south", DeviceID: "alias"},
			},
		},
		"names that nobody has noted": {
			q: Question{
				RegistrationID: "device", Named: []string{"south"}, Searched: []string{"south", hubNorth},
				Known: map[deprovision.IdentityID]Known{north: stands, south: absent},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := test.q
			q.Seen = seen
			if q.Searched == nil {
				q.Searched = []string{hubNorth}
			}
			places, known := withoutCredentials().places(q, Evidence{groupHubs: test.named})
			if known != (test.want != nil) || !slices.Equal(places, test.want) {
				t.Errorf("known %t: %v, not %v", known, places, test.want)
			}
		})
	}
}
