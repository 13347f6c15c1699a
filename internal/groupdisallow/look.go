// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
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
	s.suspected = map[string][]string{}
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
	s.silent, s.untold = map[string]error{}, map[string]bool{}
	hosts, names, unplaced := l.hosts(s), s.devices(), s.evidence().Unplaced()
	brief, end := l.briefly(ctx)
	defer end()
	enabled := l.index(brief, hosts, facts.EnabledDevice, names)
	existing := l.index(brief, hosts, facts.AnyDevice, unplaced)
	for i, host := range hosts {
		err := l.lookInto(ctx, s, host, enabled[i], limit)
		switch known := s.roll.in(host, anybody); {
		case err == nil || len(known) == 0:
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
	if s.own, err = l.reader.OwnEntries(ctx, s.devices()); err != nil {
		return err
	}
	s.paths, s.proof, err = l.reader.Ways(ctx, l.want.groupID, s.group)
	return err
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

// search asks every hub for identities that it lets in and that bear the name of a device. In hubs that could not be
// asked nobody knows.
func (l looker) search(ctx context.Context, s *standing) {
	s.suspected = map[string][]string{}
	hosts := l.hosts(s)
	for i, enabled := range l.index(ctx, hosts, facts.EnabledDevice, s.devices()) {
		l.suspect(s, hosts[i], enabled) // The next refresh tells of a hub that cannot be asked.
	}
}

// suspect notes those devices that a hub finds and that nothing ties to it: a device may have been assigned to another
// hub before, and a name alone proves nothing.
func (l looker) suspect(s *standing, host string, answer indexed) {
	for _, deviceID := range answer.found {
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

// arrive reads the group and, while it still lets devices in, the records: each try that is refused afterwards
// overwrites one, and with it the name of the device's hub.
func (r *run) arrive(ctx context.Context) diag.Diagnostics {
	group, err := r.reader.Group(ctx, r.want.groupID)
	if err != nil {
		return diag.Diagnostics{r.lookUpFailed(err)}
	}
	r.s.sawGroup(group, r.m)
	if group == nil || group.Disabled() {
		return nil
	}
	records, err := r.reader.GroupRecords(ctx, r.want.groupID)
	if err != nil {
		return diag.Diagnostics{r.lookUpFailed(err)}
	}
	r.s.sawRecords(records, r.want.hubs)
	r.s.follow()
	return nil
}

// lookAgain reads the records anew once the group is shut, and waits for assignments that began before.
func (r *run) lookAgain(ctx context.Context) diag.Diagnostics {
	records, err := r.reader.SettledRecords(ctx, r.want.groupID)
	if err != nil {
		return diag.Diagnostics{r.lookUpFailed(err)}
	}
	r.records = append([]azdps.Registration{}, records...) // Not nil, also when there is none.
	r.s.sawRecords(records, r.want.hubs)
	if err := r.lookAround(ctx, r.s); err != nil {
		return diag.Diagnostics{r.lookUpFailed(err)}
	}
	for _, record := range records {
		if record.Status == azdps.RegistrationAssigning {
			r.ledger.assigning++
		}
	}
	return nil
}

// stillShut reads the group once more: the hubs may have taken an hour.
func (r *run) stillShut(ctx context.Context) diag.Diagnostics {
	now, err := r.reader.Group(ctx, r.want.groupID)
	switch {
	case err != nil:
		return diag.Diagnostics{r.lookUpFailed(err)}
	case facts.GroupStatus(now) == deprovision.Enabled:
		r.s.sawGroup(now, r.m)
		return diag.Diagnostics{r.enabledMeanwhile()}
	}
	return nil
}
