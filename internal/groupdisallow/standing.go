// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
)

// confirmLimit is how many identities of a hub are read by a refresh because the index, or nobody, tells of them: about
// what an S1 hub allows in a minute. Of more, the next apply reads the rest.
const confirmLimit = 100

// glanceTime is how long a plan waits for what hubs say for people only: an apply makes the plan once more before it
// shuts the group, and the plan before has used up what a hub lets through in a minute.
const glanceTime = 10 * time.Second

// looker looks at a group without changing anything.
type looker struct {
	subject

	reader *facts.Reader
	want   wanted
	// patience is how long it waits for the indexes of hubs; zero for as long as it takes.
	patience time.Duration
}

// look reads the group, the records of its devices, their individual enrollments and, per hub, which of them the index
// knows to be enabled. What that tells anew is read, up to a limit.
func (l looker) look(ctx context.Context, m memory) (*standing, error) {
	return l.lookWith(ctx, m, confirmLimit)
}

// glance is a look that reads no identity and waits for no hub, for numbers that are for people.
func (l looker) glance(ctx context.Context, m memory) (*standing, error) {
	l.patience = glanceTime
	return l.lookWith(ctx, m, 0)
}

func (l looker) lookWith(ctx context.Context, m memory, limit int) (*standing, error) {
	s := m.standing(deprovision.Absent, nil)
	s.suspectAnew()
	group, err := l.reader.Group(ctx, l.want.groupID)
	if err != nil {
		return nil, err
	}
	s.sawGroup(group, m)
	records, err := l.reader.GroupRecords(ctx, l.want.groupID)
	if err != nil {
		return nil, err
	}
	s.sawRecords(records, l.want.hubs)
	if err := l.lookAround(ctx, &s); err != nil {
		return nil, err
	}
	l.lookIntoHubs(ctx, &s, limit)
	return &s, nil
}

// lookIntoHubs asks the index of each hub for the devices, and reads up to limit of those of which it tells something
// new.
func (l looker) lookIntoHubs(ctx context.Context, s *standing, limit int) {
	s.silent, s.unasked, s.untold = map[string]error{}, map[string]error{}, map[string]bool{}
	hosts, names, unplaced := l.hosts(s), s.names(), s.evidence().Unplaced()
	brief, end := l.briefly(ctx)
	defer end()
	enabled := l.index(brief, hosts, facts.EnabledDevice, names)
	existing := l.index(brief, hosts, facts.AnyDevice, unplaced)
	for i, host := range hosts {
		err := l.lookInto(ctx, s, host, enabled[i], limit)
		known := s.roll.in(host, anybody)
		switch {
		case err == nil, l.want.restore && len(known) == 0:
		case l.patience > 0 && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
			s.untold[host] = true
		default:
			s.silent[host] = err
		}
		l.suspect(s, host, existing[i])
	}
}

// lookAround reads what else could let the devices in: their own enrollments, and other groups.
func (l looker) lookAround(ctx context.Context, s *standing) (err error) {
	if err = l.lookAtEntries(ctx, s); err != nil {
		return err
	}
	s.paths, s.proof, err = l.reader.Ways(ctx, l.want.groupID, s.group)
	return err
}

// lookAtEntries reads the devices' own enrollments. One that lets its device in no more may have put it into another
// hub before: the record, which is not the group's then, tells in which.
func (l looker) lookAtEntries(ctx context.Context, s *standing) error {
	own, err := l.reader.OwnEntries(ctx, s.devices())
	if err != nil {
		return err
	}
	for _, id := range s.letInBefore(own) {
		record, err := l.reader.Registration(ctx, id)
		if err != nil {
			return err
		}
		s.sawOwnRecord(id, record)
	}
	s.own = own.Status
	return nil
}

// hosts are the hubs in which devices are, or may be.
func (l looker) hosts(s *standing) []string {
	hosts := slices.Concat(l.reader.GroupHubs(s.group), s.roll.hosts(), l.want.hubs)
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

func anybody(deprovision.IdentityID, deprovision.Sighting) bool { return true }

// briefly ends with the looker's patience.
func (l looker) briefly(ctx context.Context) (context.Context, context.CancelFunc) {
	if l.patience <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, l.patience)
}

// indexed is which devices the index of a hub finds.
type indexed struct {
	found []string
	err   error
}

// index asks the indexes of the hubs side by side: each has a budget of its own.
func (l looker) index(ctx context.Context, hosts []string, condition string, names []string) []indexed {
	answers := make([]indexed, len(hosts))
	var asking sync.WaitGroup
	for i, host := range hosts {
		asking.Go(func() {
			answers[i].found, answers[i].err = l.reader.Indexed(ctx, host, l.origin(host), condition, names)
		})
	}
	asking.Wait()
	return answers
}

// lookInto takes in which devices a hub lets in, as its index says. That it does not find one is no news of a device
// that was read before. Those of which it tells something new are read, up to a limit.
func (l looker) lookInto(ctx context.Context, s *standing, host string, enabled indexed, limit int) error {
	if l.suspect(s, host, enabled); enabled.err != nil {
		return enabled.err
	}
	found, all := setOf(enabled.found), s.roll.in(host, anybody)
	var suspects []string
	for _, deviceID := range all {
		id := deprovision.IdentityID{Host: host, DeviceID: deviceID}
		sighting := s.roll[id]
		in := found[deviceID]
		switch {
		case in && sighting.Status == deprovision.Unread:
			sighting.Status = deprovision.Enabled
		case in && sighting.Status != deprovision.Enabled, !in && sighting.Status == deprovision.Unread,
			!in && sighting.Status == deprovision.Enabled:
			suspects = append(suspects, deviceID)
			continue
		}
		s.roll[id] = sighting
	}
	for i, deviceID := range suspects {
		id := deprovision.IdentityID{Host: host, DeviceID: deviceID}
		if i >= limit {
			s.roll[id] = unconfirmed(s.roll[id], found[deviceID])
			continue
		}
		now, err := l.door(host).read(ctx, deviceID)
		if err != nil {
			return err
		}
		if s.followed[deviceKey(id)] { // A slice ended before it was read.
			s.noteAbsence(deviceKey(id), now.status == deprovision.Absent)
		}
		s.roll[id] = now.onto(s.roll[id], l.mark())
	}
	return nil
}

// unconfirmed is an identity of which the index tells something new, and that is not read. Where the index says enabled
// it is believed.
func unconfirmed(sighting deprovision.Sighting, enabled bool) deprovision.Sighting {
	sighting.Status, sighting.Ours = deprovision.Unread, false
	if enabled {
		sighting.Status = deprovision.Enabled
	}
	return sighting
}

// search asks every hub for identities that it lets in and that bear the name of a device. What a hub that cannot be
// asked lets in nobody knows.
func (l looker) search(ctx context.Context, s *standing) {
	s.suspectAnew()
	hosts := l.hosts(s)
	s.unasked = map[string]error{}
	for i, enabled := range l.index(ctx, hosts, facts.EnabledDevice, s.names()) {
		if l.suspect(s, hosts[i], enabled); enabled.err != nil {
			s.unasked[hosts[i]] = enabled.err
		}
	}
}

// suspect notes those devices that a hub finds and that nothing ties to it: a device may have been assigned to another
// hub before, and a name alone proves nothing. What a hub found before stands while it cannot be asked.
func (l looker) suspect(s *standing, host string, answer indexed) {
	found := answer.found
	if answer.err != nil {
		found = s.suspectedBefore[host]
	}
	for _, deviceID := range found {
		s.suspect(host, deviceID, slices.Contains(l.want.hubs, host))
	}
}

func (l looker) origin(host string) azure.HubOrigin {
	return azure.HubOrigin(slices.Contains(l.want.hubs, host))
}

// door is the way to the identities of a hub.
func (l looker) door(host string) hubDoor {
	return hubDoor{
		services: l.services, host: host, origin: l.origin(host),
		deleting: l.want.identities == deprovision.Deleting && !l.want.restore,
	}
}

func (l looker) mark() mark { return markOf(l.reader.DPS().Host(), l.want.groupID) }

func setOf(ids []string) map[string]bool {
	set := make(map[string]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}

// deviceKey is how the standing names the device of an identity.
func deviceKey(id deprovision.IdentityID) string { return strings.ToLower(id.DeviceID) }

// standing is all that is known of the group and its devices at one moment. Devices are named by their lower-case
// registration ID.
type standing struct {
	group *azdps.EnrollmentGroup
	// status is the group's.
	status deprovision.Status
	// unbroken says that DPS has assigned no device through the group since the memory was written.
	unbroken bool
	roll     roll
	// records are the devices' registration records, spelled how DPS spells their IDs; listed says that they were read.
	// elsewhere are those that an enrollment of the device's own has made.
	records, elsewhere map[string]deprovision.Record
	spelled            map[string]string
	listed             bool
	// lost are devices that were somewhere before this look, and nothing told where.
	lost map[string]bool
	// own are the statuses of the devices' own individual enrollments.
	own map[string]deprovision.Status
	// followed are devices whose record named their hub just before the group was shut; absent, of those that were read
	// since, tells whether none of their identities was there.
	followed, absent map[string]bool
	// silent are the hubs that could not be read, and why; unasked those that could be, but did not say which other
	// devices they let in; untold those that did not say so in time.
	silent, unasked map[string]error
	untold          map[string]bool
	// suspected are, by hub, identities that bear the name of a device, and that nothing ties to it, suspectedBefore those
	// of the last look.
	suspected, suspectedBefore map[string][]string
	paths                      []deprovision.ReenrollPath
	proof                      deprovision.Proof
	// looked says that the group was read.
	looked bool
}

// standing is what the memory tells, with the group as a state tells it.
func (m memory) standing(status deprovision.Status, paths []deprovision.ReenrollPath) standing {
	s := standing{
		status: status, unbroken: m.Group.ETag != "", roll: m.roll(), records: map[string]deprovision.Record{},
		elsewhere: map[string]deprovision.Record{}, spelled: map[string]string{}, lost: map[string]bool{},
		own:      map[string]deprovision.Status{},
		followed: map[string]bool{}, absent: map[string]bool{}, silent: map[string]error{}, unasked: map[string]error{},
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
	for _, host := range m.Unasked {
		s.unasked[host] = nil
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

// sawGroup takes in the group as it was just read. One that has been disabled ever since it was last seen has let
// nobody in. Of one that was deleted since, or stays so, that holds for devices whose records do not speak against it.
func (s *standing) sawGroup(group *azdps.EnrollmentGroup, m memory) {
	s.group, s.status, s.looked = group, facts.GroupStatus(group), true
	s.unbroken = m.Group.ETag != "" && (group == nil || group.Disabled() && group.ETag == m.Group.ETag)
	if !s.unbroken {
		s.followed = map[string]bool{} // The group was opened since, and may have let them go elsewhere.
	}
}

// sawRecords takes in the records of the group's devices. A hub that only named hubs tell stands in for one that a
// record does not name any more.
func (s *standing) sawRecords(records []azdps.Registration, named []string) {
	s.records, s.listed = make(map[string]deprovision.Record, len(records)), true
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

// letInBefore are the devices that an enrollment of their own let in, or may have let in, since the last look, and lets
// in no more. Those with a record of the group have not used it.
func (s *standing) letInBefore(now facts.Own) []string {
	var ids []string
	for id := range maps.Keys(s.own) {
		if s.own[id] == deprovision.Enabled && now.Status[id] != deprovision.Enabled {
			ids = append(ids, id)
		}
	}
	for id := range now.Rewritten {
		if _, known := s.own[id]; !known {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.DeleteFunc(ids, func(id string) bool { return !s.listed || s.records[id].Exists })
}

// sawOwnRecord takes in the record of a device that its own enrollment has let in, nil for none. Where it does not name
// the identity that is known by the device's name, the device may be anywhere.
func (s *standing) sawOwnRecord(device string, record *azdps.Registration) {
	if record == nil || record.AssignedHub == "" || !strings.EqualFold(record.DeviceID, device) {
		s.lost[device] = true
		delete(s.followed, device)
		return
	}
	s.spelled[device] = record.RegistrationID
	s.elsewhere[device] = deprovision.Record{Exists: true, Hub: azrest.FoldHost(record.AssignedHub)}
	s.tie(record.AssignedHub, record.DeviceID, deprovision.Ties{Recorded: true})
	id := deprovision.IdentityID{Host: azrest.FoldHost(record.AssignedHub), DeviceID: record.DeviceID}
	sighting := s.roll[id]
	sighting.Status = deprovision.Unread // It may have been enabled, or made anew.
	s.roll[id] = sighting
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

// suspectAnew begins a look for identities that bear the names of devices.
func (s *standing) suspectAnew() { s.suspected, s.suspectedBefore = map[string][]string{}, s.suspected }

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
	for id, record := range s.elsewhere {
		of(id).Record = record
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
		s.mayBeIn(m, s.silent)
		s.mayBeIn(m, s.unasked)
		if own, has := s.own[id]; has {
			m.Own = own
		}
		m.Watch = s.watch(id, m.Identities)
		g.Members = append(g.Members, *m)
	}
	return g
}

// mayBeIn adds that a device may have an identity in hubs that did not answer.
func (s *standing) mayBeIn(m *deprovision.Member, hubs map[string]error) {
	for host := range hubs {
		in := func(id deprovision.IdentityID) bool { return id.Host == host }
		if !slices.ContainsFunc(slices.Collect(maps.Keys(m.Identities)), in) {
			id := deprovision.IdentityID{Host: host, DeviceID: m.RegistrationID}
			m.Identities[id] = deprovision.Sighting{Status: deprovision.Unreachable}
		}
	}
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
		return deprovision.Watch{Unbroken: !s.tried(id), Placed: !s.absent[id]}
	}
	remembered := false
	for _, sighting := range identities {
		remembered = remembered || sighting.Remembered
	}
	return deprovision.Watch{Unbroken: s.unbroken && !s.tried(id), Placed: remembered && !s.lost[id]}
}

// tried tells whether a group that is gone may have let a device in before it was deleted: its record is of a try, and
// names no hub. Where the group was enabled for a while, a try that was refused afterwards has overwritten that.
func (s *standing) tried(id string) bool {
	record := s.records[id]
	return s.looked && s.group == nil && record.Exists && record.Hub == "" && !record.Harmless
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

// names are those that the devices may have in hubs, each once: their registration IDs, and the names of the identities
// that are known. A record keeps the spelling of a device's first try, and a hub that of the one that was let in.
func (s *standing) names() []string {
	names := s.devices()
	for id := range s.roll {
		names = append(names, id.DeviceID)
	}
	slices.Sort(names)
	return slices.Compact(names)
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
	m.Silent, m.Unasked = slices.Sorted(maps.Keys(s.silent)), slices.Sorted(maps.Keys(s.unasked))
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

// memoryKey is where private state keeps the memory. Without it everything is read anew from the records, and what
// nobody knows to have been disabled here stays disabled.
func memoryKey() iotstate.Key[memory] { return iotstate.Key[memory]{Name: "group", Version: 1} }

// memory is what is remembered of a group's devices besides the counts in the state.
type memory struct {
	// Unfinished says that the last create or update did not come to its end.
	Unfinished bool `json:"unfinished,omitempty"`
	// Group is the group as it was last seen.
	Group groupMemory `json:"group,omitzero"`
	// Hubs are the devices by their hub.
	Hubs map[string]hubMemory `json:"hubs,omitempty"`
	// Silent are the hubs that could not be read when they were last asked, Unasked those that did not say then which
	// other devices they let in.
	Silent  []string `json:"silent,omitempty"`
	Unasked []string `json:"unasked,omitempty"`
	// Unplaced are devices that were somewhere, and nothing tells where.
	Unplaced idList `json:"unplaced,omitempty"`
	// Followed are devices whose hub was known just before the group was shut, and that nobody has read since.
	Followed idList `json:"followed,omitempty"`
	// Admitted are devices with an enabled individual enrollment, Shut those with a disabled one.
	Admitted idList `json:"admitted,omitempty"`
	Shut     idList `json:"shut,omitempty"`
	// Records is how many registration records there were.
	Records int `json:"records,omitempty"`
	// Proof is why no group could let a device in without this one.
	Proof deprovision.Proof `json:"proof,omitempty"`
}

// groupMemory is what is remembered of the group itself.
type groupMemory struct {
	// ETag is that of the disabled group: while it stands, DPS has assigned no device through it. Empty when it was not
	// disabled.
	ETag azcore.ETag `json:"etag,omitempty"`
	// Before is the status before the block, Created when that group was made, Found when the one was made that there is.
	Before  deprovision.Status `json:"before,omitempty"`
	Created string             `json:"created,omitempty"`
	Found   string             `json:"found,omitempty"`
}

// hubMemory is what is known of the devices in one hub.
type hubMemory struct {
	// Unread are those that nobody has asked for yet, or that could not be read.
	Unread idList `json:"unread,omitempty"`
	// Enabled, Disabled and Absent were read; Held are those that were disabled here.
	Enabled  idList `json:"enabled,omitempty"`
	Held     idList `json:"held,omitempty"`
	Disabled idList `json:"disabled,omitempty"`
	Absent   idList `json:"absent,omitempty"`
	// Suspected bear the name of a device, and nothing ties them to it.
	Suspected idList `json:"suspected,omitempty"`
}

// roll says where the identities of the group's devices stand.
type roll map[deprovision.IdentityID]deprovision.Sighting

// roll calls up what is remembered.
func (m memory) roll() roll {
	all := roll{}
	for host, hub := range m.Hubs {
		add := func(ids idList, status deprovision.Status, ours bool) {
			for _, id := range ids {
				all[deprovision.IdentityID{Host: host, DeviceID: id}] = deprovision.Sighting{
					Ties: deprovision.Ties{Remembered: true}, Status: status, Ours: ours,
				}
			}
		}
		add(hub.Unread, deprovision.Unread, false)
		add(hub.Enabled, deprovision.Enabled, false)
		add(hub.Held, deprovision.Disabled, true)
		add(hub.Disabled, deprovision.Disabled, false)
		add(hub.Absent, deprovision.Absent, false)
	}
	return all
}

// hubs is the roll as it is remembered.
func (r roll) hubs() map[string]hubMemory {
	hubs := map[string]hubMemory{}
	for id, sighting := range r {
		hub := hubs[id.Host]
		list := &hub.Unread
		switch {
		case sighting.Status == deprovision.Enabled:
			list = &hub.Enabled
		case sighting.Status == deprovision.Disabled && sighting.Ours:
			list = &hub.Held
		case sighting.Status == deprovision.Disabled:
			list = &hub.Disabled
		case sighting.Status == deprovision.Absent:
			list = &hub.Absent
		}
		*list = append(*list, id.DeviceID)
		hubs[id.Host] = hub
	}
	return hubs
}

// hosts are the hubs of the roll, in order.
func (r roll) hosts() []string {
	var hosts []string
	for id := range r {
		if !slices.Contains(hosts, id.Host) {
			hosts = append(hosts, id.Host)
		}
	}
	slices.Sort(hosts)
	return hosts
}

// in are the devices of one hub that match, in order.
func (r roll) in(host string, match func(deprovision.IdentityID, deprovision.Sighting) bool) []string {
	var ids []string
	for id, sighting := range r {
		if id.Host == host && match(id, sighting) {
			ids = append(ids, id.DeviceID)
		}
	}
	slices.Sort(ids)
	return ids
}
