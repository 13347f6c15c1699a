// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"maps"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// standing is all that is known of the group and its devices at one moment. Devices are named by their lower-case
// registration ID.
type standing struct {
	group *azdps.EnrollmentGroup
	// status is the group's.
	status deprovision.Status
	// unbroken says that DPS has assigned no device through the group since the memory was written.
	unbroken bool
	roll     roll
	// records are the devices' registration records, spelled how DPS spells their IDs.
	records map[string]deprovision.Record
	spelled map[string]string
	// lost are devices that were somewhere before this look, and nothing told where.
	lost map[string]bool
	// own are the statuses of the devices' own individual enrollments.
	own map[string]deprovision.Status
	// followed are devices whose record named their hub just before the group was shut; absent, of those that were read
	// since, tells whether none of their identities was there.
	followed, absent map[string]bool
	// silent are the hubs that could not be read, and why; untold those that did not say in time which devices they let
	// in.
	silent map[string]error
	untold map[string]bool
	// suspected are, by hub, identities that bear the name of a device, and that nothing ties to it.
	suspected map[string][]string
	paths     []deprovision.ReenrollPath
	proof     deprovision.Proof
	// looked says that the group was read.
	looked bool
}

// standing is what the memory tells, with the group as a state tells it.
func (m memory) standing(status deprovision.Status, paths []deprovision.ReenrollPath) standing {
	s := standing{
		status: status, unbroken: m.Group.ETag != "", roll: m.roll(), records: map[string]deprovision.Record{},
		spelled: map[string]string{}, lost: map[string]bool{}, own: map[string]deprovision.Status{},
		followed: map[string]bool{}, absent: map[string]bool{}, silent: map[string]error{},
		suspected: map[string][]string{}, paths: paths, proof: m.Proof,
	}
	for _, id := range m.Unplaced {
		s.lost[strings.ToLower(id)], s.spelled[strings.ToLower(id)] = true, id
	}
	for _, id := range m.Followed {
		s.followed[strings.ToLower(id)] = true
	}
	for _, id := range m.Admitted {
		s.own[strings.ToLower(id)] = deprovision.Enabled
	}
	for _, id := range m.Shut {
		s.own[strings.ToLower(id)] = deprovision.Disabled
	}
	for host, hub := range m.Hubs {
		if len(hub.Suspected) > 0 {
			s.suspected[host] = slices.Clone(hub.Suspected)
		}
	}
	for _, host := range m.Silent {
		s.silent[host] = nil
	}
	return s
}

// forgetSilent has the devices of hubs that could not be read read anew: what was known of them may be so no more.
func (s *standing) forgetSilent() {
	for id, sighting := range s.roll {
		if _, silent := s.silent[id.Host]; silent {
			sighting.Status, sighting.Ours = deprovision.Unread, false
			s.roll[id] = sighting
		}
	}
	s.silent = map[string]error{}
}

// sawGroup takes in the group as it was just read. A group that was deleted while it was disabled, and one that has
// been disabled ever since it was last seen, have let nobody in.
func (s *standing) sawGroup(group *azdps.EnrollmentGroup, m memory) {
	s.group, s.status, s.looked = group, facts.GroupStatus(group), true
	s.unbroken = m.Group.ETag != "" && (group == nil || group.Disabled() && group.ETag == m.Group.ETag)
}

// sawRecords takes in the records of the group's devices. A hub that only named hubs tell stands in for one that a
// record does not name any more.
func (s *standing) sawRecords(records []azdps.Registration, named []string) {
	s.records = make(map[string]deprovision.Record, len(records))
	for _, record := range records {
		id := strings.ToLower(record.RegistrationID)
		s.spelled[id] = record.RegistrationID
		s.records[id] = deprovision.Record{
			Exists: true, Hub: azrest.FoldHost(record.AssignedHub),
			Harmless: !s.lost[id] && (record.Status == azdps.RegistrationUnassigned || facts.RefusedSince(s.group, record)),
		}
	}
	for id, sighting := range s.roll {
		sighting.Recorded = false
		s.roll[id] = sighting
	}
	for _, record := range records {
		if record.AssignedHub == "" {
			continue
		}
		deviceID := record.DeviceID
		if deviceID == "" {
			deviceID = record.RegistrationID
		}
		s.tie(record.AssignedHub, deviceID, deprovision.Ties{Recorded: true})
	}
	for _, id := range s.evidence().Unplaced() {
		for _, host := range named {
			s.tie(host, id, deprovision.Ties{Named: true, HubNamed: true})
		}
	}
}

// tie notes why an identity is taken for that of a device of the group.
func (s *standing) tie(host, deviceID string, ties deprovision.Ties) {
	id := deprovision.IdentityID{Host: azrest.FoldHost(host), DeviceID: deviceID}
	sighting, known := s.roll[id]
	// While the group was open DPS may have made anew what was absent.
	if !known || ties.Recorded && sighting.Status == deprovision.Absent && !s.unbroken {
		sighting.Status = deprovision.Unread
	}
	sighting.Recorded = sighting.Recorded || ties.Recorded
	sighting.Named, sighting.HubNamed = sighting.Named || ties.Named, sighting.HubNamed || ties.HubNamed
	s.roll[id] = sighting
}

// suspect notes an identity that bears the name of a device. In a hub that the user names it is taken for the device.
func (s *standing) suspect(host, deviceID string, named bool) {
	switch {
	case s.roll[deprovision.IdentityID{Host: host, DeviceID: deviceID}].Any(),
		slices.Contains(s.suspected[host], deviceID):
	case named:
		s.tie(host, deviceID, deprovision.Ties{Named: true, HubNamed: true})
	default:
		s.suspected[host] = append(s.suspected[host], deviceID)
	}
}

// follow notes where the devices are just before the group is shut: each try that is refused then takes that out of a
// record.
func (s *standing) follow() {
	s.followed = map[string]bool{}
	for id, record := range s.records {
		s.followed[id] = record.Hub != ""
	}
	for id, sighting := range s.roll {
		sighting.Remembered = sighting.Remembered || sighting.Recorded
		s.roll[id] = sighting
	}
}

// evidence says the standing in deprovision's words.
func (s *standing) evidence() deprovision.GroupEvidence {
	members := map[string]*deprovision.Member{}
	of := func(id string) *deprovision.Member {
		if members[id] == nil {
			members[id] = &deprovision.Member{RegistrationID: s.named(id), Own: deprovision.Absent}
			members[id].Identities = map[deprovision.IdentityID]deprovision.Sighting{}
		}
		return members[id]
	}
	for id, record := range s.records {
		of(id).Record = record
		if record.Harmless { // DPS never assigned it, so that no hub need be searched for it.
			of(id).Search = deprovision.Search{Done: true, Hubs: 1}
		}
	}
	for id := range s.lost {
		if !of(id).Record.Exists {
			of(id).Record = deprovision.Record{Exists: true}
		}
	}
	for id, sighting := range s.roll {
		if _, silent := s.silent[id.Host]; silent {
			sighting.Status = deprovision.Unreachable
		}
		m := of(deviceKey(id))
		if m.Identities[id] = sighting; s.spelled[deviceKey(id)] == "" {
			m.RegistrationID = id.DeviceID // Letter case counts in a hub, and no record spells it any more.
		}
	}
	for host, deviceIDs := range s.suspected {
		for _, deviceID := range deviceIDs {
			id := deprovision.IdentityID{Host: host, DeviceID: deviceID}
			if !s.roll[id].Any() { // Or the user has named its hub since.
				of(deviceKey(id)).Identities[id] = deprovision.Sighting{Status: deprovision.Enabled}
			}
		}
	}
	g := deprovision.GroupEvidence{Status: s.status, Paths: s.paths, Proof: s.proof}
	for _, id := range slices.Sorted(maps.Keys(members)) {
		m := members[id]
		if own, has := s.own[id]; has {
			m.Own = own
		}
		m.Watch = s.watch(id, m.Identities)
		g.Members = append(g.Members, *m)
	}
	return g
}

func (s *standing) named(id string) string {
	if spelled := s.spelled[id]; spelled != "" {
		return spelled
	}
	return id
}

// watch tells whether it was known where a device is while DPS could still assign it: since the memory was written, or
// just before the group was shut, and it was found there.
func (s *standing) watch(
	id string, identities map[deprovision.IdentityID]deprovision.Sighting,
) deprovision.Watch {
	if s.followed[id] {
		return deprovision.Watch{Unbroken: true, Placed: !s.absent[id]}
	}
	remembered := false
	for _, sighting := range identities {
		remembered = remembered || sighting.Remembered
	}
	return deprovision.Watch{Unbroken: s.unbroken, Placed: remembered && !s.lost[id]}
}

// unheardOf tells whether there is no such group, and never was one that a device registered through.
func (s *standing) unheardOf() bool { return s.group == nil && len(s.roll) == 0 && len(s.records) == 0 }

// devices are the registration IDs of all devices.
func (s *standing) devices() []string {
	ids := []string{}
	for _, m := range s.evidence().Members {
		ids = append(ids, m.RegistrationID)
	}
	return ids
}

// remember is the memory of the standing.
func (s *standing) remember(m memory) memory {
	g := s.evidence()
	m.Hubs, m.Unplaced, m.Proof = s.roll.hubs(), g.Unplaced(), s.proof
	for host, deviceIDs := range s.suspected {
		hub := m.Hubs[host]
		hub.Suspected = deviceIDs
		m.Hubs[host] = hub
	}
	m.Silent = slices.Sorted(maps.Keys(s.silent))
	m.Admitted, m.Shut = g.Admitted(), nil
	for id, status := range s.own {
		if status == deprovision.Disabled {
			m.Shut = append(m.Shut, s.named(id))
		}
	}
	m.Followed = nil
	for id, followed := range s.followed {
		if _, read := s.absent[id]; followed && !read {
			m.Followed = append(m.Followed, s.named(id))
		}
	}
	if s.looked {
		m.Group.ETag, m.Group.Found = s.shutSince()
	}
	return m
}

// shutSince is the ETag of the group while it is disabled, and when it was made.
func (s *standing) shutSince() (etag azcore.ETag, made string) {
	switch {
	case s.group == nil && s.unbroken:
		return goneDisabled, ""
	case s.group == nil:
		return "", ""
	case s.group.Disabled():
		etag = s.group.ETag
	}
	return etag, s.group.CreatedDateTimeUTC
}

// goneDisabled stands for the ETag of a group that was deleted while it was disabled.
const goneDisabled = "deleted while disabled"

// noteAbsence notes whether an identity of a device was there when it was first read.
func (s *standing) noteAbsence(device string, absent bool) {
	if before, known := s.absent[device]; !known || before {
		s.absent[device] = absent
	}
}
