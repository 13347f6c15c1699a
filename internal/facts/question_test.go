// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

func TestDeviceIDs_hideNoneOfTheDevicesNames(t *testing.T) {
	t.Parallel()
	known := map[deprovision.IdentityID]Known{
		{Host: "north", DeviceID: "remembered"}: {Tied: true}, {Host: "north", DeviceID: "stranger"}: {},
	}
	entry := &azdps.IndividualEnrollment{RegistrationID: "Entry-Spelling", DeviceID: new("entry")}
	record := &azdps.Registration{RegistrationID: "Record-Spelling", DeviceID: "recorded"}
	for name, test := range map[string]struct {
		question Question
		entry    *azdps.IndividualEnrollment
		record   *azdps.Registration
		want     []string
	}{
		"everything is known": {
			Question{RegistrationID: "Asked", DeviceID: "given", CommonName: "common", Known: known}, entry, record,
			[]string{
				"given", "recorded", "entry", "remembered", "common", "Record-Spelling", "Entry-Spelling", "Asked", "asked",
			},
		},
		"only a registration ID": {Question{RegistrationID: "Asked"}, nil, nil, []string{"Asked", "asked"}},
		"one name throughout": {
			Question{RegistrationID: "asked", DeviceID: "asked", CommonName: "asked"}, nil,
			&azdps.Registration{RegistrationID: "asked", DeviceID: "asked"}, []string{"asked"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.question.deviceIDs(test.entry, test.record); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// The name under which a device is missed does not change with what it tries.
func TestUsualID_isNoneOfTheRecords(t *testing.T) {
	t.Parallel()
	named := &azdps.IndividualEnrollment{DeviceID: new("entry")}
	for name, test := range map[string]struct {
		question Question
		entry    *azdps.IndividualEnrollment
		want     string
	}{
		"given":            {Question{RegistrationID: "asked", DeviceID: "given", CommonName: "common"}, named, "given"},
		"of the entry":     {Question{RegistrationID: "asked", CommonName: "common"}, named, "entry"},
		"of a certificate": {Question{RegistrationID: "asked", CommonName: "common"}, nil, "common"},
		"asked for":        {Question{RegistrationID: "asked"}, &azdps.IndividualEnrollment{}, "asked"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.question.usualID(test.entry); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestHolds_isForADisabledEntryThatIsUnchanged(t *testing.T) {
	t.Parallel()
	disabled, enabled := azdps.StatusDisabled, azdps.StatusEnabled
	seen := &Seen{ETag: "1", Hub: "north", DeviceID: "device", Updated: "then"}
	at := func(hub, id string) *azdps.Registration {
		return &azdps.Registration{AssignedHub: hub, DeviceID: id, LastUpdatedDateTimeUTC: "now"}
	}
	entry := func(etag, status string, record *azdps.Registration) *azdps.IndividualEnrollment {
		e := &azdps.IndividualEnrollment{
			RegistrationState: record, Enrollment: azdps.Enrollment{ProvisioningStatus: &status},
		}
		e.ETag = seen.ETag
		if etag != "1" {
			e.ETag = "2"
		}
		return e
	}
	for name, test := range map[string]struct {
		seen  *Seen
		entry *azdps.IndividualEnrollment
		want  bool
	}{
		"unchanged":                   {seen, entry("1", disabled, at("North", "device")), true},
		"refused since":               {seen, entry("1", disabled, at("", "")), true},
		"no record any more":          {seen, entry("1", disabled, nil), true},
		"another hub":                 {seen, entry("1", disabled, at("south", "device")), false},
		"another name":                {seen, entry("1", disabled, at("north", "other")), false},
		"changed":                     {seen, entry("2", disabled, at("north", "device")), false},
		"enabled":                     {seen, entry("1", enabled, at("north", "device")), false},
		"gone":                        {seen, nil, false},
		"never looked at":             {nil, entry("1", disabled, at("north", "device")), false},
		"looked at, without an entry": {&Seen{}, entry("1", disabled, at("north", "device")), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.seen.holds(test.entry); got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
		})
	}
}

func TestTies_sayEachReason(t *testing.T) {
	t.Parallel()
	north, south := "north", "south"
	at := func(host, id string) deprovision.IdentityID { return deprovision.IdentityID{Host: host, DeviceID: id} }
	q := Question{
		RegistrationID: "device", DeviceID: "given", Named: []string{south},
		Known: map[deprovision.IdentityID]Known{at(north, "old"): {Tied: true}, at("west", "stranger"): {}},
	}
	e := Evidence{Record: &azdps.Registration{AssignedHub: "North", DeviceID: "old"}}
	ties := q.ties(e)
	want := map[deprovision.IdentityID]deprovision.Ties{
		at(north, "old"):       {Recorded: true, Remembered: true},
		at(north, "given"):     {Named: true}, // In the hub in which the device is known to be,
		at(south, "given"):     {Named: true}, // and in the one that the user names.
		at("west", "stranger"): {},
	}
	if len(ties) != len(want) {
		t.Errorf("got %v", ties)
	}
	for id, tie := range want {
		if ties[id] != tie {
			t.Errorf("%s: got %+v, want %+v", id, ties[id], tie)
		}
	}
}

func TestMarkOf_readsWhatDeviceInformationWrites(t *testing.T) {
	t.Parallel()
	written := Mark{Version: MarkVersion, Reason: "stolen", Identities: []MarkedIdentity{
		{Host: "North.azure-devices.net", DeviceID: "Pump", Status: "enabled", GenerationID: "1"},
	}}
	information, err := written.DeviceInformation()
	if err != nil {
		t.Fatal(err)
	}
	read := MarkOf(&azdps.IndividualEnrollment{OptionalDeviceInformation: information})
	if read == nil || read.Reason != "stolen" ||
		read.Identities[0].ID() != (deprovision.IdentityID{Host: "north.azure-devices.net", DeviceID: "Pump"}) {
		t.Errorf("%s is read as %+v", information, read)
	}
	for name, text := range map[string]string{
		"none": `{}`, "somebody's": `{"azureiotDisallow":"note"}`, "of no version": `{"azureiotDisallow":{}}`, "broken": `{`,
	} {
		entry := &azdps.IndividualEnrollment{OptionalDeviceInformation: json.RawMessage(text)}
		if MarkOf(entry) != nil {
			t.Errorf("%s: %s should be no mark", name, text)
		}
	}
	if MarkOf(nil) != nil {
		t.Error("no entry has no mark")
	}
}
