// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"context"
	"slices"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// readTied reads every identity that an earlier look, the record or the user names.
func (r *Reader) readTied(ctx context.Context, q Question, e *Evidence) {
	ties := q.ties(*e)
	for _, id := range deprovision.SortedIDs(ties) {
		identity, read := e.Identities[id]
		if !read {
			identity = r.Identity(ctx, q, *e, id)
		}
		identity.Ties = merged(identity.Ties, ties[id])
		if identity.Status == deprovision.Absent && !identity.Any() {
			continue // What only a search once connected with the device is gone.
		}
		e.Identities[id] = identity
	}
	if q.DeviceID == "" {
		for _, host := range q.Named {
			r.readNamed(ctx, q, e, host)
		}
	}
	for id, identity := range e.Identities {
		identity.HubNamed = identity.Any() && q.names(id.Host)
		e.Identities[id] = identity
	}
}

// ties are the identities that something names, and what names them. An identity without any tie is one that a search
// once found.
func (q Question) ties(e Evidence) map[deprovision.IdentityID]deprovision.Ties {
	ties := map[deprovision.IdentityID]deprovision.Ties{}
	tie := func(host, deviceID string, more deprovision.Ties) {
		id := deprovision.IdentityID{Host: azrest.FoldHost(host), DeviceID: deviceID}
		ties[id] = merged(ties[id], more)
	}
	// The user's device ID counts in every hub in which the device is known to be, or that the user names.
	hosts := slices.Clone(q.Named)
	for id, known := range q.Known {
		tie(id.Host, id.DeviceID, deprovision.Ties{Remembered: known.Tied})
		if known.Tied {
			hosts = append(hosts, id.Host)
		}
	}
	for id, identity := range e.Identities {
		if identity.Any() {
			hosts = append(hosts, id.Host)
		}
	}
	if record := e.Record; record != nil && record.AssignedHub != "" {
		deviceID := record.DeviceID
		if deviceID == "" {
			deviceID = q.deviceIDs(e.Entry, record)[0]
		}
		tie(record.AssignedHub, deviceID, deprovision.Ties{Recorded: true})
		hosts = append(hosts, record.AssignedHub)
	}
	if q.DeviceID != "" {
		for _, host := range hosts {
			tie(host, q.DeviceID, deprovision.Ties{Named: true})
		}
	}
	return ties
}

func merged(a, b deprovision.Ties) deprovision.Ties {
	return deprovision.Ties{
		Recorded: a.Recorded || b.Recorded, Remembered: a.Remembered || b.Remembered, Named: a.Named || b.Named,
		Proven: a.Proven || b.Proven, HubNamed: a.HubNamed || b.HubNamed,
	}
}

// readNamed reads the identity in a hub that the user names without a device ID: the one that is known there, or the
// first of the device's names that exists. Where none does, the hub counts under the usual one.
func (r *Reader) readNamed(ctx context.Context, q Question, e *Evidence, host string) {
	name := func(id deprovision.IdentityID, identity Identity) {
		identity.Named = true
		e.Identities[id] = identity
	}
	for _, id := range deprovision.SortedIDs(e.Identities) {
		identity := e.Identities[id]
		if id.Host == host && identity.Status != deprovision.Absent && identity.Any() {
			name(id, identity)
			return
		}
	}
	for _, deviceID := range q.deviceIDs(e.Entry, e.Record) {
		id := deprovision.IdentityID{Host: host, DeviceID: deviceID}
		identity, read := e.Identities[id]
		if !read {
			identity = r.Identity(ctx, q, *e, id)
		}
		if identity.Status != deprovision.Absent {
			name(id, identity)
			return
		}
	}
	for _, id := range deprovision.SortedIDs(e.Identities) {
		if id.Host == host {
			name(id, e.Identities[id])
			return
		}
	}
	id := deprovision.IdentityID{Host: host, DeviceID: q.usualID(e.Entry)}
	name(id, Identity{Status: deprovision.Absent, Findable: true})
}

// search looks for the device, under every name that it may have, in every hub that anything names. A hub that cannot
// be read counts under the name for which it was asked, unless an identity that cannot be read stands for it already.
func (r *Reader) search(ctx context.Context, q Question, e *Evidence) {
	e.Searched = append([]string{}, r.hosts(q, *e)...) // Not nil, also where there is none.
	e.SearchedAs = q.deviceIDs(e.Entry, e.Record)
	for _, host := range e.Searched {
		missed, identity := r.searchHub(ctx, q, e, host, e.SearchedAs)
		if identity.Status != deprovision.Unreachable {
			e.Read = append(e.Read, host)
			continue
		}
		e.Unread[host] = identity.Err
		stands := func(id deprovision.IdentityID) bool {
			return id.Host == host && e.Identities[id].Status == deprovision.Unreachable
		}
		if !slices.ContainsFunc(deprovision.SortedIDs(e.Identities), stands) {
			e.Identities[missed] = identity
		}
	}
}

// searchHub looks into one hub, as far as it can be read: the last identity is returned. What was read there already is
// not read again.
func (r *Reader) searchHub(
	ctx context.Context, q Question, e *Evidence, host string, deviceIDs []string,
) (id deprovision.IdentityID, identity Identity) {
	for _, deviceID := range deviceIDs {
		id = deprovision.IdentityID{Host: host, DeviceID: deviceID}
		read := false
		if identity, read = e.Identities[id]; !read {
			identity = r.Identity(ctx, q, *e, id)
		}
		switch {
		case identity.Status == deprovision.Unreachable:
			return id, identity
		case !read && identity.Status != deprovision.Absent:
			e.Identities[id] = identity
		}
	}
	return id, identity
}

// hosts are the hubs in which the device may have been put: those that the record, an earlier look, the user, the
// entry, the groups and the provider block name.
func (r *Reader) hosts(q Question, e Evidence) []string {
	hosts := r.hostsWithoutRecord(q, e)
	if e.Record != nil && e.Record.AssignedHub != "" {
		hosts = append(hosts, azrest.FoldHost(e.Record.AssignedHub))
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// searched tells whether every hub that the provider block, the user, the entry or a group names was tried when the
// hubs were last searched. A group that names one assigns no device whose entry is disabled, but may be all that tells
// of a hub in which the device was before.
func (r *Reader) searched(q Question, e Evidence) bool {
	return !slices.ContainsFunc(r.hostsWithoutRecord(q, e), func(host string) bool {
		return !slices.Contains(q.Searched, host)
	})
}

func (r *Reader) hostsWithoutRecord(q Question, e Evidence) []string {
	hosts := slices.Concat(q.Named, e.groupHubs, r.services.KnownHubs())
	for id := range q.Known {
		hosts = append(hosts, id.Host)
	}
	if e.Entry != nil {
		hosts = append(hosts, e.Entry.IoTHubs...)
		if e.Entry.IoTHubHostName != nil && *e.Entry.IoTHubHostName != "" {
			hosts = append(hosts, *e.Entry.IoTHubHostName)
		}
	}
	for i, host := range hosts {
		hosts[i] = azrest.FoldHost(host) // Each service spells host names its own way.
	}
	return hosts
}

// Identity reads one identity, unless this look has read it already. Its ties are what it shows itself; who names it is
// the caller's to say.
func (r *Reader) Identity(ctx context.Context, q Question, e Evidence, id deprovision.IdentityID) Identity {
	if device, answered := e.heard[id]; answered {
		return r.shown(q, e, id, device)
	}
	return r.readIdentity(ctx, q, e, id)
}

func (r *Reader) readIdentity(ctx context.Context, q Question, e Evidence, id deprovision.IdentityID) Identity {
	unreachable := func(err error) Identity {
		return Identity{Status: deprovision.Unreachable, Findable: r.findable(q, e, id), Err: err}
	}
	hub, err := r.services.Hub(id.Host, azure.HubOrigin(q.names(id.Host)))
	if err != nil {
		return unreachable(err)
	}
	if q.absenceByTwin && q.Known[id].ETag == "" && absentByTwin(ctx, hub, id.DeviceID) {
		e.heard.note(id, nil)
		return r.shown(q, e, id, nil)
	}
	device, err := hub.GetDevice(ctx, id.DeviceID)
	switch {
	case azrest.IsNotFound(err):
		e.heard.note(id, nil)
		return r.shown(q, e, id, nil)
	case err != nil:
		return unreachable(err)
	}
	e.heard.note(id, &device)
	return r.shown(q, e, id, &device)
}

// shown is an identity as its hub shows it; device is nil when there is none.
func (r *Reader) shown(q Question, e Evidence, id deprovision.IdentityID, device *aziothub.Device) Identity {
	identity := Identity{Status: deprovision.Absent, Findable: r.findable(q, e, id), Device: device}
	if device == nil {
		return identity
	}
	identity.Proven = q.proves(e.Entry, *device)
	identity.Status = deprovision.Enabled // Anything but disabled lets the device in.
	if device.Disabled() {
		identity.Status = deprovision.Disabled
	}
	return identity
}

// findable tells whether an identity is looked at also when the registration record does not name it.
func (r *Reader) findable(q Question, e Evidence, id deprovision.IdentityID) bool {
	return slices.Contains(r.hostsWithoutRecord(q, e), id.Host) &&
		slices.Contains(q.deviceIDs(e.Entry, nil), id.DeviceID)
}

// ReadAgain reads an identity of which e has the ties, and makes what it is now part of e.
func (r *Reader) ReadAgain(ctx context.Context, q Question, e Evidence, id deprovision.IdentityID) Identity {
	return e.take(id, r.readIdentity(ctx, q, e, id))
}

// Answered makes part of e what a hub has answered to a write of an identity of which e has the ties.
func (r *Reader) Answered(q Question, e Evidence, id deprovision.IdentityID, device aziothub.Device) Identity {
	return e.take(id, r.shown(q, e, id, &device))
}

// take makes what an identity is now part of the evidence. What ties it to the device still does.
func (e Evidence) take(id deprovision.IdentityID, now Identity) Identity {
	before := e.Identities[id]
	proven := now.Proven || now.provenAs(before)
	now.Ties = before.Ties
	now.Proven = proven
	e.Identities[id] = now
	return now
}
