// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"
	"slices"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// confirmLimit is how many identities of a hub are read by a refresh because the index, or nobody, tells of them: about
// what an S1 hub allows in a minute. Of more, the next apply reads the rest.
const confirmLimit = 100

// looker looks at a group without changing anything.
type looker struct {
	services *azure.Services
	reader   *facts.Reader
	want     wanted
}

// look reads the group, the records of its devices, their individual enrollments and, per hub, which of them the index
// knows to be enabled. What that tells anew is read, up to a limit.
func (l looker) look(ctx context.Context, m memory) (*standing, error) {
	return l.lookWith(ctx, m, confirmLimit)
}

// glance is a look that reads no identity, for numbers that are for people.
func (l looker) glance(ctx context.Context, m memory) (*standing, error) {
	return l.lookWith(ctx, m, 0)
}

func (l looker) lookWith(ctx context.Context, m memory, limit int) (*standing, error) {
	s := m.standing(deprovision.Absent, nil)
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
	s.silent = map[string]error{}
	for _, host := range s.roll.hosts() {
		if err := l.lookInto(ctx, &s, host, limit); err != nil {
			s.silent[host] = err
		}
	}
	l.search(ctx, &s)
	return &s, nil
}

// lookAround reads what else could let the devices in: their own enrollments, and other groups.
func (l looker) lookAround(ctx context.Context, s *standing) (err error) {
	if s.own, err = l.reader.OwnEntries(ctx, s.devices()); err != nil {
		return err
	}
	s.paths, s.proof, err = l.reader.Ways(ctx, l.want.groupID, s.group)
	return err
}

// lookInto asks the index of a hub for the devices that it lets in. That it does not find one is no news of a device
// that was read before. Those of which it tells something new are read.
func (l looker) lookInto(ctx context.Context, s *standing, host string, limit int) error {
	all := s.roll.in(host, func(deprovision.IdentityID, deprovision.Sighting) bool { return true })
	indexed, err := l.reader.Indexed(ctx, host, l.origin(host), facts.EnabledDevice, all)
	if err != nil {
		return err
	}
	found := setOf(indexed)
	var suspects []string
	for _, deviceID := range all {
		id := deprovision.IdentityID{Host: host, DeviceID: deviceID}
		sighting := s.roll[id]
		enabled := found[deviceID]
		switch {
		case enabled && sighting.Status == deprovision.Unread:
			sighting.Status = deprovision.Enabled
		case enabled && sighting.Status != deprovision.Enabled, !enabled && sighting.Status == deprovision.Unread,
			!enabled && sighting.Status == deprovision.Enabled:
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

// search asks the index of every hub that anything names for the devices of which nothing tells where they are. What it
// finds bears the name, and that alone proves nothing.
func (l looker) search(ctx context.Context, s *standing) {
	unplaced := s.evidence().Unplaced()
	hosts := slices.Concat(l.reader.GroupHubs(s.group), s.roll.hosts())
	slices.Sort(hosts)
	for _, host := range slices.Compact(hosts) {
		found, err := l.reader.Indexed(ctx, host, l.origin(host), facts.AnyDevice, unplaced)
		if err != nil {
			continue // The warning says that nobody knows.
		}
		for _, id := range found {
			if !s.roll[deprovision.IdentityID{Host: host, DeviceID: id}].Any() {
				s.suspected[host] = append(s.suspected[host], id)
			}
		}
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
